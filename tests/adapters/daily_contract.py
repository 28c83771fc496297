"""What an adapter for groups promises about daily questions: cards in a channel, threads below them, words for one person.

A platform's tests subclass `DailyContract` and give it a harness: a member of a channel, and an adapter in front of the
`Scripted` reception below. What is decided about daily questions is not tested here, only how it reaches people and comes back.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import pytest

from bot.chat import daily
from bot.chat.daily import Considered
from bot.chat.events import Event, Pressed, Ran, Submitted
from bot.chat.ids import Address, Board, Person, Round
from bot.chat.meanings import Choices, DailyCard, Field, Form, Meaning, Option, Paragraph, Passage
from bot.chat.replies import Operation, Reply, Role
from tests.adapters.contract import HOSTILE, holds

OPENED_MS = round(datetime.datetime(2026, 3, 3, 18, 0, tzinfo=datetime.UTC).timestamp() * 1000)


@dataclass
class Scripted:
    """A reception that answers what a test wants it to, and keeps what it was asked."""

    opens: Form | tuple[Meaning, ...] = ()
    says: Considered = field(default_factory=lambda: Considered(()))
    wrong: Mapping[str, str] = field(default_factory=dict)
    asked_to_open: list[Pressed] = field(default_factory=list)
    asked: list[Pressed | Submitted | Ran] = field(default_factory=list)

    async def form(self, conversation: Address, person: Person, form: str) -> Form | None:
        return None

    async def home(self, conversation: Address, person: Person) -> tuple[Meaning, ...]:
        return ()

    async def candidate(self, conversation: Address) -> Person | None:
        return None

    async def history(self, person: Person) -> tuple[Meaning, ...]:
        return ()

    async def problems(self, form: str, fields: Mapping[str, str]) -> Mapping[str, str]:
        return self.wrong

    async def preview(self, form: str, fields: Mapping[str, str]) -> Meaning | None:
        return None

    async def settled(self, form: str, fields: Mapping[str, str]) -> Mapping[str, str]:
        return fields

    async def choices(self, field: str, typed: str, limit: int = 25) -> tuple[tuple[str, str], ...]:
        known = ("Europe/Berlin", "Europe/London") if field == "zone" else ()
        return tuple((name, name) for name in known if typed.casefold() in name.casefold())

    async def opened(self, pressed: Pressed) -> Form | tuple[Meaning, ...]:
        self.asked_to_open.append(pressed)
        return self.opens

    async def considered(self, event: Pressed | Submitted | Ran) -> Considered:
        self.asked.append(event)
        return self.says


class DailyHarness(Protocol):
    """A member of a channel, and an adapter between them and the test. Everything is plain text as a reader sees it."""

    desk: Scripted
    board: Board
    person: Person
    accepted: list[Event]
    role: str
    """The platform's id of a role or user group of this workspace."""

    async def post(self, reply: Reply) -> None:
        """Have a reply posted as a sender would: an edit, or one that hangs from another, is given what is known of that one."""

    def channel(self) -> list[str]:
        """The messages in the channel as they stand, whatever is in threads left out."""

    def thread(self, reply: str) -> list[str]:
        """The messages in the thread below a reply."""

    def alone(self) -> str:
        """Everything that this person alone was shown so far: passing remarks, direct messages."""

    def moments_s(self) -> list[int]:
        """The Unix seconds that the newest message in the channel shows in each reader's own zone."""

    def notified(self) -> list[str]:
        """Ids of the roles, people or groups that were notified by anything so far, one for each time."""

    async def press(self, label: str) -> None:
        """Press a button under the newest message in the channel that has it."""

    async def command(self, words: str) -> None:
        """Give the command for daily questions in the channel: nothing, `board`, `suggest`, `mine`."""

    async def form(self) -> str:
        """What the form that is open before them shows."""

    async def send(self, values: Mapping[str, str]) -> str:
        """Fill in the open form and send it; what is then shown as wrong with it."""


def round_of(harness: DailyHarness) -> Round:
    return harness.board.round("s1", "2026-03-03")


def card_of(harness: DailyHarness, mention: str = "", **changes: Any) -> Reply:
    """A round's card in the channel."""
    held = round_of(harness)
    card = DailyCard(
        heading="Daily question · Trade-off · senior",
        title="Batch or stream",
        text="Fraud scores are a night old.\n\nWould you move them to a stream?",
        status="2 answers so far, sealed. All are opened at once:",
        at_ms=OPENED_MS,
        at_text="18:00 on Tue 3 Mar (UTC)",
        mention=mention,
        credit="A question by Ben.",
    )
    options = (
        Option(daily.ANSWER, "Answer", held.key, style="primary"),
        Option(daily.TAKE_BACK, "Take back", held.key),
    )
    shown = (replace(card, **changes), Choices("", options))
    return Reply(f"{held.address}:card", held.address, Role.SYSTEM, "daily", shown)


def edit_of(card: Reply, number: int, **changes: Any) -> Reply:
    old = card.meanings[0]
    assert isinstance(old, DailyCard)
    meanings = (replace(old, **changes), *card.meanings[1:])
    return replace(card, id=f"{card.id}:{number}", meanings=meanings, operation=Operation.EDIT, edits=card.id)


def below(card: Reply, number: int, *meanings: Meaning) -> Reply:
    return Reply(f"{card.to}:below:{number}", card.to, Role.SYSTEM, "daily-answers", meanings, under=card.id)


ANSWER_FORM = (
    Field("answer", "Your answer", "long", hint="Three minutes of talking", required=True),
    Field("named", "Shown with your name", "choice", (("named", "Yes"), ("anonymous", "No")), value="named"),
)


def answer_form(harness: DailyHarness, text: str = "Would you move them to a stream?") -> Form:
    return Form(daily.form_id(daily.ANSWER, round_of(harness).key), "Batch or stream", text, ANSWER_FORM, "Seal it")


class DailyContract:
    """Subclass as `Test…` and override the `group` fixture."""

    @pytest.fixture
    def group(self) -> DailyHarness:
        raise NotImplementedError("a platform's tests give their own harness")

    # Cards

    async def test_a_card_is_shown_whole_with_its_moment_in_each_readers_zone(self, group: DailyHarness) -> None:
        await group.post(card_of(group))
        (seen,) = group.channel()
        assert holds(seen, "Daily question · Trade-off · senior", "Batch or stream", "A question by Ben.")
        assert holds(seen, "Fraud scores are a night old.", "move them to a stream?", "2 answers so far", "Answer")
        assert group.moments_s() == [OPENED_MS // 1000]

    async def test_a_card_without_a_moment_shows_none(self, group: DailyHarness) -> None:
        reply = card_of(group)
        card = reply.meanings[0]
        assert isinstance(card, DailyCard)
        await group.post(replace(reply, meanings=(replace(card, at_ms=0, at_text="", credit=""),)))
        assert group.moments_s() == []

    async def test_a_role_is_notified_once_and_nobody_else_ever(self, group: DailyHarness) -> None:
        card = card_of(group, mention=group.role)
        await group.post(card)
        await group.post(edit_of(card, 1, status="3 answers so far"))
        await group.post(below(card, 1, Passage("Answer 1", HOSTILE)))
        assert group.notified() == [group.role]

    async def test_hostile_words_on_a_card_are_inert(self, group: DailyHarness) -> None:
        await group.post(
            card_of(
                group,
                mention=HOSTILE,
                **dict.fromkeys(("heading", "title", "text", "status", "credit", "at_text"), HOSTILE),
            )
        )
        (seen,) = group.channel()
        assert holds(seen, "[bold red]wrong[/]", "{7*7}", "end")
        assert group.notified() == []

    async def test_an_edit_changes_the_card_where_it_stands(self, group: DailyHarness) -> None:
        card = card_of(group)
        await group.post(card)
        for number in range(3):
            await group.post(edit_of(card, number, status=f"{number + 3} answers so far"))
        (seen,) = group.channel()
        assert holds(seen, "5 answers so far", "Batch or stream")

    # Threads and direct messages

    async def test_what_hangs_from_a_card_goes_into_its_thread(self, group: DailyHarness) -> None:
        card = card_of(group)
        await group.post(card)
        await group.post(below(card, 1, Passage("Answer 1", "Keep the batch.")))
        await group.post(below(card, 2, Passage("An outstanding one", "Ask what a late score costs.")))
        assert len(group.channel()) == 1
        first, second = group.thread(card.id)
        assert holds(first, "Answer 1", "Keep the batch.")
        assert holds(second, "An outstanding one", "late score costs.")

    async def test_an_edit_in_a_thread_stays_there(self, group: DailyHarness) -> None:
        card = card_of(group)
        await group.post(card)
        first = below(card, 1, Passage("Answer 1", "Keep the batch."))
        await group.post(first)
        gone = (Passage("Answer 1", "Taken back by its author."),)
        await group.post(
            replace(first, id=f"{first.id}:edit", meanings=gone, operation=Operation.EDIT, edits=first.id, under="")
        )
        (seen,) = group.thread(card.id)
        assert holds(seen, "Taken back by its author.")
        assert "batch" not in seen
        assert len(group.channel()) == 1

    async def test_without_what_it_hangs_from_it_is_an_ordinary_post(self, group: DailyHarness) -> None:
        await group.post(below(card_of(group), 1, Passage("Answer 1", "Keep the batch.")))
        (seen,) = group.channel()
        assert holds(seen, "Keep the batch.")

    async def test_what_is_for_one_person_reaches_them_alone(self, group: DailyHarness) -> None:
        held, said = round_of(group), (Paragraph("Two answers to rate."),)
        await group.post(
            Reply("r1", held.address, Role.SYSTEM, "daily-invite", said, Operation.DIRECT, person=group.person)
        )
        told = (Paragraph("The answers are in, and here is what was made of yours."),)
        await group.post(
            Reply(
                "r2",
                held.sheet(group.person),
                Role.SYSTEM,
                "daily-feedback",
                told,
                Operation.DIRECT,
                person=group.person,
            )
        )
        assert holds(group.alone(), "Two answers to rate.", "here is what was made of yours.")
        assert group.channel() == []

    # Buttons

    async def test_a_button_opens_a_form_at_once(self, group: DailyHarness) -> None:
        await group.post(card_of(group))
        group.desk.opens = answer_form(group)
        await group.press("Answer")
        assert holds(await group.form(), "Batch or stream", "Your answer", "Shown with your name")
        (asked,) = group.desk.asked_to_open
        assert (asked.to, asked.action, asked.value) == (round_of(group).address, daily.ANSWER, round_of(group).key)
        assert asked.person == replace(group.person, name=asked.person.name)
        assert group.accepted == []

    async def test_or_it_says_to_that_person_alone_why_not(self, group: DailyHarness) -> None:
        await group.post(card_of(group))
        group.desk.opens = (Paragraph("The answers to this one are open already."),)
        await group.press("Answer")
        assert holds(group.alone(), "The answers to this one are open already.")
        assert len(group.channel()) == 1

    @pytest.mark.parametrize("take", [True, False])
    async def test_any_other_button_is_considered_and_taken_or_not(self, group: DailyHarness, take: bool) -> None:
        await group.post(card_of(group))
        group.desk.says = Considered((Paragraph("Taken back. Nobody saw it."),), take)
        await group.press("Take back")
        (asked,) = group.desk.asked
        assert isinstance(asked, Pressed)
        assert (asked.to, asked.action, asked.value) == (round_of(group).address, daily.TAKE_BACK, round_of(group).key)
        assert group.accepted == ([asked] if take else [])
        assert holds(group.alone(), "Taken back. Nobody saw it.")
        assert len(group.channel()) == 1

    async def test_a_button_that_leads_nowhere_is_answered_kindly(self, group: DailyHarness) -> None:
        reply = card_of(group)
        await group.post(replace(reply, meanings=(Choices("?", (Option(daily.ANSWER, "Answer", "nonsense"),)),)))
        await group.press("Answer")
        assert group.alone()
        assert not group.desk.asked_to_open
        assert group.accepted == []

    # Forms

    async def test_a_form_is_sent_and_what_comes_of_it_is_said_to_one_person(self, group: DailyHarness) -> None:
        await group.post(card_of(group))
        group.desk.opens = answer_form(group)
        group.desk.says = Considered((Paragraph("Sealed. Nobody sees it before all are opened."),), take=True)
        await group.press("Answer")
        assert await group.send({"answer": "Keep it.\nA late score costs little."}) == ""
        (event,) = group.accepted
        assert isinstance(event, Submitted)
        assert (event.to, event.form) == (round_of(group).address, answer_form(group).id)
        assert event.fields == {"answer": "Keep it.\nA late score costs little.", "named": "named"}
        assert event.person.address == group.person.address
        assert event.person.name
        assert holds(group.alone(), "Sealed. Nobody sees it")
        assert len(group.channel()) == 1
        assert not any("late score" in each for each in group.channel())

    async def test_mistakes_are_shown_and_nothing_typed_is_lost(self, group: DailyHarness) -> None:
        await group.post(card_of(group))
        group.desk.opens = answer_form(group)
        await group.press("Answer")
        group.desk.wrong = {"answer": "That is longer than an answer."}
        assert holds(await group.send({"answer": "My long answer."}), "That is longer than an answer.")
        assert group.accepted == []
        group.desk.wrong = {}
        group.desk.says = Considered((), take=True)
        await group.send({})
        (event,) = group.accepted
        assert isinstance(event, Submitted)
        assert event.fields["answer"] == "My long answer."

    async def test_what_is_not_taken_is_said_to_one_person(self, group: DailyHarness) -> None:
        await group.post(card_of(group))
        group.desk.opens = answer_form(group)
        group.desk.says = Considered((Paragraph("This reached me after the answers were opened."),))
        await group.press("Answer")
        await group.send({"answer": "My answer."})
        assert holds(group.alone(), "This reached me after the answers were opened.")
        assert group.accepted == []

    async def test_an_answer_to_rate_is_readable_in_the_form(self, group: DailyHarness) -> None:
        answer = " ".join(f"word{number}" for number in range(230))[:2000]
        scale = "\n".join(f"Criterion {number}. 1: {'a' * 120} 3: {'b' * 120} 5: {'c' * 120}" for number in range(4))
        fields = tuple(Field(f"c{number}", f"Criterion {number}", "scale", required=True) for number in range(4))
        form_id = daily.form_id(daily.RATE, f"{round_of(group).key}:1")
        text = f"Batch or stream\n\nThe answer:\n{answer}\n\nThe scale:\n{scale}"
        await group.post(card_of(group))
        group.desk.opens = Form(form_id, "Somebody's answer", text, fields)
        await group.press("Answer")
        assert holds(await group.form(), "Batch or stream", answer, "Criterion 0", "Criterion 3")
        group.desk.says = Considered((), take=True)
        await group.send({field.id: "4" for field in fields})
        (event,) = group.accepted
        assert isinstance(event, Submitted)
        assert event.fields == {field.id: "4" for field in fields}
        assert event.to == round_of(group).address

    # Commands

    @pytest.mark.parametrize(("words", "command"), [("", daily.LIST), ("board", daily.BOARD)])
    async def test_commands_are_considered_for_the_channels_board(
        self, group: DailyHarness, words: str, command: str
    ) -> None:
        group.desk.says = Considered((Paragraph("Every weekday at 9:00."),))
        await group.command(words)
        (asked,) = group.desk.asked
        assert isinstance(asked, Ran)
        assert (asked.to, asked.command) == (group.board.address, command)
        assert holds(group.alone(), "Every weekday at 9:00.")
        assert group.channel() == []

    @pytest.mark.parametrize(("words", "action"), [("suggest", daily.SUGGEST), ("mine", daily.MINE)])
    async def test_commands_that_open_a_form(self, group: DailyHarness, words: str, action: str) -> None:
        fields = (Field("zone", "My time zone", "search"), Field("title", "A short title"))
        group.desk.opens = Form(daily.form_id(action, group.board.key), "Between us", "", fields)
        await group.command(words)
        (asked,) = group.desk.asked_to_open
        assert (asked.to, asked.action, asked.value) == (group.board.address, action, group.board.key)
        assert holds(await group.form(), "My time zone", "A short title")
        group.desk.says = Considered((Paragraph("Kept."),), take=True)
        await group.send({"zone": "Europe/London", "title": "Mine"})
        (event,) = group.accepted
        assert isinstance(event, Submitted)
        assert (event.to, event.form) == (group.board.address, daily.form_id(action, group.board.key))
        assert event.fields == {"zone": "Europe/London", "title": "Mine"}

"""The terminal's loop over a pipe: what is read when, what is shown once, and how it ends."""

from __future__ import annotations

import asyncio
import io
import itertools
import os
import signal
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager

import pytest

from bot.adapters.terminal import limits
from bot.adapters.terminal.connect import TerminalAdapter, local, show
from bot.chat.adapter import Adapter, TryLater
from bot.chat.events import Event, Pressed, Ran, Returned, Said, Submitted
from bot.chat.meanings import Choices, Meaning, Option, Paragraph, Progress
from bot.chat.replies import Operation, Reply, Role
from tests.adapters import cards

PERSON, CONVERSATION = local("ann")
Answer = Callable[[Event], Awaitable[None]]


class Piped:
    """A terminal adapter whose input is already written down."""

    def __init__(self, *lines: str, stdout: io.StringIO | None = None) -> None:
        read, write = os.pipe()
        with os.fdopen(write, "wb") as typing:
            typing.write("".join(lines).encode("utf-8", "surrogateescape"))
        self.stdin = os.fdopen(read, encoding="utf-8")
        self.screen = stdout or io.StringIO()
        self.adapter = TerminalAdapter(PERSON, CONVERSATION, lambda: 1_000, stdin=self.stdin, stdout=self.screen)
        self.events: list[Event] = []
        self._numbers = itertools.count()

    async def post(self, *meanings: Meaning) -> None:
        reply = Reply(f"reply-{next(self._numbers)}", CONVERSATION.address, Role.SYSTEM, "say", meanings)
        await self.adapter.post(reply, "")

    async def run(self, answer: Answer | None = None) -> int:
        """Run to the end of input; every event is answered with its place unless told otherwise."""

        async def accept(events: Sequence[Event]) -> None:
            for event in events:
                self.events.append(event)
                await (answer(event) if answer else self.post(Paragraph(f"answer {len(self.events)}")))

        with self.stdin:
            return await self.adapter.run(accept)


@contextmanager
def open_pipe() -> Iterator[io.TextIOWrapper]:
    """Input that nothing ever comes from."""
    read, write = os.pipe()
    try:
        with os.fdopen(read, encoding="utf-8") as stdin:
            yield stdin
    finally:
        os.close(write)


def test_it_is_an_adapter() -> None:
    with open_pipe() as stdin:
        adapter: Adapter = TerminalAdapter(PERSON, CONVERSATION, lambda: 1_000, stdin=stdin, stdout=io.StringIO())
    assert adapter.platform == "terminal"


async def test_every_piped_line_is_a_message_and_the_end_of_input_leaves() -> None:
    terminal = Piped("first\n", "\n", "/hint\n", "日本語 caf\udce9\r\n", "last, without an end")
    assert await terminal.run() == 0
    said = [event.text if isinstance(event, Said) else "-" for event in terminal.events]
    assert said == ["first", "", "-", "日本語 caf�", "last, without an end"]
    assert terminal.events[2] == Ran(terminal.events[2].id, CONVERSATION.address, 1_000, PERSON, "hint")
    assert terminal.screen.getvalue().endswith("Kept. `hotseat practice` picks up where you left.\n")


async def test_the_next_line_waits_for_the_answer_to_the_last_one() -> None:
    terminal = Piped("show\n", "4\n", "\n", "2\n", "redo\n")
    waiting: set[asyncio.Task[None]] = set()

    async def later(event: Event) -> None:
        """The form comes only after other tasks have run, as it does from an outbox."""
        meanings = (cards.RATING, cards.AFTERWARDS) if isinstance(event, Said) else (Paragraph("Thanks."),)
        waiting.add(asyncio.create_task(terminal.post(*meanings)))

    assert await terminal.run(later) == 0
    _, rated, pressed = terminal.events
    assert isinstance(rated, Submitted)
    assert rated.fields == {"layer": "4", "people": "2"}
    assert isinstance(pressed, Pressed)
    assert (pressed.action, pressed.value) == ("redo", "people")


async def test_a_form_shown_again_goes_on_where_it_was() -> None:
    terminal = Piped("show\n", "4\n", "wait, one more thing about that\n", "\n", "2\n")

    async def insist(event: Event) -> None:
        await terminal.post(cards.RATING if isinstance(event, Said) else Paragraph("Thanks."))

    await terminal.run(insist)
    assert [type(event) for event in terminal.events] == [Said, Said, Submitted]
    assert isinstance(terminal.events[2], Submitted)
    assert terminal.events[2].fields == {"layer": "4", "people": "2"}


async def test_ids_differ_between_terminals_and_messages() -> None:
    one, other = Piped("a\n", "b\n"), Piped("a\n")
    await one.run()
    await other.run()
    assert len({event.id for event in (*one.events, *other.events)}) == 3


async def test_answered_waits_for_the_reply_to_what_was_sent() -> None:
    terminal = Piped("hello\n")
    asked = asyncio.Event()

    async def note(event: Event) -> None:
        asked.set()

    await terminal.adapter.answered()  # nothing was said yet
    running = asyncio.create_task(terminal.run(note))
    await asked.wait()
    answered = asyncio.create_task(terminal.adapter.answered())
    await terminal.post(Progress("Reading", 1, 2))
    assert not answered.done()
    await terminal.post(Paragraph("Go on."))
    await answered
    assert await running == 0


async def test_a_reply_handed_over_twice_is_shown_once() -> None:
    terminal = Piped()
    reply = Reply("r1", CONVERSATION.address, Role.INTERVIEWER, "probe", (Paragraph("Who owns it?", "Maya"),))
    assert await terminal.adapter.post(reply, "") == await terminal.adapter.post(reply, "") == "r1"
    assert terminal.screen.getvalue() == "\n  Maya     Who owns it?\n"
    await terminal.run()


async def test_an_edit_is_a_new_text_and_progress_leaves_no_trace_in_a_file() -> None:
    terminal = Piped()
    to = CONVERSATION.address
    for reply in (
        Reply("r1", to, Role.SYSTEM, "feedback", (Progress("Reading your answer", 1, 2),)),
        Reply("r2", to, Role.SYSTEM, "feedback", (Paragraph("Here it is."),), Operation.EDIT, edits="r1"),
    ):
        await terminal.adapter.post(reply, "r1")
    assert terminal.screen.getvalue() == "\n  Hotseat  Here it is.\n"
    await terminal.run()


async def test_words_offered_before_an_interview_are_answers_in_it() -> None:
    terminal = Piped("new\n", "new\n")
    await terminal.post(Choices("Go on?", (Option("replace", "Start over", word="new"),)))

    async def begin(event: Event) -> None:
        await terminal.post(cards.QUESTION)

    await terminal.run(begin)
    assert [type(event) for event in terminal.events] == [Pressed, Said]


async def test_after_the_scorecard_leaving_names_the_history() -> None:
    terminal = Piped("quit\n")
    await terminal.post(cards.OFFLINE)
    await terminal.run()
    assert terminal.events == []
    assert "Kept. `hotseat history` shows this scorecard again." in terminal.screen.getvalue()


async def test_an_interview_gone_on_elsewhere_ends_the_loop_though_nothing_is_typed() -> None:
    with open_pipe() as stdin:
        screen = io.StringIO()
        adapter = TerminalAdapter(PERSON, CONVERSATION, lambda: 1_000, stdin=stdin, stdout=screen)

        async def accept(events: Sequence[Event]) -> None:
            raise AssertionError("nothing was typed")

        async def touch() -> bool:
            return False

        assert await adapter.run(accept, touch=touch) == 0
    assert "went on in another terminal" in screen.getvalue()


async def test_ctrl_c_ends_the_loop_though_nothing_is_typed() -> None:
    with open_pipe() as stdin:
        screen = io.StringIO()
        adapter = TerminalAdapter(PERSON, CONVERSATION, lambda: 1_000, stdin=stdin, stdout=screen)

        async def accept(events: Sequence[Event]) -> None:
            raise AssertionError("nothing was typed")

        async def touch() -> bool:
            os.kill(os.getpid(), signal.SIGINT)
            return True

        assert await adapter.run(accept, touch=touch) == 0
    assert "Kept." in screen.getvalue()


async def test_a_message_nobody_answers_does_not_hold_up_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ANSWER_WITHIN_S", 0.01)
    terminal = Piped("one\n", "two\n")

    async def silence(event: Event) -> None:
        """Says nothing."""

    assert await terminal.run(silence) == 0
    assert len(terminal.events) == 2


async def test_a_refusal_is_said_and_any_other_error_is_raised() -> None:
    terminal = Piped("one\n", "two\n")
    refused: list[Event] = []

    async def accept(events: Sequence[Event]) -> None:
        refused.extend(events)
        raise ConnectionError("The store is away.") if len(refused) == 1 else ArithmeticError

    with terminal.stdin, pytest.raises(ArithmeticError):
        await terminal.adapter.run(accept, refusals=(ConnectionError,))
    assert "That was not sent. The store is away." in terminal.screen.getvalue()


class Gone(io.StringIO):
    """A screen that was closed."""

    def write(self, text: str) -> int:
        raise BrokenPipeError


async def test_a_screen_that_is_gone_keeps_the_reply_for_later() -> None:
    terminal = Piped(stdout=Gone())
    with pytest.raises(TryLater):
        await terminal.post(Paragraph("Who owns it?"))
    terminal.stdin.close()


def test_events_carry_the_person_the_place_and_the_moment() -> None:
    with open_pipe() as stdin:
        adapter = TerminalAdapter(PERSON, CONVERSATION, lambda: 1_000, stdin=stdin, stdout=io.StringIO())
    events = (
        adapter.said("hello"),
        adapter.ran("practice", {"type": "concept"}),
        adapter.pressed("redo", "people"),
        adapter.submitted("rating", {"layer": "4"}),
        adapter.returned(500),
    )
    assert {(event.person, event.to, event.at_ms) for event in events} == {(PERSON, CONVERSATION.address, 1_000)}
    assert events[1].options == {"type": "concept"}
    assert events[4] == Returned(events[4].id, CONVERSATION.address, 1_000, PERSON, 500)


def test_a_command_shows_a_card_without_a_conversation() -> None:
    screen = io.StringIO()
    show((Paragraph("Kept.", "Maya"), cards.OFFLINE), screen)
    assert screen.getvalue().startswith("\n  Maya     Kept.\n\n  Your scorecard · Yesterday's refund rules\n")

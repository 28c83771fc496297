"""Where a round's replies stand in Slack: cards, threads below them, long ones, and what a broken connection does to them."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.adapters.slack.connect import Access, SlackAdapter
from bot.adapters.slack.reference import Reference
from bot.chat.adapter import TryLater, Unreachable
from bot.chat.ids import Board, Person
from bot.chat.meanings import DailyCard, Meaning, Paragraph, Passage
from bot.chat.replies import Operation, Reply, Role
from tests.adapters import cards
from tests.fakes.slack import FakeSlack, Fault, Member, Message
from tests.fakes.slack.workspace import TEAM


@pytest.fixture
def ann(slack: FakeSlack) -> Member:
    return slack.member("ann")


@pytest.fixture
def general(slack: FakeSlack, ann: Member) -> str:
    return slack.channel("general", ann)


@pytest.fixture
async def adapter(slack: FakeSlack) -> AsyncIterator[SlackAdapter]:
    """An adapter that posts and hears nothing."""
    adapter = SlackAdapter(Access(slack.bot_token, api_url=slack.api_url), lambda: 1_000)
    yield adapter
    await adapter.close()


def of_round(general: str, name: str, *meanings: Meaning, under: str = "", edits: str = "") -> Reply:
    to = Board("slack", TEAM, general).round("s1", "2026-03-03").address
    operation = Operation.EDIT if edits else Operation.POST
    return Reply(name, to, Role.SYSTEM, "daily-answers", meanings, operation, edits=edits, under=under)


def ours(ann: Member, channel: str, thread: str | None = None) -> list[Message]:
    return [each for each in ann.sees(channel, thread) if each.by_bot and each.ts != thread]


ANSWERS = Passage("Answer 1", "Keep the batch.")


async def test_a_thread_whose_card_was_removed_goes_on(
    slack: FakeSlack, adapter: SlackAdapter, ann: Member, general: str
) -> None:
    known = await adapter.post(of_round(general, "card", Paragraph("The card")), "")
    card = ours(ann, general)[0]
    first = of_round(general, "first", ANSWERS, under="card")
    await adapter.post(first, known)
    slack.space.messages.remove(card)  # Slack keeps the thread, with a note in place of its beginning
    await adapter.post(of_round(general, "second", ANSWERS, under="card"), known)
    assert len(ours(ann, general, card.ts)) == 2
    assert ours(ann, general) == []


@pytest.mark.parametrize("doubtful", [False, True])
async def test_a_card_nobody_had_answered_is_gone(
    slack: FakeSlack, adapter: SlackAdapter, ann: Member, general: str, doubtful: bool
) -> None:
    known = await adapter.post(of_round(general, "card", Paragraph("The card")), "")
    slack.space.messages.clear()
    post = adapter.post_again if doubtful else adapter.post
    reference = await post(of_round(general, "first", ANSWERS, under="card"), known)
    assert [f"{general}:{each.ts}" for each in ours(ann, general)] == [reference]


async def test_what_hangs_from_an_answer_is_in_the_same_thread(
    slack: FakeSlack, adapter: SlackAdapter, ann: Member, general: str
) -> None:
    known = await adapter.post(of_round(general, "card", Paragraph("The card")), "")
    card = ours(ann, general)[0]
    answer = await adapter.post(of_round(general, "first", ANSWERS, under="card"), known)
    await adapter.post(of_round(general, "second", ANSWERS, under="first"), answer)
    assert len(ours(ann, general, card.ts)) == 2


@pytest.mark.parametrize("fault", [Fault.ACCEPTED_THEN_GONE, Fault.HANGS_UP, Fault.BROKEN])
async def test_in_doubt_a_thread_is_looked_through(
    slack: FakeSlack, adapter: SlackAdapter, ann: Member, general: str, fault: Fault
) -> None:
    known = await adapter.post(of_round(general, "card", Paragraph("The card")), "")
    card = ours(ann, general)[0]
    answer = of_round(general, "first", ANSWERS, under="card")
    slack.fail("chat.postMessage", fault)
    with pytest.raises(TryLater):
        await adapter.post(answer, known)
    reference = await adapter.post_again(answer, known)
    assert await adapter.post_again(answer, known) == reference
    (only,) = ours(ann, general, card.ts)
    assert reference == f"{general}:{only.ts}@{card.ts}"


def long(words: int) -> Passage:
    return Passage("Answer 1", " ".join(f"word{number} & <more>" for number in range(words)))


@pytest.mark.parametrize("threaded", [True, False])
async def test_an_edit_of_many_messages_leaves_nothing_of_before(
    slack: FakeSlack, adapter: SlackAdapter, ann: Member, general: str, threaded: bool
) -> None:
    card = await adapter.post(of_round(general, "card", Paragraph("The card")), "")
    thread = ours(ann, general)[0].ts if threaded else None
    before = ours(ann, general, thread)
    known = await adapter.post(of_round(general, "a", long(1500), under="card" if threaded else ""), card)
    assert len(ours(ann, general, thread)) - len(before) > 4
    for number, words in enumerate((900, 1700, 20), 1):
        reply = of_round(general, f"edit {number}", long(words), edits="a")
        slack.fail("chat.update", Fault.ACCEPTED_THEN_GONE)
        with pytest.raises(TryLater):
            await adapter.post(reply, known)
        known = await adapter.post_again(reply, known)
        shown = [each for each in ours(ann, general, thread) if each not in before]
        assert " ".join(each.shown for each in shown).split() == ["Answer", "1", *long(words).text.split()]


async def test_an_edit_of_what_is_gone_stays_in_its_thread(
    slack: FakeSlack, adapter: SlackAdapter, ann: Member, general: str
) -> None:
    known = await adapter.post(of_round(general, "card", Paragraph("The card")), "")
    card = ours(ann, general)[0]
    answer = await adapter.post(of_round(general, "a", ANSWERS, under="card"), known)
    slack.space.messages.remove(ours(ann, general, card.ts)[0])
    await adapter.post(of_round(general, "edit", Paragraph("Taken back."), edits="a"), answer)
    assert [each.shown for each in ours(ann, general, card.ts)] == ["Taken back."]


async def test_a_card_that_is_shown_anew_notifies_nobody_again(
    slack: FakeSlack, adapter: SlackAdapter, ann: Member, general: str
) -> None:
    card = DailyCard("Daily question", "Batch or stream", "Would you?", "1 answer so far", mention="S0ML")
    known = await adapter.post(of_round(general, "card", card), "")
    assert slack.space.pings == ["<!subteam^S0ML>"]
    slack.space.messages.clear()
    await adapter.post(of_round(general, "edit", card, edits="card"), known)
    assert len(ours(ann, general)) == 1
    assert slack.space.pings == ["<!subteam^S0ML>"]


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        ("is_archived", "it was archived"),
        ("not_in_channel", "I was removed from it"),
        ("channel_not_found", "it was deleted"),
        ("restricted_action", "only some people may post in it"),
    ],
)
async def test_why_a_channel_is_closed_is_said_in_words(
    slack: FakeSlack, adapter: SlackAdapter, general: str, error: str, reason: str
) -> None:
    slack.fail("chat.postMessage", error)
    with pytest.raises(Unreachable, match=reason):
        await adapter.post(of_round(general, "card", Paragraph("The card")), "")


async def test_feedback_of_a_round_comes_once_and_to_its_author_alone(
    slack: FakeSlack, adapter: SlackAdapter, ann: Member, general: str
) -> None:
    person = Person("slack", TEAM, ann.user)
    sheet = Board("slack", TEAM, general).round("s1", "2026-03-03").sheet(person)
    reply = Reply("s:0", sheet, Role.SYSTEM, "daily-feedback", (cards.OFFLINE,), Operation.DIRECT, person=person)
    slack.fail("chat.postMessage", Fault.ACCEPTED_THEN_GONE)
    with pytest.raises(TryLater):
        await adapter.post(reply, "")
    await adapter.post_again(reply, "")
    (only,) = ours(ann, ann.dm)
    assert "Your scorecard" in only.shown
    assert "Share" not in only.shown
    assert ours(ann, general) == []


async def test_work_on_a_round_shows_nothing_in_its_channel(
    slack: FakeSlack, adapter: SlackAdapter, general: str
) -> None:
    await adapter.typing(Board("slack", TEAM, general).round("s1", "2026-03-03").address)
    await adapter.close()
    assert not slack.journal


@pytest.mark.parametrize("text", ["C1:1.2", "C1:1.2,3.4", "C1:1.2@0.9", "C1:1.2,3.4@0.9"])
def test_references_come_back_as_they_were_kept(text: str) -> None:
    found = Reference.of(text)
    assert found is not None
    assert str(found) == text


def test_no_reference_is_none() -> None:
    assert Reference.of("") is None

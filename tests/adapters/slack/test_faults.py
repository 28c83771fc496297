"""When Slack fails or refuses: what is waited for, what is given up, what people see. `docs/slack.md` has the same table."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Sequence
from dataclasses import replace

import pytest

from bot.adapters.slack import connect, limits
from bot.adapters.slack.connect import Access, SlackAdapter
from bot.chat.adapter import NotServed, TryLater, Unreachable
from bot.chat.events import Event, Ran
from bot.chat.ids import ConversationId, Person
from bot.chat.meanings import Choices, Meaning, Option, Paragraph, Passage
from bot.chat.replies import Operation, Reply, Role
from tests.adapters import cards
from tests.adapters.slack.conftest import Running
from tests.adapters.slack.test_contract import OneForm
from tests.fakes.slack import FakeSlack, Fault, Member
from tests.fakes.slack.workspace import TEAM


@pytest.fixture
def ann(slack: FakeSlack) -> Member:
    return slack.member("ann")


@pytest.fixture
async def adapter(slack: FakeSlack) -> AsyncIterator[SlackAdapter]:
    """An adapter that posts and hears nothing."""
    adapter = SlackAdapter(Access(slack.bot_token, api_url=slack.api_url), lambda: 1_000)
    yield adapter
    await adapter.close()


def to_dm(ann: Member, text: str = "How would you find out?", name: str = "r1", **more: object) -> Reply:
    where = ConversationId("slack", TEAM, ann.dm).address
    return Reply(name, where, Role.INTERVIEWER, "probe", (Paragraph(text, "Maya"),), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("fault", "after_ms", "uncertain"),
    [
        (Fault.RATE, 7_000, False),
        (Fault.BROKEN, 0, True),
        (Fault.GATEWAY, 0, True),
        (Fault.HANGS_UP, 0, True),
        (Fault.ACCEPTED_THEN_GONE, 0, True),
        ("ratelimited", 5_000, False),
        ("fatal_error", 0, True),
        ("invalid_auth", 60_000, False),
        ("token_expired", 60_000, False),
        ("missing_scope", 60_000, False),
    ],
    ids=str,
)
async def test_what_may_pass_is_waited_for(
    slack: FakeSlack, adapter: SlackAdapter, ann: Member, fault: Fault | str, after_ms: int, uncertain: bool
) -> None:
    slack.fail("chat.postMessage", fault, retry_after_s=7)
    with pytest.raises(TryLater) as waits:
        await adapter.post(to_dm(ann), "")
    assert (waits.value.after_ms, waits.value.uncertain) == (after_ms, uncertain)
    again = adapter.post_again if uncertain else adapter.post
    reference = await again(to_dm(ann), "")
    assert [f"{each.channel}:{each.ts}" for each in ann.sees()] == [reference]


@pytest.mark.parametrize(
    "error",
    ["channel_not_found", "is_archived", "not_in_channel", "account_inactive", "token_revoked", "user_disabled"],
)
async def test_what_never_works_is_given_up(slack: FakeSlack, adapter: SlackAdapter, ann: Member, error: str) -> None:
    slack.fail("chat.postMessage", error)
    with pytest.raises(Unreachable, match=error):
        await adapter.post(to_dm(ann), "")


async def test_an_operator_is_told_once_and_without_content(
    slack: FakeSlack, adapter: SlackAdapter, ann: Member, caplog: pytest.LogCaptureFixture
) -> None:
    slack.fail("chat.postMessage", "missing_scope", "missing_scope")
    for _ in range(2):
        with pytest.raises(TryLater):
            await adapter.post(to_dm(ann, "quince"), "")
    said = [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]
    assert len(said) == 1
    assert "slack-manifest.yaml" in said[0]
    assert "quince" not in caplog.text


@pytest.mark.parametrize("error", ["invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long"])
async def test_a_card_that_is_refused_goes_out_as_text(
    slack: FakeSlack, adapter: SlackAdapter, ann: Member, error: str
) -> None:
    slack.fail("chat.postMessage", error)
    await adapter.post(to_dm(ann, "a < b & <!channel> *c*"), "")
    (message,) = ann.sees()
    assert not message.blocks
    assert message.shown == "Maya\n\na < b & <!channel> *c*"
    assert not slack.space.pings


async def test_text_that_is_too_long_is_split_again(slack: FakeSlack, adapter: SlackAdapter, ann: Member) -> None:
    words = " ".join(f"word{number}" for number in range(400))
    slack.fail("chat.postMessage", "invalid_blocks", "msg_too_long")
    await adapter.post(to_dm(ann, words), "")
    assert len(ann.sees()) > 1
    assert " ".join(each.shown for each in ann.sees()).split() == ["Maya", *words.split()]


async def test_without_marks_where_they_are_refused(slack: FakeSlack, adapter: SlackAdapter, ann: Member) -> None:
    slack.fail("chat.postMessage", "invalid_metadata_format")
    await adapter.post(to_dm(ann), "")
    assert [each.metadata for each in ann.sees()] == [None]


async def test_a_post_that_arrived_is_not_repeated(slack: FakeSlack, adapter: SlackAdapter, ann: Member) -> None:
    words = " ".join(f"word{number}" for number in range(3000))
    slack.fail("chat.postMessage", Fault.ACCEPTED_THEN_GONE)
    with pytest.raises(TryLater):
        await adapter.post(to_dm(ann, words), "")
    first = ann.sees()[0].ts
    assert (await adapter.post_again(to_dm(ann, words), "")).startswith(f"{ann.dm}:{first},")
    assert " ".join(each.shown for each in ann.sees()).split() == ["Maya", *words.split()]


async def test_patience_between_two_parts(slack: FakeSlack, adapter: SlackAdapter, ann: Member) -> None:
    words = " ".join(f"word{number}" for number in range(3000))
    slack.fail("chat.postMessage", "", Fault.RATE)
    with pytest.raises(TryLater) as waits:
        await adapter.post(to_dm(ann, words), "")
    assert waits.value.uncertain
    await adapter.post_again(to_dm(ann, words), "")
    assert " ".join(each.shown for each in ann.sees()).split() == ["Maya", *words.split()]


async def test_looking_that_fails_is_no_reason_to_repeat(slack: FakeSlack, adapter: SlackAdapter, ann: Member) -> None:
    slack.fail("conversations.history", Fault.RATE)
    with pytest.raises(TryLater) as waits:
        await adapter.post_again(to_dm(ann), "")
    assert waits.value.uncertain
    assert not ann.sees()


async def test_an_edit_replaces_or_is_said_anew(slack: FakeSlack, adapter: SlackAdapter, ann: Member) -> None:
    known = await adapter.post(to_dm(ann, "first"), "")
    edit = to_dm(ann, "second", "r2", operation=Operation.EDIT, edits="r1")
    assert await adapter.post(edit, known) == known
    assert [each.shown for each in ann.sees()] == ["Maya\nsecond"]
    slack.space.messages.clear()
    await adapter.post(edit, known)
    assert [each.shown for each in ann.sees()] == ["Maya\nsecond"]


async def test_long_feedback_is_split_with_its_buttons_last(
    slack: FakeSlack, adapter: SlackAdapter, ann: Member
) -> None:
    text = "\n\n".join(f"Paragraph {number} " + "with & and < in it " * 20 for number in range(60))
    meanings = (Passage("A strong answer", text), Choices("What next?", (Option("redo", "Redo"),)))
    await adapter.post(Reply("r1", ConversationId("slack", TEAM, ann.dm).address, Role.SYSTEM, "strong", meanings), "")
    seen = ann.sees()
    assert len(seen) > 2
    assert "".join("\n".join(each.shown for each in seen).split()) == "".join(
        f"A strong answer{text}What next?[Redo]".split()
    )
    assert "[Redo]" in seen[-1].shown
    assert all(each.text for each in seen)


async def test_people_in_a_direct_message_need_no_channel(slack: FakeSlack, adapter: SlackAdapter, ann: Member) -> None:
    person = Person("slack", TEAM, ann.user)
    reply = Reply("r1", person.address, Role.SYSTEM, "hello", (Paragraph("Hello"),), Operation.DIRECT, person=person)
    slack.fail("conversations.open", Fault.RATE)
    with pytest.raises(TryLater):
        await adapter.post(reply, "")
    assert await adapter.post(reply, "") == ""
    assert ann.sees()[0].shown == "Hello"


async def test_a_post_lost_on_the_way_back_in_a_whole_interview(hotseat: Running, slack: FakeSlack) -> None:
    ann = slack.member("ann")
    slack.fail("chat.postMessage", Fault.ACCEPTED_THEN_GONE, Fault.BROKEN, Fault.ACCEPTED_THEN_GONE)
    await ann.says("practice question=stale-ai-search")
    card = await ann.hears("[Hint]")
    said = await ann.says("did anything ship last week?")
    await ann.hears("Maya", after=said)
    assert len([each for each in ann.sees() if "[Hint]" in each.shown]) == 1
    assert len([each for each in ann.sees() if each.by_bot and each.ts > card.ts]) == 1


async def test_socket_mode_comes_back(hotseat: Running, slack: FakeSlack) -> None:
    ann = slack.member("ann")
    await slack.disconnect()
    await asyncio.wait_for(slack.connected.wait(), 20)
    await ann.says("help")
    await ann.hears("practice starts an interview")


async def test_removed_from_the_workspace(hotseat: Running, slack: FakeSlack, caplog: pytest.LogCaptureFixture) -> None:
    ann = slack.member("ann")
    await ann.says("help")
    await ann.hears("practice starts an interview")
    await slack.event({"type": "app_uninstalled"})
    assert "install the app again" in caplog.text


@pytest.mark.parametrize(
    ("access", "says"),
    [
        (Access("xoxb-fake"), "HOTSEAT_SLACK_APP_TOKEN"),
        (Access("xoxb-wrong", "xapp-fake"), "HOTSEAT_SLACK_BOT_TOKEN"),
        (Access("xoxb-fake", "xapp-wrong"), "connections:write"),
    ],
    ids=["no way in", "wrong bot token", "wrong app token"],
)
async def test_what_is_missing_is_said_in_plain_words(slack: FakeSlack, access: Access, says: str) -> None:
    adapter = SlackAdapter(replace(access, api_url=slack.api_url), lambda: 1_000)
    with pytest.raises(NotServed, match=says) as refused:
        await asyncio.wait_for(adapter.run(_nobody, OneForm(Person("slack", TEAM, "U1"))), 10)
    assert "xoxb-wrong" not in str(refused.value)


async def test_slack_out_of_reach(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connect, "_PATIENCE_S", 0.0)
    adapter = SlackAdapter(Access("xoxb-fake", "xapp-fake", api_url="http://127.0.0.1:9/api/"), lambda: 1_000)
    began = time.monotonic()
    with pytest.raises(NotServed, match="cannot be reached"):
        await adapter.run(_nobody, OneForm(Person("slack", TEAM, "U1")))
    assert time.monotonic() - began < 5


async def _nobody(events: object) -> None:
    raise AssertionError("nothing was sent")


# Every operation may be tried again by a process that does not know what became of the first try.


@pytest.fixture
def general(slack: FakeSlack, ann: Member) -> str:
    return slack.channel("general", ann)


def in_thread(general: str, thread: str, operation: Operation, ann: Member, *meanings: Meaning) -> Reply:
    where = ConversationId("slack", TEAM, general, thread).address
    person = Person("slack", TEAM, ann.user)
    return Reply("r1", where, Role.SYSTEM, "note", meanings or (Paragraph("Hello"),), operation, person=person)


async def test_a_passing_remark_is_made_at_most_once(
    slack: FakeSlack, adapter: SlackAdapter, ann: Member, general: str
) -> None:
    root = await ann.says("hello", general)
    remark = in_thread(general, root.ts, Operation.EPHEMERAL, ann)
    await adapter.post(remark, "")
    await adapter.post_again(remark, "")
    assert [each.shown for each in ann.sees(general, root.ts)] == ["hello", "Hello"]


async def test_a_scorecard_in_private_and_the_pointer_to_it_come_once(
    slack: FakeSlack, adapter: SlackAdapter, ann: Member, general: str
) -> None:
    root = await ann.says("hello", general)
    card = in_thread(general, root.ts, Operation.DIRECT, ann, cards.OFFLINE)
    slack.fail("chat.postMessage", Fault.ACCEPTED_THEN_GONE)
    with pytest.raises(TryLater):
        await adapter.post(card, "")
    await adapter.post_again(card, "")
    await adapter.post_again(card, "")
    assert len([each for each in ann.sees() if each.by_bot]) == 1


async def test_a_thread_is_opened_once_and_its_interview_begun_under_one_name(
    slack: FakeSlack, adapter: SlackAdapter, ann: Member, general: str
) -> None:
    begun: list[tuple[str, str]] = []

    async def accept(events: Sequence[Event]) -> None:
        begun.extend((event.id, event.to) for event in events)

    adapter._poster.accept = accept
    begins = Ran(
        "c1:begins", ConversationId("slack", TEAM, general).address, 1, Person("slack", TEAM, ann.user), "practice"
    )
    opening = replace(in_thread(general, "", Operation.THREAD, ann), begins=begins)
    slack.fail("chat.postMessage", Fault.ACCEPTED_THEN_GONE)
    with pytest.raises(TryLater):
        await adapter.post(opening, "")
    await adapter.post_again(opening, "")
    await adapter.post_again(opening, "")
    (root,) = (each for each in ann.sees(general) if each.by_bot)
    assert set(begun) == {("c1:begins", ConversationId("slack", TEAM, general, root.ts).address)}


async def test_an_edit_whose_answer_was_lost_is_made_once(slack: FakeSlack, adapter: SlackAdapter, ann: Member) -> None:
    known = await adapter.post(to_dm(ann, "first"), "")
    edit = to_dm(ann, "second", "r2", operation=Operation.EDIT, edits="r1")
    slack.fail("chat.update", Fault.ACCEPTED_THEN_GONE)
    with pytest.raises(TryLater):
        await adapter.post(edit, known)
    assert await adapter.post_again(edit, known) == known
    assert [each.shown for each in ann.sees()] == ["Maya\nsecond"]


async def test_a_note_about_a_closed_channel_is_not_repeated_in_doubt(
    slack: FakeSlack, adapter: SlackAdapter, ann: Member
) -> None:
    closed = slack.channel("closed", ann, bot=False)
    opening = in_thread(closed, "", Operation.THREAD, ann)
    with pytest.raises(Unreachable):
        await adapter.post(opening, "")
    with pytest.raises(Unreachable):
        await adapter.post_again(opening, "")
    assert len([each for each in ann.sees() if each.by_bot]) == 1


async def test_what_arrives_while_older_pages_are_looked_through_is_found(
    slack: FakeSlack, adapter: SlackAdapter, ann: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "HISTORY_PAGE", 2)
    for number in range(6):
        await adapter.post(to_dm(ann, str(number), f"old{number}"), "")
    late = asyncio.create_task(_when(slack, "conversations.history", 2, adapter.post(to_dm(ann), "")))
    await adapter.post_again(to_dm(ann), "")
    await late
    assert len([each for each in ann.sees() if "find out" in each.shown]) == 1


async def _when(slack: FakeSlack, method: str, calls: int, then: Awaitable[object]) -> None:
    """Do something once a method was called so often."""
    await slack.until(lambda: slack.calls[method] >= calls, f"{method} called {calls} times")
    await then

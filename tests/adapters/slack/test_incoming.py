"""What Slack delivers: again, changed, removed, by others, and in shapes nobody expected."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pytest

from bot.chat.ids import ConversationId
from bot.interview import session as sessions
from bot.interview.session import Counts, Session
from bot.library.load import Library
from bot.store.valkey import ValkeyStore
from tests.adapters.slack.conftest import Running, installed
from tests.delivery.people import until
from tests.fakes.slack import FakeSlack, Member
from tests.fakes.slack.workspace import TEAM

SHAPES: list[dict[str, Any]] = json.loads((Path(__file__).parent / "shapes.json").read_text())


async def session_of(hotseat: Running, member: Member) -> Session:
    stored = await hotseat.store.peek_state(ConversationId("slack", TEAM, member.dm).address)
    assert stored is not None
    return sessions.load(stored)


async def test_a_message_delivered_again_is_one_message(hotseat: Running, slack: FakeSlack) -> None:
    ann = slack.member("ann")
    await ann.says("practice question=stale-ai-search")
    await ann.hears("[Hint]")
    said = await ann.says("did anything ship last week?")
    await ann.hears("Maya", after=said)
    event = said.payload() | {"channel": ann.dm, "channel_type": "im"}
    for _ in range(3):
        assert (await slack.event(event)).status == 200
    again = await ann.says("is it all articles or some?")
    await ann.hears("Maya", after=again)
    answers = [each for each in ann.sees() if each.by_bot and each.ts > said.ts]
    assert len(answers) == 2


async def test_a_button_delivered_again_is_pressed_once(hotseat: Running, slack: FakeSlack) -> None:
    ann = slack.member("ann")
    await ann.says("practice question=stale-ai-search")
    card = await ann.hears("[Hint]")
    await ann.presses("Hint", card)
    await ann.hears("Maya", after=card)
    kind, body = "interactive", dict(slack.sent[-1][1])
    assert (await slack.deliver(kind, body)).status == 200
    await ann.presses("Time left", card)
    await ann.hears("left.", after=card)
    assert (await session_of(hotseat, ann)).hints == 1


async def test_a_correction_counts_and_a_removed_message_does_not(hotseat: Running, slack: FakeSlack) -> None:
    ann = slack.member("ann")
    await ann.says("practice question=stale-ai-search")
    await ann.hears("[Hint]")
    said = await ann.says("I'd restart the indexing job and see whether it errors.")
    await ann.hears("Maya", after=said)
    await ann.edits(said, "I'd compare when each page was last embedded with its last edit.")

    async def changed() -> bool:
        turns = [turn for turn in (await session_of(hotseat, ann)).turns if turn.by == "candidate"]
        return turns[-1].text.startswith("I'd compare")

    await until(changed, "the correction")
    await ann.deletes(said)

    async def withdrawn() -> bool:
        turns = [turn for turn in (await session_of(hotseat, ann)).turns if turn.by == "candidate"]
        return turns[-1].counts is Counts.WITHDRAWN

    await until(withdrawn, "the removal")


async def test_one_of_several_messages_is_corrected(slack: FakeSlack, store: ValkeyStore, library: Library) -> None:
    async with installed(slack, store, library, quiet_ms=150) as hotseat:
        ann = slack.member("ann")
        await ann.says("practice question=stale-ai-search")
        await ann.hears("[Hint]")
        first = await ann.says("I'd restart the job.")
        second = await ann.says("Then I'd look at its errors.")
        third = await ann.says("And I'd tell the agents.")
        await ann.hears("Maya", after=third)
        await ann.edits(first, "I'd compare when pages were embedded and edited.")
        await ann.deletes(second)

        async def changed() -> bool:
            (last,) = [turn.text for turn in (await session_of(hotseat, ann)).turns if turn.by == "candidate"]
            return last == "I'd compare when pages were embedded and edited.\nAnd I'd tell the agents."

        await until(changed, "one of three changed, one taken back")
        await ann.deletes(third)
        await ann.deletes(first)

        async def withdrawn() -> bool:
            return (await session_of(hotseat, ann)).turns[-2].counts is Counts.WITHDRAWN

        await until(withdrawn, "all of it taken back")


async def test_outside_an_interview_words_go_nowhere(
    hotseat: Running, slack: FakeSlack, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    ann = slack.member("ann")
    general = slack.channel("general", ann)
    await ann.says("my secret is quince", general)
    await ann.says("my secret is quince")
    await ann.hears("No interview is open here")
    assert "quince" not in caplog.text
    assert await hotseat.store.peek_state(ConversationId("slack", TEAM, ann.dm).address) is None


@pytest.mark.parametrize("shape", SHAPES, ids=[str(shape["about"]) for shape in SHAPES])
async def test_strange_shapes_crash_nothing(hotseat: Running, slack: FakeSlack, shape: dict[str, Any]) -> None:
    ann = slack.member("ann")
    delivered = await slack.deliver(shape["kind"], shape["body"])
    assert delivered.status == 200
    assert delivered.tries == 1
    if not shape.get("answered"):
        await ann.says("help")
        await ann.hears("practice starts an interview")
        assert [each for each in slack.space.messages if each.by_bot and each.channel != ann.dm] == []


async def test_what_slack_made_of_the_text_is_undone(hotseat: Running, slack: FakeSlack) -> None:
    ann = slack.member("ann")
    await ann.says("practice question=stale-ai-search")
    await ann.hears("[Hint]")
    raw = "a &lt;b&gt; &amp;amp; <https://example.org|the page> by <@U2> in <#C1|general> for <!here> &lt;@U1&gt;"
    said = await ann.says("", raw=raw)
    await ann.hears("Maya", after=said)
    last = [turn.text for turn in (await session_of(hotseat, ann)).turns if turn.by == "candidate"][-1]
    assert last == "a <b> &amp; the page by @U2 in #general for @here <@U1>"

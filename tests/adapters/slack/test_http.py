"""Slack calls us: signed requests, the check of our address, redeliveries, an app that restarts."""

from __future__ import annotations

import json
import time

import aiohttp
import pytest

from bot.chat.ids import ConversationId
from bot.delivery.ports import StoreAway
from bot.library.load import Library
from bot.store.valkey import ValkeyStore
from tests.adapters.slack.conftest import installed
from tests.adapters.slack.test_incoming import SHAPES
from tests.adapters.slack.test_thread import begun
from tests.fakes.slack import FakeSlack
from tests.fakes.slack.workspace import TEAM


async def test_an_interview_over_http(slack: FakeSlack, store: ValkeyStore, library: Library) -> None:
    async with installed(slack, store, library, http=True):
        ann = slack.member("ann")
        general = slack.channel("general", ann)
        thread, card = await begun(slack, ann, general)
        said = await ann.says("did anything ship last week?", general, thread)
        await ann.hears("Maya", general, thread, after=said)
        await ann.presses("Stop", card)
        await ann.presses("Rate yourself", await ann.hears("[Rate yourself]", general, thread))
        await ann.sends(await ann.form(), {})
        await ann.hears("Your scorecard")
        assert max(delivery.ack_ms for delivery in slack.deliveries) < 1000


async def test_only_slack_is_heard(slack: FakeSlack, store: ValkeyStore, library: Library) -> None:
    async with installed(slack, store, library, http=True), aiohttp.ClientSession() as session:
        body = json.dumps({"type": "url_verification", "challenge": "c4"})
        json_type = {"Content-Type": "application/json"}
        async with session.post(slack.events_url, data=body, headers=slack.signed(body) | json_type) as answer:
            assert answer.status == 200
            assert "c4" in await answer.text()
        forged = slack.signed(body) | json_type | {"X-Slack-Signature": "v0=00"}
        old = slack.signed(body) | json_type | {"X-Slack-Request-Timestamp": str(int(time.time()) - 400)}
        odd = slack.signed(body) | json_type | {"X-Slack-Request-Timestamp": "soon"}
        for headers in (forged, old, json_type, odd):
            async with session.post(slack.events_url, data=body, headers=headers) as answer:
                assert answer.status >= 400
        for wrong in ("", "not json", "[]", "null", '{"event": 1}'):
            async with session.post(slack.events_url, data=wrong, headers=slack.signed(wrong) | json_type) as answer:
                assert answer.status in {200, 400, 500}
        ann = slack.member("ann")
        await ann.says("help")
        await ann.hears("practice starts an interview")


async def test_strange_shapes_over_http(slack: FakeSlack, store: ValkeyStore, library: Library) -> None:
    async with installed(slack, store, library, http=True):
        for shape in SHAPES:
            assert (await slack.deliver(shape["kind"], shape["body"])).status == 200, shape["about"]


async def test_not_acknowledged_before_it_is_stored(
    slack: FakeSlack, store: ValkeyStore, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with installed(slack, store, library, http=True) as running:
        ann = slack.member("ann")
        await ann.says("practice question=stale-ai-search")
        await ann.hears("[Hint]")
        accept, failures = store.accept, 2

        async def failing(*args: object, **more: object) -> int:
            nonlocal failures
            if failures:
                failures -= 1
                raise StoreAway("away")
            return await accept(*args, **more)  # type: ignore[arg-type]

        monkeypatch.setattr(store, "accept", failing)
        said = await ann.says("did anything ship last week?")
        await ann.hears("Maya", after=said)
        assert [delivery.tries for delivery in slack.deliveries if delivery.tries > 1] == [3]

        failures = 1
        answer = await ann.runs("practice")
        assert answer.status == 200
        assert "Try again in a minute" in answer.answer["text"]
        assert running.adapter.port


async def test_buttons_outlive_the_process(slack: FakeSlack, store: ValkeyStore, library: Library) -> None:
    ann = slack.member("ann")
    async with installed(slack, store, library, http=True):
        await ann.says("practice question=stale-ai-search")
        card = await ann.hears("[Hint]")
    async with installed(slack, store, library, http=True):
        await ann.presses("Hint", card)
        await ann.hears("Maya", after=card)
    assert await store.peek_state(ConversationId("slack", TEAM, ann.dm).address)

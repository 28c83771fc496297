"""The fake's own rules, tried with the real SDK: it refuses what Slack refuses."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack import FakeSlack, Fault


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    async with FakeSlack(echo=False) as running:
        yield running


@pytest.fixture
async def client(slack: FakeSlack) -> AsyncIterator[AsyncWebClient]:
    async with aiohttp.ClientSession() as session:
        yield AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, session=session, retry_handlers=[])


def section(text: str, kind: str = "plain_text") -> dict[str, Any]:
    return {"type": "section", "text": {"type": kind, "text": text}}


def button(**more: Any) -> dict[str, Any]:
    element = {"type": "button", "action_id": "a", "text": {"type": "plain_text", "text": "b"}, **more}
    return {"type": "actions", "elements": [element]}


@pytest.mark.parametrize(
    ("blocks", "error"),
    [
        ([section("x" * 3001)], "invalid_blocks"),
        ([section("")], "invalid_blocks"),
        ([section("x", "markdown")], "invalid_blocks"),
        ([{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}], "invalid_blocks"),
        ([{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}], "invalid_blocks"),
        ([section("x")] * 51, "invalid_blocks"),
        ([section("x" * 2900)] * 5, "msg_blocks_too_long"),
        ([{**section("x"), "block_id": "same"}] * 2, "invalid_blocks"),
        ([button(value="x" * 2001)], "invalid_blocks"),
        ([button(text={"type": "plain_text", "text": "x" * 76})], "invalid_blocks"),
        ([button(style="green")], "invalid_blocks"),
        ([{"type": "actions", "elements": button()["elements"] * 2}], "invalid_blocks"),
        ([{"type": "input", "label": {"type": "plain_text", "text": "x"}}], "invalid_blocks"),
        ([{"type": "carousel"}], "invalid_blocks"),
    ],
)
async def test_blocks_have_limits(slack: FakeSlack, client: AsyncWebClient, blocks: list[Any], error: str) -> None:
    general = slack.channel("general", slack.member("ann"))
    with pytest.raises(SlackApiError) as refused:
        await client.chat_postMessage(channel=general, text="x", blocks=blocks)
    assert refused.value.response["error"] == error


async def test_places_and_tokens(slack: FakeSlack, client: AsyncWebClient) -> None:
    ann = slack.member("ann")
    closed = slack.channel("closed", ann, bot=False)
    for channel, error in ((closed, "not_in_channel"), ("C404", "channel_not_found")):
        with pytest.raises(SlackApiError, match=error):
            await client.chat_postMessage(channel=channel, text="x")
    general = slack.channel("general", ann)
    with pytest.raises(SlackApiError, match="user_not_in_channel"):
        await client.chat_postEphemeral(channel=general, user="U404", text="x")
    with pytest.raises(SlackApiError, match="no_text"):
        await client.api_call("chat.postMessage", json={"channel": general})
    with pytest.raises(SlackApiError, match="invalid_auth"):
        await client.auth_test(token="xoxb-other")
    with pytest.raises(SlackApiError, match="unknown_method"):
        await client.api_call("chat.shout")


async def test_history_shows_marks_only_when_asked_and_in_pages(slack: FakeSlack, client: AsyncWebClient) -> None:
    general = slack.channel("general", slack.member("ann"))
    for number in range(5):
        mark = {"event_type": "t", "event_payload": {"n": number}}
        await client.chat_postMessage(channel=general, text=str(number), metadata=mark)
    plain = await client.conversations_history(channel=general)
    assert [each["text"] for each in plain["messages"]] == ["4", "3", "2", "1", "0"]
    assert "metadata" not in plain["messages"][0]
    first = await client.conversations_history(channel=general, limit=3, include_all_metadata=True)
    assert first["messages"][0]["metadata"]["event_payload"] == {"n": 4}
    rest = await client.conversations_history(channel=general, cursor=first["response_metadata"]["next_cursor"])
    assert [each["text"] for each in rest["messages"]] == ["1", "0"]


async def test_streams_and_triggers(slack: FakeSlack, client: AsyncWebClient) -> None:
    ann = slack.member("ann")
    general = slack.channel("general", ann)
    root = await client.chat_postMessage(channel=general, text="root")
    with pytest.raises(SlackApiError, match="missing_recipient"):
        await client.chat_startStream(channel=general, thread_ts=root["ts"], markdown_text="x")
    begun = await client.chat_startStream(
        channel=general, thread_ts=root["ts"], markdown_text="x", recipient_user_id=ann.user, recipient_team_id="T"
    )
    await client.chat_stopStream(channel=general, ts=begun["ts"])
    with pytest.raises(SlackApiError, match="not_in_streaming_state"):
        await client.chat_appendStream(channel=general, ts=begun["ts"], markdown_text="y")
    view = {"type": "modal", "title": {"type": "plain_text", "text": "t"}, "blocks": [section("x")]}
    trigger = slack.trigger(ann.user)
    await client.views_open(trigger_id=trigger, view=view)
    with pytest.raises(SlackApiError, match="invalid_trigger_id"):
        await client.views_open(trigger_id=trigger, view=view)


async def test_faults_come_once(slack: FakeSlack, client: AsyncWebClient) -> None:
    general = slack.channel("general", slack.member("ann"))
    slack.fail("chat.postMessage", Fault.RATE, Fault.ACCEPTED_THEN_GONE, retry_after_s=9)
    with pytest.raises(SlackApiError) as refused:
        await client.chat_postMessage(channel=general, text="x")
    assert refused.value.response.headers["Retry-After"] == "9"
    with pytest.raises(aiohttp.ClientError):
        await client.chat_postMessage(channel=general, text="y")
    await client.chat_postMessage(channel=general, text="z")
    assert [each.text for each in slack.space.messages] == ["y", "z"]

"""The Web API's methods. Each takes the arguments as sent and returns what goes beside `ok`, or raises `Refused`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tests.fakes.slack import checks, workspace
from tests.fakes.slack.checks import Refused
from tests.fakes.slack.workspace import BOT_ID, BOT_USER, TEAM, Channel, Message

if TYPE_CHECKING:
    from tests.fakes.slack.server import FakeSlack

Arguments = Mapping[str, Any]


class Api:
    """The methods of one workspace."""

    def __init__(self, slack: FakeSlack) -> None:
        self._slack = slack
        self._space = slack.space

    def method(self, name: str) -> Any:
        """The method of a name, such as chat.postMessage; None if there is none."""
        return getattr(self, re.sub(r"[.A-Z]", lambda found: f"_{found.group().strip('.').lower()}", name), None)

    # Who we are

    def auth_test(self, sent: Arguments) -> dict[str, Any]:
        return {
            "url": "https://hotseat.slack.com/",
            "team_id": TEAM,
            "user_id": BOT_USER,
            "bot_id": BOT_ID,
            "user": "hotseat",
        }

    # Messages

    def chat_post_message(self, sent: Arguments) -> dict[str, Any]:
        channel = self._writable(sent)
        message = self._made(sent, channel)
        thread = sent.get("thread_ts") or ""
        if thread and not self._space.threads(channel.id, thread):
            raise Refused("thread_not_found")
        message.thread = thread
        self._space.add(message)
        self._slack.posted(message)
        return {"channel": channel.id, "ts": message.ts, "message": message.payload()}

    def chat_post_ephemeral(self, sent: Arguments) -> dict[str, Any]:
        channel = self._writable(sent)
        user = _needed(sent, "user")
        if user not in channel.members:
            raise Refused("user_not_in_channel")
        message = self._made(sent, channel)
        message.to, message.thread = user, sent.get("thread_ts") or ""
        self._space.add(message)
        self._slack.changed.set()
        return {"message_ts": message.ts}

    def chat_update(self, sent: Arguments) -> dict[str, Any]:
        channel = self._writable(sent)
        message = self._ours(sent, channel)
        new = self._made(sent, channel)
        message.text, message.blocks = new.text, new.blocks
        message.metadata = new.metadata or message.metadata
        message.edits += 1
        self._space.pings += [ping for ping in _pings(message) if ping not in self._space.pings]
        self._slack.changed.set()
        return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": message.payload()}

    def chat_delete(self, sent: Arguments) -> dict[str, Any]:
        channel = self._writable(sent)
        message = self._ours(sent, channel)
        self._space.messages.remove(message)
        self._slack.deleted.append(message)
        self._slack.changed.set()
        return {"channel": channel.id, "ts": message.ts}

    def chat_start_stream(self, sent: Arguments) -> dict[str, Any]:
        channel = self._writable(sent)
        if not self._slack.streams:
            raise Refused("method_not_supported_for_channel_type")
        thread = _needed(sent, "thread_ts")
        if not channel.direct and not (sent.get("recipient_user_id") and sent.get("recipient_team_id")):
            raise Refused("missing_recipient_user_id")
        message = Message(channel.id, self._space.ts(), BOT_USER, _streamed(sent), thread, streaming=True)
        self._space.add(message)
        self._slack.changed.set()
        return {"channel": channel.id, "ts": message.ts}

    def chat_append_stream(self, sent: Arguments) -> dict[str, Any]:
        message = self._ours(sent, self._writable(sent))
        if not message.streaming:
            raise Refused("message_not_in_streaming_state")
        message.text = _streamed(sent)
        message.edits += 1
        self._slack.changed.set()
        return {"channel": message.channel, "ts": message.ts}

    def chat_stop_stream(self, sent: Arguments) -> dict[str, Any]:
        message = self._ours(sent, self._writable(sent))
        if not message.streaming:
            raise Refused("message_not_in_streaming_state")
        message.streaming = False
        return {"channel": message.channel, "ts": message.ts}

    # Conversations

    def conversations_open(self, sent: Arguments) -> dict[str, Any]:
        user = _needed(sent, "users")
        if user not in self._space.people:
            raise Refused("user_not_found")
        return {"channel": {"id": self._space.direct(user).id}, "no_op": True}

    def conversations_info(self, sent: Arguments) -> dict[str, Any]:
        channel = self._channel(sent)
        found = {"id": channel.id, "name": channel.name, "creator": channel.creator, "is_archived": channel.archived}
        return {"channel": found | {"is_member": BOT_USER in channel.members}}

    def users_info(self, sent: Arguments) -> dict[str, Any]:
        user = _needed(sent, "user")
        if user not in self._space.people:
            raise Refused("user_not_found")
        name, admin = self._space.people[user], user in self._space.admins
        team = "T0ELSEWHERE" if user in self._space.strangers else TEAM
        profile = {"display_name": "", "real_name": f"{name.capitalize()} Example"}
        return {"user": {"id": user, "team_id": team, "name": name, "is_admin": admin, "profile": profile}}

    def usergroups_list(self, sent: Arguments) -> dict[str, Any]:
        rows = [{"id": id_, "name": name, "handle": name.lower()} for id_, name in self._space.groups.items()]
        return {"usergroups": rows}

    def conversations_history(self, sent: Arguments) -> dict[str, Any]:
        channel = self._channel(sent)
        found = [each for each in self._space.messages if each.channel == channel.id and not each.to]
        top = [each for each in reversed(found) if each.thread in {"", each.ts}]
        return self._page(top, sent)

    def conversations_replies(self, sent: Arguments) -> dict[str, Any]:
        channel, thread = self._channel(sent), _needed(sent, "ts")
        found = [each for each in self._space.messages if each.channel == channel.id and not each.to]
        whole = [each for each in found if thread in {each.thread, each.ts}]
        if not whole:
            raise Refused("thread_not_found")
        return self._page(whole, sent)

    # Forms and pages

    def views_open(self, sent: Arguments) -> dict[str, Any]:
        user = self._slack.spend_trigger(_needed(sent, "trigger_id"))
        found = sent.get("view")
        checks.view(found, ("modal",))
        return {"view": self._slack.keep_view(dict(found or {}), user)}

    def views_update(self, sent: Arguments) -> dict[str, Any]:
        name, found = _needed(sent, "view_id"), sent.get("view")
        if name not in self._space.views:
            raise Refused("not_found")
        checks.view(found, ("modal",))
        return {"view": self._slack.change_view(name, dict(found or {}))}

    def views_publish(self, sent: Arguments) -> dict[str, Any]:
        user, found = _needed(sent, "user_id"), sent.get("view")
        checks.view(found, ("home",))
        assert isinstance(found, Mapping)
        self._space.homes[user] = {**found, "id": f"VHOME{user}", "team_id": TEAM}
        self._slack.changed.set()
        return {"view": self._space.homes[user]}

    def assistant_threads_set_status(self, sent: Arguments) -> dict[str, Any]:
        status = (_needed(sent, "channel_id"), _needed(sent, "thread_ts"), str(sent.get("status")))
        self._space.statuses.append(status)
        return {}

    def assistant_threads_set_suggested_prompts(self, sent: Arguments) -> dict[str, Any]:
        prompts = sent.get("prompts")
        if not isinstance(prompts, list) or not 1 <= len(prompts) <= 4:
            raise Refused("invalid_arguments", "[ERROR] 1 to 4 prompts")
        self._space.prompts[_needed(sent, "channel_id")] = prompts
        self._slack.changed.set()
        return {}

    # What methods share

    def _channel(self, sent: Arguments) -> Channel:
        name = _needed(sent, "channel")
        if name in self._space.people:
            return self._space.direct(name)
        channel = self._space.channels.get(name)
        if channel is None:
            raise Refused("channel_not_found")
        return channel

    def _writable(self, sent: Arguments) -> Channel:
        channel = self._channel(sent)
        if channel.archived:
            raise Refused("is_archived")
        if BOT_USER not in channel.members:
            raise Refused("not_in_channel")
        return channel

    def _made(self, sent: Arguments, channel: Channel) -> Message:
        text, blocks = sent.get("text") or "", sent.get("blocks")
        if isinstance(blocks, str):
            blocks = json.loads(blocks)
        if not text and not blocks:
            raise Refused("no_text")
        if len(text) > 40_000:
            raise Refused("msg_too_long")
        if blocks is not None:
            checks.message_blocks(blocks)
        if sent.get("metadata") is not None:
            checks.metadata(sent["metadata"])
        return Message(channel.id, self._space.ts(), BOT_USER, text, "", blocks or [], sent.get("metadata"))

    def _ours(self, sent: Arguments, channel: Channel) -> Message:
        message = self._space.find(channel.id, _needed(sent, "ts"))
        if message is None:
            raise Refused("message_not_found")
        if not message.by_bot:
            raise Refused("cant_update_message")
        return message

    def _page(self, found: list[Message], sent: Arguments) -> dict[str, Any]:
        most, start = min(int(sent.get("limit") or 100), 999), int(sent.get("cursor") or 0)
        page = found[start : start + most]
        marked = str(sent.get("include_all_metadata", "")).lower() in {"1", "true"}
        more = start + most < len(found)
        return {
            "messages": [
                each.payload() | ({"metadata": each.metadata} if marked and each.metadata else {}) for each in page
            ],
            "has_more": more,
            "response_metadata": {"next_cursor": str(start + most) if more else ""},
        }


def _needed(sent: Arguments, name: str) -> str:
    value = sent.get(name)
    if not isinstance(value, str) or not value:
        raise Refused("invalid_arguments", f"[ERROR] missing required field: {name}")
    return value


def _streamed(sent: Arguments) -> str:
    chunks = sent.get("chunks") or ()
    text = sent.get("markdown_text") or " ".join(str(chunk.get("title") or chunk.get("text")) for chunk in chunks)
    if not text or len(text) > 12_000:
        raise Refused("msg_too_long")
    return str(text)


def _pings(message: Message) -> list[str]:
    return workspace.pings(message)

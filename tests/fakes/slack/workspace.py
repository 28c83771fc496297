"""A workspace in memory: people, channels, messages with metadata, forms, home pages. What a member would see of it."""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

TEAM = "T0HOTSEAT"
BOT_USER, BOT_ID, APP = "U0BOT", "B0BOT", "A0APP"

_DATE = re.compile(r"<!date\^\d+\^[^<>|]+\|([^<>]+)>")
_PING = re.compile(r"<(?:!(?:channel|here|everyone|subteam)[^>]*|@[A-Z0-9]+[^>]*)>")


@dataclass(slots=True)
class Message:
    """One message. `to` is the only person who sees an ephemeral one."""

    channel: str
    ts: str
    user: str
    text: str
    thread: str = ""
    blocks: list[dict[str, Any]] = field(default_factory=list)
    metadata: Mapping[str, Any] | None = None
    to: str = ""
    streaming: bool = False
    edits: int = 0

    @property
    def by_bot(self) -> bool:
        return self.user == BOT_USER

    @property
    def shown(self) -> str:
        """What a reader sees: the blocks if there are any, else the text."""
        return shown(self.blocks) if self.blocks else unescaped(self.text)

    def button(self, label: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """A button by its label, with its block."""
        for block in self.blocks:
            for element in block.get("elements", ()):
                if element.get("type") == "button" and unescaped(element["text"]["text"]) == label:
                    return element, block
        raise AssertionError(f"no button {label!r} under: {self.shown}")

    def payload(self) -> dict[str, Any]:
        """As the API and events show it, without metadata."""
        found: dict[str, Any] = {"type": "message", "user": self.user, "ts": self.ts, "text": self.text, "team": TEAM}
        if self.thread:
            found["thread_ts"] = self.thread
        if self.blocks:
            found["blocks"] = self.blocks
        if self.by_bot:
            found |= {"bot_id": BOT_ID, "app_id": APP}
        return found


@dataclass(slots=True)
class Channel:
    """A channel, or a direct conversation with the bot."""

    id: str
    name: str
    members: set[str] = field(default_factory=set)
    archived: bool = False
    creator: str = ""

    @property
    def direct(self) -> bool:
        return self.id.startswith("D")

    @property
    def kind(self) -> str:
        return "im" if self.direct else "channel"


class Workspace:
    """Everything there is."""

    def __init__(self) -> None:
        self.channels: dict[str, Channel] = {}
        self.people: dict[str, str] = {}
        self.admins: set[str] = set()
        self.strangers: set[str] = set()  # members of another workspace, here by a shared channel
        self.groups: dict[str, str] = {}
        self.messages: list[Message] = []
        self.views: dict[str, dict[str, Any]] = {}
        self.homes: dict[str, dict[str, Any]] = {}
        self.statuses: list[tuple[str, str, str]] = []
        self.prompts: dict[str, list[dict[str, str]]] = {}
        self.pings: list[str] = []
        self._numbers = itertools.count(1)
        self._last = 0.0

    def number(self) -> int:
        """A number used once."""
        return next(self._numbers)

    def ts(self) -> str:
        """A time stamp of its own."""
        self._last = max(time.time(), self._last + 0.000_002)
        return f"{self._last:.6f}"

    def direct(self, user: str) -> Channel:
        """Somebody's conversation with the bot."""
        name = f"D{user.removeprefix('U')}"
        return self.channels.setdefault(name, Channel(name, "directmessage", {user, BOT_USER}))

    def add(self, message: Message) -> Message:
        """Keep a message, and note whom it would ping."""
        if message.by_bot:
            self.pings += pings(message)
        self.messages.append(message)
        return message

    def threads(self, channel: str, ts: str) -> bool:
        """Whether something can be said in a thread: its first message is there, or some answer to it."""
        return any(each.channel == channel and ts in {each.ts, each.thread} for each in self.messages)

    def find(self, channel: str, ts: str) -> Message | None:
        """A message by its place and time."""
        return next((each for each in self.messages if (each.channel, each.ts) == (channel, ts)), None)

    def seen(self, user: str, channel: str, thread: str | None = None) -> list[Message]:
        """What somebody sees in a channel (threads left out), or in one of its threads."""
        return [
            each
            for each in self.messages
            if each.channel == channel
            and each.to in {"", user}
            and (each.thread in {"", each.ts} if thread is None else thread in {each.thread, each.ts})
        ]


def unescaped(text: str) -> str:
    """Text as it is shown."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _object(found: Mapping[str, Any]) -> str:
    if found["type"] == "mrkdwn":
        read = _DATE.sub(r"\1", found["text"])
        return re.sub(r"(?<!\w)([*_~])(\S(?:.*?\S)?)\1(?!\w)", r"\2", unescaped(read))
    return unescaped(found["text"])


def shown(blocks: list[dict[str, Any]]) -> str:
    """Blocks as a reader sees them, without colour and boxes."""
    lines: list[str] = []
    for block in blocks:
        if "text" in block:
            lines.append(block["text"] if isinstance(block["text"], str) else _object(block["text"]))
        if block["type"] == "input":
            lines.append(_object(block["label"]))
            lines += [_object(block["hint"])] if "hint" in block else []
        for element in block.get("elements", ()):
            if element["type"] in {"plain_text", "mrkdwn"}:
                lines.append(_object(element))
            elif element["type"] == "button":
                lines.append(f"[{_object(element['text'])}]")
    return "\n".join(lines)


def pings(message: Message) -> list[str]:
    """Mentions that Slack would act on: in formatted text only, and never in escaped text."""
    formatted = [] if message.blocks else [message.text]
    for block in message.blocks:
        found = [each for each in (block.get("text"), *block.get("elements", ())) if isinstance(each, Mapping)]
        formatted += [each["text"] for each in found if each.get("type") == "mrkdwn"]
    return [ping for text in (*formatted, message.text) for ping in _PING.findall(text)]

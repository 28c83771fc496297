"""The platform: the fake Slack at the wire, with faults by chance, and a record of what a person would see.

Requests go to the real SDK in the processes and come from it. A fault strikes before a post (429, 500), after it was accepted
(the connection closes, or nothing ever comes back), or in the look for it. Every process has a token of its own, so the record
knows who did what.
"""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from benchmarks.chaos.check import Look, Owed, Record, Shown
from benchmarks.chaos.mind import NAMED
from tests.fakes.slack import FakeSlack, Fault
from tests.fakes.slack.workspace import Message

HANG_S = 12.0  # longer than anybody waits for an answer
_POST_FAULTS = (
    (0.010, Fault.RATE),
    (0.008, Fault.BROKEN),
    (0.004, Fault.GATEWAY),
    (0.006, Fault.HANGS_UP),
    (0.012, Fault.ACCEPTED_THEN_GONE),
)
_SILENT = 0.004  # accepted, and never answered
_LOOK_FAULTS = ((0.02, Fault.RATE), (0.02, Fault.BROKEN))
_KINDS = (
    ("Q", re.compile(r"\[Hint\]")),
    ("F", re.compile(r"What next\?")),
    ("R", re.compile(r"how did you do\?")),
    ("P", re.compile(r"Paused, with")),
    ("L", re.compile(r"^\d+ (?:minutes?|seconds?) left\.$")),
)


def tokens(text: str) -> tuple[str, ...]:
    """What a message answers, as people can tell."""
    if "Heard " in text:
        return tuple(NAMED.findall(text))
    return next(((kind,) for kind, shape in _KINDS if shape.search(text)), ())


@dataclass(slots=True)
class Storm(FakeSlack):
    """A workspace in bad weather; `calm` ends it for a while."""

    chance: random.Random = field(default_factory=random.Random)
    calm: bool = False
    record: Record = field(default_factory=Record)
    faults: int = 0
    answered_s: dict[tuple[str, str], float] = field(default_factory=dict)
    _heard: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    _news: dict[str, asyncio.Event] = field(default_factory=lambda: defaultdict(asyncio.Event))
    _caller: str = ""

    def owe(self, channel: str, token: str) -> None:
        """The platform was told that something which deserves this answer was taken."""
        self.record.owed.append(Owed(channel, token, time.monotonic()))

    def heard(self, channel: str) -> list[str]:
        """Every token seen in a conversation so far."""
        return self._heard[channel]

    def all_there(self, channel: str) -> bool:
        """Whether a conversation has seen every answer it is owed."""
        owed = [owed.token for owed in self.record.owed if owed.channel == channel]
        return all(self._heard[channel].count(token) >= owed.count(token) for token in set(owed))

    async def hears(self, channel: str, true: Callable[[list[str]], bool], within_s: float) -> bool:
        """Wait until somebody has seen what they wait for; False if they never do."""
        try:
            async with asyncio.timeout(within_s):
                while not true(self._heard[channel]):
                    self._news[channel].clear()
                    await self._news[channel].wait()
        except TimeoutError:
            return False
        return True

    async def _call(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["method"]
        self._strike(name)
        silent = not self.calm and name == "chat.postMessage" and self.chance.random() < _SILENT
        response = await FakeSlack._call(self, request)
        self.journal.clear()
        if silent:
            self.faults += 1
            await asyncio.sleep(HANG_S)
        return response

    def _strike(self, name: str) -> None:
        if self.calm:
            return
        dice = self.chance.random()
        kinds = (
            _POST_FAULTS if name == "chat.postMessage" else _LOOK_FAULTS if name.startswith("conversations.") else ()
        )
        for share, fault in kinds:
            dice -= share
            if dice < 0:
                self.faults += 1
                self.fail(name, fault)
                return

    def _answered(self, name: str, request: web.Request, sent: Mapping[str, Any]) -> dict[str, Any]:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if token.startswith("xoxb-chaos"):
            self.bot_token = self._caller = token
        if name == "conversations.history" and not sent.get("cursor"):  # the newest messages, where a reply would be
            self.record.looks.append(Look(str(sent.get("channel")), time.monotonic(), token))
        return FakeSlack._answered(self, name, request, sent)

    def posted(self, message: Message) -> None:
        """Seen by the person, and by nobody else."""
        now_s, channel = time.monotonic(), message.channel
        payload = (message.metadata or {}).get("event_payload") or {}
        mark = (str(payload.get("id", message.ts)), int(payload.get("part", 0)))
        found = tokens(message.shown)
        self.record.shown.append(Shown(channel, mark, found, now_s, self._caller))
        for token in found:
            self.answered_s.setdefault((channel, token), now_s)
        self._heard[channel] += found
        self._news[channel].set()

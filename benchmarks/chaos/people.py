"""People who talk whatever happens: answers in quick succession, commands, pauses, interviews that only the clock ends.

What somebody says is delivered to one process after the other until one acknowledges it, in order within a conversation, as the
platform does it; some of it again later, to another process. Only what was acknowledged is owed an answer.
"""

from __future__ import annotations

import asyncio
import json
import random
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import aiohttp

from benchmarks.chaos.storm import Storm
from tests.fakes.slack import Member
from tests.fakes.slack.people import written
from tests.fakes.slack.workspace import APP, BOT_USER, TEAM, Message

QUESTION = "stale-ai-search"
ASKS = 6
"""How often somebody says the same command again, when no answer came, before they leave."""

_AGAIN = 0.10  # delivered again later, although it was acknowledged
_UNHEARD = 0.03  # acknowledged, and nobody heard the acknowledgement
_HELD = 0.05  # delivered late


@dataclass(slots=True)
class Post:
    """Brings what people say to the processes. `ports` are those of the processes now; `tries` counts deliveries."""

    storm: Storm
    chance: random.Random
    ports: Callable[[], Sequence[int]]
    session: aiohttp.ClientSession
    tries: int = 0
    _later: set[asyncio.Task[None]] = field(default_factory=set)

    async def bring(self, body: str) -> None:
        """Return when one process has acknowledged it."""
        if self.chance.random() < _HELD and not self.storm.calm:
            await asyncio.sleep(self.chance.random() * 2)
        if self.chance.random() < _UNHEARD:
            await self._once(body, hear=False)
        pause_s = 0.05
        while not await self._once(body):
            await asyncio.sleep(pause_s)
            pause_s = min(1.0, pause_s * 2)
        if self.chance.random() < _AGAIN:
            task = asyncio.ensure_future(self._again(body))
            self._later.add(task)
            task.add_done_callback(self._later.discard)

    async def _again(self, body: str) -> None:
        await asyncio.sleep(self.chance.random() * 4)
        await self._once(body)

    async def _once(self, body: str, hear: bool = True) -> bool:
        self.tries += 1
        port = self.chance.choice(self.ports())
        headers = self.storm.signed(body) | {"Content-Type": "application/json"}
        try:
            async with self.session.post(
                f"http://127.0.0.1:{port}/slack/events",
                data=body.encode(),
                headers=headers,
                timeout=aiohttp.ClientTimeout(total=3.0 if hear else 0.004),
            ) as response:
                return response.status == 200
        except (aiohttp.ClientError, TimeoutError, OSError):
            return False

    async def close(self) -> None:
        """Bring nothing any more."""
        for task in self._later:
            task.cancel()
        await asyncio.gather(*self._later, return_exceptions=True)


class Talker:
    """One person, in a direct conversation with the bot, until told to stop."""

    def __init__(
        self, post: Post, member: Member, chance: random.Random, every_s: float, sentences: int, patience_s: float
    ) -> None:
        self._patience_s = patience_s
        self._post = post
        self._storm = post.storm
        self._me = member
        self._chance = chance
        self._every_s = every_s
        self._sentences = sentences
        self._count = 0
        self._left = False
        self.channel = member.dm
        self.unanswered = 0

    async def talk(self, stopping: asyncio.Event) -> None:
        """One interview after the other."""
        while not stopping.is_set() and not self._left:
            await self._interview(stopping)

    async def _interview(self, stopping: asyncio.Event) -> None:
        if not await self._asks(f"practice question={QUESTION} minutes=120", "Q"):
            return
        for _ in range(self._chance.randint(self._sentences // 2, self._sentences)):
            if stopping.is_set():
                break
            await asyncio.sleep(self._chance.expovariate(1 / self._every_s))
            dice = self._chance.random()
            if dice < 0.06:
                await self._say("time", "L")
            elif dice < 0.10:
                await self._say("pause", "P")
                for _ in range(self._chance.randint(1, 2)):
                    await self._answer()
                await self._say("resume", "")
            elif dice < 0.30:
                for _ in range(self._chance.randint(2, 3)):
                    await self._answer()
            else:
                await self._answer()
        if await self._asks("stop", "R"):
            await self._asks("done", "F")

    async def _answer(self) -> None:
        self._count += 1
        await self._say(f"k{self._count} is what I would look at, and then whatever that says.", f"k{self._count}")

    async def _asks(self, text: str, token: str) -> bool:
        """Say something and wait for its answer; again when none comes, as people do. False: they have left for good."""
        had = self._storm.heard(self.channel).count(token)
        for _ in range(ASKS):
            await self._say(text, token)
            if await self._storm.hears(self.channel, lambda heard: heard.count(token) > had, self._patience_s):
                return True
            self.unanswered += 1
        self._left = True
        return False

    async def _say(self, text: str, token: str) -> None:
        where = self._storm.space.direct(self._me.user)
        message = Message(where.id, self._storm.space.ts(), self._me.user, written(text))
        event = message.payload() | {"channel": where.id, "channel_type": where.kind, "event_ts": message.ts}
        body = {
            "token": "unused",
            "team_id": TEAM,
            "api_app_id": APP,
            "event": event,
            "type": "event_callback",
            "event_id": f"Ev{uuid.UUID(int=self._chance.getrandbits(128)).hex[:12]}",
            "event_time": int(time.time()),
            "authorizations": [{"enterprise_id": None, "team_id": TEAM, "user_id": BOT_USER, "is_bot": True}],
        }
        await self._post.bring(json.dumps(body))
        if token:
            self._storm.owe(self.channel, token)


class Clockwatcher(Talker):
    """Somebody who says nothing: their interviews are ended by timers, one minute and another one later."""

    late_s: float = 0.0

    async def _interview(self, stopping: asyncio.Event) -> None:
        heard = self._storm.heard(self.channel)
        before = heard.count("R")
        if not await self._asks(f"practice question={QUESTION} minutes=1", "Q"):
            return
        began_s = time.monotonic()
        for token in ("L", "R"):  # the reminder, and the close a minute after time was up
            self._storm.owe(self.channel, token)
        if not await self._storm.hears(self.channel, lambda seen: seen.count("R") > before, 120 + self._patience_s):
            self.unanswered += 1
            self._left = True
            return
        self.late_s = max(self.late_s, time.monotonic() - began_s - 120)
        await self._asks("done", "F")

"""Messages that came while they could not be stored: kept in memory, in order, and taken in as soon as that can be done.

They are not acknowledged meanwhile, so Slack sends them again, within seconds and then after minutes; what came twice has one
name and is stored once. Slack's own repeats alone would change the order, and would leave an answer waiting for minutes after the
store is back. Should this process end first, they are all there is.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace

from bot.adapters.slack.parse import Heard
from bot.chat.ids import ConversationId

_log = logging.getLogger(__name__)

MOST = 2_000
"""So many messages at most; what comes then is left to Slack's repeats."""

KEPT_S = 900.0
"""Slack gives up after some six minutes. A message that cannot be taken for this long is one that never can."""

TOLD_AFTER_S = 3.0
"""Whoever waits longer than this for an answer in a direct message is told why."""

_PAUSES_S = (0.1, 1.0)


class Waits(Exception):
    """A message was not taken in yet; it must not be acknowledged."""


class Held:
    """Takes messages in by `take`, again and again where it fails, in order within each conversation. `tell` says in a direct
    conversation, once while it lasts, that what was written there waits; it must not raise."""

    def __init__(self, take: Callable[[Heard], Awaitable[None]], tell: Callable[[Heard], Awaitable[None]]) -> None:
        self._take = take
        self._tell = tell
        self._told: set[ConversationId] = set()
        self._waiting: dict[str, tuple[Heard, float]] = {}
        self._trying: asyncio.Task[None] | None = None

    async def take(self, heard: Heard) -> None:
        """Return when a message is taken in; `Waits` if it is not yet."""
        if not any(_spot(one) == _spot(heard) and _when(one) < _when(heard) for one, _ in self._waiting.values()):
            try:
                await self._take(heard)
            except Exception as error:  # noqa: BLE001 - the store is away, or worse
                _log.warning("a message waits to be taken in: %s", type(error).__name__)
            else:
                self._waiting.pop(heard.name, None)
                return
        if heard.name not in self._waiting and len(self._waiting) < MOST:
            self._waiting[heard.name] = (heard, time.monotonic())
        if self._trying is None or self._trying.done():
            self._trying = asyncio.create_task(self._again())
        raise Waits

    async def close(self) -> None:
        """Try no more."""
        if self._trying is not None:
            self._trying.cancel()
            await asyncio.gather(self._trying, return_exceptions=True)

    async def _again(self) -> None:
        pause_s = _PAUSES_S[0]
        while self._waiting:
            await asyncio.sleep(pause_s)
            pause_s = min(_PAUSES_S[1], pause_s * 2)
            behind: set[ConversationId] = set()
            # By when they were written: two that fail at the same time may fail in any order.
            for heard, since_s in sorted(self._waiting.values(), key=lambda one: _when(one[0])):
                if _spot(heard) not in behind and not await self._tried(heard, since_s):
                    behind.add(_spot(heard))
                    # Whose a thread is nobody knows while the store is away; a direct message is always to us.
                    late = time.monotonic() - since_s > TOLD_AFTER_S
                    if late and heard.private and heard.kind == "said" and _spot(heard) not in self._told:
                        self._told.add(_spot(heard))
                        await self._tell(heard)
        self._told.clear()

    async def _tried(self, heard: Heard, since_s: float) -> bool:
        """Whether a message need not be tried any more."""
        try:
            await self._take(heard)
        except Exception as error:  # noqa: BLE001 - as above
            if time.monotonic() - since_s < KEPT_S:
                return False
            _log.error("a message could not be taken in: %s", type(error).__name__)
        self._waiting.pop(heard.name, None)
        return True


def _spot(heard: Heard) -> ConversationId:
    # A direct message in a thread may belong to the interview beside all threads.
    return replace(heard.place, thread="") if heard.private else heard.place


def _when(heard: Heard) -> tuple[int, str]:
    return heard.at_ms, heard.message

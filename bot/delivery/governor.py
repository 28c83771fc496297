"""How fast one process posts to one platform: what many channels get at once never stands in the way of a reply somebody waits for.

Replies in conversations never wait here, they are only counted; what gives way goes out at an even pace in what they leave free.
A platform that refuses all the same (other processes post there, too) halves the pace, which then grows again by and by.
The platform's number is for all its callers together; processes find their shares of it by being refused.

Boards are worked for at such a pace, too: to draw questions much faster than they can be posted would only take the processor
away from conversations.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

_KEPT = 0.97
"""How much of what a platform takes is used, so that a reply at the wrong moment is still within it."""

_AT_ONCE_S = 0.02
"""How much time may be caught up with in one go: a pace that is even leaves a place for a reply at any moment."""

_CUT = 0.5
_GROWS_S = 20.0
"""Seconds in which a pace grows from nothing to the most."""

_CUT_AGAIN_S = 1.0
"""Refusals within this time are one: they answer what was posted before the pace was cut."""


class Governor:
    """The pace at one platform that takes `posts_per_s` posts a second."""

    def __init__(self, posts_per_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._most = self._pace = posts_per_s * _KEPT
        self._credit = 1.0
        self._at = self._patient_until = self._cut_at = clock()

    def count(self) -> None:
        """Something goes out now."""
        self._accrue()
        self._credit = max(
            self._credit - 1, -self._pace
        )  # a platform counts by the second: what is longer ago is forgiven

    def refused(self, after_ms: int) -> None:
        """The platform takes nothing for a while."""
        self._accrue()
        now = self._at
        self._patient_until = max(self._patient_until, now + after_ms / 1000)
        if now >= self._cut_at:
            self._pace *= _CUT
            self._cut_at = now + _CUT_AGAIN_S

    async def turn(self) -> None:
        """Return when something that gives way may go out."""
        wait_s = self.wait_s()
        while wait_s > 0:  # again: replies that went out meanwhile come first
            await asyncio.sleep(wait_s)
            wait_s = self.wait_s()

    def wait_s(self) -> float:
        """How long it will be until then, as things are."""
        self._accrue()
        owed_s = (1 - self._credit) / max(self._pace, self._most / _GROWS_S)
        return max(owed_s if self._credit < 1 else 0.0, self._patient_until - self._at)

    def _accrue(self) -> None:
        now = self._clock()
        passed_s, self._at = now - self._at, now
        self._pace = min(self._most, self._pace + self._most * passed_s / _GROWS_S)
        self._credit = min(max(1.0, self._pace * _AT_ONCE_S), self._credit + self._pace * passed_s)

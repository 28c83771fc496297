"""The way out: posts what waits in the outbox of one lane, each reply once in people's eyes and in order.

What to do about a failure is decided here: the platform's own waiting time is kept, an unknown failure is tried again at
growing intervals and set aside in the end, and what can never arrive is set aside at once.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.chat.adapter import TryLater, Unreachable
from bot.chat.replies import Outgoing
from bot.delivery.governor import Governor
from bot.delivery.loops import Loop, backoff_ms, insisting, where
from bot.delivery.ports import Outbox, Parcel, StoreAway

_log = logging.getLogger(__name__)

_HAND_BACK_S = 1.0

Post = Callable[[Outgoing, str], Awaitable[str]]
"""Shows something and returns the platform's reference; the text is the reference of what it edits, or empty."""


Regret = Callable[[Outgoing, str], Awaitable[None]]
"""Told before something is set aside for good, with the reason; told again if we are killed in between."""


@dataclass(frozen=True, slots=True)
class SenderPace:
    """How a sender works. A post that takes most of `lease_ms` is given up as uncertain, before another sender takes over.
    `attempts` bounds failures nobody foresaw; when a platform asks for patience it is given without end."""

    lease_ms: int = 20_000
    concurrency: int = 16
    attempts: int = 10
    retry_ms: int = 500
    longest_retry_ms: int = 60_000


class Sender(Loop[Parcel]):
    """One process's sender on one lane. `again` posts what may have arrived already, if the platform can tell. `governor` counts
    what goes out; with `patient` each post waits for its turn there."""

    def __init__(
        self,
        lane: str,
        outbox: Outbox,
        post: Post,
        pace: SenderPace | None = None,
        again: Post | None = None,
        regret: Regret | None = None,
        governor: Governor | None = None,
        *,
        patient: bool = False,
    ) -> None:
        self._pace = pace or SenderPace()
        super().__init__(f"sender {lane}", self._pace.concurrency, self._pace.lease_ms)
        self._lane = lane
        self._outbox = outbox
        self._post = post
        self._again = again or post
        self._regret = regret
        self._governor = governor
        self._patient = patient

    async def _turn(self) -> None:
        if self._patient and self._governor is not None:
            await self._governor.turn()

    async def _take(self) -> Parcel | None:
        parcel = await self._outbox.next_parcel(self._lane, self._pace.lease_ms)
        if parcel is not None and self._governor is not None:
            self._governor.count()
        return parcel

    async def _wait(self, timeout_s: float) -> None:
        await self._outbox.wait_outgoing(self._lane, timeout_s)

    async def _do(self, parcel: Parcel) -> None:
        try:
            async with asyncio.timeout(self._pace.lease_ms * 0.8 / 1000):
                post = self._again if parcel.uncertain else self._post
                reference = await post(parcel.item, parcel.known)
        except asyncio.CancelledError:
            with contextlib.suppress(StoreAway, TimeoutError):
                async with asyncio.timeout(_HAND_BACK_S):
                    await self._outbox.try_later(parcel, 0, uncertain=True)
            raise
        except Unreachable as error:
            await self._set_aside(parcel, error, str(error))
        except TryLater as error:
            self._note("reply waits", error, parcel)
            if error.everywhere and self._governor is not None:
                self._governor.refused(error.after_ms)
            await self._outbox.try_later(parcel, error.after_ms or self._backoff_ms(parcel), error.uncertain)
        except StoreAway as error:  # what carries word to another actor's mailbox; it comes back, and nothing is lost
            self._note("reply waits", error, parcel)
            await self._outbox.try_later(parcel, self._backoff_ms(parcel), uncertain=True)
        except Exception as error:  # noqa: BLE001 - whatever an adapter may raise
            if parcel.attempts >= self._pace.attempts:
                await self._set_aside(parcel, error, f"failed {parcel.attempts} times, last: {where(error)}")
            else:
                self._note("reply failed", error, parcel)
                await self._outbox.try_later(parcel, self._backoff_ms(parcel), uncertain=True)
        else:
            # It has arrived, and forgetting that would send it twice.
            await insisting(lambda: self._outbox.sent(parcel, reference))

    async def _set_aside(self, parcel: Parcel, error: Exception, reason: str) -> None:
        self._note("reply set aside", error, parcel)
        if self._regret is not None:
            try:
                await self._regret(parcel.item, reason)
            except StoreAway:
                await self._outbox.try_later(parcel, self._backoff_ms(parcel), uncertain=True)
                return
        await self._outbox.undeliverable(parcel, reason)

    def _backoff_ms(self, parcel: Parcel) -> int:
        return backoff_ms(parcel.attempts, self._pace.retry_ms, self._pace.longest_retry_ms)

    def _note(self, what: str, error: Exception, parcel: Parcel) -> None:
        known = {"lane": self._lane, "actor": parcel.lease.actor, "reply": parcel.item.id, "attempt": parcel.attempts}
        _log.warning("%s: %s", what, where(error), extra=known)

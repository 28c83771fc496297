"""Handles what waits in mailboxes: claims an actor, calls the handler with all its waiting events, commits the outcome.

A heartbeat keeps the lease while the handler is slow; a handler whose lease is lost is cancelled, and nothing it did takes
effect. Events that fail are tried again later, first together and then one by one, so that an innocent event is not taken
for the one that fails; the one that fails too often is set aside and the person is told.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any

from bot.chat.codec import Unreadable
from bot.chat.events import Event
from bot.chat.ids import Address
from bot.chat.replies import Outgoing, Progressing
from bot.delivery.governor import Governor
from bot.delivery.loops import Loop, backoff_ms, insisting, where
from bot.delivery.ports import TALK, Clock, Handler, Lease, LeaseLost, Mailboxes, Outcome, Poisoned, StoreAway, Work

_log = logging.getLogger(__name__)

_HAND_BACK_S = 1.0
_STUBBORN_S = 1.0


@dataclass(frozen=True, slots=True)
class WorkerPace:
    """How a worker works: `attempts` in all, the first `together` of them with all waiting events at once.

    `lease_ms` is how long an actor waits for the next worker when its owner was killed. What this version cannot read waits
    `unread_ms` between two tries, because another version may be running that can.
    """

    lease_ms: int = 10_000
    concurrency: int = 32
    attempts: int = 6
    together: int = 2
    retry_ms: int = 500
    longest_retry_ms: int = 30_000
    unread_ms: int = 10_000


class Worker(Loop[Work]):
    """One process's worker for one queue. `report_for` makes the handler's way to show that it is at work; with a `governor`
    each claim waits for its turn there."""

    def __init__(
        self,
        mailboxes: Mailboxes,
        handler: Handler,
        clock: Clock,
        report_for: Callable[[Address], Progressing],
        poisoned: Poisoned | None = None,
        pace: WorkerPace | None = None,
        queue: str = TALK,
        governor: Governor | None = None,
    ) -> None:
        self._pace = pace or WorkerPace()
        super().__init__(f"worker {queue}", self._pace.concurrency, self._pace.lease_ms)
        self._mailboxes = mailboxes
        self._handler = handler
        self._clock = clock
        self._report_for = report_for
        self._poisoned = poisoned
        self._queue = queue
        self._governor = governor

    async def _turn(self) -> None:
        if self._governor is not None:
            await self._governor.turn()

    async def _take(self) -> Work | None:
        work = await self._mailboxes.claim(self._pace.lease_ms, self._queue)
        if work is not None and self._governor is not None:
            self._governor.count()
        return work

    async def _wait(self, timeout_s: float) -> None:
        await self._mailboxes.wait(timeout_s, self._queue)

    async def _do(self, work: Work) -> None:
        try:
            if work.attempts > self._pace.attempts:  # every try so far ended with the process
                await self._set_aside(work, f"claimed {work.attempts} times and never handled to the end")
            elif work.unreadable:
                await self._pass_on(work, work.unreadable)
            else:
                await self._handle(work)
        except LeaseLost:
            _log.warning("lease lost", extra={"actor": work.lease.actor})
        except asyncio.CancelledError:
            with contextlib.suppress(StoreAway, TimeoutError):
                async with asyncio.timeout(_HAND_BACK_S):
                    await self._mailboxes.give_back(work.lease, 0, counted=False)
            raise

    async def _handle(self, work: Work) -> None:
        lease, pace = work.lease, self._pace
        events = work.events if work.attempts <= pace.together else work.events[:1]
        try:
            outcome = await self._keeping(lease, self._call(work, events))
        except LeaseLost:
            raise
        except StoreAway:
            await self._mailboxes.give_back(lease, pace.retry_ms, counted=False)
            raise
        except Unreadable as unreadable:
            await self._pass_on(work, str(unreadable))
        except Exception as error:  # noqa: BLE001 - whatever a handler may raise
            known = {"actor": lease.actor, "attempt": work.attempts, "events": len(events)}
            _log.warning("handling failed: %s", where(error), extra=known)
            if work.attempts >= pace.attempts:
                await self._set_aside(work, f"failed {work.attempts} times, last: {where(error)}")
            else:
                await self._mailboxes.give_back(lease, backoff_ms(work.attempts, pace.retry_ms, pace.longest_retry_ms))
        else:
            await insisting(lambda: self._mailboxes.commit(lease, len(events), outcome))

    async def _pass_on(self, work: Work, reason: str) -> None:
        """Leave what this version cannot read to another one; set the event aside when none came. The state stays as it is."""
        _log.error("cannot be read: %s", reason, extra={"actor": work.lease.actor, "attempt": work.attempts})
        if work.attempts >= self._pace.attempts:
            await self._set_aside(work, reason)
        else:
            await self._mailboxes.give_back(work.lease, self._pace.unread_ms)

    async def _call(self, work: Work, events: Sequence[Event]) -> Outcome:
        actor = work.lease.actor
        return await self._handler(actor, work.state, events, self._clock(), self._report_for(actor))

    async def _keeping(self, lease: Lease, doing: Coroutine[Any, Any, Outcome]) -> Outcome:
        """What the handler returns, keeping the lease meanwhile; `LeaseLost`, and the handler cancelled, when it is lost."""
        lease_s = self._pace.lease_ms / 1000
        handling = asyncio.ensure_future(doing)
        ours_until_s = time.monotonic() + lease_s
        try:
            while True:
                await asyncio.wait({handling}, timeout=lease_s / 3)
                if handling.cancelled():
                    raise RuntimeError("the handler cancelled itself")
                if handling.done():
                    return handling.result()
                asked_s = time.monotonic()
                try:
                    if not await self._mailboxes.renew(lease, self._pace.lease_ms):
                        raise LeaseLost
                    ours_until_s = asked_s + lease_s
                except StoreAway:
                    if time.monotonic() >= ours_until_s:
                        raise LeaseLost from None
        finally:
            await _ended(handling, lease.actor)

    async def _set_aside(self, work: Work, reason: str) -> None:
        lease, event = work.lease, work.events[0]
        _log.error("event set aside: %s", reason, extra={"actor": lease.actor, "event": event.id})
        told: Sequence[Outgoing] = ()
        if self._poisoned is not None:
            try:
                told = await self._poisoned(lease.actor, event)
            except Exception as error:  # noqa: BLE001 - telling is best effort, setting aside is not
                _log.error("could not say so: %s", where(error), extra={"actor": lease.actor})
        await insisting(lambda: self._mailboxes.set_aside(lease, reason, told))


async def _ended(handling: asyncio.Future[Outcome], actor: Address) -> None:
    """Cancel a handler that is still at work and see it end."""
    if handling.done():
        return
    handling.cancel()
    await asyncio.wait({handling}, timeout=_STUBBORN_S)
    if not handling.done():
        _log.error("handler does not stop", extra={"actor": actor})
    elif not handling.cancelled():
        handling.exception()  # seen, and of no interest: what it did will not take effect

"""Wakes timers when they are due. The only user of apscheduler, which is imported when the ticker starts.

The scheduler only says when to look; which timers ring, and that each rings once whatever the number of tickers, is the
store's business. A ticker looks when the next timer is due, when an earlier one was set by any process, and every so often
in any case.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.delivery.loops import ended, where
from bot.delivery.ports import Clock, StoreAway, Timers

_log = logging.getLogger(__name__)

_LIMIT = 100
_LISTEN_S = 5.0
_PAUSE_S = 1.0
_FAR_MS = 24 * 3600 * 1000  # no appointment further ahead than this; looking every so often makes a new one


class Ticker:
    """One process's ticker."""

    def __init__(self, timers: Timers, clock: Clock, safety_s: float = 30.0) -> None:
        self._timers = timers
        self._clock = clock
        self._safety_s = safety_s
        self._look = asyncio.Event()
        self._scheduler: Any = None
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin to look."""
        from apscheduler.schedulers.asyncio import AsyncIOScheduler

        self._scheduler = AsyncIOScheduler(timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True})
        self._scheduler.add_job(self._ring, "interval", seconds=self._safety_s, id="safety")
        self._scheduler.start()
        self._look.set()
        self._tasks = [
            asyncio.create_task(self._run(), name="ticker"),
            asyncio.create_task(self._listen(), name="timers"),
        ]

    async def stop(self) -> None:
        """Stop looking. A look under way ends; every step of it is whole."""
        await ended(self._tasks)
        self._tasks = []
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=False)
            self._scheduler = None

    async def _ring(self) -> None:
        # The job only raises a hand: a job that worked would be skipped whenever its next run came before its end.
        self._look.set()

    async def _run(self) -> None:
        while True:
            await self._look.wait()
            self._look.clear()
            try:
                while await self._timers.fire_due(self._clock(), _LIMIT) == _LIMIT:
                    pass
                self._appoint(await self._timers.next_due_ms())
            except StoreAway as away:
                _log.warning("timers wait, store is away: %s", away)
                await asyncio.sleep(_PAUSE_S)
                self._look.set()
            except Exception as error:  # noqa: BLE001 - a fault must not end all timers; the safety look comes
                _log.error("looking at timers failed: %s", where(error))

    def _appoint(self, due_ms: int | None) -> None:
        if due_ms is None:
            return
        wait_ms = min(max(0, due_ms - self._clock()), _FAR_MS)
        moment = datetime.now(UTC) + timedelta(milliseconds=wait_ms)
        self._scheduler.add_job(self._ring, "date", run_date=moment, id="due", replace_existing=True, max_instances=2)

    async def _listen(self) -> None:
        while True:
            try:
                await self._timers.wait_timers(_LISTEN_S)
                self._look.set()
            except StoreAway:
                await asyncio.sleep(_PAUSE_S)  # the other task says so

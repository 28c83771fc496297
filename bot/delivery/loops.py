"""What the worker's and the sender's loops have in common: waiting when the store is away, running jobs side by side, stopping.

A loop takes work while it has room, and sleeps in the store's own blocking wait when there is none; it never polls.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from typing import Any, Generic, TypeVar

from bot.delivery.ports import StoreAway

_log = logging.getLogger(__name__)

Job = TypeVar("Job")

_WAIT_S = 5.0
_INSIST_S = 2.5  # longer than a job may take to hand back what it holds
_AWAY_S = (0.1, 1.0)  # first and longest pause while the store is away
_FAULT_S = 5.0


def backoff_ms(attempt: int, first_ms: int, longest_ms: int) -> int:
    """How long to wait after the given attempt (1 is the first): doubling, up to the longest."""
    return int(min(longest_ms, first_ms * 2 ** min(attempt - 1, 30)))


async def ended(tasks: Iterable[asyncio.Task[None]]) -> None:
    """Cancel tasks and see them end. Asked again and again: a library may swallow one cancellation."""
    left = set(tasks)
    while left:
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=_INSIST_S)


async def insisting(step: Callable[[], Awaitable[None]]) -> None:
    """Take a step that is safe to repeat until the store has taken it: what was done must not be forgotten, and while the
    store is away there is nothing else to do. A lost answer does not mean that it had no effect."""
    pause_s = 0.0
    while True:
        try:
            return await step()
        except StoreAway:
            pause_s = longer_s(pause_s)
            await asyncio.sleep(pause_s)


def longer_s(pause_s: float) -> float:
    """The pause after this one while the store is away."""
    return min(_AWAY_S[1], pause_s * 2 or _AWAY_S[0])


def where(error: BaseException) -> str:
    """What kind of error and in which line. Not its own words: they may quote what a person wrote."""
    place = "?"
    trace = error.__traceback__
    while trace is not None:
        place = f"{trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}"
        trace = trace.tb_next
    return f"{type(error).__name__} at {place}"


class Loop(ABC, Generic[Job]):
    """Takes jobs and runs up to `concurrency` of them at once.

    It looks at least once in `lease_ms`, so that it knows of every lease before that ends: nobody tells when one runs out.
    """

    def __init__(self, name: str, concurrency: int, lease_ms: int) -> None:
        self._name = name
        self._room = concurrency
        self._wait_s = min(_WAIT_S, lease_ms / 1000)
        self._jobs: set[asyncio.Task[None]] = set()
        self._runner: asyncio.Task[None] | None = None
        self.after: Callable[[], None] = _nothing  # called whenever a job has ended

    async def _turn(self) -> None:
        """Return when one more may be taken. Nothing is owned meanwhile."""

    @abstractmethod
    async def _take(self) -> Job | None:
        """Own something to do, None if there is nothing."""

    @abstractmethod
    async def _do(self, job: Job) -> None:
        """Do it. When cancelled, hand it back."""

    @abstractmethod
    async def _wait(self, timeout_s: float) -> None:
        """Return when there may be something to do."""

    def start(self) -> None:
        """Begin taking work."""
        self._runner = asyncio.create_task(self._run(), name=self._name)

    async def stop(self, grace_s: float) -> None:
        """Take no more, let what is under way finish within the time, hand back the rest."""
        if self._runner is None:
            return
        await ended([self._runner])
        self._runner = None
        if self._jobs:
            await asyncio.wait(self._jobs, timeout=grace_s)
        await ended(self._jobs)

    async def _run(self) -> None:
        pause_s = 0.0
        while True:
            try:
                while len(self._jobs) >= self._room:
                    await asyncio.wait(self._jobs, return_when=asyncio.FIRST_COMPLETED)
                await self._turn()
                job = await self._taken()
                if job is None:
                    await self._wait(self._wait_s)
                if pause_s:
                    _log.info("store is back", extra={"loop": self._name})
                pause_s = 0.0
            except StoreAway as away:
                if not pause_s:
                    _log.warning("store is away: %s", away, extra={"loop": self._name})
                pause_s = longer_s(pause_s)
                await asyncio.sleep(pause_s)
            except Exception as error:  # noqa: BLE001 - a fault must not end the loop for everybody
                _log.error("loop failed: %s", where(error), extra={"loop": self._name})
                await asyncio.sleep(_FAULT_S)

    async def _taken(self) -> Job | None:
        # Shielded: cancelled between the server's answer and here, a job would be owned by nobody until its lease ends.
        taking = asyncio.ensure_future(self._take())
        try:
            job = await asyncio.shield(taking)
        except asyncio.CancelledError:
            with contextlib.suppress(Exception):
                self._spawn(await taking)
            raise
        self._spawn(job)
        return job

    def _spawn(self, job: Job | None) -> None:
        if job is not None:
            task = asyncio.create_task(self._guarded(self._do(job)))
            self._jobs.add(task)
            task.add_done_callback(self._jobs.discard)

    async def _guarded(self, doing: Coroutine[Any, Any, None]) -> None:
        try:
            await doing
        except StoreAway as away:
            _log.warning("store is away: %s", away, extra={"loop": self._name})
        except Exception as error:  # noqa: BLE001 - as above
            _log.error("job failed: %s", where(error), extra={"loop": self._name})
        finally:
            self.after()


def _nothing() -> None:
    """What `after` does until somebody wants to know."""

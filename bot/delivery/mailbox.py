"""The way in: events of many callers stored with as few calls as possible.

What arrives during one turn of the loop, or while the store answers the last call, goes with the next one. A caller goes on
only when its events are durable. One call is under way at a time, so the order of arrival is kept.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from bot.chat.events import Event
from bot.delivery.ports import Mailboxes, StoreAway

_log = logging.getLogger(__name__)

_Waiting = tuple[Sequence[Event], "asyncio.Future[None]"]


class Intake:
    """Accepts events into mailboxes. `quiet_ms` lets several messages of one person become one turn (see `accept`)."""

    def __init__(self, mailboxes: Mailboxes, quiet_ms: int = 0) -> None:
        self._mailboxes = mailboxes
        self._quiet_ms = quiet_ms
        self._waiting: list[_Waiting] = []
        self._carrier: asyncio.Task[None] | None = None
        self._away = False

    async def accept(self, events: Sequence[Event]) -> None:
        """Return when the events are stored durably, in order. `StoreAway` if they may not be; then accept them again."""
        if not events:
            return
        stored = asyncio.get_running_loop().create_future()
        self._waiting.append((events, stored))
        if self._carrier is None:
            self._carrier = asyncio.create_task(self._carry())
        await stored

    async def _carry(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting, []
                await self._store(batch)
        finally:
            self._carrier = None
            for _, stored in self._waiting:  # only when this task was cancelled: the loop is being closed
                stored.cancel()

    async def _store(self, batch: list[_Waiting]) -> None:
        try:
            await self._mailboxes.accept([event for events, _ in batch for event in events], self._quiet_ms)
        except StoreAway as away:
            if not self._away:  # said once, and with its reason: adapters know that it failed, not why
                _log.warning("events cannot be stored: %s", away)
            self._away = True
            for _, stored in batch:
                _fail(stored, away)
        except Exception as error:  # noqa: BLE001 - whatever it is belongs to the caller whose event caused it
            if len(batch) == 1:
                _fail(batch[0][1], error)
                return
            for one in batch:
                await self._store([one])
        else:
            if self._away:
                _log.info("events are stored again")
            self._away = False
            for _, stored in batch:
                if not stored.done():
                    stored.set_result(None)


def _fail(stored: asyncio.Future[None], error: Exception) -> None:
    if not stored.done():
        stored.set_exception(error)

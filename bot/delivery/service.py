"""Everything that runs to deliver, as one object for the composition root: the way in, a worker, a sender per lane, the ticker."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bot.chat.adapter import Adapter, Limited, Looking, ShowsProgress
from bot.chat.events import Event, Told
from bot.chat.ids import Address
from bot.chat.meanings import Progress
from bot.chat.replies import UNDELIVERABLE, Outgoing, Progressing, Tell
from bot.delivery.governor import Governor
from bot.delivery.loops import Loop
from bot.delivery.mailbox import Intake
from bot.delivery.ports import (
    BOARD,
    MAILBOXES,
    QUEUES,
    ROUND,
    SHEET,
    Clock,
    Concerned,
    Handler,
    Poisoned,
    Store,
    lane_to,
    patient_lane,
)
from bot.delivery.sender import Post, Sender, SenderPace
from bot.delivery.ticker import Ticker
from bot.delivery.worker import Worker, WorkerPace

_LAST_WORDS_S = 1.0  # for posts under way, however long the worker took

_AT_WORK = {BOARD: 4, ROUND: 8, SHEET: 16}
"""How many are worked for at once where nobody sits waiting: few, so that conversations get the processor."""

_AHEAD = 1.25
"""How much faster boards are worked for than their questions can be posted."""

_PATIENT_POSTS = 64
"""How many of their posts are under way: many, because one that waits for its channel's limit must not hold up other channels."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast everything goes. `quiet_ms`: how long to wait for more messages of the same conversation. Without a pace of
    their own senders have the worker's lease, so that one number says how long others wait after a crash."""

    quiet_ms: int = 0
    worker: WorkerPace = field(default_factory=WorkerPace)
    sender: SenderPace | None = None
    safety_s: float = 30.0


class Delivery:
    """Runs delivery in this process, beside any number of other processes on the same store.

    `adapters` has an adapter per lane: by platform name, or by `lane_to(conversation, screens)` for a conversation that only
    this process shows. `screens` must be what the store was given. Actors that are `concerned` hear of replies of theirs that can
    never arrive.
    """

    def __init__(
        self,
        store: Store,
        handler: Handler,
        adapters: Mapping[str, Adapter],
        clock: Clock,
        *,
        screens: frozenset[str] = frozenset(),
        poisoned: Poisoned | None = None,
        pace: Pace | None = None,
        concerned: Concerned | None = None,
    ) -> None:
        pace = pace or Pace()
        sending = pace.sender or SenderPace(lease_ms=pace.worker.lease_ms)
        self._store = store
        self._clock = clock
        self._concerned = concerned
        self._adapters = dict(adapters)
        self._screens = screens
        self._intake = Intake(store, pace.quiet_ms)
        limits = [adapter.posts_per_s for adapter in adapters.values() if isinstance(adapter, Limited)]
        paces = {BOARD: Governor(sum(limits) * _AHEAD)} if limits and len(limits) == len(adapters) else {}
        self._workers = []
        for queue in QUEUES:
            many = min(pace.worker.concurrency, _AT_WORK.get(queue, pace.worker.concurrency))
            working = replace(pace.worker, concurrency=many)
            self._workers.append(
                Worker(store, handler, clock, self.report_for, poisoned, working, queue, paces.get(queue))
            )
        self._senders = [Sender(MAILBOXES, store, self._deliver, sending)]
        for lane, adapter in adapters.items():
            self._senders += self._senders_of(lane, adapter, sending)
        self._ticker = Ticker(store, clock, pace.safety_s)
        self._moved = asyncio.Event()
        loops: list[Loop[Any]] = [*self._workers, *self._senders]
        for loop in loops:
            loop.after = self._moved.set

    def _senders_of(self, lane: str, adapter: Adapter, pace: SenderPace) -> list[Sender]:
        post, again = _through(adapter), _again_through(adapter)
        governor = Governor(adapter.posts_per_s) if isinstance(adapter, Limited) else None
        senders = [Sender(lane, self._store, post, pace, again, self._regret, governor)]
        if lane == adapter.platform and lane not in self._screens:
            patient, pace = patient_lane(lane), replace(pace, concurrency=_PATIENT_POSTS)
            self._adapters[patient] = adapter
            senders.append(Sender(patient, self._store, post, pace, again, self._regret, governor, patient=True))
        return senders

    async def accept(self, events: Sequence[Event]) -> None:
        """Return when the events are stored durably. `StoreAway` if they may not be; then accept them again."""
        await self._intake.accept(events)

    async def settled(self, actor: Address) -> None:
        """Return when everything accepted for an actor was handled and everything it said has gone out.

        Only for an actor that this process alone works and sends for: nothing tells us what others do.
        """
        lanes = (MAILBOXES, lane_to(actor, self._screens))
        while True:
            self._moved.clear()
            if await self._store.settled(actor, lanes):
                return
            await self._moved.wait()

    def report_for(self, actor: Address) -> Progressing:
        """How to show that an actor is being worked for; silent where this process has no way to."""
        return _Report(actor, self._adapters.get(lane_to(actor, self._screens)))

    def start(self) -> None:
        """Begin to handle, send and tick."""
        for worker in self._workers:
            worker.start()
        for sender in self._senders:
            sender.start()
        self._ticker.start()

    async def stop(self, grace_s: float = 4.0) -> None:
        """Take no new work, finish what is under way within the time, hand back the rest. Replies that are not out yet wait
        in the store for the next process. Takes four seconds more than `grace_s` at the worst: whoever stops us waits ten."""
        until_s = time.monotonic() + grace_s
        await self._ticker.stop()
        await asyncio.gather(*(worker.stop(grace_s) for worker in self._workers))
        left_s = max(until_s - time.monotonic(), min(grace_s, _LAST_WORDS_S))
        await asyncio.gather(*(sender.stop(left_s) for sender in self._senders))

    async def _regret(self, item: Outgoing, reason: str) -> None:
        if self._concerned is None or isinstance(item, Tell) or not self._concerned(item.to):
            return
        body = {"reply": item.id, "move": item.move, "reason": reason}
        told = Told(f"{item.id}:{UNDELIVERABLE}", item.to, self._clock(), UNDELIVERABLE, body)
        await self._intake.accept([told])

    async def _deliver(self, item: Outgoing, known: str) -> str:
        del known
        if isinstance(item, Tell):
            await self._intake.accept([item.event])
        return ""


def _through(adapter: Adapter) -> Post:
    async def post(item: Outgoing, known: str) -> str:
        if isinstance(item, Tell):
            raise TypeError("a message between actors on a platform's lane")
        return await adapter.post(item, known)

    return post


def _again_through(adapter: Adapter) -> Post | None:
    if not isinstance(adapter, Looking):
        return None
    looking = adapter

    async def post(item: Outgoing, known: str) -> str:
        if isinstance(item, Tell):
            raise TypeError("a message between actors on a platform's lane")
        return await looking.post_again(item, known)

    return post


class _Report:
    """Shows work in the conversation it is done for. Whatever goes wrong with that is no concern of the work."""

    def __init__(self, actor: Address, adapter: Adapter | None) -> None:
        self._actor = actor
        self._adapter = adapter

    async def typing(self) -> None:
        if self._adapter is not None:
            await self._adapter.typing(self._actor)

    async def step(self, text: str, done: int, total: int) -> None:
        adapter: object = self._adapter
        if isinstance(adapter, ShowsProgress):
            await adapter.progress(self._actor, Progress(text, done, total))
        else:
            await self.typing()

"""The worker: keeps what it owns, lets go of what it lost, tells people about what it cannot handle."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

import pytest
from redis.asyncio import Redis

from bot.chat.events import Event, Said
from bot.chat.ids import Address
from bot.chat.replies import Outgoing, Progressing
from bot.delivery import loops
from bot.delivery.ports import Handler, Outcome, StoreAway
from bot.delivery.worker import Worker, WorkerPace
from bot.store.valkey import ValkeyStore
from tests.delivery.people import note_taker, until
from tests.store.conversation import ROOM, now_ms, reply, room, said

SECRET = "what I really think of my manager"
PACE = WorkerPace(lease_ms=90, concurrency=4, attempts=4, together=2, retry_ms=1, longest_retry_ms=4)
Hire = Callable[..., Worker]


class Silent:
    async def typing(self) -> None: ...

    async def step(self, text: str, done: int, total: int) -> None: ...


@pytest.fixture
async def hire(store: ValkeyStore) -> AsyncIterator[Hire]:
    """Makes and starts workers on the test's store, and stops them in the end."""
    hired: list[Worker] = []

    def one(handler: Handler, on: ValkeyStore = store, pace: WorkerPace = PACE, **more: object) -> Worker:
        worker = Worker(on, handler, now_ms, lambda actor: Silent(), pace=pace, **more)  # type: ignore[arg-type]
        worker.start()
        hired.append(worker)
        return worker

    yield one
    await asyncio.gather(*(worker.stop(0) for worker in hired))


def heard(store: ValkeyStore, expected: list[str], actor: Address = ROOM) -> Callable[[], Awaitable[bool]]:
    async def look() -> bool:
        return bool(json.loads(await store.peek_state(actor) or b"[]") == expected)

    return look


async def test_several_pieces_are_one_turn(store: ValkeyStore, hire: Hire) -> None:
    turns: list[int] = []

    async def counting(
        actor: Address, state: bytes | None, events: Sequence[Event], now_ms: int, report: Progressing
    ) -> Outcome:
        turns.append(len(events))
        return await note_taker(actor, state, events, now_ms, report)

    await store.accept([said("one"), said("two"), said("three")])
    hire(counting)
    await until(heard(store, ["one", "two", "three"]), "heard")
    assert turns == [3]


async def test_a_slow_handler_keeps_its_lease(store: ValkeyStore, hire: Hire) -> None:
    calls: list[str] = []

    async def slow(
        actor: Address, state: bytes | None, events: Sequence[Event], now: int, report: Progressing
    ) -> Outcome:
        calls.append(actor)
        await asyncio.sleep(PACE.lease_ms * 3 / 1000)
        return await note_taker(actor, state, events, now, report)

    await store.accept([said("one")])
    hire(slow)
    hire(slow)
    await until(heard(store, ["one"]), "heard")
    assert calls == [ROOM], "nobody took it over"


async def test_a_handler_whose_lease_is_lost_is_cancelled(
    store: ValkeyStore, hire: Hire, valkey_url: str, namespace: str
) -> None:
    cancelled = asyncio.Event()
    began = asyncio.Event()

    async def stuck(
        actor: Address, state: bytes | None, events: Sequence[Event], now: int, report: Progressing
    ) -> Outcome:
        del actor, state, events, now, report
        began.set()
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()
        raise AssertionError

    await store.accept([said("one")])
    worker = hire(stuck)
    await began.wait()
    async with Redis.from_url(valkey_url) as client:  # somebody else has taken it over
        await client.hset(f"{namespace}:{{p0}}:leases", ROOM, "999")
    await asyncio.wait_for(cancelled.wait(), 2)
    await worker.stop(1)
    assert await store.waiting(ROOM) == 1, "nothing it did took effect"


async def test_a_failure_is_tried_again_and_says_nothing_of_what_was_written(
    store: ValkeyStore, hire: Hire, caplog: pytest.LogCaptureFixture
) -> None:
    attempts: list[int] = []

    async def shaky(
        actor: Address, state: bytes | None, events: Sequence[Event], now: int, report: Progressing
    ) -> Outcome:
        attempts.append(len(events))
        if len(attempts) < 3:
            raise ValueError(SECRET)
        return await note_taker(actor, state, events, now, report)

    caplog.set_level(logging.DEBUG, "bot")
    await store.accept([said(SECRET)])
    hire(shaky)
    await until(heard(store, [SECRET]), "heard")
    assert len(attempts) == 3
    assert "ValueError at tests.delivery.test_worker:" in caplog.text
    assert SECRET not in caplog.text


async def test_poison_is_set_aside_alone_and_the_person_is_told(store: ValkeyStore, hire: Hire) -> None:
    tried: list[list[str]] = []

    async def picky(
        actor: Address, state: bytes | None, events: Sequence[Event], now: int, report: Progressing
    ) -> Outcome:
        tried.append([event.text for event in events if isinstance(event, Said)])
        if "poison" in tried[-1]:
            raise ValueError(SECRET)
        return await note_taker(actor, state, events, now, report)

    async def apologise(actor: Address, event: Event) -> Sequence[Outgoing]:
        return [reply(f"sorry:{event.id}", to=actor)]

    await store.accept([said("before"), said("poison", event_id="p1"), said("after")])
    hire(picky, poisoned=apologise)
    await until(heard(store, ["before", "after"]), "the innocent ones were handled")
    (letter,) = await store.dead_letters()
    assert letter.reason.startswith("failed 4 times, last: ValueError at ")
    assert SECRET not in letter.reason
    shown = []
    while parcel := await store.next_parcel("terminal", 1000):
        shown.append(parcel.item.id)
        await store.sent(parcel, "")
    assert shown == ["0:before", "sorry:p1", "1:after"]
    assert tried[:3] == [["before", "poison", "after"]] * 2 + [["before"]]
    assert tried.count(["poison"]) == 2


async def test_an_event_that_kills_every_process_is_set_aside_untouched(store: ValkeyStore, hire: Hire) -> None:
    await store.accept([said("kills")])
    for _ in range(PACE.attempts):
        assert await store.claim(1) is not None  # and the process was gone
        await asyncio.sleep(0.003)

    async def never(
        actor: Address, state: bytes | None, events: Sequence[Event], now: int, report: Progressing
    ) -> Outcome:
        raise AssertionError("must not be handled again")

    async def broken(actor: Address, event: Event) -> Sequence[Outgoing]:
        raise RuntimeError("cannot even say sorry")

    hire(never, poisoned=broken)

    async def aside() -> bool:
        return [letter.kind for letter in await store.dead_letters()] == ["event"]

    await until(aside, "set aside")
    assert await store.waiting(ROOM) == 0


async def test_many_actors_at_once_but_not_more_than_there_is_room(store: ValkeyStore, hire: Hire) -> None:
    now_busy = most_busy = 0
    full = asyncio.Event()

    async def busy(
        actor: Address, state: bytes | None, events: Sequence[Event], now: int, report: Progressing
    ) -> Outcome:
        nonlocal now_busy, most_busy
        now_busy += 1
        most_busy = max(most_busy, now_busy)
        if now_busy == PACE.concurrency:
            full.set()
        await full.wait()
        await asyncio.sleep(0.001)
        now_busy -= 1
        return await note_taker(actor, state, events, now, report)

    rooms = [room(str(number)) for number in range(12)]
    await store.accept([said("hi", to) for to in rooms])
    hire(busy)
    for to in rooms:
        await until(heard(store, ["hi"], to), f"{to} heard")
    assert most_busy == PACE.concurrency


async def test_workers_never_share_an_actor(store: ValkeyStore, hire: Hire, valkey_url: str, namespace: str) -> None:
    busy: set[str] = set()

    async def alone(
        actor: Address, state: bytes | None, events: Sequence[Event], now: int, report: Progressing
    ) -> Outcome:
        assert actor not in busy
        busy.add(actor)
        await asyncio.sleep(0.001)
        busy.remove(actor)
        return await note_taker(actor, state, events, now, report)

    stores = [ValkeyStore(valkey_url, namespace) for _ in range(4)]
    workers = [hire(alone, on=one) for one in stores]
    pieces = [str(piece) for piece in range(10)]
    rooms = [room(str(number)) for number in range(6)]
    for piece in pieces:
        await store.accept([said(piece, to) for to in rooms])
    for to in rooms:
        await until(heard(store, pieces, to), f"{to} in order")
    for worker, one in zip(workers, stores, strict=True):
        await worker.stop(1)
        await one.close()


async def test_stopping_lets_work_finish_and_hands_back_the_rest(store: ValkeyStore, hire: Hire) -> None:
    began = asyncio.Event()
    go_on = asyncio.Event()

    async def patient(
        actor: Address, state: bytes | None, events: Sequence[Event], now: int, report: Progressing
    ) -> Outcome:
        began.set()
        await go_on.wait()
        return await note_taker(actor, state, events, now, report)

    await store.accept([said("finished")])
    worker = hire(patient)
    await began.wait()
    stopping = asyncio.create_task(worker.stop(5))
    go_on.set()
    await stopping
    assert await heard(store, ["finished"])()

    began.clear()
    go_on.clear()
    await store.accept([said("handed back")])
    worker = hire(patient, pace=WorkerPace(lease_ms=60_000))
    await began.wait()
    await worker.stop(0)
    work = await store.claim(1000)
    assert work is not None, "ready at once, long before the lease would have ended"
    assert work.attempts == 1, "and not counted against it"


async def test_a_commit_whose_answer_is_lost_is_made_once(store: ValkeyStore, hire: Hire, namespace: str) -> None:
    commit = store.commit
    lost: list[int] = []

    async def deaf(*args: object) -> None:
        await commit(*args)  # type: ignore[arg-type]
        if len(lost) < 2:
            lost.append(1)
            raise StoreAway("the answer was lost")

    store.commit = deaf  # type: ignore[method-assign, assignment]
    await store.accept([said("one"), said("two")])
    hire(note_taker)
    await until(lambda: len(lost) == 2, "two answers lost")
    await until(heard(store, ["one", "two"]), "heard")
    shown = []
    while parcel := await store.next_parcel("terminal", 1000):
        shown.append(parcel.item.id)
        await store.sent(parcel, "")
    assert shown == ["0:one", "1:two"]
    assert await store.claim(1000) is None


async def test_a_handler_that_cannot_reach_the_store_is_not_blamed(store: ValkeyStore, hire: Hire) -> None:
    calls: list[int] = []

    async def unlucky(
        actor: Address, state: bytes | None, events: Sequence[Event], now: int, report: Progressing
    ) -> Outcome:
        calls.append(1)
        if len(calls) <= PACE.attempts + 2:
            raise StoreAway("for now")
        return await note_taker(actor, state, events, now, report)

    await store.accept([said("one")])
    hire(unlucky)
    await until(heard(store, ["one"]), "heard")
    assert await store.dead_letters() == []


async def test_a_turn_that_is_done_waits_for_a_store_that_is_away(
    store: ValkeyStore, hire: Hire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loops, "_AWAY_S", (0.001, 0.002))
    commit = store.commit
    calls: list[int] = []
    refused: list[int] = []

    async def counted(
        actor: Address, state: bytes | None, events: Sequence[Event], now: int, report: Progressing
    ) -> Outcome:
        calls.append(len(events))
        return await note_taker(actor, state, events, now, report)

    async def away(*args: object) -> None:
        if len(refused) < 20:
            refused.append(1)
            raise StoreAway("for a minute")
        await commit(*args)  # type: ignore[arg-type]

    store.commit = away  # type: ignore[method-assign, assignment]
    await store.accept([said("one")])
    hire(counted, pace=WorkerPace(lease_ms=5_000))
    await until(heard(store, ["one"]), "heard")
    assert (len(refused), calls) == (20, [1]), "a model is asked once, however long the store is away"

"""The ticker: due timers ring at once, each once, however many tickers there are."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

from bot.chat.replies import CancelTimer, SetTimer
from bot.delivery.ports import Outcome
from bot.delivery.ticker import Ticker
from bot.store.valkey import ValkeyStore
from tests.delivery.people import until
from tests.store.conversation import ROOM, now_ms, room, said


async def set_timers(store: ValkeyStore, *timers: SetTimer | CancelTimer, to: str = "room") -> None:
    await store.accept([said("set", room(to))])
    work = await store.claim(1000)
    assert work is not None
    await store.commit(work.lease, len(work.events), Outcome(b"s", timers=timers))


def rang(store: ValkeyStore, count: int) -> Callable[[], Awaitable[bool]]:
    async def look() -> bool:
        return await store.waiting(ROOM) == count

    return look


async def test_a_timer_set_while_the_ticker_sleeps_rings_on_time(store: ValkeyStore) -> None:
    ticker = Ticker(store, now_ms)
    ticker.start()
    await set_timers(store, SetTimer("far", now_ms() + 3_600_000))
    await until(lambda: ticker._scheduler.get_job("due") is not None, "an appointment for the far one")
    due = now_ms() + 120
    await set_timers(store, SetTimer("near", due), SetTimer("never", due), CancelTimer("never"))
    await until(rang(store, 1), "rang", 2)
    assert 0 <= now_ms() - due < 100
    await ticker.stop()


async def test_what_was_due_while_nobody_ran_rings_at_the_start(store: ValkeyStore) -> None:
    await set_timers(store, *(SetTimer(str(number), 1000 + number) for number in range(250)))
    ticker = Ticker(store, now_ms)
    ticker.start()
    await until(rang(store, 250), "all rang, more than fit into one look", 5)
    await ticker.stop()


async def test_several_tickers_ring_each_timer_once(store: ValkeyStore, valkey_url: str, namespace: str) -> None:
    stores = [ValkeyStore(valkey_url, namespace) for _ in range(4)]
    tickers = [Ticker(one, now_ms) for one in stores]
    for ticker in tickers:
        ticker.start()
    soon = now_ms() + 60
    await set_timers(store, *(SetTimer(str(number), soon + number) for number in range(40)))
    await until(rang(store, 40), "all rang")
    await asyncio.gather(*(ticker.stop() for ticker in tickers))
    assert await store.waiting(ROOM) == 40
    assert await store.next_due_ms() is None
    for one in stores:
        await one.close()


async def test_a_ticker_that_sleeps_costs_nothing(store: ValkeyStore) -> None:
    ticker = Ticker(store, now_ms)
    ticker.start()
    await asyncio.sleep(0.05)
    looks = 0
    fire_due = store.fire_due

    async def counted(now_ms: int, limit: int = 100) -> int:
        nonlocal looks
        looks += 1
        return await fire_due(now_ms, limit)

    store.fire_due = counted  # type: ignore[method-assign]
    began = time.process_time()
    await asyncio.sleep(0.3)
    assert looks == 0
    assert time.process_time() - began < 0.05
    await ticker.stop()

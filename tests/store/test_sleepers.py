"""Nobody sleeps while there is work: each step that leaves work behind wakes one sleeper. And stale knowledge claims nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.chat.replies import SetTimer
from bot.delivery.ports import Outcome, Work
from bot.store.valkey import ValkeyStore
from tests.store.conversation import ROOM, reply, room, said

LEASE_MS = 10_000


@pytest.fixture
async def elsewhere(valkey_url: str, namespace: str) -> AsyncIterator[ValkeyStore]:
    """The same store in another process, which has found nothing to do."""
    store = ValkeyStore(valkey_url, namespace)
    assert await store.claim(LEASE_MS) is None
    yield store
    await store.close()


async def claimed(store: ValkeyStore) -> Work:
    work = await store.claim(LEASE_MS)
    assert work is not None
    return work


async def woken(sleeper: ValkeyStore) -> None:
    await asyncio.wait_for(sleeper.wait(5), 1)


async def test_a_commit_that_leaves_events_wakes(store: ValkeyStore, elsewhere: ValkeyStore) -> None:
    await store.accept([said("one"), said("two")])
    work = await claimed(store)
    await woken(elsewhere)  # the token of the accept
    await store.commit(work.lease, 1, Outcome(b"1"))
    await woken(elsewhere)


async def test_a_claim_that_leaves_others_ready_passes_the_word_on(store: ValkeyStore, elsewhere: ValkeyStore) -> None:
    await store.accept([said("one", room("a")), said("two", room("b"))])
    await woken(elsewhere)  # the token of the accept
    await claimed(store)
    await woken(elsewhere)


async def test_giving_back_wakes(store: ValkeyStore, elsewhere: ValkeyStore) -> None:
    await store.accept([said("one")])
    work = await claimed(store)
    await woken(elsewhere)
    await store.give_back(work.lease, 0)
    await woken(elsewhere)


async def test_a_timer_that_rings_wakes(store: ValkeyStore, elsewhere: ValkeyStore) -> None:
    await store.accept([said("one")])
    work = await claimed(store)
    await woken(elsewhere)
    await store.commit(work.lease, 1, Outcome(b"1", timers=(SetTimer("end", 1000),)))
    assert await store.fire_due(1000) == 1
    await woken(elsewhere)


async def test_what_was_ready_a_moment_ago_is_not_taken_twice(store: ValkeyStore, elsewhere: ValkeyStore) -> None:
    for name in "abc":
        await store.accept([said("hello", room(name))])
        work = await claimed(store)
        await store.commit(work.lease, 1, Outcome(b"s", (reply(f"re:{name}", to=room(name)),)))
        await asyncio.sleep(0.002)
    first = await elsewhere.next_parcel("terminal", LEASE_MS)  # it has seen all three now
    others = [await store.next_parcel("terminal", LEASE_MS) for _ in range(3)]
    assert [parcel and parcel.item.id for parcel in (first, *others)] == ["re:a", "re:b", "re:c", None]
    assert await elsewhere.next_parcel("terminal", LEASE_MS) is None


async def test_a_timer_moved_between_reading_and_ringing_stays(
    store: ValkeyStore, elsewhere: ValkeyStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    await store.accept([said("one"), said("two")])
    work = await claimed(store)
    await store.commit(work.lease, 1, Outcome(b"1", timers=(SetTimer("end", 1000),)))
    work = await claimed(store)
    call = elsewhere._wire.call

    async def slow(*command: str | bytes | int) -> Any:
        found = await call(*command)
        if command[0] == "ZRANGEBYSCORE":
            await store.commit(work.lease, 1, Outcome(b"2", timers=(SetTimer("end", 9000),)))
        return found

    monkeypatch.setattr(elsewhere._wire, "call", slow)
    assert await elsewhere.fire_due(1000) == 0
    assert (await store.next_due_ms(), await store.waiting(ROOM)) == (9000, 0)

"""The life of an event on a real server: accepted, claimed, handled, answered, gone."""

from __future__ import annotations

import asyncio
import time

import pytest
from redis.asyncio import Redis

from bot.chat.events import Fired, Told
from bot.chat.ids import Address
from bot.chat.replies import CancelTimer, Reply, SetTimer, Tell
from bot.delivery.ports import MAILBOXES, Lease, LeaseLost, Outcome, Work
from bot.store.valkey import ValkeyStore
from tests.store.conversation import ROOM, now_ms, pressed, reply, room, said, texts

LEASE_MS = 10_000


async def claimed(store: ValkeyStore, lease_ms: int = LEASE_MS) -> Work:
    work = await store.claim(lease_ms)
    assert work is not None
    return work


async def test_an_event_from_mailbox_to_reply(store: ValkeyStore) -> None:
    assert await store.accept([said("one"), said("two")]) == 2
    work = await claimed(store)
    assert (work.lease.actor, work.state, texts(work.events), work.attempts) == (ROOM, None, ["one", "two"], 1)
    assert await store.claim(LEASE_MS) is None

    state = b'{"phase":"answering"}' * 40
    await store.commit(work.lease, 2, Outcome(state, (reply("r1"), reply("r2"))))
    assert await store.claim(LEASE_MS) is None
    assert await store.waiting(ROOM) == 0
    assert await store.peek_state(ROOM) == state

    for expected in ("r1", "r2"):
        parcel = await store.next_parcel("terminal", LEASE_MS)
        assert parcel is not None
        assert (parcel.item.id, parcel.attempts, parcel.uncertain, parcel.known) == (expected, 1, False, "")
        assert await store.next_parcel("terminal", LEASE_MS) is None, "the next waits for the head"
        await store.sent(parcel, f"ref-{expected}")
    assert await store.next_parcel("terminal", LEASE_MS) is None


async def test_the_state_comes_back_with_the_next_event(store: ValkeyStore) -> None:
    for number in range(3):
        await store.accept([said(str(number))])
        work = await claimed(store)
        assert work.state == (None if number == 0 else b"%d" % (number - 1))
        await store.commit(work.lease, 1, Outcome(b"%d" % number))
    await store.accept([said("forget it")])
    work = await claimed(store)
    await store.commit(work.lease, 1, Outcome(None))
    assert await store.peek_state(ROOM) is None


async def test_a_state_with_a_life_goes_when_it_ends(store: ValkeyStore) -> None:
    await store.accept([said("hello")])
    work = await claimed(store)
    await store.commit(work.lease, 1, Outcome(b"brief", keep_ms=30))
    assert await store.peek_state(ROOM) == b"brief"
    await asyncio.sleep(0.04)
    assert await store.peek_state(ROOM) is None

"""Stopping keeps to its time, whatever is under way, and what is not finished is there for the next process at once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence

import pytest

from bot.chat.events import Event
from bot.chat.ids import Address
from bot.chat.replies import Progressing, Reply
from bot.delivery.ports import Handler, Outcome
from bot.delivery.service import Delivery, Pace
from bot.delivery.worker import WorkerPace
from bot.store.valkey import ValkeyStore
from tests.delivery.people import Platform, note_taker, until
from tests.store.conversation import ROOM, now_ms, said, texts

LONG = Pace(worker=WorkerPace(lease_ms=60_000))


@pytest.fixture
async def other(valkey_url: str, namespace: str) -> AsyncIterator[ValkeyStore]:
    """The same store, in the next process."""
    store = ValkeyStore(valkey_url, namespace)
    yield store
    await store.close()


async def stopped(delivery: Delivery, grace_s: float) -> float:
    """How long stopping took, in seconds."""
    began_s = time.monotonic()
    await delivery.stop(grace_s)
    return time.monotonic() - began_s


@pytest.mark.parametrize("after_ms", [0, 0.5, 1, 1.5, 2, 3, 5, 20])
async def test_just_started_and_already_stopped(store: ValkeyStore, after_ms: float) -> None:
    delivery = Delivery(store, note_taker, {"terminal": Platform()}, now_ms, pace=LONG)
    delivery.start()
    await asyncio.sleep(after_ms / 1000)  # connections are being made: the client swallows a cancellation there
    assert await stopped(delivery, 4) < 1


class Deaf(Platform):
    """A platform that never answers."""

    async def post(self, reply: Reply, known: str) -> str:
        self.shown.append(reply.id)
        await asyncio.Event().wait()
        raise AssertionError


async def never(
    actor: Address, state: bytes | None, events: Sequence[Event], now_ms: int, report: Progressing
) -> Outcome:
    await report.typing()
    await asyncio.Event().wait()
    raise AssertionError


async def stubborn(
    actor: Address, state: bytes | None, events: Sequence[Event], now_ms: int, report: Progressing
) -> Outcome:
    await report.typing()
    for _ in range(40):
        try:
            await asyncio.sleep(0.05)
        except asyncio.CancelledError:
            continue
    return Outcome(b"too late")


@pytest.mark.parametrize(("handler", "most_s"), [(never, 1.0), (stubborn, 3.5)], ids=["never", "stubborn"])
async def test_a_turn_that_does_not_end_is_handed_back(
    store: ValkeyStore, other: ValkeyStore, handler: Handler, most_s: float
) -> None:
    platform = Platform()
    delivery = Delivery(store, handler, {"terminal": platform}, now_ms, pace=LONG)
    delivery.start()
    await delivery.accept([said("one")])
    await until(lambda: platform.typed == [ROOM], "at work")
    assert await stopped(delivery, 0.2) < most_s
    work = await other.claim(1000)
    assert work is not None
    assert (texts(work.events), work.attempts, work.state) == (["one"], 1, None)


async def test_a_post_that_does_not_end_is_left_in_doubt(store: ValkeyStore, other: ValkeyStore) -> None:
    deaf = Deaf()
    delivery = Delivery(store, note_taker, {"terminal": deaf}, now_ms, pace=LONG)
    delivery.start()
    await delivery.accept([said("one")])
    await until(lambda: deaf.shown == ["0:one"], "being posted")
    assert await stopped(delivery, 0.2) < 1
    parcel = await other.next_parcel("terminal", 1000)
    assert parcel is not None
    assert (parcel.item.id, parcel.uncertain) == ("0:one", True)


async def test_a_turn_that_is_nearly_done_is_finished_and_answered(store: ValkeyStore) -> None:
    async def slow(
        actor: Address, state: bytes | None, events: Sequence[Event], now_ms: int, report: Progressing
    ) -> Outcome:
        await report.typing()
        await asyncio.sleep(0.1)
        return await note_taker(actor, state, events, now_ms, report)

    platform = Platform()
    delivery = Delivery(store, slow, {"terminal": platform}, now_ms, pace=LONG)
    delivery.start()
    await delivery.accept([said("one")])
    await until(lambda: platform.typed == [ROOM], "at work")
    await delivery.stop()
    assert platform.shown == ["0:one"]

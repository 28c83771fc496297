"""The sender: in order, once, as patient as the platform asks and no more than makes sense."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator

import pytest

from bot.chat.adapter import TryLater, Unreachable
from bot.chat.replies import Outgoing, Reply, Tell
from bot.delivery import loops
from bot.delivery.ports import MAILBOXES, Outcome, Parcel, StoreAway
from bot.delivery.sender import Sender, SenderPace
from bot.store.valkey import ValkeyStore
from tests.delivery.people import Platform, until
from tests.store.conversation import ROOM, reply, said

PACE = SenderPace(lease_ms=200, attempts=4, retry_ms=1, longest_retry_ms=4)


@pytest.fixture
def platform() -> Platform:
    return Platform()


@pytest.fixture
async def sender(store: ValkeyStore, platform: Platform) -> AsyncIterator[Sender]:
    async def post(item: Outgoing, known: str) -> str:
        assert isinstance(item, Reply)
        return await platform.post(item, known)

    sender = Sender("terminal", store, post, PACE)
    yield sender
    await sender.stop(1)


async def answered(store: ValkeyStore, *items: Reply) -> None:
    await store.accept([said("hello")])
    work = await store.claim(1000)
    assert work is not None
    await store.commit(work.lease, 1, Outcome(b"s", items))


async def test_replies_arrive_in_order_and_edits_know_what_they_edit(
    store: ValkeyStore, sender: Sender, platform: Platform
) -> None:
    sender.start()
    await answered(store, reply("r1"), reply("r2"), reply("r3", edits="r1"))
    await until(lambda: platform.shown == ["r1", "r2", "r3"], "all shown")
    assert platform.known == ["", "", "ref-r1"]


async def test_the_platform_says_how_long_to_wait(store: ValkeyStore, sender: Sender, platform: Platform) -> None:
    platform.trouble = [TryLater("slow down", 80) for _ in range(2)]
    await answered(store, reply("r1"), reply("r2"))
    began = time.monotonic()
    sender.start()
    await until(lambda: platform.shown == ["r1", "r2"], "both shown")
    assert 0.16 <= time.monotonic() - began < 1


async def test_patience_asked_for_has_no_end_and_troubles_of_our_own_do(
    store: ValkeyStore, sender: Sender, platform: Platform, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "bot")
    platform.trouble = [TryLater("busy", 1) for _ in range(PACE.attempts + 3)]
    await answered(store, reply("r1", "secret words"), reply("r2"))
    sender.start()
    await until(lambda: platform.shown == ["r1", "r2"], "both shown")
    platform.trouble = [ValueError("secret words") for _ in range(PACE.attempts)]
    await answered(store, reply("r3", "secret words"), reply("r4"))
    await until(lambda: platform.shown == ["r1", "r2", "r4"], "the next one goes on")
    (letter,) = await store.dead_letters()
    assert letter.reason.startswith("failed 4 times, last: ValueError at ")
    assert "secret words" not in caplog.text + letter.reason


async def test_word_to_another_actor_waits_for_the_store_as_long_as_it_takes(store: ValkeyStore) -> None:
    told: list[str] = []
    tries = 0

    async def carry(item: Outgoing, known: str) -> str:
        nonlocal tries
        del known
        tries += 1
        if tries <= PACE.attempts + 3:
            raise StoreAway("out of memory")
        told.append(item.id)
        return ""

    await store.accept([said("hello")])
    work = await store.claim(1000)
    assert work is not None
    await store.commit(work.lease, 1, Outcome(b"s", (Tell("t1", said("word", event_id="w")),)))
    sender = Sender(MAILBOXES, store, carry, PACE)
    sender.start()
    await until(lambda: told == ["t1"], "told")
    assert await store.dead_letters() == []
    await sender.stop(1)


async def test_a_closed_door_is_not_knocked_at_again(store: ValkeyStore, sender: Sender, platform: Platform) -> None:
    platform.trouble = [Unreachable("channel deleted")]
    await answered(store, reply("r1"), reply("r2"))
    sender.start()
    await until(lambda: platform.shown == ["r2"], "the next one goes on")
    assert [letter.reason for letter in await store.dead_letters()] == ["channel deleted"]


async def test_a_post_that_hangs_is_given_up_as_uncertain(store: ValkeyStore) -> None:
    tries: list[str] = []

    async def hang(item: Outgoing, known: str) -> str:
        del known
        tries.append(item.id)
        if len(tries) == 1:
            await asyncio.Event().wait()
        return ""

    await answered(store, reply("r1"))
    sender = Sender("terminal", store, hang, SenderPace(lease_ms=50, retry_ms=1))
    sender.start()
    await until(lambda: tries == ["r1", "r1"], "tried again")
    await sender.stop(1)


async def test_stopping_in_mid_post_leaves_doubt_and_no_wait(store: ValkeyStore) -> None:
    began = asyncio.Event()

    async def hang(item: Outgoing, known: str) -> str:
        del item, known
        began.set()
        await asyncio.Event().wait()
        return ""

    await answered(store, reply("r1"))
    sender = Sender("terminal", store, hang)
    sender.start()
    await began.wait()
    await sender.stop(0)
    parcel = await store.next_parcel("terminal", 1000)
    assert parcel is not None
    assert (parcel.item.id, parcel.attempts, parcel.uncertain, parcel.lease.actor) == ("r1", 2, True, ROOM)


async def test_what_has_arrived_is_not_forgotten_while_the_store_is_away(
    store: ValkeyStore, sender: Sender, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loops, "_AWAY_S", (0.001, 0.002))
    sent = store.sent
    refused: list[int] = []

    async def away(parcel: Parcel, reference: str) -> None:
        if len(refused) < 20:
            refused.append(1)
            raise StoreAway("for a minute")
        await sent(parcel, reference)

    store.sent = away  # type: ignore[method-assign]
    await answered(store, reply("r1"), reply("r2"))
    sender.start()
    await until(lambda: platform.shown == ["r1", "r2"], "both shown, once")
    assert len(refused) == 20

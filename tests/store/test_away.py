"""A store that cannot serve says so in plain words, and never repeats what a person wrote."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from redis.asyncio import Redis

from bot.delivery.ports import Outcome, StoreAway
from bot.store.embedded import Launched, launch
from bot.store.valkey import ValkeyStore
from bot.store.wire import StoreFault
from tests.store.conversation import ROOM, reply, said

SECRET = "what I really think of my manager"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Launched]:
    launched = launch(tmp_path)
    yield launched
    launched.close()


@pytest.fixture
async def away(server: Launched) -> AsyncIterator[ValkeyStore]:
    store = ValkeyStore(server.url)
    yield store
    await store.close()


async def test_a_server_that_is_not_there() -> None:
    store = ValkeyStore("redis://:geheim@127.0.0.1:1/0")
    with pytest.raises(
        StoreAway, match=r"^The server at 127\.0\.0\.1:1 cannot be reached; check that it is running\.$"
    ):
        await store.accept([said(SECRET)])
    with pytest.raises(StoreAway, match="cannot be reached"):
        await store.wait_timers(1)
    await store.close()


async def test_a_full_memory_refuses_new_events_but_lets_old_ones_be_settled(
    away: ValkeyStore, server: Launched
) -> None:
    await away.accept([said("before")])
    work = await away.claim(10_000)
    assert work is not None
    async with Redis.from_url(server.url) as client:
        await client.config_set("maxmemory", 1)
        with pytest.raises(StoreAway, match="out of memory") as refused:
            await away.accept([said(SECRET)])
        assert SECRET not in str(refused.value)
        await away.commit(work.lease, 1, Outcome(b"s", (reply("r1"),)))
        await client.config_set("maxmemory", 0)
    assert await away.waiting(ROOM) == 0
    assert await away.next_parcel("terminal", 1000) is not None


async def test_a_replica_and_a_full_disk(away: ValkeyStore, server: Launched, tmp_path: Path) -> None:
    async with Redis.from_url(server.url) as client:
        await client.replicaof("127.0.0.1", 1)
        with pytest.raises(StoreAway, match="read-only replica"):
            await away.accept([said(SECRET)])
        await client.replicaof("NO", "ONE")
        # A snapshot that cannot be written stands for a full disk.
        (tmp_path / "dump.rdb").mkdir()
        await client.config_set("save", "3600 1000")
        await client.bgsave()
        while (await client.info("persistence"))["rdb_bgsave_in_progress"]:
            pass
        with pytest.raises(StoreAway, match="cannot write to its disk"):
            await away.accept([said(SECRET)])
        await client.config_set("save", "")
    assert await away.accept([said("fine again")]) == 1


async def test_a_wrong_password(server: Launched) -> None:
    async with Redis.from_url(server.url) as client:
        await client.config_set("requirepass", "geheim")
        store = ValkeyStore(server.url)
        with pytest.raises(StoreAway, match="wants a password"):
            await store.ping()
        await store.close()
        store = ValkeyStore(f"{server.url}?password=falsch")
        with pytest.raises(StoreAway, match="refused the password") as refused:
            await store.ping()
        assert "falsch" not in str(refused.value)
        await store.close()
        right = Redis.from_url(f"{server.url}?password=geheim")
        await right.config_set("requirepass", "")
        await right.aclose()


async def test_a_foreign_key_under_our_name_is_a_fault(away: ValkeyStore, server: Launched) -> None:
    async with Redis.from_url(server.url) as client:
        await client.set(f"hotseat:{{p0}}:actor:{ROOM}:mailbox", SECRET)
    with pytest.raises(StoreFault) as fault:
        await away.accept([said(SECRET)])
    assert SECRET not in str(fault.value)


async def test_a_store_finds_a_server_that_came_back(server: Launched, tmp_path: Path) -> None:
    store = ValkeyStore(server.url)
    await store.accept([said("before")])
    server.close()
    with pytest.raises(StoreAway):
        await store.accept([said("meanwhile")])
    back = launch(tmp_path)
    await store.accept([said("after")])
    assert await store.waiting(ROOM) == 2
    await store.close()
    back.close()

"""An actor that is forgotten leaves nothing but what comes after."""

from __future__ import annotations

from redis.asyncio import Redis

from bot.chat.ids import Address, Person
from bot.chat.replies import SetTimer, Tell
from bot.delivery.ports import Outcome
from bot.store.valkey import ValkeyStore
from tests.store.conversation import ROOM, reply, room, said


async def left(url: str, namespace: str, actor: str) -> set[str]:
    """What is kept under an actor's name."""
    client = Redis.from_url(url)
    found = {key.decode().rsplit(f"{actor}:", 1)[1] async for key in client.scan_iter(f"{namespace}:*{actor}:*")}
    await client.aclose()
    return found


async def handled(store: ValkeyStore, outcome: Outcome, to: Address = ROOM) -> None:
    await store.accept([said("hello", to)])
    work = await store.claim(1000)
    assert work is not None
    await store.commit(work.lease, len(work.events), outcome)


async def test_a_conversation_is_forgotten_in_one_step(store: ValkeyStore, valkey_url: str, namespace: str) -> None:
    await handled(store, Outcome(b"words", (reply("r1"), reply("r2"), reply("r3")), (SetTimer("end", 1),)))
    for reason in ("", "deleted"):
        parcel = await store.next_parcel("terminal", 1000)
        assert parcel is not None
        await (store.undeliverable(parcel, reason) if reason else store.sent(parcel, "ref"))
    assert len(await store.dead_letters()) == 1
    other = room("other")
    await handled(store, Outcome(b"other words", (reply("r4", to=other),)), other)

    await handled(store, Outcome(None, (Tell("t1", said("done", other)),), forget=True))
    assert await store.dead_letters() == []
    assert await left(valkey_url, namespace, ROOM) == {"out:mailboxes"}
    assert "state" in await left(valkey_url, namespace, other)
    parcel = await store.next_parcel("mailboxes", 1000)
    assert parcel is not None
    await store.sent(parcel, "")
    assert await left(valkey_url, namespace, ROOM) == set()


async def test_what_is_new_in_the_same_step_stays(store: ValkeyStore, valkey_url: str, namespace: str) -> None:
    await handled(store, Outcome(b"old words", (reply("old"),)))
    await handled(store, Outcome(b"new", (reply("new"),), forget=True))
    assert await store.peek_state(ROOM) == b"new"
    parcel = await store.next_parcel("terminal", 1000)
    assert parcel is not None
    assert parcel.item.id == "new"


async def test_a_person_still_reads_that_they_were_forgotten(store: ValkeyStore) -> None:
    ann = Person("slack", "T1", "U1").address
    await handled(store, Outcome(None, (reply("removed", to=ann),), forget=True), ann)
    await handled(store, Outcome(None, forget=True), ann)
    parcel = await store.next_parcel("slack", 1000)
    assert parcel is not None
    assert parcel.item.id == "removed"

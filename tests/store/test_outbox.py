"""What goes out: in order, once, and with doubt remembered."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from redis.asyncio import Redis

from bot.chat.ids import Address, ConversationId
from bot.chat.replies import Outgoing
from bot.delivery.ports import Outcome, Parcel, lane_to
from bot.store.valkey import ValkeyStore
from tests.store.conversation import ROOM, reply, room, said

LEASE_MS = 10_000


async def answered(store: ValkeyStore, *items: Outgoing, to: Address = ROOM, keep_ms: int | None = None) -> None:
    await store.accept([said("hello", to)])
    work = await store.claim(LEASE_MS)
    assert work is not None
    await store.commit(work.lease, 1, Outcome(b"s", items, keep_ms=keep_ms))


async def taken(store: ValkeyStore, lane: str = "terminal", lease_ms: int = LEASE_MS) -> Parcel:
    parcel = await store.next_parcel(lane, lease_ms)
    assert parcel is not None
    return parcel


async def test_one_conversation_does_not_hold_up_another(store: ValkeyStore) -> None:
    await answered(store, reply("a1"), reply("a2"))
    await asyncio.sleep(0.002)
    await answered(store, reply("b1", to=room("b")), to=room("b"))
    first, second = await taken(store), await taken(store)
    assert (first.item.id, second.item.id) == ("a1", "b1")
    await store.try_later(first, 60_000, uncertain=False)
    await store.sent(second, "")
    assert await store.next_parcel("terminal", LEASE_MS) is None, "a2 waits behind a1"


async def test_an_edit_knows_what_it_edits(store: ValkeyStore) -> None:
    await answered(store, reply("card"), reply("card-2", edits="card"), reply("other", edits="never sent"))
    await store.sent(await taken(store), "1700.42")
    edit = await taken(store)
    assert edit.known == "1700.42"
    await store.sent(edit, "1700.42")
    assert (await taken(store)).known == ""


async def test_an_edit_finds_what_an_earlier_edit_had_to_show_anew(store: ValkeyStore) -> None:
    await answered(store, reply("card"))
    await store.sent(await taken(store), "1700.42")
    for known, reference in (("1700.42", "1800.01"), ("1800.01", "1800.01,1800.02"), ("1800.01,1800.02", "1800.01")):
        await answered(store, reply(f"edit to {reference}", edits="card"))
        edit = await taken(store)
        assert edit.known == known
        await store.sent(edit, reference)


async def test_what_can_never_arrive_is_set_aside_and_the_next_goes(store: ValkeyStore) -> None:
    await answered(store, reply("r1"), reply("r2"))
    parcel = await taken(store)
    await store.undeliverable(parcel, "channel deleted")
    await store.undeliverable(parcel, "channel deleted")
    (letter,) = await store.dead_letters()
    assert (letter.kind, letter.actor, letter.reason) == ("reply", ROOM, "channel deleted")
    assert (await taken(store)).item.id == "r2"


async def test_a_killed_sender_leaves_doubt(store: ValkeyStore) -> None:
    await answered(store, reply("r1"), reply("r2"))
    await taken(store, lease_ms=1)  # killed here: nothing is heard of it again
    await asyncio.sleep(0.005)
    again = await taken(store)
    assert (again.item.id, again.attempts, again.uncertain) == ("r1", 2, True)
    await store.try_later(again, 0, uncertain=False)
    again = await taken(store)
    assert (again.attempts, again.uncertain) == (3, True), "a later certain failure does not clear an earlier doubt"
    await store.sent(again, "")
    after = await taken(store)
    assert (after.item.id, after.attempts, after.uncertain) == ("r2", 1, False)


async def test_a_certain_failure_leaves_no_doubt(store: ValkeyStore) -> None:
    await answered(store, reply("r1"))
    await store.try_later(await taken(store), 0, uncertain=False)
    again = await taken(store)
    assert (again.attempts, again.uncertain) == (2, False)


async def test_arrival_is_recorded_even_after_the_lease_passed_on(store: ValkeyStore) -> None:
    await answered(store, reply("r1"), reply("r2"))
    slow = await taken(store, lease_ms=1)
    await asyncio.sleep(0.005)
    other = await taken(store)
    await store.sent(slow, "ref")
    await store.sent(other, "ref-2")  # too late to matter
    await store.try_later(other, 60_000, uncertain=True)
    assert (await taken(store)).item.id == "r2"


async def test_what_was_tried_later_by_an_old_owner_changes_nothing(store: ValkeyStore) -> None:
    await answered(store, reply("r1"))
    slow = await taken(store, lease_ms=1)
    await asyncio.sleep(0.005)
    await store.try_later(await taken(store), 0, uncertain=False)
    await store.try_later(slow, 60_000, uncertain=False)
    assert (await taken(store)).item.id == "r1"


async def test_where_a_final_reply_stands_is_not_kept(store: ValkeyStore) -> None:
    await answered(store, replace(reply("r1"), final=True), reply("r2", edits="r1"))
    await store.sent(await taken(store), "1700.42")
    assert (await taken(store)).known == ""


async def test_references_live_as_long_as_the_state(store: ValkeyStore, valkey_url: str, namespace: str) -> None:
    key = f"{namespace}:{{p0}}:actor:{ROOM}:references"
    await answered(store, reply("r1"), keep_ms=60_000)
    await store.sent(await taken(store), "ref")
    async with Redis.from_url(valkey_url) as client:
        assert 0 < await client.pttl(key) <= 60_000
        await answered(store, reply("r2"), keep_ms=30_000)
        assert 0 < await client.pttl(key) <= 30_000
        await store.sent(await taken(store), "ref")
        await answered(store, reply("r3"))
        await store.sent(await taken(store), "ref")
        assert await client.pttl(key) > 60_000, "of what is kept for good they go ninety days after the last"


async def test_only_the_newest_edit_of_a_reply_goes_out(store: ValkeyStore) -> None:
    first = (reply("card"), reply("e1", edits="card"), reply("between"), reply("o1", edits="other"))
    await answered(store, *first)
    await answered(store, reply("e2", edits="card"), reply('e3 with "edits":"card"', edits="card"), reply("last"))
    shown = []
    while parcel := await store.next_parcel("terminal", LEASE_MS):
        shown.append(parcel.item.id)
        await store.sent(parcel, f"ref-{parcel.item.id}")
    assert shown == ["card", "between", "o1", 'e3 with "edits":"card"', "last"]


async def test_an_edit_that_is_being_sent_stays_and_the_newer_one_follows(store: ValkeyStore) -> None:
    await answered(store, reply("e1", edits="card"))
    sending = await taken(store)
    await answered(store, reply("e2", edits="card"))
    await answered(store, reply("e3", edits="card"))
    await store.sent(sending, "ref")
    assert (await taken(store)).item.id == "e3"


async def test_an_edit_that_waits_for_patience_makes_room(store: ValkeyStore) -> None:
    await answered(store, reply("e1", edits="card"))
    await store.try_later(await taken(store), 20, uncertain=True)
    await answered(store, reply("e2", edits="card"))
    assert await store.next_parcel("terminal", LEASE_MS) is None, "the platform's patience is kept"
    await asyncio.sleep(0.03)
    parcel = await taken(store)
    assert (parcel.item.id, parcel.attempts, parcel.uncertain) == ("e2", 1, False)


async def test_a_screen_gets_only_its_own_conversations(valkey_url: str, namespace: str) -> None:
    screens = frozenset({"terminal"})
    store = ValkeyStore(valkey_url, namespace, screens)
    slack = ConversationId("slack", "T1", "C1").address
    await answered(store, reply("a"), to=ROOM)
    await answered(store, reply("b", to=room("b")), to=room("b"))
    await answered(store, reply("c", to=slack), to=slack)
    assert (await taken(store, lane_to(room("b"), screens))).item.id == "b"
    assert (await taken(store, "slack")).item.id == "c"
    assert await store.next_parcel("terminal", LEASE_MS) is None
    await store.close()


async def test_a_sender_that_sleeps_is_woken(store: ValkeyStore) -> None:
    assert await store.next_parcel("terminal", LEASE_MS) is None
    sleeper = asyncio.create_task(store.wait_outgoing("terminal", 5))
    await answered(store, reply("r1"))
    await asyncio.wait_for(sleeper, 1)


async def test_a_reply_of_another_version_is_set_aside(store: ValkeyStore, valkey_url: str, namespace: str) -> None:
    await answered(store, reply("r1"), reply("r2"))
    async with Redis.from_url(valkey_url) as client:
        key = f"{namespace}:{{p0}}:actor:{ROOM}:out:terminal"
        serial = str(await client.lindex(key, 0)).removeprefix("b'").split(":")[0]
        await client.lset(key, 0, f'{serial}:{{"@":"Song"}}')
    assert (await taken(store)).item.id == "r2"
    assert [letter.kind for letter in await store.dead_letters()] == ["reply"]

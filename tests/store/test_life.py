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


async def test_a_message_delivered_twice_is_handled_once(store: ValkeyStore) -> None:
    first = said("hello", event_id="m1")
    assert await store.accept([first, first]) == 1
    assert await store.accept([first, said("again", event_id="m2")]) == 1
    work = await claimed(store)
    assert texts(work.events) == ["hello", "again"]
    await store.commit(work.lease, 2, Outcome(b"s"))
    assert await store.accept([first]) == 0
    assert await store.claim(LEASE_MS) is None


async def test_actors_are_served_in_the_order_they_began_to_wait(store: ValkeyStore) -> None:
    for name in "abc":
        await store.accept([said("hi", room(name))])
        await asyncio.sleep(0.002)
    assert [(await claimed(store)).lease.actor for _ in "abc"] == [room(name) for name in "abc"]


async def test_an_event_between_handling_and_commit_is_not_stranded(store: ValkeyStore) -> None:
    await store.accept([said("one")])
    work = await claimed(store)
    await store.accept([said("two")])
    assert await store.claim(LEASE_MS) is None, "the owner still has it"
    await store.commit(work.lease, 1, Outcome(b"1"))
    again = await claimed(store)
    assert (texts(again.events), again.state, again.attempts) == (["two"], b"1", 1)


async def test_a_stale_token_changes_nothing(store: ValkeyStore) -> None:
    await store.accept([said("one")])
    old = await claimed(store, lease_ms=1)
    await asyncio.sleep(0.005)
    new = await claimed(store)
    assert (new.attempts, new.lease.token > old.lease.token) == (2, True)
    with pytest.raises(LeaseLost):
        await store.commit(old.lease, 1, Outcome(b"old", (reply("old"),), (SetTimer("old", 1),)))
    with pytest.raises(LeaseLost):
        await store.set_aside(old.lease, "old")
    assert not await store.renew(old.lease, LEASE_MS)
    assert not await store.give_back(old.lease, 0)
    assert (await store.peek_state(ROOM), await store.next_due_ms(), await store.dead_letters()) == (None, None, [])
    assert await store.next_parcel("terminal", LEASE_MS) is None
    await store.commit(new.lease, 1, Outcome(b"new"))
    assert await store.peek_state(ROOM) == b"new"


async def test_a_lease_that_is_renewed_does_not_pass_on(store: ValkeyStore) -> None:
    await store.accept([said("one")])
    work = await claimed(store, lease_ms=30)
    assert await store.renew(work.lease, LEASE_MS)
    await asyncio.sleep(0.04)
    assert await store.claim(LEASE_MS) is None


async def test_a_commit_whose_answer_was_lost_is_recognised(store: ValkeyStore) -> None:
    await store.accept([said("one"), said("two")])
    work = await claimed(store)
    outcome = Outcome(b"s", (reply("r1"),))
    await store.commit(work.lease, 1, outcome)
    await store.commit(work.lease, 1, outcome)  # the answer to the first never came
    assert await store.waiting(ROOM) == 1
    later = await claimed(store)
    await store.commit(work.lease, 1, outcome)  # nor now, with somebody else at work
    assert await store.waiting(ROOM) == 1
    await store.commit(later.lease, 1, Outcome(b"t"))
    with pytest.raises(LeaseLost):
        await store.commit(Lease(ROOM, later.lease.token + 1), 1, outcome)
    parcel = await store.next_parcel("terminal", LEASE_MS)
    assert parcel is not None
    await store.sent(parcel, "")
    assert await store.next_parcel("terminal", LEASE_MS) is None, "the reply was appended once"


async def test_giving_back_waits_and_counts_unless_told_not_to(store: ValkeyStore) -> None:
    await store.accept([said("one")])
    work = await claimed(store)
    assert await store.give_back(work.lease, 0, counted=False)
    work = await claimed(store)
    assert work.attempts == 1
    assert await store.give_back(work.lease, 50)
    assert await store.claim(LEASE_MS) is None
    await store.accept([pressed("hint")])
    assert await store.claim(LEASE_MS) is None, "what arrives meanwhile does not cut the pause short"
    began = time.monotonic()
    await store.wait(5)
    assert time.monotonic() - began < 1, "the wait ends with the pause or earlier"
    await asyncio.sleep(0.05)
    work = await claimed(store)
    assert (work.attempts, len(work.events)) == (2, 2)


async def test_setting_aside_keeps_the_rest_and_tells_the_person(store: ValkeyStore) -> None:
    await store.accept([said("poison"), said("fine")])
    work = await claimed(store)
    await store.set_aside(work.lease, "failed 6 times", [reply("sorry")])
    await store.set_aside(work.lease, "failed 6 times", [reply("sorry")])  # the answer to the first was lost
    (letter,) = await store.dead_letters()
    assert (letter.actor, letter.kind, letter.reason) == (ROOM, "event", "failed 6 times")
    assert abs(letter.at_ms - now_ms()) < 5000
    work = await claimed(store)
    assert (texts(work.events), work.attempts) == (["fine"], 1)
    parcel = await store.next_parcel("terminal", LEASE_MS)
    assert parcel is not None
    assert parcel.item.id == "sorry"


async def test_quiet_lets_pieces_of_one_answer_come_together(store: ValkeyStore) -> None:
    for piece in ("first,", "then", "finally"):
        await store.accept([said(piece)], quiet_ms=60)
        assert await store.claim(LEASE_MS) is None
    began = time.monotonic()
    await store.wait(5)  # takes the token of the first
    await store.claim(LEASE_MS)
    await store.wait(5)
    assert 0.03 < time.monotonic() - began < 1
    assert texts((await claimed(store)).events) == ["first,", "then", "finally"]


async def test_quiet_ends_when_five_wait_or_a_button_is_pressed(store: ValkeyStore) -> None:
    await store.accept([said(str(number)) for number in range(4)], quiet_ms=40)
    await asyncio.sleep(0.03)
    await store.accept([said("4"), said("5")], quiet_ms=5000)
    await asyncio.sleep(0.03)
    assert len((await claimed(store)).events) == 6, "the fifth and the sixth pushed nothing back"

    await store.accept([said("wait", room("b"))], quiet_ms=5000)
    assert await store.claim(LEASE_MS) is None
    await store.accept([pressed("stop", room("b"))], quiet_ms=5000)
    assert len((await claimed(store)).events) == 2
    await store.accept([pressed("stop", room("c")), said("bye", room("c"))], quiet_ms=5000)
    assert len((await claimed(store)).events) == 2, "a message after the button does not hold it up"


async def test_a_sleeper_is_woken_from_elsewhere(store: ValkeyStore, valkey_url: str, namespace: str) -> None:
    assert await store.claim(LEASE_MS) is None
    sleeper = asyncio.create_task(store.wait(5))
    elsewhere = ValkeyStore(valkey_url, namespace)
    await elsewhere.accept([said("wake up")])
    await elsewhere.close()
    await asyncio.wait_for(sleeper, 1)
    await claimed(store)


async def test_a_sleeper_wakes_by_itself_when_a_lease_ends(store: ValkeyStore) -> None:
    await store.accept([said("one")])
    await claimed(store, lease_ms=40)
    assert await store.claim(LEASE_MS) is None
    began = time.monotonic()
    for _ in range(2):  # the token of the accept may still lie there
        await store.wait(5)
        work = await store.claim(LEASE_MS)
    assert time.monotonic() - began < 1
    assert work is not None
    assert work.attempts == 2


@pytest.mark.parametrize("entry", ['{"@":"Sang"}', "no JSON", '{"v":99,"@":"Said","id":"x"}'])
async def test_an_event_of_another_version_is_named_and_what_came_before_it_is_handled(
    store: ValkeyStore, valkey_url: str, namespace: str, entry: str
) -> None:
    await store.accept([said("one"), said("two"), said("three")])
    async with Redis.from_url(valkey_url) as client:
        await client.lset(f"{namespace}:{{p0}}:actor:{ROOM}:mailbox", 1, entry)
    work = await claimed(store)
    assert (texts(work.events), work.unreadable) == (["one"], "")
    await store.commit(work.lease, 1, Outcome(b"1"))
    work = await claimed(store)
    assert work.unreadable.startswith("the event cannot be read: ")
    (stand_in,) = work.events
    assert isinstance(stand_in, Told)
    await store.set_aside(work.lease, work.unreadable)
    assert texts((await claimed(store)).events) == ["three"]


async def test_a_state_of_another_version_is_named_and_stays(
    store: ValkeyStore, valkey_url: str, namespace: str
) -> None:
    await store.accept([said("one")])
    key = f"{namespace}:{{p0}}:actor:{ROOM}:state"
    async with Redis.from_url(valkey_url) as client:
        await client.set(key, b"?new")
        work = await claimed(store)
        assert (work.state, texts(work.events)) == (None, ["one"])
        assert "unknown format" in work.unreadable
        await store.set_aside(work.lease, work.unreadable)
        assert await client.get(key) == b"?new"


async def test_timers_ring_once_and_only_if_still_set(store: ValkeyStore, valkey_url: str, namespace: str) -> None:
    await store.accept([said("start")])
    work = await claimed(store)
    timers = (SetTimer("half", 1000), SetTimer("end", 2000), SetTimer("pause", 1500), CancelTimer("pause"))
    await store.commit(work.lease, 1, Outcome(b"s", timers=timers))
    assert await store.next_due_ms() == 1000
    assert await store.fire_due(999) == 0
    others = [ValkeyStore(valkey_url, namespace) for _ in range(4)]
    assert sum(await asyncio.gather(*(one.fire_due(1001) for one in [store, *others]))) == 1
    for other in others:
        await other.close()
    (event,) = (await claimed(store)).events
    assert event == Fired(f"timer:{ROOM}:half:1000", ROOM, 1001, "half", 1000)
    assert await store.next_due_ms() == 2000


async def test_a_timer_moved_after_it_was_read_does_not_ring(store: ValkeyStore) -> None:
    await store.accept([said("start")])
    work = await claimed(store)
    await store.commit(work.lease, 1, Outcome(b"s", timers=(SetTimer("end", 1000),)))
    await store.accept([said("more time")])
    work = await claimed(store)
    await store.commit(work.lease, 1, Outcome(b"s", timers=(SetTimer("end", 3000),)))
    assert (await store.fire_due(2000), await store.next_due_ms()) == (0, 3000)


async def test_an_earlier_timer_wakes_whoever_listens(store: ValkeyStore) -> None:
    listening = asyncio.create_task(store.wait_timers(5))
    await store.accept([said("start")])
    work = await claimed(store)
    await store.commit(work.lease, 1, Outcome(b"s", timers=(SetTimer("end", now_ms() + 60_000),)))
    await asyncio.wait_for(listening, 1)


async def test_actors_tell_each_other_through_the_outbox(store: ValkeyStore) -> None:
    person = Address("person:terminal:local:maya")
    await store.accept([said("done")])
    work = await claimed(store)
    told = Told("t1", person, now_ms(), "graded", {"overall": 3.4})
    await store.commit(work.lease, 1, Outcome(b"s", (reply("r1"), Tell("t1", told))))
    parcel = await store.next_parcel(MAILBOXES, LEASE_MS)
    assert parcel is not None
    assert parcel.item == Tell("t1", told)
    other = await store.next_parcel("terminal", LEASE_MS)
    assert other is not None
    assert isinstance(other.item, Reply)


async def test_who_shows_a_conversation(store: ValkeyStore) -> None:
    assert await store.attached(ROOM) is None
    before = await store.attach(ROOM, "one", 50)
    assert (before.owner, before.last_seen_ms) == ("", 0)
    assert await store.touch(ROOM, "one", 50)
    before = await store.attach(ROOM, "two", 50)
    assert before.owner == "one"
    assert not await store.touch(ROOM, "one", 50), "the newest has it"
    now = await store.attached(ROOM)
    assert now is not None
    assert now.owner == "two"
    await asyncio.sleep(0.06)
    gone = await store.attached(ROOM)
    assert gone is not None
    assert (gone.owner, gone.last_seen_ms) == ("", now.last_seen_ms), "when it was last shown is remembered"
    assert await store.touch(ROOM, "two", 5000)
    assert await store.detach(ROOM, "two")
    left = await store.attached(ROOM)
    assert left is not None
    assert left.owner == ""
    assert left.last_seen_ms > gone.last_seen_ms


async def test_forgetting_a_namespace_leaves_its_neighbours(
    store: ValkeyStore, valkey_url: str, namespace: str
) -> None:
    neighbour = ValkeyStore(valkey_url, f"{namespace}:run-1")
    await store.accept([said("here")])
    await neighbour.accept([said("there")])
    assert await store.forget_namespace() > 0
    assert (await store.waiting(ROOM), await neighbour.waiting(ROOM)) == (0, 1)
    assert await neighbour.forget_namespace() > 0
    async with Redis.from_url(valkey_url) as client:
        assert await client.keys(f"{namespace}*") == []
    await neighbour.close()


async def test_a_counter_that_a_power_cut_took_back_gives_no_token_twice(
    store: ValkeyStore, valkey_url: str, namespace: str
) -> None:
    await store.accept([said("one")])
    before = await claimed(store, lease_ms=1)
    async with Redis.from_url(valkey_url) as client:
        await client.set(f"{namespace}:{{p0}}:counter", before.lease.token - 3)
        await asyncio.sleep(0.005)
        after = await claimed(store)
        assert after.lease.token > before.lease.token
        await client.delete(f"{namespace}:{{p0}}:counter")
        await store.give_back(after.lease, 0)
        assert (await claimed(store)).lease.token > after.lease.token

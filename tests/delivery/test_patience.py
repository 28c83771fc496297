"""What many get at once gives way to conversations: a queue, a worker and a lane of its own, at a pace the platform takes."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from bot.chat.adapter import TryLater
from bot.chat.events import Event, Told
from bot.chat.ids import Address, Board
from bot.chat.replies import Progressing, Reply, SetTimer
from bot.delivery.governor import Governor
from bot.delivery.ports import BOARD, ROUND, Outcome, gives_way, lane_to, patient_lane, queue_of
from bot.delivery.service import Delivery
from bot.store.letters import ValkeyLetters
from bot.store.valkey import ValkeyStore
from tests.delivery.people import Platform, note_taker, until
from tests.store.conversation import ROOM, now_ms, reply, said


def board(name: str) -> Address:
    return Board("terminal", "local", name).address


def told_to(actor: Address) -> Told:
    return Told(f"told {actor}", actor, now_ms(), "open")


class Clock:
    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def posts_in(governor: Governor, clock: Clock, seconds: float, replies_at: Sequence[float] = ()) -> list[float]:
    """When posts that give way go out, one after the other; replies go out at their own moments."""
    began, replies, posts = clock.now_s, sorted(replies_at), []
    while clock.now_s < began + seconds:
        wait_s = governor.wait_s()
        if replies and began + replies[0] <= clock.now_s + wait_s:
            clock.now_s = max(clock.now_s, began + replies.pop(0))
            governor.count()
        elif wait_s > 0:
            clock.now_s += max(wait_s, 1e-6)
        else:
            governor.count()
            posts.append(clock.now_s - began)
    return posts


def busiest(moments: Sequence[float], span_s: float = 1.0) -> int:
    """The most moments within any span."""
    return max(sum(first <= moment < first + span_s for moment in moments) for first in moments)


def test_no_second_has_more_posts_than_the_platform_takes_and_hardly_fewer() -> None:
    clock = Clock()
    posts = posts_in(Governor(50, clock), clock, 20)
    assert busiest(posts) <= 50
    assert len(posts) >= 20 * 50 * 0.95


def test_what_replies_take_is_left_to_them() -> None:
    clock = Clock()
    replies = [number / 10 for number in range(200)]
    posts = posts_in(Governor(50, clock), clock, 20, replies)
    assert busiest(sorted(posts + replies)) <= 50
    assert len(posts) + len(replies) >= 20 * 50 * 0.95


def test_after_a_refusal_nothing_goes_out_for_a_while_and_then_less() -> None:
    clock = Clock()
    governor = Governor(50, clock)
    posts_in(governor, clock, 2)
    for _ in range(10):  # all of them answers to one second's posts
        governor.refused(1500)
    posts = posts_in(governor, clock, 2.5)
    assert min(posts) >= 1.5
    assert 22 <= len(posts) <= 35
    posts_in(governor, clock, 15)
    assert len(posts_in(governor, clock, 2)) >= 90


def test_a_storm_of_replies_is_forgiven_after_a_second() -> None:
    clock = Clock()
    governor = Governor(50, clock)
    for _ in range(5000):
        governor.count()
    assert governor.wait_s() <= 1.1


def test_two_processes_come_to_share_what_there_is() -> None:
    clock = Clock()
    both = [Governor(50, clock), Governor(50, clock)]
    taken: list[float] = []
    counts, refused = [0, 0], 0
    while clock.now_s < 160:
        for number, governor in enumerate(both):
            if governor.wait_s() > 0:
                continue
            governor.count()
            if sum(moment > clock.now_s - 1 for moment in taken[-50:]) >= 50:
                refused += 1
                governor.refused(200)
            else:
                taken.append(clock.now_s)
                counts[number] += 1
        clock.now_s += 0.002
    assert sum(counts) >= 60 * 50 * 0.7
    assert refused <= sum(counts) * 0.05
    assert min(counts) >= max(counts) / 3


def test_lanes() -> None:
    assert lane_to(board("b")) == patient_lane("terminal") != lane_to(ROOM)
    assert gives_way(board("b"))
    assert not gives_way(ROOM)
    assert not gives_way("person:slack:T1:U1")
    assert [queue_of(one) for one in (ROOM, "person:slack:T1:U1", board("b"), "sheet:x")] == [
        "talk",
        "talk",
        "board",
        "sheet",
    ]


async def test_who_talks_is_claimed_past_all_who_give_way(store: ValkeyStore) -> None:
    await store.accept([told_to(board(str(number))) for number in range(40)])
    await store.accept([said("hello")])
    work = await store.claim(1000)
    assert work is not None
    assert work.lease.actor == ROOM
    assert await store.claim(1000) is None
    waiting = [await store.claim(1000, BOARD) for _ in range(41)]
    assert {one.lease.actor for one in waiting if one is not None} == {board(str(number)) for number in range(40)}
    assert waiting[-1] is None


async def test_a_round_does_not_stand_behind_the_boards(store: ValkeyStore) -> None:
    opened = Board("terminal", "local", "c").round("s1", "2026-01-05").address
    await store.accept([*(told_to(board(str(number))) for number in range(3)), told_to(opened)])
    work = await store.claim(1000, ROUND)
    assert work is not None
    assert work.lease.actor == opened


async def test_leases_of_those_who_give_way_are_kept_given_back_and_lost_like_any(store: ValkeyStore) -> None:
    await store.accept([told_to(board("b"))])
    work = await store.claim(1000, BOARD)
    assert work is not None
    assert await store.renew(work.lease, 1000)
    assert not await store.settled(board("b"), ())
    assert await store.give_back(work.lease, 0)
    assert not await store.renew(work.lease, 1000)
    again = await store.claim(1000, BOARD)
    assert again is not None
    assert again.attempts == 2
    await store.commit(again.lease, 1, Outcome(b"s", (reply("r", to=board("b")),)))
    assert await store.claim(1000, BOARD) is None
    assert await store.next_parcel("terminal", 1000) is None
    parcel = await store.next_parcel(patient_lane("terminal"), 1000)
    assert parcel is not None
    assert parcel.item.id == "r"


async def test_timers_of_both_kinds_ring_in_one_look(store: ValkeyStore) -> None:
    for actor in (ROOM, board("b"), board("c")):
        await store.accept([told_to(actor)])
        work = await store.claim(1000, queue_of(actor))
        assert work is not None
        await store.commit(work.lease, 1, Outcome(b"s", timers=(SetTimer("bell", 1000),)))
    assert await store.fire_due(999) == 0
    assert await store.fire_due(1000) == 3
    assert await store.fire_due(now_ms()) == 0
    talk = await store.claim(1000)
    boards = [await store.claim(1000, BOARD) for _ in range(2)]
    assert [one.events[0].id.split(":")[-2:] for one in (talk, *boards) if one is not None] == [["bell", "1000"]] * 3


async def test_a_letter_of_one_who_gives_way_goes_back_to_its_queue(
    store: ValkeyStore, valkey_url: str, namespace: str
) -> None:
    await store.accept([told_to(board("b"))])
    work = await store.claim(1000, BOARD)
    assert work is not None
    await store.set_aside(work.lease, "failed")
    letters = ValkeyLetters(valkey_url, namespace)
    (letter,) = await letters.all()
    assert await letters.replay(letter.id, now_ms)
    await letters.close()
    assert await store.claim(1000) is None
    assert await store.claim(1000, BOARD) is not None


class Narrow(Platform):
    """Takes so many posts in all, then refuses for a while, everywhere."""

    def __init__(self, room: int) -> None:
        super().__init__()
        self.room = room
        self.posts_per_s = 1000.0
        self.refused = 0

    async def post(self, reply: Reply, known: str) -> str:
        if self.room == 0 and gives_way(reply.to):
            self.refused += 1
            self.room = 5
            raise TryLater("too many", 30, everywhere=True)
        self.room -= gives_way(reply.to)
        return await super().post(reply, known)


async def test_a_reply_does_not_wait_for_a_hundred_boards(store: ValkeyStore) -> None:
    held = asyncio.Event()

    async def handler(
        actor: Address, state: bytes | None, events: Sequence[Event], now_ms: int, report: Progressing
    ) -> Outcome:
        if gives_way(actor):
            await held.wait()
            return Outcome(b"s", (reply(f"card {actor}", to=actor),))
        return await note_taker(actor, state, events, now_ms, report)

    platform = Narrow(5)
    delivery = Delivery(store, handler, {"terminal": platform}, now_ms)
    delivery.start()
    await delivery.accept([told_to(board(str(number))) for number in range(100)])
    await delivery.accept([said("hello")])
    await until(lambda: platform.shown == ["0:hello"], "answered while every board waits")
    held.set()
    await until(lambda: len(platform.shown) == 101, "all cards, each once")
    assert len(set(platform.shown)) == 101
    assert platform.refused <= 20
    await delivery.settled(board("7"))
    await delivery.stop()

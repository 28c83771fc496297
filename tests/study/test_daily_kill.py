"""A reveal is killed on its way to forty people, on a real store, at every step and again: each message arrives once, in order.

Killed means: from that step on nothing of the process reaches the server. The platform is one that can be asked whether
something that may have arrived is there, as Slack and Discord are.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bot.chat import daily
from bot.chat.events import Event, Fired, Submitted
from bot.chat.ids import Address, Person
from bot.chat.replies import Operation, Reply
from bot.delivery.service import Delivery
from bot.router import concerned
from bot.store.valkey import ValkeyStore
from bot.study import sealed, stream
from bot.study.sealed import Phase
from tests.delivery.mortal import Mortal
from tests.delivery.people import QUICK, until, without_repeats
from tests.study.group import BOARD, MORNING, at, router

OLGA = Person("slack", "T1", "U0", "Olga")
PEOPLE = [Person("slack", "T1", f"U{number}", f"P{number}") for number in range(1, 41)]
ROUND = BOARD.round("s1", "2026-03-02")


class Channel:
    """A platform that remembers what was shown to whom."""

    platform = "slack"

    def __init__(self) -> None:
        self.shown: list[Reply] = []

    async def post(self, reply: Reply, known: str) -> str:
        assert bool(known) == bool(reply.edits or reply.under), "what it edits or hangs from went out before"
        self.shown.append(reply)
        return f"ref-{reply.id}"

    async def post_again(self, reply: Reply, known: str) -> str:
        if any(one.id == reply.id for one in self.shown):
            return f"ref-{reply.id}"
        return await self.post(reply, known)

    async def typing(self, conversation: Address) -> None: ...

    def ids(self) -> list[str]:
        return [reply.id for reply in self.shown]


class Life:
    """Processes on one store, one after the other, each killed when its time comes."""

    def __init__(self, url: str, namespace: str) -> None:
        self.url, self.namespace = url, namespace
        self.channel = Channel()
        self.now_ms = at("2026-03-02 08:00")
        self.watching = ValkeyStore(url, namespace)
        self.killed = 0

    async def run(
        self, over: Callable[[], Awaitable[bool]], what: str, kind: str = "", nth: int = 1, after: bool = False
    ) -> None:
        """One process, until something is true or it is killed."""
        store = ValkeyStore(self.url, self.namespace)
        mortal = store._wire = Mortal(self.url, kind, nth, after)
        delivery = Delivery(
            store, router(), {"slack": self.channel}, lambda: self.now_ms, pace=QUICK, concerned=concerned
        )
        delivery.start()

        async def done() -> bool:
            return mortal.dead.is_set() or await over()

        await until(done, what, 30)
        self.killed += mortal.dead.is_set()
        mortal.dead.set()
        await delivery.stop(0)
        await store.close()

    async def still(self) -> bool:
        """Whether the round is open and its card is shown as it stands."""
        stored = await self.watching.peek_state(ROUND.address)
        return stored is not None and bool(self.channel.shown) and not await self._waits()

    async def graded(self) -> bool:
        """Whether every author has had feedback, and the board has heard of all of it."""
        told = {one.person.id for one in self.channel.shown if one.move == "daily-feedback" and one.person}
        if len(told) < len(PEOPLE):
            return False
        board = stream.load(await self.watching.peek_state(BOARD.address))
        return board.streams[0].asked[0].answers == len(PEOPLE) and not await self._waits()

    async def opened(self) -> bool:
        """Whether everybody was asked to rate."""
        told = {one.person.id for one in self.channel.shown if one.move == "daily-invite" and one.person}
        return len(told) == len(PEOPLE) and not await self._waits()

    async def _waits(self) -> bool:
        actors = [ROUND.address, BOARD.address, *(ROUND.sheet(one) for one in PEOPLE)]
        return not all([await self.watching.settled(actor, ("mailboxes", "slack")) for actor in actors])

    async def give(self, *events: Event) -> None:
        await self.watching.accept(events)

    async def begin(self) -> None:
        """A stream, its first question, forty answers."""
        form = daily.form_id(daily.NEW, BOARD.key)
        due_ms = at("2026-03-02 09:30")
        await self.give(Submitted("new", BOARD.address, self.now_ms, OLGA, form, MORNING, organiser=True))
        await self.give(Fired("post", BOARD.address, due_ms, "post:s1", due_ms))
        self.now_ms = due_ms
        await self.run(self.still, "the card is shown")
        seal = daily.form_id(daily.ANSWER, ROUND.key)
        await self.give(
            *(
                Submitted(
                    f"a-{one.id}", ROUND.address, self.now_ms, one, seal, {"answer": f"I ask who is hurt, {one.id}."}
                )
                for one in PEOPLE
            )
        )
        await self.run(self.still, "the count is shown")


@pytest.fixture
async def life(valkey_url: str, namespace: str) -> Any:
    life = Life(valkey_url, namespace)
    yield life
    await life.watching.close()


REVEAL = (("settle", 1), ("take", 3), ("finish", 1), ("finish", 9), ("accept", 1), ("finish", 12), ("finish", 12))
FEEDBACK = (("settle", 1), ("accept", 3), ("settle", 4), ("finish", 5), ("accept", 9), ("settle", 15), ("finish", 15))


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
async def test_killed_between_the_reveal_and_its_messages(life: Life, after: bool) -> None:
    await life.begin()
    life.now_ms = at("2026-03-02 17:30")
    for kind, nth in REVEAL:
        await life.run(life.opened, f"killed at {kind} number {nth}", kind, nth, after)
    await life.run(life.opened, "everybody is asked")

    ids = life.channel.ids()
    assert len(ids) == len(set(ids)), "each message once"
    moves = [reply.move for reply in life.channel.shown if reply.operation is not Operation.EDIT]
    order = without_repeats(moves)
    assert order == ["daily", "daily-answers", "daily-exemplars", "daily-invite"]
    groups = [one for one in ids if ":answers:" in one]
    assert groups == [f"{ROUND.address}:answers:{number}" for number in range(8)]
    assert len(_people(life, "daily-invite")) == len(PEOPLE)
    held = sealed.load(await life.watching.peek_state(ROUND.address) or b"")
    assert held.phase is Phase.RATING
    board = stream.load(await life.watching.peek_state(BOARD.address))
    assert {member.count for member in board.members.values()} == {1}, "everybody took part once"

    life.now_ms = at("2026-03-03 17:30")
    for kind, nth in FEEDBACK:
        await life.run(life.graded, f"killed at {kind} number {nth}", kind, nth, after)
    await life.run(life.graded, "everybody has feedback")
    ids = life.channel.ids()
    assert sorted(_people(life, "daily-feedback")) == sorted(one.id for one in PEOPLE)
    assert len(ids) == len(set(ids)), "each message once"
    assert life.killed >= 10, "a kill that never came proves nothing"
    board = stream.load(await life.watching.peek_state(BOARD.address))
    assert {len(member.shares) for member in board.members.values()} == {1}
    assert await life.watching.dead_letters() == []


def _people(life: Life, move: str) -> list[str]:
    """Who was told something of a kind."""
    return [reply.person.id for reply in life.channel.shown if reply.move == move and reply.person is not None]

"""Random walks: the store against a model of two actors in plain Python.

Everything that delivery may do, in any order, with owners that are killed, commits that are repeated, timers, edits and dead
letters that come back. `HOTSEAT_WALKS=1000` in the environment walks for longer.
"""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from redis.asyncio import Redis

from bot.chat.events import Event, Fired, Said
from bot.chat.ids import Address
from bot.chat.replies import CancelTimer, Reply, SetTimer
from bot.delivery.ports import LeaseLost, Outcome, Parcel, Work
from bot.store.letters import ValkeyLetters
from bot.store.valkey import ValkeyStore
from tests.store.conversation import reply, room, said

T = TypeVar("T")
LEASE_MS = 60_000
ROOMS = (room("a"), room("b"))
CARDS = ("card", "other")


def name_of(event: Event) -> str:
    """What an event is called in the model."""
    return (
        f"{event.timer}@{event.due_ms}" if isinstance(event, Fired) else event.text if isinstance(event, Said) else "?"
    )


@dataclass
class Model:
    """One actor as it should be."""

    waiting: list[str] = field(default_factory=list)
    state: bytes | None = None
    out: list[tuple[str, str, bool]] = field(default_factory=list)  # reply, what it edits, whether it may have arrived
    owned: Work | None = None
    attempts: int = 0
    committed: int = 0
    taken: Parcel | None = None
    tries: int = 0
    doubt: bool = False
    timers: dict[str, int] = field(default_factory=dict)

    def append(self, item: Reply) -> None:
        """Something goes out; the newest edit of a card is the one that counts."""
        if item.edits:
            held = self.taken is not None
            kept = [one for at, one in enumerate(self.out) if one[1] != item.edits or (held and at == 0)]
            if self.out and kept[:1] != self.out[:1]:
                self.tries, self.doubt = 0, False
            self.out = kept
        self.out.append((item.id, item.edits, False))


def walker(url: str) -> type[RuleBasedStateMachine]:
    """The machine of walks on one server."""

    class Walk(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.loop = asyncio.new_event_loop()
            self.namespace = f"model:{uuid.uuid4().hex[:12]}"
            self.store = ValkeyStore(url, self.namespace)
            self.letters = ValkeyLetters(url, self.namespace)
            self.client = Redis.from_url(url)
            self.models = {to: Model() for to in ROOMS}
            self.seen: set[str] = set()
            self.rang: set[tuple[Address, str, int]] = set()
            self.old: list[Work] = []
            self.dead: list[tuple[Address, str, tuple[str, str, bool] | str]] = []
            self.replies = 0
            self.now_ms = 1000
            self.last_token = 0

        def do(self, call: Coroutine[Any, Any, T]) -> T:
            return self.loop.run_until_complete(call)

        @rule(pieces=st.lists(st.tuples(st.sampled_from(ROOMS), st.integers(0, 12)), max_size=4))
        def accept(self, pieces: list[tuple[Address, int]]) -> None:
            events = [said(f"{number}", to, f"{to}#{number}") for to, number in pieces]
            new = {event.id: event for event in events if event.id not in self.seen}
            assert self.do(self.store.accept(events)) == len(new)
            self.seen.update(new)
            for event in new.values():
                self.models[event.to].waiting.append(event.text)

        @precondition(lambda self: any(model.waiting for model in self.models.values()))
        @rule(to=st.sampled_from(ROOMS))
        def claim(self, to: Address) -> None:
            # Who has waited longest is a matter of milliseconds: all are claimed, and the others given back.
            ready = [one for one, model in self.models.items() if model.waiting and model.owned is None]
            claimed = []
            for _ in ready:
                work = self.do(self.store.claim(LEASE_MS))
                assert work is not None
                claimed.append(work)
            assert self.do(self.store.claim(LEASE_MS)) is None
            assert sorted(work.lease.actor for work in claimed) == sorted(ready)
            for work in claimed:
                model = self.models[work.lease.actor]
                assert work.lease.token > self.last_token
                self.last_token = work.lease.token
                found = [name_of(event) for event in work.events]
                assert (found, work.state, work.attempts) == (model.waiting, model.state, model.attempts + 1)
                if work.lease.actor == to:
                    model.attempts += 1
                    model.owned = work
                else:
                    assert self.do(self.store.give_back(work.lease, 0, counted=False))

        @rule(
            to=st.sampled_from(ROOMS),
            items=st.lists(st.sampled_from(["", *CARDS]), max_size=3),
            timers=st.lists(st.tuples(st.sampled_from(["end", "half"]), st.sampled_from([950, 1100])), max_size=2),
        )
        def turn(self, to: Address, items: list[str], timers: list[tuple[str, int | None]]) -> None:
            self.do(self.store.accept([said(f"more{len(self.seen)}", to, f"more{len(self.seen)}")]))
            self.models[to].waiting.append(f"more{len(self.seen)}")
            self.seen.add(f"more{len(self.seen)}")
            self.claim(to)
            self.commit_of(to, 0, items, b"turn", timers)

        @precondition(lambda self: self.someone_owned())
        @rule(
            to=st.sampled_from(ROOMS),
            share=st.integers(0, 3),
            items=st.lists(st.sampled_from(["", "", *CARDS]), max_size=3),
            state=st.none() | st.binary(max_size=400),
            timers=st.lists(
                st.tuples(st.sampled_from(["end", "half"]), st.none() | st.sampled_from([950, 1100])), max_size=2
            ),
        )
        def commit(
            self, to: Address, share: int, items: list[str], state: bytes | None, timers: list[tuple[str, int | None]]
        ) -> None:
            self.commit_of(to, share, items, state, timers)

        def someone_owned(self) -> bool:
            return any(model.owned is not None for model in self.models.values())

        def commit_of(
            self, to: Address, share: int, items: list[str], state: bytes | None, timers: list[tuple[str, int | None]]
        ) -> None:
            model = self.models[to]
            if model.owned is None:
                return
            handled = max(1, len(model.owned.events) - share)
            out = tuple(reply(f"r{self.replies + at}", to=to, edits=edits) for at, edits in enumerate(items))
            changes = tuple(SetTimer(name, due) if due is not None else CancelTimer(name) for name, due in timers)
            for _ in range(2):  # the second time as if the first answer had been lost
                self.do(self.store.commit(model.owned.lease, handled, Outcome(state, out, changes)))
            self.replies += len(items)
            for item in out:
                model.append(item)
            for name, due in timers:
                model.timers.pop(name, None)
                if due is not None:
                    model.timers[name] = due
            model.waiting = model.waiting[handled:]
            model.state = state
            self.let_go(to, committed=True)

        @precondition(lambda self: self.someone_owned())
        @rule(to=st.sampled_from(ROOMS), counted=st.booleans())
        def give_back(self, to: Address, counted: bool) -> None:
            model = self.models[to]
            if model.owned is None:
                return
            assert self.do(self.store.give_back(model.owned.lease, 0, counted=counted))
            kept = model.attempts if counted else model.attempts - 1
            self.let_go(to)
            model.attempts = kept

        @precondition(lambda self: self.someone_owned())
        @rule(to=st.sampled_from(ROOMS), told=st.booleans())
        def set_aside(self, to: Address, told: bool) -> None:
            model = self.models[to]
            if model.owned is None:
                return
            words = [reply(f"r{self.replies}", to=to)] if told else []
            for _ in range(2):
                self.do(self.store.set_aside(model.owned.lease, "model", words))
            self.replies += len(words)
            for item in words:
                model.append(item)
            self.dead.append((to, "event", model.waiting[0]))
            model.waiting = model.waiting[1:]
            self.let_go(to, committed=True)

        @precondition(lambda self: self.someone_owned())
        @rule(to=st.sampled_from(ROOMS))
        def the_owner_is_killed(self, to: Address) -> None:
            model = self.models[to]
            if model.owned is None:
                return
            self.do(self.runs_out("ready", to))
            self.old.append(model.owned)
            model.owned = None

        def let_go(self, to: Address, committed: bool = False) -> None:
            model = self.models[to]
            assert model.owned is not None
            if committed:
                model.committed = model.owned.lease.token
            self.old.append(model.owned)
            model.owned = None
            model.attempts = 0

        @precondition(lambda self: self.old)
        @rule()
        def a_stale_owner_is_refused(self) -> None:
            # Whoever committed last may repeat that commit; whoever was killed and not yet followed is not stale. Nobody else.
            for work in self.old[-6:]:
                lease, model = work.lease, self.models[work.lease.actor]
                if lease.token == model.committed or (model.owned is None and lease.token == self.newest(lease.actor)):
                    continue
                assert not self.do(self.store.renew(lease, LEASE_MS))
                assert not self.do(self.store.give_back(lease, 0))
                with pytest.raises(LeaseLost):
                    self.do(self.store.commit(lease, 1, Outcome(b"stale", (reply("stale", to=lease.actor),))))

        def newest(self, to: Address) -> int:
            return max((work.lease.token for work in self.old if work.lease.actor == to), default=0)

        @precondition(lambda self: any(model.out for model in self.models.values()))
        @rule(to=st.sampled_from(ROOMS))
        def take(self, to: Address) -> None:
            ready = [one for one, model in self.models.items() if model.out and model.taken is None]
            taken = []
            for _ in ready:
                parcel = self.do(self.store.next_parcel("terminal", LEASE_MS))
                assert parcel is not None
                taken.append(parcel)
            assert self.do(self.store.next_parcel("terminal", LEASE_MS)) is None
            assert sorted(parcel.lease.actor for parcel in taken) == sorted(ready)
            for parcel in taken:
                model = self.models[parcel.lease.actor]
                model.tries += 1
                doubt = model.doubt or model.out[0][2]
                assert (parcel.item.id, parcel.attempts, parcel.uncertain) == (model.out[0][0], model.tries, doubt)
                if parcel.lease.actor == to:
                    model.taken = parcel
                else:
                    self.do(self.store.try_later(parcel, 0, uncertain=False))
                    model.doubt = doubt

        @precondition(lambda self: any(model.taken is not None for model in self.models.values()))
        @rule(to=st.sampled_from(ROOMS), how=st.sampled_from(["sent", "later", "doubtful", "never", "killed"]))
        def post(self, to: Address, how: str) -> None:
            model = self.models[to]
            if model.taken is None:
                return
            parcel, model.taken = model.taken, None
            if how == "killed":
                self.do(self.runs_out("lane:terminal:ready", to))
                model.doubt = True
            elif how in {"later", "doubtful"}:
                self.do(self.store.try_later(parcel, 0, uncertain=how == "doubtful"))
                model.doubt = parcel.uncertain or how == "doubtful"
            else:
                for _ in range(2):
                    if how == "sent":
                        self.do(self.store.sent(parcel, "ref"))
                    else:
                        self.do(self.store.undeliverable(parcel, "model"))
                if how == "never":
                    self.dead.append((to, "reply", model.out[0]))
                model.out, model.tries, model.doubt = model.out[1:], 0, False

        @precondition(lambda self: any(model.timers for model in self.models.values()))
        @rule(after_ms=st.integers(0, 150))
        def time_passes_and_timers_ring(self, after_ms: int) -> None:
            self.now_ms += after_ms
            due = sorted(
                (at, to, name)
                for to, model in self.models.items()
                for name, at in model.timers.items()
                if at <= self.now_ms
            )
            first_time = [one for one in due if (one[1], one[2], one[0]) not in self.rang]
            assert self.do(self.store.fire_due(self.now_ms)) == len(first_time)
            assert self.do(self.store.fire_due(self.now_ms)) == 0, "each once"
            for at, to, name in due:
                del self.models[to].timers[name]
                self.rang.add((to, name, at))
            for at, to, name in sorted(first_time, key=lambda one: (one[0], f"{one[1]}|{one[2]}")):
                self.models[to].waiting.append(f"{name}@{at}")

        @precondition(lambda self: self.dead)
        @rule(data=st.data(), how=st.sampled_from(["replay", "drop"]))
        def a_letter(self, data: st.DataObject, how: str) -> None:
            at = data.draw(st.integers(0, len(self.dead) - 1))
            letter = self.do(self.letters.all())[::-1][at]
            to, kind, what = self.dead.pop(at)
            assert (letter.actor, letter.kind) == (to, kind)
            if how == "drop":
                assert self.do(self.letters.drop(letter.id))
            else:
                assert self.do(self.letters.replay(letter.id, lambda: 5000))
                model = self.models[to]
                if isinstance(what, str):
                    model.waiting.append(what)
                else:
                    model.out.append((what[0], what[1], True))
            assert not self.do(self.letters.replay(letter.id, lambda: 5000))

        @invariant()
        def the_same(self) -> None:
            for to, model in self.models.items():
                assert self.do(self.store.waiting(to)) == len(model.waiting)
                assert self.do(self.store.peek_state(to)) == model.state
                assert self.do(self.outbox(to)) == [name for name, _, _ in model.out]
            assert len(self.do(self.store.dead_letters())) == len(self.dead)
            due = [at for model in self.models.values() for at in model.timers.values()]
            assert self.do(self.store.next_due_ms()) == min(due, default=None)

        async def runs_out(self, leases: str, to: Address) -> None:
            """Let a lease be over."""
            await self.client.zadd(f"{self.namespace}:{{p0}}:{leases}", {to: 1})

        async def outbox(self, to: Address) -> list[str]:
            key = f"{self.namespace}:{{p0}}:actor:{to}:out:terminal"
            entries = await self.client.execute_command("LRANGE", key, 0, -1)  # type: ignore[no-untyped-call]
            return [json.loads(entry.partition(b":")[2])["id"] for entry in entries]

        def teardown(self) -> None:
            self.do(self.store.forget_namespace())
            for connected in (self.store, self.letters):
                self.do(connected.close())
            self.do(self.client.aclose())
            self.loop.close()

    return Walk


def test_the_store_does_what_the_model_does(valkey_url: str, walks: int) -> None:
    walked = settings(
        max_examples=walks,
        stateful_step_count=40,
        deadline=None,
        derandomize=walks < 100,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(walker(valkey_url), settings=walked)

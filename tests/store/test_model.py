"""Random walks: the store against a model of one mailbox in a few lines of Python."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Coroutine
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from bot.delivery.ports import LeaseLost, Outcome, Parcel, Work
from bot.store.valkey import ValkeyStore
from tests.store.conversation import ROOM, reply, said, texts

T = TypeVar("T")
LEASE_MS = 60_000


def walker(url: str) -> type[RuleBasedStateMachine]:
    """The machine of walks on one server."""

    class Walk(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.loop = asyncio.new_event_loop()
            self.store = ValkeyStore(url, f"model:{uuid.uuid4().hex[:12]}")
            self.seen: set[int] = set()
            self.waiting: list[str] = []
            self.state: bytes | None = None
            self.out: list[str] = []
            self.owned: Work | None = None
            self.old: list[Work] = []
            self.committed = 0
            self.taken: Parcel | None = None
            self.dead = 0
            self.replies = 0
            self.attempts = 0

        def do(self, call: Coroutine[Any, Any, T]) -> T:
            return self.loop.run_until_complete(call)

        @rule(numbers=st.lists(st.integers(0, 12), max_size=4))
        def accept(self, numbers: list[int]) -> None:
            new = list(dict.fromkeys(number for number in numbers if number not in self.seen))
            assert self.do(self.store.accept([said(str(number), event_id=str(number)) for number in numbers])) == len(
                new
            )
            self.seen.update(new)
            self.waiting += [str(number) for number in new]

        @rule()
        def claim(self) -> None:
            work = self.do(self.store.claim(LEASE_MS))
            if self.owned is not None or not self.waiting:
                assert work is None
                return
            assert work is not None
            self.attempts += 1
            assert (texts(work.events), work.state, work.attempts) == (self.waiting, self.state, self.attempts)
            self.owned = work

        @precondition(lambda self: self.owned is not None)
        @rule(share=st.integers(0, 3), replies=st.integers(0, 2), state=st.none() | st.binary(max_size=400))
        def commit(self, share: int, replies: int, state: bytes | None) -> None:
            assert self.owned is not None
            handled = max(1, len(self.owned.events) - share)
            items = tuple(reply(f"r{self.replies + number}") for number in range(replies))
            for _ in range(2):  # the second time as if the first answer had been lost
                self.do(self.store.commit(self.owned.lease, handled, Outcome(state, items)))
            self.replies += replies
            self.out += [item.id for item in items]
            self.waiting = self.waiting[handled:]
            self.state = state
            self.committed = self.owned.lease.token
            self.let_go()

        @precondition(lambda self: self.owned is not None)
        @rule(counted=st.booleans())
        def give_back(self, counted: bool) -> None:
            assert self.owned is not None
            assert self.do(self.store.give_back(self.owned.lease, 0, counted=counted))
            kept = self.attempts if counted else self.attempts - 1
            self.let_go()
            self.attempts = kept

        @precondition(lambda self: self.owned is not None)
        @rule()
        def set_aside(self) -> None:
            assert self.owned is not None
            self.do(self.store.set_aside(self.owned.lease, "model"))
            self.waiting = self.waiting[1:]
            self.dead += 1
            self.committed = self.owned.lease.token
            self.let_go()

        def let_go(self) -> None:
            assert self.owned is not None
            self.old.append(self.owned)
            self.owned = None
            self.attempts = 0

        @rule()
        def a_stale_owner_is_refused(self) -> None:
            # Whoever committed last may repeat that commit; nobody else may do anything.
            stale = next((work.lease for work in self.old if work.lease.token != self.committed), None)
            if stale is None:
                return
            assert not self.do(self.store.renew(stale, LEASE_MS))
            assert not self.do(self.store.give_back(stale, 0))
            with pytest.raises(LeaseLost):
                self.do(self.store.commit(stale, 1, Outcome(b"stale", (reply("stale"),))))

        @rule()
        def take(self) -> None:
            parcel = self.do(self.store.next_parcel("terminal", LEASE_MS))
            if self.taken is not None or not self.out:
                assert parcel is None
                return
            assert parcel is not None
            assert parcel.item.id == self.out[0]
            self.taken = parcel

        @precondition(lambda self: self.taken is not None)
        @rule(how=st.sampled_from(["sent", "later", "never"]))
        def post(self, how: str) -> None:
            assert self.taken is not None
            parcel, self.taken = self.taken, None
            if how == "later":
                self.do(self.store.try_later(parcel, 0, uncertain=False))
                return
            for _ in range(2):
                if how == "sent":
                    self.do(self.store.sent(parcel, "ref"))
                else:
                    self.do(self.store.undeliverable(parcel, "model"))
            self.dead += how == "never"
            self.out = self.out[1:]

        @invariant()
        def the_same(self) -> None:
            assert self.do(self.store.waiting(ROOM)) == len(self.waiting)
            assert self.do(self.store.peek_state(ROOM)) == self.state
            assert len(self.do(self.store.dead_letters())) == self.dead

        def teardown(self) -> None:
            self.do(self.store.forget_namespace())
            self.do(self.store.close())
            self.loop.close()

    return Walk


def test_the_store_does_what_the_model_does(valkey_url: str) -> None:
    walks = settings(
        max_examples=40,
        stateful_step_count=25,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(walker(valkey_url), settings=walks)

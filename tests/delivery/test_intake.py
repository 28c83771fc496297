"""The way in: few calls for many callers, and nobody goes on before their event is safe."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from bot.chat.events import Event
from bot.delivery.mailbox import Intake
from bot.delivery.ports import StoreAway
from bot.store.valkey import ValkeyStore
from tests.delivery.people import until
from tests.store.conversation import ROOM, said, texts


class Counting(ValkeyStore):
    """A store that remembers how many events came with each call."""

    calls: list[int]
    away: int = 0

    async def accept(self, events: Sequence[Event], quiet_ms: int = 0) -> int:
        self.calls.append(len(events))
        await asyncio.sleep(0.02)  # a slow server
        if self.away:
            self.away -= 1
            raise StoreAway("for a moment")
        return await super().accept(events, quiet_ms)


@pytest.fixture
async def counting(valkey_url: str, namespace: str):  # type: ignore[no-untyped-def]
    store = Counting(valkey_url, namespace)
    store.calls = []
    yield store
    await store.close()


async def test_what_arrives_together_is_stored_together(counting: Counting) -> None:
    intake = Intake(counting)
    await asyncio.gather(*(intake.accept([said(str(number))]) for number in range(50)))
    assert counting.calls == [50]
    work = await counting.claim(1000)
    assert work is not None
    assert texts(work.events) == [str(number) for number in range(50)]


async def test_what_arrives_during_a_call_goes_with_the_next_in_order(counting: Counting) -> None:
    intake = Intake(counting)
    first = asyncio.create_task(intake.accept([said("0")]))
    await until(lambda: counting.calls == [1], "the first call is under way")
    later = [asyncio.create_task(intake.accept([said(str(number))])) for number in range(1, 6)]
    await asyncio.gather(first, *later)
    assert counting.calls == [1, 5]
    work = await counting.claim(1000)
    assert work is not None
    assert texts(work.events) == [str(number) for number in range(6)]


async def test_a_caller_goes_on_only_when_its_event_is_durable(counting: Counting) -> None:
    intake = Intake(counting)
    await intake.accept([said("one")])
    assert await counting.waiting(ROOM) == 1
    await intake.accept([])
    assert counting.calls == [1]


async def test_everybody_learns_that_the_store_is_away_and_may_try_again(counting: Counting) -> None:
    intake = Intake(counting)
    counting.away = 1
    event = said("one")
    results = await asyncio.gather(intake.accept([event]), intake.accept([said("two")]), return_exceptions=True)
    assert [type(result) for result in results] == [StoreAway, StoreAway]
    await intake.accept([event])
    assert await counting.waiting(ROOM) == 1


async def test_a_faulty_event_is_its_own_callers_problem(counting: Counting) -> None:
    intake = Intake(counting)
    faulty = said(text=object())  # type: ignore[arg-type]
    results = await asyncio.gather(
        intake.accept([said("one")]), intake.accept([faulty]), intake.accept([said("two")]), return_exceptions=True
    )
    assert [type(result) for result in results] == [type(None), TypeError, type(None)]
    assert await counting.waiting(ROOM) == 2


async def test_a_caller_that_gives_up_disturbs_nobody(counting: Counting) -> None:
    intake = Intake(counting)
    impatient = asyncio.create_task(intake.accept([said("one")]))
    patient = asyncio.create_task(intake.accept([said("two")]))
    await asyncio.sleep(0)
    impatient.cancel()
    await patient
    assert await counting.waiting(ROOM) == 2

"""The books on a real server: every call counted once, wherever somebody may ask for it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bot.chat.ids import Person
from bot.models.claude.ledger import Ledger, Usage
from bot.store.ledger import CALLS_KEPT, Spent, ValkeyLedger

ADA = Person("slack", "T1", "U1", "Ada")
BEN = Person("slack", "T1", "U2", "Ben")
NOON_MS = int(datetime(2026, 11, 21, 12, tzinfo=UTC).timestamp() * 1000)

TURN = Usage("turn", "i1", ADA, "claude-sonnet-5-5", 100, 900, 50, 40, 0.000_904_9)
GRADE = Usage("grade", "i1", ADA, "claude-opus-5-5", 10, 0, 3_000, 700, 0.029_04)


@pytest.fixture
async def ledger(valkey_url: str, namespace: str) -> AsyncIterator[ValkeyLedger]:
    ledger = ValkeyLedger(valkey_url, namespace, lambda: NOON_MS)
    yield ledger
    await ledger.close()


async def test_a_call_is_counted_for_interview_person_workspace_and_day(ledger: ValkeyLedger) -> None:
    port: Ledger = ledger
    await port.record(TURN)
    await port.record(GRADE)
    await port.record(replace(TURN, session="i2", person=BEN))
    both = Spent(2, 110, 900, 3_050, 740, 0.029_944_9)
    assert await ledger.by_interview("i1") == await ledger.by_person(ADA) == both
    everyone = Spent(3, 210, 1_800, 3_100, 780, 0.030_849_8)
    assert await ledger.by_workspace(BEN) == await ledger.by_day(date(2026, 11, 21)) == everyone
    assert await ledger.by_day(date(2026, 11, 20)) == Spent()


async def test_the_calls_of_an_interview_are_kept_one_by_one_without_names(ledger: ValkeyLedger) -> None:
    await ledger.record(TURN)
    await ledger.record(GRADE)
    latest, first = await ledger.calls("i1")
    assert (latest["purpose"], first["purpose"], first["at_ms"]) == ("grade", "turn", NOON_MS)
    assert "person" not in latest
    for _ in range(CALLS_KEPT):
        await ledger.record(TURN)
    assert len(await ledger.calls("i1")) == CALLS_KEPT
    assert (await ledger.by_interview("i1")).calls == CALLS_KEPT + 2


async def test_a_model_without_a_price_is_counted_as_such(ledger: ValkeyLedger) -> None:
    await ledger.record(replace(TURN, person=None, usd=None))
    spent = await ledger.by_interview("i1")
    assert (spent.calls, spent.usd, spent.unpriced) == (1, 0.0, 1)
    assert await ledger.by_person(ADA) == Spent()

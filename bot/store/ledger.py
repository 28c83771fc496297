"""The books on model calls, on the server: per interview, person, workspace and day.

Tokens and money only; nothing anybody wrote is in here. Money is kept in whole billionths of a dollar, so that sums are exact.
Budgets, and who may see what, are other rooms' concern.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime

from bot.chat.ids import Person
from bot.models.claude.ledger import Usage
from bot.store.keys import Keys
from bot.store.wire import Wire

CALLS_KEPT = 200
"""How many calls of one interview are kept one by one."""

_DAY_MS = 24 * 3600 * 1000
_INTERVIEW_MS = 90 * _DAY_MS
_DATE_MS = 400 * _DAY_MS
_BILLION = 1_000_000_000
_NOBODY = ""


@dataclass(frozen=True, slots=True)
class Spent:
    """What calls used up together. `usd` leaves out the `unpriced` calls, whose model has no known price."""

    calls: int = 0
    input: int = 0
    cache_read: int = 0
    cache_write: int = 0
    output: int = 0
    usd: float = 0.0
    unpriced: int = 0


class ValkeyLedger:
    """Keeps the books. Implements `Ledger`; connects when first used. `StoreAway` when the server cannot serve it."""

    def __init__(
        self, url: str, namespace: str = "hotseat", now_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000
    ) -> None:
        self._wire = Wire(url)
        self._keys = Keys(namespace)
        self._now_ms = now_ms

    async def close(self) -> None:
        """Close all connections."""
        await self._wire.close()

    async def record(self, usage: Usage) -> None:
        """Count a call: in its interview, on its day, and for its person and their workspace if it has one."""
        now_ms = self._now_ms()
        partition = self._keys.partition(usage.person.address if usage.person else _NOBODY)
        today = datetime.fromtimestamp(now_ms / 1000, UTC).date()
        counted: dict[str, int] = {
            partition.spent("interview", usage.session): _INTERVIEW_MS,
            partition.spent("day", today.isoformat()): _DATE_MS,
        }
        if usage.person is not None:
            counted[partition.actor(usage.person.address).spent] = 0
            counted[partition.spent("workspace", _workspace(usage.person))] = 0
        call = {name: held for name, held in asdict(usage).items() if name not in {"person", "session"}}
        amounts = {
            "calls": 1,
            "input": usage.input,
            "cache_read": usage.cache_read,
            "cache_write": usage.cache_write,
            "output": usage.output,
            "billionths": round((usage.usd or 0.0) * _BILLION),
            "unpriced": int(usage.usd is None),
        }
        await self._wire.run(
            "spend",
            [partition.calls(usage.session), *counted],
            [
                *(json.dumps(call | {"at_ms": now_ms}), CALLS_KEPT, _INTERVIEW_MS),
                *counted.values(),
                *(part for pair in amounts.items() for part in pair),
            ],
        )

    async def by_interview(self, interview: str) -> Spent:
        """What an interview used up, for ninety days."""
        return await self._shared("interview", interview)

    async def by_person(self, person: Person) -> Spent:
        """What a person's interviews used up, ever."""
        return _sum([await self._hash(self._keys.actor(person.address).spent)])

    async def by_workspace(self, person: Person) -> Spent:
        """What the workspace of a person used up, ever."""
        return await self._shared("workspace", _workspace(person))

    async def by_day(self, day: date) -> Spent:
        """What was used up on a day (UTC), for four hundred days."""
        return await self._shared("day", day.isoformat())

    async def calls(self, interview: str) -> tuple[dict[str, object], ...]:
        """The calls of an interview one by one, newest first, with `at_ms`."""
        found: list[dict[str, object]] = []
        for partition in self._keys.partitions:
            found += [json.loads(entry) for entry in await self._wire.call("LRANGE", partition.calls(interview), 0, -1)]
        return tuple(found)

    async def _shared(self, kind: str, name: str) -> Spent:
        return _sum([await self._hash(partition.spent(kind, name)) for partition in self._keys.partitions])

    async def _hash(self, key: str) -> dict[str, int]:
        held: dict[bytes, bytes] = await self._wire.call("HGETALL", key)
        return {name.decode(): int(amount) for name, amount in held.items()}


def _workspace(person: Person) -> str:
    return f"{person.platform}:{person.workspace}"


def _sum(hashes: list[dict[str, int]]) -> Spent:
    total: dict[str, int] = {}
    for held in hashes:
        for name, amount in held.items():
            total[name] = total.get(name, 0) + amount
    return Spent(usd=total.pop("billionths", 0) / _BILLION, **total)

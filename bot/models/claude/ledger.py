"""What a call cost, and the port it is reported to. Counting per person and day, and budgets, are the ledger's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from bot.chat.ids import Person
from bot.models.claude import parameters


@dataclass(frozen=True, slots=True)
class Usage:
    """One call. `input` are plain input tokens, `cache_read` those read from the cache, `cache_write` those written to it
    (for five minutes or an hour, together); `usd` is None when the model's price is not known.

    `purpose` is turn or grade; `session` the interview; `person` whose interview it is, if that is known.
    """

    purpose: str
    session: str
    person: Person | None
    model: str
    input: int
    cache_read: int
    cache_write: int
    output: int
    usd: float | None


class Ledger(Protocol):
    """Keeps the books. Told of every call that was billed, whether or not it could be used."""

    async def record(self, usage: Usage) -> None:
        """Count a call."""


class NoLedger:
    """Keeps no books: for a script, a benchmark, a test."""

    async def record(self, usage: Usage) -> None:
        """Forget it."""


def cost_usd(model: str, plain: int, cache_read: int, written: dict[str, int], output: int) -> float | None:
    """US dollars of one call; `written` has cached tokens per lifetime (`5m`, `1h`). None when the price is not known."""
    price = parameters.model(model).price(plain + cache_read + sum(written.values()))
    if price is None:
        return None
    weighed = plain + cache_read * parameters.READ_WEIGHT
    weighed += sum(tokens * parameters.WRITE_WEIGHT[ttl] for ttl, tokens in written.items())
    return (weighed * price.input_usd + output * price.output_usd) / 1_000_000

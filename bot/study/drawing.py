"""Which question comes next: new ones first, what the group is weakest at more often, not one type day after day.

Pure; the same seed draws the same question, in whatever order the pool is given, and a question added to the pool changes a draw
only by being drawn. It leaves out what a group is weak at, which is `agreement`'s, and where questions come from.

    pool = matching(items, types=("debugging",))
    question = draw(pool, asked_ids, {"debugging": 0.8, "numbers": 0.6}, seed=f"{stream}:{day}")
    days = runs_dry(pool, asked_ids, posts_per_week=5)         # 7 or fewer: say so
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

UNKNOWN = 0.5
"""How weak a group is taken to be where nothing was seen of it."""

FAVOUR = 3.0
"""How much weakness counts: a question on what a group cannot do is drawn four times as often as one on what it can."""

AGAIN = 0.3
"""How much less often the type of the last question is drawn again. A third time in a row only if there is nothing else."""

OLDEST = 3
"""Once every question was asked, one of the oldest third comes next, so that none comes back soon."""


@dataclass(frozen=True, slots=True)
class Item:
    """What drawing knows of a question."""

    id: str
    type: str
    levels: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    pack: str = ""
    minutes: int = 0


def matching(
    items: Iterable[Item],
    types: Collection[str] = (),
    levels: Collection[str] = (),
    tags: Collection[str] = (),
    packs: Collection[str] = (),
) -> tuple[Item, ...]:
    """The items a stream asks for: of one of the types, at one of the levels, with one of the tags, of one of the packs.
    An empty filter lets everything through."""
    return tuple(
        item
        for item in items
        if (not types or item.type in types)
        and (not levels or set(levels) & set(item.levels))
        and (not tags or set(tags) & set(item.tags))
        and (not packs or item.pack in packs)
    )


def draw(pool: Sequence[Item], asked: Sequence[str], weak: Mapping[str, float], seed: str) -> str | None:
    """The id of the next question; None if the pool is empty.

    `asked` are the ids of past questions, oldest first, whether they are still in the pool or not. `weak` says by type or tag
    how weak the group is at it, from 0 to 1. Questions that were never asked come first, by chance, weaker matters more often;
    then the one asked longest ago. Two questions of one type may follow each other, three only if there is no other choice
    (later on: none among the oldest third).
    """
    last = {name: number for number, name in enumerate(asked)}
    worn = _worn(pool, asked)
    fresh = [item for item in pool if item.id not in last]
    if fresh:
        choice = [item for item in fresh if item.type != worn] or fresh
        kinds = {item.id: item.type for item in pool}
        before = kinds.get(asked[-1]) if asked else None
        return min(choice, key=lambda item: (_turn(item, before, weak, seed), item.id)).id
    oldest = sorted(pool, key=lambda item: last[item.id])[: math.ceil(len(pool) / OLDEST)]
    return next((item.id for item in oldest if item.type != worn), oldest[0].id if oldest else None)


def _worn(pool: Sequence[Item], asked: Sequence[str]) -> str | None:
    """The type that must not come a third time in a row."""
    kinds = {item.id: item.type for item in pool}
    lately = {kinds.get(name) for name in asked[-2:]}
    return lately.pop() if len(asked) > 1 and len(lately) == 1 else None


def _turn(item: Item, before: str | None, weak: Mapping[str, float], seed: str) -> float:
    # A draw by weights without replacement: each item waits for a time that is exponential in its own weight.
    held = [weak[name] for name in (item.type, *item.tags) if name in weak]
    weight = 1 + FAVOUR * (sum(held) / len(held) if held else UNKNOWN)
    if item.type == before:
        weight *= AGAIN
    digest = hashlib.blake2b(f"{seed}:{item.id}".encode(), digest_size=8).digest()
    return -math.log((int.from_bytes(digest) + 1) / 2**64) / weight


def remaining(pool: Sequence[Item], asked: Collection[str]) -> int:
    """How many questions of the pool were never asked."""
    return len({item.id for item in pool}.difference(asked))


def runs_dry(pool: Sequence[Item], asked: Collection[str], posts_per_week: int) -> int | None:
    """In how many days, rounded down, the first question will have to come back; None if nothing is posted."""
    return remaining(pool, asked) * 7 // posts_per_week if posts_per_week > 0 else None

"""In which order questions are offered: a pure function of ids, what was seen, and a seed.

What a question is like (type, level) is not looked at here; `load` narrows before and after.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Collection, Iterable, Mapping


class NothingToChoose(LookupError):
    """No question fits. Its text is a sentence for the person who asked."""


def order(
    ids: Iterable[str],
    seen: Collection[str] = frozenset(),
    seed: int = 0,
    weights: Mapping[str, int] | None = None,
) -> tuple[str, ...]:
    """Every id, shuffled by the seed, those not seen yet first.

    An id's place depends on the seed, its own name and its weight only, so a question added to the bank does not reshuffle the
    others. With weights the shuffle is a weighted draw: an id of weight 6 stands before one of weight 2 in three of four
    draws, and one without weight comes after all that have some.
    """
    heavy = weights or {}

    def place(item: str) -> tuple[bool, bool, float, bytes]:
        drawn = hashlib.blake2b(f"{seed}:{item}".encode(), digest_size=8).digest()
        weight = heavy.get(item, 0)
        if weight <= 0:
            return item in seen, bool(heavy), 0.0, drawn
        # The smallest of exponential draws is each id's with a chance in proportion to its weight.
        share = (int.from_bytes(drawn) + 1) / (2**64 + 1)
        return item in seen, False, -math.log(share) / weight, drawn

    return tuple(sorted(ids, key=place))


def nothing(kind: str | None, level: str | None) -> NothingToChoose:
    """The sentence for a filter that leaves no question."""
    what = f"{kind} question" if kind else "question"
    article = "an" if what[0] in "aeiou" else "a"
    at = f" at {level} level" if level else ""
    return NothingToChoose(f"I don't have {article} {what}{at}. Try another type or level.")

"""In which order questions are offered: a pure function of ids, what was seen, and a seed.

What a question is like (type, level) is not looked at here; `load` narrows before and after.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable


class NothingToChoose(LookupError):
    """No question fits. Its text is a sentence for the person who asked."""


def order(ids: Iterable[str], seen: Collection[str] = frozenset(), seed: int = 0) -> tuple[str, ...]:
    """Every id, shuffled by the seed, those not seen yet first.

    An id's place depends on the seed and its own name only, so a question added to the bank does not reshuffle the others.
    """

    def place(item: str) -> tuple[bool, bytes]:
        return item in seen, hashlib.blake2b(f"{seed}:{item}".encode(), digest_size=8).digest()

    return tuple(sorted(ids, key=place))


def nothing(kind: str | None, level: str | None) -> NothingToChoose:
    """The sentence for a filter that leaves no question."""
    what = f"{kind} question" if kind else "question"
    article = "an" if what[0] in "aeiou" else "a"
    at = f" at {level} level" if level else ""
    return NothingToChoose(f"I don't have {article} {what}{at}. Try another type or level.")

"""Who rates whose answer: everybody their fair share, every answer as many ratings as the others, nobody their own.

Pure; the same seed gives the same assignment, in whatever order people are given. It leaves out what is rated and how.

    given = assign(authors, [*authors, volunteer], per_rater=3, seed=str(seed))
    given[volunteer]                                        # ("ben", "ann", "eva")
    next_for("late", counts, done=("ann",), seed="7")       # for somebody who comes later, or wants to rate more
"""

from __future__ import annotations

import hashlib
from collections import Counter, deque
from collections.abc import Collection, Iterable, Mapping, Sequence


def assign(authors: Iterable[str], raters: Iterable[str], per_rater: int, seed: str) -> dict[str, tuple[str, ...]]:
    """Whose answers each rater is given, in the order to rate them.

    Everybody gets `per_rater` answers, or all there are besides their own if those are fewer. No fairer share of the
    ratings is possible: where the numbers allow it, two answers differ by one rating at most.
    """
    ring = sorted(set(authors), key=lambda author: _place(seed, "author", author))
    people = sorted(set(raters), key=lambda rater: _place(seed, "rater", rater))
    given = _dealt(ring, people, per_rater)
    _level(ring, given)
    return {rater: tuple(given[rater]) for rater in people}


def next_for(rater: str, ratings: Mapping[str, int], done: Collection[str], seed: str) -> str | None:
    """Whose answer somebody rates who was given none, or none any more: one of those with the fewest ratings.

    `ratings` counts the ratings of every answer by its author, also where that is 0; `done` are the authors this person has
    rated or skipped. None if nothing is left for them.
    """
    left = [author for author in ratings if author != rater and author not in done]
    return min(left, key=lambda author: (ratings[author], _place(seed, rater, author)), default=None)


def _dealt(ring: Sequence[str], people: Sequence[str], per_rater: int) -> dict[str, list[str]]:
    """Answers dealt like cards: whoever would get their own takes the next, and theirs stays on top for the next person."""
    pile, own = deque(ring), set(ring)
    given: dict[str, list[str]] = {}
    for rater in people:
        others = len(ring) - (rater in own)
        given[rater] = []
        kept: list[str] = []
        while len(given[rater]) < min(per_rater, others):
            author = pile.popleft()
            (kept if author == rater else given[rater]).append(author)
        pile.extendleft(kept)
        pile.extend(given[rater])
    return given


def _level(ring: Sequence[str], given: dict[str, list[str]]) -> None:
    """Pass ratings on from answers with many to answers with few, until no pass makes it fairer."""
    counts = Counter(dict.fromkeys(ring, 0))
    counts.update(author for whose in given.values() for author in whose)
    for author in ring:
        while (passes := _passes(author, given, counts)) is not None:
            for rater, old, new in passes:
                given[rater][given[rater].index(old)] = new
                counts[old] -= 1
                counts[new] += 1


def _passes(
    start: str, given: Mapping[str, Sequence[str]], counts: Mapping[str, int]
) -> list[tuple[str, str, str]] | None:
    """The exchanges (rater, answer, answer instead) by which `start` gives a rating to an answer with two fewer."""
    if counts[start] - min(counts.values()) < 2:
        return None
    of: dict[str, list[str]] = {author: [] for author in counts}
    for rater, whose in given.items():
        for author in whose:
            of[author].append(rater)
    came: dict[str, tuple[str, str]] = {}
    waiting = deque([start])
    while waiting:
        author = waiting.popleft()
        for rater in of[author]:
            for other in counts:
                if other in came or other in {start, rater} or other in given[rater]:
                    continue
                came[other] = (rater, author)
                if counts[start] - counts[other] >= 2:
                    return _trace(start, other, came)
                waiting.append(other)
    return None


def _trace(start: str, end: str, came: Mapping[str, tuple[str, str]]) -> list[tuple[str, str, str]]:
    passes = []
    while end != start:
        rater, author = came[end]
        passes.append((rater, author, end))
        end = author
    return passes


def _place(seed: str, role: str, name: str) -> bytes:
    return hashlib.blake2b(f"{seed}:{role}:{name}".encode(), digest_size=8).digest()

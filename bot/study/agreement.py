"""How close raters came to each other on the 1 to 5 anchors, and what a group is weak at. Pure.

Closeness compares every two ratings of one answer on one criterion: the same level, one apart, or further. Kappa is given only
for at least `ENOUGH` answers, below which it says more about chance than about raters.

Weakness puts peers' levels and what the coach found covered on one scale, 0 (strong) to 1 (weak). A few ratings are no
evidence, so a mean is drawn towards what the group is like on the whole, and that towards the middle: with `DOUBT` labels on
debugging, half of its figure is still the group's own mean. A figure is for choosing questions and for the organiser; it is
nobody's grade.

    by_criterion = closeness(ratings)                        # criterion -> Closeness
    say_closeness(own_levels, others_levels)                 # for one rater, in words
    weak = weakness([Label("debugging", from_level(2)), Label("debugging", from_share(0.4))])
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

ENOUGH = 20
"""Answers rated by two or more that kappa needs. With two or three raters its standard error was about .2 for 10 answers, .15
for 20 and .1 for 40, when simulated around a true value of .56."""

DOUBT = 6.0
"""Labels that weigh as much as what is expected without any: two answers with three raters each."""

MIDDLE = 0.5
"""How weak a group is taken to be that nothing is known of."""

CLOSE = 0.5
"""A leaning of this much of a level, up or down, is worth a word."""


@dataclass(frozen=True, slots=True)
class Rated:
    """One rater's level, 1 to 5, for one answer on one criterion."""

    rater: str
    answer: str
    criterion: str
    level: int


@dataclass(frozen=True, slots=True)
class Closeness:
    """How close ratings of the same answers were, over `pairs` pairs of them from `answers` answers.

    `exact` is the share of pairs at the same level, `adjacent` of those one apart, `apart` the mean difference in levels;
    all are 0 without a pair. `kappa` is 1 for agreement in everything and 0 for chance; None if there is too little to say.
    """

    answers: int
    pairs: int
    exact: float
    adjacent: float
    apart: float
    kappa: float | None = None


@dataclass(frozen=True, slots=True)
class Label:
    """What was seen of a group at something (a type, a dimension, a tag): how weak, from 0 to 1, on average over `count`."""

    key: str
    weakness: float
    count: int = 1


def closeness(ratings: Iterable[Rated]) -> dict[str, Closeness]:
    """How close raters came on each criterion that was rated. Of several ratings by one rater of one thing the last counts."""
    of: dict[str, dict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    for one in ratings:
        of[one.criterion][one.answer][one.rater] = one.level
    return {
        criterion: _close([sorted(levels.values()) for levels in answers.values() if len(levels) > 1])
        for criterion, answers in of.items()
    }


def _close(answers: Sequence[Sequence[int]]) -> Closeness:
    apart = [abs(one - other) for levels in answers for one, other in combinations(levels, 2)]
    if not apart:
        return Closeness(0, 0, 0.0, 0.0, 0.0)
    times, pairs = Counter(apart), len(apart)
    kappa = _kappa(answers) if len(answers) >= ENOUGH else None
    return Closeness(len(answers), pairs, times[0] / pairs, times[1] / pairs, sum(apart) / pairs, kappa)


def _kappa(answers: Sequence[Sequence[int]]) -> float | None:
    """Kappa with squared weights for any number of raters: Krippendorff's alpha for intervals.

    None where everybody gave everything one level: then chance would agree too.
    """
    levels = [level for held in answers for level in held]
    within = sum(_squares(held) / (len(held) - 1) for held in answers) / len(levels)
    between = _squares(levels) / (len(levels) * (len(levels) - 1))
    return 1 - within / between if between else None


def _squares(levels: Sequence[int]) -> int:
    """The squared differences of all ordered pairs, added up."""
    return 2 * (len(levels) * sum(level * level for level in levels) - sum(levels) ** 2)


def say_closeness(own: Mapping[tuple[str, str], Sequence[int]], others: Mapping[tuple[str, str], Sequence[int]]) -> str:
    """How close one rater came to the others, in words; empty if nobody else rated what they did.

    Both map (answer, criterion) to levels. A rating is held against the middle of the others' ratings of the same thing.
    """
    leanings = [
        level - sum(others[key]) / len(others[key])
        for key, levels in own.items()
        if others.get(key)
        for level in levels
    ]
    if not leanings:
        return ""
    same = sum(abs(leaning) <= CLOSE for leaning in leanings)
    near = sum(abs(leaning) <= 1 for leaning in leanings) - same
    parts = [(same, "at the others' level"), (near, "within one level"), (len(leanings) - same - near, "further off")]
    if len(leanings) == 1:
        where = next(what for count, what in parts if count)
        return f"One of your ratings can be compared with others: it is {where}."
    if same == len(leanings):
        return f"All {same} of your ratings that can be compared are at the others' level."
    said = ", ".join(f"{count} {what}" for count, what in parts if count)
    return f"Of {len(leanings)} ratings of yours that can be compared: {said}.{_leaning(leanings)}"


def _leaning(leanings: Sequence[float]) -> str:
    mean = sum(leanings) / len(leanings)
    if abs(mean) < CLOSE or len(leanings) < 3:
        return ""
    return f" On the whole you rated {'higher' if mean > 0 else 'lower'} than they did."


def from_level(level: float) -> float:
    """How weak a peer's level from 1 to 5 says somebody is."""
    return (5 - level) / 4


def from_share(covered: float) -> float:
    """How weak the share of points that the coach found covered, 0 to 1, says somebody is."""
    return 1 - covered


def weakness(labels: Iterable[Label]) -> dict[str, float]:
    """How weak the group is at each thing that was seen, from 0 to 1, small numbers drawn to the middle (see above)."""
    sums: dict[str, float] = defaultdict(float)
    counts: dict[str, int] = defaultdict(int)
    for label in labels:
        sums[label.key] += label.weakness * label.count
        counts[label.key] += label.count
    whole = (sum(sums.values()) + DOUBT * MIDDLE) / (sum(counts.values()) + DOUBT)
    return {key: (sums[key] + DOUBT * whole) / (counts[key] + DOUBT) for key in sums}

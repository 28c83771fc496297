"""How close raters came, and what a group is weak at: no more is said than the numbers carry."""

from __future__ import annotations

from collections import Counter
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.study.agreement import (
    DOUBT,
    ENOUGH,
    MIDDLE,
    Closeness,
    Label,
    Rated,
    closeness,
    from_level,
    from_share,
    say_closeness,
    weakness,
)

levels = st.integers(1, 5)
tables = st.lists(st.lists(levels, min_size=1, max_size=4), max_size=30)


def rated(answers: list[list[int]], criterion: str = "diagnosis") -> list[Rated]:
    return [
        Rated(f"rater{n}", f"answer{m}", criterion, level)
        for m, held in enumerate(answers)
        for n, level in enumerate(held)
    ]


def alpha(answers: list[list[int]]) -> float | None:
    """Krippendorff's alpha for intervals, from its matrix of coincidences."""
    pairs: Counter[tuple[int, int]] = Counter()
    for held in answers:
        for one, other in permutations(held, 2):
            pairs[one, other] += 1 / (len(held) - 1)  # type: ignore[assignment]
    times: Counter[int] = Counter()
    for (one, _), count in pairs.items():
        times[one] += count
    total = sum(times.values())
    observed = sum(count * (one - other) ** 2 for (one, other), count in pairs.items()) / total
    chance = (
        sum(times[one] * times[other] * (one - other) ** 2 for one in times for other in times) / total / (total - 1)
    )
    return 1 - observed / chance if chance else None


def test_two_raters() -> None:
    found = closeness(rated([[3, 3], [2, 3], [1, 4], [5, 5]]))
    assert found == {"diagnosis": Closeness(answers=4, pairs=4, exact=0.5, adjacent=0.25, apart=1.0)}


def test_one_rater_is_close_to_nobody() -> None:
    found = closeness(rated([[3], [4], [5]]))
    assert found == {"diagnosis": Closeness(0, 0, 0.0, 0.0, 0.0)}
    assert closeness([]) == {}


def test_criteria_are_told_apart_and_a_changed_mind_counts_once() -> None:
    changed = [Rated("rater0", "answer0", "diagnosis", 5)]
    found = closeness([*rated([[1, 5]]), *rated([[2, 4]], "numbers"), *changed])
    assert found["diagnosis"].exact == 1
    assert found["numbers"].apart == 2


@settings(deadline=None)
@given(tables)
def test_shares_are_shares(answers: list[list[int]]) -> None:
    for found in closeness(rated(answers)).values():
        assert 0 <= found.exact <= found.exact + found.adjacent <= 1 + 1e-9
        assert 0 <= found.apart <= 4
        assert found.answers == sum(len(held) > 1 for held in answers)
        assert found.pairs == sum(len(held) * (len(held) - 1) // 2 for held in answers)
        assert (found.exact == 1) == (found.pairs > 0 and found.apart == 0)


@settings(deadline=None)
@given(st.lists(st.lists(levels, min_size=2, max_size=4), min_size=ENOUGH, max_size=30))
def test_kappa_is_krippendorffs_alpha(answers: list[list[int]]) -> None:
    assert closeness(rated(answers))["diagnosis"].kappa == pytest.approx(alpha(answers))


def test_kappa_says_nothing_of_few_answers_or_of_one_level_for_all() -> None:
    assert closeness(rated([[1, 1], [5, 5]] * (ENOUGH // 2 - 1)))["diagnosis"].kappa is None
    assert closeness(rated([[1, 1], [5, 5]] * (ENOUGH // 2)))["diagnosis"].kappa == 1
    assert closeness(rated([[3, 3]] * ENOUGH))["diagnosis"].kappa is None
    against = closeness(rated([[1, 5], [5, 1]] * ENOUGH))["diagnosis"].kappa
    assert against is not None
    assert against < -0.9


@pytest.mark.parametrize(
    ("own", "others", "said"),
    [
        ([], [], ""),
        ([3], [()], ""),
        ([3], [(3, 4)], "One of your ratings can be compared with others: it is at the others' level."),
        ([5], [(2, 3)], "One of your ratings can be compared with others: it is further off."),
        ([3, 4], [(3,), (4, 5)], "All 2 of your ratings that can be compared are at the others' level."),
        (
            [3, 4, 1, 5],
            [(3,), (3,), (3, 4), (5,)],
            "Of 4 ratings of yours that can be compared: 2 at the others' level, 1 within one level, 1 further off.",
        ),
        (
            [5, 4, 5],
            [(3,), (3,), (5, 4)],
            "Of 3 ratings of yours that can be compared: 1 at the others' level, 1 within one level, 1 further off. "
            "On the whole you rated higher than they did.",
        ),
        (
            [1, 2],
            [(3,), (5,)],
            "Of 2 ratings of yours that can be compared: 2 further off.",
        ),
    ],
)
def test_one_rater_is_told_in_words(own: list[int], others: list[tuple[int, ...]], said: str) -> None:
    mine = {(f"answer{n}", "diagnosis"): (level,) for n, level in enumerate(own)}
    theirs = {(f"answer{n}", "diagnosis"): held for n, held in enumerate(others)}
    assert say_closeness(mine, theirs) == said


def test_weak_from_either_side() -> None:
    assert [from_level(1), from_level(3), from_level(5)] == [1, 0.5, 0]
    assert [from_share(0), from_share(1)] == [1, 0]


labels = st.builds(Label, st.sampled_from("abc"), st.floats(0, 1), st.integers(0, 50))


@settings(deadline=None)
@given(st.lists(labels, max_size=20))
def test_weakness_stays_on_the_scale(held: list[Label]) -> None:
    found = weakness(held)
    assert set(found) == {label.key for label in held}
    assert all(-1e-9 <= value <= 1 + 1e-9 for value in found.values())


def test_one_label_moves_little_and_many_are_believed() -> None:
    one = weakness([Label("debugging", 1.0)])["debugging"]
    assert MIDDLE < one < 0.65
    many = weakness([Label("debugging", 1.0, 100)])["debugging"]
    assert many > 0.95


def test_a_hundred_middling_labels_outrank_a_single_bad_one() -> None:
    """Without shrinkage one harsh rating would decide what the whole group is asked next."""
    found = weakness([Label("strategy", 1.0), Label("debugging", 0.7, 100), Label("concept", 0.1, 100)])
    assert found["concept"] < found["strategy"] < found["debugging"]


def test_half_of_a_figure_is_the_group_while_there_are_few() -> None:
    found = weakness([Label("debugging", 1.0, int(DOUBT)), Label("concept", 0.2, 10_000)])
    assert found["debugging"] == pytest.approx((1.0 + 0.2) / 2, abs=0.01)


@settings(deadline=None)
@given(st.lists(labels, max_size=10))
def test_labels_together_are_labels_one_by_one(held: list[Label]) -> None:
    single = [Label(label.key, label.weakness) for label in held for _ in range(label.count)]
    found = weakness(held)
    for key, value in weakness(single).items():
        assert value == pytest.approx(found[key])

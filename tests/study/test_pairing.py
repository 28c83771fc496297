"""Who rates whose answer: never one's own, nothing twice, and no fairer share possible."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.study.pairing import assign, next_for

names = st.lists(st.sampled_from([f"p{number}" for number in range(16)]), unique=True, max_size=16)


def shares(authors: Iterable[str], given_: Mapping[str, tuple[str, ...]]) -> list[int]:
    """How many ratings each answer gets."""
    counts = Counter(author for whose in given_.values() for author in whose)
    return sorted(counts[author] for author in authors)


@settings(deadline=None)
@given(names, names, st.integers(1, 4), st.text(max_size=3))
def test_everybody_gets_their_number_and_never_their_own(
    authors: list[str], raters: list[str], per_rater: int, seed: str
) -> None:
    found = assign(authors, raters, per_rater, seed)
    assert set(found) == set(raters)
    for rater, whose in found.items():
        assert rater not in whose
        assert len(set(whose)) == len(whose) == min(per_rater, len(set(authors) - {rater}))
        assert set(whose) <= set(authors)


@settings(deadline=None)
@given(st.integers(2, 40), st.integers(1, 4), st.text(max_size=3))
def test_where_everybody_rates_every_answer_gets_the_same(size: int, per_rater: int, seed: str) -> None:
    people = [f"p{number}" for number in range(size)]
    assert set(shares(people, assign(people, people, per_rater, seed))) == {min(per_rater, size - 1)}


@settings(deadline=None)
@given(st.integers(0, 4), st.integers(0, 4), st.integers(0, 4), st.integers(1, 3), st.text(max_size=3))
def test_no_fairer_share_is_possible(both: int, silent: int, volunteers: int, per_rater: int, seed: str) -> None:
    """Against every assignment there is, for small groups of people who answered and rate, only answered, or only rate."""
    authors = [f"both{n}" for n in range(both)] + [f"silent{n}" for n in range(min(silent, 4 - both))]
    raters = [f"both{n}" for n in range(both)] + [f"volunteer{n}" for n in range(min(volunteers, 4 - both))]
    choices = []
    for rater in raters:
        others = [author for author in authors if author != rater]
        choices.append(list(combinations(others, min(per_rater, len(others)))))
    possible = (Counter(author for whose in one for author in whose) for one in product(*choices))
    fairest = min(sum(counts[author] ** 2 for author in authors) for counts in possible)
    found = shares(authors, assign(authors, raters, per_rater, seed))
    assert sum(count**2 for count in found) == fairest


@settings(deadline=None)
@given(names, names, st.integers(2, 3), st.text(max_size=3), st.randoms(use_true_random=False))
def test_the_same_seed_gives_the_same(
    authors: list[str], raters: list[str], per_rater: int, seed: str, chance: object
) -> None:
    mixed_authors, mixed_raters = [*authors, *authors], [*raters]
    chance.shuffle(mixed_authors)  # type: ignore[attr-defined]
    chance.shuffle(mixed_raters)  # type: ignore[attr-defined]
    assert assign(authors, raters, per_rater, seed) == assign(mixed_authors, mixed_raters, per_rater, seed)


def test_seeds_differ() -> None:
    people = [f"p{number}" for number in range(10)]
    assert len({tuple(sorted(assign(people, people, 2, str(seed)).items())) for seed in range(20)}) > 15


@pytest.mark.parametrize(
    ("authors", "found"),
    [
        ([], {"ann": (), "ben": ()}),
        (["ann"], {"ann": (), "ben": ("ann",)}),
        (["ann", "ben"], {"ann": ("ben",), "ben": ("ann",)}),
    ],
)
def test_few_answers(authors: list[str], found: dict[str, tuple[str, ...]]) -> None:
    assert assign(authors, ["ann", "ben"], 3, "s") == found


def test_three_answers() -> None:
    people = ["ann", "ben", "eva"]
    assert shares(people, assign(people, people, 1, "s")) == [1, 1, 1]
    everything = assign(people, [*people, "volunteer"], 3, "s")
    assert [len(everything[name]) for name in (*people, "volunteer")] == [2, 2, 2, 3]


def test_nobody_rates() -> None:
    assert assign(["ann", "ben"], [], 3, "s") == {}


def test_five_hundred_answers_and_volunteers_in_no_time() -> None:
    authors = [f"p{number}" for number in range(500)]
    raters = [*authors[:400], *(f"volunteer{number}" for number in range(33))]
    started = time.process_time()
    found = assign(authors, raters, 3, "s")
    assert time.process_time() - started < 1
    assert sum(len(whose) for whose in found.values()) == 433 * 3
    assert set(shares(authors, found)) == {2, 3}


@settings(deadline=None)
@given(names, names, st.text(max_size=3))
def test_coming_later_levels_what_is_there(authors: list[str], late: list[str], seed: str) -> None:
    ratings = dict.fromkeys(authors, 0)
    for rater in late:
        done: list[str] = []
        while (author := next_for(rater, ratings, done, seed)) is not None:
            assert author not in {rater, *done}
            assert ratings[author] == min(ratings[one] for one in authors if one not in {rater, *done})
            done.append(author)
            ratings[author] += 1
        assert set(done) == set(authors) - {rater}


def test_people_who_come_later_begin_with_different_answers() -> None:
    ratings = {f"p{number}": 1 for number in range(10)}
    assert len({next_for(f"late{number}", ratings, (), "s") for number in range(20)}) > 4

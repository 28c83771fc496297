"""Which question comes next: all of them before any comes back, weak matters more often, types mixed."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.study.drawing import Item, draw, matching, remaining, runs_dry

TYPES = ("concept", "debugging", "strategy", "trade-off")


@st.composite
def pools(draw_: st.DrawFn) -> tuple[Item, ...]:
    kinds = draw_(st.lists(st.sampled_from(TYPES), min_size=1, max_size=14))
    tags = st.sets(st.sampled_from(("numbers", "users", "models")), max_size=2)
    return tuple(Item(f"q{number}", kind, tags=tuple(sorted(draw_(tags)))) for number, kind in enumerate(kinds))


weaknesses = st.dictionaries(st.sampled_from((*TYPES, "numbers", "users")), st.floats(0, 1))


def asked_over(pool: tuple[Item, ...], days: int, weak: dict[str, float], asked: list[str] | None = None) -> list[str]:
    """The questions of so many days, one after the other."""
    asked = list(asked or ())
    for day in range(days):
        name = draw(pool, asked, weak, f"stream:{day}")
        assert name is not None
        asked.append(name)
    return asked


@settings(deadline=None)
@given(pools(), weaknesses)
def test_every_question_is_asked_before_one_comes_back(pool: tuple[Item, ...], weak: dict[str, float]) -> None:
    asked = asked_over(pool, len(pool), weak)
    assert sorted(asked) == sorted(item.id for item in pool)
    assert remaining(pool, asked) == 0


@settings(deadline=None)
@given(pools(), weaknesses)
def test_later_on_nothing_comes_back_soon_and_nothing_is_forgotten(
    pool: tuple[Item, ...], weak: dict[str, float]
) -> None:
    asked = asked_over(pool, 6 * len(pool), weak)
    size = len(pool)
    for number, name in enumerate(asked):
        between = asked[number + 1 :].index(name) if name in asked[number + 1 :] else None
        if between is not None:
            assert between >= size - -(-size // 3)
    assert set(asked[-2 * size :]) == {item.id for item in pool}
    if size > 1:
        assert all(one != other for one, other in pairwise(asked))


def test_one_question_is_asked_again_and_again() -> None:
    assert asked_over((Item("only", "concept"),), 3, {}) == ["only"] * 3


@settings(deadline=None)
@given(pools(), weaknesses)
def test_never_one_type_three_days_running_while_there_is_another_new_one(
    pool: tuple[Item, ...], weak: dict[str, float]
) -> None:
    kinds = {item.id: item.type for item in pool}
    asked = asked_over(pool, len(pool), weak)
    for number in range(2, len(asked)):
        if len({kinds[name] for name in asked[number - 2 : number + 1]}) == 1:
            assert {kinds[name] for name in asked[number:]} == {kinds[asked[number]]}


def test_mixed_types_stay_mixed_when_questions_come_back() -> None:
    pool = tuple(Item(f"{kind}{number}", kind) for kind in TYPES for number in range(6))
    asked = asked_over(pool, 10 * len(pool), {})
    kinds = {item.id: item.type for item in pool}
    runs = [len({kinds[name] for name in asked[number : number + 3]}) for number in range(len(pool), len(asked) - 3)]
    assert min(runs) > 1


@settings(deadline=None)
@given(pools(), weaknesses, st.integers(0, 20), st.randoms(use_true_random=False))
def test_the_same_seed_draws_the_same(
    pool: tuple[Item, ...], weak: dict[str, float], days: int, chance: object
) -> None:
    asked = asked_over(pool, days, weak)
    mixed = list(pool)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    assert draw(mixed, asked, weak, "s") == draw(pool, asked, weak, "s")


@settings(deadline=None)
@given(pools(), weaknesses)
def test_a_question_added_changes_a_draw_only_by_being_drawn(pool: tuple[Item, ...], weak: dict[str, float]) -> None:
    more = (*pool, Item("new", "concept"))
    assert draw(more, (), weak, "s") in {"new", draw(pool, (), weak, "s")}


def test_what_the_group_is_weakest_at_comes_more_often_and_not_only_that() -> None:
    pool = tuple(Item(f"{kind}{number}", kind) for kind in TYPES for number in range(10))
    weak = {"debugging": 1.0, "concept": 0.0}
    first = Counter(draw(pool, (), weak, f"{number}") for number in range(2_000))
    kinds: Counter[str] = Counter()
    for name, times in first.items():
        kinds[str(name).rstrip("0123456789")] += times
    # Weights 4, 1 and twice 2.5: shares of .4, .1, .25 and .25.
    assert 700 < kinds["debugging"] < 900
    assert 130 < kinds["concept"] < 270
    assert 400 < kinds["strategy"] < 600


def test_tags_count_too() -> None:
    pool = tuple(Item(f"{tag}{number}", "concept", tags=(tag,)) for tag in ("numbers", "users") for number in range(5))
    first = Counter(str(draw(pool, (), {"numbers": 1.0, "users": 0.0}, f"{n}"))[:5] for n in range(500))
    assert first["numbe"] > 3 * first["users"]


def test_what_was_asked_may_have_left_the_pool() -> None:
    pool = (Item("a", "concept"), Item("b", "concept"))
    assert draw(pool, ["gone", "a", "gone too"], {}, "s") == "b"
    assert draw(pool, ["gone", "b", "a", "gone too"], {}, "s") == "b"


def test_a_new_question_comes_before_old_ones() -> None:
    pool = tuple(Item(f"q{number}", "concept") for number in range(5))
    asked = asked_over(pool, 12, {})
    assert draw((*pool, Item("new", "concept")), asked, {}, "s") == "new"


def test_an_empty_pool() -> None:
    assert draw((), ["a"], {}, "s") is None
    assert runs_dry((), (), 5) == 0


def test_filters() -> None:
    items = (
        Item("a", "concept", ("mid",), ("numbers",), "starter", 5),
        Item("b", "debugging", ("mid", "senior"), ("models",), "starter", 20),
        Item("c", "debugging", ("principal",), ("numbers", "models"), "ours", 20),
    )

    def ids(**filters: tuple[str, ...]) -> list[str]:
        return [item.id for item in matching(items, **filters)]

    assert ids() == ["a", "b", "c"]
    assert ids(types=("debugging",)) == ["b", "c"]
    assert ids(levels=("senior", "principal")) == ["b", "c"]
    assert ids(tags=("numbers",), packs=("starter",)) == ["a"]
    assert ids(types=("strategy",)) == []


def test_when_it_runs_dry() -> None:
    pool = tuple(Item(f"q{number}", "concept") for number in range(10))
    assert runs_dry(pool, (), 5) == 14
    assert runs_dry(pool, ["q0", "q1", "q1", "gone"], 7) == 8
    assert runs_dry(pool, [f"q{number}" for number in range(5)], 5) == 7
    assert runs_dry(pool, [item.id for item in pool], 5) == 0
    assert runs_dry(pool, (), 0) is None

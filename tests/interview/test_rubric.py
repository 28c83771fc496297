"""From checks to levels: the table of docs/rubrics.md, computed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.meanings import Verdict
from bot.interview import rubric
from bot.interview.grader import Finding
from bot.library.items import Anchors, Cap, Check, Criterion, Dimension, Kind, Question, Rubric
from bot.library.load import Library

MET, PARTLY, NOT = Verdict.MET, Verdict.PARTLY, Verdict.NOT
ANCHORS = Anchors.model_validate({"1": "nothing", "3": "some", "5": "all"})


def criterion(name: str, *levels: int, weight: int = 1, dimension: str = "diagnosis") -> Criterion:
    """A criterion with a check for each level given."""
    checks = tuple(
        Check(
            id=f"{name}-{n}",
            says="Says it",
            level=level,
            phrasings=("one way", "two ways", "three ways"),
            probe="What?",
            next="Say it",
        )
        for n, level in enumerate(levels)
    )
    return Criterion(id=name, name=name, dimension=dimension, weight=weight, anchors=ANCHORS, checks=checks)


def found(one: Criterion, *verdicts: Verdict) -> dict[str, Finding]:
    return {check.id: Finding(check.id, verdict) for check, verdict in zip(one.checks, verdicts, strict=True)}


@pytest.mark.parametrize(
    ("verdicts", "level"),
    [
        ((MET, MET, MET), 4),
        ((MET, MET, PARTLY), 4),
        ((MET, MET, NOT), 3),
        ((PARTLY, MET, MET), 1),
        ((NOT, MET, MET), 1),
        ((NOT, NOT, NOT), None),
    ],
)
def test_the_table_of_the_docs(verdicts: tuple[Verdict, ...], level: int | None) -> None:
    one = criterion("a", 3, 4, 4)
    assert rubric.level_of(one, found(one, *verdicts)) == level


@given(st.lists(st.sampled_from([MET, PARTLY, NOT]), min_size=4, max_size=4), st.integers(0, 3))
def test_showing_more_never_lowers_a_level(verdicts: list[Verdict], which: int) -> None:
    one = criterion("a", 2, 3, 4, 5)
    before = rubric.level_of(one, found(one, *verdicts)) or 0
    better = [*verdicts]
    better[which] = MET
    assert (rubric.level_of(one, found(one, *better)) or 0) >= before


def question(*criteria: Criterion) -> Question:
    base = Library.open().all()[0]
    return base.model_copy(update={"criteria": criteria})


def rubric_with(*caps: Cap) -> Rubric:
    dimensions = tuple(
        Dimension(id=name, name=name, judges="it", anchors=ANCHORS) for name in ("diagnosis", "recovery")
    )
    return Rubric(type=Kind.DEBUGGING, label="Debugging", judges="it", dimensions=dimensions, caps=caps)


def test_a_diagnosis_without_recovery_is_held_down_and_the_reason_is_kept() -> None:
    diagnosis, recovery = criterion("diagnosis", 3, 4, 5), criterion("recovery", 3, dimension="recovery")
    cap = Cap(id="no-recovery", needs="recovery", at_least=3, limits="diagnosis", to=3, because="Found is not mended.")
    findings = [*found(diagnosis, MET, MET, MET).values(), *found(recovery, NOT).values()]
    standing = rubric.standings(question(diagnosis, recovery), rubric_with(cap), findings)
    assert standing["diagnosis"] == rubric.Standing(3, ("Found is not mended.",))
    assert standing["recovery"] == rubric.Standing(None)
    with_recovery = rubric.standings(
        question(diagnosis, recovery), rubric_with(cap), [*findings[:3], *found(recovery, MET).values()]
    )
    assert with_recovery["diagnosis"].level == 5


def test_a_cap_needs_its_dimension_in_the_question() -> None:
    diagnosis = criterion("diagnosis", 3, 4, 5)
    cap = Cap(id="no-recovery", needs="recovery", at_least=3, limits="diagnosis", to=3, because="Found is not mended.")
    standing = rubric.standings(
        question(diagnosis, diagnosis), rubric_with(cap), found(diagnosis, MET, MET, MET).values()
    )
    assert standing["diagnosis"].level == 5


def test_the_overall_counts_what_was_not_shown_as_one() -> None:
    heavy, light = criterion("heavy", 4, weight=3), criterion("light", 4)
    asked = question(heavy, light)
    assert rubric.overall(asked, rubric_with(), {"heavy": 4, "light": None}) == 3.2
    assert rubric.overall(asked, rubric_with(), {"heavy": None, "light": None}) is None
    cap = Cap(id="low", needs="diagnosis", at_least=5, limits="overall", to=2, because="Because.")
    assert rubric.overall(asked, rubric_with(cap), {"heavy": 4, "light": 4}) == 2.0

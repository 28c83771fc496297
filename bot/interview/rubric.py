"""From checks to levels: one pure computation, the same whoever judged.

A check declares the level it is evidence for. A level of a criterion is reached when its checks earn at least three quarters
of their weight (met counts fully, partly half); a criterion stands at the highest level reached with every level below it
reached too. Any evidence at all is level 1; none is "not shown". Then the caps of the type's rubric keep levels down, and
the overall is the weighted mean, in which "not shown" counts as 1. The table in docs/rubrics.md says the same for people.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.chat.meanings import Verdict
from bot.interview.grader import Finding
from bot.library.items import Cap, Criterion, Question, Rubric

REACHED = 0.75
"""Share of a level's check weight that must be earned: two of three checks are not enough, one met and one partly are."""

CREDIT: Mapping[Verdict, float] = {Verdict.MET: 1.0, Verdict.COVERED: 1.0, Verdict.PARTLY: 0.5}
"""What a verdict earns; all others earn nothing."""

NOT_SHOWN_COUNTS = 1.0
"""What a criterion that was not shown counts in the overall."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a criterion stands. `level` None: not shown. `because`: the reasons of the caps that lowered it."""

    level: int | None
    because: tuple[str, ...] = ()


def credit_of(verdict: Verdict) -> float:
    """What a verdict earns towards a level, 0 to 1."""
    return CREDIT.get(verdict, 0.0)


def level_of(criterion: Criterion, findings: Mapping[str, Finding]) -> int | None:
    """The level a criterion reaches by its checks alone, None when nothing was shown."""
    earned = {check.id: credit_of(findings[check.id].verdict) for check in criterion.checks if check.id in findings}
    if not any(earned.values()):
        return None
    level = 1
    for step in sorted({check.level for check in criterion.checks}):
        checks = [check for check in criterion.checks if check.level == step]
        share = sum(earned.get(check.id, 0.0) * check.weight for check in checks) / sum(c.weight for c in checks)
        if share < REACHED:
            break
        level = step
    return level


def standings(question: Question, rubric: Rubric, findings: Iterable[Finding]) -> dict[str, Standing]:
    """Every criterion's standing, caps applied."""
    by_check = {finding.check: finding for finding in findings}
    levels = {criterion.id: level_of(criterion, by_check) for criterion in question.criteria}
    standing = {name: Standing(level) for name, level in levels.items()}
    for cap in rubric.caps:
        if not _holds_down(cap, question, levels):
            continue
        for criterion in question.criteria:
            level = standing[criterion.id].level
            if criterion.dimension == cap.limits and level is not None and level > cap.to:
                standing[criterion.id] = Standing(cap.to, (*standing[criterion.id].because, cap.because))
    return standing


def overall(question: Question, rubric: Rubric, levels: Mapping[str, int | None]) -> float | None:
    """The weighted mean of the levels, 1.0 to 5.0 with one decimal, after caps on the overall; None if nothing was shown.

    `levels` are those of `standings`.
    """
    if all(level is None for level in levels.values()):
        return None
    total = sum(criterion.weight for criterion in question.criteria)
    mean = sum(_counted(levels.get(c.id)) * c.weight for c in question.criteria) / total
    for cap in rubric.caps:
        if cap.limits == "overall" and _holds_down(cap, question, levels):
            mean = min(mean, float(cap.to))
    return round(mean, 1)


def _counted(level: int | None) -> float:
    return NOT_SHOWN_COUNTS if level is None else float(level)


def _holds_down(cap: Cap, question: Question, levels: Mapping[str, int | None]) -> bool:
    needed = [levels.get(criterion.id) for criterion in question.criteria if criterion.dimension == cap.needs]
    # A question without that dimension cannot be capped for lacking it.
    return bool(needed) and max(level or 0 for level in needed) < cap.at_least

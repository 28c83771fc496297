"""The shape of content: a question, the rubric of its type, a persona.

These models are the schema authors write against; the JSON Schema files are generated from them. They check the shape of one
file; what needs a look across fields or files (leaks, repeats, unused facts) is `lint`'s work. Reading files is `load`'s.
"""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
StockKey = Annotated[str, StringConstraints(pattern=r"^[a-z]+(_[a-z]+)*$", max_length=40)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=400)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=6000)]


class Kind(StrEnum):
    """The types of question; each has a rubric of its own in `questions/rubrics/`."""

    CONCEPT = "concept"
    RAPID_FIRE = "rapid-fire"
    PRODUCT_DESIGN = "product-design"
    PRODUCTION_FAILURE = "production-failure"
    TRADE_OFF = "trade-off"
    EXECUTIVE_COMMUNICATION = "executive-communication"
    SYSTEM_DESIGN = "system-design"
    DEBUGGING = "debugging"
    BEHAVIOURAL = "behavioural"
    STRATEGY = "strategy"
    DELIVERY_ROADMAP = "delivery-roadmap"
    COMPENSATION = "compensation"


LIGHT_KINDS = frozenset({Kind.CONCEPT, Kind.RAPID_FIRE})
"""Kinds whose items need no facts, variants, curveball or challenge."""


class Level(StrEnum):
    """The seniority an interview is held at."""

    MID = "mid"
    SENIOR = "senior"
    PRINCIPAL = "principal"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Anchors(_Strict):
    """What a level looks like in behaviour, for one criterion. Never shown before grading."""

    one: Line = Field(alias="1")
    three: Line = Field(alias="3")
    five: Line = Field(alias="5")


class Check(_Strict):
    """One atomic, observable thing a candidate may show.

    `says` names it in the words of a scorecard ("Compares when a page was indexed with when it was edited"); `level` is the
    level it is evidence for; `phrasings` are ways a candidate might put it, matched by the offline coach; `probe` is the
    one question that invites it without giving it away; `next` is the advice when it was not shown. `asks` names facts of the
    item: a candidate who asked for one of them has shown this check by asking.
    """

    id: Slug
    says: Line
    level: Literal[2, 3, 4, 5]
    weight: int = Field(default=1, ge=1, le=3)
    phrasings: tuple[Line, ...] = Field(min_length=3, max_length=7)
    asks: tuple[Slug, ...] = Field(default=(), max_length=4)
    probe: Line
    next: Line


class Criterion(_Strict):
    """One thing that is judged. `dimension` ties it to the type's rubric, whose caps speak of dimensions."""

    id: Slug
    name: Line
    dimension: Slug
    weight: int = Field(default=1, ge=1, le=5)
    anchors: Anchors
    checks: tuple[Check, ...] = Field(min_length=1, max_length=6)
    follow_ups: tuple[Line, ...] = Field(default=(), max_length=4)


class Fact(_Strict):
    """Something the interviewer knows and says only when asked. `asked_by` are ways a candidate might ask for it."""

    id: Slug
    text: Line
    asked_by: tuple[Line, ...] = Field(min_length=2, max_length=8)
    layer: Slug | None = None


class Curveball(_Strict):
    """A change of circumstances in mid-answer, ending in one question."""

    text: Line
    checks: tuple[Slug, ...] = ()


class Challenge(_Strict):
    """A wrong claim the interviewer makes and holds until given a reason.

    `text` makes the claim and asks one question; `hold` stays with it when the candidate only insists; `yields_to` are
    reasons that settle it; `concede` is said then. `persona` makes the challenge somebody else's in a role-play.
    """

    text: Line
    hold: Line
    yields_to: tuple[Line, ...] = Field(min_length=2, max_length=6)
    concede: Line
    persona: Slug | None = None


class LevelNote(_Strict):
    """What changes at one level: a sentence added to the scenario, and what is expected at it (shown with feedback)."""

    adds: Annotated[str, StringConstraints(max_length=400)] = ""
    expects: Line


class Exemplars(_Strict):
    """Three answers as a person might give them, and what separates the last two."""

    weak: Text
    adequate: Text
    outstanding: Text
    difference: Line


class Sum(_Strict):
    """Arithmetic that an item relies on: an expression over its variants' numbers and the value it must have."""

    expression: Line
    equals: Line


class Question(_Strict):
    """One item of the bank. Texts may hold `{name}` placeholders, filled from the variant drawn for an interview."""

    id: Slug
    type: Kind
    title: Line
    levels: tuple[Level, ...] = Field(min_length=1)
    minutes: int = Field(ge=1, le=60)
    tags: tuple[Slug, ...] = Field(min_length=1, max_length=10)
    sources: tuple[str, ...] = ()
    note: str = ""
    review_by: date | None = None
    personas: tuple[Slug, ...] = Field(min_length=1, max_length=3)
    variants: tuple[dict[str, str | int | float], ...] = ()
    prompt: Text
    by_level: dict[Level, LevelNote] = Field(default_factory=dict)
    facts: tuple[Fact, ...] = Field(default=(), max_length=14)
    criteria: tuple[Criterion, ...] = Field(min_length=2, max_length=5)
    curveball: Curveball | None = None
    challenge: Challenge | None = None
    hints: tuple[Line, Line, Line]
    exemplars: Exemplars
    sums: tuple[Sum, ...] = ()

    @property
    def checks(self) -> tuple[Check, ...]:
        """Every check of every criterion, in order."""
        return tuple(check for criterion in self.criteria for check in criterion.checks)

    def criterion_of(self, check_id: str) -> Criterion:
        """The criterion a check belongs to; KeyError if no criterion has it."""
        for criterion in self.criteria:
            if any(check.id == check_id for check in criterion.checks):
                return criterion
        raise KeyError(check_id)

    def check(self, check_id: str) -> Check:
        """The check with this id; KeyError if there is none."""
        for criterion in self.criteria:
            for check in criterion.checks:
                if check.id == check_id:
                    return check
        raise KeyError(check_id)

    def drawn(self, number: int) -> Question:
        """This question with variant `number` (modulo how many there are) filled into every text."""
        if not self.variants:
            return self
        values = {name: str(value) for name, value in self.variants[number % len(self.variants)].items()}
        # Filled-in texts were checked as templates; a long value must not fail validation in the middle of an interview.
        return _filled(self, values)


M = TypeVar("M", bound=BaseModel)
PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")


def fill(text: str, values: dict[str, str]) -> str:
    """Replace `{name}` by its value; a name without a value stays as it is (lint reports it)."""
    return PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), text) if "{" in text else text


def _filled_value(value: object, values: dict[str, str]) -> object:
    if isinstance(value, StrEnum):
        return value
    if isinstance(value, str):
        return fill(value, values)
    if isinstance(value, tuple):
        return tuple(_filled_value(held, values) for held in value)
    if isinstance(value, dict):
        return {key: _filled_value(held, values) for key, held in value.items()}
    if isinstance(value, BaseModel):
        return _filled(value, values)
    return value


def _filled(model: M, values: dict[str, str]) -> M:
    changed = {
        name: _filled_value(getattr(model, name), values)
        for name in type(model).model_fields
        if name not in {"id", "variants"}
    }
    return model.model_copy(update=changed)


class Dimension(_Strict):
    """One thing judged in every question of a type, with general anchors."""

    id: Slug
    name: Line
    judges: Line
    anchors: Anchors


class Cap(_Strict):
    """A rule that keeps levels down: unless `needs` stands at `at_least` or above, `limits` (a dimension, or
    `overall`) stands at most at `to`."""

    id: Slug
    needs: Slug
    at_least: Literal[2, 3, 4, 5]
    limits: Slug
    to: Literal[1, 2, 3, 4]
    because: Line


class Rubric(_Strict):
    """What is judged in every question of one type."""

    type: Kind
    label: Line
    judges: Line
    dimensions: tuple[Dimension, ...] = Field(min_length=2, max_length=6)
    caps: tuple[Cap, ...] = ()


class Persona(_Strict):
    """An interviewer. `lines` replaces Hotseat's stock wording for some moves (redirect, no_data, hand_back, …)."""

    id: Slug
    name: Line
    role: Line
    voice: Line
    concerns: tuple[Line, ...] = Field(min_length=1, max_length=6)
    forbidden: tuple[Line, ...] = ()
    greeting: Line
    lines: dict[StockKey, tuple[Line, ...]] = Field(default_factory=dict)


class PackFile(_Strict):
    """What a group says of its own folder of questions, in `pack.yaml`."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
    replaces_bank: bool = False
    note: str = ""

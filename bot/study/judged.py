"""What an answer of a round is judged on: the question's criteria, or its type's dimensions where a member suggested it.

The same anchors serve the members' ratings and the coach. The form, its reading and what a rating comes to are here; who rates
whom is `pairing`'s, how close raters came is `agreement`'s.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from bot.chat import daily
from bot.chat.ids import Address
from bot.chat.meanings import Field, Form
from bot.library.items import Anchors, Question, Rubric
from bot.library.load import Library
from bot.study.sealed import Answer, Rating, RoundState

MOST = 4
"""Criteria in one form: more than a platform's form can hold, and more than anybody rates well at once."""

WORKED, NEXT = "worked", "next"
"""Fields where there are no numbers."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One thing that is judged, with its anchors. `dimension` is what it is called in every question of the type."""

    id: str
    name: str
    anchors: Anchors
    dimension: str


def question_of(state: RoundState, library: Library) -> Question | None:
    """The question as it was put; None for a member's question, or for one that has left the bank."""
    if state.suggested:
        return None
    try:
        return library.drawn(state.question, state.seed)
    except LookupError:
        return None


def criteria(state: RoundState, library: Library) -> tuple[Judged, ...]:
    """What is judged, the heaviest first."""
    question = question_of(state, library)
    names = {held.id: held.name for held in library.rubric(state.type).dimensions}
    if question is not None:
        heaviest = sorted(question.criteria, key=lambda held: -held.weight)[:MOST]
        return tuple(Judged(held.id, held.name, held.anchors, names[held.dimension]) for held in heaviest)
    rubric: Rubric = library.rubric(state.type)
    return tuple(Judged(held.id, held.name, held.anchors, held.name) for held in rubric.dimensions[:MOST])


def form(state: RoundState, answer: Answer, library: Library) -> Form:
    """The form to rate an answer, which names nobody."""
    shown = f"{state.title}\n\nThe answer:\n{answer.text}"
    name = daily.form_id(daily.RATE, f"{state.id.key}:{answer.number}")
    if not state.numbers:
        words = (
            Field(WORKED, "What worked in it?", "long"),
            Field(NEXT, "What would you try next?", "long"),
        )
        return Form(name, "Somebody's answer", shown, words, "Send")
    judged = criteria(state, library)
    scale = "\n".join(
        f"{one.name}. 1: {one.anchors.one} 3: {one.anchors.three} 5: {one.anchors.five}" for one in judged
    )
    fields = tuple(Field(one.id, one.name, "scale", required=True) for one in judged)
    return Form(name, "Somebody's answer", f"{shown}\n\nThe scale:\n{scale}", fields, "Send")


def problems(state: RoundState, fields: Mapping[str, str], library: Library) -> dict[str, str]:
    """What is wrong with a filled-in rating, by field."""
    if not state.numbers:
        if not any(fields.get(name, "").strip() for name in (WORKED, NEXT)):
            return {WORKED: "A sentence on what worked, or on what to try, is what helps them most."}
        return {}
    wrong = {}
    for one in criteria(state, library):
        if fields.get(one.id, "").strip() not in {"1", "2", "3", "4", "5"}:
            wrong[one.id] = "Choose a level from 1 to 5."
    return wrong


def rating(
    state: RoundState, rater: str, answer: Answer, fields: Mapping[str, str], at_ms: int, library: Library
) -> Rating:
    """What was entered, as a rating; `problems` has found none."""
    if not state.numbers:
        worked, after = fields.get(WORKED, "").strip(), fields.get(NEXT, "").strip()
        return Rating(Address(rater), answer.person.address, at_ms, worked=worked, next=after)
    levels = {one.id: int(fields[one.id]) for one in criteria(state, library)}
    return Rating(Address(rater), answer.person.address, at_ms, levels)


def found(ratings: Sequence[Rating], judged: Sequence[Judged]) -> str:
    """What members made of one answer, in words: levels per criterion, or what they wrote."""
    rows = []
    for one in judged:
        levels = sorted(held.levels[one.id] for held in ratings if one.id in held.levels)
        if levels:
            spread = f", from {levels[0]} to {levels[-1]}" if levels[0] != levels[-1] else ""
            rows.append(f"{one.name}: {median(levels):g}{spread}")
    rows += [f"What worked: {held.worked}" for held in ratings if held.worked]
    rows += [f"To try next: {held.next}" for held in ratings if held.next]
    return "\n".join(rows)

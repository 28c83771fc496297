"""Every authored text of a question, with where it stands and what it is for.

One list that lint's rules share, so that a new field is looked at by all of them once it is named here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from bot.library.items import Anchors, Question
from bot.library.strict_yaml import Where


class Role(StrEnum):
    """What a text is for."""

    TITLE = "title"
    NAME = "name"
    PROMPT = "prompt"
    ADDS = "adds"
    EXPECTS = "expects"
    FACT = "fact"
    ASKED_BY = "asked_by"
    ANCHOR = "anchor"
    SAYS = "says"
    PHRASING = "phrasing"
    PROBE = "probe"
    NEXT = "next"
    FOLLOW_UP = "follow_up"
    CURVEBALL = "curveball"
    CHALLENGE = "challenge"
    HOLD = "hold"
    YIELDS_TO = "yields_to"
    CONCEDE = "concede"
    HINT = "hint"
    EXEMPLAR = "exemplar"
    DIFFERENCE = "difference"
    SUM = "sum"


ASKS = frozenset({Role.PROBE, Role.FOLLOW_UP, Role.CURVEBALL, Role.CHALLENGE, Role.HOLD})
"""What an interviewer says to ask: exactly one question, at the end."""

MAY_ASK = frozenset({Role.PROMPT, Role.HINT, Role.CONCEDE})
"""What an interviewer says that may hold one question."""

SPOKEN = ASKS | MAY_ASK | {Role.FACT, Role.ADDS}
"""Everything an interviewer says."""

OWN_WORDS = frozenset({Role.PROBE, Role.FOLLOW_UP, Role.HINT, Role.ANCHOR, Role.PHRASING, Role.NEXT, Role.SAYS})
"""What must be written anew for every question."""

CANDIDATES = frozenset({Role.ASKED_BY, Role.PHRASING, Role.YIELDS_TO, Role.EXEMPLAR})
"""Words put in a candidate's mouth, who may speak as they like."""


@dataclass(frozen=True, slots=True)
class Text:
    """One text: the way to its field, its role, the template as written, and the criterion, check or fact it belongs to."""

    where: Where
    role: Role
    template: str
    criterion: str = ""
    owner: str = ""


def of(question: Question) -> tuple[Text, ...]:
    """All texts of a question in the order of its fields."""
    return tuple(_of(question))


def _of(question: Question) -> Iterator[Text]:
    yield Text(("title",), Role.TITLE, question.title)
    yield Text(("prompt",), Role.PROMPT, question.prompt)
    for level, note in question.by_level.items():
        if note.adds:
            yield Text(("by_level", level.value, "adds"), Role.ADDS, note.adds, owner=level.value)
        yield Text(("by_level", level.value, "expects"), Role.EXPECTS, note.expects)
    for number, fact in enumerate(question.facts):
        yield Text(("facts", number, "text"), Role.FACT, fact.text, owner=fact.id)
        yield from _list(("facts", number, "asked_by"), Role.ASKED_BY, fact.asked_by, owner=fact.id)
    yield from _criteria(question)
    if question.curveball:
        yield Text(("curveball", "text"), Role.CURVEBALL, question.curveball.text)
    if question.challenge:
        yield Text(("challenge", "text"), Role.CHALLENGE, question.challenge.text)
        yield Text(("challenge", "hold"), Role.HOLD, question.challenge.hold)
        yield from _list(("challenge", "yields_to"), Role.YIELDS_TO, question.challenge.yields_to)
        yield Text(("challenge", "concede"), Role.CONCEDE, question.challenge.concede)
    yield from _list(("hints",), Role.HINT, question.hints)
    exemplars = question.exemplars
    yield Text(("exemplars", "weak"), Role.EXEMPLAR, exemplars.weak)
    yield Text(("exemplars", "adequate"), Role.EXEMPLAR, exemplars.adequate)
    yield Text(("exemplars", "outstanding"), Role.EXEMPLAR, exemplars.outstanding)
    yield Text(("exemplars", "difference"), Role.DIFFERENCE, exemplars.difference)
    for number, held in enumerate(question.sums):
        yield Text(("sums", number, "expression"), Role.SUM, held.expression)
        yield Text(("sums", number, "equals"), Role.SUM, held.equals)


def _criteria(question: Question) -> Iterator[Text]:
    for number, criterion in enumerate(question.criteria):
        where: Where = ("criteria", number)
        yield Text((*where, "name"), Role.NAME, criterion.name, criterion.id)
        yield from anchors((*where, "anchors"), criterion.anchors, criterion.id)
        for place, check in enumerate(criterion.checks):
            here = (*where, "checks", place)
            yield Text((*here, "says"), Role.SAYS, check.says, criterion.id, check.id)
            yield from _list((*here, "phrasings"), Role.PHRASING, check.phrasings, criterion.id, check.id)
            yield Text((*here, "probe"), Role.PROBE, check.probe, criterion.id, check.id)
            yield Text((*here, "next"), Role.NEXT, check.next, criterion.id, check.id)
        yield from _list((*where, "follow_ups"), Role.FOLLOW_UP, criterion.follow_ups, criterion.id)


def anchors(where: Where, held: Anchors, criterion: str = "") -> Iterator[Text]:
    """The three anchors as texts, named as they are written."""
    for name, text in (("1", held.one), ("3", held.three), ("5", held.five)):
        yield Text((*where, name), Role.ANCHOR, text, criterion)


def _list(where: Where, role: Role, held: tuple[str, ...], criterion: str = "", owner: str = "") -> Iterator[Text]:
    for number, text in enumerate(held):
        yield Text((*where, number), role, text, criterion, owner)

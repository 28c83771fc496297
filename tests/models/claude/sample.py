"""A small question, its interviewer, and the requests an engine would make about them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.chat.ids import Person
from bot.interview import evidence
from bot.interview.evidence import Sentence
from bot.interview.grader import GradeRequest
from bot.interview.interviewer import Line, Move, MoveKind, TurnRequest
from bot.library.items import Persona, Question

PERSON = Person("terminal", "home", "ada", "Ada")


def _check(name: str, says: str, level: int, phrasings: tuple[str, str, str]) -> dict[str, Any]:
    return {
        "id": name,
        "says": says,
        "level": level,
        "phrasings": phrasings,
        "probe": f"What would tell you that about the {name.split('-', maxsplit=1)[0]}?",
        "next": f"Advice for {name} that only feedback may give.",
    }


QUESTION = Question.model_validate(
    {
        "id": "late-parcels",
        "type": "production-failure",
        "title": "Parcels that promise too much",
        "levels": ["mid", "senior"],
        "minutes": 15,
        "tags": ["forecasting"],
        "personas": ["noor"],
        "prompt": "Our delivery-date model promises two days and parcels take four. How do you find out what is wrong?",
        "by_level": {
            "senior": {"adds": "A carrier contract ends on Friday.", "expects": "Acts before the cause is known."}
        },
        "facts": [
            {
                "id": "when",
                "text": "It began 9 days ago, on a Monday.",
                "asked_by": ["since when", "when did it start"],
            },
            {
                "id": "where",
                "text": "Only parcels through the northern depot are late.",
                "asked_by": ["which depot", "where"],
            },
        ],
        "criteria": [
            {
                "id": "finds-the-layer",
                "name": "Finds the layer by evidence",
                "dimension": "diagnosis",
                "weight": 3,
                "anchors": {
                    "1": "Anchor one of diagnosis.",
                    "3": "Anchor three of diagnosis.",
                    "5": "Anchor five of diagnosis.",
                },
                "checks": [
                    _check(
                        "split-by-depot",
                        "Compares late parcels by depot and carrier",
                        3,
                        ("phrasing depot one", "p2", "p3"),
                    ),
                    _check(
                        "inputs-first", "Looks at the inputs before the model", 4, ("phrasing inputs one", "p5", "p6")
                    ),
                ],
                "follow_ups": ["What else could it be?"],
            },
            {
                "id": "tells-people",
                "name": "Tells the people affected",
                "dimension": "people",
                "anchors": {
                    "1": "Anchor one of people.",
                    "3": "Anchor three of people.",
                    "5": "Anchor five of people.",
                },
                "checks": [
                    _check(
                        "warns-customers",
                        "Warns customers who wait for a parcel today",
                        2,
                        ("phrasing warn one", "p8", "p9"),
                    )
                ],
            },
        ],
        "challenge": {
            "text": "Models drift; shall we retrain tonight?",
            "hold": "I still say drift. What speaks against it?",
            "yields_to": ["only one depot is late", "a reason that settles it"],
            "concede": "Fair. Where next?",
        },
        "hints": ["Hint rung one.", "Hint rung two.", "Hint rung three."],
        "exemplars": {
            "weak": "Exemplar weak text.",
            "adequate": "Exemplar adequate text.",
            "outstanding": "Exemplar outstanding text.",
            "difference": "Exemplar difference text.",
        },
    }
)

PERSONA = Persona.model_validate(
    {
        "id": "noor",
        "name": "Noor",
        "role": "head of logistics",
        "voice": "Dry and exact.",
        "concerns": ["what happens this week"],
        "forbidden": ["talk about pay"],
        "greeting": "Morning.",
    }
)

SECRETS = (
    *("Anchor one", "Anchor three", "Anchor five", "phrasing depot", "phrasing inputs", "phrasing warn"),
    *("Exemplar", "Hint rung", "Advice for", "a reason that settles it", "Acts before the cause"),
)
"""Words of the question that no turn's prompt may hold."""

PROBE_DEPOT = Move(MoveKind.PROBE, "split-by-depot", QUESTION.check("split-by-depot").probe)
PROBE_WARN = Move(MoveKind.PROBE, "warns-customers", QUESTION.check("warns-customers").probe)
CLARIFY = Move(MoveKind.CLARIFY)
REDIRECT = Move(MoveKind.REDIRECT, "manipulation", "That isn't part of the case.")
MOVES = (PROBE_DEPOT, PROBE_WARN, CLARIFY, REDIRECT)


def turn(text: str, transcript: Sequence[tuple[str, str]] = (), first: int = 1, **changes: Any) -> TurnRequest:
    """What the engine asks about a turn."""
    lines = (Line("interviewer", QUESTION.prompt), *(Line(by, said) for by, said in transcript))
    given: dict[str, Any] = {
        "session": "s1",
        "question": QUESTION,
        "persona": PERSONA,
        "level": "senior",
        "transcript": lines,
        "text": text,
        "said": evidence.number([(len(lines), text)], first=first),
        "open": Move(MoveKind.POSE, "", "How do you find out what is wrong?"),
        "moves": MOVES,
        "revealed": (),
        "shown": frozenset(),
        "minutes_left": 11.4,
        "person": PERSON,
    }
    return TurnRequest(**(given | changes))


def answer(*texts: str, **changes: Any) -> GradeRequest:
    """What the engine asks about an answer given in these turns."""
    sentences: tuple[Sentence, ...] = evidence.number([(2 * index + 1, text) for index, text in enumerate(texts)])
    given: dict[str, Any] = {
        "session": "s1",
        "question": QUESTION,
        "level": "senior",
        "sentences": sentences,
        "person": PERSON,
    }
    return GradeRequest(**(given | changes))

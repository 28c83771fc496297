"""What Claude is sent, as blocks: the stable part first, what changes last, everything a candidate wrote as escaped data.

Every word is in `prompts/`; this module chooses what goes in. For a turn that is less than the question holds: what must not
leak is not sent. How blocks become a request is `call`'s concern.
"""

from __future__ import annotations

import json
import math
import random
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.interview import evidence
from bot.interview.grader import GradeRequest
from bot.interview.interviewer import Line, MoveKind, TurnRequest
from bot.library.items import Criterion, Level, Question
from bot.library.prompts import render

_SPACES = re.compile(r"\s+")
_JOINERS = frozenset("\u200c\u200d")  # what some scripts and emoji need; every other invisible character goes


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a prompt. `cached` marks the end of a prefix that will be sent again."""

    text: str
    cached: bool = False


def as_data(text: str) -> str:
    """A text as one line that can neither close an element nor start a line of its own, nor hold anything unseen."""
    return as_line(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def as_line(text: str) -> str:
    """A text as one line of visible characters."""
    seen = "".join(
        char if char in _JOINERS or unicodedata.category(char)[0] != "C" else " " if char in "\n\r\t\v\f\x85" else ""
        for char in text
    )
    return _SPACES.sub(" ", seen).strip()


def turn_system(request: TurnRequest) -> tuple[Block, ...]:
    """The part of a turn's prompt that stays the same through an interview."""
    question = request.question
    body = render(
        "turn_question",
        persona=request.persona,
        kind=question.type.value,
        level=request.level,
        scenario=scenario(question, request.level),
        facts=question.facts,
        checks=question.checks,
    )
    return (Block(render("turn_system"), cached=True), Block(body, cached=True))


def turn_message(request: TurnRequest) -> tuple[Block, ...]:
    """The record, growing at its end, and what holds for this turn only."""
    record = [Block(_line(line)) for line in request.transcript]
    record.append(Block(_said([sentence.text for sentence in request.said]), cached=True))
    offered = list(enumerate(request.moves, start=1))
    now = render(
        "turn_now",
        open=as_data(request.open.wording),
        revealed=request.revealed,
        shown=sorted(request.shown),
        challenge=request.challenge if request.challenge in {"open", "held"} else "",
        minutes=math.ceil(request.minutes_left),
        moves=[
            {"n": number, "kind": move.kind.value, "target": move.target, "wording": as_data(move.wording)}
            for number, move in offered
            if move.kind is not MoveKind.REDIRECT
        ],
        # Their stock words are spoken when the wording is empty; here they would cost more than all other moves.
        redirects=[{"n": number, "target": move.target} for number, move in offered if move.kind is MoveKind.REDIRECT],
        rejected=as_data(request.rejected),
    )
    return (*record, Block(now))


def _line(line: Line) -> str:
    if line.by == "candidate":
        return _said(evidence.split(line.text))
    return render("turn_line", by="interviewer", text=as_data(line.text), sentences=())


def _said(sentences: Sequence[str]) -> str:
    return render("turn_line", by="candidate", text="", sentences=[as_data(sentence) for sentence in sentences])


def grade_system(request: GradeRequest) -> tuple[Block, ...]:
    """The part of a grader's prompt that is the same for everyone who answers a question at a level."""
    question = request.question
    note = question.by_level.get(Level(request.level))
    body = render(
        "grade_question",
        kind=question.type.value,
        level=request.level,
        scenario=scenario(question, request.level),
        expects=note.expects if note else "",
        facts=question.facts,
        challenge=question.challenge,
        criteria=question.criteria,
        reference=question.exemplars.outstanding,
    )
    return (Block(render("grade_system"), cached=True), Block(body, cached=True))


def grade_message(
    request: GradeRequest, sentences: Sequence[evidence.Sentence], checks: Sequence[str]
) -> tuple[Block, ...]:
    """The sentences that may be evidence, by turn, and the checks to judge in their order."""
    turns: dict[int, list[evidence.Sentence]] = {}
    for sentence in sentences:
        turns.setdefault(sentence.turn, []).append(sentence)
    answer = render(
        "grade_answer",
        turns=[
            {
                "asked": as_data(request.asked.get(turn, "")),
                "sentences": [{"number": one.number, "text": as_data(one.text)} for one in held],
            }
            for turn, held in turns.items()
        ],
        checks=checks,
    )
    return (Block(answer),)


def shuffled(request: GradeRequest) -> tuple[Criterion, ...]:
    """The criteria asked about, and the checks within each, in an order fixed by the request's seed."""
    order = random.Random(f"{request.question.id}:{request.seed}")  # noqa: S311 - to spread a bias, not to hide anything
    wanted = [
        criterion for criterion in request.question.criteria if not request.criteria or criterion.id in request.criteria
    ]
    order.shuffle(wanted)
    return tuple(
        criterion.model_copy(update={"checks": tuple(order.sample(criterion.checks, len(criterion.checks)))})
        for criterion in wanted
    )


def correction(reason: str) -> Block:
    """The reason why the last answer could not be used."""
    return Block(render("correction", reason=as_data(reason)))


def plain_json(schema: Mapping[str, object]) -> Block:
    """The shape of the answer in words, for a server that takes no schema."""
    return Block(render("plain_json", schema=json.dumps(schema)))


def scenario(question: Question, level: str) -> str:
    """What the candidate is told at the start, with what a level adds."""
    note = question.by_level.get(Level(level))
    return f"{question.prompt}\n{note.adds}" if note and note.adds else question.prompt

"""The coach reads one sealed answer, after the members have: its author alone is told, with quotes, and it goes into their record.

A sheet is an actor of its own, so that forty answers are read side by side by whatever workers there are, and one that takes
long or fails holds up nobody. It keeps no state: when the commit is through, all that is left is what it said.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.chat import codec
from bot.chat.events import Event, Told
from bot.chat.ids import Address, Person
from bot.chat.meanings import CriterionLine, Meaning, Paragraph, Scorecard, Verdict
from bot.chat.replies import Progressing
from bot.interview import evidence, feedback
from bot.interview import rubric as levels
from bot.interview.grader import GradeRequest, Judgement
from bot.interview.minds import Minds
from bot.library.items import Level, Question
from bot.library.load import Library
from bot.study.handled import Handled, Out
from bot.study.reveal import GRADE

GRADED = "graded"
"""The topic a board is told how an answer did, to see what the group is weak at."""

LEAD = "{title}: here is your feedback."
ALONE = "{title}: yours was the only answer, so the coach read it at once."
ALONE_WITH_IT = (
    "{title}: yours was the only answer, and a question by a member has no scorecard. Thank you for being there."
)
ONLY_PEERS = "A member wrote this question, so it has no scorecard. What the others found is your feedback."
LEFT_THE_BANK = "This question is no longer among mine, so it has no scorecard."
NO_PEERS = "Nobody rated it this time."


async def handle(
    actor: Address, events: Sequence[Event], library: Library, minds: Minds, progress: Progressing
) -> Handled:
    """Read what a round handed over."""
    del progress  # nobody waits in front of a screen
    out = Out(actor, f"{actor}:out", events[-1].at_ms)
    for event in events:
        if isinstance(event, Told) and event.topic == GRADE:
            await _grade(event.body, library, minds, out)
    return Handled(None, tuple(out.items))


async def _grade(body: Mapping[str, object], library: Library, minds: Minds, out: Out) -> None:
    held = body["person"]
    assert isinstance(held, Mapping)
    person = Person(str(held["platform"]), str(held["workspace"]), str(held["id"]))
    title, peers, raters = str(body["title"]), str(body["peers"]), _number(body["raters"])
    alone, suggested = _number(body.get("answers")) == 1, bool(body.get("suggested"))
    if alone and suggested:
        out.confide(person, "daily-feedback", Paragraph(ALONE_WITH_IT.format(title=title)))
        return
    said: list[Meaning] = [Paragraph((ALONE if alone else LEAD).format(title=title))]
    if peers:
        heading = _heading(raters) if body["numbers"] else "What members wrote:"
        said.append(Paragraph(f"{heading}\n{peers}"))
    elif not alone:
        said.append(Paragraph(NO_PEERS))
    if body["close"]:
        said.append(Paragraph(str(body["close"])))
    try:
        question = None if suggested else library.drawn(str(body["question"]), _number(body["seed"]))
    except LookupError:
        question = None
    if question is None:
        if not suggested:
            said.append(Paragraph(LEFT_THE_BANK))
        elif peers:
            said.append(Paragraph(ONLY_PEERS))
        out.confide(person, "daily-feedback", *said)
        return
    judgement = await minds.grade(_request(body, question, person, out.actor), "auto")
    card = _scorecard(body, question, library, judgement)
    out.confide(person, "daily-feedback", *said, card)
    share = feedback.total_coverage(question, {finding.check: finding for finding in judgement.findings})
    _remember(body, question, card, judgement, person, out)
    names = {held.id: held.name for held in library.rubric(question.type).dimensions}
    dimension = {held.id: names[held.dimension] for held in question.criteria}
    weak: dict[str, list[float]] = defaultdict(list)
    for line in feedback.criterion_lines(question, library.rubric(question.type), judgement):
        weak[dimension[line.id]].append(_weakness(line, judgement))
    criteria = {name: sum(found) / len(found) for name, found in weak.items()}
    out.tell(
        Address(str(body["board"])),
        GRADED,
        {"person": person.address, "round": body["round"], "type": body["type"], "share": share, "weakness": criteria},
        name=f"{out.actor}:{GRADED}",
    )


def _heading(raters: int) -> str:
    return "One member rated it:" if raters == 1 else f"{raters} members rated it:"


def _request(body: Mapping[str, object], question: Question, person: Person, name: str) -> GradeRequest:
    sentences = tuple(evidence.number([(0, str(body["text"]))], first=1))
    return GradeRequest(name, question, str(body["level"]), sentences, seed=_number(body["seed"]), person=person)


def _scorecard(body: Mapping[str, object], question: Question, library: Library, judgement: Judgement) -> Scorecard:
    rubric = library.rubric(question.type)
    numbers = judgement.numbers and bool(body["numbers"])
    lines = feedback.criterion_lines(question, rubric, judgement)
    by_id = {line.id: line for line in lines}
    shown = lines if numbers else tuple(replace(line, level=None) for line in lines)
    expected = question.by_level.get(Level(str(body["level"])))
    notes = (f"At this level I expect: {expected.expects}",) if expected is not None else ()
    return Scorecard(
        interview=str(body["round"]),
        title=question.title,
        kind=rubric.label,
        level=str(body["level"]),
        numbers=numbers,
        overall=levels.overall(question, rubric, {line.id: line.level for line in lines}) if numbers else None,
        self_overall=None,
        criteria=shown,
        one_change=by_id[feedback.weakest(question, judgement).id].next,
        notes=(*notes, *feedback.flag_notes(judgement.flags)),
        caveat="" if judgement.numbers else feedback.OFFLINE_CAVEAT,
    )


def _weakness(line: CriterionLine, judgement: Judgement) -> float:
    """How far an answer is from showing everything of a criterion, 0 to 1."""
    if judgement.numbers and line.level is not None:
        return (5 - line.level) / 4
    shown = sum(check.verdict in {Verdict.COVERED, Verdict.MET} for check in line.checks)
    return 1 - shown / len(line.checks)


def _remember(
    body: Mapping[str, object],
    question: Question,
    card: Scorecard,
    judgement: Judgement,
    person: Person,
    out: Out,
) -> None:
    entry = {
        "interview": f"{body['round']}",
        "conversation": body["round"],
        "question": question.id,
        "title": question.title,
        "type": question.type.value,
        "level": body["level"],
        "mind": judgement.mind,
        "at_ms": body["at_ms"],
        "scorecard": codec.to_plain(card),
    }
    out.tell(person.address, "interview", entry, name=f"{out.actor}:interview")


def _number(held: object) -> int:
    return held if isinstance(held, int) else 0

"""From what was found to what a candidate reads: the scorecard's lines, why, what next, and the one change.

Every sentence here is authored content or made from it; a quote is always verbatim. Drawing the card is the adapters' work,
computing levels is `rubric`'s.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bot.chat.meanings import CheckLine, CriterionLine, Scorecard, Verdict
from bot.interview import rubric as levels
from bot.interview.grader import Finding, Judgement
from bot.interview.session import Counts, Session
from bot.library.items import Check, Criterion, Level, Question, Rubric

OFFLINE_CAVEAT = (
    "Offline coach: I match what you said against what a strong answer shows. I can't judge whether it is right."
)

_SHOWN = frozenset({Verdict.COVERED, Verdict.MET})
_HALF = frozenset({Verdict.UNSURE, Verdict.PARTLY})

_FLAG_NOTES: Mapping[str, str] = {
    "empty": "There was no answer to look at.",
    "no_idea": "Not knowing is fine in practice; next time say what you would want to find out first.",
    "echo": "You restated the question; a restatement shows nothing yet.",
    "stuffing": "A list of terms shows nothing by itself: say what you would do with each.",
    "off_topic": "Most of this was not about the question.",
    "injection": "Text addressed to the grader was left out. The rest was read as usual.",
    "other_language": "Without a model I read English only, so parts in other languages were not looked at.",
}


def coverage(criterion: Criterion, findings: Mapping[str, Finding]) -> float:
    """Share of a criterion's check weight that was shown, 0 to 1: for scripts only, never shown to a person."""
    total = sum(check.weight for check in criterion.checks)
    return sum(_share(findings.get(check.id)) * check.weight for check in criterion.checks) / total


def total_coverage(question: Question, findings: Mapping[str, Finding]) -> float:
    """Coverage over all criteria, weighted, 0 to 1."""
    total = sum(criterion.weight for criterion in question.criteria)
    return sum(coverage(c, findings) * c.weight for c in question.criteria) / total


def _share(finding: Finding | None) -> float:
    if finding is None:
        return 0.0
    if finding.verdict in _SHOWN:
        return 1.0
    if finding.verdict is Verdict.PARTLY:
        return 0.5
    return 0.5 * finding.strength if finding.verdict is Verdict.UNSURE else 0.0


def criterion_lines(
    question: Question, rubric: Rubric, judgement: Judgement, self_ratings: Mapping[str, int] | None = None
) -> tuple[CriterionLine, ...]:
    """One line per criterion, in the question's order."""
    findings = {finding.check: finding for finding in judgement.findings}
    standing = levels.standings(question, rubric, judgement.findings)
    lines = []
    for criterion in question.criteria:
        found = [findings.get(check.id) or Finding(check.id, _nothing(judgement)) for check in criterion.checks]
        lines.append(
            CriterionLine(
                id=criterion.id,
                name=criterion.name,
                level=standing[criterion.id].level if judgement.numbers else None,
                checks=tuple(
                    CheckLine(check.id, check.says, one.verdict, one.quote)
                    for check, one in zip(criterion.checks, found, strict=True)
                ),
                why=_why(criterion, found, standing[criterion.id], judgement.numbers),
                next=next_step(criterion, found),
                self_level=(self_ratings or {}).get(criterion.id),
            )
        )
    return tuple(lines)


def _nothing(judgement: Judgement) -> Verdict:
    return Verdict.NOT if judgement.numbers else Verdict.NOT_SPOTTED


def _why(criterion: Criterion, found: list[Finding], standing: levels.Standing, numbers: bool) -> str:
    checks = dict(zip((check.id for check in criterion.checks), criterion.checks, strict=True))
    shown = [one for one in found if one.verdict in _SHOWN]
    half = [one for one in found if one.verdict in _HALF]
    missing = [one for one in found if one.verdict not in _SHOWN | _HALF]
    if numbers:
        told = next((one.why for one in (*half, *missing, *shown) if one.why), "")
        parts = [told or _listing(checks, shown, missing), *standing.because]
        return " ".join(part for part in parts if part)
    # The verdicts stand above this on the card already, so it says what they are measured against.
    solid = f"What solid looks like: {_lower_first(criterion.anchors.three.rstrip('.'))}."
    if not missing and not half:
        return "Every point I look for here is in your words."
    if not shown and not half:
        return f"I found no sentence of yours for this. {solid}"
    return f"Part of this is in your words. {solid}" if shown else f"Something close is there. {solid}"


def _listing(checks: Mapping[str, Check], shown: Iterable[Finding], missing: Iterable[Finding]) -> str:
    there, absent = _says(checks, shown), _says(checks, missing)
    parts = [f"There: {there}." if there else "", f"Not clear yet: {absent}." if absent else ""]
    return " ".join(part for part in parts if part)


def _says(checks: Mapping[str, Check], findings: Iterable[Finding]) -> str:
    return "; ".join(_lower_first(checks[one.check].says.rstrip(".")) for one in findings)


def _lower_first(text: str) -> str:
    # "AI is the wrong tool" keeps its capitals; "Names the layer" loses its own.
    return text if len(text) > 1 and text[1].isupper() else text[:1].lower() + text[1:]


def next_step(criterion: Criterion, found: Iterable[Finding]) -> str:
    """The advice of the lowest unshown check, the heaviest first within a level; what level 5 looks like if all is shown."""
    verdicts = {one.check: one.verdict for one in found}
    open_checks = [check for check in criterion.checks if verdicts.get(check.id) not in _SHOWN]
    if not open_checks:
        return f"Keep this. The top of the scale: {_lower_first(criterion.anchors.five.rstrip('.'))}."
    return min(open_checks, key=lambda check: (check.level, -check.weight)).next


def weakest(question: Question, judgement: Judgement) -> Criterion:
    """The criterion where most weight is missing; the first of equals."""
    findings = {finding.check: finding for finding in judgement.findings}
    return max(question.criteria, key=lambda criterion: (1.0 - coverage(criterion, findings)) * criterion.weight)


def scorecard(session: Session, question: Question, rubric: Rubric, judgement: Judgement) -> Scorecard:
    """The feedback on an interview."""
    lines = criterion_lines(question, rubric, judgement, session.self_ratings)
    by_criterion = {line.id: line for line in lines}
    weak = weakest(question, judgement)
    rated = [
        (session.self_ratings[criterion.id], criterion.weight)
        for criterion in question.criteria
        if criterion.id in session.self_ratings
    ]
    return Scorecard(
        interview=session.id,
        title=question.title,
        kind=rubric.label,
        level=session.level,
        numbers=judgement.numbers,
        overall=levels.overall(question, rubric, {line.id: line.level for line in lines})
        if judgement.numbers
        else None,
        self_overall=round(sum(r * w for r, w in rated) / sum(w for _, w in rated), 1) if rated else None,
        criteria=lines,
        one_change=by_criterion[weak.id].next,
        notes=notes(session, question, judgement.flags),
        caveat="" if judgement.numbers else OFFLINE_CAVEAT,
    )


def notes(session: Session, question: Question, flags: Iterable[str]) -> tuple[str, ...]:
    """What was noted during the interview, each a plain sentence."""
    said: list[str] = []
    if question.facts:
        said.append(
            "You asked before you answered." if _asked_first(session) else "You answered before asking anything."
        )
    if session.hints:
        said.append("You took one hint." if session.hints == 1 else f"You took {session.hints} hints.")
    if session.skips:
        said.append("You skipped one question." if session.skips == 1 else f"You skipped {session.skips} questions.")
    if session.challenge == "conceded":
        said.append("You answered my challenge with a reason.")
    elif session.challenge == "held":
        said.append("You stayed with your view of my challenge, but gave no reason that settles it.")
    elif session.challenge == "gave_in":
        said.append("You went along with a claim of mine that does not hold.")
    if session.stopped_by == "time":
        said.append("The clock ended it.")
    expected = question.by_level.get(Level(session.level))
    if expected is not None:
        said.append(f"At this level I expect: {_lower_first(expected.expects.rstrip('.'))}.")
    return (*said, *flag_notes(flags))


def flag_notes(flags: Iterable[str]) -> tuple[str, ...]:
    """What to say about flags raised on an answer as a whole, in their order."""
    return tuple(_FLAG_NOTES[flag] for flag in flags if flag in _FLAG_NOTES)


def _asked_first(session: Session) -> bool | None:
    """Whether a fact was asked for before the first answer; None if nothing was answered."""
    asked = False
    for turn in session.turns:
        if turn.by == "interviewer" and turn.move == "clarify" and turn.target:
            asked = True
        elif turn.by == "candidate" and turn.counts is Counts.ANSWER:
            return asked
    return None

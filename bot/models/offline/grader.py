"""The offline coach as a grader: guards first, then every check matched against what is left. It gives no numbers.

It says what it found in the candidate's words, never whether that is right. Levels and the card are made elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.interview import evidence, feedback
from bot.interview.grader import Finding, GradeRequest, Judgement, Report, nobody
from bot.library.items import Question
from bot.models.offline.guards import screen
from bot.models.offline.matching import matcher_for
from bot.models.offline.thesaurus import compiled


class OfflineGrader:
    """Judges answers without a model: covered, unsure or not spotted for each check."""

    name = "offline"

    def __init__(self, thesaurus: Mapping[str, Sequence[str]] | None = None) -> None:
        """`thesaurus` maps concepts to words, as the library reads them; the shipped one if there is none."""
        self._groups = thesaurus

    async def grade(self, request: GradeRequest, report: Report = nobody) -> Judgement:
        """Judge an answer. Never away, the same answer for the same request."""
        chosen = [c for c in request.question.criteria if not request.criteria or c.id in request.criteria]
        screened = screen(request.question, request.sentences)
        matcher = matcher_for(request.question, compiled(self._groups))
        findings: list[Finding] = []
        for done, criterion in enumerate(chosen, start=1):
            for check in criterion.checks:
                match = matcher.check(check, screened.evidence)
                findings.append(Finding(check.id, match.verdict, match.sentences, match.quote, match.strength))
            await report(done, len(chosen))
        return Judgement(self.name, numbers=False, findings=tuple(findings), flags=screened.flags)


def coverage(question: Question, answer: str) -> float:
    """The weighted share of checks an answer to a drawn question shows, 0 to 1: for linting and measuring, never for people."""
    matcher = matcher_for(question)
    shown = screen(question, evidence.number([(0, answer)])).evidence
    findings: dict[str, Finding] = {}
    for check in question.checks:
        match = matcher.check(check, shown)
        findings[check.id] = Finding(check.id, match.verdict, match.sentences, match.quote, match.strength)
    return feedback.total_coverage(question, findings)

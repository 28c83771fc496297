"""The offline coach as a grader: guards first, then every check matched against what is left. It gives no numbers.

It says what it found in the candidate's words, never whether that is right. Levels and the card are made elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.interview import evidence, feedback
from bot.interview.grader import Finding, GradeRequest, Judgement, Report, nobody
from bot.library.items import Question
from bot.models.offline.guards import screen
from bot.models.offline.matching import Match, matcher_for
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
        matches = matcher.checks([check for c in chosen for check in c.checks], screened.evidence, screened.about)
        findings = [_finding(check, match) for check, match in matches.items()]
        for done in range(len(chosen)):
            await report(done + 1, len(chosen))
        return Judgement(self.name, numbers=False, findings=tuple(findings), flags=screened.flags)


def coverage(question: Question, answer: str, thesaurus: Mapping[str, Sequence[str]] | None = None) -> float:
    """The weighted share of checks an answer to a drawn question shows, 0 to 1: for linting and measuring, never for people."""
    matcher = matcher_for(question, compiled(thesaurus))
    screened = screen(question, evidence.number([(0, answer)]))
    matches = matcher.checks(question.checks, screened.evidence, screened.about)
    return feedback.total_coverage(question, {check: _finding(check, match) for check, match in matches.items()})


def _finding(check: str, match: Match) -> Finding:
    return Finding(check, match.verdict, match.sentences, match.quote, match.strength)

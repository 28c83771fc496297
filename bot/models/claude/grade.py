"""Claude as grader: every check judged on numbered sentences, with evidence before verdict.

Nothing counts without a sentence that is really there, and no sentence that talks to the grader can be one: those are not
even sent. Levels and totals are computed elsewhere, from the verdicts.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from typing import Any

from bot.chat.meanings import Verdict
from bot.interview import evidence
from bot.interview.evidence import Sentence
from bot.interview.grader import Finding, GradeRequest, Judgement, Report, nobody
from bot.library.items import Criterion
from bot.models.claude import prompt, schema
from bot.models.claude.call import Ask, Claude, Unusable
from bot.models.offline import guards
from bot.models.offline.injection import injected

NAME = "claude"

_log = logging.getLogger(__name__)

_REASON_LIMIT = 240
_LANGUAGE = "other_language"
_STRENGTH: Mapping[Verdict, float] = {Verdict.MET: 1.0, Verdict.PARTLY: 0.5, Verdict.NOT: 0.0}


class ClaudeGrader:
    """Judges answers with Claude."""

    def __init__(self, claude: Claude) -> None:
        self._claude = claude

    @property
    def name(self) -> str:
        """`claude`."""
        return NAME

    async def grade(self, request: GradeRequest, report: Report = nobody) -> Judgement:
        """Judge an answer; `Away` when Claude cannot. An answer with nothing in it costs no call."""
        criteria = prompt.shuffled(request)
        flags, usable = _usable(request)
        if not usable:
            return _judgement(request, {}, flags)
        checks = [check.id for criterion in criteria for check in criterion.checks]
        ask = Ask(
            purpose="grade",
            session=request.session,
            person=request.person,
            system=prompt.grade_system(request),
            message=prompt.grade_message(request, usable, checks),
            schema=schema.GRADE,
        )
        until = self._claude.clock() + self._claude.settings.grade.whole_s
        progress = _Progress(criteria, report)
        await progress.start()
        found = await self._claude.answer(ask, lambda answer: read(answer, checks, usable), until, progress.hears)
        await progress.finish()
        return _judgement(request, found, flags)


def read(answer: Mapping[str, Any], checks: Sequence[str], usable: Sequence[Sentence]) -> dict[str, Finding]:
    """A finding for every check; `Unusable` when checks were left out."""
    by_number = {sentence.number: sentence for sentence in usable}
    found: dict[str, Finding] = {}
    for held in schema.objects(answer.get("checks")):
        check = str(held.get("check"))
        if check in checks and check not in found and held.get("verdict") in schema.VERDICTS:
            found[check] = _finding(check, held, by_number)
    missing = [check for check in checks if check not in found]
    if missing:
        raise Unusable(f"No verdict was given for: {', '.join(missing)}. Judge every check on the list.")
    return found


def _finding(check: str, held: Mapping[str, Any], by_number: Mapping[int, Sentence]) -> Finding:
    cited = tuple(dict.fromkeys(number for number in schema.numbers(held.get("evidence")) if number in by_number))
    reason = held.get("reason")
    why = prompt.as_line(reason)[:_REASON_LIMIT] if isinstance(reason, str) else ""
    verdict = Verdict(held["verdict"])
    if verdict is Verdict.NOT:
        return Finding(check, verdict, why=why)
    if not cited:
        # The reason speaks for a verdict that does not stand.
        return Finding(check, Verdict.NOT)
    quote = evidence.excerpt(by_number[cited[0]].text)
    return Finding(check, verdict, cited, quote, _STRENGTH[verdict], why)


def _judgement(request: GradeRequest, found: Mapping[str, Finding], flags: tuple[str, ...]) -> Judgement:
    wanted = [
        check.id
        for criterion in request.question.criteria
        if not request.criteria or criterion.id in request.criteria
        for check in criterion.checks
    ]
    findings = tuple(found.get(check) or Finding(check, Verdict.NOT) for check in wanted)
    return Judgement(mind=NAME, numbers=True, findings=findings, flags=flags)


def _usable(request: GradeRequest) -> tuple[tuple[str, ...], tuple[Sentence, ...]]:
    """Flags about the answer as a whole, and the sentences that may be evidence.

    What is aimed at the grader is left out, so that a judgement is the same with it and without. Unlike the offline coach
    Claude reads any language and can tell a list of terms from a claim, so only that, and a restated question, is left out.
    """
    flags = tuple(flag for flag in guards.screen(request.question, request.sentences).flags if flag != _LANGUAGE)
    aimed = injected([sentence.text for sentence in request.sentences])
    restated = prompt.scenario(request.question, request.level)
    usable = tuple(
        sentence
        for sentence, marked in zip(request.sentences, aimed, strict=True)
        if not marked and not guards.is_echo(sentence.text, restated)
    )
    if all(guards.is_empty(sentence.text) or guards.is_no_idea(sentence.text) for sentence in usable):
        return flags or ("empty",), ()
    return flags, usable


class _Progress:
    """Follows the answer as it is written and reports a criterion when its last check is judged."""

    def __init__(self, criteria: Sequence[Criterion], report: Report) -> None:
        self._criteria = [frozenset(check.id for check in criterion.checks) for criterion in criteria]
        self._report = report
        self._most = -1
        self._judged: set[str] = set()
        self._read = 0

    async def start(self) -> None:
        await self._reached(0)

    async def hears(self, text: str) -> None:
        if len(text) < self._read:
            # A second try starts from nothing.
            self._judged, self._read = set(), 0
        judged, self._read = _complete(text, self._read)
        self._judged.update(judged)
        if judged:
            await self._reached(sum(1 for checks in self._criteria if checks <= self._judged))

    async def finish(self) -> None:
        await self._reached(len(self._criteria))

    async def _reached(self, done: int) -> None:
        # What people see never goes back.
        if done <= self._most:
            return
        self._most = done
        try:
            await self._report(done, len(self._criteria))
        except Exception as error:  # noqa: BLE001 - a step nobody saw must not cost the judgement
            _log.warning("progress could not be shown: %s", type(error).__name__)


def _complete(text: str, start: int) -> tuple[list[str], int]:
    """Ids of the checks whose objects are complete in a growing answer, from `start` on, and how far it was read."""
    at = start or text.find("[") + 1
    found: list[str] = []
    while at and (begin := text.find("{", at)) >= 0:
        try:
            held, at = json.JSONDecoder().raw_decode(text, begin)
        except ValueError:
            break
        if isinstance(held, dict) and isinstance(held.get("check"), str):
            found.append(held["check"])
    return found, at

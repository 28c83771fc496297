"""Which minds lead and judge, in which order; an outage of one is another's turn.

The engine asks here and never learns which mind answered except by its name. Building the minds is the composition root's.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.chat.meanings import Verdict
from bot.interview import rules, wording
from bot.interview.grader import Finding, Grader, GradeRequest, Judgement, Report, nobody
from bot.interview.interviewer import Away, Intent, Interviewer, Move, Proposal, TurnRequest

PLAIN = "offline"
"""The mind that reads by rules: always there, and the same whatever it is told."""

NO_ANSWER = frozenset({Intent.WANTS_ANSWER, Intent.WANTS_NEXT, Intent.MANIPULATION, Intent.NOTHING})
"""Turns that the rules recognise reliably and that must not advance an interview, whatever a model makes of them."""

REACH = 4
"""So many checks one sentence may show by itself without a second look."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Minds:
    """The minds of this installation by name, `offline` always among them; `default` is what `auto` means."""

    interviewers: Mapping[str, Interviewer]
    graders: Mapping[str, Grader]
    default: str = "offline"

    def order(self, wanted: str) -> tuple[str, ...]:
        """Names to try, first choice first. An unknown or absent mind is left out; offline is always last."""
        first = self.default if wanted == "auto" else wanted
        return tuple(dict.fromkeys(name for name in (first, PLAIN) if name in self.interviewers))

    async def turn(self, request: TurnRequest, wanted: str) -> Proposal:
        """A proposal whose wording may be shown: a mind gets one more try with the reason, then its wording is dropped."""
        cause = ""
        for name in self.order(wanted):
            try:
                proposal = await _worded(self.interviewers[name], request)
                return replace(proposal, cause=cause) if name == PLAIN else await self._guarded(proposal, request)
            except Away as away:
                cause = away.cause
                _log.warning("the %s interviewer is away for this turn: %s", name, away)
        raise Away("no mind could take this turn")

    async def _guarded(self, proposal: Proposal, request: TurnRequest) -> Proposal:
        """A model's proposal, unless plain words say that the turn was no answer: a model can be talked into anything."""
        plain = await self.interviewers[PLAIN].turn(request)
        if plain.intent not in NO_ANSWER or proposal.intent in rules.ASIDES:
            return proposal
        flags = tuple(dict.fromkeys((*proposal.flags, *plain.flags)))
        return replace(proposal, intent=plain.intent, shown={}, facts=(), wording="", flags=flags)

    async def grade(self, request: GradeRequest, wanted: str, report: Report = nobody) -> Judgement:
        """A judgement by the first mind that can give one."""
        for name in self.order(wanted):
            try:
                return within_reach(await self.graders[name].grade(request, report), request)
            except Away as away:
                _log.warning("the %s grader is away: %s", name, away)
        raise Away("no mind could judge")


def within_reach(judgement: Judgement, request: GradeRequest) -> Judgement:
    """A model's judgement without the verdicts that lean on a sentence cited for nearly everything and do not speak of it.

    One sentence can show a few things. Cited alone for more than `REACH` checks, it shows only those whose words it has.
    """
    if not judgement.numbers:
        return judgement
    alone = Counter(finding.sentences[0] for finding in judgement.findings if len(set(finding.sentences)) == 1)
    texts = {sentence.number: sentence.text for sentence in request.sentences}
    kept = []
    for finding in judgement.findings:
        number = finding.sentences[0] if len(set(finding.sentences)) == 1 else None
        if (
            number is not None
            and alone[number] > REACH
            and not _speaks_of(request, finding.check, texts.get(number, ""))
        ):
            kept.append(Finding(finding.check, Verdict.NOT))
        else:
            kept.append(finding)
    return replace(judgement, findings=tuple(kept))


def _speaks_of(request: GradeRequest, check_id: str, text: str) -> bool:
    check = request.question.check(check_id)
    named = set(wording.content_words(" ".join((check.says, *check.phrasings))))
    return len(named & set(wording.content_words(text))) >= 2


async def _worded(mind: Interviewer, request: TurnRequest) -> Proposal:
    proposal = await mind.turn(request)
    found = refusals(proposal, request)
    if not found:
        return proposal
    _log.info("wording refused once (%d reasons), move %s", len(found), proposal.move.kind.value)
    try:
        again = await mind.turn(replace(request, rejected=" ".join(found)))
    except Away:
        return replace(proposal, wording="")
    return replace(again, wording="") if refusals(again, request) else again


def refusals(proposal: Proposal, request: TurnRequest) -> tuple[str, ...]:
    """Why a proposal's wording must not be shown; empty when there is none of its own or it may."""
    if not proposal.wording:
        return ()
    heard = [request.question.prompt, request.text, *(line.text for line in request.transcript)]
    heard += [fact.text for fact in request.question.facts if fact.id in {*request.revealed, *proposal.facts}]
    heard.append(_authored(proposal.move, request))
    return wording.problems(
        proposal.wording, heard, wording.secrets(request.question, request.revealed, proposal.facts)
    )


def _authored(move: Move, request: TurnRequest) -> str:
    return next((m.wording for m in request.moves if (m.kind, m.target) == (move.kind, move.target)), "")

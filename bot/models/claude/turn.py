"""Claude as interviewer: one call for one turn of the candidate, its answer read with suspicion.

What it returns is a proposal. Unknown checks, sentences and facts are dropped here, a move that was not offered is sent back
once; whether the move is legal and the wording may be shown is decided by `rules` and `wording`.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from bot.interview.interviewer import Away, Intent, MoveKind, Proposal, TurnRequest
from bot.interview.wording import content_words
from bot.models.claude import prompt, schema
from bot.models.claude.call import Ask, Claude, Unusable
from bot.models.offline.injection import injected

NAME = "claude"

_REMEMBERED = 1_000
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


class ClaudeInterviewer:
    """Leads turns with Claude. The whole turn, a second try after a refused wording included, keeps to one time limit."""

    def __init__(self, claude: Claude) -> None:
        self._claude = claude
        # When the turn a session is in must be answered; a refused wording comes back as a second request for it.
        self._until: OrderedDict[str, float] = OrderedDict()

    @property
    def name(self) -> str:
        """`claude`."""
        return NAME

    async def turn(self, request: TurnRequest) -> Proposal:
        """Make something of a turn; `Away` when Claude cannot, in time."""
        if not request.moves:
            raise Away("no move is open")
        ask = Ask(
            purpose="turn",
            session=request.session,
            person=request.person,
            system=prompt.turn_system(request),
            message=prompt.turn_message(request),
            schema=schema.TURN,
        )
        return await self._claude.answer(ask, lambda answer: read(answer, request), self._deadline(request))

    def _deadline(self, request: TurnRequest) -> float:
        fresh = self._claude.clock() + self._claude.settings.turn.whole_s
        if not request.rejected:
            self._until[request.session] = fresh
            self._until.move_to_end(request.session)
            if len(self._until) > _REMEMBERED:
                self._until.popitem(last=False)
        return self._until.get(request.session, fresh)


def read(answer: Mapping[str, Any], request: TurnRequest) -> Proposal:
    """The proposal in an answer; `Unusable` when its intent or move is none of those offered."""
    question = request.question
    try:
        intent = Intent(answer.get("intent", ""))
    except ValueError:
        raise Unusable("The intent is none of those allowed.") from None
    chosen = answer.get("move")
    if not isinstance(chosen, int) or isinstance(chosen, bool) or not 1 <= chosen <= len(request.moves):
        raise Unusable(f"The move must be one of the numbers 1 to {len(request.moves)}.")
    move = request.moves[chosen - 1]
    known = {check.id for check in question.checks} - request.shown
    aimed = injected([sentence.text for sentence in request.said])
    shown: dict[str, tuple[int, ...]] = {}
    for held in schema.objects(answer.get("shown")):
        # The model counts the sentences of this turn from 1; ours run through the interview.
        cited = [
            request.said[number - 1].number
            for number in schema.numbers(held.get("sentences"))
            if 1 <= number <= len(request.said) and not aimed[number - 1]
        ]
        if held.get("check") in known and cited:
            shown[str(held["check"])] = tuple(dict.fromkeys(cited))
    real = {fact.id for fact in question.facts}
    facts = tuple(dict.fromkeys(fact for fact in schema.texts(answer.get("facts")) if fact in real))
    wording = answer.get("wording", "")
    return Proposal(
        intent=intent,
        move=move,
        shown=shown,
        facts=facts,
        reason_given=answer.get("reason_given") is True and request.challenge in {"open", "held"},
        wording=_kept(wording.strip() if isinstance(wording, str) else "", move.kind, facts, request),
        flags=("injection",) if intent is Intent.MANIPULATION or any(aimed) else (),
        mind=NAME,
    )


def _kept(wording: str, kind: MoveKind, facts: tuple[str, ...], request: TurnRequest) -> str:
    """The wording, or nothing (the authored words are spoken) where it could tell something that is not in the case."""
    told = [fact.text for fact in request.question.facts if fact.id in facts]
    if kind is MoveKind.CLARIFY:
        said = set(content_words(wording))
        if not told or any(len(said & (words := set(content_words(text)))) < len(words) / 2 for text in told):
            return ""
    allowed = [request.question.prompt, request.text, request.open.wording, *told]
    allowed += [fact.text for fact in request.question.facts if fact.id in request.revealed]
    allowed += [line.text for line in request.transcript]
    allowed += [move.wording for move in request.moves]
    known = {number for text in allowed for number in _NUMBER.findall(text)}
    return wording if all(number in known for number in _NUMBER.findall(wording)) else ""

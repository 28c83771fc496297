"""Which moves are allowed now, and what becomes of a mind's proposal: pure functions over values.

Code owns the course of an interview: what is probed next, when a challenge or a curveball comes, when it is over. A mind
chooses among what is offered here; whatever it returns, `settle` turns it into a legal move, so no reply of a model and no
text of a candidate can advance or end an interview that should go on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bot.interview import words
from bot.interview.interviewer import Intent, Move, MoveKind, Proposal, TurnRequest
from bot.interview.session import Phase, Session
from bot.interview.wording import content_words
from bot.library.items import Criterion, Level, Persona, Question

HOLDS = 2
"""How often a challenge is held against push-back before the interview goes on."""

FACTS_AT_ONCE = 3
"""More facts asked for in one turn than a person could mean are answered by asking for one at a time."""

CHALLENGE_AFTER, CURVEBALL_AFTER = 2, 4
"""How many follow-ups come before the challenge and the curveball."""

ASIDES: Mapping[Intent, str] = {
    Intent.OFF_TOPIC: "off_topic",
    Intent.WANTS_ANSWER: "wants_answer",
    Intent.WANTS_NEXT: "wants_next",
    Intent.MANIPULATION: "manipulation",
    Intent.ECHO: "echo",
    Intent.NOTHING: "nothing",
    Intent.GREETING: "greeting",
    Intent.OTHER_LANGUAGE: "other_language",
    Intent.REPEAT: "repeat",
}
"""Turns that are no answer: the interview stays where it is, and the redirect's target says why."""

COMMANDS: Mapping[Intent, str] = {
    Intent.HINT: "hint",
    Intent.SKIP: "skip",
    Intent.STOP: "stop",
    Intent.PAUSE: "pause",
    Intent.TIME: "time",
}
"""Turns that ask for what a command word does, in other words."""

ADVANCING = frozenset(
    {MoveKind.PROBE, MoveKind.FOLLOW_UP, MoveKind.CURVEBALL, MoveKind.CHALLENGE, MoveKind.CONCEDE, MoveKind.CLOSE}
)
"""Moves that leave the open question behind."""


@dataclass(frozen=True, slots=True)
class Settled:
    """A turn after verification: what it was, what it shows, which facts are given, and the move that will be made.

    `as_proposed` is False when the move had to be replaced; the mind's wording is then not used.
    """

    intent: Intent
    move: Move
    shown: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    facts: tuple[str, ...] = ()
    as_proposed: bool = True


def open_question(session: Session, question: Question) -> str:
    """The words of the question the candidate is answering now."""
    for turn in reversed(session.turns):
        if turn.by == "interviewer" and f"{turn.move}:{turn.target}" == session.open_move and turn.move != "pose":
            return _last_question(turn.text)
    return words.request_of(question.prompt)


def _last_question(text: str) -> str:
    """The sentence with the question mark, without what led up to it."""
    end = text.rfind("?")
    if end < 0:
        return words.request_of(text)
    start = max(text.rfind(mark, 0, end) for mark in (". ", "? ", ".\n", ": "))
    return text[start + 1 : end + 1].strip()


def unshown(session: Session, question: Question, shown: Iterable[str] = ()) -> tuple[str, ...]:
    """Checks not shown yet, the one most worth probing first: by criterion and check weight, lower levels first."""
    seen = {*session.shown, *shown}
    ranked = []
    for order, criterion in enumerate(question.criteria):
        for check in criterion.checks:
            if check.id not in seen:
                too_high = session.level == Level.MID and check.level == 5
                ranked.append((too_high, -criterion.weight * check.weight, check.level, order, check.id))
    return tuple(row[-1] for row in sorted(ranked))


def next_moves(session: Session, question: Question, shown: Iterable[str] = ()) -> tuple[Move, ...]:
    """The moves that may follow an answer, best first; the last resort is always to close."""
    done = set(session.probed)
    asked = sum(1 for key in session.probed if key.split(":", 1)[0] in {"probe", "follow_up", "curveball"})
    probes = [check for check in unshown(session, question, shown) if f"probe:{check}" not in done]
    moves = [Move(MoveKind.PROBE, check, question.check(check).probe) for check in probes[:4]]
    challenge, curveball = question.challenge, question.curveball
    if curveball is not None and "curveball:" not in done and (asked >= CURVEBALL_AFTER or not probes):
        moves.insert(0, Move(MoveKind.CURVEBALL, "", curveball.text))
    if challenge is not None and not session.challenge and (asked >= CHALLENGE_AFTER or not probes):
        moves.insert(0, Move(MoveKind.CHALLENGE, "", challenge.text))
    if not probes:
        moves += [
            Move(MoveKind.FOLLOW_UP, criterion.id, text)
            for criterion in _thin(session, question, shown)
            for text in criterion.follow_ups[:1]
            if f"follow_up:{criterion.id}" not in done
        ]
    return tuple(moves) or (Move(MoveKind.CLOSE, "covered"),)


def _thin(session: Session, question: Question, shown: Iterable[str]) -> list[Criterion]:
    """Criteria with something still unshown, the heaviest first."""
    open_checks = set(unshown(session, question, shown))
    thin = [c for c in question.criteria if any(check.id in open_checks for check in c.checks)]
    return sorted(thin, key=lambda criterion: -criterion.weight)


def allowed(session: Session, question: Question, persona: Persona) -> tuple[Move, ...]:
    """Every move a mind may choose from for the next turn, best first, each with its authored words."""
    moves: list[Move] = []
    if session.challenge in {"open", "held"} and question.challenge is not None and _challenged(session):
        moves.append(Move(MoveKind.CONCEDE, "", question.challenge.concede))
        if sum(1 for turn in session.turns if turn.move == "hold") < HOLDS:
            moves.append(Move(MoveKind.HOLD, "", question.challenge.hold))
    moves += next_moves(session, question)
    moves.append(Move(MoveKind.CLARIFY))
    moves.append(Move(MoveKind.ACKNOWLEDGE, "", words.line("acknowledge", persona, 0)))
    reasons = dict.fromkeys((*ASIDES.values(), "one_thing", "no_idea"))
    moves += [Move(MoveKind.REDIRECT, reason, words.line(reason, persona, 0)) for reason in reasons]
    return tuple(moves)


def _challenged(session: Session) -> bool:
    return session.open_move in {"challenge:", "hold:"}


def settle(proposal: Proposal, request: TurnRequest, session: Session) -> Settled:
    """The legal turn closest to what was proposed."""
    question = request.question
    shown = _verified_shown(proposal, request)
    facts = tuple(dict.fromkeys(fact for fact in proposal.facts if any(f.id == fact for f in question.facts)))
    intent = proposal.intent
    if len(facts) > FACTS_AT_ONCE:
        return _redirect(Intent.CLARIFY, "one_thing", request)
    if intent in ASIDES:
        return _redirect(intent, ASIDES[intent], request, proposal)
    if intent is Intent.NO_IDEA and not _already(session, "no_idea"):
        return _redirect(intent, "no_idea", request, proposal)
    if intent in {Intent.CLARIFY, Intent.BOTH}:
        if intent is Intent.CLARIFY and proposal.move == _found(request, MoveKind.REDIRECT, "one_thing"):
            return _redirect(intent, "one_thing", request, proposal)
        move = Move(MoveKind.CLARIFY)
        return Settled(
            intent, move, {**_shown_by_asking(request, facts), **shown}, facts, proposal.move.kind is MoveKind.CLARIFY
        )
    if intent is Intent.CORRECT:
        move = _found(request, MoveKind.ACKNOWLEDGE, "")
        return Settled(intent, move, shown, (), proposal.move.kind is MoveKind.ACKNOWLEDGE)
    return _answered(proposal, request, session, shown)


def _shown_by_asking(request: TurnRequest, facts: tuple[str, ...]) -> dict[str, tuple[int, ...]]:
    """Checks that are shown by asking for these facts, each with the sentence that asks for it."""
    shown: dict[str, tuple[int, ...]] = {}
    for check in request.question.checks:
        asked = [fact for fact in request.question.facts if fact.id in check.asks and fact.id in facts]
        if asked and request.said:
            named = set(content_words(" ".join((check.says, *(phrase for fact in asked for phrase in fact.asked_by)))))
            best = max(request.said, key=lambda sentence: len(named & set(content_words(sentence.text))))
            shown[check.id] = (best.number,)
    return shown


def _answered(
    proposal: Proposal, request: TurnRequest, session: Session, shown: Mapping[str, tuple[int, ...]]
) -> Settled:
    """An answer, a push-back, "I don't know" for the second time, or "that's my answer": the interview moves on."""
    after = next_moves(session, request.question, shown)
    challenged = _challenged(session)
    if challenged and proposal.reason_given:
        move = _found(request, MoveKind.CONCEDE, "")
    elif challenged and proposal.intent is Intent.PUSH_BACK:
        held = [move for move in request.moves if move.kind is MoveKind.HOLD]
        move = held[0] if held else after[0]
    elif proposal.move in after and _in_turn(proposal.move, after):
        move = proposal.move
    else:
        move = after[0]
    same = (proposal.move.kind, proposal.move.target) == (move.kind, move.target)
    return Settled(proposal.intent, move, shown, (), same)


def _in_turn(move: Move, after: tuple[Move, ...]) -> bool:
    """A mind may choose among the best probes, but a challenge or curveball that is due comes first."""
    due = after[0].kind in {MoveKind.CHALLENGE, MoveKind.CURVEBALL}
    return move == after[0] or (not due and move.kind in {MoveKind.PROBE, MoveKind.FOLLOW_UP})


def _verified_shown(proposal: Proposal, request: TurnRequest) -> dict[str, tuple[int, ...]]:
    known = {check.id for check in request.question.checks}
    numbers = {sentence.number for sentence in (*request.earlier, *request.said)}
    verified = {}
    for check, cited in proposal.shown.items():
        real = tuple(sorted({number for number in cited if number in numbers}))
        if check in known and real:
            verified[check] = real
    return verified


def _already(session: Session, reason: str) -> bool:
    """Whether the open question was already met with this redirect."""
    for turn in reversed(session.turns):
        if turn.by == "interviewer":
            if turn.move == "redirect" and turn.target == reason:
                return True
            if f"{turn.move}:{turn.target}" == session.open_move:
                return False
    return False


def _redirect(intent: Intent, reason: str, request: TurnRequest, proposal: Proposal | None = None) -> Settled:
    move = _found(request, MoveKind.REDIRECT, reason)
    same = proposal is not None and (proposal.move.kind, proposal.move.target) == (move.kind, move.target)
    return Settled(intent, move, {}, (), same)


def _found(request: TurnRequest, kind: MoveKind, target: str) -> Move:
    for move in request.moves:
        if move.kind is kind and move.target == target:
            return move
    return Move(kind, target)


def phase_after(session: Session, settled: Settled) -> Phase:
    """The phase an interview is in after a turn."""
    if settled.move.kind is MoveKind.CLOSE:
        return Phase.CLOSING
    if settled.move.kind in ADVANCING:
        return Phase.PROBING
    if settled.intent is Intent.CLARIFY and session.phase is Phase.POSED:
        return Phase.CLARIFYING
    if settled.intent in {Intent.BOTH, Intent.CORRECT, Intent.ANSWER} and session.phase in {
        Phase.POSED,
        Phase.CLARIFYING,
    }:
        return Phase.ANSWERING
    return session.phase

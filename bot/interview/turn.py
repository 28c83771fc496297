"""One turn of the candidate: understood by a mind, settled by the rules, answered by the interviewer.

Also the interviewer's words for each move. Opening and closing an interview are elsewhere; so is everything a mind does.
"""

from __future__ import annotations

import re
from dataclasses import replace

from bot.interview import evidence, rules, words
from bot.interview.desk import Desk
from bot.interview.interviewer import Intent, Line, Move, MoveKind, Proposal, TurnRequest
from bot.interview.session import Counts, Phase, Turn
from bot.interview.wording import content_words

LONG = 6_000
"""Characters of one turn beyond which only the first and last part are read."""
KEPT_HEAD, KEPT_TAIL = 4_000, 1_500

_AGREES = re.compile(
    r"\W*(?:yes|yeah|yep|sure|ok(?:ay)?|agreed?|fair(?: enough| point)?|you(?:'|’)?re right|good point|true|i guess so)\b",
    re.IGNORECASE,
)


def _readable(text: str) -> tuple[str, bool]:
    if len(text) <= LONG:
        return text, False
    head, tail = text[:KEPT_HEAD], text[-KEPT_TAIL:]
    # Cut between words; the gap is a line break, so no sentence is made of two halves.
    return f"{head[: head.rfind(' ')] if ' ' in head else head}\n\n{tail[tail.find(' ') + 1 :]}", True


async def answer(desk: Desk, text: str, message: str = "", pieces: tuple[tuple[str, str], ...] = ()) -> str:
    """The candidate said something while the interview is held. Returns the command they asked for in other words, which
    is then the caller's to carry out, or nothing."""
    text, too_long = _readable(text.strip())
    request = _request(desk, text)
    await desk.progress.typing()
    proposal = await desk.minds.turn(request, desk.session.mind)
    _note_mind(desk, proposal)
    if proposal.intent in rules.COMMANDS:
        aside = Turn(
            "candidate", text, desk.now_ms, counts=Counts.ASIDE, sentence=desk.session.next_sentence(), message=message
        )
        desk.update(turns=(*desk.session.turns, aside))
        return rules.COMMANDS[proposal.intent]
    settled = rules.settle(proposal, request, desk.session)
    _record(desk, text, settled, message, proposal.flags, pieces)
    if desk.session.phase is Phase.CLOSING:
        return ""
    if too_long and settled.move.kind is not MoveKind.CLOSE:
        _respond_long(desk)
        return ""
    respond(desk, settled, proposal.wording if settled.as_proposed else "")
    return ""


def take_in(desk: Desk) -> None:
    """What was said while paused, when the interview ends before it is taken up: it counts, though nobody replies to it."""
    session = desk.session
    if not session.waiting:
        return
    text = _readable("\n".join(session.waiting))[0]
    said = Turn("candidate", text, desk.now_ms, sentence=session.next_sentence())
    desk.update(turns=(*session.turns, said), waiting=())


def _request(desk: Desk, text: str) -> TurnRequest:
    session, question = desk.session, desk.question
    kind, _, target = session.open_move.partition(":")
    return TurnRequest(
        session=session.id,
        question=question,
        persona=desk.persona,
        level=session.level,
        transcript=tuple(Line(turn.by, turn.text) for turn in session.turns if turn.by in {"candidate", "interviewer"}),
        text=text,
        said=evidence.number([(len(session.turns), text)], first=session.next_sentence()),
        open=Move(MoveKind(kind or "pose"), target, rules.open_question(session, question)),
        moves=rules.allowed(session, question, desk.persona),
        revealed=session.revealed,
        shown=frozenset(session.shown),
        earlier=session.sentences(),
        minutes_left=session.clock.left(desk.now_ms) / 60_000,
        challenge=session.challenge,
        person=session.candidate,
    )


def _note_mind(desk: Desk, proposal: Proposal) -> None:
    """Say once that another mind took over, and forget it when the first is back."""
    wanted = desk.minds.order(desk.session.mind)[0]
    if proposal.mind == wanted:
        desk.update(away="")
    elif not desk.session.away:
        desk.update(away=wanted)
        desk.tell("note", words.AWAY[proposal.cause])


def _record(
    desk: Desk,
    text: str,
    settled: rules.Settled,
    message: str,
    flags: tuple[str, ...],
    pieces: tuple[tuple[str, str], ...],
) -> None:
    session = desk.session
    if settled.intent in rules.ASIDES:
        counts = Counts.ASIDE
    elif settled.intent is Intent.CLARIFY:
        counts = Counts.QUESTION
    else:
        counts = Counts.ANSWER
    if settled.intent is Intent.CORRECT:
        desk.update(withdrawn=(*session.withdrawn, *_taken_back(desk, text)))
    turn = Turn("candidate", text, desk.now_ms, "", "", counts, session.next_sentence(), message, pieces)
    shown = {**session.shown, **{check: cited for check, cited in settled.shown.items() if check not in session.shown}}
    desk.update(
        turns=(*session.turns, turn),
        shown=session.shown if counts is Counts.ASIDE else shown,
        revealed=tuple(dict.fromkeys((*session.revealed, *settled.facts))),
        asides=session.asides + (counts is Counts.ASIDE),
        flags=tuple(dict.fromkeys((*session.flags, *flags))),
    )


def _taken_back(desk: Desk, text: str) -> tuple[int, ...]:
    """The sentences a correction replaces: those of the last answer that speak of the same, else its last one."""
    sentences = desk.session.sentences()
    if not sentences:
        return ()
    last = [sentence for sentence in sentences if sentence.turn == sentences[-1].turn]
    said = set(content_words(text))
    alike = [
        s.number
        for s in last
        if (own := set(content_words(s.text))) and len(own & said) / min(len(own), len(said) or 1) >= 0.5
    ]
    return tuple(alike) or (last[-1].number,)


def _respond_long(desk: Desk) -> None:
    desk.update(phase=Phase.PROBING if desk.session.phase is Phase.PROBING else Phase.ANSWERING)
    desk.ask("redirect", words.STOCK["long"][0], "long")


def respond(desk: Desk, settled: rules.Settled, own: str = "") -> None:
    """Make the settled move; `own` are a mind's checked words for it, empty for the authored ones."""
    session, move = desk.session, settled.move
    desk.update(phase=rules.phase_after(session, settled))
    if move.kind is MoveKind.CLARIFY:
        desk.ask("clarify", own or _fact_words(desk, settled.facts), ",".join(settled.facts))
    elif move.kind is MoveKind.REDIRECT:
        desk.ask("redirect", own or _redirect_words(desk, move.target), move.target)
    elif move.kind is MoveKind.ACKNOWLEDGE:
        said = words.asking(desk.stock("acknowledge"), _still_open(desk), desk.floor())
        desk.ask("acknowledge", own or said)
    elif move.kind is MoveKind.CLOSE:
        close(desk, "covered")
    elif move.kind is MoveKind.HOLD:
        desk.update(challenge="held", open_move=move.key)
        desk.ask("hold", own or move.wording)
    else:
        _advance(desk, settled, own)


def _advance(desk: Desk, settled: rules.Settled, own: str) -> None:
    """A probe, follow-up, curveball or challenge: a new open question."""
    session, move = desk.session, settled.move
    lead = ""
    if session.open_move in {"challenge:", "hold:"} and session.challenge in {"open", "held"}:
        if move.kind is MoveKind.CONCEDE:
            desk.update(challenge="conceded")
        elif settled.intent is Intent.PUSH_BACK:
            desk.update(challenge="held")
            lead = "We'll leave that between us."
        else:
            desk.update(challenge="gave_in" if _AGREES.match(session.turns[-1].text) else "passed")
    if move.kind is MoveKind.CONCEDE:
        following = rules.next_moves(desk.session, desk.question)[0]
        if following.kind is MoveKind.CLOSE:
            close(desk, "covered", move.wording)
            return
        lead, move, own = own or move.wording, following, ""
    elif settled.intent is Intent.NO_IDEA:
        lead = desk.stock("moving_on")
    if move.kind is MoveKind.CLOSE:
        close(desk, "covered")
        return
    if move.kind is MoveKind.CHALLENGE:
        desk.update(challenge="open")
    desk.update(probed=(*desk.session.probed, move.key), open_move=move.key)
    said = own or " ".join(part for part in (lead if lead.find("?") < 0 else "", move.wording) if part)
    desk.ask(move.kind.value, said, move.target)


def next_question(desk: Desk, lead: str = "") -> None:
    """Leave the open question and ask the next one, as the rules have it (after a skip)."""
    move = rules.next_moves(desk.session, desk.question)[0]
    if move.kind is MoveKind.CLOSE:
        close(desk, "covered")
        return
    if move.kind is MoveKind.CHALLENGE:
        desk.update(challenge="open")
    desk.update(probed=(*desk.session.probed, move.key), open_move=move.key, phase=Phase.PROBING)
    desk.ask(move.kind.value, f"{lead} {move.wording}".strip(), move.target)


def hint(desk: Desk) -> None:
    """The next rung, noted; when all are given, the open question again."""
    given = desk.session.hints
    rungs = desk.question.hints
    if given >= len(rungs):
        desk.ask("hint", words.asking(desk.stock("no_more_hints"), _still_open(desk), desk.floor()), "none")
        return
    desk.update(hints=given + 1)
    desk.ask("hint", words.asking(rungs[given], "", desk.hand_back()), str(given + 1))


def _still_open(desk: Desk) -> str:
    return rules.open_question(desk.session, desk.question)


def _redirect_words(desk: Desk, reason: str) -> str:
    if reason == "nothing" and any(char.isalnum() for char in desk.session.turns[-1].text):
        reason = "thinking"  # something came, and it was "let me think"
    lead = desk.stock(reason)
    return words.asking(lead, "" if reason == "one_thing" else _still_open(desk), desk.floor())


def _fact_words(desk: Desk, facts: tuple[str, ...]) -> str:
    if not facts:
        return words.asking(desk.stock("no_data"), "", "What would you assume?")
    told = " ".join(fact.text for fact in desk.question.facts if fact.id in facts)
    asked_before = any(
        turn.move == "clarify" and set(facts) & set(turn.target.split(",")) for turn in desk.session.turns
    )
    lead = f"{desk.stock('as_before')} {told}" if asked_before else told
    return words.asking(lead, "", desk.hand_back())


def close(desk: Desk, why: str, lead: str = "") -> None:
    """The interviewer has no more questions or no more time; one last sentence may come."""
    session = desk.session
    key = {"time": "closing_time", "covered": "closing_covered"}[why]
    desk.update(
        phase=Phase.CLOSING,
        stopped_by=why,
        clock=session.clock.stopped(desk.now_ms),
        open_move="close:",
    )
    said = words.line(key, desk.persona, session.seed)
    desk.ask("close", f"{lead} {said}".strip(), why)


def withdraw(desk: Desk, message: str, text: str | None) -> bool:
    """A message of the candidate was deleted, or edited to `text`; False if it is no turn of this interview."""
    session = desk.session
    for index, turn in enumerate(session.turns):
        if turn.by == "candidate" and message and message in {turn.message, *(name for name, _ in turn.pieces)}:
            pieces = tuple(
                (name, text if name == message else held)
                for name, held in turn.pieces or ((turn.message, turn.text),)
                if text is not None or name != message
            )
            if not pieces:
                changed = replace(turn, counts=Counts.WITHDRAWN)
            else:
                whole = _readable("\n".join((held or "").strip() for _, held in pieces).strip())[0]
                kept = tuple((name, held or "") for name, held in pieces) if turn.pieces else ()
                changed = replace(turn, text=whole, sentence=session.next_sentence(), pieces=kept)
            gone = {*range(turn.sentence, turn.sentence + len(evidence.split(turn.text)))}
            shown = {check: cited for check, cited in session.shown.items() if not gone & set(cited)}
            desk.update(turns=(*session.turns[:index], changed, *session.turns[index + 1 :]), shown=shown)
            return True
    return False

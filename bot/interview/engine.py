"""The engine: one interview's session and what happened, in; the next session and what to say, out.

`handle` holds no adapter and no store, so it has nothing to call but the minds. Handling the same events on the same session
again gives the same ids, so a crash between handling and committing changes nothing. What each event means in each phase is
decided here; the work is done in `opening`, `turn` and `closing`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.chat.events import Deleted, Edited, Event, Fired, Pressed, Ran, Returned, Said, Submitted, Told
from bot.chat.ids import Address
from bot.chat.meanings import Paragraph
from bot.chat.replies import CancelTimer, Outgoing, Progressing, Reply, Role, SetTimer
from bot.interview import closing, opening, turn, words
from bot.interview.desk import CLOCK_TIMERS, GRACE_OVER, TIME_UP, TWO_MINUTES, TWO_THIRDS, Desk
from bot.interview.minds import Minds
from bot.interview.remember import FORGET, forgotten, remember
from bot.interview.session import Counts, Phase, Session, Turn
from bot.library.load import Library

EARLY_MS = 1_500
"""A clock timer that rings this much before its time still counts: clocks of two machines are never quite the same."""

WORDS = ("hint", "skip", "pause", "resume", "time", "stop", "help", "done")
"""Messages that are commands when they are nothing but this word."""

BYSTANDER = "This interview is somebody else's, so I'll only listen to them here. practice starts your own."

LATER = "It can go on once they are back among the questions; practice starts another one."
ANEW = "So this is a new one."

_NOTHING_TO_ADD = frozenset(
    {
        "no",
        "nope",
        "nothing",
        "done",
        "that's it",
        "thats it",
        "no thanks",
        "no thank you",
        "nothing to add",
        "i'm done",
        "im done",
    }
)


_JUDGED = frozenset({Phase.GRADED, Phase.REDOING})

_GO_ON = re.compile(
    r"\W*(?:(?:yes|yep|yeah|ok(?:ay)?|sure|please|go on|carry on|continue|keep going)\W*)*", re.IGNORECASE
)
"""Ways of saying yes to going on."""

_UNCLEAR = re.compile(r"\W*(?:no|nope|nah|\d+|what|hm+)?\W*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Handled:
    """What came of a call: the session (None: there is none), what goes out, and timers to set or cancel. `forget`: nothing
    else of this conversation may stay."""

    session: Session | None
    outgoing: tuple[Outgoing, ...] = ()
    timers: tuple[SetTimer | CancelTimer, ...] = ()
    forget: bool = False


class Engine:
    """Holds interviews: every state is in the session it is given."""

    def __init__(self, library: Library, minds: Minds) -> None:
        self._library = self.library = library
        self._minds = self.minds = minds

    async def handle(
        self, conversation: Address, session: Session | None, events: Sequence[Event], progress: Progressing
    ) -> Handled:
        """Handle waiting events in order; messages of the candidate that follow each other are one turn."""
        outgoing: list[Outgoing] = []
        timers: dict[str, SetTimer | CancelTimer] = {}
        forget = False
        for group in _turns(events):
            first = group[0]
            if isinstance(first, Told) and first.topic == FORGET:
                if session is None or session.candidate.address == first.body.get("person"):
                    session, forget = None, True
                    outgoing.clear()
                    timers = {name: CancelTimer(name) for name in CLOCK_TIMERS}
                outgoing.append(forgotten(first))
                continue
            if isinstance(first, Ran) and first.command == opening.THREAD:
                outgoing.append(opening.thread(conversation, first))
                continue
            lost = session is not None and self._lost(session)
            if session is not None and lost and not _begins(first):
                if isinstance(first, (Said, Pressed, Submitted, Ran)):
                    outgoing.append(_plain(first, conversation, "lost", _lost(session, LATER)))
                continue
            if session is None or _begins(first):
                said = len(outgoing)
                desk = await self._without(conversation, None if lost else session, first, progress, outgoing)
                if session is not None and lost and desk is not None and isinstance(first, (Pressed, Submitted, Ran)):
                    outgoing.insert(said, _plain(first, conversation, "lost", _lost(session, ANEW)))
            else:
                desk = Desk(session, self._library, self._minds, group[-1].at_ms, progress)
                await _step(desk, group)
            if desk is not None:
                session = desk.session
                outgoing += desk.outgoing
                timers.update({timer.name: timer for timer in desk.timers()})
        return Handled(session, tuple(outgoing), tuple(timers.values()), forget)

    def _lost(self, session: Session) -> bool:
        """Whether what the interview is about is not here: a pack was taken away, or its file has an error now."""
        return not self._library.holds(session.question) or session.persona not in self._library.personas

    async def _without(
        self,
        conversation: Address,
        session: Session | None,
        event: Event,
        progress: Progressing,
        outgoing: list[Outgoing],
    ) -> Desk | None:
        """A command that begins an interview, or anything said while there is none."""
        options: dict[str, str] = {}
        if isinstance(event, Ran) and event.command == "practice":
            options = dict(event.options)
        elif isinstance(event, Submitted) and event.form == opening.SETUP_FORM:
            options = {name: value for name, value in event.fields.items() if value}
        elif isinstance(event, Pressed) and event.action == opening.REPLACE and session is not None:
            options = dict(session.pending)
        elif session is None and not (isinstance(event, Pressed) and event.action == closing.AGAIN):
            if isinstance(event, (Said, Pressed, Submitted, Ran)):
                outgoing.append(_plain(event, conversation, "none", "No interview is open here. practice starts one."))
            return None
        if not isinstance(event, (Ran, Pressed, Submitted)):
            return None
        if session is not None and event.person.address != session.candidate.address and _unfinished(session):
            desk = Desk(session, self._library, self._minds, event.at_ms, progress)
            desk.whisper(event.person, "bystander", "Somebody is in an interview here; start yours elsewhere.")
            return desk
        options = opening.settled(self._library, options)
        replaces = isinstance(event, Pressed) and event.action == opening.REPLACE
        if session is not None and not replaces and _unfinished(session):
            desk = Desk(session, self._library, self._minds, event.at_ms, progress)
            opening.offer(desk, options)
            return desk
        try:
            begun = opening.begin(
                self._library,
                self._minds,
                progress,
                conversation,
                event.person,
                options,
                event.id,
                event.at_ms,
                session,
            )
        except opening.Refused as refused:
            outgoing.append(_plain(event, conversation, "refused", str(refused)))
            return None
        # Only now: an interview that goes on was not put away.
        if session is not None and _unfinished(session):
            outgoing += await self._put_away(session, event.at_ms, progress)
        return begun

    async def _put_away(self, session: Session, now_ms: int, progress: Progressing) -> list[Outgoing]:
        """Keep an interview that is replaced before its end in the person's record, judged offline, unfinished."""
        desk = Desk(session, self._library, self._minds, now_ms, progress)
        turn.take_in(desk)
        if desk.session.sentences():
            desk.update(mind="offline")
            await closing.judge(desk)
        remember(desk, unfinished=True)
        return desk.outgoing


def _begins(event: Event) -> bool:
    if isinstance(event, Ran):
        return event.command == "practice"
    if isinstance(event, Submitted):
        return event.form == opening.SETUP_FORM
    return isinstance(event, Pressed) and event.action in {opening.REPLACE, closing.AGAIN}


def _unfinished(session: Session) -> bool:
    return session.running or (session.phase is Phase.RATING and session.judgement is None)


def _lost(session: Session, then: str) -> str:
    return f"The last interview here was on {session.question!r} with {session.persona!r}, and I don't have both now. {then}"


def _plain(event: Said | Pressed | Submitted | Ran, to: Address, move: str, text: str) -> Reply:
    return Reply(f"{event.id}:{move}", to, Role.SYSTEM, move, (Paragraph(text),), final=True)


def _turns(events: Sequence[Event]) -> Iterable[list[Event]]:
    """Events in order, with neighbouring messages of one person taken together unless one is a command word."""
    group: list[Event] = []
    for event in events:
        joins = (
            isinstance(event, Said)
            and bool(group)
            and isinstance(group[-1], Said)
            and group[-1].person == event.person
            and not _word(event.text)
            and not _word(group[-1].text)
        )
        if group and not joins:
            yield group
            group = []
        group.append(event)
    if group:
        yield group


def _word(text: str) -> str:
    word = text.strip().lower().lstrip("/").rstrip(".")
    return word if word in WORDS else ""


async def _step(desk: Desk, group: list[Event]) -> None:
    event = group[0]
    match event:
        case Said():
            await _said(desk, [one for one in group if isinstance(one, Said)])
        case Ran():
            await _ran(desk, event)
        case Pressed():
            await _pressed(desk, event)
        case Submitted():
            if event.form == closing.RATING_FORM and desk.session.phase is Phase.RATING and _own(desk, event):
                if closing.rate(desk, dict(event.fields)):
                    await closing.show_feedback(desk)
            else:
                desk.tell("old", "That form belongs to an interview that has gone on since.")
        case Fired():
            _rang(desk, event)
        case Returned():
            opening.away(desk, event.away_since_ms)
        case Edited():
            turn.withdraw(desk, event.message, event.text)
        case Deleted():
            turn.withdraw(desk, event.message, None)
        case Told():
            pass  # what may be told to a conversation is handled before it comes to a session


def _own(desk: Desk, event: Submitted) -> bool:
    return event.person.address == desk.session.candidate.address


async def _said(desk: Desk, group: list[Said]) -> None:
    text = "\n".join(one.text.strip() for one in group).strip()
    session = desk.session
    if session.candidate.address != group[0].person.address:
        desk.whisper(group[0].person, "bystander", BYSTANDER)
        return
    word = _word(text)
    if word and not (word == "done" and session.phase not in {Phase.CLOSING, Phase.RATING}):
        await _command(desk, word)
    elif session.paused and session.pending and session.running:
        # They were asked whether to go on. An answer is going on; a bare no or a number is none.
        if _UNCLEAR.fullmatch(text):
            desk.tell("offer", "Type resume to go on with it, or replace for a new one.")
            return
        if not _GO_ON.fullmatch(text):
            desk.update(waiting=(*session.waiting, text))
        await _resume(desk)
    elif session.paused:
        desk.update(waiting=(*session.waiting, text))
        desk.tell("pause", "We're paused, and I've kept that. Type resume and I'll take it as your answer.")
    elif session.phase is Phase.CLOSING:
        await _last_words(desk, text)
    elif session.phase is Phase.RATING:
        await _while_rating(desk, text)
    elif session.phase is Phase.GRADED and not any(char.isalnum() for char in text):
        desk.tell("over", "The interview is over. Tell me which line you'd question, or choose one of the options.")
    elif session.phase is Phase.GRADED:
        await closing.discuss(desk, text)
    elif session.phase is Phase.REDOING:
        await closing.finish_redo(desk, text)
    else:
        pieces = tuple((one.message, one.text) for one in group) if len(group) > 1 else ()
        await _turn(desk, text, group[-1].message, pieces)


async def _turn(desk: Desk, text: str, message: str = "", pieces: tuple[tuple[str, str], ...] = ()) -> None:
    asked = await turn.answer(desk, text, message, pieces)
    if asked:
        await _in_interview(desk, asked)


async def _last_words(desk: Desk, text: str) -> None:
    if text.lower().strip(" .!") not in _NOTHING_TO_ADD:
        await turn.answer(desk, text)
    closing.to_rating(desk)


async def _while_rating(desk: Desk, text: str) -> None:
    if desk.session.quiet:
        await closing.discuss(desk, text)
    else:
        late = Turn("candidate", text, desk.now_ms, "late", "", Counts.ASIDE, desk.session.next_sentence())
        desk.update(turns=(*desk.session.turns, late))
        desk.tell(
            "rate",
            "That came after the close, so it isn't graded. Rate yourself, or leave it all out, to see the feedback.",
        )


async def _ran(desk: Desk, event: Ran) -> None:
    if event.person.address != desk.session.candidate.address:
        desk.whisper(event.person, "bystander", BYSTANDER)
    elif event.command == "rate":
        criterion, level = event.options.get("criterion", ""), event.options.get("level", "")
        if closing.rate(desk, {criterion: level}):
            desk.tell("rate", f"Noted: {level} for {criterion}.")
    elif event.command == "finish":
        await _finish(desk)
    else:
        await _command(desk, event.command)


async def _finish(desk: Desk) -> None:
    """A script has ended: close what is open and grade."""
    if desk.session.waiting:
        await _resume(desk)
    if desk.session.running:
        if desk.session.phase is Phase.CLOSING:
            closing.to_rating(desk)
        else:
            closing.stop(desk)
    await closing.show_feedback(desk)


async def _resume(desk: Desk) -> None:
    waiting = desk.session.waiting
    desk.update(waiting=(), pending={})
    if not waiting:
        opening.take_up(desk)
        return
    desk.update(paused=False, clock=desk.session.clock.started(desk.now_ms))
    await _turn(desk, "\n".join(waiting))


async def _command(desk: Desk, word: str) -> None:
    session = desk.session
    if word == "help":
        desk.tell("help", words.HELP)
    elif word == "resume" and (session.paused or session.pending) and session.phase not in _JUDGED:
        if session.running:
            await _resume(desk)
        else:
            closing.to_rating(desk)
    elif session.phase in {Phase.CLOSING, Phase.RATING} and word in {"done", "skip", "stop"}:
        if session.phase is Phase.RATING:
            await closing.show_feedback(desk)
        else:
            closing.to_rating(desk)
    elif not session.running:
        desk.tell("over", "This interview is over. practice starts another one.")
    elif session.paused and word not in {"time", "stop", "pause"}:
        desk.tell("pause", "We're paused. Type resume to go on.")
    else:
        await _in_interview(desk, word)


async def _in_interview(desk: Desk, word: str) -> None:
    session = desk.session
    if word == "hint":
        turn.hint(desk)
    elif word == "skip":
        desk.update(skips=session.skips + 1)
        turn.next_question(desk, desk.stock("moving_on"))
    elif word == "pause":
        opening.pause(desk)
    elif word == "resume":
        desk.tell("resume", f"We're going already, with {words.minutes(session.clock.left(desk.now_ms))} left.")
    elif word == "time":
        desk.tell("time", f"{words.minutes(session.clock.left(desk.now_ms)).capitalize()} left.")
    elif word == "stop":
        turn.take_in(desk)
        closing.stop(desk)
    else:
        desk.tell("unknown", f"I don't know the command {word[:40]!r} here. {words.HELP}")


async def _pressed(desk: Desk, event: Pressed) -> None:
    session = desk.session
    action = event.action
    if session.candidate.address != event.person.address:
        text = "That button belongs to somebody else's interview. practice starts your own."
        desk.whisper(event.person, "bystander", text)
    elif action in WORDS:
        await _command(desk, action)
    elif action == closing.SKIP_RATING and session.phase is Phase.RATING:
        await closing.show_feedback(desk)
    elif session.phase not in {Phase.GRADED, Phase.REDOING}:
        desk.tell("old", "That button belongs to an interview that is over.")
    elif action == closing.REDO:
        await closing.start_redo(desk)
    elif action == closing.DISAGREE:
        closing.disagree(desk)
    elif action == closing.STRONG:
        closing.strong_answer(desk)
    elif action == closing.SHARE:
        await closing.share(desk)
    elif action in {closing.HELPED, closing.UNHELPED}:
        closing.helped(desk, action == closing.HELPED)
    else:
        desk.tell("old", "That button is from before. hint, skip, pause, time and stop work as words too.")


def _rang(desk: Desk, event: Fired) -> None:
    """A clock timer: it counts only if the clock still says so, since pauses move it."""
    session = desk.session
    if event.timer == GRACE_OVER:
        if session.phase is Phase.CLOSING:
            closing.to_rating(desk)
        return
    if session.clock.since_ms is None or not session.running:
        return
    left, limit = session.clock.left(desk.now_ms), session.clock.limit_ms
    marks = {TWO_THIRDS: limit - limit * 2 // 3, TWO_MINUTES: 120_000, TIME_UP: 0}
    if event.timer not in marks or left > marks[event.timer] + EARLY_MS or event.timer in session.nudged:
        return
    if event.timer == TIME_UP:
        turn.close(desk, "time")
        return
    desk.update(nudged=(*session.nudged, event.timer))
    if left > EARLY_MS:
        desk.tell("nudge", f"{words.minutes(left).capitalize()} left.")

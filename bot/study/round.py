"""One daily question from its post to the feedback: answers sealed, opened together, rated by members, then read by the coach.

A round posts its own card, because only who posted can edit. It knows its board, the people and the coach's sheets by address
only, and tells them by events whose ids a repeat would share, so that being killed anywhere changes nothing. What the coach
makes of an answer is in `sheet`; how a round looks is in `card` and `reveal`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.chat import daily
from bot.chat.events import Event, Fired, Pressed, Submitted, Told
from bot.chat.ids import Address, Person
from bot.chat.meanings import Choices, Option, Paragraph, Passage
from bot.chat.replies import CancelTimer, SetTimer
from bot.library.load import Library
from bot.study import card, judged, reveal, saying, sealed
from bot.study.handled import Handled, Out
from bot.study.sealed import Answer, Phase, RoundState

OPEN, TOOK_PART, TOOK_BACK, OPENED, CLOSED, GONE = "open", "took-part", "took-back", "opened", "closed", "gone"
"""Topics: a board opens a round. A round tells people that they took part, or took it back; its board when the answers were
opened, when it is over, and that nothing can be posted there."""

FORGET, FORGOTTEN = "forget", "forgotten"

REVEAL, RATED, REMIND = "reveal", "rated", "remind:"
"""Timers; the last is followed by whom."""

_IN_CHANNEL = frozenset({"daily", "daily-answers", "daily-exemplars"})

KEEP_MS = 400 * 24 * 3600 * 1000
"""How long a round is kept: its ratings are labels to measure a coach by."""


def handle(actor: Address, stored: bytes | None, events: Sequence[Event], library: Library) -> Handled:
    """Handle a round's events in order."""
    state = sealed.load(stored) if stored is not None else None
    before = state
    out = Out(actor, f"{actor}:{state.steps + 1 if state is not None else 0}", events[-1].at_ms)
    timers: list[SetTimer | CancelTimer] = []
    for event in events:
        if state is not None:
            state = _Work(replace(state, steps=state.steps + 1), library, out, timers).step(event)
        elif isinstance(event, Told) and event.topic == OPEN:
            state = card.begun(event.body)
            out.post("daily", *card.card(state), name=card.name(state.id))
            timers.append(SetTimer(REVEAL, state.reveal_ms))
            timers += [SetTimer(f"{REMIND}{held.person.address}", held.at_ms) for held in state.reminders]
            before = state
        else:
            _unknown(event, out)
    if state is None:
        return Handled(None, tuple(out.items))
    if before is not None and card.card(before) != card.card(state) and not state.unsaid:
        out.edit("daily", card.name(state.id), *card.card(state))
    return Handled(sealed.dump(state), tuple(out.items), tuple(timers), KEEP_MS)


def _unknown(event: Event, out: Out) -> None:
    """Something for a round that is not there: what asks for an answer gets one, and nobody's words are lost."""
    if isinstance(event, Told) and event.topic == FORGET:
        _forgotten(event, out)
    elif isinstance(event, Submitted):
        out.confide(event.person, "daily-note", Paragraph(saying.UNKNOWN), *_given_back(event))


def _given_back(event: Submitted) -> tuple[Passage, ...]:
    text = event.fields.get("answer", "").strip()
    return (Passage("What you wrote", text),) if text else ()


def _forgotten(event: Told, out: Out) -> None:
    body = {"conversation": event.to}
    out.tell(Address(str(event.body["person"])), FORGOTTEN, body, name=f"{event.id}:done")


class _Work:
    """One event's work on a round."""

    def __init__(self, state: RoundState, library: Library, out: Out, timers: list[SetTimer | CancelTimer]) -> None:
        self.state = state
        self.library = library
        self.out = out
        self.timers = timers

    def step(self, event: Event) -> RoundState:
        """The state after the event."""
        match event:
            case Submitted() if event.form.startswith(daily.ANSWER):
                self._answer(event)
            case Submitted() if event.form.startswith(daily.RATE):
                self._rate(event)
            case Pressed(action=daily.TAKE_BACK):
                self._take_back(event.person, event.at_ms)
            case Fired(timer="reveal"):
                self._reveal(event.at_ms)
            case Fired(timer="rated"):
                self._close(event.at_ms)
            case Fired() if event.timer.startswith(REMIND):
                self._remind(event.timer.removeprefix(REMIND))
            case Told(topic="forget"):
                self._forget(event)
            case Told(topic="undeliverable"):
                self._unsaid(event)
            case _:
                pass
        return self.state

    # Sealed

    def _answer(self, event: Submitted) -> None:
        state, person = self.state, event.person
        text = event.fields.get("answer", "").strip()
        if state.phase is not Phase.OPEN:
            self.out.confide(person, "daily-note", Paragraph(saying.CAME_LATE), *_given_back(event))
            return
        if not text or len(text) > sealed.LONGEST:
            return  # the form was refused before; nothing else sends one
        first = state.answer(person) is None
        held = Answer(person, text, event.at_ms, named=event.fields.get("named", "") != "anonymous")
        self.state = replace(state, answers={**state.answers, person.address: held})
        if first:
            self._tell_person(person, TOOK_PART)

    def _take_back(self, person: Person, at_ms: int) -> None:
        state, held = self.state, self.state.answer(person)
        if held is None:
            return
        if state.phase is Phase.OPEN:
            self.state = state.without(person.address)
            self._tell_person(person, TOOK_BACK)
            return
        self.state = replace(state, answers={**state.answers, person.address: replace(held, text="", gone=True)})
        reveal.redraw(self.state, held.group, self.out)
        self._close_if_rated(at_ms)

    def _tell_person(self, person: Person, topic: str) -> None:
        state = self.state
        body = {"round": state.id.address, "board": state.id.board.address}
        self.out.tell(person.address, topic, body)

    def _remind(self, whom: str) -> None:
        state = self.state
        asked = next((held.person for held in state.reminders if held.person.address == whom), None)
        if asked is None or state.phase is not Phase.OPEN or state.answer(asked) is not None or state.unsaid:
            return
        when = saying.moment(state.reveal_ms, state.zone)
        answer = Option(daily.ANSWER, "Answer", state.id.key, style="primary")
        self.out.confide(
            asked, "daily-reminder", Choices(saying.REMINDER.format(title=state.title, when=when), (answer,))
        )

    # Opened

    def _reveal(self, now_ms: int) -> None:
        state = self.state
        if state.phase is not Phase.OPEN:
            return
        numbered: dict[str, Answer] = {
            held.person.address: replace(held, number=number) for number, held in enumerate(state.standing, 1)
        }
        self.state = state = replace(state, phase=Phase.RATING, answers=numbered)
        self.state = reveal.posts(state, self.library, self.out)
        people = [{"person": _plain(held.person), "at_ms": held.at_ms} for held in state.standing]
        self.out.tell(state.id.board.address, OPENED, {"stream": state.stream, "day": state.day, "people": people})
        if len(state.standing) < 2:
            self._close(now_ms)
            return
        self.state = reveal.assigned(self.state)
        reveal.invitations(self.state, self.out)
        self.timers.append(SetTimer(RATED, max(card.rated_ms(state), now_ms + state.rating_h * 3_600_000 // 4)))

    def _rate(self, event: Submitted) -> None:
        state, person = self.state, event.person
        number = event.form.rpartition(":")[2]
        answer = state.numbered(int(number)) if number.isdigit() else None
        if state.phase is not Phase.RATING or answer is None or answer.person.address == person.address:
            return
        if judged.problems(state, event.fields, self.library):
            return
        given = judged.rating(state, person.address, answer, event.fields, event.at_ms, self.library)
        state = state.with_rating(given)
        if person.address not in state.assigned:
            state = replace(state, volunteers={**state.volunteers, person.address: person})
        self.state = state
        self._close_if_rated(event.at_ms)

    def _close_if_rated(self, now_ms: int) -> None:
        """Nobody waits longer than needed: once all who were asked have rated, it is the coach's turn."""
        state = self.state
        if state.phase is not Phase.RATING:
            return
        standing = {held.person.address for held in state.standing}
        for rater, given in state.assigned.items():
            if rater in standing and (standing & set(given)) - state.rated_by(rater):
                return
        self.timers.append(CancelTimer(RATED))
        self._close(now_ms)

    def _close(self, now_ms: int) -> None:
        del now_ms
        state = self.state
        if state.phase is not Phase.RATING:
            return
        self.state = state = replace(state, phase=Phase.CLOSED)
        reveal.to_the_coach(state, self.library, self.out)
        self.out.tell(state.id.board.address, CLOSED, reveal.summary(state, self.library))

    # Trouble

    def _forget(self, event: Told) -> None:
        person = str(event.body["person"])
        held = self.state.answers.get(person)
        self.state = self.state.without(person)
        if held is not None and held.group >= 0 and not self.state.unsaid:
            reveal.redraw(self.state, held.group, self.out)
        _forgotten(event, self.out)

    def _unsaid(self, event: Told) -> None:
        """Something of ours can never be shown in the channel. Without its card there is no round; one that is under way goes on
        between us and each member."""
        state = self.state
        if event.body.get("move") not in _IN_CHANNEL or state.unsaid:
            return
        self.state = state = replace(state, unsaid=str(event.body.get("reason") or "it cannot be posted"))
        body = {"stream": state.stream, "day": state.day, "reason": state.unsaid, "answers": len(state.standing)}
        self.out.tell(state.id.board.address, GONE, body)
        if not state.standing:
            self.state = replace(state, phase=Phase.CLOSED)
            self.timers += [CancelTimer(REVEAL), CancelTimer(RATED)]


def _plain(person: Person) -> dict[str, str]:
    return {"platform": person.platform, "workspace": person.workspace, "id": person.id, "name": person.name}

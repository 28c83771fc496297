"""One daily question from its post to the feedback: answers sealed, opened together, rated by members, then read by the coach.

A round posts its own card, because only who posted can edit. It knows its board, the people and the coach's sheets by address
only, and tells them by events whose ids a repeat would share, so that being killed anywhere changes nothing. What the coach
makes of an answer is in `sheet`; how a round looks is in `card` and `reveal`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.chat import codec, daily
from bot.chat.events import Event, Fired, Pressed, Submitted, Told
from bot.chat.ids import Address, Person
from bot.chat.meanings import Choices, Option, Paragraph, Passage
from bot.chat.replies import CancelTimer, SetTimer
from bot.library.load import Library
from bot.study import calendar, card, judged, reveal, saying, sealed
from bot.study.handled import Handled, Out
from bot.study.sealed import Answer, Phase, Reminder, RoundState

OPEN, TOOK_PART, TOOK_BACK, OPENED, CLOSED, GONE = "open", "took-part", "took-back", "opened", "closed", "gone"
"""Topics: a board opens a round. A round tells people that they took part, or took it back; its board when the answers were
opened, when it is over, and that nothing can be posted there."""

FORGET, FORGOTTEN = "forget", "forgotten"

REVEAL, RATED, REMIND = "reveal", "rated", "remind:"
"""Timers; the last is followed by whom."""

KEEP_MS = 400 * 24 * 3600 * 1000
"""How long a round is kept: its ratings are labels to measure a coach by."""


def handle(actor: Address, stored: bytes | None, events: Sequence[Event], library: Library) -> Handled:
    """Handle a round's events in order."""
    state = sealed.load(stored) if stored is not None else None
    before = state
    # What is said about a round that is not there is counted nowhere, so the event gives it its name.
    out = Out(actor, f"{actor}:{state.steps + 1 if state is not None else events[0].id}", events[-1].at_ms)
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
                self._take_back(event.person)
            case Fired(timer="reveal"):
                self._reveal(event.at_ms)
            case Fired(timer="rated"):
                self._close()
            case Fired() if event.timer.startswith(REMIND):
                self._remind(event.timer.removeprefix(REMIND))
            case Told(topic="remind"):
                self._move_reminder(event)
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
        held = Answer(person, text, event.at_ms, named=event.fields.get("named", "") == "named")
        self.state = replace(state, answers={**state.answers, person.address: held})
        if first:
            self._tell_person(person, TOOK_PART)

    def _take_back(self, person: Person) -> None:
        state, held = self.state, self.state.answer(person)
        if held is None:
            return
        if state.phase is Phase.OPEN:
            self.state = state.without(person.address)
            self._tell_person(person, TOOK_BACK)
            return
        self.state = replace(state, answers={**state.answers, person.address: replace(held, text="", gone=True)})
        self._redraw(held)
        self._close_if_rated()

    def _redraw(self, held: Answer) -> None:
        if held.group >= 0 and not self.state.unsaid:
            reveal.redraw(self.state, held.group, self.out)

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

    def _move_reminder(self, event: Told) -> None:
        """Somebody chose another time to be reminded while the question is open, or none."""
        state = self.state
        wanted = codec.from_plain(Reminder, event.body)
        if state.phase is not Phase.OPEN or not isinstance(wanted, Reminder):
            return
        name = f"{REMIND}{wanted.person.address}"
        others = tuple(one for one in state.reminders if one.person.address != wanted.person.address)
        if wanted.at_ms < 0:
            self.state = replace(state, reminders=others)
            self.timers.append(CancelTimer(name))
            return
        at_ms = min(wanted.at_ms, max(event.at_ms, state.reveal_ms - calendar.HOUR_MS))
        self.state = replace(state, reminders=(*others, replace(wanted, at_ms=at_ms)))
        self.timers.append(SetTimer(name, at_ms))

    # Opened

    def _reveal(self, now_ms: int) -> None:
        state = self.state
        if state.phase is not Phase.OPEN:
            return
        numbered: dict[str, Answer] = {
            held.person.address: replace(held, number=number) for number, held in enumerate(state.standing, 1)
        }
        # Late because nobody ran us: raters get their whole time, and the card says until when.
        reveal_ms = max(state.reveal_ms, now_ms)
        state = replace(state, phase=Phase.RATING, answers=numbered, reminders=(), reveal_ms=reveal_ms)
        self.state = state if state.unsaid else reveal.posts(state, self.library, self.out)
        people = [{"person": _plain(held.person), "at_ms": held.at_ms} for held in state.standing]
        self.out.tell(state.id.board.address, OPENED, {"stream": state.stream, "day": state.day, "people": people})
        if len(state.standing) < 2:
            self._close()
            return
        self.state = reveal.assigned(self.state)
        reveal.invitations(self.state, self.out)
        self.timers.append(SetTimer(RATED, card.rated_ms(state)))

    def _rate(self, event: Submitted) -> None:
        state, person = self.state, event.person
        answer = state.rated_in(event.form)
        if state.phase is not Phase.RATING or answer is None or answer.person.address == person.address:
            return
        if judged.problems(state, event.fields, self.library):
            return
        given = judged.rating(state, person.address, answer, event.fields, event.at_ms, self.library)
        state = state.with_rating(given)
        if person.address not in state.assigned:
            if person.address not in state.volunteers:
                self._tell_person(
                    person, TOOK_PART
                )  # their ratings are kept here, and go when they ask to be forgotten
            state = replace(state, volunteers={**state.volunteers, person.address: person})
        self.state = state
        self._close_if_rated()

    def _close_if_rated(self) -> None:
        """Nobody waits longer than needed: once all who were asked have rated, it is the coach's turn."""
        state = self.state
        if state.phase is not Phase.RATING:
            return
        standing = {held.person.address for held in state.standing}
        for rater, given in state.assigned.items():
            if rater in standing and (standing & set(given)) - state.rated_by(rater):
                return
        self.timers.append(CancelTimer(RATED))
        self._close()

    def _close(self) -> None:
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
        state = self.state.without(person)
        if any(one.person.address == person for one in state.reminders):
            state = replace(state, reminders=tuple(one for one in state.reminders if one.person.address != person))
            self.timers.append(CancelTimer(f"{REMIND}{person}"))
        if state.by == person:
            state = replace(state, title=saying.A_MEMBERS, text=saying.QUESTION_BACK, credit="", by=Address(""))
        self.state = state
        if held is not None:
            self._redraw(held)
        self._close_if_rated()
        _forgotten(event, self.out)

    def _unsaid(self, event: Told) -> None:
        """Something of ours can never be shown in the channel. Without its card there is no round; one that is under way goes on
        between us and each member."""
        state = self.state
        # A later change of a card that somebody removed is no reason to stop.
        if not reveal.is_post(state, str(event.body.get("reply", ""))) or state.unsaid:
            return
        self.state = state = replace(state, unsaid=str(event.body.get("reason") or "it cannot be posted"))
        body = {"stream": state.stream, "day": state.day, "reason": state.unsaid, "answers": len(state.standing)}
        self.out.tell(state.id.board.address, GONE, body)
        if not state.standing:
            self.state = replace(state, phase=Phase.CLOSED, reminders=())
            self.timers += [CancelTimer(REVEAL), CancelTimer(RATED)]


def _plain(person: Person) -> dict[str, str]:
    return {"platform": person.platform, "workspace": person.workspace, "id": person.id, "name": person.name}

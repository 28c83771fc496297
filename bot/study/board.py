"""A channel's daily streams: set up, posted at their minute, paused, caught up with, reported on.

A board posts nothing in its channel itself. It draws a question and opens a round, which posts it; rounds and sheets tell it
how that went. What is due is `calendar`'s, what comes next is `drawing`'s; the board decides what follows from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot.chat import codec, daily
from bot.chat.events import Event, Fired, Pressed, Submitted, Told
from bot.chat.ids import Address, Board
from bot.chat.meanings import Choices, Meaning, Option, Paragraph, Passage
from bot.chat.replies import CancelTimer, SetTimer
from bot.library.load import Library
from bot.study import calendar, digest, learnt, saying, stream_form, streams, zones
from bot.study.handled import Handled, Out
from bot.study.sealed import REMIND, Reminder
from bot.study.stream import EMPTY, PAUSED, Asked, BoardState, Stream, Suggestion, dump, load

POST, DIGEST = "post:", "digest"
"""Timers; the first is followed by the stream."""

JOINED, FORGET, FORGOTTEN = "joined", "forget", "forgotten"
"""Topics: a person is told that a board keeps something about them, a board that it is to forget somebody, and they that it has."""

WARNED_DAYS = 7
"""So many days before questions begin to come back, it is said."""

SUGGESTIONS = 300
"""Suggestions a board keeps."""


def handle(actor: Address, stored: bytes | None, events: Sequence[Event], library: Library, now_ms: int = 0) -> Handled:
    """Handle a board's events in order. `now_ms` is the moment it is done at, which may be long after a timer rang."""
    work = _Work(actor, load(stored), library, events[-1].at_ms)
    if stored is None:
        work.out.begin(f"{actor}:{events[0].id}")  # nothing is counted yet, and maybe nothing will be kept
    for event in events:
        work.now_ms = max(event.at_ms, now_ms) if isinstance(event, Fired) else event.at_ms
        work.step(event)
    state = None if work.state.empty else dump(work.state)
    return Handled(state, tuple(work.out.items), tuple(work.timers.values()))


class _Work:
    """One commit's work on a board."""

    def __init__(self, actor: Address, state: BoardState, library: Library, now_ms: int) -> None:
        self.board = Board.of(actor)
        self.state = replace(state, steps=state.steps + 1)
        self.library = library
        self.now_ms = now_ms
        self.out = Out(actor, f"{actor}:{self.state.steps}", now_ms)
        self.timers: dict[str, SetTimer | CancelTimer] = {}

    def step(self, event: Event) -> None:
        """Handle one event."""
        match event:
            case Submitted():
                self._submitted(event)
            case Pressed():
                self._pressed(event)
            case Fired(timer="digest"):
                self._digest()
            case Fired():
                self._due(event)
            case Told():
                self._told(event)
            case _:
                pass

    # Setting up

    def _submitted(self, event: Submitted) -> None:
        action, value = daily.of_form(event.form)
        if action == daily.SUGGEST:
            self._suggest(event)
        elif action == daily.MINE:
            self._mine(event)
        elif action in {daily.NEW, daily.EDIT} and self.state.may(event.person, event.organiser):
            today = calendar.local_day("UTC", event.at_ms)
            if stream_form.problems(event.fields, self.library, today):
                return  # the form was refused before; nothing else sends one
            self._set_up(event, daily.stream_of(value) if action == daily.EDIT else "", today)

    def _set_up(self, event: Submitted, name: str, today: date) -> None:
        old = self.state.stream(name)
        if name and old is None:
            self.out.confide(event.person, "daily-note", Paragraph(saying.NO_STREAM))
            return
        made = self.state.made + (old is None)
        stream = old or replace(stream_form.organiser(event.person), id=f"s{made}")
        stream = stream_form.settings(stream, event.fields, today, self.now_ms)
        organisers = tuple(dict.fromkeys((*self.state.organisers, event.person.address)))
        self.state = replace(self.state.with_stream(stream), made=made, organisers=organisers)
        self._appoint(stream)
        self._appoint_digest()
        self.out.tell(event.person.address, JOINED, {"board": self.board.address})

    def _mine(self, event: Submitted) -> None:
        if stream_form.mine_problems(event.fields):
            return
        member = stream_form.mine(self.state.member(event.person), event.fields)
        self.state = self.state.with_member(member)
        self.out.tell(event.person.address, JOINED, {"board": self.board.address})
        for stream, one in self._open_rounds():
            moved = streams.reminder(member, stream, one.at_ms + stream.reveal_h * calendar.HOUR_MS, self.now_ms)
            body = codec.to_plain(moved if moved is not None else Reminder(event.person, -1))
            self.out.tell(self.board.round(stream.id, one.day).address, REMIND, body)

    def _open_rounds(self) -> list[tuple[Stream, Asked]]:
        return [(held, one) for held in self.state.streams for one in held.asked if one.answers < 0]

    def _notify(self, stream: Stream, *meanings: Meaning) -> None:
        """Tell whoever runs a stream, if there is somebody."""
        if stream.organiser.id:
            self.out.confide(stream.organiser, "daily-note", *meanings)

    def _suggest(self, event: Submitted) -> None:
        fields = event.fields
        if stream_form.suggest_problems(fields) or not self.state.streams or streams.too_many(self.state, event.person):
            return  # said at once; nothing else sends one
        made = self.state.made + 1
        suggestion = Suggestion(
            f"q{made}",
            event.person,
            fields[stream_form.TITLE].strip(),
            fields[stream_form.TEXT].strip(),
            fields[stream_form.TYPE],
            self.now_ms,
            credited=fields.get(stream_form.CREDIT, "yes") != "no",
        )
        self.state = replace(self.state, made=made, suggestions=(*self.state.suggestions, suggestion)[-SUGGESTIONS:])
        self.out.tell(event.person.address, JOINED, {"board": self.board.address})
        value = f"{self.board.key}:{suggestion.id}"
        options = (
            Option(daily.APPROVE, "Take it in", value, style="primary"),
            Option(daily.DECLINE, "Leave it out", value),
        )
        who = event.person.name or "A member"
        asking = Choices("Shall it join the daily questions?", options)
        for person in streams.organisers(self.state.streams):
            shown = Passage(f"{who} suggests: {suggestion.title}", suggestion.text)
            self.out.confide(person, "daily-suggestion", shown, asking)

    def _pressed(self, event: Pressed) -> None:
        name = daily.stream_of(event.value)
        if not self.state.may(event.person, event.organiser):
            return
        if event.action in {daily.APPROVE, daily.DECLINE}:
            self._decide(event, name)
            return
        stream = self.state.stream(name)
        if stream is None:
            return
        if event.action == daily.PAUSE and not stream.paused:
            self._keep(replace(stream, paused=PAUSED))
            self._appoint_digest()
        elif event.action == daily.RESUME and stream.paused:
            self._keep(replace(stream, paused="", since_ms=self.now_ms))
            self._appoint_digest()
        elif event.action == daily.REMOVE:
            self.timers[f"{POST}{name}"] = CancelTimer(f"{POST}{name}")
            self.state = self.state.without_stream(name)
            self._appoint_digest()
        elif event.action == daily.NOW and not streams.just_asked(stream, self.now_ms):
            stream = replace(stream, extra=stream.extra + 1)
            today = calendar.local_day(stream.zone, self.now_ms)
            self._ask(stream, f"{today.isoformat()}-{stream.extra}", self.now_ms)

    def _decide(self, event: Pressed, name: str) -> None:
        held = next((one for one in self.state.suggestions if one.id == name), None)
        if held is None or held.approved:
            return
        others = tuple(one for one in self.state.suggestions if one.id != name)
        if event.action == daily.DECLINE:
            self.state = replace(self.state, suggestions=others)
            self.out.confide(held.person, "daily-note", Paragraph(saying.DECLINED.format(title=held.title)))
            return
        self.state = replace(self.state, suggestions=(*others, replace(held, approved=True)))
        member = self.state.member(held.person)
        self.state = self.state.with_member(replace(member, suggested=member.suggested + 1))
        self.out.confide(held.person, "daily-note", Paragraph(saying.APPROVED.format(title=held.title)))

    def _keep(self, stream: Stream) -> None:
        self.state = self.state.with_stream(stream)
        self._appoint(stream)

    # Posting

    def _appoint(self, stream: Stream) -> None:
        """Set the stream's timer to its next post; none while it is paused."""
        name = f"{POST}{stream.id}"
        coming = None
        if not stream.paused:
            last = date.fromisoformat(stream.last_day) if stream.last_day else None
            coming = calendar.next_after(stream.schedule, self.now_ms, last)
        self.timers[name] = SetTimer(name, coming.at_ms) if coming is not None else CancelTimer(name)

    def _due(self, event: Fired) -> None:
        stream = self.state.stream(event.timer.removeprefix(POST))
        if stream is None or stream.paused:
            return
        last = date.fromisoformat(stream.last_day) if stream.last_day else None
        found = calendar.due(stream.schedule, last, self.now_ms, streams.LOOK_BACK_MS)
        if found.last_day is not None:
            stream = replace(stream, last_day=found.last_day.isoformat())
        if found.skipped:
            days = zones.say_dates([one.day for one in found.skipped])
            self._notify(stream, Paragraph(saying.SKIPPED.format(name=stream.name, days=days)))
        if found.post is not None:
            self._ask(stream, found.post.day.isoformat(), found.post.at_ms)
        else:
            self._keep(stream)

    def _ask(self, stream: Stream, day: str, at_ms: int) -> None:
        """Draw a question and open its round."""
        drawn = streams.draw(stream, self.state, self.library)
        if drawn is None:
            self._keep(replace(stream, paused=EMPTY))
            self._notify(stream, Paragraph(saying.NO_POOL.format(name=stream.name)))
            return
        opened = streams.round_of(self.board, stream, self.state, self.library, day, drawn, at_ms, self.now_ms)
        self.out.tell(opened.id.address, "open", codec.to_plain(opened), name=f"{opened.id.address}:open")
        stream = stream.with_asked(Asked(day, drawn, opened.title, opened.type, at_ms))
        self.state = self.state.with_stream(stream)
        self._keep(self._warned(stream))

    def _warned(self, stream: Stream) -> Stream:
        days, left = streams.lasts(stream, self.state, self.library)
        if days is None or days > WARNED_DAYS:
            return replace(stream, warned=False)
        if not stream.warned:
            text = saying.RUNS_DRY if left else saying.RUN_DRY
            self._notify(stream, Paragraph(text.format(name=stream.name, left=saying.counted(left, "question"))))
        return replace(stream, warned=True)

    # What rounds, sheets and people tell

    def _told(self, event: Told) -> None:
        body = event.body
        stream = self.state.stream(str(body.get("stream", "")))
        if event.topic == "opened":
            self.state = learnt.opened(self.state, body, self.now_ms)
        elif event.topic == "graded":
            self.state = learnt.graded(self.state, body, self.now_ms)
        elif event.topic == "closed" and stream is not None:
            self.state = learnt.closed(self.state, stream, body, self.now_ms)
        elif event.topic == "gone" and stream is not None:
            self._gone(stream, body)
        elif event.topic == FORGET:
            self._forget(event)

    def _gone(self, stream: Stream, body: streams.Body) -> None:
        """Nothing can be posted in the channel any more: stop, keep everything, and say how to go on."""
        if not streams.number(body["answers"]):
            stream = stream.without_asked(str(body["day"]))
        if not stream.paused:
            reason = str(body["reason"])
            resume = Option(daily.RESUME, "Go on", f"{self.board.key}:{stream.id}", style="primary")
            text = saying.GONE.format(name=stream.name, reason=reason)
            self._notify(stream, Choices(text, (resume,)))
            stream = replace(stream, paused=f"I can't post there: {reason}")
        self._keep(stream)

    def _forget(self, event: Told) -> None:
        person = str(event.body["person"])
        theirs = {f"suggested:{one.id}" for one in self.state.suggestions if one.person.address == person}
        # Rounds that are open may remind them, and their own questions were put in rounds they know nothing of.
        told = {self.board.round(stream.id, one.day).address for stream, one in self._open_rounds()}
        told |= {
            self.board.round(stream.id, one.day).address
            for stream in self.state.streams
            for one in stream.asked
            if one.question in theirs
        }
        for number, address in enumerate(sorted(told)):
            self.out.tell(address, FORGET, {"person": person}, name=f"{event.id}:{number}")
        self.state = streams.without(self.state, person, theirs)
        body = {"conversation": event.to}
        self.out.tell(Address(person), FORGOTTEN, body, name=f"{event.id}:done")

    # Once a week

    def _appoint_digest(self) -> None:
        running = [held for held in self.state.streams if not held.paused]
        if not running:
            self.timers[DIGEST] = CancelTimer(DIGEST)
            return
        # Told already today, because a clock went back: then next week.
        zone, last_ms = running[0].zone, self.state.digest_ms
        last = calendar.local_day(zone, last_ms) if last_ms else None
        coming = calendar.next_after(calendar.Schedule(9 * 60, zone, (0,)), self.now_ms, last)
        if coming is not None:
            self.timers[DIGEST] = SetTimer(DIGEST, coming.at_ms)

    def _digest(self) -> None:
        said = digest.week(self.state, self.library, self.now_ms)
        for person, meanings in said:
            self.out.confide(person, "daily-digest", *meanings)
        self.state = replace(self.state, digest_ms=self.now_ms)
        self._appoint_digest()

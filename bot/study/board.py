"""A channel's daily streams: set up, posted at their minute, paused, caught up with, reported on.

A board posts nothing in its channel itself. It draws a question and opens a round, which posts it; rounds and sheets tell it
how that went. What is due is `calendar`'s, what comes next is `drawing`'s; the board decides what follows from it.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot.chat import codec, daily
from bot.chat.events import Event, Fired, Pressed, Submitted, Told
from bot.chat.ids import Address, Board, Person
from bot.chat.meanings import Choices, Option, Paragraph, Passage
from bot.chat.replies import CancelTimer, SetTimer
from bot.interview import opening
from bot.library.items import Level
from bot.library.load import Library
from bot.study import agreement, calendar, digest, drawing, saying, stream_form, streams, zones
from bot.study.handled import Handled, Out
from bot.study.sealed import Reminder, RoundState
from bot.study.streak import settled, taken_part
from bot.study.stream import SEEN, SHARES, Asked, BoardState, Seen, Stream, Suggestion, dump, load

POST, DIGEST = "post:", "digest"
"""Timers; the first is followed by the stream."""

LOOK_BACK_MS = 6 * 3600 * 1000
"""A question that was due while nobody ran us is still posted if it is no later than this; else it is skipped, and that is said."""

JOINED = "joined"
"""The topic a person is told that a board keeps something about them."""

SUGGESTIONS = 300
"""Suggestions a board keeps."""


def handle(actor: Address, stored: bytes | None, events: Sequence[Event], library: Library) -> Handled:
    """Handle a board's events in order."""
    work = _Work(actor, load(stored), library, events[-1].at_ms)
    for event in events:
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
        self.now_ms = event.at_ms
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

    def may(self, person: Person, organiser: bool) -> bool:
        """Whether somebody may change this channel's streams."""
        return organiser or person.address in self.state.organisers

    # Setting up

    def _submitted(self, event: Submitted) -> None:
        action, value = daily.of_form(event.form)
        if action == daily.SUGGEST:
            self._suggest(event)
        elif action == daily.MINE:
            self._mine(event)
        elif action in {daily.NEW, daily.EDIT} and self.may(event.person, event.organiser):
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
        self.state = self.state.with_member(replace(member, last_ms=self.now_ms))
        self.out.tell(event.person.address, JOINED, {"board": self.board.address})

    def _suggest(self, event: Submitted) -> None:
        fields = event.fields
        if stream_form.suggest_problems(fields) or not self.state.streams:
            return
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
        for person in dict.fromkeys(stream.organiser for stream in self.state.streams):
            shown = Passage(f"{who} suggests: {suggestion.title}", suggestion.text)
            self.out.confide(person, "daily-suggestion", shown, Choices("Shall it join the questions?", options))

    def _pressed(self, event: Pressed) -> None:
        name = daily.stream_of(event.value)
        if not self.may(event.person, event.organiser):
            return
        if event.action in {daily.APPROVE, daily.DECLINE}:
            self._decide(event, name)
            return
        stream = self.state.stream(name)
        if stream is None:
            return
        if event.action == daily.PAUSE and not stream.paused:
            self._keep(replace(stream, paused="paused"))
        elif event.action == daily.RESUME and stream.paused:
            self._keep(replace(stream, paused="", since_ms=self.now_ms))
        elif event.action == daily.REMOVE:
            self.timers[f"{POST}{name}"] = CancelTimer(f"{POST}{name}")
            left = tuple(held for held in self.state.streams if held.id != name)
            self.state = replace(self.state, streams=left)
        elif event.action == daily.NOW:
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
            self.out.confide(held.person, "daily-note", Paragraph(f"{held.title}: not this time. Thank you for it."))
            return
        self.state = replace(self.state, suggestions=(*others, replace(held, approved=True)))
        member = self.state.member(held.person)
        self.state = self.state.with_member(replace(member, suggested=member.suggested + 1))
        self.out.confide(
            held.person, "daily-note", Paragraph(f"{held.title} is in. It will be asked one of these days.")
        )

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
        found = calendar.due(stream.schedule, last, self.now_ms, LOOK_BACK_MS)
        if found.last_day is not None:
            stream = replace(stream, last_day=found.last_day.isoformat())
        if found.skipped:
            days = zones.say_dates([one.day for one in found.skipped])
            said = f"{stream.name}: I was away when the question of {days} was due, so I left it out. Today's comes as usual."
            self.out.confide(stream.organiser, "daily-note", Paragraph(said))
        if found.post is not None:
            self._ask(stream, found.post.day.isoformat(), found.post.at_ms)
        else:
            self._keep(stream)

    def _ask(self, stream: Stream, day: str, at_ms: int) -> None:
        """Draw a question and open its round."""
        pool = streams.pool(stream, self.state, self.library)
        drawn = streams.draw(stream, self.state, self.library)
        if drawn is None:
            self._keep(replace(stream, paused="there is no question that fits its filters"))
            self.out.confide(stream.organiser, "daily-note", Paragraph(saying.NO_POOL.format(name=stream.name)))
            return
        opened = self._round(stream, day, drawn, at_ms)
        self.out.tell(opened.id.address, "open", codec.to_plain(opened), name=f"{opened.id.address}:open")
        stream = stream.with_asked(Asked(day, drawn, opened.title, opened.type, at_ms))
        self._keep(self._warned(stream, pool))

    def _round(self, stream: Stream, day: str, drawn: str, at_ms: int) -> RoundState:
        seed = zlib.crc32(f"{self.board.address}:{stream.id}:{day}".encode())
        suggestion = next((held for held in self.state.suggestions if f"suggested:{held.id}" == drawn), None)
        wanted = stream.levels
        if suggestion is not None:
            level = wanted[0] if wanted else Level.SENIOR.value
            title, text, kind = suggestion.title, suggestion.text, suggestion.type
            by = suggestion.person.name if suggestion.credited else ""
            credit = f"A question by {by}." if by else "A question by a member."
        else:
            question = self.library.drawn(drawn, seed)
            asked_at = [one.value for one in question.levels]
            fits = [one for one in wanted if one in asked_at] or [
                one for one in ("senior", *asked_at) if one in asked_at
            ]
            level, credit = fits[0], ""
            title, text, kind = question.title, opening.put(question, level), question.type.value
        reveal_ms = max(at_ms, self.now_ms - LOOK_BACK_MS) + stream.reveal_h * calendar.HOUR_MS
        if reveal_ms < self.now_ms + calendar.HOUR_MS:
            reveal_ms = self.now_ms + stream.reveal_h * calendar.HOUR_MS  # late: people still get their time
        return RoundState(
            platform=self.board.platform,
            workspace=self.board.workspace,
            channel=self.board.channel,
            stream=stream.id,
            day=day,
            question=drawn,
            seed=seed,
            level=level,
            type=kind,
            title=title,
            text=text,
            heading=f"{stream.name} · {self.library.rubric(kind).label} · {level}",
            zone=stream.zone,
            organiser=stream.organiser,
            opened_ms=self.now_ms,
            reveal_ms=reveal_ms,
            rating_h=stream.rating_h,
            numbers=stream.numbers,
            mention=stream.mention,
            credit=credit,
            reminders=self._reminders(stream, reveal_ms),
        )

    def _reminders(self, stream: Stream, reveal_ms: int) -> tuple[Reminder, ...]:
        found = []
        for member in self.state.members.values():
            if member.remind < 0:
                continue
            wanted = calendar.Schedule(member.remind, member.zone or stream.zone)
            coming = calendar.next_after(wanted, self.now_ms)
            latest = max(self.now_ms, reveal_ms - calendar.HOUR_MS)
            found.append(Reminder(member.person, min(coming.at_ms, latest) if coming is not None else latest))
        return tuple(found)

    def _warned(self, stream: Stream, pool: Sequence[drawing.Item]) -> Stream:
        days = drawing.runs_dry(pool, [one.question for one in stream.asked], len(stream.weekdays))
        if days is None or days > 7:
            return replace(stream, warned=False)
        if not stream.warned:
            left = drawing.remaining(pool, [one.question for one in stream.asked])
            said = saying.RUNS_DRY.format(name=stream.name, left=saying.counted(left, "question"))
            self.out.confide(stream.organiser, "daily-note", Paragraph(said))
        return replace(stream, warned=True)

    # What rounds, sheets and people tell

    def _told(self, event: Told) -> None:
        body = event.body
        stream = self.state.stream(str(body.get("stream", "")))
        if event.topic == "opened":
            self._opened(body)
        elif event.topic == "graded":
            self._graded(body)
        elif event.topic == "closed" and stream is not None:
            self._closed(stream, body)
        elif event.topic == "gone" and stream is not None:
            self._gone(stream, body)
        elif event.topic == "forget":
            self._forget(event)

    def _opened(self, body: streams.Body) -> None:
        postings, day = self.state.postings, str(body["day"])[:10]
        for one in streams.listed(body, "people"):
            person = codec.from_plain(Person, one["person"])
            member = self.state.member(person)
            streak = settled(taken_part(member.streak, day), postings, self.now_ms)
            member = replace(member, streak=streak, count=member.count + 1, last_ms=self.now_ms)
            self.state = self.state.with_member(member)

    def _closed(self, stream: Stream, body: streams.Body) -> None:
        day = str(body["day"])
        held = next((one for one in stream.asked if one.day == day), None)
        if held is None:
            return
        answers = streams.number(body["answers"])
        raters = streams.counts(body, "raters")
        self.state = self.state.with_stream(stream.with_asked(replace(held, answers=answers, raters=len(raters))))
        # What nobody answered counts as asked all the same: asked again at once, it would bore those who read it.
        for address, count in raters.items():
            member = self.state.members.get(address)
            if member is not None:
                self.state = self.state.with_member(replace(member, rated=member.rated + count))
        for name, levels in streams.levels(body).items():
            weak = sum(agreement.from_level(level) for level in levels) / len(levels)
            self._see(name, weak, len(levels))
            self._see(str(body["type"]), weak, len(levels))

    def _graded(self, body: streams.Body) -> None:
        address, share = str(body["person"]), body["share"]
        if not isinstance(share, (int, float)):
            return
        member = self.state.members.get(address)
        if member is not None:
            self.state = self.state.with_member(replace(member, shares=(*member.shares, float(share))[-SHARES:]))
        self._see(str(body["type"]), agreement.from_share(float(share)), 1)
        for name, weak in streams.shares(body, "weakness").items():
            self._see(name, weak, 1)

    def _see(self, key: str, weak: float, count: int) -> None:
        self.state = replace(self.state, seen=(*self.state.seen, Seen(self.now_ms, key, weak, count))[-SEEN:])

    def _gone(self, stream: Stream, body: streams.Body) -> None:
        """Nothing can be posted in the channel any more: stop, keep everything, and say how to go on."""
        if not streams.number(body["answers"]):
            stream = stream.without_asked(str(body["day"]))
        if not stream.paused:
            reason = str(body["reason"])
            resume = Option(daily.RESUME, "Go on", f"{self.board.key}:{stream.id}", style="primary")
            text = saying.GONE.format(name=stream.name, reason=reason)
            self.out.confide(stream.organiser, "daily-note", Choices(text, (resume,)))
            stream = replace(stream, paused=f"I can't post there: {reason}")
        self._keep(stream)

    def _forget(self, event: Told) -> None:
        person = str(event.body["person"])
        members = {key: held for key, held in self.state.members.items() if key != person}
        left = tuple(held for held in self.state.suggestions if held.person.address != person)
        organisers = tuple(held for held in self.state.organisers if held != person)
        # A stream goes on without whoever set it up; they are no longer named or told.
        nameless = tuple(
            replace(held, organiser=replace(held.organiser, name="")) if held.organiser.address == person else held
            for held in self.state.streams
        )
        self.state = replace(self.state, members=members, suggestions=left, organisers=organisers, streams=nameless)
        body = {"conversation": event.to}
        self.out.tell(Address(person), "forgotten", body, name=f"{event.id}:done")

    # Once a week

    def _appoint_digest(self) -> None:
        running = [held for held in self.state.streams if not held.paused]
        if not running:
            self.timers[DIGEST] = CancelTimer(DIGEST)
            return
        coming = calendar.next_after(calendar.Schedule(9 * 60, running[0].zone, (0,)), self.now_ms)
        if coming is not None:
            self.timers[DIGEST] = SetTimer(DIGEST, coming.at_ms)

    def _digest(self) -> None:
        said = digest.week(self.board, self.state, self.library, self.now_ms)
        for person, meanings in said:
            self.out.confide(person, "daily-digest", *meanings)
        self.state = replace(self.state, digest_ms=self.now_ms)
        self._appoint_digest()

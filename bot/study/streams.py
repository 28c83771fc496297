"""What a stream asks next and the round that opens with it, and what the bodies of events hold: pure functions that a board is
made of."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.chat.ids import Address, Board, Person
from bot.interview import opening
from bot.library.items import Level
from bot.library.load import Library
from bot.study import agreement, calendar, drawing, saying, stream_form
from bot.study.sealed import Reminder, RoundState
from bot.study.stream import Asked, BoardState, Member, Stream

Body = Mapping[str, object]

LOOK_BACK_MS = 6 * calendar.HOUR_MS
"""A question that was due while nobody ran us is still posted if it is no later than this; else it is skipped, and that is said."""

TWICE_MS = 60_000
"""A stream that is told twice within this time to post at once posts once."""

WAITING = 10
"""Suggestions of one member that may wait for a decision."""


def pool(stream: Stream, board: BoardState, library: Library) -> tuple[drawing.Item, ...]:
    """The questions a stream may ask: of the library, and by members where no filter speaks against them."""
    suggested = tuple(
        drawing.Item(f"suggested:{held.id}", held.type, stream.levels, (), stream_form.SUGGESTED)
        for held in board.suggestions
        if held.approved
    )
    everything = (*stream_form.pool(library), *suggested)
    return drawing.matching(everything, stream.types, stream.levels, stream.tags, stream.packs)


def weakness(board: BoardState) -> dict[str, float]:
    """How weak the group is at each type and criterion, 0 to 1."""
    return agreement.weakness([agreement.Label(held.key, held.weakness, held.count) for held in board.seen])


def draw(stream: Stream, board: BoardState, library: Library) -> str | None:
    """The question a stream asks next; None if there is none. What another stream of the channel asked counts as asked."""
    seed = f"{stream.id}:{len(stream.asked)}:{stream.extra}:{stream.since_ms}"
    asked = [one.question for one in board.asked]
    return drawing.draw(pool(stream, board, library), asked, weakness(board), seed)


def lasts(stream: Stream, board: BoardState, library: Library) -> tuple[int | None, int]:
    """In how many days questions of a stream begin to come back (None: it posts nothing), and how many it has left until then.
    Streams of the channel that draw from the same questions use them up together."""
    mine = pool(stream, board, library)
    names = {item.id for item in mine}
    asked = [one.question for one in board.asked]
    others = (held for held in board.streams if held.id != stream.id and not held.paused)
    sharing = (held for held in others if not names.isdisjoint(item.id for item in pool(held, board, library)))
    posts = len(stream.weekdays) + sum(len(held.weekdays) for held in sharing)
    return drawing.runs_dry(mine, asked, posts), drawing.remaining(mine, asked)


def coming(stream: Stream, board: BoardState, library: Library, count: int) -> list[str]:
    """The next questions as they stand now, if nothing more is learnt of the group."""
    found: list[str] = []
    for number in range(count):
        drawn = draw(stream, board, library)
        if drawn is None:
            break
        found.append(drawn)
        stream = stream.with_asked(Asked(f"next-{number}", drawn, "", "", 2**52 + number))
        board = board.with_stream(stream)
    return found


def title(question: str, board: BoardState, library: Library) -> str:
    """What a question is called."""
    if question.startswith("suggested:"):
        name = question.removeprefix("suggested:")
        return next((held.title for held in board.suggestions if held.id == name), saying.A_MEMBERS)
    return library.question(question).title


def just_asked(stream: Stream, now_ms: int) -> bool:
    """Whether a stream posted a moment ago, so that somebody who asks for it is pressing twice."""
    return any(abs(now_ms - one.at_ms) < TWICE_MS for one in stream.asked[-1:])


def too_many(board: BoardState, person: Person) -> bool:
    """Whether so many questions by a member wait for a decision that they are asked to wait, too."""
    waiting = (one for one in board.suggestions if not one.approved and one.person.address == person.address)
    return sum(1 for _ in waiting) >= WAITING


def organisers(held: Iterable[Stream]) -> tuple[Person, ...]:
    """Who runs these streams, each once under the newest name; nobody for those whose organiser was forgotten."""
    return tuple({one.organiser.address: one.organiser for one in held if one.organiser.id}.values())


def without(board: BoardState, person: str, questions: Collection[str]) -> BoardState:
    """The board without a person and the questions they suggested. Their streams go on with somebody else who may change them,
    if there is one."""
    others = tuple(one for one in board.organisers if one != person)

    def nameless(asked: tuple[Asked, ...]) -> tuple[Asked, ...]:
        return tuple(replace(one, title=saying.A_MEMBERS) if one.question in questions else one for one in asked)

    def handed_on(stream: Stream) -> Person:
        if stream.organiser.address != person:
            return stream.organiser
        return Person.of(others[0]) if others else replace(stream.organiser, id="", name="")

    return replace(
        board,
        members={key: one for key, one in board.members.items() if key != person},
        suggestions=tuple(one for one in board.suggestions if one.person.address != person),
        organisers=others,
        streams=tuple(replace(one, organiser=handed_on(one), asked=nameless(one.asked)) for one in board.streams),
        past=nameless(board.past),
    )


# The round that opens


def round_of(
    board: Board, stream: Stream, state: BoardState, library: Library, day: str, drawn: str, at_ms: int, now_ms: int
) -> RoundState:
    """A round as it is at first, with the question that was drawn. `at_ms` is when it was due, `now_ms` when it opens."""
    seed = zlib.crc32(f"{board.address}:{stream.id}:{day}".encode())
    wanted = stream.levels
    suggestion = next((held for held in state.suggestions if f"suggested:{held.id}" == drawn), None)
    by = Address("")
    if suggestion is not None:
        level = wanted[0] if wanted else Level.SENIOR.value
        title, text, kind = suggestion.title, suggestion.text, suggestion.type
        by = suggestion.person.address
        name = suggestion.person.name if suggestion.credited else ""
        credit = f"A question by {name}." if name else "A question by a member."
    else:
        question = library.drawn(drawn, seed)
        known = [one.value for one in question.levels]
        fits = [one for one in (*wanted, "senior", *known) if one in known]
        level, credit = fits[0], ""
        title, text, kind = question.title, opening.put(question, level), question.type.value
    reveal_ms = at_ms + stream.reveal_h * calendar.HOUR_MS
    if reveal_ms < now_ms + calendar.HOUR_MS:
        reveal_ms = now_ms + stream.reveal_h * calendar.HOUR_MS  # late: people still get their time
    found = (reminder(member, stream, reveal_ms, now_ms) for member in state.members.values())
    return RoundState(
        platform=board.platform,
        workspace=board.workspace,
        channel=board.channel,
        stream=stream.id,
        day=day,
        question=drawn,
        seed=seed,
        level=level,
        type=kind,
        title=title,
        text=text,
        heading=f"{stream.name} · {library.rubric(kind).label} · {level}",
        zone=stream.zone,
        opened_ms=now_ms,
        reveal_ms=reveal_ms,
        rating_h=stream.rating_h,
        numbers=stream.numbers,
        mention=stream.mention,
        credit=credit,
        reminders=tuple(one for one in found if one is not None),
        by=by,
    )


def reminder(member: Member, stream: Stream, reveal_ms: int, now_ms: int) -> Reminder | None:
    """When somebody is reminded of a question: at their own time, or an hour before the answers are opened if that is sooner;
    None if they don't want to be."""
    if member.remind < 0:
        return None
    coming = calendar.next_after(calendar.Schedule(member.remind, member.zone or stream.zone), now_ms)
    latest_ms = max(now_ms, reveal_ms - calendar.HOUR_MS)
    return Reminder(member.person, min(coming.at_ms, latest_ms) if coming is not None else latest_ms)


# Bodies


def number(held: object) -> int:
    """A whole number from a body; 0 for anything else."""
    return held if isinstance(held, int) else 0


def listed(body: Body, name: str) -> Sequence[Mapping[str, Any]]:
    """The list of objects under a name."""
    held = body.get(name)
    return [one for one in held if isinstance(one, Mapping)] if isinstance(held, (list, tuple)) else []


def counts(body: Body, name: str) -> dict[str, int]:
    """The counts under a name."""
    held = body.get(name)
    return {str(key): number(value) for key, value in held.items()} if isinstance(held, Mapping) else {}


def shares(body: Body, name: str) -> dict[str, float]:
    """The shares under a name."""
    held = body.get(name)
    if not isinstance(held, Mapping):
        return {}
    return {str(key): float(value) for key, value in held.items() if isinstance(value, (int, float))}


def levels(body: Body) -> dict[str, list[int]]:
    """The levels that were given, by criterion."""
    held = body.get("levels")
    if not isinstance(held, Mapping):
        return {}
    return {
        str(key): [number(one) for one in value] for key, value in held.items() if isinstance(value, list) and value
    }

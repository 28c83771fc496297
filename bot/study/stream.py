"""The streams of a channel as frozen values: what is asked when, what was asked, who takes part. Written to and read from JSON.

A board is all the state a channel has. Answers and ratings are not here: each question's round keeps its own, so that a
board stays small whatever the number of answers. What happens to a board is `board`'s business.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from bot.chat import codec
from bot.chat.ids import Address, Person
from bot.study.calendar import Schedule
from bot.study.streak import Posting, Streak

FORMAT = 1
"""Version of the stored form. A reader takes any version up to its own; fields are only ever added with a default."""

ASKED, SHARES, SEEN = 500, 20, 1_000
"""How many past questions of a stream, results of a member and findings about the group are kept; the oldest make room."""

PAUSED, EMPTY = "paused", "there is no question that fits its filters"
"""Why a stream is paused: somebody did it, or nothing is left to draw. Other reasons are a platform's."""

MEMBERS = 2_000
"""Members a board keeps count of; who has not taken part for longest makes room."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that was asked. `answers` and `raters` are counted when its round is opened and closed; -1: still going on."""

    day: str
    question: str
    title: str
    type: str
    at_ms: int
    answers: int = -1
    raters: int = 0


@dataclass(frozen=True, slots=True)
class Stream:
    """A question at a local time of certain days. Times are minutes of the day; `mention` is the platform's id of a role;
    `paused` says why it is (empty: it is not); `last_day` is the last local date dealt with. An organiser without an id is
    nobody any more: they asked to be forgotten."""

    id: str
    organiser: Person
    minute: int
    zone: str
    weekdays: tuple[int, ...]
    since_ms: int
    name: str = "Daily question"
    quiet: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    packs: tuple[str, ...] = ()
    mention: str = ""
    reveal_h: int = 8
    rating_h: int = 24
    numbers: bool = True
    paused: str = ""
    last_day: str = ""
    asked: tuple[Asked, ...] = ()
    extra: int = 0  # how often it was asked out of turn; makes names
    warned: bool = False  # that the pool runs dry, until it does not any more

    @property
    def schedule(self) -> Schedule:
        """When it posts."""
        quiet = tuple(date.fromisoformat(day) for day in self.quiet)
        return Schedule(self.minute, self.zone, self.weekdays, quiet, self.since_ms)

    def with_asked(self, one: Asked) -> Stream:
        """The stream with this question added, or replaced if it was there."""
        others = tuple(held for held in self.asked if held.day != one.day)
        placed = sorted((*others, one), key=lambda held: held.at_ms)
        return replace(self, asked=tuple(placed[-ASKED:]))

    def without_asked(self, day: str) -> Stream:
        """The stream as if the question of a day had not been asked: it is in the pool again."""
        return replace(self, asked=tuple(held for held in self.asked if held.day != day))


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who takes part. `shares` is what the coach found covered in their answers, 0 to 1, oldest first; `listed` (shown
    on the board), `remind` (minute of the day, -1: not at all) and `zone` are their own choices."""

    person: Person
    streak: Streak = field(default_factory=Streak)
    count: int = 0
    shares: tuple[float, ...] = ()
    suggested: int = 0
    rated: int = 0
    listed: bool = False
    remind: int = -1
    zone: str = ""
    last_ms: int = 0


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A question by a member. It is drawn once `approved`; `type` decides which rubric it is rated on."""

    id: str
    person: Person
    title: str
    text: str
    type: str
    at_ms: int
    approved: bool = False
    credited: bool = True


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen of the group in one round, or in several of one day: how weak, 0 to 1, at a type of question or at a criterion
    by its name, on average over `count` answers or ratings."""

    at_ms: int
    key: str
    weakness: float
    count: int


@dataclass(frozen=True, slots=True)
class BoardState:
    """Everything about a channel. `organisers` are the addresses of people who may change its streams from anywhere, because
    they had the right to when they set one up; `past` is what streams asked that were removed."""

    format: int = FORMAT
    streams: tuple[Stream, ...] = ()
    made: int = 0  # how many streams and suggestions there have been; makes names
    organisers: tuple[Address, ...] = ()
    members: Mapping[str, Member] = field(default_factory=dict)
    suggestions: tuple[Suggestion, ...] = ()
    seen: tuple[Seen, ...] = ()
    digest_ms: int = 0  # up to when the organiser was last told
    steps: int = 0  # how many commits there have been; makes reply ids
    past: tuple[Asked, ...] = ()

    def may(self, person: Person, organiser: bool) -> bool:
        """Whether somebody may change this channel's streams: the platform lets them, or they have set one up."""
        return organiser or person.address in self.organisers

    def stream(self, name: str) -> Stream | None:
        """The stream with this id."""
        return next((held for held in self.streams if held.id == name), None)

    def with_stream(self, stream: Stream) -> BoardState:
        """The board with this stream added, or replaced if it was there."""
        if self.stream(stream.id) is None:
            return replace(self, streams=(*self.streams, stream))
        return replace(self, streams=tuple(stream if held.id == stream.id else held for held in self.streams))

    def member(self, person: Person) -> Member:
        """What is kept of a member; something empty for a new one."""
        held = self.members.get(person.address)
        return replace(held, person=person if person.name else held.person) if held is not None else Member(person)

    def with_member(self, member: Member) -> BoardState:
        """The board with this member, under the newest name."""
        members = {**self.members, member.person.address: member}
        if len(members) > MEMBERS:
            # Whoever chose something is kept as long as anybody.
            oldest = min(members.values(), key=lambda held: (held.listed or held.remind >= 0, held.last_ms))
            members.pop(oldest.person.address, None)
        return replace(self, members=members)

    def without_stream(self, name: str) -> BoardState:
        """The board without a stream. What it asked counts as asked all the same."""
        gone = tuple(one for held in self.streams if held.id == name for one in held.asked)
        past = sorted((*self.past, *gone), key=lambda one: one.at_ms)[-ASKED:]
        return replace(self, streams=tuple(held for held in self.streams if held.id != name), past=tuple(past))

    @property
    def asked(self) -> tuple[Asked, ...]:
        """Every question that was asked in this channel, oldest first."""
        everything = (*self.past, *(one for stream in self.streams for one in stream.asked))
        return tuple(sorted(everything, key=lambda one: one.at_ms))

    @property
    def postings(self) -> tuple[Posting, ...]:
        """Every question of every stream, for streaks: two on one day are one chance to take part."""
        return tuple(Posting(one.day[:10], one.at_ms) for one in self.asked)

    @property
    def empty(self) -> bool:
        """Whether there is nothing to keep. A board that had a stream stays, because names are never given twice."""
        return not (self.made or self.members)


def load(stored: bytes | None) -> BoardState:
    """The board in stored text; an empty one if there is none."""
    if stored is None:
        return BoardState()
    board = codec.loads(BoardState, stored)
    if not isinstance(board, BoardState) or board.format > FORMAT:
        raise codec.Unreadable("a board written by a newer version of Hotseat")
    return board


def dump(board: BoardState) -> bytes:
    """A board as it is stored."""
    return codec.dumps(board).encode()

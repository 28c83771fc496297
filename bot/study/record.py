"""A person's record: the interviews they held and the scorecards they got.

A person is an actor with a mailbox of their own; interviews tell it how they stand, again whenever something changed, and
the newest word counts. It leaves out what was said in an interview beyond the quotes on its scorecard.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.chat import codec
from bot.chat.events import Event, Told
from bot.chat.ids import Address
from bot.chat.meanings import CriterionLine, Scorecard

FORMAT = 1
KEPT, KEPT_DAILY = 200, 1_000
"""Interviews, and boards and rounds, that a record keeps; the oldest make room."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One interview. `scorecard` is None when it was left before anything could be judged."""

    interview: str
    conversation: Address
    question: str
    title: str
    type: str
    level: str
    mind: str
    at_ms: int
    scorecard: Scorecard | None = None
    unfinished: bool = False
    helped: bool | None = None
    redo: CriterionLine | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """All that is kept of a person over time, oldest interview first."""

    format: int = FORMAT
    entries: tuple[Entry, ...] = ()
    greeted: bool = False
    daily: tuple[Address, ...] = ()  # boards and rounds that keep something of theirs, newest last

    @property
    def empty(self) -> bool:
        """Whether there is nothing to keep."""
        return not self.entries and not self.greeted and not self.daily

    def without(self, conversation: Address) -> Record:
        """The record without the interviews of a conversation."""
        entries = tuple(one for one in self.entries if one.conversation != conversation)
        return replace(self, entries=entries, daily=tuple(one for one in self.daily if one != conversation))

    def taking_part(self, *addresses: Address) -> Record:
        """The record with boards and rounds noted, so that being forgotten reaches them."""
        others = tuple(one for one in self.daily if one not in addresses)
        return replace(self, daily=(*others, *addresses)[-KEPT_DAILY:])

    def with_entry(self, entry: Entry) -> Record:
        """The record with this interview added, or replaced if it was there."""
        others = tuple(one for one in self.entries if one.interview != entry.interview)
        placed = sorted((*others, entry), key=lambda one: one.at_ms)
        return replace(self, entries=tuple(placed[-KEPT:]))


def load(stored: bytes | None) -> Record:
    """The record in stored text; an empty one if there is none."""
    if stored is None:
        return Record()
    record = codec.loads(Record, stored)
    if not isinstance(record, Record) or record.format > FORMAT:
        raise codec.Unreadable("the record was stored by a newer version of Hotseat")
    return record


def dump(record: Record) -> bytes:
    """A record as it is stored."""
    return codec.dumps(record).encode()


def handle(record: Record, events: Sequence[Event]) -> Record:
    """What interviews told this person, taken in."""
    for event in events:
        if isinstance(event, Told) and event.topic == "interview":
            record = record.with_entry(_entry(event.body))
        elif isinstance(event, Told) and event.topic == "took-part":
            record = record.taking_part(Address(str(event.body["board"])), Address(str(event.body["round"])))
        elif isinstance(event, Told) and event.topic == "took-back":
            record = record.without(Address(str(event.body["round"])))
        elif isinstance(event, Told) and event.topic == "joined":
            record = record.taking_part(Address(str(event.body["board"])))
        elif isinstance(event, Told) and event.topic == "forgotten":
            record = record.without(Address(str(event.body["conversation"])))
    return record


def _entry(body: Mapping[str, object]) -> Entry:
    entry = codec.from_plain(Entry, dict(body))
    assert isinstance(entry, Entry)
    return entry

"""Who and where: people, conversations and the addresses of actors.

An *actor* is anything with a mailbox: a conversation, a person, the board of a channel (its daily streams), a round (one
daily question with its sealed answers), a sheet (the coach's work on one of those answers). Its address is text, so that it can
be a key; only this module builds and takes apart that text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NewType
from urllib.parse import quote, unquote

Address = NewType("Address", str)
"""The mailbox of an actor: `talk:<platform>:<workspace>:<channel>:<thread>`, `person:<platform>:<workspace>:<id>`,
`board:<platform>:<workspace>:<channel>`, `round:<platform>:<workspace>:<channel>:<stream>:<day>`, or
`sheet:<platform>:<workspace>:<person>:<key of its round>`."""


_PLAIN = re.compile(r"[A-Za-z0-9_.~-]*")


def _join(kind: str, *parts: str) -> Address:
    # Every part is percent-encoded, so a part can never contain the separator, whatever a platform calls its channels.
    # Platforms' own ids are plain, and addresses are made for every message anybody writes.
    if all(map(_PLAIN.fullmatch, parts)):
        return Address(":".join((kind, *parts)))
    return Address(":".join((kind, *(quote(part, safe="") for part in parts))))


def _split(address: str, kind: str, count: int) -> list[str]:
    head, *parts = address.split(":")
    if head != kind or len(parts) != count:
        raise ValueError(f"not the address of a {kind}: {address!r}")
    return [unquote(part) for part in parts]


@dataclass(frozen=True, slots=True, order=True)
class ConversationId:
    """One place where one interview can be held: a DM, a thread, a terminal. `thread` is empty outside threads."""

    platform: str
    workspace: str
    channel: str
    thread: str = ""

    @property
    def address(self) -> Address:
        """The conversation's mailbox."""
        return _join("talk", self.platform, self.workspace, self.channel, self.thread)

    @classmethod
    def of(cls, address: str) -> ConversationId:
        """The conversation behind an address; ValueError if the address is not a conversation's."""
        return cls(*_split(address, "talk", 4))


@dataclass(frozen=True, slots=True, order=True)
class Person:
    """A human on one platform. `name` is what they are called there: data, never markup, empty when unknown."""

    platform: str
    workspace: str
    id: str
    name: str = ""

    @property
    def address(self) -> Address:
        """The person's own mailbox, where what belongs to them over time is kept."""
        return _join("person", self.platform, self.workspace, self.id)

    @classmethod
    def of(cls, address: str) -> Person:
        """The nameless person behind an address; ValueError if the address is not a person's."""
        return cls(*_split(address, "person", 3))


@dataclass(frozen=True, slots=True, order=True)
class Board:
    """The daily streams of one channel."""

    platform: str
    workspace: str
    channel: str

    @property
    def address(self) -> Address:
        """The board's mailbox."""
        return _join("board", self.platform, self.workspace, self.channel)

    @property
    def key(self) -> str:
        """The board as what a button or a form brings back (see `bot.chat.daily.target`)."""
        return _join("", self.workspace, self.channel)[1:]

    def round(self, stream: str, day: str) -> Round:
        """The round of one of its streams on a day."""
        return Round(self.platform, self.workspace, self.channel, stream, day)

    @classmethod
    def of(cls, address: str) -> Board:
        """The board behind an address; ValueError if the address is not a board's."""
        return cls(*_split(address, "board", 3))


@dataclass(frozen=True, slots=True, order=True)
class Round:
    """One question of one stream: `day` is its local date, with a suffix where it was asked out of turn."""

    platform: str
    workspace: str
    channel: str
    stream: str
    day: str

    @property
    def address(self) -> Address:
        """The round's mailbox."""
        return _join("round", self.platform, self.workspace, self.channel, self.stream, self.day)

    @property
    def key(self) -> str:
        """The round as what a button or a form brings back (see `bot.chat.daily.target`)."""
        return _join("", self.workspace, self.channel, self.stream, self.day)[1:]

    @property
    def board(self) -> Board:
        """The board it belongs to."""
        return Board(self.platform, self.workspace, self.channel)

    def sheet(self, person: Person) -> Address:
        """The mailbox where the coach works on a person's answer to it."""
        return _join(
            "sheet", person.platform, person.workspace, person.id, self.workspace, self.channel, self.stream, self.day
        )

    @classmethod
    def of(cls, address: str) -> Round:
        """The round behind an address; ValueError if the address is not a round's."""
        return cls(*_split(address, "round", 5))


def kind_of(address: str) -> str:
    """What kind of actor an address belongs to: talk, person, board, round or sheet."""
    return address.partition(":")[0]


def where(address: str) -> ConversationId | Person:
    """Where an actor's replies are shown: a conversation, the channel of a board or a round, or somebody's own conversation
    with us (a person, a sheet). ValueError if the text is no address."""
    kind = kind_of(address)
    if kind == "board":
        board = Board.of(address)
        return ConversationId(board.platform, board.workspace, board.channel)
    if kind == "round":
        held = Round.of(address)
        return ConversationId(held.platform, held.workspace, held.channel)
    if kind == "sheet":
        return Person(*_split(address, "sheet", 7)[:3])
    return Person.of(address) if is_person(address) else ConversationId.of(address)


def is_person(address: str) -> bool:
    """Whether an address is a person's."""
    return address.startswith("person:")


def platform_of(address: str) -> str:
    """The platform an actor lives on."""
    return unquote(address.split(":", 2)[1])

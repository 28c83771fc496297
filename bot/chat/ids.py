"""Who and where: people, conversations and the addresses of actors.

An *actor* is anything with a mailbox: a conversation or a person (later a daily stream). Its address is text, so that it
can be a key; only this module builds and takes apart that text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NewType
from urllib.parse import quote, unquote

Address = NewType("Address", str)
"""The mailbox of an actor: `talk:<platform>:<workspace>:<channel>:<thread>` or `person:<platform>:<workspace>:<id>`."""


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


def is_person(address: str) -> bool:
    """Whether an address is a person's."""
    return address.startswith("person:")


def platform_of(address: str) -> str:
    """The platform an actor lives on."""
    return unquote(address.split(":", 2)[1])

"""What happens to us: things people do, timers that ring, and what one actor tells another.

Every event has an `id` that is the same when the platform delivers it again (platform + workspace + channel + message),
the address of the mailbox it is meant for, and the moment it happened in Unix milliseconds. Raw platform payloads never get here.
`organiser` says that the platform lets this person run the channel it concerns; it is looked up for daily questions only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.chat.ids import Address, Person


@dataclass(frozen=True, slots=True)
class Said:
    """A person wrote a message. `message` names it on its platform, so that an edit can be matched to it."""

    id: str
    to: Address
    at_ms: int
    person: Person
    text: str
    message: str = ""


@dataclass(frozen=True, slots=True)
class Edited:
    """A person changed a message they wrote before."""

    id: str
    to: Address
    at_ms: int
    person: Person
    message: str
    text: str


@dataclass(frozen=True, slots=True)
class Deleted:
    """A person removed a message they wrote before."""

    id: str
    to: Address
    at_ms: int
    person: Person
    message: str


@dataclass(frozen=True, slots=True)
class Pressed:
    """A person pressed a button: `action` and `value` are those of the `Option` it was drawn from."""

    id: str
    to: Address
    at_ms: int
    person: Person
    action: str
    value: str = ""
    organiser: bool = False


@dataclass(frozen=True, slots=True)
class Submitted:
    """A person sent a form: `form` is the `Form`'s id, `fields` has text per field id (absent: left empty)."""

    id: str
    to: Address
    at_ms: int
    person: Person
    form: str
    fields: Mapping[str, str] = field(default_factory=dict)
    organiser: bool = False


@dataclass(frozen=True, slots=True)
class Ran:
    """A person gave a command, such as `practice` with its options, or a word like `hint` inside an interview."""

    id: str
    to: Address
    at_ms: int
    person: Person
    command: str
    options: Mapping[str, str] = field(default_factory=dict)
    organiser: bool = False


@dataclass(frozen=True, slots=True)
class Returned:
    """A person came back to a conversation that nobody was serving since `away_since_ms`; the clock must not count that time."""

    id: str
    to: Address
    at_ms: int
    person: Person
    away_since_ms: int


@dataclass(frozen=True, slots=True)
class Fired:
    """A timer rang. `due_ms` is when it should have; `at_ms` is when it did."""

    id: str
    to: Address
    at_ms: int
    timer: str
    due_ms: int


@dataclass(frozen=True, slots=True)
class Told:
    """One actor told another something; `body` is plain JSON whose shape belongs to the `topic`."""

    id: str
    to: Address
    at_ms: int
    topic: str
    body: Mapping[str, object] = field(default_factory=dict)


Event = Said | Edited | Deleted | Pressed | Submitted | Ran | Returned | Fired | Told

"""What leaves an actor: replies to people, messages to other actors and timers. A reply's id is one that a repeat would share."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from bot.chat.events import Event, Ran
from bot.chat.ids import Address, Person
from bot.chat.meanings import Meaning


class Role(StrEnum):
    """Who speaks: the interviewer in the scene, or Hotseat about the scene."""

    INTERVIEWER = "interviewer"
    SYSTEM = "system"


class Operation(StrEnum):
    """What an adapter does with a reply.

    EPHEMERAL shows it to one person where it is, for now. DIRECT shows it to one person for good, in their own conversation
    with us; where the conversation is theirs alone, both are a plain post. THREAD opens a thread in a channel, and the reply
    is what it hangs from.
    """

    POST = "post"
    EDIT = "edit"
    EPHEMERAL = "ephemeral"
    DIRECT = "direct"
    THREAD = "thread"


@dataclass(frozen=True, slots=True)
class Reply:
    """Something to show in a conversation.

    `id` is deterministic, so an adapter can recognise a repeat. `move` names what kind of turn it is (pose, clarify, probe,
    hint, hold, redirect, nudge, close, discuss, feedback, …). `edits` is the id of the reply an EDIT replaces (latest wins);
    `person` is whom an EPHEMERAL or DIRECT reply is for. `begins` is a command for the place that a THREAD or DIRECT has opened:
    the adapter accepts it, addressed to that place, whose address nobody knows before. `under` is the id of an earlier reply
    of the same actor, in whose thread this one belongs: the thread is opened if there is none, and where that earlier reply
    is gone it is an ordinary post. `to` need not be a conversation: `ids.where` says where each actor's replies are shown.
    `final` promises that nothing will edit this one or hang from it, so that where it stands need not be kept.
    """

    id: str
    to: Address
    role: Role
    move: str
    meanings: tuple[Meaning, ...]
    operation: Operation = Operation.POST
    edits: str = ""
    person: Person | None = None
    begins: Ran | None = None
    under: str = ""
    final: bool = False


@dataclass(frozen=True, slots=True)
class Tell:
    """An event for another actor's mailbox, sent through the outbox like everything else that leaves an actor."""

    id: str
    event: Event


Outgoing = Reply | Tell

UNDELIVERABLE = "undeliverable"
"""The topic of what an actor is told about a reply of its own that can never arrive: its `reply`, `move` and the `reason`."""


@dataclass(frozen=True, slots=True)
class SetTimer:
    """Ring a timer of this actor at `due_ms` (Unix milliseconds); setting one of the same name moves it."""

    name: str
    due_ms: int


@dataclass(frozen=True, slots=True)
class CancelTimer:
    """Forget a timer of this actor."""

    name: str


class Progressing(Protocol):
    """How work shows, before its outcome is committed, that it is going on. Best effort; may be lost, never repeated."""

    async def typing(self) -> None:
        """A reply is being prepared."""

    async def step(self, text: str, done: int, total: int) -> None:
        """`done` of `total` steps of something slow are done."""

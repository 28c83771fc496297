"""What goes out: replies to people and messages to other actors, each with an id that a repeat would share."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.chat.events import Event
from bot.chat.ids import Address, Person
from bot.chat.meanings import Meaning


class Role(StrEnum):
    """Who speaks: the interviewer in the scene, or Hotseat about the scene."""

    INTERVIEWER = "interviewer"
    SYSTEM = "system"


class Operation(StrEnum):
    """What an adapter does with a reply."""

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
    `person` is whom an EPHEMERAL or DIRECT reply is for.
    """

    id: str
    to: Address
    role: Role
    move: str
    meanings: tuple[Meaning, ...]
    operation: Operation = Operation.POST
    edits: str = ""
    person: Person | None = None


@dataclass(frozen=True, slots=True)
class Tell:
    """An event for another actor's mailbox, sent through the outbox like everything else that leaves an actor."""

    id: str
    event: Event


Outgoing = Reply | Tell

"""What delivery asks of a store, and what it asks of the part that handles events.

An actor (a conversation, a person) is its address: a FIFO mailbox, one state, an outbox, timers. At most one worker owns an
actor at a time, by a lease with a fencing token; every operation that changes the actor checks the token. The store makes
each operation atomic. This module holds no behaviour.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.chat.events import Event
from bot.chat.ids import Address, kind_of, platform_of
from bot.chat.replies import CancelTimer, Outgoing, Progressing, SetTimer, Tell

MAILBOXES = "mailboxes"
"""The lane of what actors tell each other."""

TALK, BOARD, ROUND, SHEET = QUEUES = ("talk", "board", "round", "sheet")
"""Where actors wait for a worker, each with workers of its own: conversations and people; boards, of which thousands may be due
in one minute; the rounds they open, which must not stand behind all of them; sheets, which a model takes its time for."""


def queue_of(actor: str) -> str:
    """The queue of an actor."""
    kind = kind_of(actor)
    return kind if kind in QUEUES else TALK


def gives_way(actor: str) -> bool:
    """Whether an actor works for many people, none of whom sits waiting: replies in conversations go out first."""
    return queue_of(actor) != TALK


def lane_of(item: Outgoing, screens: frozenset[str] = frozenset()) -> str:
    """The lane something goes out on: `MAILBOXES` for a `Tell`, else the lane of where the reply is shown."""
    return MAILBOXES if isinstance(item, Tell) else lane_to(item.to, screens)


def lane_to(where: Address, screens: frozenset[str] = frozenset()) -> str:
    """The lane of replies to a conversation: its platform's name, so that any process connected to the platform can post;
    of an actor that gives way: `patient_lane`.

    `screens` names the platforms where only the process that shows a conversation can post to it (a terminal); there each
    conversation has a lane of its own, `<platform>@<address>`. All processes on one store must agree on `screens`.
    """
    platform = platform_of(where)
    if platform in screens:
        return f"{platform}@{where}"
    return patient_lane(platform) if gives_way(where) else platform


def patient_lane(platform: str) -> str:
    """The lane of what gives way to a platform's conversations."""
    return f"{platform}~patient"


class LeaseLost(Exception):
    """Somebody else owns the actor now; whatever this owner was doing must not take effect."""


class StoreAway(Exception):
    """The store cannot be reached or refuses to write; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Lease:
    """Ownership of an actor. A later owner's token is always greater."""

    actor: Address
    token: int


@dataclass(frozen=True, slots=True)
class Work:
    """An actor as claimed: its lease, its state (None: it has none yet), and the events waiting, oldest first.

    `unreadable` says why the state or the first event cannot be read by this version, empty if both can. An event that
    cannot be read is stood for by one that has its place and nothing of it.
    """

    lease: Lease
    state: bytes | None
    events: tuple[Event, ...]
    attempts: int = 1
    unreadable: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What handling events came to. `state` None deletes the actor's state; `keep_ms` None keeps it for good.

    `forget` removes whatever else was kept of the actor until now: references, what waits to be shown in a conversation, dead
    letters, books. What waits for other actors, and for a person to read, stays and goes out in order.
    """

    state: bytes | None
    outgoing: tuple[Outgoing, ...] = ()
    timers: tuple[SetTimer | CancelTimer, ...] = ()
    keep_ms: int | None = None
    forget: bool = False


class Handler(Protocol):
    """Turns an actor's state and its waiting events into an outcome. Called again with the same input after a crash."""

    async def __call__(
        self, actor: Address, state: bytes | None, events: Sequence[Event], now_ms: int, report: Progressing
    ) -> Outcome:
        """Handle every event given; an exception means none of them was handled."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """The head of an actor's outbox. `known` is the platform's reference of the reply it edits or hangs from; `attempts` counts
    this try; `uncertain` says that an earlier try may have arrived; `serial` names this entry and no other."""

    lease: Lease
    lane: str
    serial: int
    item: Outgoing
    known: str
    attempts: int
    uncertain: bool


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """Something set aside for an operator: an event that failed again and again, or a reply that can never arrive."""

    id: str
    actor: Address
    kind: str  # event, reply
    reason: str
    at_ms: int


class Mailboxes(Protocol):
    """Named operations on mailboxes and state. Every operation raises `StoreAway` when the store cannot serve it."""

    async def accept(self, events: Sequence[Event], quiet_ms: int = 0) -> int:
        """Store events that were not seen before, in order; return how many were new.

        `quiet_ms` lets more messages of one actor arrive before it is claimable; anything but a `Said` makes it claimable
        at once. Safe to repeat.
        """

    async def claim(self, lease_ms: int, queue: str = TALK) -> Work | None:
        """Own the actor of a queue that has waited longest; None if none is ready."""

    async def renew(self, lease: Lease, lease_ms: int) -> bool:
        """Keep owning; False if the lease is lost."""

    async def commit(self, lease: Lease, handled: int, outcome: Outcome) -> None:
        """One step: check the token, save the state, append to the outbox, set timers, remove the first `handled`
        events, and let the actor go (ready again at once if more events wait). `LeaseLost` if it is not ours. Safe to
        repeat: a second call after the first took effect does nothing."""

    async def give_back(self, lease: Lease, after_ms: int, *, counted: bool = True) -> bool:
        """Let the actor go unhandled, ready again after a while; False if the lease is lost.

        `counted` False says that this try was no failure of the events (a process that stops hands its work back).
        """

    async def set_aside(self, lease: Lease, reason: str, outgoing: Sequence[Outgoing] = ()) -> None:
        """Move the first waiting event to the dead letters, append what the person is told, and let the actor go; one
        step. `LeaseLost` if it is not ours. Safe to repeat."""

    async def wait(self, timeout_s: float, queue: str = TALK) -> None:
        """Return when there may be work in a queue, or after the time-out."""


class Outbox(Protocol):
    """Named operations on what goes out, by lane (see `lane_of`): first in, first out per actor and lane."""

    async def next_parcel(self, lane: str, lease_ms: int) -> Parcel | None:
        """Own the oldest ready outbox of a lane and see its head; None if none is ready."""

    async def sent(self, parcel: Parcel, reference: str) -> None:
        """The head has arrived: remember its reference, remove it, go on with the next. Takes effect even when the lease
        has passed on, because it states a fact; does nothing if that head is already gone."""

    async def try_later(self, parcel: Parcel, after_ms: int, uncertain: bool) -> None:
        """The head stays; nothing of this actor goes out on this lane before `after_ms`. Does nothing if the lease is lost."""

    async def undeliverable(self, parcel: Parcel, reason: str) -> None:
        """The head can never arrive: set it aside with the reason, go on with the next."""

    async def wait_outgoing(self, lane: str, timeout_s: float) -> None:
        """Return when something may have to go out on a lane, or after the time-out."""


class Timers(Protocol):
    """Named operations on timers."""

    async def fire_due(self, now_ms: int, limit: int = 100) -> int:
        """Turn due timers into events in their actors' mailboxes, each once whatever the number of callers; how many rang."""

    async def next_due_ms(self) -> int | None:
        """When the earliest timer is due, None without timers."""

    async def wait_timers(self, timeout_s: float) -> None:
        """Return when an earlier timer may have been set, or after the time-out."""


class Store(Mailboxes, Outbox, Timers, Protocol):
    """Everything delivery asks of a store."""

    async def settled(self, actor: Address, lanes: Sequence[str]) -> bool:
        """Whether nothing of an actor waits: no event unhandled or in work, nothing to go out on these lanes."""


Clock = Callable[[], int]
"""Unix milliseconds now."""

Concerned = Callable[[Address], bool]
"""Whether an actor wants to know that a reply of its own can never arrive: one that would go on posting there."""

Poisoned = Callable[[Address, Event], Awaitable[Sequence[Outgoing]]]
"""Called when an event failed too often and is set aside; returns what to tell the person about it."""

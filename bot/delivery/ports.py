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
from bot.chat.ids import Address
from bot.chat.replies import Outgoing


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
    """An actor as claimed: its lease, its state (None: it has none yet), and the events waiting, oldest first."""

    lease: Lease
    state: bytes | None
    events: tuple[Event, ...]
    attempts: int = 1


@dataclass(frozen=True, slots=True)
class SetTimer:
    """Ring a timer of this actor at `due_ms`; setting one of the same name moves it."""

    name: str
    due_ms: int


@dataclass(frozen=True, slots=True)
class CancelTimer:
    """Forget a timer of this actor."""

    name: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What handling events came to. `state` None deletes the actor's state; `keep_ms` None keeps it for good."""

    state: bytes | None
    outgoing: tuple[Outgoing, ...] = ()
    timers: tuple[SetTimer | CancelTimer, ...] = ()
    keep_ms: int | None = None


class Handler(Protocol):
    """Turns an actor's state and its waiting events into an outcome. Called again with the same input after a crash."""

    async def __call__(
        self, actor: Address, state: bytes | None, events: Sequence[Event], now_ms: int, report: Progressing
    ) -> Outcome:
        """Handle every event given; an exception means none of them was handled."""


class Progressing(Protocol):
    """How a handler shows, before its outcome is committed, that it is at work. Best effort; may be lost, never repeated."""

    async def typing(self) -> None:
        """A reply is being prepared."""

    async def step(self, text: str, done: int, total: int) -> None:
        """`done` of `total` steps of something slow are done."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """The head of an actor's outbox. `known` is the platform's reference of the reply it edits; `attempts` counts this try;
    `uncertain` says that an earlier try may have arrived."""

    lease: Lease
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
    """Named operations on mailboxes and state."""

    async def accept(self, events: Sequence[Event], quiet_ms: int = 0) -> int:
        """Store events that were not seen before; return how many were new. `quiet_ms` lets more of the same arrive first."""

    async def claim(self, lease_ms: int) -> Work | None:
        """Own the actor that has waited longest; None if none is ready."""

    async def renew(self, lease: Lease, lease_ms: int) -> bool:
        """Keep owning; False if the lease is lost."""

    async def commit(self, lease: Lease, handled: int, outcome: Outcome) -> None:
        """One step: check the token, save the state, append to the outbox, set timers, remove the first `handled`
        events, and let the actor go (ready again at once if more events wait). `LeaseLost` if it is not ours."""

    async def give_back(self, lease: Lease, after_ms: int) -> bool:
        """Let the actor go unhandled, ready again after a while; False if the lease is lost."""

    async def set_aside(self, lease: Lease, reason: str) -> None:
        """Move the first waiting event to the dead letters and let the actor go."""

    async def wait(self, timeout_s: float) -> None:
        """Return when there may be work, or after the time-out."""


class Outbox(Protocol):
    """Named operations on what goes out. A lane is a platform's name, or `mailboxes` for what actors tell each other."""

    async def next_parcel(self, lane: str, lease_ms: int) -> Parcel | None:
        """Own the oldest ready outbox of a lane and see its head; None if none is ready."""

    async def sent(self, parcel: Parcel, reference: str) -> None:
        """The head has arrived: remember its reference, remove it, go on with the next."""

    async def try_later(self, parcel: Parcel, after_ms: int, uncertain: bool) -> None:
        """The head stays; nothing of this actor goes out before `after_ms`."""

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


Clock = Callable[[], int]
"""Unix milliseconds now."""

Deliver = Callable[[Sequence[Event]], Awaitable[int]]

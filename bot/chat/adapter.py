"""What a platform must be able to do for us, and how it says that it could not.

An adapter knows its SDK and the meanings; it knows nothing of interviews. The same adapter posts what the outbox hands it
and turns what people do into events.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from bot.chat.events import Event
from bot.chat.ids import Address, Person
from bot.chat.meanings import Form, Meaning
from bot.chat.replies import Reply

Accept = Callable[[Sequence[Event]], Awaitable[None]]
"""Stores events durably; only when it has returned may the platform be told that we have them."""


class DeliveryError(Exception):
    """A reply was not delivered. The message says why, for an operator; it never holds what a person wrote."""


class TryLater(DeliveryError):
    """The platform asks us to wait, or was out of reach. `after_ms` is how long to wait, 0 leaves it to us.

    `uncertain` says that the reply may have arrived all the same (the connection broke after it was sent).
    """

    def __init__(self, reason: str, after_ms: int, uncertain: bool = False) -> None:
        super().__init__(reason)
        self.after_ms = after_ms
        self.uncertain = uncertain


class Unreachable(DeliveryError):
    """This will never work (channel deleted, direct messages closed): set the reply aside, do not retry."""


class Reception(Protocol):
    """What must be answered at once, from a bounded read: forms to open, a home page, lists to choose from.

    Nothing is changed here; whatever changes state is an event.
    """

    async def form(self, conversation: Address, person: Person, form: str) -> Form | None:
        """The form to open: `setup` (what to practise) or `self-rating` of the open interview; None if it is not theirs
        or no longer wanted."""

    async def home(self, conversation: Address, person: Person) -> tuple[Meaning, ...]:
        """A person's page: what they can do now, and their past interviews."""

    async def choices(self, field: str, typed: str, limit: int = 25) -> tuple[tuple[str, str], ...]:
        """Values and labels for `type`, `level`, `question` or `persona` that fit what was typed so far."""


class Adapter(Protocol):
    """One chat platform."""

    @property
    def platform(self) -> str:
        """The platform's name in addresses, and the name of its lane in the outbox."""

    async def post(self, reply: Reply, known: str) -> str:
        """Show a reply and return the platform's reference to it (empty if it has none).

        `known` is the reference of the reply this one edits, or empty. Called again with the same reply when the first try
        may or may not have arrived; raises `TryLater` or `Unreachable`.
        """

    async def typing(self, conversation: Address) -> None:
        """Show that a reply is being prepared, where the platform can; never raises for not being able to."""

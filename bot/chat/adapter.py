"""What a platform must be able to do for us, and how it says that it could not.

An adapter knows its SDK and the meanings; it knows nothing of interviews. The same adapter posts what the outbox hands it
and turns what people do into events.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Protocol, runtime_checkable

from bot.chat.daily import Considered
from bot.chat.events import Event, Pressed, Ran, Submitted
from bot.chat.ids import Address, Person
from bot.chat.meanings import Form, Meaning, Progress
from bot.chat.replies import Reply

Accept = Callable[[Sequence[Event]], Awaitable[None]]
"""Stores events durably; only when it has returned may the platform be told that we have them."""


class DeliveryError(Exception):
    """A reply was not delivered. The message says why, for an operator; it never holds what a person wrote."""


class TryLater(DeliveryError):
    """The platform asks us to wait, or was out of reach. `after_ms` is how long to wait, 0 leaves it to us.

    `uncertain` says that the reply may have arrived all the same (the connection broke after it was sent); `everywhere` that
    the platform takes nothing of ours meanwhile, whatever the conversation.
    """

    def __init__(self, reason: str, after_ms: int, uncertain: bool = False, everywhere: bool = False) -> None:
        super().__init__(reason)
        self.after_ms = after_ms
        self.uncertain = uncertain
        self.everywhere = everywhere


class Unreachable(DeliveryError):
    """This will never work (channel deleted, direct messages closed): set the reply aside, do not retry."""


class NotServed(Exception):
    """A platform does not let us in, or something is missing to connect to it. The message is for the operator, in plain
    words: what is wrong, why it matters, what to change. It holds no secret."""


class Reception(Protocol):
    """What must be answered at once, from a bounded read: forms to open, a home page, lists to choose from.

    Nothing is changed here; whatever changes state is an event.
    """

    async def form(self, conversation: Address, person: Person, form: str) -> Form | None:
        """The form to open: `setup` (what to practise) or `self-rating` of the open interview; None if it is not theirs
        or no longer wanted."""

    async def home(self, conversation: Address, person: Person) -> tuple[Meaning, ...]:
        """A person's page: what they can do now, and their past interviews."""

    async def candidate(self, conversation: Address) -> Person | None:
        """Whose interview a conversation holds; None if it holds none, and then nothing said there concerns us."""

    async def history(self, person: Person) -> tuple[Meaning, ...]:
        """A person's past interviews."""

    async def problems(self, form: str, fields: Mapping[str, str]) -> Mapping[str, str]:
        """What is wrong with a filled-in form, in plain words by field id; empty if it can be taken."""

    async def preview(self, form: str, fields: Mapping[str, str]) -> Meaning | None:
        """What a filled-in form would lead to, for the person alone; None if there is nothing to look at first."""

    async def settled(self, form: str, fields: Mapping[str, str]) -> Mapping[str, str]:
        """The fields of a form that can be taken as they go on: a longer text is replaced by what was found in it."""

    async def choices(self, field: str, typed: str, limit: int = 25) -> tuple[tuple[str, str], ...]:
        """Values and labels for `type`, `level`, `question`, `persona` or `zone` that fit what was typed so far."""

    async def opened(self, pressed: Pressed) -> Form | tuple[Meaning, ...]:
        """The form that an action of `daily.OPENS` opens, or what the person is told instead, for them alone."""

    async def considered(self, event: Pressed | Submitted | Ran) -> Considered:
        """What a person is told at once about something they did concerning daily questions, and whether to accept it."""


class Notes(Protocol):
    """Small facts that an adapter must find again after a restart: which thread belongs to a conversation, where to go on
    reading. Never what a person wrote."""

    async def keep(self, name: str, value: str, keep_ms: int) -> None:
        """Keep a fact under a name for a while; a later one replaces it."""

    async def recall(self, name: str) -> str | None:
        """The fact kept under a name, None if there is none."""

    async def drop(self, name: str) -> None:
        """Forget a fact."""

    async def mark(self, marks: Mapping[Address, int]) -> None:
        """Note until when (Unix ms) these conversations were heard; a mark never moves back."""

    async def marked(self, platform: str, since_ms: int) -> Mapping[Address, int]:
        """Conversations of a platform with their marks, those heard since then."""


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


@runtime_checkable
class ShowsProgress(Protocol):
    """An adapter that can show how far slow work has come."""

    async def progress(self, conversation: Address, progress: Progress) -> None:
        """Show it, replacing what was shown of it before; never raises for not being able to."""


@runtime_checkable
class Looking(Protocol):
    """An adapter that can find out whether a reply arrived."""

    async def post_again(self, reply: Reply, known: str) -> str:
        """Like `Adapter.post`, for a reply that may have arrived: look for it first, and post only what is missing."""


@runtime_checkable
class Limited(Protocol):
    """An adapter of a platform that takes so much and no more, in all conversations together."""

    @property
    def posts_per_s(self) -> float:
        """Posts a second that the platform takes of us."""


class Serving(Adapter, Protocol):
    """An adapter for a platform on the network."""

    async def run(self, accept: Accept, reception: Reception) -> None:
        """Connect and serve until cancelled. `NotServed` if that cannot be done as we are set up."""

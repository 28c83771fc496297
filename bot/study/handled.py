"""What comes of an actor's events in this room, and the surface on which that is put together.

The router turns it into what is stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.chat.events import Told
from bot.chat.ids import Address, Person
from bot.chat.meanings import Meaning
from bot.chat.replies import CancelTimer, Operation, Outgoing, Reply, Role, SetTimer, Tell


@dataclass(frozen=True, slots=True)
class Handled:
    """The actor's next state as it is stored (None: it has none any more), what goes out, which timers change, and for how
    long the state is kept (None: for good). `forget`: what still waits to be shown goes, too."""

    state: bytes | None
    outgoing: tuple[Outgoing, ...] = ()
    timers: tuple[SetTimer | CancelTimer, ...] = ()
    keep_ms: int | None = None
    forget: bool = False


class Out:
    """Collects what an actor says and tells in one commit. `name` and the count make ids that handling the same events again
    gives, too; an id that must be known later is given by hand."""

    def __init__(self, actor: Address, name: str, now_ms: int) -> None:
        self.actor = actor
        self.now_ms = now_ms
        self.items: list[Outgoing] = []
        self._name = name

    def begin(self, name: str) -> None:
        """Make ids of another name."""
        self._name = name

    def _next(self) -> str:
        return f"{self._name}:{len(self.items)}"

    def post(self, move: str, *meanings: Meaning, under: str = "", name: str = "") -> None:
        """Show something where the actor posts, in the thread of an earlier reply if one is named."""
        self.items.append(Reply(name or self._next(), self.actor, Role.SYSTEM, move, meanings, under=under))

    def edit(self, move: str, earlier: str, *meanings: Meaning) -> None:
        """Replace an earlier reply."""
        self.items.append(Reply(self._next(), self.actor, Role.SYSTEM, move, meanings, Operation.EDIT, edits=earlier))

    def confide(self, person: Person, move: str, *meanings: Meaning) -> None:
        """Tell one person, in their own conversation with us."""
        self.items.append(Reply(self._next(), self.actor, Role.SYSTEM, move, meanings, Operation.DIRECT, person=person))

    def tell(self, to: Address, topic: str, body: Mapping[str, object], name: str = "") -> None:
        """Tell another actor."""
        name = name or self._next()
        self.items.append(Tell(name, Told(name, to, self.now_ms, topic, body)))

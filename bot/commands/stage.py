"""Where the daily simulation takes place: a clock that is moved by hand, a chat platform that remembers all it ever showed, and
a process of Hotseat on them that can be stopped and killed.

Everything behind the platform is what runs in earnest: the store on a real server, the worker, senders, ticker and router. What
members do is in `members` and `simulation`, what must hold of it in `invariants`.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from bot.chat.adapter import Unreachable
from bot.chat.ids import Address, Person, kind_of, where
from bot.chat.meanings import Choices, Meaning, Option
from bot.chat.replies import Operation, Reply
from bot.delivery.ports import StoreAway
from bot.delivery.service import Delivery, Pace
from bot.delivery.worker import WorkerPace
from bot.interview.engine import Engine
from bot.interview.minds import Minds
from bot.library.load import Library
from bot.router import Router, concerned, poisoned
from bot.store.valkey import ValkeyStore
from bot.store.wire import Wire

PLATFORM, WORKSPACE, CHANNEL = "stage", "W1", "practice"

LEASE_MS = 1_000
"""How long the next process waits for what a killed one held: real time, so it is short."""

STUCK_S = 60.0


class Stuck(RuntimeError):
    """Something is still waiting to be handled or sent after a minute: a fault, and nothing further would be true."""


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self, now_ms: int) -> None:
        self.now_ms = now_ms
        self._bell = asyncio.Event()

    def __call__(self) -> int:
        """Unix milliseconds now."""
        return self.now_ms

    def move(self, to_ms: int) -> None:
        """Let time pass; it never runs backwards."""
        self.now_ms = max(self.now_ms, to_ms)
        self._bell.set()

    async def moved(self, timeout_s: float) -> None:
        """Return when it was moved, or after the time-out."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                await self._bell.wait()
        self._bell.clear()


@dataclass(frozen=True, slots=True)
class Shown:
    """One showing of something. `place` is `channel`, `thread` (below `under`) or `private`, and then `person` sees it alone.
    `kind` names the reply's move, or what the desk showed at once: `form`, `word`. `number` counts showings; an edit is one, too,
    with the `reference` of what it replaced."""

    number: int
    at_ms: int
    place: str
    kind: str
    meanings: tuple[Meaning, ...]
    actor: Address
    person: str = ""
    reply: str = ""
    reference: str = ""
    under: str = ""
    edit: bool = False

    @property
    def options(self) -> tuple[Option, ...]:
        """The buttons on it."""
        return tuple(option for held in self.meanings if isinstance(held, Choices) for option in held.options)


@dataclass
class Stage:
    """A chat platform with one channel. It shows what it is given, and keeps every showing in order."""

    clock: Clock
    shown: list[Shown] = field(default_factory=list)
    watching: Callable[[Shown], None] | None = None
    fatal: Callable[[Shown], bool] | None = None
    """Whether the process that posted this dies before it hears that it has arrived."""
    died: asyncio.Event = field(default_factory=asyncio.Event)
    ready: set[str] = field(default_factory=set)
    platform: str = PLATFORM

    @property
    def number(self) -> int:
        """How many showings there were."""
        return len(self.shown)

    def show(self, kind: str, meanings: Sequence[Meaning], person: Person, actor: Address) -> Shown:
        """What the desk says to one person at once."""
        held = Shown(self.number, self.clock(), "private", kind, tuple(meanings), actor, person.address)
        self.shown.append(held)
        return held

    async def post(self, reply: Reply, known: str) -> str:
        """See `Adapter.post`."""
        edit = reply.operation is Operation.EDIT
        if edit and not known:
            raise Unreachable("there is nothing to edit")
        person = reply.person or (held if isinstance(held := where(reply.to), Person) else None)
        private = reply.operation in {Operation.DIRECT, Operation.EPHEMERAL} or kind_of(reply.to) in {"sheet", "person"}
        earlier = self.shown[int(known)] if edit else None
        place = earlier.place if earlier else "private" if private else "thread" if reply.under else "channel"
        reference = known if edit else str(self.number)
        under = earlier.under if earlier else known if reply.under else ""
        who = person.address if private and person is not None else ""
        held_now = Shown(
            *(
                self.number,
                self.clock(),
                place,
                reply.move,
                reply.meanings,
                reply.to,
                who,
                reply.id,
                reference,
                under,
                edit,
            )
        )
        self.shown.append(held_now)
        if self.watching is not None:
            self.watching(held_now)
        if self.fatal is not None and self.fatal(held_now):
            self.died.set()
            await asyncio.Event().wait()
        return reference

    async def post_again(self, reply: Reply, known: str) -> str:
        """See `Looking.post_again`."""
        found = next((held for held in self.shown if held.reply == reply.id), None)
        return found.reference if found is not None else await self.post(reply, known)

    async def typing(self, conversation: Address) -> None:
        """Nobody is looking while time stands still."""


class _Line(Wire):
    """A line to the server that can be cut, and says when something may have changed. `ready` collects the names of the sets that
    work is claimed from, of all lines on a stage."""

    def __init__(self, url: str, ready: set[str]) -> None:
        super().__init__(url)
        self.ready = ready
        self.changed = asyncio.Event()
        self.cut = False

    def _is_up(self) -> None:
        if self.cut:
            raise StoreAway("the process was killed")

    async def run(self, name: str, keys: Sequence[str], values: Sequence[object], *, again: bool = False) -> object:
        self._is_up()
        self.ready.update(key for key in keys if key.endswith(":ready"))
        found = await super().run(name, keys, values, again=again)
        self._is_up()
        self.changed.set()
        return found

    async def call(self, *command: str | bytes | int) -> object:
        self._is_up()
        return await super().call(*command)


class _Store(ValkeyStore):
    """The store on the stage's clock: timers are looked at whenever that is moved."""

    def __init__(self, url: str, namespace: str, stage: Stage) -> None:
        super().__init__(url, namespace)
        self._wire = self.line = _Line(url, stage.ready)
        self._clock = stage.clock

    async def wait_timers(self, timeout_s: float) -> None:
        """See `Timers.wait_timers`."""
        await self._clock.moved(timeout_s)

    async def at_rest(self) -> bool:
        """Whether nothing waits anywhere: no event to handle or being handled, nothing to send."""
        # Whatever is waiting or being worked on is in one of the sets that work is claimed from, and only scripts put it there.
        return not any([await self._wire.call("ZCARD", ready) for ready in sorted(self.line.ready)])


class Process:
    """One process of Hotseat: everything `hotseat run` would start, on this stage."""

    def __init__(self, url: str, namespace: str, stage: Stage, library: Library, minds: Minds) -> None:
        self.store = _Store(url, namespace, stage)
        self._stage = stage
        self._delivery = Delivery(
            self.store,
            Router(Engine(library, minds)),
            {PLATFORM: stage},
            stage.clock,
            poisoned=poisoned,
            concerned=concerned,
            pace=Pace(worker=WorkerPace(lease_ms=LEASE_MS)),
        )
        self.accept = self._delivery.accept

    def start(self) -> None:
        """Begin to serve."""
        self._delivery.start()

    async def stop(self) -> None:
        """End as on SIGTERM."""
        await self._delivery.stop()
        await self.store.close()

    async def kill(self) -> None:
        """End in the middle of whatever is under way: nothing is finished, nothing handed back."""
        self.store.line.cut = True
        with _unheard("bot.delivery"):
            await self._delivery.stop(0.0)
        await self.store.close()

    async def quiet(self) -> None:
        """Return when everything that is due has been handled and shown, or this process has died of it."""
        try:
            async with asyncio.timeout(STUCK_S):
                await self._quiet()
        except TimeoutError:
            raise Stuck("Something is still waiting after a minute, so the simulation ends here.") from None

    async def _quiet(self) -> None:
        line, clock = self.store.line, self._stage.clock
        while not self._stage.died.is_set():
            line.changed.clear()
            due_ms = await self.store.next_due_ms()
            if due_ms is not None and due_ms <= clock.now_ms:
                clock.move(clock.now_ms)
            elif await self.store.at_rest() and not line.changed.is_set():
                return
            await _either(line.changed, self._stage.died)


async def _either(*events: asyncio.Event) -> None:
    waiting = [asyncio.create_task(event.wait()) for event in events]
    try:
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in waiting:
            task.cancel()


@contextlib.contextmanager
def _unheard(name: str) -> Iterator[None]:
    """What a dying process logs is nobody's business: it was killed on purpose."""
    logger = logging.getLogger(name)
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(before)

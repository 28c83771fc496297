"""A channel with its daily questions, for tests that read as conversations: the real router, desk and coach, a clock set by hand.

`ben.answers("…")` gives what Ben is told at once; `group.heard_by(ben)` is what reached him privately. There is no store here:
states are in a dictionary, and what actors tell each other arrives at once, in order. `test_daily_kill.py` has the real store.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.chat import daily, plain
from bot.chat.daily import Considered
from bot.chat.events import Event, Fired, Pressed, Ran, Submitted, Told
from bot.chat.ids import Address, Board, Person, Round, kind_of
from bot.chat.meanings import Choices, DailyCard, Form, Meaning
from bot.chat.replies import UNDELIVERABLE, CancelTimer, Operation, Reply, SetTimer, Tell
from bot.delivery.ports import Outcome
from bot.interview.engine import Engine
from bot.interview.minds import Minds
from bot.library.load import Library
from bot.models.offline.grader import OfflineGrader
from bot.models.offline.interviewer import OfflineInterviewer
from bot.reception import Desk
from bot.router import Router
from bot.study import sealed, stream
from bot.study.sealed import RoundState
from bot.study.stream import BoardState

LIBRARY = Library.open()
HOUR = 3_600_000
DAY = 24 * HOUR
BOARD = Board("slack", "T1", "C1")
MORNING = {"time": "9:30", "zone": "Europe/London", "days": "daily"}


class Silent:
    """Progress nobody watches."""

    async def typing(self) -> None: ...

    async def step(self, text: str, done: int, total: int) -> None: ...


def router() -> Router:
    """The real one, with the offline coach."""
    return Router(Engine(LIBRARY, Minds({"offline": OfflineInterviewer()}, {"offline": OfflineGrader()})))


def at(text: str) -> int:
    """A moment in UTC, "2026-03-02 09:30", in Unix milliseconds."""
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


class Group:
    """One channel. Events are handled one at a time, with their consequences, and every state is stored and read again."""

    def __init__(self, now: str = "2026-03-02 08:00", board: Board = BOARD) -> None:
        self.board = board
        self.now_ms = at(now)
        self.states: dict[Address, bytes] = {}
        self.timers: dict[tuple[Address, str], int] = {}
        self.shown: list[Reply] = []
        self.handled: list[tuple[Address, bytes | None, tuple[Event, ...], int, Outcome]] = []
        self.seen: set[str] = set()
        self._router = router()
        self._desk = Desk(LIBRARY, self._peek, lambda: self.now_ms)
        self._count = 0

    async def _peek(self, address: Address) -> bytes | None:
        return self.states.get(address)

    def member(self, name: str, *, organiser: bool = False) -> Somebody:
        """Somebody in the channel."""
        return Somebody(self, Person(self.board.platform, self.board.workspace, f"U-{name}", name), organiser)

    # Events

    def next_id(self) -> str:
        self._count += 1
        return f"e{self._count}"

    def give(self, *events: Event) -> None:
        """Have events of one actor handled together, and everything that follows from them."""
        waiting: list[tuple[Event, ...]] = [tuple(one for one in events if one.id not in self.seen)]
        while waiting:
            batch = waiting.pop(0)
            if not batch:
                continue
            self.seen.update(one.id for one in batch)
            outcome = self.handle(batch)
            self._take(batch[0].to, outcome)
            for item in outcome.outgoing:
                if isinstance(item, Tell):
                    waiting.append(() if item.event.id in self.seen else (item.event,))
                else:
                    self.shown.append(item)

    def handle(self, batch: tuple[Event, ...]) -> Outcome:
        actor = batch[0].to
        state = self.states.get(actor)
        outcome = asyncio.run(self._router(actor, state, batch, self.now_ms, Silent()))
        self.handled.append((actor, state, batch, self.now_ms, outcome))
        return outcome

    def _take(self, actor: Address, outcome: Outcome) -> None:
        if outcome.state is None:
            self.states.pop(actor, None)
        else:
            self.states[actor] = outcome.state
        for timer in outcome.timers:
            if isinstance(timer, SetTimer):
                self.timers[actor, timer.name] = timer.due_ms
            elif isinstance(timer, CancelTimer):
                self.timers.pop((actor, timer.name), None)

    def again(self) -> list[tuple[Outcome, Outcome]]:
        """Everything that was handled, handled once more as after a kill before the commit: both outcomes of each."""
        found = []
        for actor, state, batch, now_ms, outcome in self.handled:
            found.append((outcome, asyncio.run(self._router(actor, state, batch, now_ms, Silent()))))
        return found

    # Time

    def until(self, moment: str) -> None:
        """Let time pass up to a moment in UTC, ringing what is due on the way."""
        self._until(at(moment))

    def hours(self, count: float) -> None:
        """Let hours pass."""
        self._until(self.now_ms + round(count * HOUR))

    def _until(self, until_ms: int) -> None:
        while self.timers and min(self.timers.values()) <= until_ms:
            (actor, name), due_ms = min(self.timers.items(), key=lambda one: one[1])
            self.now_ms = max(self.now_ms, due_ms)
            self.ring(actor, name)
        self.now_ms = until_ms

    def ring(self, actor: Address, name: str) -> None:
        """A timer rings now."""
        due_ms = self.timers.pop((actor, name))
        self.give(Fired(f"{actor}:{name}:{due_ms}", actor, self.now_ms, name, due_ms))

    def away_until(self, moment: str) -> None:
        """Nobody runs us until then; what was due meanwhile rings at once."""
        self.now_ms = at(moment)
        for actor, name in [key for key, due_ms in self.timers.items() if due_ms <= self.now_ms]:
            self.ring(actor, name)

    def undeliverable(self, reply: Reply, reason: str = "it was deleted, or I was removed from it") -> None:
        """A reply can never arrive."""
        body = {"reply": reply.id, "move": reply.move, "reason": reason}
        self.give(Told(f"{reply.id}:{UNDELIVERABLE}", reply.to, self.now_ms, UNDELIVERABLE, body))

    # What is asked at once

    def opened(self, pressed: Pressed) -> Form | tuple[Meaning, ...]:
        return asyncio.run(self._desk.opened(pressed))

    def considered(self, event: Pressed | Submitted | Ran) -> Considered:
        return asyncio.run(self._desk.considered(event))

    def wrong(self, form: str, fields: Mapping[str, str]) -> Mapping[str, str]:
        return asyncio.run(self._desk.problems(form, fields))

    # What is there

    @property
    def kept(self) -> BoardState:
        """The board as it is stored."""
        return stream.load(self.states.get(self.board.address))

    @property
    def rounds(self) -> list[Round]:
        """The rounds there have been, in the order they opened."""
        opened = [address for address in self.states if kind_of(address) == "round"]
        return [Round.of(address) for address in sorted(opened, key=lambda one: self.round(Round.of(one)).opened_ms)]

    @property
    def last(self) -> Round:
        """The newest round."""
        return self.rounds[-1]

    def round(self, which: Round | None = None) -> RoundState:
        """A round as it is stored."""
        return sealed.load(self.states[(which or self.last).address])

    def posted(self, move: str = "") -> list[Reply]:
        """What was posted in the channel or its threads."""
        posts = [one for one in self.shown if one.operation is Operation.POST]
        return [one for one in posts if not move or one.move == move]

    def cards(self) -> list[DailyCard]:
        """Every card that was posted, as it was then."""
        return [held for one in self.posted("daily") for held in one.meanings if isinstance(held, DailyCard)]

    def card(self, which: Round | None = None) -> str:
        """The card of a round as it stands."""
        name = f"{(which or self.last).address}:card"
        versions = [one for one in self.shown if name in {one.id, one.edits}]
        return plain.text(versions[-1].meanings)

    def thread(self, which: Round | None = None) -> str:
        """Everything in the thread of a round as it stands."""
        found: dict[str, str] = {}
        for one in self.shown:
            if one.to == (which or self.last).address and one.move in {"daily-answers", "daily-exemplars"}:
                found[one.edits or one.id] = plain.text(one.meanings)
        return "\n".join(found.values())

    def everything(self) -> str:
        """Every word that was shown to anybody."""
        return "\n".join(plain.text(one.meanings) for one in self.shown)


@dataclass(frozen=True)
class Somebody:
    """Somebody in a channel. What they do gives what they are told at once; it is accepted if the desk says so."""

    group: Group
    person: Person
    organiser: bool = False

    # Reading

    def heard(self, move: str = "") -> list[str]:
        """What reached them privately."""
        told = [one for one in self.group.shown if one.person == self.person and one.operation is Operation.DIRECT]
        told += [
            one
            for one in self.group.shown
            if one.person is not None and one.person != self.person and one.person.address == self.person.address
        ]
        return [plain.text(one.meanings) for one in told if not move or one.move == move]

    @property
    def state(self) -> bytes | None:
        """What is stored of them."""
        return self.group.states.get(self.person.address)

    # Doing

    def press(self, action: str, value: str, to: Address | None = None) -> str:
        """Press a button that does something."""
        address = to or daily.target(self.person.platform, value)
        event = Pressed(
            self.group.next_id(), address, self.group.now_ms, self.person, action, value, organiser=self.organiser
        )
        return self._do(event)

    def submit(self, form: str, fields: Mapping[str, str]) -> str:
        """Send a form, whatever is wrong with it."""
        address = daily.target(self.person.platform, daily.of_form(form)[1])
        event = Submitted(
            self.group.next_id(), address, self.group.now_ms, self.person, form, fields, organiser=self.organiser
        )
        return self._do(event)

    def _do(self, event: Pressed | Submitted) -> str:
        said = self.group.considered(event)
        if said.take:
            self.group.give(event)
        return plain.text(said.said)

    def run(self, command: str = daily.LIST) -> Considered:
        """Give the command for daily questions."""
        address = self.group.board.address
        return self.group.considered(
            Ran(self.group.next_id(), address, self.group.now_ms, self.person, command, {}, self.organiser)
        )

    def form(self, action: str, value: str) -> Form | str:
        """The form that a button opens, or what is said instead."""
        address = daily.target(self.person.platform, value)
        pressed = Pressed(
            self.group.next_id(), address, self.group.now_ms, self.person, action, value, organiser=self.organiser
        )
        found = self.group.opened(pressed)
        return found if isinstance(found, Form) else plain.text(found)

    # As an organiser

    def sets_up(self, **fields: str) -> str:
        """Set up a stream: every day at 9:30 in London, unless said otherwise."""
        return self.submit(daily.form_id(daily.NEW, self.group.board.key), {**MORNING, **fields})

    def changes(self, stream: str, **fields: str) -> str:
        """Change a stream."""
        return self.submit(daily.form_id(daily.EDIT, self._key(stream)), {**MORNING, **fields})

    def does(self, action: str, stream: str = "s1") -> str:
        """Press one of the buttons of a stream, or of a suggestion."""
        return self.press(action, self._key(stream))

    def _key(self, stream: str) -> str:
        return f"{self.group.board.key}:{stream}"

    # As a member

    def answers(self, text: str, *, named: bool = True, which: Round | None = None) -> str:
        """Seal an answer."""
        form = daily.form_id(daily.ANSWER, (which or self.group.last).key)
        return self.submit(form, {"answer": text, "named": "named" if named else "anonymous"})

    def takes_back(self, which: Round | None = None) -> str:
        """Take the answer back."""
        return self.press(daily.TAKE_BACK, (which or self.group.last).key)

    def rates(self, level: int = 3, *, worked: str = "", which: Round | None = None) -> str:
        """Rate the next answer, everything at one level; what was said instead of a form, where there is none."""
        form = self.form(daily.RATE, (which or self.group.last).key)
        if isinstance(form, str):
            return form
        words = {"worked": worked or "It names who is hurt first.", "next": ""}
        scale = {field.id: str(level) for field in form.fields}
        return self.submit(form.id, scale if form.fields[0].kind == "scale" else words)

    def rates_all(self, level: int = 3, which: Round | None = None) -> int:
        """Rate everything they were given; how many that were."""
        for count in range(1, 10):
            if "one more" not in self.rates(level, which=which):
                return count
        raise AssertionError("never done rating")

    def chooses(self, **fields: str) -> str:
        """Choose reminders and listing."""
        return self.submit(daily.form_id(daily.MINE, self.group.board.key), fields)

    def suggests(self, title: str = "Two clocks", text: str = "Two services disagree about the time. What now?") -> str:
        """Suggest a question."""
        fields = {"title": title, "text": text, "type": "debugging", "credit": "yes"}
        return self.submit(daily.form_id(daily.SUGGEST, self.group.board.key), fields)

    def asks_to_be_forgotten(self) -> None:
        """`forget me`"""
        event = Ran(self.group.next_id(), self.person.address, self.group.now_ms, self.person, "forget me")
        self.group.give(event)


def members(group: Group, *names: str) -> list[Somebody]:
    """Several people of a channel."""
    return [group.member(name) for name in names]


def answered(group: Group, *names: str) -> list[Somebody]:
    """Several people who have answered the newest question, each in words of their own."""
    found = members(group, *names)
    for one in found:
        one.answers(f"I ask who is hurt first, says {one.person.name}.")
    return found


def buttons(meanings: tuple[Meaning, ...]) -> list[str]:
    """The labels of all buttons."""
    return [option.label for held in meanings if isinstance(held, Choices) for option in held.options]

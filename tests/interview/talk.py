"""A conversation with the engine, for tests that read as one: the real engine, the offline mind, a clock that is set by hand.

`talk.say("…")` gives what the interviewer answered. There is no store and no adapter here; `tests/test_practice.py` has those.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from bot.chat import plain
from bot.chat.events import Deleted, Edited, Event, Fired, Pressed, Ran, Returned, Said, Submitted
from bot.chat.ids import ConversationId, Person
from bot.chat.replies import CancelTimer, Reply, SetTimer, Tell
from bot.interview import session as sessions
from bot.interview.engine import Engine
from bot.interview.minds import Minds
from bot.interview.session import Phase, Session
from bot.library.load import Library
from bot.models.offline.grader import OfflineGrader
from bot.models.offline.interviewer import OfflineInterviewer

LIBRARY = Library.open()
ADA = Person("terminal", "local", "ada", "Ada")
BOB = Person("terminal", "local", "bob", "Bob")
HERE = ConversationId("terminal", "local", "practice").address
MINUTE = 60_000


class Silent:
    """Progress nobody watches."""

    async def typing(self) -> None: ...

    async def step(self, text: str, done: int, total: int) -> None: ...


class Talk:
    """One conversation. Every call handles one batch of events and returns the replies to it."""

    def __init__(self, minds: Minds | None = None) -> None:
        offline = OfflineInterviewer()
        self._engine = Engine(LIBRARY, minds or Minds({"offline": offline}, {"offline": OfflineGrader()}))
        self._count = 0
        self.now_ms = 1_000_000_000
        self.session: Session | None = None
        self.replies: list[Reply] = []
        self.tells: list[Tell] = []
        self.timers: dict[str, int] = {}

    def practice(self, **options: str) -> str:
        """Ask for an interview."""
        return self.run("practice", options)

    def say(self, *texts: str, person: Person = ADA, message: str = "") -> str:
        """Say something, or several things that are waiting together."""
        self.now_ms += 20_000
        return self.send(*(Said(self._id(), HERE, self.now_ms, person, text, message) for text in texts))

    def run(self, command: str, options: Mapping[str, str] | None = None, person: Person = ADA) -> str:
        """Give a command."""
        self.now_ms += 1_000
        return self.send(Ran(self._id(), HERE, self.now_ms, person, command, dict(options or {})))

    def press(self, action: str, person: Person = ADA) -> str:
        """Press a button."""
        return self.send(Pressed(self._id(), HERE, self.now_ms, person, action))

    def submit(self, form: str, **fields: str) -> str:
        """Send a form."""
        return self.send(Submitted(self._id(), HERE, self.now_ms, ADA, form, fields))

    def rate(self, ratings: Mapping[str, str]) -> str:
        """Send the self-rating."""
        return self.send(Submitted(self._id(), HERE, self.now_ms, ADA, "self-rating", dict(ratings)))

    def edit(self, message: str, text: str) -> str:
        """Change a message."""
        return self.send(Edited(self._id(), HERE, self.now_ms, ADA, message, text))

    def delete(self, message: str) -> str:
        """Delete a message."""
        return self.send(Deleted(self._id(), HERE, self.now_ms, ADA, message))

    def come_back(self, after_ms: int) -> str:
        """The terminal was gone; it is back after this long."""
        since = self.now_ms
        self.now_ms += after_ms
        return self.send(Returned(self._id(), HERE, self.now_ms, ADA, since))

    def wait(self, minutes: float) -> str:
        """Let time pass, ringing what is due on the way; everything said meanwhile."""
        until, heard = self.now_ms + round(minutes * MINUTE), []
        while self.timers and min(self.timers.values()) <= until:
            name = min(self.timers, key=lambda one: self.timers[one])
            self.now_ms = max(self.now_ms, self.timers.pop(name))
            heard.append(self.send(Fired(self._id(), HERE, self.now_ms, name, self.now_ms)))
        self.now_ms = until
        return "\n".join(text for text in heard if text)

    def send(self, *events: Event) -> str:
        """Have events handled, and the session stored and read again, as it is between any two events."""
        stored = self.session
        handled = asyncio.run(self._engine.handle(HERE, stored, events, Silent()))
        self.session = sessions.load(sessions.dump(handled.session)) if handled.session is not None else None
        said = [item for item in handled.outgoing if isinstance(item, Reply)]
        self.replies += said
        self.tells += [item for item in handled.outgoing if isinstance(item, Tell)]
        for timer in handled.timers:
            if isinstance(timer, SetTimer):
                self.timers[timer.name] = timer.due_ms
            elif isinstance(timer, CancelTimer):
                self.timers.pop(timer.name, None)
        return "\n".join(plain.text(reply.meanings) for reply in said)

    @property
    def held(self) -> Session:
        """The session, which is there."""
        assert self.session is not None
        return self.session

    def stands(self) -> Phase:
        """Where the interview stands."""
        return self.held.phase

    @property
    def moves(self) -> list[str]:
        """The move of every reply so far."""
        return [reply.move for reply in self.replies]

    @property
    def last(self) -> Reply:
        """The last reply."""
        return self.replies[-1]

    def _id(self) -> str:
        self._count += 1
        return f"e{self._count}"

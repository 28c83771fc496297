"""The working surface of one call to the engine: the session as it changes, and what goes out because of it.

Everything here lives for one `handle` and is thrown away; what lasts is the session and the outgoing values it collects.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.chat import plain
from bot.chat.events import Told
from bot.chat.ids import Address, Person
from bot.chat.meanings import Meaning, Paragraph
from bot.chat.replies import CancelTimer, Operation, Outgoing, Progressing, Reply, Role, SetTimer, Tell
from bot.interview import words
from bot.interview.minds import Minds
from bot.interview.session import Phase, Session, Turn
from bot.library.items import Kind, Persona, Question, Rubric
from bot.library.load import Library

TWO_THIRDS, TWO_MINUTES, TIME_UP, GRACE_OVER = "two-thirds", "two-minutes", "time-up", "grace-over"
CLOCK_TIMERS = (TWO_THIRDS, TWO_MINUTES, TIME_UP, GRACE_OVER)

APART_MS = 30_000
"""Two reminders closer than this are one."""

GRACE_MS = 60_000
"""How long a last sentence is waited for after the interviewer closed."""


class Desk:
    """One session being worked on. `now_ms` is when what is handled happened, not when we got round to it."""

    def __init__(self, session: Session, library: Library, minds: Minds, now_ms: int, progress: Progressing) -> None:
        self.session = replace(session, steps=session.steps + 1)
        self.library = library
        self.minds = minds
        self.now_ms = now_ms
        self.progress = progress
        self.outgoing: list[Outgoing] = []

    @property
    def question(self) -> Question:
        """The question with its variant filled in."""
        return self.library.drawn(self.session.question, self.session.seed)

    @property
    def rubric(self) -> Rubric:
        """The rubric of the question's type."""
        return self.library.rubric(self.question.type)

    @property
    def persona(self) -> Persona:
        """Who interviews."""
        return self.library.persona(self.session.persona)

    def update(self, **changes: Any) -> None:
        """Replace fields of the session."""
        self.session = replace(self.session, **changes)

    def stock(self, key: str) -> str:
        """The next stock line of a kind, never the same twice in a row."""
        lines = words.lines(key, self.persona)
        used = sum(any(line in turn.text for line in lines) for turn in self.session.turns if turn.by == "interviewer")
        return lines[(used + self.session.seed) % len(lines)]

    def floor(self) -> str:
        """The question that follows a request which is not put as one."""
        return "What happened?" if self.question.type is Kind.BEHAVIOURAL else "What would you say?"

    def hand_back(self) -> str:
        """The question that gives the floor back after a fact or a hint; a story is gone on with, not decided about."""
        return self.floor() if self.question.type is Kind.BEHAVIOURAL else self.stock("hand_back")

    def ask(self, move: str, text: str, target: str = "", extra: tuple[Meaning, ...] = ()) -> None:
        """The interviewer speaks; it becomes part of the transcript."""
        turn = Turn("interviewer", text, self.now_ms, move, target)
        self.update(turns=(*self.session.turns, turn))
        self.post(Role.INTERVIEWER, move, Paragraph(text, self.persona.name), *extra)

    def tell(self, move: str, text: str, *more: Meaning) -> None:
        """Hotseat speaks as itself."""
        self.post(Role.SYSTEM, move, Paragraph(text), *more)

    def post(
        self,
        role: Role,
        move: str,
        *meanings: Meaning,
        operation: Operation = Operation.POST,
        person: Person | None = None,
    ) -> None:
        """Say something, with an id that handling the same events again would give it too."""
        name = f"{self.session.id}:{self.session.steps}:{len(self.outgoing)}"
        where = self.session.conversation
        self.outgoing.append(Reply(name, where, role, move, tuple(meanings), operation, person=person, final=True))

    def confide(self, move: str, *meanings: Meaning) -> None:
        """Tell the candidate alone, also where others read along."""
        self.post(Role.SYSTEM, move, *meanings, operation=Operation.DIRECT, person=self.session.candidate)

    def whisper(self, person: Person, move: str, text: str) -> None:
        """A word to somebody who is here, which nobody else needs to see."""
        self.post(Role.SYSTEM, move, Paragraph(text), operation=Operation.EPHEMERAL, person=person)

    def inform(self, to: Address, topic: str, body: Mapping[str, object]) -> None:
        """Tell another actor."""
        name = f"{self.session.id}:{self.session.steps}:{len(self.outgoing)}"
        self.outgoing.append(Tell(name, Told(name, to, self.now_ms, topic, body)))

    def timers(self) -> tuple[SetTimer | CancelTimer, ...]:
        """Every clock timer as it should stand now; setting one that stands already changes nothing."""
        session = self.session
        due: dict[str, int] = {}
        if session.phase is Phase.CLOSING and session.clock.since_ms is None and not session.paused:
            due[GRACE_OVER] = self._closed_ms() + GRACE_MS
        elif session.running and session.clock.since_ms is not None:
            limit, started = session.clock.limit_ms, session.clock.since_ms - session.clock.spent_ms
            marks = {TWO_THIRDS: limit * 2 // 3, TWO_MINUTES: limit - 120_000, TIME_UP: limit}
            if limit <= 120_000 or abs(marks[TWO_MINUTES] - marks[TWO_THIRDS]) < APART_MS:
                del marks[TWO_MINUTES]
            due = {name: started + mark for name, mark in marks.items() if name not in session.nudged}
        return tuple(SetTimer(name, due[name]) if name in due else CancelTimer(name) for name in CLOCK_TIMERS)

    def _closed_ms(self) -> int:
        return next((turn.at_ms for turn in reversed(self.session.turns) if turn.move == "close"), self.now_ms)


def heard(reply: Reply) -> str:
    """What a reply says aloud."""
    return plain.spoken(reply.meanings)

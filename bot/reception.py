"""What must be answered at once: forms, a home page, lists to choose from, each from one bounded read.

It changes nothing and waits for nobody: a platform gives three seconds, and a form cannot be opened later. What a person does
with what they are shown comes back as an event.
"""

from __future__ import annotations

import asyncio
import datetime
import time
from collections.abc import Awaitable, Callable, Mapping

from bot.chat import daily
from bot.chat.daily import Considered
from bot.chat.events import Pressed, Ran, Submitted
from bot.chat.ids import Address, Person
from bot.chat.meanings import Choices, Field, Form, Meaning, Option, Paragraph
from bot.interview import closing, opening, words
from bot.interview import session as sessions
from bot.interview.opening import SETUP_FORM
from bot.interview.session import Phase, Session
from bot.library import posting
from bot.library.items import Kind, Level
from bot.library.load import Library
from bot.study import front, record
from bot.study.desk import DailyDesk

SHOWN = 5
"""Past interviews on a home page."""

_REMEMBERED, _REMEMBERED_S = 10_000, 5.0
_BLAMED = ("level", "question", "persona", "type")

Peek = Callable[[Address], Awaitable[bytes | None]]
"""Reads an actor's stored state."""


class Desk:
    """Fills `bot.chat.adapter.Reception` from the library and what is stored."""

    def __init__(self, library: Library, peek: Peek, clock: Callable[[], int] | None = None) -> None:
        self._daily = DailyDesk(library, peek, clock or _now_ms)
        self._library = library
        self._peek = peek
        self._candidates: dict[Address, tuple[Person, float]] = {}
        self._asking: dict[Address, asyncio.Future[bytes | None]] = {}

    async def form(self, conversation: Address, person: Person, form: str) -> Form | None:
        """See `Reception.form`."""
        if form == SETUP_FORM:
            return self._setup()
        session = await self._session(conversation)
        if form != closing.RATING_FORM or session is None or session.phase is not Phase.RATING:
            return None
        if session.candidate.address != person.address or not self._library.holds(session.question):
            return None
        return closing.rating_form(self._library.drawn(session.question, session.seed))

    async def home(self, conversation: Address, person: Person) -> tuple[Meaning, ...]:
        """See `Reception.home`."""
        session = await self._session(conversation)
        past = record.load(await self._peek(person.address)).entries
        options = [Option("practice", "Try an interview", word="practice", style="primary")]
        own = session is not None and session.running and session.candidate.address == person.address
        if own and session is not None and self._library.holds(session.question):
            title = self._library.drawn(session.question, session.seed).title
            options.insert(0, Option("resume", f"Go on with {title}", word="resume"))
        finished = [entry for entry in reversed(past) if entry.scorecard is not None][:SHOWN]
        listing = "\n".join(f"{_day(entry.at_ms)}  {entry.title} ({entry.level})" for entry in finished)
        return (
            Choices("A demanding interviewer, and feedback that quotes you.", tuple(options)),
            Paragraph(
                f"Your last interviews:\n{listing}"
                if listing
                else "No interviews yet. The first takes fifteen minutes."
            ),
            Paragraph(words.HELP),
        )

    async def candidate(self, conversation: Address) -> Person | None:
        """See `Reception.candidate`. Asked for every message anybody writes near us, so what was found is remembered for a
        moment; that there was nothing is not, because an interview may begin in another process."""
        known = self._candidates.get(conversation)
        now_s = time.monotonic()
        if known is not None and known[1] > now_s:
            return known[0]
        asking = self._asking.get(conversation)
        if asking is None:
            # One read for all who ask at once: messages must not overtake each other here.
            asking = self._asking[conversation] = asyncio.ensure_future(self._peek(conversation))
            asking.add_done_callback(lambda _: self._asking.pop(conversation, None))
        stored = await asyncio.shield(asking)
        if stored is None:
            self._candidates.pop(conversation, None)
            return None
        found = sessions.candidate(stored)
        if len(self._candidates) >= _REMEMBERED:
            self._candidates.clear()
        self._candidates[conversation] = found, now_s + _REMEMBERED_S
        return found

    async def history(self, person: Person) -> tuple[Meaning, ...]:
        """See `Reception.history`."""
        return front.listing(record.load(await self._peek(person.address)))

    async def problems(self, form: str, fields: Mapping[str, str]) -> Mapping[str, str]:
        """See `Reception.problems`."""
        if daily.is_daily(form):
            return await self._daily.problems(form, fields)
        if form != SETUP_FORM:
            return {}
        try:
            opening.check(self._library, {name: value for name, value in fields.items() if value})
        except opening.Refused as refused:
            blamed = (
                "minutes" if "Minutes" in str(refused) else next((name for name in _BLAMED if fields.get(name)), "type")
            )
            return {blamed: str(refused)}
        return {}

    async def preview(self, form: str, fields: Mapping[str, str]) -> Meaning | None:
        """See `Reception.preview`."""
        if form != SETUP_FORM:
            return None
        shown = {name: dict(self._rows(name)).get(value, value) for name, value in fields.items() if value}
        parts = [
            shown.get("question") or shown.get("type") or "any kind of question",
            f"level {shown['level'].lower()}" if "level" in shown else "",
            f"{shown['minutes']} minutes" if "minutes" in shown else "as long as the question suggests",
            f"with {shown['persona']}" if "persona" in shown else "",
        ]
        taken = posting.said(posting.load(fields[opening.FOCUS])) if fields.get(opening.FOCUS) else ""
        text = (
            f"You'll practise {', '.join(part for part in parts if part)}. {taken} The clock starts with the question."
        )
        return Paragraph(" ".join(text.split()))

    async def settled(self, form: str, fields: Mapping[str, str]) -> Mapping[str, str]:
        """See `Reception.settled`."""
        return opening.settled(self._library, fields) if form == SETUP_FORM else fields

    async def choices(self, field: str, typed: str, limit: int = 25) -> tuple[tuple[str, str], ...]:
        """See `Reception.choices`."""
        if field == "zone":
            from bot.study import zones  # its tables take a moment, and most processes never need them

            return tuple((name, name) for name in zones.find(typed, limit))
        wanted = typed.strip().lower()
        return tuple(row for row in self._rows(field) if wanted in row[0].lower() or wanted in row[1].lower())[:limit]

    async def opened(self, pressed: Pressed) -> Form | tuple[Meaning, ...]:
        """See `Reception.opened`."""
        return await self._daily.opened(pressed)

    async def considered(self, event: Pressed | Submitted | Ran) -> Considered:
        """See `Reception.considered`."""
        return await self._daily.considered(event)

    def _rows(self, field: str) -> list[tuple[str, str]]:
        if field == "type":
            return [(kind.value, self._library.rubric(kind).label) for kind in Kind if self._library.ids(kind)]
        if field == "level":
            return [(level.value, level.value.capitalize()) for level in Level]
        if field == "question":
            return [(question.id, question.title) for question in self._library.all()]
        if field == "persona":
            people = [self._library.persona(name) for name in self._library.personas]
            return [(one.id, f"{one.name}, {one.role}") for one in people]
        return []

    def _setup(self) -> Form:
        return Form(
            SETUP_FORM,
            "What would you like to practise?",
            "Leave out what you don't mind about.",
            (
                Field("type", "Kind of question", "choice", tuple(self._rows("type"))),
                Field("level", "Level", "choice", tuple(self._rows("level")), hint="as the job says, or senior"),
                Field("question", "A certain question", "search", hint="Part of its name"),
                Field("minutes", "Minutes", hint="as the question suggests"),
                Field(opening.JOB, "A job description", "long", hint="Paste it, and I choose by what it asks for"),
                # The last one, because a form may hold only five fields somewhere; the command has this one, too.
                Field("persona", "Who interviews you", "choice", tuple(self._rows("persona"))),
            ),
            "Start the interview",
        )

    async def _session(self, conversation: Address) -> Session | None:
        stored = await self._peek(conversation)
        return sessions.load(stored) if stored is not None else None


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


def _day(at_ms: int) -> str:
    return datetime.datetime.fromtimestamp(at_ms / 1000, datetime.UTC).strftime("%d %b %Y")

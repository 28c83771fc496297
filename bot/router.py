"""Which actor's events go to which engine: conversations to interviews, people to their records, boards, rounds and sheets to
the study room.

The router is the `Handler` of `bot.delivery`: it reads an actor's stored state, has the events handled, and gives back what
is to be stored and sent. It holds no state and no adapter.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.chat.events import Event, Pressed, Ran, Submitted
from bot.chat.ids import Address, Person, is_person, kind_of, where
from bot.chat.meanings import Paragraph
from bot.chat.replies import Operation, Outgoing, Progressing, Reply, Role
from bot.delivery.ports import Outcome
from bot.interview import session as sessions
from bot.interview.engine import Engine
from bot.study import front, record
from bot.study.handled import Handled

KEEP_CONVERSATION_MS = 90 * 24 * 3600 * 1000
"""A conversation nobody returned to for 90 days is forgotten; scorecards stay in the person's record."""


STUDY = frozenset({"board", "round", "sheet"})
"""Kinds of actors of the study room."""


POISONED_DAILY = (
    "What you just did with a daily question broke on my side, and I've set it aside for whoever runs me. "
    "Please try it again."
)
POISONED_SHEET = (
    "I couldn't read your answer to a daily question. It's set aside for whoever runs me, and nothing is lost."
)


def concerned(actor: Address) -> bool:
    """Whether an actor wants to know that a reply of its own can never arrive: it would go on posting there."""
    return kind_of(actor) in STUDY


class Router:
    """Handles any actor's events."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def __call__(
        self, actor: Address, state: bytes | None, events: Sequence[Event], now_ms: int, report: Progressing
    ) -> Outcome:
        """Handle every event given, or raise and handle none."""
        if is_person(actor):
            answered = front.handle(actor, record.load(state), events)
            kept = None if answered.record.empty else record.dump(answered.record)
            return Outcome(kept, answered.outgoing, forget=answered.forget)
        if kind_of(actor) in STUDY:
            found = await self._study(actor, state, events, now_ms, report)
            return Outcome(found.state, found.outgoing, found.timers, found.keep_ms, found.forget)
        session = sessions.load(state) if state is not None else None
        handled = await self._engine.handle(actor, session, events, report)
        return Outcome(
            sessions.dump(handled.session) if handled.session is not None else None,
            handled.outgoing,
            handled.timers,
            KEEP_CONVERSATION_MS,
            handled.forget,
        )

    async def _study(
        self, actor: Address, state: bytes | None, events: Sequence[Event], now_ms: int, report: Progressing
    ) -> Handled:
        # Loaded when the first daily question needs them: a practice interview starts without.
        from bot.study import board, sheet
        from bot.study import round as rounds

        library = self._engine.library
        if kind_of(actor) == "board":
            return board.handle(actor, state, events, library, now_ms)
        if kind_of(actor) == "round":
            return rounds.handle(actor, state, events, library)
        return await sheet.handle(actor, events, library, self._engine.minds, report)


async def poisoned(actor: Address, event: Event) -> Sequence[Outgoing]:
    """What a person is told when something of theirs could not be handled and was set aside."""
    if is_person(actor) and not isinstance(event, Ran):
        return ()  # word from their interviews: nothing they did, and nothing they could do about it
    if kind_of(actor) in STUDY:
        return _poisoned_daily(actor, event)
    told = Paragraph(
        "Something I was sent here broke on my side, and I've set it aside for whoever runs me. The rest is kept; "
        "say it another way, or go on."
    )
    operation = Operation.DIRECT if is_person(actor) else Operation.POST
    person = event.person if isinstance(event, Ran) else None
    return (Reply(f"{event.id}:poisoned", actor, Role.SYSTEM, "poisoned", (told,), operation, person=person),)


def _poisoned_daily(actor: Address, event: Event) -> Sequence[Outgoing]:
    """A channel is no place to say so: who did it is told by themselves, and whose answer the coach could not read."""
    place = where(actor)
    person = event.person if isinstance(event, (Pressed, Submitted)) else place if isinstance(place, Person) else None
    if person is None:
        return ()
    text = POISONED_SHEET if person is place else POISONED_DAILY
    return (
        Reply(
            f"{event.id}:poisoned", actor, Role.SYSTEM, "poisoned", (Paragraph(text),), Operation.DIRECT, person=person
        ),
    )

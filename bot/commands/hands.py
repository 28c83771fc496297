"""What a made-up member can do on the stage: press, fill in, command; what a platform's adapter does with it, and nothing more."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from bot.chat import daily
from bot.chat.daily import Considered
from bot.chat.events import Pressed, Ran, Submitted
from bot.chat.ids import Address, kind_of
from bot.chat.meanings import Form, Option
from bot.commands.members import Member
from bot.commands.stage import PLATFORM, Process, Stage
from bot.library.load import Library
from bot.reception import Desk


class Hands:
    """Carries what members do to the process that runs now, shows them what they are told at once, and waits until all that
    comes of it is shown. `refused` has the forms that were found wrong."""

    def __init__(
        self,
        stage: Stage,
        library: Library,
        organiser: Member,
        process: Callable[[], Process],
        settle: Callable[[], Awaitable[None]],
    ) -> None:
        self.refused: list[str] = []
        self._stage = stage
        self._library = library
        self._organiser = organiser
        self._process = process
        self._settle = settle
        self._count = 0

    def _event_id(self) -> str:
        self._count += 1
        return f"stage:{self._count}"

    @property
    def _desk(self) -> Desk:
        return Desk(self._library, self._process().store.peek_state, self._stage.clock)

    def _pressed(self, member: Member, action: str, value: str) -> Pressed:
        to, now_ms = daily.target(PLATFORM, value), self._stage.clock()
        organiser = member is self._organiser
        return Pressed(self._event_id(), to, now_ms, member.person, action, value, organiser)

    async def open(self, member: Member, action: str, value: str) -> Form | None:
        """Press what opens a form; None if something was said instead."""
        pressed = self._pressed(member, action, value)
        opened = await self._desk.opened(pressed)
        if isinstance(opened, Form):
            self._stage.show("form", (opened,), member.person, pressed.to)
            return opened
        self._stage.show("word", opened, member.person, pressed.to)
        return None

    async def send(self, member: Member, form: Form | None, fields: Mapping[str, str]) -> Considered | None:
        """Send a form that was opened; None if there is none, or it was refused."""
        if form is None:
            return None
        if wrong := await self._desk.problems(form.id, fields):
            self.refused.append(f"{member.name}: {form.title}: {'; '.join(wrong.values())}")
            return None
        to, now_ms = daily.target(PLATFORM, daily.of_form(form.id)[1]), self._stage.clock()
        organiser = member is self._organiser
        return await self._done(Submitted(self._event_id(), to, now_ms, member.person, form.id, fields, organiser))

    async def press(self, member: Member, option: Option) -> Considered:
        """Press a button that opens nothing."""
        return await self._done(self._pressed(member, option.action, option.value))

    async def run(self, member: Member, to: Address, command: str) -> Considered:
        """Give a command."""
        organiser = member is self._organiser
        return await self._done(Ran(self._event_id(), to, self._stage.clock(), member.person, command, {}, organiser))

    async def _done(self, event: Pressed | Submitted | Ran) -> Considered:
        considered = await self._desk.considered(event)
        if considered.take:
            await self._process().accept([event])
        kind = "card-word" if kind_of(event.to) == "round" else "word"
        self._stage.show(kind, considered.said, event.person, event.to)
        await self._settle()
        return considered

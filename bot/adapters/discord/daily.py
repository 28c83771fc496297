"""What people do about daily questions: buttons and forms whose names begin with `daily-`, and `/hotseat daily …`.

All of it belongs to the board or the round that its key names, wherever it is pressed. A form has to be the first response, so
it is never deferred; what else is done is considered, stored, and answered for that person alone. A form with more fields than
Discord shows at once is sent in parts, and what a part leaves out stays as it is.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import discord

from bot.adapters.discord import limits, parse, rights
from bot.adapters.discord.layout import modal, parts
from bot.chat import daily
from bot.chat.adapter import Accept, Reception
from bot.chat.daily import Considered
from bot.chat.events import Pressed, Ran, Submitted
from bot.chat.ids import Address, Board
from bot.chat.meanings import Choices, Form, Meaning, Option, Paragraph, Passage

if TYPE_CHECKING:
    from bot.adapters.discord.client import Client

_log = logging.getLogger(__name__)

Interaction = discord.Interaction[Any]
T = TypeVar("T")
_Found = tuple[Pressed | Submitted | Ran, Considered]

DRAFTS = 500

WHERE = "Daily questions live in a server's channel. Type that there, please: in the channel it is about."
NOT_HERE = (
    "I can only ask questions in a server that has added me; here I'm just your guest. Whoever runs it can invite me."
)
LEFT = "I'm no longer in that server, so there is nothing I could do about it from here."
AWAY = "I can't keep anything right now, so please try again in a minute."
WHICH = "What would you like to change? The rest stays as it is."
DONE = "Done."
CHANNEL = "channel"


class Answers(Protocol):
    """How interactions are answered."""

    async def tell(self, interaction: Interaction, meanings: Sequence[Meaning]) -> None:
        """Say something that only this person sees."""

    async def old(self, interaction: Interaction) -> None:
        """Say that a button cannot be understood."""

    async def respond(self, call: Callable[[], Awaitable[Any]]) -> None:
        """Make a call that answers an interaction."""

    async def stored(
        self, interaction: Interaction, store: Callable[[], Awaitable[None]], failed: Sequence[Meaning]
    ) -> bool:
        """Store, or say that it failed."""

    async def defer(self, interaction: Interaction) -> None:
        """Answer later, or not at all."""

    def is_guest(self, interaction: Interaction) -> bool:
        """Whether the app is only somebody's own here."""


@dataclass(frozen=True, slots=True)
class _Shown:
    """Which part of a form is shown (-1: only what was given with a command), and whether it is once more, with what was
    refused; the marks are what a button's action and a modal's id end in."""

    part: int
    again: bool = False

    @property
    def mark(self) -> str:
        return f"{'+' if self.again else '~'}{self.part}"


_GIVEN = _Shown(-1)
_MARKED = re.compile(r"(.*)([~+])(\d)")


def _read(name: str) -> tuple[str, _Shown | None]:
    """An action without its mark, and what that says."""
    found = _MARKED.fullmatch(name)
    return (found[1], _Shown(int(found[3]), found[2] == "+")) if found is not None else (name, None)


class _Refused(Exception):
    """Nothing can be made of it; the person is told why."""

    def __init__(self, *said: Meaning) -> None:
        super().__init__("refused")
        self.said = said


class Daily:
    """Answers what concerns daily questions."""

    def __init__(self, client: Client, answers: Answers, accept: Accept, reception: Reception) -> None:
        self._client = client
        self._answers = answers
        self._accept = accept
        self._reception = reception
        # What may be refused, so that the form opens with it again. Here only, and lost when we stop: it is also shown.
        self._drafts: OrderedDict[tuple[int, str], Mapping[str, str]] = OrderedDict()

    # What people do.

    async def pressed(self, interaction: Interaction, button: parse.Intended) -> None:
        """A button was pressed, or one that opens a part of a form."""
        name, value = daily.of_form(button.name) if button.kind == "form" else (button.name, button.value)
        action, shown = _read(name)
        to = await self._place(interaction, value)
        if to is None:
            return
        event = self._touch(interaction).pressed(to, action, value, rights.organiser(interaction, to))
        if action in daily.OPENS:
            await self._open(interaction, event, shown)
        else:
            await self._consider(interaction, lambda: self._considered(event))

    async def submitted(
        self, interaction: Interaction, form: parse.Intended, entered: Mapping[str, str], wrote: Sequence[str]
    ) -> None:
        """A form was sent. `wrote` is what was typed, to be given back if it cannot be taken."""
        to = await self._place(interaction, daily.of_form(form.name)[1])
        if to is None:
            return
        given = "\n\n".join(wrote)
        back = (Passage("What you wrote", given),) if given else ()
        await self._send(interaction, to, form.name, entered, back, _read(form.value)[1])

    async def new(self, interaction: Interaction, entered: Mapping[str, str], typed: str) -> None:
        """A stream is to be set up: with a form, or with what was given with the command, which is `typed`."""
        board = await self._board(interaction)
        if board is None:
            return
        if entered:
            rest = dict(entered)
            board = replace(board, channel=rest.pop(CHANNEL, board.channel))
            name = daily.form_id(daily.NEW, board.key)
            await self._send(interaction, board.address, name, rest, (Passage("What you typed", typed),), _GIVEN)
        else:
            await self._open_at(interaction, board, daily.NEW)

    async def form(self, interaction: Interaction, action: str) -> None:
        """A form about this channel is wanted."""
        board = await self._board(interaction)
        if board is not None:
            await self._open_at(interaction, board, action)

    async def ran(self, interaction: Interaction, command: str) -> None:
        """Something about this channel is to be shown."""
        board = await self._board(interaction)
        if board is not None:
            organiser = rights.organiser(interaction, board.address)
            event = self._touch(interaction).ran(board.address, command, {}, organiser)
            await self._consider(interaction, lambda: self._considered(event))

    # Forms.

    async def _open_at(self, interaction: Interaction, board: Board, action: str) -> None:
        organiser = rights.organiser(interaction, board.address)
        event = self._touch(interaction).pressed(board.address, action, board.key, organiser)
        await self._open(interaction, event, None)

    async def _open(self, interaction: Interaction, event: Pressed, shown: _Shown | None) -> None:
        if event.action == daily.NEW and (missing := rights.missing(interaction, event.to)):
            await self._answers.tell(interaction, (Paragraph(missing),))
            return
        found = await self._look(interaction, lambda: self._reception.opened(event), ())
        if found is None:
            return
        if not isinstance(found, Form):
            await self._answers.tell(interaction, found)
            return
        held = parts(found)
        if shown is None and len(held) > 1 and event.action != daily.NEW:
            await self._answers.tell(interaction, (_parted(found),))
            return
        shown = shown or _Shown(0)
        if shown.again and (draft := self._drafts.get((int(event.person.id), found.id))):
            found = replace(found, fields=tuple(replace(one, value=draft.get(one.id, "")) for one in found.fields))
        part = min(shown.part, len(held) - 1)
        await self._answers.respond(lambda: interaction.response.send_modal(modal(found, part=part, mark=shown.mark)))

    async def _send(
        self,
        interaction: Interaction,
        to: Address,
        form: str,
        entered: Mapping[str, str],
        back: tuple[Meaning, ...],
        shown: _Shown | None,
    ) -> None:
        """Take a form; `back` is what was typed into it, to be given back if it cannot be taken."""
        key = int(self._touch(interaction).person.id), form
        action, value = daily.of_form(form)
        again = _Shown(max(0, shown.part) if shown is not None else 0, again=True)
        back = (*back, Choices("", (Option(f"{action}{again.mark}", "Try again", value, style="primary"),)))

        draft = self._drafts.get(key) if shown is not None and shown.again else None

        async def read() -> _Found:
            fields = entered if shown is None else await self._completed(interaction, to, form, entered, shown, draft)
            there, name = to, form
            if fields.get(CHANNEL):
                board = Board(parse.PLATFORM, rights.server(to), fields[CHANNEL])
                there, name = board.address, daily.form_id(action, board.key)
            if action == daily.NEW and (missing := rights.missing(interaction, there)):
                raise _Refused(Paragraph(missing), *back)
            problems = await self._reception.problems(name, fields)
            if problems:
                self._keep_draft(key, fields)
                raise _Refused(Paragraph("\n".join(problems.values())), *back)
            organiser = rights.organiser(interaction, there)
            return await self._considered(self._touch(interaction).submitted(there, name, fields, organiser))

        self._keep_draft(key, {**(draft or {}), **entered})
        if await self._consider(interaction, read, back):
            self._drafts.pop(key, None)

    async def _completed(
        self,
        interaction: Interaction,
        to: Address,
        form: str,
        entered: Mapping[str, str],
        shown: _Shown,
        draft: Mapping[str, str] | None,
    ) -> dict[str, str]:
        """What was entered, together with what the form, or what was refused before, has in fields that were not shown."""
        touch = self._touch(interaction)
        action, value = daily.of_form(form)
        found = await self._reception.opened(touch.pressed(to, action, value, rights.organiser(interaction, to)))
        if not isinstance(found, Form):
            raise _Refused(*found)
        held = parts(found)
        there = set(entered) if shown.part < 0 else {one.id for one in held[min(shown.part, len(held) - 1)]}
        rest = {one.id: one.value if draft is None else draft.get(one.id, "") for one in found.fields}
        return {name: held for name, held in rest.items() if held and name not in there} | dict(entered)

    def _keep_draft(self, key: tuple[int, str], fields: Mapping[str, str]) -> None:
        self._drafts[key] = fields
        while len(self._drafts) > DRAFTS:
            self._drafts.popitem(last=False)

    # How it is answered.

    async def _considered(self, event: Submitted | Pressed | Ran) -> _Found:
        return event, await self._reception.considered(event)

    async def _consider(
        self,
        interaction: Interaction,
        read: Callable[[], Awaitable[_Found]],
        back: tuple[Meaning, ...] = (),
    ) -> bool:
        """Read, store, and say what there is to say. False if that could not be done: then `back` is shown with the reason."""
        found = await self._look(interaction, read, back)
        if found is None:
            return False
        event, considered = found

        async def store() -> None:
            await self._accept([event])

        if considered.take and not await self._answers.stored(interaction, store, (Paragraph(AWAY), *back)):
            return False
        said = considered.said
        if not considered.take and not any(isinstance(one, Passage) for one in said):
            said = (*said, *(one for one in back if isinstance(one, Passage)))  # what was typed is not lost
        if said:
            await self._answers.tell(interaction, said)
        elif interaction.message is None:
            await self._answers.tell(interaction, (Paragraph(DONE),))
        elif not interaction.response.is_done():
            await self._answers.defer(interaction)
        return True

    async def _look(
        self, interaction: Interaction, read: Callable[[], Awaitable[T]], back: tuple[Meaning, ...]
    ) -> T | None:
        """What was read; None if it could not be, and then the person was told."""
        try:
            async with asyncio.timeout(limits.LOOK_WITHIN_S):
                return await read()
        except _Refused as refused:
            await self._answers.tell(interaction, refused.said)
        except Exception as error:  # noqa: BLE001 - whatever it is, an answer is due now
            _log.warning("a daily question could not be read: %s", type(error).__name__)
            await self._answers.tell(interaction, (Paragraph(AWAY), *back))
        return None

    # Where, and by whom.

    def _touch(self, interaction: Interaction) -> parse.Touch:
        person = parse.person(interaction.user.id, interaction.user.display_name)
        return parse.Touch(interaction.guild_id, interaction.channel_id or 0, interaction.id, person)

    async def _place(self, interaction: Interaction, value: str) -> Address | None:
        """The mailbox that a key names; None if it cannot be meant here, and then the person was told."""
        try:
            to = daily.target(parse.PLATFORM, value)
            server = int(rights.server(to))
        except ValueError:
            await self._answers.old(interaction)
            return None
        if interaction.guild_id is not None and interaction.guild_id != server:
            await self._answers.old(interaction)
        elif self._client.get_guild(server) is None:
            await self._answers.tell(interaction, (Paragraph(LEFT),))
        else:
            return to
        return None

    async def _board(self, interaction: Interaction) -> Board | None:
        """The board of the channel where a command is given; None if there is no such channel, and then the person was told."""
        if interaction.guild_id is None:
            await self._answers.tell(interaction, (Paragraph(WHERE),))
        elif self._answers.is_guest(interaction):
            await self._answers.tell(interaction, (Paragraph(NOT_HERE),))
        else:
            return Board(parse.PLATFORM, str(interaction.guild_id), str(rights.channel(interaction)))
        return None


def _parted(form: Form) -> Choices:
    """Buttons that open the parts of a form."""
    action, value = daily.of_form(form.id)
    rows = enumerate(parts(form))
    options = [
        Option(f"{action}{_Shown(part).mark}", ", ".join(one.label for one in held), value) for part, held in rows
    ]
    return Choices(WHICH, tuple(options))

"""Commands, buttons and forms: each answered within three seconds, and stored before anything is promised.

What opens a form is answered with the form, never deferred. Everything else is stored first; if that takes longer than a
moment the interaction is deferred meanwhile. Where the app is only a guest, the deferred response is where the reply goes.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import discord

from bot.adapters.discord import faults, limits, parse
from bot.adapters.discord.daily import Daily
from bot.adapters.discord.layout import answer_form, layout, modal
from bot.adapters.discord.places import How, Place, Places, Token
from bot.adapters.discord.render import Page, render
from bot.chat.adapter import Accept, Reception
from bot.chat.daily import is_daily
from bot.chat.events import Event
from bot.chat.ids import Address
from bot.chat.meanings import Choices, Meaning, Option, Paragraph

if TYPE_CHECKING:
    from bot.adapters.discord.client import Client

_log = logging.getLogger(__name__)

Interaction = discord.Interaction[Any]
Begin = Callable[[Address, Place, int], Awaitable[None]]
Store = Callable[[Address, Event], Awaitable[None]]

SETUP = "setup"
FORGET_ME = "forget me"
FORGET = Choices(
    "This removes everything I keep about you: interviews, answers, scorecards, history. What stands on Discord stays there.",
    (Option(FORGET_ME, "Remove everything", style="danger"),),
)
FORGETTING = "It's being removed now. /hotseat practice starts afresh."

AWAY = "I can't keep anything right now, so nothing has begun. Please try again in a minute."
HERE, OPENING = "Here we go, below.", "I'm opening a thread for you."
NOT_YOURS = "That belongs to somebody else's interview. /hotseat practice opens one of your own."
NO_FORM = "That form has done its work. Go on by writing, or start again with /hotseat practice."
OLD = "That button is from another version of me, and I can't tell what it meant. /hotseat practice always works."
NOWHERE = "There is no interview here. /hotseat practice opens one."
NO_SUCH = "I don't have that question. These I do have: /hotseat practice, then start typing under question."
NO_THREADS = (
    "I can't open a thread here: I'm missing {missing} in this channel. A moderator can grant it in the channel's settings. "
    "Until then, write to me directly: I interview there, too."
)
NOT_A_CHANNEL = "Threads can't be opened here. Try it in a text channel, or write to me directly."


class Interactions:
    """Answers interactions."""

    def __init__(
        self, client: Client, places: Places, store: Store, reception: Reception, begin: Begin, accept: Accept
    ) -> None:
        self._places = places
        self._store = store
        self._reception = reception
        self._begin = begin
        self.daily = Daily(client, self, accept, reception)

    # What people do.

    async def practice(self, interaction: Interaction, options: Mapping[str, str], how: How = "private") -> None:
        """An interview is asked for by command."""
        await self._start(interaction, how, lambda touch, to: touch.ran(to, "practice", options))

    async def history(self, interaction: Interaction) -> None:
        """Past interviews."""
        try:
            async with asyncio.timeout(limits.LOOK_WITHIN_S):
                past = await self._reception.history(_touch(interaction).person)
        except Exception as error:  # noqa: BLE001 - whatever it is, an answer is due now
            _log.warning("the history could not be read: %s", type(error).__name__)
            past = (Paragraph(AWAY),)
        await self.tell(interaction, past)

    async def practise_this(self, interaction: Interaction, text: str) -> None:
        """The question a message poses is to be practised."""
        questions = await self._reception.choices("question", "", 1000)
        found = parse.asked(text, questions)
        if found is None:
            offer = Option("practice", "Choose something else", style="primary")
            await self.tell(interaction, (Choices("I don't find a question of mine in that message.", (offer,)),))
        else:
            await self.practice(interaction, {"question": found})

    async def choices(self, field: str, typed: str) -> tuple[tuple[str, str], ...]:
        """What an option may be, for its list; an empty list if that cannot be read now."""
        try:
            async with asyncio.timeout(limits.LOOK_WITHIN_S):
                return await self._reception.choices(field, typed, limits.OPTIONS)
        except Exception as error:  # noqa: BLE001 - a list that stays empty harms nobody
            _log.warning("a list of choices could not be read: %s", type(error).__name__)
            return ()

    async def pressed(self, interaction: Interaction, button: parse.Intended) -> None:
        """A button was pressed."""
        if not button.known:
            await self.old(interaction)
        elif is_daily(button.name):
            await self.daily.pressed(interaction, button)
        elif button.kind == "answer":
            await self.respond(lambda: interaction.response.send_modal(modal(answer_form(), button.at)))
        elif button.kind == "form" or button.name in {"practice", SETUP}:
            await self._open(interaction, button.name if button.kind == "form" else SETUP, button.at)
        elif button.name == FORGET_ME:
            await self._forget(interaction)
        else:
            await self._move(interaction, button.at, lambda touch, to: touch.pressed(to, button.name, button.value))

    async def submitted(self, interaction: Interaction) -> None:
        """A form was sent, opened by us or by another process."""
        data: Any = interaction.data or {}
        form = parse.intended(str(data.get("custom_id", "")))
        if form is None or not form.known:
            await self.old(interaction)
            return
        entered = parse.fields(data.get("components", ()))
        if is_daily(form.name):
            await self.daily.submitted(interaction, form, entered, parse.wrote(data.get("components", ())))
        elif form.name == SETUP:
            problems = await self._reception.problems(form.name, entered)
            if problems:
                # Discord has closed the form already; the button opens it again.
                again = Option("practice", "Try again", style="primary")
                await self.tell(interaction, (Choices(" ".join(problems.values()), (again,)),))
                return
            settled = await self._reception.settled(form.name, entered)
            await self._start(interaction, "private", lambda touch, to: touch.filled(to, form.name, settled))
        else:
            await self._move(interaction, form.at, lambda touch, to: touch.filled(to, form.name, entered))

    # How it is answered.

    async def _forget(self, interaction: Interaction) -> None:
        touch = _touch(interaction)
        to = touch.person.address

        async def store() -> None:
            await self._store(to, touch.ran(to, FORGET_ME, {"quiet": "yes"}))

        await self._take(interaction, store, FORGETTING)

    async def _open(self, interaction: Interaction, form: str, at: int) -> None:
        touch = _touch(interaction)
        where = await self._where(interaction, at) or self._anywhere(interaction)
        try:
            async with asyncio.timeout(limits.LOOK_WITHIN_S):
                found = await self._reception.form(where, touch.person, form)
        except Exception as error:  # noqa: BLE001 - whatever it is, an answer is due now
            _log.warning("a form could not be read: %s", type(error).__name__)
            await self.tell(interaction, (Paragraph(AWAY),))
            return
        if found is None:
            await self.tell(interaction, (Paragraph(NO_FORM),))
        else:
            await self.respond(lambda: interaction.response.send_modal(modal(found, at)))

    async def _start(self, interaction: Interaction, how: How, event: Callable[[parse.Touch, Address], Event]) -> None:
        """An interview begins, or the one that is open here is offered."""
        touch = _touch(interaction)
        to = await self._where(interaction)
        place = await self._places.of(to) if to is not None else None
        if to is None or (place is not None and place.owner != int(touch.person.id)):
            to, refusal = self._new_thread(interaction, touch, how)
            if refusal:
                await self.tell(interaction, (Paragraph(refusal),))
                return
            place = Place(int(touch.person.id), touch.person.name, self._how(interaction, how))
        elif place is None:
            channel = 0 if touch.guild is not None or self.is_guest(interaction) else touch.channel
            place = Place(int(touch.person.id), "", "message", channel)
        held = place
        guest = self.is_guest(interaction)

        async def store() -> None:
            await self._begin(to, held, parse.at_ms(touch.id))
            await self._places.answer_through(to, _token(interaction))
            await self._store(to, event(touch, to))

        promise = HERE if held.channel else OPENING
        await self._take(interaction, store, None if guest else promise)

    async def _move(self, interaction: Interaction, at: int, event: Callable[[parse.Touch, Address], Event]) -> None:
        """Something is done in an interview that is there already."""
        touch = _touch(interaction)
        to = await self._where(interaction, at)
        place = await self._places.of(to) if to is not None else None
        if to is None or place is None:
            await self.tell(interaction, (Paragraph(NOWHERE),))
        elif place.owner != int(touch.person.id):
            await self.tell(interaction, (Paragraph(NOT_YOURS),))
        else:

            async def store() -> None:
                await self._places.answer_through(to, _token(interaction))
                await self._store(to, event(touch, to))

            await self._take(interaction, store, None)

    async def _take(self, interaction: Interaction, store: Callable[[], Awaitable[None]], promise: str | None) -> None:
        """Store, and answer: with a promise, or by saying only that it has arrived."""
        if self.is_guest(interaction):
            # The reply takes the place of this response, so it has to be there first.
            await self.defer(interaction)
        if not await self.stored(interaction, store, (Paragraph(AWAY),)):
            return
        if promise is not None and (interaction.message is None or promise == FORGETTING):
            await self.tell(interaction, (Paragraph(promise),))
        elif not interaction.response.is_done():
            await self.defer(interaction)

    async def old(self, interaction: Interaction) -> None:
        """Say that what was pressed or sent cannot be understood."""
        await self.tell(interaction, (Paragraph(OLD),))

    async def stored(
        self, interaction: Interaction, store: Callable[[], Awaitable[None]], failed: Sequence[Meaning]
    ) -> bool:
        """Store, deferring the interaction if that takes long. If it cannot be done the person hears it, and it is False."""
        storing = asyncio.ensure_future(store())
        await asyncio.wait({storing}, timeout=limits.STORE_WITHIN_S)
        if not storing.done() and not interaction.response.is_done():
            await self.defer(interaction)
        try:
            await storing
        except Exception as error:  # noqa: BLE001 - the store is away, or worse; the person must know either way
            _log.warning("an interaction could not be stored: %s", type(error).__name__)
            await self.tell(interaction, failed)
            return False
        return True

    async def defer(self, interaction: Interaction) -> None:
        """Answer later, or not at all."""
        quiet = interaction.message is not None and not self.is_guest(interaction)
        await self.respond(lambda: interaction.response.defer(ephemeral=not quiet, thinking=not quiet))

    async def tell(self, interaction: Interaction, meanings: Sequence[Meaning]) -> None:
        """Say something that only this person sees, as the response or in its place."""
        first, *more = render(meanings)
        if interaction.response.is_done():
            deferred = interaction.response.type is discord.InteractionResponseType.deferred_channel_message
            await self.respond(lambda: self._say_later(interaction, first, instead=deferred))
        else:
            await self.respond(lambda: interaction.response.send_message(view=layout(first), ephemeral=True))
        for page in more:
            await self.respond(lambda shown=page: interaction.followup.send(view=layout(shown), ephemeral=True))  # type: ignore[misc]

    async def _say_later(self, interaction: Interaction, page: Page, *, instead: bool) -> None:
        if instead:
            await interaction.edit_original_response(view=layout(page))
        else:
            await interaction.followup.send(view=layout(page), ephemeral=True)

    async def respond(self, call: Callable[[], Awaitable[Any]]) -> None:
        """Make a call that answers an interaction. One that came too late, or that another process answered, is let go: what
        was stored is stored."""
        try:
            await faults.insist(call)
        except discord.InteractionResponded:
            _log.info("an interaction was answered already")
        except (TypeError, KeyError):
            # Some servers answer without the receipt that discord.py reads; what was sent has arrived.
            _log.info("an interaction was answered without a receipt")
        except faults.Failure as error:
            _log.warning("an interaction was not answered: %s %s", type(error).__name__, faults.code_of(error) or "")

    # Where it is.

    def is_guest(self, interaction: Interaction) -> bool:
        """Whether the app is here only because somebody installed it for themselves."""
        if interaction.guild_id is not None:
            return interaction.is_user_integration() and not interaction.is_guild_integration()
        return bool(interaction.context.private_channel)

    async def _where(self, interaction: Interaction, at: int = 0) -> Address | None:
        """The conversation an interaction is part of, which may be held in another channel; None where there is none."""
        if at:
            return await self._places.in_thread(at)
        touch = _touch(interaction)
        if self.is_guest(interaction):
            return parse.whispered(touch.guild, touch.channel, int(touch.person.id))
        if touch.guild is None:
            return parse.direct(touch.channel)
        return self._places.at_hand(touch.channel) or await self._places.in_thread(touch.channel)

    def _anywhere(self, interaction: Interaction) -> Address:
        """An address to read by where no conversation is."""
        touch = _touch(interaction)
        return parse.threaded(touch.guild or 0, touch.channel, touch.id)

    def _new_thread(self, interaction: Interaction, touch: parse.Touch, how: How) -> tuple[Address, str]:
        """The conversation of a new thread, and why it cannot be had (empty if it can)."""
        channel: Any = interaction.channel
        parent = getattr(channel, "parent_id", None) if isinstance(channel, discord.Thread) else None
        to = parse.threaded(touch.guild or 0, parent or touch.channel, touch.id)
        if isinstance(channel, (discord.VoiceChannel, discord.StageChannel, discord.ForumChannel)):
            return to, NOT_A_CHANNEL
        granted = interaction.app_permissions
        if not granted.value:  # nothing was said about permissions
            return to, ""
        needs = {
            "View Channel": granted.read_messages,
            "Send Messages in Threads": granted.send_messages_in_threads,
            "Create Private Threads or Create Public Threads": granted.create_private_threads
            or granted.create_public_threads,
        }
        if self._how(interaction, how) == "public":
            needs["Send Messages"] = granted.send_messages
        missing = [name for name, there in needs.items() if not there]
        return to, NO_THREADS.format(missing=" and ".join(missing)) if missing else ""

    def _how(self, interaction: Interaction, how: How) -> How:
        """A private thread where one may be opened; in the open where that is asked for or all there is."""
        granted = interaction.app_permissions
        news = isinstance(interaction.channel, discord.TextChannel) and interaction.channel.is_news()
        if how == "private" and (news or (granted.value and not granted.create_private_threads)):
            return "public"
        if how == "public" and granted.value and not granted.create_public_threads:
            return "private"
        return how


def _touch(interaction: Interaction) -> parse.Touch:
    channel = interaction.channel_id or 0
    person = parse.person(interaction.user.id, interaction.user.display_name)
    return parse.Touch(interaction.guild_id, channel, interaction.id, person)


def _token(interaction: Interaction) -> Token:
    return Token(interaction.application_id, interaction.token, parse.at_ms(interaction.id), interaction.user.id)

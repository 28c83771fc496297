"""What people write: messages, edits and removals, sorted into what belongs to an interview and what is none of our business.

A message in a channel that is no thread of ours and does not mention us is dropped at once, before anything looks it up,
stores it or logs it. Order per channel is kept: whoever waits for the same look-up goes on in the order of arrival.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import discord

from bot.adapters.discord import limits, parse
from bot.adapters.discord.catchup import CatchUp
from bot.adapters.discord.interact import AWAY, FORGET, FORGET_ME, Interactions
from bot.adapters.discord.places import Place, Places
from bot.adapters.discord.post import Poster
from bot.adapters.discord.render import render
from bot.chat import daily
from bot.chat.adapter import Accept, DeliveryError, Notes, Reception
from bot.chat.events import Event, Ran
from bot.chat.ids import Address, Board, ConversationId, Person
from bot.chat.meanings import Choices, Meaning, Option, Paragraph

if TYPE_CHECKING:
    from bot.adapters.discord.client import Client

_log = logging.getLogger(__name__)

FLUSH_S = 5.0
STARTING_MS = 60_000
"""How long an interview may take from its command to its first word."""

NOTE_AGAIN_MS = 60_000

TOLD_AFTER_S = 3.0
"""Whoever waits longer than this for an answer in a direct message is told why."""

UNREADABLE = (
    "I can't read messages here unless they mention me. Press Answer under the question, or mention me at the start of what "
    "you write."
)
IT_WAITS = "I can't keep anything just now. What you wrote waits here, and I'll answer as soon as I can."
BYSTANDER = "Somebody is in an interview here, so I only listen to them. /hotseat practice opens one of your own."
NO_FILES = "I read text only. Please paste it into a message, in several if it is long."
IN_A_THREAD = "I can't open a thread inside this one. Mention me in the channel itself, or write to me directly."
HELLO = "I hold mock interviews. Mention me with practice, or press the button."
TRY = Option("practice", "Try an interview", style="primary")


class Arrivals:
    """Takes what the client hands over, for as long as it runs."""

    def __init__(
        self,
        client: Client,
        places: Places,
        poster: Poster,
        accept: Accept,
        reception: Reception,
        notes: Notes,
        clock: Callable[[], int],
    ) -> None:
        self._client = client
        self._places = places
        self._poster = poster
        self._accept = accept
        self._reception = reception
        self._notes = notes
        self._clock = clock
        self._starting: dict[Address, int] = {}
        self._marks: dict[Address, int] = {}
        self._flushing: asyncio.Task[None] | None = None
        self._silent: dict[int, asyncio.Task[None]] = {}  # direct conversations whose last message waits
        self._catch_up: CatchUp | None = None
        self.interactions = Interactions(client, places, self._accept_for, reception, self.begin, accept)
        self._lookups: dict[int, asyncio.Task[Address | None]] = {}
        self.opened: Callable[[], None] = lambda: None

    @property
    def _me(self) -> int:
        return self._client.user.id if self._client.user is not None else 0

    # Sessions of the gateway.

    def new_session(self) -> None:
        """Whatever was written before now and not handed over is looked for; what comes in meanwhile waits behind it."""
        if self._catch_up is not None:
            self._catch_up.stop()
        self._catch_up = CatchUp(
            self._client, self._places, self._notes, self._clock, self._again, self._reedit, self._marks
        )
        self._catch_up.start()
        self.opened()

    async def caught_up(self) -> None:
        """Return when everything that could be found again was accepted."""
        if self._catch_up is not None:
            await self._catch_up.done()

    async def close(self) -> None:
        """Note how far we heard."""
        for task in list(self._silent.values()):
            task.cancel()
        if self._catch_up is not None:
            self._catch_up.stop()
        if self._flushing is not None:
            self._flushing.cancel()
            await asyncio.gather(self._flushing, return_exceptions=True)
        try:
            await self._flush()
        except Exception as error:  # noqa: BLE001 - a little more is read again next time
            _log.info("how far we heard was not noted: %s", type(error).__name__)

    # Messages.

    async def message(self, message: discord.Message) -> None:
        """Somebody wrote."""
        if message.author.bot or message.type not in {discord.MessageType.default, discord.MessageType.reply}:
            return
        guild = _guild_of(message)
        mentioned = self._me in message.raw_mentions
        if guild is not None and not mentioned and not self._may_be_ours(message.channel):
            return
        try:
            await self._sort(message, guild, mentioned)
        except Exception as error:  # noqa: BLE001 - the store is away, or worse: it is found again in the channel's history
            _log.warning("a message could not be taken, its channel is read again: %s", type(error).__name__)
            self.new_session()
            if guild is None and message.channel.id not in self._silent:
                self._silent[message.channel.id] = asyncio.create_task(self._break_silence(message))

    async def _break_silence(self, message: discord.Message) -> None:
        """Say in a direct conversation, once while it lasts, that what was written there waits."""
        try:
            await asyncio.wait_for(self._all_caught_up(), TOLD_AFTER_S)
        except TimeoutError:
            await self._tell(message.channel.id, (Paragraph(IT_WAITS),), f"{message.id}:waits")
            await self._all_caught_up()
        finally:
            self._silent.pop(message.channel.id, None)

    async def _all_caught_up(self) -> None:
        before = None
        while before is not self._catch_up:  # another message may have begun it anew
            before = self._catch_up
            await self.caught_up()

    async def _sort(self, message: discord.Message, guild: int | None, mentioned: bool) -> None:
        if self._catch_up is not None:
            await self._catch_up.passed(message.channel.id)
        to = self._places.at_hand(message.channel.id) or await self._look_up(message.channel.id)
        author = parse.person(message.author.id, message.author.display_name)
        text = parse.without_mention(message.content, self._me) if mentioned else message.content
        written = parse.Written(guild, message.channel.id, message.id, text)
        if guild is None:
            await self._direct(to, written, author, bool(message.attachments))
        elif to is not None:
            await self._in_thread(to, written, author, bool(message.attachments), mentioned)
        elif mentioned:
            await self._mentioned(message, written, author)

    def _may_be_ours(self, channel: Any) -> bool:
        if isinstance(channel, discord.Thread):
            return channel.owner_id == self._me
        return isinstance(channel, discord.PartialMessageable)

    async def _look_up(self, channel: int) -> Address | None:
        """The conversation of a channel; several messages that wait for it share one look."""
        if channel not in self._lookups:
            self._lookups[channel] = asyncio.create_task(self._places.in_thread(channel))
            self._lookups[channel].add_done_callback(lambda _: self._lookups.pop(channel, None))
        return await asyncio.shield(self._lookups[channel])

    async def _direct(self, to: Address | None, written: parse.Written, author: Person, files: bool) -> None:
        conversation = to or parse.direct(written.channel)
        wish = await self._wish(written.text)
        if written.text.strip().casefold().strip("/.!") == FORGET_ME:
            await self._tell(written.channel, (FORGET,), f"{written.id}:forget")
        elif wish is not None:
            await self._start(
                conversation, Place(int(author.id), "", "message", written.channel), written, author, wish
            )
        elif to is None or not await self._holds(conversation, author):
            home = await self._reception.home(conversation, author)
            await self._tell(written.channel, home, f"{parse.event_id(None, written.channel, written.id)}:home")
        elif not written.text.strip():
            if files:
                await self._tell(written.channel, (Paragraph(NO_FILES),), f"{written.id}:files")
        else:
            await self._take(parse.said(written, conversation, author))

    async def _in_thread(
        self, to: Address, written: parse.Written, author: Person, files: bool, mentioned: bool
    ) -> None:
        place = await self._places.of(to)
        if place is None:
            return
        if place.owner != int(author.id):
            if await self._places.first_time(f"bystander:{written.channel}:{author.id}"):
                await self._tell(written.channel, (Paragraph(BYSTANDER),), f"{written.channel}:{author.id}:bystander")
        elif written.text.strip():
            wish = await self._wish(written.text)
            if wish is not None:
                await self._start(to, place, written, author, wish)
            else:
                await self._take(parse.said(written, to, author))
        elif files:
            await self._tell(written.channel, (Paragraph(NO_FILES),), f"{written.id}:files")
        elif not mentioned and await self._places.first_time(f"unreadable:{written.channel}"):
            await self._tell(written.channel, (Paragraph(UNREADABLE),), f"{written.channel}:unreadable")

    async def _mentioned(self, message: discord.Message, written: parse.Written, author: Person) -> None:
        """Mentioned outside of interviews: an interview begins, or we say what can be had."""
        wish = await self._wish(written.text)
        assert written.guild is not None
        where = str(getattr(message.channel, "parent_id", None) or written.channel)
        if wish is None:
            name = f"hello:{written.channel}:{author.id}"
            if await self._places.first_time(name, NOTE_AGAIN_MS):
                new = Option(daily.NEW, "Set up a daily question", Board(parse.PLATFORM, str(written.guild), where).key)
                await self._tell(written.channel, (Choices(HELLO, (TRY, new)),), f"{written.id}:hello")
        elif isinstance(message.channel, discord.Thread):
            await self._tell(written.channel, (Paragraph(IN_A_THREAD),), f"{written.id}:thread")
        else:
            to = parse.threaded(written.guild, written.channel, written.id)
            await self._start(to, Place(int(author.id), author.name, "message"), written, author, wish)

    async def _wish(self, text: str) -> dict[str, str] | None:
        """The options of a typed `practice`, None if the text is anything else."""
        if not text.strip().casefold().lstrip("/").startswith(("practice", "practise")) or len(text) > 200:
            return None
        names = ("question", "type", "level", "persona")
        return parse.wish(text, {name: await self._reception.choices(name, "", 1000) for name in names})

    async def _start(
        self, to: Address, place: Place, written: parse.Written, author: Person, options: dict[str, str]
    ) -> None:
        id_ = parse.event_id(written.guild, written.channel, written.id)
        at_ms = parse.at_ms(written.id)
        try:
            await self.begin(to, place, at_ms)
        except Exception as error:  # noqa: BLE001 - nothing was noted, so nothing would find this message again
            _log.warning("an interview could not begin: %s", type(error).__name__)
            await self._tell(written.channel, (Paragraph(AWAY),), f"{written.id}:away")
            return
        await self._accept_for(to, Ran(id_, to, at_ms, author, "practice", options))

    async def begin(self, to: Address, place: Place, at_ms: int) -> None:
        """Note where a conversation is before anything is stored for it."""
        if await self._places.of(to) is None:
            await self._places.keep(to, place)
        await self._notes.mark({to: at_ms})

    async def edited(self, change: discord.RawMessageUpdateEvent) -> None:
        """A message changed; previews that appear by themselves are no change."""
        stamp = change.data.get("edited_timestamp")
        author = change.data.get("author")
        text = str(change.data.get("content") or "")
        if not stamp or not author or not text.strip() or author.get("bot"):
            return
        to = self._places.at_hand(change.channel_id) or await self._look_up(change.channel_id)
        place = await self._places.of(to) if to is not None else None
        if to is None or place is None or place.owner != int(author["id"]):
            return
        written = parse.Written(
            change.guild_id, change.channel_id, change.message_id, parse.without_mention(text, self._me)
        )
        at = discord.utils.parse_time(stamp)
        person = parse.person(place.owner, place.name)
        await self._accept([parse.edited(written, to, person, round(at.timestamp() * 1000))])

    async def deleted(self, gone: discord.RawMessageDeleteEvent) -> None:
        """A message was removed."""
        to = self._places.at_hand(gone.channel_id) or await self._look_up(gone.channel_id)
        place = await self._places.of(to) if to is not None else None
        if to is None or place is None or self._poster.removed_by_us(gone.message_id):
            return
        person = parse.person(place.owner, place.name)
        event = parse.deleted(gone.guild_id, gone.channel_id, gone.message_id, to, person, self._clock())
        await self._accept([event])

    async def _again(self, to: Address, place: Place, message: discord.Message) -> Event | None:
        """The event of a message found in a channel's history, None if it is no part of an interview."""
        if message.author.id != place.owner or message.type not in {
            discord.MessageType.default,
            discord.MessageType.reply,
        }:
            return None
        text = parse.without_mention(message.content, self._me)
        if not text.strip():
            return None
        written = parse.Written(_guild_in(to), message.channel.id, message.id, text)
        author = parse.person(message.author.id, message.author.display_name)
        wish = await self._wish(text)
        event = parse.said(written, to, author)
        if wish is not None:
            event = Ran(event.id, to, event.at_ms, author, "practice", wish)
        await self._take(event)
        return event

    async def _reedit(self, to: Address, place: Place, message: discord.Message) -> None:
        """Take the last edit of a message found in a channel's history; the id is the one it would have had."""
        text = parse.without_mention(message.content, self._me)
        stamp = message.edited_at
        if message.author.id != place.owner or stamp is None or not text.strip():
            return
        written = parse.Written(_guild_in(to), message.channel.id, message.id, text)
        author = parse.person(place.owner, place.name)
        await self._accept([parse.edited(written, to, author, round(stamp.timestamp() * 1000))])

    # Storing.

    async def submitted(self, interaction: discord.Interaction[Any]) -> None:
        """A form was sent."""
        await self.interactions.submitted(interaction)

    async def pressed(self, interaction: discord.Interaction[Any], button: parse.Intended) -> None:
        """A button of ours was pressed."""
        await self.interactions.pressed(interaction, button)

    async def _holds(self, to: Address, person: Person) -> bool:
        if self._starting.get(to, 0) > self._clock():
            return True
        candidate = await self._reception.candidate(to)
        return candidate is not None and candidate.address == person.address

    def _expect(self, to: Address) -> None:
        self._starting[to] = self._clock() + STARTING_MS
        while len(self._starting) > limits.HISTORY_PAGE * 100:
            self._starting.pop(next(iter(self._starting)))

    async def _accept_for(self, to: Address, event: Event) -> None:
        """Store what begins or moves an interview; from now on what is written there is for it."""
        await self._accept([event])
        self._expect(to)

    async def _take(self, event: Event) -> None:
        """Store something said, and remember how far this conversation was heard."""
        await self._accept([event])
        self._marks[event.to] = event.at_ms
        if self._flushing is None or self._flushing.done():
            self._flushing = asyncio.create_task(self._flush_soon())

    async def _flush_soon(self) -> None:
        await asyncio.sleep(FLUSH_S)
        try:
            await self._flush()
        except Exception as error:  # noqa: BLE001 - a little more is read again next time
            _log.info("how far we heard was not noted: %s", type(error).__name__)

    async def _flush(self) -> None:
        marks, self._marks = self._marks, {}
        if marks:
            await self._notes.mark(marks)

    async def _tell(self, channel: int, meanings: tuple[Meaning, ...], name: str) -> None:
        """Say something that is no part of an interview, once; if that fails, nobody has lost anything."""
        for number, page in enumerate(render(meanings)):
            try:
                await self._poster.send(channel, page, f"{name}#{number}")
            except DeliveryError as error:
                _log.info("a note was not sent: %s", error)
                return


def _guild_in(conversation: Address) -> int | None:
    """The server a conversation is held in, None in direct messages."""
    workspace = ConversationId.of(conversation).workspace
    return None if workspace == parse.DIRECT else int(workspace)


def _guild_of(message: discord.Message) -> int | None:
    """The server a message was written in, None in direct messages; a server we know nothing of is a server all the same."""
    if message.guild is not None:
        return message.guild.id
    return message.channel.guild_id if isinstance(message.channel, discord.PartialMessageable) else None

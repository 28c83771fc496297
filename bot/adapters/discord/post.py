"""What goes out: replies as messages in direct messages and threads, or as responses where the app is only a guest.

A create carries a nonce made from the reply's id, so that Discord itself drops a second one. What a failure means is told in
`faults`; what the person then sees is in docs/discord.md.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import logging
from collections import OrderedDict
from collections.abc import Coroutine
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import discord

from bot.adapters.discord import faults, limits, parse, thread
from bot.adapters.discord.layout import files, layout
from bot.adapters.discord.places import Place, Places, Token, channel_of_direct
from bot.adapters.discord.render import EVERYONE, Notice, Page, Shot, Text, distinct, fits, render
from bot.chat.adapter import TryLater, Unreachable
from bot.chat.ids import Address, ConversationId, Person, is_person
from bot.chat.meanings import Meaning, Option, Picture, QuestionCard, Scorecard
from bot.chat.replies import Operation, Reply, Role

if TYPE_CHECKING:
    from bot.adapters.discord.client import Client

_log = logging.getLogger(__name__)
T = TypeVar("T")

ANSWER = Option(parse.ANSWER, "Answer", style="primary")
IN_INTERVIEW = (Option("hint", "Hint"), Option("pause", "Pause"), Option("stop", "Stop", style="danger"))
_SHOWN = 500
_DIRECT = 10_000


def nonce(name: str) -> str:
    """A message's nonce: the same for the same part of the same reply."""
    return base64.urlsafe_b64encode(hashlib.blake2b(name.encode(), digest_size=18).digest()).decode()[: limits.NONCE]


def mark(name: str) -> int:
    """What the same part of the same reply is found by once Discord has forgotten the nonce."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=4).digest()) >> 1 or 1


class Poster:
    """Shows replies through a connected client."""

    def __init__(self, client: Client, places: Places, *, reads_threads: bool) -> None:
        self._client = client
        self._places = places
        self._reads_threads = reads_threads
        self._sending: dict[str, asyncio.Task[Any]] = {}
        self._shown: OrderedDict[str, list[Page]] = OrderedDict()
        self._removed: OrderedDict[int, None] = OrderedDict()
        self._direct: OrderedDict[int, int] = OrderedDict()

    async def post(self, reply: Reply, known: str) -> str:
        """Show a reply; the ids of its messages, each with its channel."""
        if is_person(reply.to):
            user = int(Person.of(reply.to).id)
            return await self.send_all(await self.direct_channel(user), render(reply.meanings), reply.id)
        conversation = ConversationId.of(reply.to)
        if parse.is_whispered(conversation):
            return await self._whisper(reply, render(pictured(reply.meanings), self._words(reply, whispered=True)))
        channel = await self._channel(reply, conversation)
        words = self._words(reply, direct=conversation.workspace == parse.DIRECT)
        if reply.operation is Operation.DIRECT and await self._others_read(reply.to, conversation):
            return await self._confide(reply, channel, render(pictured(reply.meanings), words, channel))
        pages = render(pictured(reply.meanings), words)
        if reply.operation is Operation.EPHEMERAL and await self._aside(reply, pages):
            return ""
        try:
            if reply.operation is Operation.EDIT and known:
                return await self.edit(channel, known, pages, reply.id)
            return await self.send_all(channel, pages, reply.id)
        except Unreachable as gone:
            await self._complain(reply.to, gone)
            raise

    def _words(self, reply: Reply, *, direct: bool = False, whispered: bool = False) -> tuple[Option, ...]:
        """What can be pressed under a reply: the interview's words under its card, and an answer where we read none."""
        answers = () if direct or (self._reads_threads and not whispered) else (ANSWER,)
        if any(isinstance(meaning, QuestionCard) for meaning in reply.meanings):
            return (*answers, *IN_INTERVIEW)
        if reply.role is not Role.INTERVIEWER or reply.move == "close":
            return ()
        return (*answers, *IN_INTERVIEW) if whispered else answers

    # Messages.

    async def _channel(self, reply: Reply, conversation: ConversationId) -> int:
        if direct := channel_of_direct(conversation):
            return direct
        place = await self._places.of(reply.to)
        if place is None:
            raise Unreachable("nothing is known about the thread of this conversation")
        if place.channel:
            return place.channel
        try:
            return await self._open(reply.to, conversation, place)
        except Unreachable as gone:
            await self._complain(reply.to, gone)
            raise

    async def _others_read(self, to: Address, conversation: ConversationId) -> bool:
        """Whether anybody but the candidate sees what is posted in a conversation."""
        if conversation.workspace == parse.DIRECT:
            return False
        place = await self._places.of(to)
        return place is None or place.how != "private"

    async def _confide(self, reply: Reply, channel: int, pages: list[Page]) -> str:
        """Show something to the candidate alone: in direct messages, or else where they pressed last."""
        place = await self._places.of(reply.to)
        user = int(reply.person.id) if reply.person is not None else place.owner if place is not None else 0
        try:
            return await self.send_all(await self.direct_channel(user), pages, reply.id)
        except Unreachable:
            if await self._aside(reply, pages):
                return ""
            page: Page = (Text(thread.CLOSED),)
            await self.send(channel, page, f"{reply.id}:closed")
            raise

    async def direct_channel(self, user: int) -> int:
        """The channel of direct messages with somebody."""
        if user not in self._direct:
            made = await self.ask(f"direct:{user}", lambda: self._client.http.start_private_message(user))
            self._direct[user] = int(made["id"])
            while len(self._direct) > _DIRECT:
                self._direct.popitem(last=False)
        return self._direct[user]

    async def _open(self, to: Address, conversation: ConversationId, place: Place) -> int:
        opened = await thread.open_thread(self, self._client, self._places, to, conversation, place)
        link = f"Your interview: <#{opened}>"
        await self.respond(to, ((Text(link),),))
        return opened

    async def send_all(self, channel: int, pages: list[Page], name: str, *, look: bool = False) -> str:
        """Send pages, those that are not there yet if we are to `look`; the ids of their messages, each with its channel."""
        references = []
        for number, page in enumerate(pages):
            part = f"{name}#{number}"
            found = await self._find(channel, part) if look else 0
            references.append(f"{channel}/{found or await self.send(channel, page, part)}")
        return ",".join(references)

    async def _find(self, channel: int, name: str) -> int:
        """A message sent before under this name, among the last of a channel; 0 if it is not there, or we may not look."""
        try:
            there = await self.ask(f"look:{name}", lambda: self._client.http.logs_from(channel, limits.HISTORY_PAGE))
        except Unreachable:
            return 0
        me = str(self._client.user.id) if self._client.user is not None else ""
        ours = (one for one in there if one["author"]["id"] == me)
        return next(
            (int(one["id"]) for one in ours if any(part.get("id") == mark(name) for part in one["components"])), 0
        )

    async def send(self, channel: int, page: Page, name: str) -> int:
        """Send one message; its id. A second call with the same name within minutes sends nothing more."""

        async def create() -> int:
            target = self._client.get_partial_messageable(channel)
            sent = await target.send(
                view=layout(page, mark(name)),
                files=await _drawn(page),
                nonce=nonce(name),
                allowed_mentions=_notified(page),
            )
            return sent.id

        return int(await self._awake(channel, name, create))

    async def _awake(self, channel: int, name: str, call: Any) -> Any:
        """Make a request about a channel; a thread that sleeps is woken for it."""
        try:
            return await self.ask(name, call)
        except Unreachable as gone:
            if faults.code_of(gone.__cause__ or gone) != faults.ARCHIVED:
                raise
            try:
                await self.ask(f"{name}:wake", lambda: self._client.http.edit_channel(channel, archived=False))
            except Unreachable:
                raise gone from gone.__cause__  # it is locked as well, and only a moderator can open it
        return await self.ask(name, call)

    async def edit(self, channel: int, known: str, pages: list[Page], name: str, *, anew: bool = True) -> str:
        """Put pages where others were. A message that is gone is sent anew, or left out if not `anew`; what is left over is
        taken away."""
        there = [(int(where), int(message)) for where, _, message in (one.partition("/") for one in known.split(","))]
        references = []
        for number, page in enumerate(pages):
            if number < len(there) and await self.replace(*there[number], page):
                references.append(f"{there[number][0]}/{there[number][1]}")
            elif anew or number >= len(there):
                references.append(f"{channel}/{await self.send(channel, page, f'{name}#{number}')}")
        for where, message in there[len(pages) :]:
            await self.remove(where, message)
        return ",".join(references)

    async def replace(self, channel: int, message: int, page: Page) -> bool:
        """Edit one message; False if it is gone."""

        async def edit() -> None:
            target = self._client.get_partial_messageable(channel).get_partial_message(message)
            await target.edit(view=layout(page), attachments=await _drawn(page), allowed_mentions=_NOBODY)

        try:
            await self._awake(channel, f"edit:{message}:{hash(page)}", edit)
        except Unreachable as gone:
            if faults.code_of(gone.__cause__ or gone) == faults.UNKNOWN_MESSAGE:
                return False
            raise
        return True

    async def remove(self, channel: int, message: int) -> None:
        """Delete one of our messages; one that is gone is gone."""
        self._removed[message] = None
        while len(self._removed) > _SHOWN:
            self._removed.popitem(last=False)
        try:
            await self.ask(f"delete:{message}", lambda: self._client.http.delete_message(channel, message))
        except (TryLater, Unreachable) as left:
            _log.info("a message stays: %s", left)

    def removed_by_us(self, message: int) -> bool:
        """Whether it was we who deleted a message."""
        return message in self._removed

    # Responses to interactions.

    async def _whisper(self, reply: Reply, pages: list[Page]) -> str:
        token = await self._places.token(reply.to)
        if token is None:
            return await self._instead(reply, pages)
        held = self._shown.setdefault(f"{reply.to}{token.token}", [])
        self._shown.move_to_end(f"{reply.to}{token.token}")
        while len(self._shown) > _SHOWN:
            self._shown.popitem(last=False)
        try:
            for page in pages:
                await self._show(reply, token, held, page)
                token = await self._places.token(reply.to) or token
        except Unreachable as gone:
            if faults.code_of(gone.__cause__ or gone) not in faults.GONE_TOKEN:
                raise
            await self._places.spent(reply.to)
            return await self._instead(reply, pages)
        return ""

    async def _show(self, reply: Reply, token: Token, held: list[Page], page: Page) -> None:
        """Show one more page through an interaction: together with what stands there if it fits, else after it."""
        flat = _joined(held, page)
        webhook = self._client.webhook(token)
        grows = token.sent == len(held) and fits(flat)
        name = f"{reply.id}:{token.token}:{token.sent}"
        if grows or not token.sent or token.sent >= limits.FOLLOW_UPS:
            shown = flat if grows else page

            async def edit() -> None:
                await webhook.edit_message(
                    _ORIGINAL, view=layout(shown), attachments=await _drawn(shown), allowed_mentions=_NOBODY
                )

            await self.ask(name, edit)
            if grows:
                held.append(page)
        else:

            async def follow() -> None:
                await webhook.send(
                    view=layout(page),
                    files=await _drawn(page),
                    ephemeral=True,
                    wait=True,
                    allowed_mentions=_NOBODY,
                )

            await self.ask(name, follow)
        await self._places.sent_through(reply.to, token)

    async def _instead(self, reply: Reply, pages: list[Page]) -> str:
        """The interaction has run out: the person hears it in direct messages, if theirs are open."""
        user = int(ConversationId.of(reply.to).thread[1:])
        return await self.send_all(await self.direct_channel(user), pages, reply.id)

    async def _aside(self, reply: Reply, pages: list[Page]) -> bool:
        token = await self._places.token(reply.to)
        if token is None or reply.person is None or token.user != int(reply.person.id):
            return False
        webhook = self._client.webhook(token)

        async def follow(page: Page) -> None:
            await webhook.send(
                view=layout(page), files=await _drawn(page), ephemeral=True, wait=True, allowed_mentions=_NOBODY
            )

        try:
            for number, page in enumerate(pages):
                await self.ask(f"{reply.id}:aside#{number}", partial(follow, page))
        except Unreachable:
            return False
        return True

    async def respond(self, to: Address, pages: tuple[Page, ...]) -> None:
        """Change what the last command in a conversation was answered with, as far as that is still possible."""
        token = await self._places.token(to)
        if token is None:
            return
        try:
            await self.ask(
                f"respond:{token.token}",
                lambda: self._client.webhook(token).edit_message(
                    _ORIGINAL, view=layout(pages[0]), allowed_mentions=_NOBODY
                ),
            )
        except (TryLater, Unreachable) as missed:
            _log.info("a response stays as it was: %s", missed)

    async def _complain(self, to: Address, gone: Unreachable) -> None:
        await self.respond(to, ((Text(thread.explain(faults.code_of(gone.__cause__ or gone))),),))

    async def ask(self, name: str, call: Any) -> Any:
        """Make a request, waiting so long as the outbox should; raises what a failure means.

        A request that takes longer goes on by itself, and is joined again under its name.
        """
        task = self._sending.get(name)
        if task is None:
            task = asyncio.ensure_future(_coroutine(call()))
            self._sending[name] = task
        done, _ = await asyncio.wait({task}, timeout=limits.POST_WITHIN_S)
        if not done:
            raise TryLater("Discord takes its time", 2_000, uncertain=True)
        self._sending.pop(name, None)
        try:
            return task.result()
        except faults.Failure as error:
            raise faults.read(error) from error


async def _coroutine(call: Coroutine[Any, Any, T]) -> T:
    return await call


_ORIGINAL: Any = "@original"
_NOBODY = discord.AllowedMentions.none()


def _notified(page: Page) -> discord.AllowedMentions:
    """Who a message notifies: nobody, or the one role it is for."""
    roles = [block.role for block in page if isinstance(block, Notice) and not block.quiet]
    named: list[discord.abc.Snowflake] = [discord.Object(int(role)) for role in roles if role != EVERYONE]
    return discord.AllowedMentions(everyone=EVERYONE in roles, users=False, roles=named or False, replied_user=False)


def pictured(meanings: tuple[Meaning, ...]) -> tuple[Meaning, ...]:
    """The meanings with a picture after each scorecard that has none."""
    from bot.pictures import scorecard

    shown = {meaning.scorecard for meaning in meanings if isinstance(meaning, Picture)}
    found: list[Meaning] = []
    for meaning in meanings:
        if isinstance(meaning, Scorecard) and meaning not in shown:
            found.append(Picture("scorecard", meaning, scorecard.alt(meaning)))
        found.append(meaning)
    return tuple(found)


async def _drawn(page: Page) -> list[discord.File]:
    return await asyncio.to_thread(files, page) if any(isinstance(block, Shot) for block in page) else []


def _joined(held: list[Page], page: Page) -> Page:
    return tuple(distinct([*(block for one in held for block in one), *page]))

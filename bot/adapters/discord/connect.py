"""Discord as an adapter: it posts what the outbox hands it and turns what people do into events.

`DiscordAdapter.run` connects and serves until cancelled. What a payload means is read in `parse`, what a meaning looks like is
told in `render`; this puts the parts together and shows that work is going on.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable

import aiohttp
import discord
import yarl

from bot.adapters.discord import commands, limits, parse
from bot.adapters.discord.arrive import Arrivals
from bot.adapters.discord.boards import Boards
from bot.adapters.discord.client import Client
from bot.adapters.discord.places import Places, channel_of_direct
from bot.adapters.discord.post import Poster
from bot.adapters.discord.progress import Working
from bot.chat.adapter import Accept, Notes, NotServed, Reception, TryLater
from bot.chat.ids import Address, ConversationId, kind_of
from bot.chat.meanings import Progress
from bot.chat.replies import Operation, Reply

_log = logging.getLogger(__name__)

PLATFORM = parse.PLATFORM
_LONGEST_PAUSE_S = 60.0


NO_TOKEN = "Discord refuses the token. Copy it again from the Bot page of https://discord.com/developers/applications into HOTSEAT_DISCORD_TOKEN."  # noqa: E501, S105
NO_INTENT = (
    "HOTSEAT_DISCORD_MESSAGE_CONTENT is on, but the app was not granted the Message Content Intent. Switch it on on the Bot "
    "page of https://discord.com/developers/applications, or leave the setting out: direct messages, mentions and the "
    "Answer button need no intent."
)


class DiscordAdapter:
    """Implements `Adapter`, `Looking` and `Limited` of `bot.chat.adapter` for one Discord app. `clock` gives Unix milliseconds;
    `api_url` and `gateway_url` are for other servers that speak Discord's protocol."""

    def __init__(
        self,
        token: str,
        notes: Notes,
        clock: Callable[[], int],
        *,
        message_content: bool = False,
        api_url: str = "",
        gateway_url: str = "",
        identify_pause_s: float = 5.0,
        edit_every_s: float = limits.EDIT_EVERY_S,
    ) -> None:
        self._token = token
        self._notes = notes
        self._clock = clock
        self._message_content = message_content
        self._api_url = api_url
        self._gateway_url = gateway_url
        self._identify_pause_s = identify_pause_s
        self._edit_every_s = edit_every_s
        self.places = Places(notes, clock)
        self._client: Client | None = None
        self._poster: Poster | None = None
        self._boards: Boards | None = None
        self._working: Working | None = None
        self._arrivals: Arrivals | None = None
        self._there = asyncio.Event()

    @property
    def platform(self) -> str:
        """The lane of Discord."""
        return PLATFORM

    @property
    def posts_per_s(self) -> float:
        """See `bot.chat.adapter.Limited`."""
        return limits.POSTS_PER_S

    async def connected(self) -> None:
        """Return when a session of the gateway is open and what was missed before it has been taken in."""
        await self._there.wait()
        if self._arrivals is not None:
            await self._arrivals.caught_up()

    # What goes out.

    async def post(self, reply: Reply, known: str) -> str:
        """Show a reply; the ids of its messages. The same one again shows nothing more."""
        return await self._post(reply, known, again=False)

    async def _post(self, reply: Reply, known: str, *, again: bool) -> str:
        if self._poster is None or self._boards is None or self._client is None or self._client.http.token is None:
            raise TryLater("not connected to Discord yet", 500)
        if kind_of(reply.to) in {"board", "round", "sheet"}:
            return await self._boards.post(reply, known, again=again)
        if self._working is not None:
            await self._working.over(reply.to)
        return await self._poster.post(reply, known)

    async def post_again(self, reply: Reply, known: str) -> str:
        """Like `post`, for a reply that may have arrived. Messages have a nonce and edits are the same twice; a passing
        remark has neither, and is not made again. What a whole channel reads is looked for, however long ago that was."""
        return "" if reply.operation is Operation.EPHEMERAL else await self._post(reply, known, again=True)

    async def typing(self, conversation: Address) -> None:
        """Show that a reply is being prepared, until it is there."""
        if self._working is not None:
            await self._working.typing(conversation)

    async def progress(self, conversation: Address, progress: Progress) -> None:
        """Show how far work has come, on one message that is edited no more often than Discord likes."""
        if self._working is not None:
            await self._working.step(conversation, progress)

    # What comes in.

    async def run(self, accept: Accept, reception: Reception) -> None:
        """Connect and serve until cancelled; `NotServed` if Discord will never have us as we are."""
        pause_s = 1.0
        while True:
            began = asyncio.get_running_loop().time()
            try:
                await self._session(accept, reception)
            except discord.LoginFailure:
                raise NotServed(NO_TOKEN) from None
            except discord.PrivilegedIntentsRequired:
                raise NotServed(NO_INTENT) from None
            except discord.ConnectionClosed as closed:
                if closed.code == 4004:
                    raise NotServed(NO_TOKEN) from None
                _log.warning("the gateway closed the connection: %s", closed.code)
            except (
                discord.HTTPException,
                discord.GatewayNotFound,
                aiohttp.ClientError,
                OSError,
                TimeoutError,
            ) as error:
                _log.warning("no connection to Discord: %s", type(error).__name__)
            except AttributeError as error:
                # discord.py trips over itself when the very first connection to the gateway fails.
                _log.warning("no connection to Discord's gateway: %s", type(error).__name__)
            pause_s = 1.0 if asyncio.get_running_loop().time() - began > 60 else min(pause_s * 2, _LONGEST_PAUSE_S)
            await asyncio.sleep(pause_s * random.uniform(0.5, 1.0))  # noqa: S311 - only to spread out who comes back

    async def _session(self, accept: Accept, reception: Reception) -> None:
        self._point()
        client = Client(message_content=self._message_content, identify_pause_s=self._identify_pause_s)
        poster = Poster(client, self.places, reads_threads=self._message_content)
        arrivals = Arrivals(client, self.places, poster, accept, reception, self._notes, self._clock)
        arrivals.opened = self._there.set
        client.arrivals = arrivals
        commands.register(client)
        working = Working(client, poster, self.places, self._channel, self._edit_every_s)
        self._client, self._poster, self._arrivals, self._working = client, poster, arrivals, working
        self._boards = Boards(client, poster)
        try:
            async with client:
                await client.login(self._token)
                if self._api_url and not self._gateway_url:
                    _, gateway, _ = await client.http.get_bot_gateway()
                    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway)
                await client.connect()
        finally:
            self._there.clear()
            await arrivals.close()
            working.stop()

    def _point(self) -> None:
        """Point discord.py at the server; it keeps both addresses for the whole process."""
        if self._api_url:
            discord.http.Route.BASE = self._api_url.rstrip("/")
        if self._gateway_url:
            discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(self._gateway_url)

    async def _channel(self, conversation: Address) -> int:
        """The channel a conversation is shown in, 0 if it has none (yet), or if it is no conversation."""
        if kind_of(conversation) != "talk":
            return 0
        there = ConversationId.of(conversation)
        if direct := channel_of_direct(there):
            return 0 if parse.is_whispered(there) else direct
        place = await self.places.of(conversation)
        return place.channel if place is not None else 0

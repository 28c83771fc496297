"""The connection to Discord: discord.py's client with as little in memory as it can do with.

No message is cached and nobody's members or presences are asked for. What comes in goes to `arrive`.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands

from bot.adapters.discord.layout import Pressable
from bot.adapters.discord.parse import Intended
from bot.adapters.discord.places import Token

if TYPE_CHECKING:
    from bot.adapters.discord.arrive import Arrivals


_log = logging.getLogger(__name__)

# Below this level discord.py logs whole payloads, and with them what people wrote.
logging.getLogger("discord").setLevel(logging.INFO)


def intents(*, message_content: bool) -> discord.Intents:
    """What we ask the gateway for, and no more."""
    wanted = discord.Intents.none()
    wanted.guilds = True
    wanted.guild_messages = True
    wanted.dm_messages = True
    wanted.message_content = message_content
    return wanted


class Tree(app_commands.CommandTree["Client"]):
    """The commands; a failure is logged without what was entered."""

    async def on_error(self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError, /) -> None:
        """Say which kind of thing failed."""
        del interaction
        _log.error("a command failed: %s", type(error.__cause__ or error).__name__)


class Client(discord.Client):
    """A client whose events go to `arrivals`. `identify_pause_s` is how long to wait before identifying again."""

    def __init__(self, *, message_content: bool, identify_pause_s: float = 5.0) -> None:
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # nobody speaks here
        super().__init__(
            intents=intents(message_content=message_content),
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
            chunk_guilds_at_startup=False,
            member_cache_flags=discord.MemberCacheFlags.none(),
            max_ratelimit_timeout=30.0,
            enable_raw_presences=False,
        )
        self.tree: app_commands.CommandTree[Client] = Tree(self)
        self.arrivals: Arrivals | None = None
        self._identify_pause_s = identify_pause_s
        self.add_dynamic_items(Pressable)

    def webhook(self, token: Token) -> discord.Webhook:
        """What an interaction can still be answered through."""
        data: Any = {"id": token.application, "type": discord.WebhookType.application.value, "token": token.token}
        return discord.Webhook.from_state(data=data, state=self._connection)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Discord allows one identify in five seconds."""
        del shard_id
        if not initial:
            await asyncio.sleep(self._identify_pause_s)

    async def setup_hook(self) -> None:
        """Register the commands before the first event comes; messages work without them."""
        try:
            await self.tree.sync()
        except discord.HTTPException as refused:
            _log.error("the commands could not be registered: %s %s", refused.status, refused.code)

    async def on_connect(self) -> None:
        """A new session: what happened before it will not be sent again."""
        if self.arrivals is not None:
            self.arrivals.new_session()

    async def on_message(self, message: discord.Message) -> None:
        """Somebody wrote."""
        if self.arrivals is not None:
            await self.arrivals.message(message)

    async def on_raw_message_edit(self, change: discord.RawMessageUpdateEvent) -> None:
        """A message changed."""
        if self.arrivals is not None:
            await self.arrivals.edited(change)

    async def on_raw_message_delete(self, gone: discord.RawMessageDeleteEvent) -> None:
        """A message was removed."""
        if self.arrivals is not None:
            await self.arrivals.deleted(gone)

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Forms are taken here: discord.py knows only those it opened itself since it started."""
        if self.arrivals is not None and interaction.type is discord.InteractionType.modal_submit:
            await self.arrivals.submitted(interaction)

    async def pressed(self, interaction: discord.Interaction[Any], button: Intended) -> None:
        """A button of ours was pressed."""
        if self.arrivals is not None:
            await self.arrivals.pressed(interaction, button)

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        """Say which handler failed and how; never with what it was given."""
        del args, kwargs
        _log.error("%s failed: %s", event_method, type(sys.exc_info()[1]).__name__)

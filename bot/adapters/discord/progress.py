"""That work is going on: the typing mark while a reply is prepared, and one message that is edited while feedback is made.

Best effort, and never in the way: edits are paced, only the newest state is shown, and the message goes when the reply comes,
also if the process that put it there is gone.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.adapters.discord import faults, limits
from bot.adapters.discord.places import Places
from bot.adapters.discord.post import Poster
from bot.adapters.discord.render import render
from bot.chat.adapter import DeliveryError
from bot.chat.ids import Address
from bot.chat.meanings import Progress

if TYPE_CHECKING:
    from bot.adapters.discord.client import Client

_log = logging.getLogger(__name__)


@dataclass
class _Bar:
    """The progress of one conversation as it is shown."""

    channel: int
    latest: Progress
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    closing: asyncio.Event = field(default_factory=asyncio.Event)
    message: int = 0
    task: asyncio.Task[None] | None = None


class Working:
    """Shows work."""

    def __init__(
        self,
        client: Client,
        poster: Poster,
        places: Places,
        channel: Callable[[Address], Awaitable[int]],
        edit_every_s: float,
    ) -> None:
        self._client = client
        self._poster = poster
        self._places = places
        self._channel = channel
        self._edit_every_s = edit_every_s
        self._typing: dict[Address, asyncio.Task[None]] = {}
        self._bars: dict[Address, _Bar] = {}
        self._looked: set[Address] = set()

    async def typing(self, conversation: Address) -> None:
        """Show the typing mark until `over`."""
        if conversation in self._typing and not self._typing[conversation].done():
            return
        channel = await self._channel(conversation)
        if channel:
            self._typing[conversation] = asyncio.create_task(self._keep_typing(conversation, channel))

    async def step(self, conversation: Address, progress: Progress) -> None:
        """Show a state of slow work."""
        bar = self._bars.get(conversation)
        if bar is None:
            channel = await self._channel(conversation)
            if not channel:
                return
            bar = self._bars.setdefault(conversation, _Bar(channel, progress))
        bar.latest = progress
        bar.changed.set()
        if bar.task is None:
            bar.task = asyncio.create_task(self._show(conversation, bar))

    async def over(self, conversation: Address) -> None:
        """The reply is about to be shown: take away what announced it."""
        if (typing := self._typing.pop(conversation, None)) is not None:
            typing.cancel()
        bar = self._bars.pop(conversation, None)
        if bar is not None and bar.task is not None:
            # Not cancelled: a message on its way would stay, and nobody would know its id.
            bar.closing.set()
            bar.changed.set()
            await asyncio.wait({bar.task})
        message = bar.message if bar is not None else 0
        if not message and conversation not in self._looked:
            # Another process, or this one before its last start, may have left one.
            message = await self._places.progress(conversation)
        self._looked.add(conversation)
        if message:
            channel = bar.channel if bar is not None else await self._channel(conversation)
            await self._poster.remove(channel, message)
            await self._places.note_progress(conversation, 0)

    def stop(self) -> None:
        """Show nothing more."""
        for task in (*self._typing.values(), *(bar.task for bar in self._bars.values() if bar.task is not None)):
            task.cancel()
        self._typing.clear()
        self._bars.clear()

    async def _keep_typing(self, conversation: Address, channel: int) -> None:
        try:
            async with asyncio.timeout(limits.TYPING_LONGEST_S):
                while True:
                    await self._poster.ask(f"typing:{channel}", lambda: self._client.http.send_typing(channel))
                    await asyncio.sleep(limits.TYPING_AGAIN_S)
        except (DeliveryError, TimeoutError, *faults.Failure):
            return
        finally:
            if self._typing.get(conversation) is asyncio.current_task():
                del self._typing[conversation]

    async def _show(self, conversation: Address, bar: _Bar) -> None:
        """Post the first state, then edit to the newest, paced."""
        name = f"{conversation}:progress:{id(bar)}:{bar.latest.text}"
        try:
            while True:
                await bar.changed.wait()
                bar.changed.clear()
                if bar.closing.is_set():
                    return
                (page,) = render((bar.latest,))
                if not bar.message:
                    bar.message = await self._poster.send(bar.channel, page, name)
                    await self._places.note_progress(conversation, bar.message)
                elif not await self._poster.replace(bar.channel, bar.message, page):
                    return
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(self._edit_every_s):
                        await bar.closing.wait()
        except (DeliveryError, *faults.Failure) as error:
            _log.info("progress is not shown: %s", type(error).__name__)

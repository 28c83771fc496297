"""What was written while nobody listened: found again in the history of conversations that were live.

Used when a gateway session could not be resumed, at every start, and when the store was away as a message came. Events get
the ids they would have had, so whatever was accepted before is not accepted twice. A channel's new messages wait until its
history has been read. A heard message that was edited meanwhile is an edit; one that was removed leaves no trace in
history, and its removal is not found.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, TypeVar

import discord

from bot.adapters.discord import limits, parse
from bot.adapters.discord.places import Place, Places
from bot.chat.adapter import Notes
from bot.chat.events import Event
from bot.chat.ids import Address

if TYPE_CHECKING:
    from bot.adapters.discord.client import Client

_log = logging.getLogger(__name__)
T = TypeVar("T")

_AT_ONCE = 4
PAUSE_S = 1.0
LONGEST_PAUSE_S = 15.0
_SLACK_MS = 2_000
"""Marks are times, ids are finer; and nothing is lost by looking a little further back."""

Again = Callable[[Address, Place, discord.Message], Awaitable[Event | None]]
"""Takes a message of the past as if it came now."""

Reedit = Callable[[Address, Place, discord.Message], Awaitable[None]]
"""Takes the last edit of a message of the past that was heard before."""


class CatchUp:
    """One round of reading again. `unnoted` are marks that were not noted yet: reading starts from those that were, but a
    message this old was heard."""

    def __init__(
        self,
        client: Client,
        places: Places,
        notes: Notes,
        clock: Callable[[], int],
        again: Again,
        reedit: Reedit,
        unnoted: Mapping[Address, int],
    ) -> None:
        self._client = client
        self._places = places
        self._notes = notes
        self._clock = clock
        self._again = again
        self._reedit = reedit
        self._unnoted = dict(unnoted)
        self._channels: dict[int, asyncio.Task[None]] = {}
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self._listing: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin; nothing passes before it is known which channels must be read."""
        self._listing = asyncio.create_task(self._list())

    def stop(self) -> None:
        """Give up; the next session begins anew."""
        for task in (self._listing, *self._channels.values()):
            if task is not None:
                task.cancel()

    async def passed(self, channel: int) -> None:
        """Return when a channel's new messages may be taken."""
        if self._listing is not None and not self._listing.done():
            await asyncio.wait({self._listing})
        reading = self._channels.get(channel)
        if reading is not None and not reading.done():
            await asyncio.wait({reading})

    async def done(self) -> None:
        """Return when everything was read."""
        if self._listing is not None:
            await asyncio.wait({self._listing})
        if self._channels:
            await asyncio.wait(set(self._channels.values()))

    async def _list(self) -> None:
        marked = await _tried(lambda: self._notes.marked(parse.PLATFORM, self._clock() - limits.HEARD_MS))
        for address, mark in (marked or {}).items():
            place = await self._places.of(address)
            if place is not None and place.channel:
                task = asyncio.create_task(self._read(address, place, mark))
                self._channels[place.channel] = task

    async def _read(self, address: Address, place: Place, mark: int) -> None:
        async with self._turns:
            await _tried(lambda: self._history(address, place, mark))

    async def _history(self, address: Address, place: Place, mark: int) -> None:
        channel = self._client.get_partial_messageable(place.channel)
        after = discord.Object(parse.snowflake(mark - limits.EDITS_MS))
        heard = max(mark, self._unnoted.get(address, 0))
        async for message in channel.history(limit=None, after=after, oldest_first=True):
            # What is older may have been written before the interview, when it was none of our business.
            if parse.at_ms(message.id) >= mark - _SLACK_MS:
                await self._again(address, place, message)
            if message.edited_at is not None and parse.at_ms(message.id) <= heard:
                await self._reedit(address, place, message)


async def _tried(call: Callable[[], Awaitable[T]]) -> T | None:
    """The outcome of a call, however long a store or a connection is away; None if Discord refuses it for good."""
    pause_s = PAUSE_S
    while True:
        try:
            return await call()
        except (discord.NotFound, discord.Forbidden):
            return None  # the channel is gone, and what was in it
        except Exception as error:  # noqa: BLE001 - a broken connection, a server's trouble, a store that is away
            _log.warning("reading again failed: %s", type(error).__name__)
        await asyncio.sleep(pause_s)
        pause_s = min(pause_s * 2, LONGEST_PAUSE_S)

"""Discord keeps the adapters' promises, typed and pressed in direct messages and read from what they show."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Mapping, Sequence

import pytest

from bot.adapters.discord import parse
from bot.adapters.discord.connect import DiscordAdapter
from bot.adapters.discord.places import Place
from bot.chat.events import Event
from bot.chat.ids import Person
from bot.chat.meanings import Form, Meaning, Option
from bot.chat.replies import Reply, Role
from bot.library.load import Library
from bot.reception import Desk
from bot.store.notes import ValkeyNotes
from tests.adapters.contract import AdapterContract, Harness
from tests.adapters.daily_contract import DailyContract, DailyHarness
from tests.adapters.discord.group import Group
from tests.fakes.discord.server import Discord, now_ms
from tests.fakes.discord.world import Payload, seen


class Held(Desk):
    """A reception where every interview is Ann's, and every form can be opened."""

    offered: Form | None = None

    async def candidate(self, conversation: str) -> Person:
        return self.ann

    async def form(self, conversation: object, person: object, form: str) -> Form | None:
        return self.offered

    ann: Person


class InDirectMessages:
    """Ann, writing to the bot."""

    def __init__(self, server: Discord, adapter: DiscordAdapter, desk: Held) -> None:
        self._server = server
        self._adapter = adapter
        self._desk = desk
        self.ann = server.world.person("Ann")
        self.channel = server.world.direct(self.ann)
        self.to = parse.direct(self.channel.id)
        self.events: asyncio.Queue[Event] = asyncio.Queue()
        self._numbers = itertools.count()
        self._last: list[Payload] = []

    async def accept(self, events: Sequence[Event]) -> None:
        for event in events:
            self.events.put_nowait(event)

    async def show(self, *meanings: Meaning) -> str:
        before = len(self._server.screen(self.channel))
        reply = Reply(f"reply-{next(self._numbers)}", self.to, Role.SYSTEM, "say", meanings)
        await self._adapter.post(reply, "")
        self._last = self._server.screen(self.channel)[before:]
        return "\n".join(seen(message) for message in self._last)

    async def say(self, text: str) -> Event:
        self._server.dm(self.ann, text)
        return await self._next()

    async def press(self, option: Option) -> Event:
        self._server.press(self.ann, self._last[-1], option.label)
        return await self._next()

    async def fill(self, form: Form, values: Mapping[str, str]) -> Event:
        self._desk.offered = form
        opened = self._server.press(self.ann, self._last[-1], form.submit)
        await self._server.until(lambda: opened.form)
        self._server.submit(self.ann, opened, values)
        return await self._next()

    async def _next(self) -> Event:
        async with asyncio.timeout(5):
            return await self.events.get()


class TestDiscord(AdapterContract):
    @pytest.fixture
    async def harness(
        self, server: Discord, valkey_url: str, namespace: str, library: Library
    ) -> AsyncIterator[Harness]:
        notes = ValkeyNotes(valkey_url, namespace)
        adapter = DiscordAdapter(server.token, notes, now_ms, api_url=server.api_url, gateway_url=server.gateway.url)

        async def nothing(address: str) -> bytes | None:
            return None

        desk = Held(library, nothing)
        ann = InDirectMessages(server, adapter, desk)
        desk.ann = parse.person(ann.ann, "Ann")
        place = Place(ann.ann, "Ann", "message", ann.channel.id)
        await adapter.places.keep(ann.to, place)
        running = asyncio.create_task(adapter.run(ann.accept, desk))
        async with asyncio.timeout(5):
            await adapter.connected()
        yield ann
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await notes.close()


class TestDiscordGroup(DailyContract):
    @pytest.fixture
    async def group(self, server: Discord, valkey_url: str, namespace: str) -> AsyncIterator[DailyHarness]:
        notes = ValkeyNotes(valkey_url, namespace)
        held = Group(server, notes)
        running = asyncio.create_task(held.adapter.run(held.accept, held.desk))
        async with asyncio.timeout(5):
            await held.adapter.connected()
        yield held
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await notes.close()

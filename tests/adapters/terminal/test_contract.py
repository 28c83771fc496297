"""The terminal keeps the adapters' promises, typed into a pipe and read from what it prints."""

from __future__ import annotations

import asyncio
import io
import itertools
import os
from collections.abc import AsyncIterator, Mapping, Sequence

import pytest

from bot.adapters.terminal import parse
from bot.adapters.terminal.connect import TerminalAdapter, local
from bot.chat.events import Event
from bot.chat.meanings import Choices, Form, Meaning, Option
from bot.chat.replies import Reply, Role
from tests.adapters.contract import AdapterContract, Harness


class PipedTerminal:
    """A person at the far end of a pipe."""

    def __init__(self) -> None:
        read, write = os.pipe()
        self._typing = os.fdopen(write, "w", encoding="utf-8")
        self._screen = io.StringIO()
        person, conversation = local("ann")
        self._stdin = os.fdopen(read, encoding="utf-8")
        self._adapter = TerminalAdapter(person, conversation, lambda: 1_000, stdin=self._stdin, stdout=self._screen)
        self._to = conversation.address
        self._events: asyncio.Queue[Event] = asyncio.Queue()
        self._numbers = itertools.count()
        self._offered: Choices | None = None

    async def run(self) -> int:
        async def accept(events: Sequence[Event]) -> None:
            for event in events:
                self._events.put_nowait(event)

        async def settled() -> None:
            """Nobody answers here."""

        with self._stdin:
            return await self._adapter.run(accept, settled=settled)

    def hang_up(self) -> None:
        self._typing.close()

    async def show(self, *meanings: Meaning) -> str:
        self._offered = next((meaning for meaning in meanings if isinstance(meaning, Choices)), self._offered)
        before = len(self._screen.getvalue())
        reply = Reply(f"reply-{next(self._numbers)}", self._to, Role.SYSTEM, "say", meanings)
        await self._adapter.post(reply, "")
        return self._screen.getvalue()[before:]

    async def say(self, text: str) -> Event:
        self._type(text)
        return await self._next()

    async def press(self, option: Option) -> Event:
        assert self._offered is not None
        self._type(next(word for word, offered in parse.words(self._offered) if offered == option))
        return await self._next()

    async def fill(self, form: Form, values: Mapping[str, str]) -> Event:
        self._type("\n".join(values.get(field.id, "") for field in form.fields))
        return await self._next()

    def _type(self, text: str) -> None:
        self._typing.write(f"{text}\n")
        self._typing.flush()

    async def _next(self) -> Event:
        async with asyncio.timeout(5):
            return await self._events.get()


class TestTerminal(AdapterContract):
    @pytest.fixture
    async def harness(self) -> AsyncIterator[Harness]:
        terminal = PipedTerminal()
        running = asyncio.create_task(terminal.run())
        yield terminal
        terminal.hang_up()
        assert await running == 0

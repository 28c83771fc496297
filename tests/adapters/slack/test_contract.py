"""Slack keeps the adapters' promises: what a member types, presses and sees, with the real SDKs between."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Mapping, Sequence

import pytest

from bot.adapters.slack.connect import Access, SlackAdapter
from bot.chat.events import Event
from bot.chat.ids import Address, ConversationId, Person
from bot.chat.meanings import Form, Meaning, Option
from bot.chat.replies import Reply, Role
from tests.adapters.contract import AdapterContract, Harness
from tests.adapters.daily_contract import DailyContract, DailyHarness, Scripted
from tests.adapters.slack.group import Group
from tests.fakes.slack import FakeSlack, Message
from tests.fakes.slack.workspace import TEAM


class OneForm(Scripted):
    """A reception that knows one form and says that everybody is in an interview of their own."""

    def __init__(self, candidate: Person) -> None:
        super().__init__()
        self._candidate = candidate
        self.known: Form | None = None

    async def form(self, conversation: Address, person: Person, form: str) -> Form | None:
        return self.known if self.known is not None and self.known.id == form else None

    async def candidate(self, conversation: Address) -> Person | None:
        return self._candidate


class Chatting:
    """A member in a direct message with the adapter."""

    def __init__(self, slack: FakeSlack) -> None:
        self._slack = slack
        self._ann = slack.member("ann")
        self._to = ConversationId("slack", TEAM, self._ann.dm).address
        self._adapter = SlackAdapter(Access(slack.bot_token, slack.app_token, api_url=slack.api_url), lambda: 1_000)
        self._reception = OneForm(Person("slack", TEAM, self._ann.user))
        self._events: asyncio.Queue[Event] = asyncio.Queue()
        self._numbers = itertools.count()
        self._shown: list[Message] = []

    async def run(self) -> None:
        async def accept(events: Sequence[Event]) -> None:
            for event in events:
                self._events.put_nowait(event)

        await self._adapter.run(accept, self._reception)

    async def connected(self) -> None:
        await asyncio.wait_for(self._adapter.ready.wait(), 5)

    async def show(self, *meanings: Meaning) -> str:
        forms = [meaning for meaning in meanings if isinstance(meaning, Form)]
        self._reception.known = forms[0] if forms else self._reception.known
        before = len(self._slack.space.messages)
        reply = Reply(f"reply-{next(self._numbers)}", self._to, Role.SYSTEM, "say", meanings)
        await self._adapter.post(reply, "")
        self._shown = self._slack.space.messages[before:]
        return "\n".join(message.shown for message in self._shown)

    async def say(self, text: str) -> Event:
        await self._ann.says(text)
        return await self._next()

    async def press(self, option: Option) -> Event:
        message = next(message for message in self._shown if f"[{option.label}]" in message.shown)
        await self._ann.presses(option.label, message)
        return await self._next()

    async def fill(self, form: Form, values: Mapping[str, str]) -> Event:
        await self._ann.presses("Rate yourself", self._shown[-1])
        await self._ann.sends(await self._ann.form(), values)
        return await self._next()

    async def _next(self) -> Event:
        async with asyncio.timeout(5):
            return await self._events.get()


class TestSlack(AdapterContract):
    @pytest.fixture
    async def harness(self, slack: FakeSlack) -> AsyncIterator[Harness]:
        chatting = Chatting(slack)
        running = asyncio.create_task(chatting.run())
        await chatting.connected()
        yield chatting
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        assert not slack.space.pings


class TestSlackGroup(DailyContract):
    @pytest.fixture
    async def group(self, slack: FakeSlack) -> AsyncIterator[DailyHarness]:
        held = Group(slack)
        running = asyncio.create_task(held.adapter.run(held.accept, held.desk))
        await asyncio.wait_for(held.adapter.ready.wait(), 5)
        yield held
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

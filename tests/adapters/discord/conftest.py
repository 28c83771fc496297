"""A Discord, and a bot in it that is whole: real discord.py, a real Valkey, the real engine with its offline mind."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, field

import discord
import pytest

from bot import app
from bot.adapters.discord.connect import DiscordAdapter
from bot.chat.events import Event
from bot.delivery.sender import SenderPace
from bot.delivery.service import Delivery, Pace
from bot.interview.engine import Engine
from bot.interview.minds import Minds
from bot.library.load import Library
from bot.models.offline.grader import OfflineGrader
from bot.models.offline.interviewer import OfflineInterviewer
from bot.reception import Desk
from bot.router import Router, concerned
from bot.store.notes import ValkeyNotes
from bot.store.valkey import ValkeyStore
from tests.adapters.discord.room import Room
from tests.fakes.discord.server import TOKEN, Discord, now_ms
from tests.fakes.discord.world import MANAGE_CHANNELS


@dataclass
class Bot:
    """A bot, and what it took in."""

    discord: Discord
    adapter: DiscordAdapter
    delivery: Delivery
    store: ValkeyStore
    notes: ValkeyNotes
    desk: Desk
    events: list[Event] = field(default_factory=list)
    away: bool = False
    task: asyncio.Task[None] | None = None

    async def accept(self, events: Sequence[Event]) -> None:
        """Store, unless the store is away."""
        if self.away:
            raise ConnectionError("away")
        await self.delivery.accept(events)
        self.events += events
        async with self.discord.world.changed:
            self.discord.world.changed.notify_all()

    async def start(self) -> None:
        """Connect, and return when everything missed was taken in."""
        self.task = asyncio.create_task(self.adapter.run(self.accept, self.desk))
        connected = asyncio.create_task(self.adapter.connected())
        await asyncio.wait({self.task, connected}, return_when=asyncio.FIRST_COMPLETED, timeout=8)
        if not connected.done():
            connected.cancel()
            await self.task
            raise AssertionError("not connected")

    async def stop(self) -> None:
        """Disconnect."""
        assert self.task is not None
        self.task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self.task
        self.task = None


@pytest.fixture(scope="session")
def library() -> Library:
    return Library.open(None)


@pytest.fixture(autouse=True)
def addresses() -> Iterator[None]:
    """discord.py keeps its addresses for the whole process; put them back."""
    base, gateway = discord.http.Route.BASE, discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY
    yield
    discord.http.Route.BASE, discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = base, gateway


class Clock:
    """The time, which a test can move on."""

    def __init__(self) -> None:
        self.ahead_ms = 0

    def __call__(self) -> int:
        return now_ms() + self.ahead_ms


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def server(clock: Clock) -> AsyncIterator[Discord]:
    async with Discord(clock) as running:
        yield running


MakeBot = Callable[..., Bot]


@pytest.fixture
async def make_bot(
    server: Discord, clock: Clock, valkey_url: str, namespace: str, library: Library
) -> AsyncIterator[MakeBot]:
    """Makes bots on one store."""
    made: list[Bot] = []

    def make(*, content: bool = False, token: str = TOKEN) -> Bot:
        store, notes = ValkeyStore(valkey_url, namespace), ValkeyNotes(valkey_url, namespace)
        adapter = DiscordAdapter(
            token,
            notes,
            clock,
            message_content=content,
            api_url=server.api_url,
            gateway_url=server.gateway.url,
            identify_pause_s=0,
            edit_every_s=0,
        )
        minds = Minds({"offline": OfflineInterviewer()}, {"offline": OfflineGrader()})
        delivery = Delivery(
            store,
            Router(Engine(library, minds)),
            {"discord": adapter},
            app.now_ms,
            concerned=concerned,
            pace=Pace(sender=SenderPace(retry_ms=10)),
        )
        delivery.start()
        made.append(Bot(server, adapter, delivery, store, notes, Desk(library, store.peek_state)))
        return made[-1]

    yield make
    for bot in made:
        await bot.delivery.stop(1)
        if bot.task is not None:
            await bot.stop()
        await bot.store.close()
        await bot.notes.close()


@pytest.fixture
async def bot(make_bot: MakeBot) -> Bot:
    """A bot that is connected, without the privileged intent."""
    made = make_bot()
    await made.start()
    return made


@pytest.fixture
async def room(server: Discord, bot: Bot) -> Room:
    """A server with a channel, its organiser, and two members."""
    world = server.world
    guild = world.guild("Study group")
    made = Room(
        server,
        bot,
        guild,
        world.channel(guild),
        world.person("Ann"),
        world.person("Ben"),
        world.person("Cem"),
        world.role(guild, "Night owls"),
    )
    world.wear(made.ann, world.role(guild, "Organiser", MANAGE_CHANNELS))
    return made

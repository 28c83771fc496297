"""The whole bot in surroundings that can be taken away: a Valkey of its own, Slack and Discord at the wire, minds of choice."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import discord as sdk
import pytest
from redis.asyncio import Redis

from benchmarks.chaos.field import Server
from bot import app
from bot.adapters.discord import catchup
from bot.adapters.discord.connect import DiscordAdapter
from bot.adapters.slack.connect import PATH, Access, SlackAdapter
from bot.chat.adapter import Serving
from bot.delivery.sender import SenderPace
from bot.delivery.service import Delivery, Pace
from bot.delivery.worker import WorkerPace
from bot.interview.engine import Engine
from bot.interview.minds import Minds
from bot.library.load import Library
from bot.models.offline.grader import OfflineGrader
from bot.models.offline.interviewer import OfflineInterviewer
from bot.reception import Desk
from bot.router import Router, poisoned
from bot.store.notes import ValkeyNotes
from bot.store.valkey import ValkeyStore
from tests.fakes.discord.server import TOKEN, Discord
from tests.fakes.slack import FakeSlack

QUICK = Pace(
    worker=WorkerPace(lease_ms=5_000, retry_ms=5, longest_retry_ms=20),
    sender=SenderPace(lease_ms=5_000, retry_ms=5, longest_retry_ms=20),
)
"""As in life, but with short pauses."""


@dataclass
class Valkey:
    """A server that a test may kill, refuse writes on, and mend."""

    server: Server
    folder: Path

    @property
    def url(self) -> str:
        """Where it listens."""
        return self.server.url

    def signal(self, number: int) -> None:
        """Send a signal to its process."""
        assert self.server._running is not None
        self.server._running.send_signal(number)

    async def set(self, **settings: str | int) -> None:
        """Change settings of the running server."""
        async with Redis.from_url(self.url) as raw:
            for name, value in settings.items():
                await raw.config_set(name.replace("_", "-"), value)

    async def command(self, *parts: str) -> None:
        """Tell the server something."""
        async with Redis.from_url(self.url) as raw:
            await raw.execute_command(*parts)  # type: ignore[no-untyped-call]

    async def disk_full(self) -> None:
        """Nothing can be written to the disk any more: from now on the server refuses writes."""
        (self.folder / "dump.rdb").mkdir()
        await self.set(save="3600 1000")
        async with Redis.from_url(self.url) as raw:
            await raw.bgsave()
            while (await raw.info("persistence"))["rdb_bgsave_in_progress"]:
                pass

    async def disk_freed(self) -> None:
        """Somebody made room."""
        (self.folder / "dump.rdb").rmdir()
        async with Redis.from_url(self.url) as raw:
            await raw.bgsave()
            while (await raw.info("persistence"))["rdb_bgsave_in_progress"]:
                pass


@pytest.fixture
async def valkey(tmp_path: Path) -> AsyncIterator[Valkey]:
    folder = tmp_path / "valkey"
    folder.mkdir()
    server = Server(folder, "always")
    await server.start()
    yield Valkey(server, folder)
    await server.stop()


@pytest.fixture(scope="session")
def library() -> Library:
    return Library.open(None)


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    async with FakeSlack() as running:
        yield running


@pytest.fixture
async def discord() -> AsyncIterator[Discord]:
    base, gateway = sdk.http.Route.BASE, sdk.gateway.DiscordWebSocket.DEFAULT_GATEWAY
    async with Discord() as running:
        yield running
    sdk.http.Route.BASE, sdk.gateway.DiscordWebSocket.DEFAULT_GATEWAY = base, gateway


def offline() -> Minds:
    """Words and phrasings only."""
    return Minds({"offline": OfflineInterviewer()}, {"offline": OfflineGrader()})


Started = Callable[..., "contextlib.AbstractAsyncContextManager[None]"]


@pytest.fixture
def hotseat(valkey: Valkey, library: Library, monkeypatch: pytest.MonkeyPatch) -> Started:
    """`async with hotseat(slack=…, discord=…, minds=…)`: the bot, serving."""
    monkeypatch.setattr(catchup, "PAUSE_S", 0.02)
    monkeypatch.setattr(catchup, "LONGEST_PAUSE_S", 0.1)

    @contextlib.asynccontextmanager
    async def started(
        slack: FakeSlack | None = None, discord: Discord | None = None, minds: Minds | None = None
    ) -> AsyncIterator[None]:
        store, notes = ValkeyStore(valkey.url), ValkeyNotes(valkey.url)
        adapters: list[Serving] = []
        if slack is not None:
            access = Access(slack.bot_token, "", slack.signing_secret, "127.0.0.1", 0, slack.api_url)
            adapters.append(SlackAdapter(access, app.now_ms))
        if discord is not None:
            api, gateway = discord.api_url, discord.gateway.url
            made = DiscordAdapter(TOKEN, notes, app.now_ms, api_url=api, gateway_url=gateway, identify_pause_s=0.0)
            adapters.append(made)
        router = Router(Engine(library, minds or offline()))
        lanes = {adapter.platform: adapter for adapter in adapters}
        delivery = Delivery(store, router, lanes, app.now_ms, poisoned=poisoned, pace=QUICK)
        desk = Desk(library, store.peek_state)
        serving = [asyncio.create_task(adapter.run(delivery.accept, desk)) for adapter in adapters]
        for adapter in adapters:
            async with asyncio.timeout(10):
                if isinstance(adapter, SlackAdapter) and slack is not None:
                    await adapter.ready.wait()
                    slack.events_url = f"http://127.0.0.1:{adapter.port}{PATH}"
                if isinstance(adapter, DiscordAdapter):
                    await adapter.connected()
        delivery.start()
        try:
            yield
        finally:
            await delivery.stop(1.0)
            for task in serving:
                task.cancel()
            await asyncio.gather(*serving, return_exceptions=True)
            await store.close()
            await notes.close()

    return started

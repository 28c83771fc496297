"""A workspace with the real app in it: bolt and slack_sdk against the fake, the spine on a real Valkey, the offline mind."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import pytest

from bot import app
from bot.adapters.slack.connect import PATH, Access, SlackAdapter
from bot.delivery.sender import SenderPace
from bot.delivery.service import Delivery, Pace
from bot.delivery.worker import WorkerPace
from bot.interview.engine import Engine
from bot.interview.minds import Minds
from bot.library.load import Library
from bot.models.offline.grader import OfflineGrader
from bot.models.offline.interviewer import OfflineInterviewer
from bot.reception import Desk
from bot.router import Router, concerned
from bot.store.valkey import ValkeyStore
from tests.fakes.slack import FakeSlack

QUICK = Pace(
    quiet_ms=0,
    worker=WorkerPace(lease_ms=5_000, retry_ms=5, longest_retry_ms=20),
    sender=SenderPace(lease_ms=5_000, retry_ms=5, longest_retry_ms=20),
)


@dataclass
class Running:
    """The app and the workspace it is in."""

    slack: FakeSlack
    adapter: SlackAdapter
    store: ValkeyStore
    delivery: Delivery
    serving: asyncio.Task[None]


@pytest.fixture(scope="session")
def library() -> Library:
    return Library.open(None)


@contextlib.asynccontextmanager
async def installed(
    slack: FakeSlack, store: ValkeyStore, library: Library, http: bool = False, quiet_ms: int = 0
) -> AsyncIterator[Running]:
    """The app, connected and serving."""
    access = Access(
        slack.bot_token,
        "" if http else slack.app_token,
        slack.signing_secret if http else "",
        "127.0.0.1",
        0,
        slack.api_url,
    )
    adapter = SlackAdapter(access, app.now_ms)
    minds = Minds({"offline": OfflineInterviewer()}, {"offline": OfflineGrader()})
    delivery = Delivery(
        store,
        Router(Engine(library, minds)),
        {"slack": adapter},
        app.now_ms,
        pace=replace(QUICK, quiet_ms=quiet_ms),
        concerned=concerned,
    )
    serving = asyncio.create_task(adapter.run(delivery.accept, Desk(library, store.peek_state)))
    ready = asyncio.create_task(adapter.ready.wait())
    await asyncio.wait((ready, serving), return_when=asyncio.FIRST_COMPLETED, timeout=10)
    if serving.done():
        ready.cancel()
        serving.result()
    if http:
        slack.events_url = f"http://127.0.0.1:{adapter.port}{PATH}"
    else:
        await asyncio.wait_for(slack.connected.wait(), 5)
    delivery.start()
    try:
        yield Running(slack, adapter, store, delivery, serving)
    finally:
        await delivery.stop(2)
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    async with FakeSlack() as running:
        yield running


@pytest.fixture
async def hotseat(slack: FakeSlack, store: ValkeyStore, library: Library) -> AsyncIterator[Running]:
    async with installed(slack, store, library) as running:
        yield running

"""The composition root: the one place that knows every part and puts them together.

It decides nothing else. Commands call it; nothing imports it but them.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

from bot.chat.adapter import Adapter
from bot.chat.ids import Address
from bot.delivery.ports import lane_to
from bot.delivery.service import Delivery, Pace
from bot.delivery.worker import WorkerPace
from bot.interview.engine import Engine
from bot.interview.grader import Grader
from bot.interview.interviewer import Interviewer
from bot.interview.minds import Minds
from bot.library.load import Library
from bot.models.offline.grader import OfflineGrader
from bot.models.offline.interviewer import OfflineInterviewer
from bot.router import Router
from bot.settings import Settings
from bot.store import embedded
from bot.store.valkey import ValkeyStore

SCREENS = frozenset({"terminal"})
"""Platforms where only the process that shows a conversation can post to it."""


def now_ms() -> int:
    """Unix milliseconds now."""
    return time.time_ns() // 1_000_000


@dataclass(frozen=True, slots=True)
class App:
    """Everything running: what adapters and commands need of it."""

    store: ValkeyStore
    delivery: Delivery
    library: Library
    minds: Minds


def server_url(settings: Settings) -> tuple[str, embedded.Launched | None]:
    """Where state is kept: the operator's server, or the bundled one, launched now. `NoServer` if there is none."""
    if settings.redis_url is not None:
        return settings.redis_url.get_secret_value(), None
    launched = embedded.launch(settings.data_dir)
    return launched.url, launched


def open_library(settings: Settings) -> Library:
    """The question bank in force."""
    return Library.open(settings.questions)


def minds(settings: Settings, library: Library) -> Minds:
    """The minds of this installation: the offline one always, Claude when there is a way to reach it."""
    interviewers: dict[str, Interviewer] = {"offline": OfflineInterviewer()}
    graders: dict[str, Grader] = {"offline": OfflineGrader()}
    return Minds(interviewers, graders, "offline")


def grader(mind: str, settings: Settings, library: Library) -> Grader:
    """The grader a command asked for; `auto` is the best there is."""
    made = minds(settings, library)
    return made.graders[made.order(mind)[0]]


@contextlib.asynccontextmanager
async def running(
    settings: Settings,
    url: str,
    library: Library,
    made: Minds,
    adapter: Adapter,
    conversation: Address,
    *,
    namespace: str,
    quiet_ms: int,
) -> AsyncIterator[App]:
    """The store, the worker, the senders and the ticker for one conversation's adapter, running until left."""
    store = ValkeyStore(url, namespace, SCREENS)
    try:
        delivery = Delivery(
            store,
            Router(Engine(library, made)),
            {lane_to(conversation, SCREENS): adapter},
            now_ms,
            screens=SCREENS,
            pace=Pace(quiet_ms=quiet_ms, worker=WorkerPace(lease_ms=settings.lease_ms)),
        )
        delivery.start()
        try:
            yield App(store, delivery, library, made)
        finally:
            await delivery.stop()
    finally:
        await store.close()

"""The composition root: the one place that knows every part and puts them together.

It decides nothing else. Commands call it; nothing imports it but them.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pydantic import SecretStr

from bot.chat.adapter import Adapter, Serving
from bot.chat.findings import Finding
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
from bot.reception import Desk
from bot.router import Router, concerned, poisoned
from bot.settings import Settings
from bot.store import embedded
from bot.store.ledger import ValkeyLedger
from bot.store.notes import ValkeyNotes
from bot.store.valkey import ValkeyStore

if TYPE_CHECKING:
    from bot.models.claude.call import Claude
    from bot.models.claude.ledger import Ledger

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
    """The question bank in force: the built-in one with the operator's packs on top."""
    return Library.of(*settings.questions)


class NoClaude(Exception):
    """Claude was asked for and cannot be had here; the message says what to set."""


@contextlib.asynccontextmanager
async def minds(settings: Settings, library: Library, ledger: Ledger | None = None) -> AsyncIterator[Minds]:
    """The minds of this installation: the offline one always, Claude when there is a way to reach it."""
    # A pack may bring its own words; the shipped ones are read when they are first needed.
    words = library.thesaurus if library.own_words else None
    interviewers: dict[str, Interviewer] = {"offline": OfflineInterviewer(words)}
    graders: dict[str, Grader] = {"offline": OfflineGrader(words)}
    line = _line_to_claude(settings, ledger)
    if line is None:
        yield Minds(interviewers, graders)
        return
    from bot.models.claude.client import warm_up
    from bot.models.claude.grade import ClaudeGrader
    from bot.models.claude.turn import ClaudeInterviewer

    interviewers["claude"], graders["claude"] = ClaudeInterviewer(line), ClaudeGrader(line)
    # The SDK takes a second to import; the person reads the question meanwhile.
    warming = asyncio.create_task(warm_up())
    try:
        yield Minds(interviewers, graders, "claude")
    finally:
        await asyncio.gather(warming, return_exceptions=True)
        await line.aclose()


def check_mind(settings: Settings, mind: str) -> None:
    """Raise `NoClaude` if Claude is asked for by name and cannot be reached from here."""
    if mind == "claude" and not _has_claude(settings):
        raise NoClaude(
            "Claude needs a key: set ANTHROPIC_API_KEY. Without one, --mind offline holds the same interview."
        )


def _has_claude(settings: Settings) -> bool:
    key = settings.anthropic_api_key
    return settings.claude_provider != "anthropic" or (key is not None and bool(key.get_secret_value().strip()))


def _line_to_claude(settings: Settings, ledger: Ledger | None) -> Claude | None:
    if not _has_claude(settings):
        return None
    from bot.models.claude.call import Claude
    from bot.models.claude.parameters import ClaudeSettings

    plain = ClaudeSettings()
    key = settings.anthropic_api_key
    try:
        return Claude(
            replace(
                plain,
                api_key=key.get_secret_value().strip() if key is not None else "",
                base_url=settings.anthropic_base_url or plain.base_url,
                provider=settings.claude_provider,
                region=settings.claude_region,
                project=settings.claude_project,
                turn=replace(
                    plain.turn,
                    model=settings.turn_model,
                    fallback=settings.turn_fallback_model,
                    effort=settings.turn_effort,
                    whole_s=settings.turn_timeout_s,
                ),
                grade=replace(
                    plain.grade,
                    model=settings.grade_model,
                    fallback=settings.grade_fallback_model,
                    effort=settings.grade_effort,
                    whole_s=settings.grade_timeout_s,
                ),
            ),
            ledger,
        )
    except ValueError as error:
        raise NoClaude(f"{error}.") from None


@contextlib.asynccontextmanager
async def running(
    settings: Settings,
    url: str,
    library: Library,
    adapter: Adapter,
    conversation: Address,
    *,
    namespace: str,
    quiet_ms: int,
) -> AsyncIterator[App]:
    """The store, the minds, the worker, the senders and the ticker for one conversation's adapter, running until left."""
    async with contextlib.AsyncExitStack() as open_until_left:
        store = ValkeyStore(url, namespace, SCREENS)
        open_until_left.push_async_callback(store.close)
        ledger = ValkeyLedger(url, namespace)
        open_until_left.push_async_callback(ledger.close)
        made = await open_until_left.enter_async_context(minds(settings, library, ledger))
        delivery = Delivery(
            store,
            Router(Engine(library, made)),
            {lane_to(conversation, SCREENS): adapter},
            now_ms,
            screens=SCREENS,
            poisoned=poisoned,
            pace=Pace(quiet_ms=quiet_ms, worker=WorkerPace(lease_ms=settings.lease_ms)),
        )
        delivery.start()
        open_until_left.push_async_callback(delivery.stop)
        yield App(store, delivery, library, made)


def platforms(settings: Settings) -> tuple[str, ...]:
    """The platforms on the network that there are credentials for."""
    tokens = {"slack": settings.slack_bot_token, "discord": settings.discord_token}
    return tuple(name for name, token in tokens.items() if _text(token))


@contextlib.asynccontextmanager
async def network(settings: Settings, url: str) -> AsyncIterator[list[Serving]]:
    """An adapter for each of `platforms`. `url` is where small facts of their own may be kept, until this is left."""
    found: list[Serving] = []
    async with contextlib.AsyncExitStack() as open_until_left:
        for platform in platforms(settings):
            if platform == "discord":
                from bot.adapters.discord.connect import DiscordAdapter

                notes = ValkeyNotes(url, settings.namespace)
                open_until_left.push_async_callback(notes.close)
                found.append(
                    DiscordAdapter(
                        _text(settings.discord_token),
                        notes,
                        now_ms,
                        message_content=settings.discord_message_content,
                        api_url=settings.discord_api_url,
                        gateway_url=settings.discord_gateway_url,
                    )
                )
            if platform == "slack":
                from bot.adapters.slack.connect import Access, SlackAdapter

                access = Access(
                    _text(settings.slack_bot_token),
                    _text(settings.slack_app_token),
                    _text(settings.slack_signing_secret),
                    settings.slack_host,
                    settings.slack_port,
                    settings.slack_api_url,
                )
                found.append(SlackAdapter(access, now_ms))
        yield found


async def check_platforms(settings: Settings) -> list[Finding]:
    """What is right and wrong with each of `platforms`, looked up without changing anything."""
    found: list[Finding] = []
    for platform in platforms(settings):
        if platform == "discord":
            from bot.adapters.discord.check import check

            found += await check(
                _text(settings.discord_token),
                message_content=settings.discord_message_content,
                api_url=settings.discord_api_url,
            )
        if platform == "slack":
            from bot.adapters.slack.check import check as check_slack

            found += await check_slack(
                _text(settings.slack_bot_token),
                _text(settings.slack_app_token),
                _text(settings.slack_signing_secret),
                settings.slack_api_url,
            )
    return found


def _text(secret: SecretStr | None) -> str:
    return secret.get_secret_value().strip() if secret is not None else ""


def settle_down() -> None:
    """Once everything is loaded: leave it out of garbage collection, whose full sweeps would hold up acknowledgements."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


async def serve(
    settings: Settings,
    url: str,
    adapters: Sequence[Serving],
    stopping: asyncio.Event,
    library: Library | None = None,
) -> None:
    """Serve every adapter's platform from one delivery until `stopping` is set; `NotServed` if one cannot be served.

    `library` is the question bank, if it was opened already.
    """
    library = library or open_library(settings)
    async with contextlib.AsyncExitStack() as open_until_left:
        store = ValkeyStore(url, settings.namespace, SCREENS)
        open_until_left.push_async_callback(store.close)
        ledger = ValkeyLedger(url, settings.namespace)
        open_until_left.push_async_callback(ledger.close)
        made = await open_until_left.enter_async_context(minds(settings, library, ledger))
        delivery = Delivery(
            store,
            Router(Engine(library, made)),
            {adapter.platform: adapter for adapter in adapters},
            now_ms,
            screens=SCREENS,
            poisoned=poisoned,
            concerned=concerned,
            pace=Pace(quiet_ms=settings.quiet_ms, worker=WorkerPace(lease_ms=settings.lease_ms)),
        )
        reception = Desk(library, store.peek_state, now_ms)
        # Read whole before anybody waits: drawing a daily question looks at every item.
        await asyncio.to_thread(library.all)
        delivery.start()
        serving = [asyncio.create_task(adapter.run(delivery.accept, reception)) for adapter in adapters]
        waiting = asyncio.create_task(stopping.wait())
        settle_down()
        try:
            await asyncio.wait((waiting, *serving), return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiting.cancel()
            # Connected until the last reply is out: what arrives meanwhile is stored for the next process.
            await delivery.stop()
            for task in serving:
                task.cancel()
            ended = await asyncio.gather(*serving, return_exceptions=True)
        for failure in ended:
            if isinstance(failure, Exception):
                raise failure

"""What a bot that nobody talks to costs, and how soon it is awake.

`hotseat run` serves Slack (Socket Mode) and Discord, both stand-ins on this machine, with its worker, senders and ticker on a
Valkey of its own; nobody writes. `idle_percent` is its share of one core over the time, `wakes_per_s` how often any of its threads
woke up. The baseline, at the same time, is a program that only keeps the same two connections open with the same SDKs.

Then somebody writes: `wake_p50_ms` and `wake_p99_ms` are from the call of `accept` in one process until the event is in the
hands of a handler in another that slept; the baseline is a bare RPUSH and BLPOP between two processes.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import random
import re
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

from redis.asyncio import Redis
from rich.console import Console
from rich.table import Table

from benchmarks import rig
from bot import app
from bot.chat.events import Event, Said
from bot.chat.ids import Address
from bot.chat.replies import Progressing
from bot.delivery.ports import Outcome
from bot.delivery.service import Delivery, Pace
from bot.store.valkey import ValkeyStore
from tests.fakes.discord.server import TOKEN, Discord
from tests.fakes.slack import FakeSlack

_NAMESPACE = "bench-idle"
_LIST = "bench-idle-bare"


def woken(pid: int) -> int:
    """How often the threads of a process have gone to sleep, and so have woken, by themselves."""
    found = [path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/status")]
    return sum(int(part) for text in found for part in re.findall(r"\nvoluntary_ctxt_switches:\s+(\d+)", text))


# Programs of their own


async def connected(slack_url: str, discord_url: str, gateway: str) -> None:
    """The baseline of idling: the two connections and nothing else."""
    import discord
    import yarl
    from slack_sdk.socket_mode.aiohttp import SocketModeClient
    from slack_sdk.web.async_client import AsyncWebClient

    discord.http.Route.BASE = discord_url
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway)
    slack = SocketModeClient(app_token="xapp-fake", web_client=AsyncWebClient(base_url=slack_url))
    await slack.connect()  # type: ignore[no-untyped-call]
    client = discord.Client(intents=discord.Intents.none(), max_messages=None)
    await client.start(TOKEN)


async def claiming(url: str) -> None:
    """Says of every event when it was in the hands of its handler."""

    async def handle(
        actor: Address, state: bytes | None, events: Sequence[Event], now_ms: int, report: Progressing
    ) -> Outcome:
        now_ns = time.monotonic_ns()
        for event in events:
            print(event.id, now_ns, flush=True)
        return Outcome(None)

    store = ValkeyStore(url, _NAMESPACE)
    delivery = Delivery(store, handler=handle, adapters={}, clock=app.now_ms, pace=Pace())
    delivery.start()
    print("ready", flush=True)
    await asyncio.Event().wait()


async def popping(url: str) -> None:
    """The baseline of waking: what was pushed, and when it was here."""
    raw = Redis.from_url(url, socket_timeout=None)
    print("ready", flush=True)
    while True:
        found = await raw.blpop([_LIST], timeout=5)
        if found:
            name = found[1] if isinstance(found[1], str) else found[1].decode()
            print(name, time.monotonic_ns(), flush=True)


# Idling


async def idling(url: str, valkey: int, seconds: float, settle_s: float) -> dict[str, float]:
    """CPU and wake-ups of the whole bot, of the baseline, and of Valkey."""
    async with FakeSlack() as slack, Discord() as discord, contextlib.AsyncExitStack() as until_left:
        environment = {
            "HOTSEAT_REDIS_URL": url,
            "HOTSEAT_NAMESPACE": _NAMESPACE,
            "HOTSEAT_SLACK_BOT_TOKEN": slack.bot_token,
            "HOTSEAT_SLACK_APP_TOKEN": slack.app_token,
            "HOTSEAT_SLACK_API_URL": slack.api_url,
            "HOTSEAT_DISCORD_TOKEN": TOKEN,
            "HOTSEAT_DISCORD_API_URL": discord.api_url,
            "HOTSEAT_DISCORD_GATEWAY_URL": discord.gateway.url,
        }
        bot = await until_left.enter_async_context(program("-m", "bot", "run", environment=environment))
        await _until(lambda: slack.connected.is_set() and len(discord.gateway.sessions) == 1)
        slack.connected.clear()
        arguments = ("--serve", "connected", "--url", slack.api_url, discord.api_url, discord.gateway.url)
        bare = await until_left.enter_async_context(program("-m", "benchmarks.idle", *arguments))
        await _until(lambda: slack.connected.is_set() and len(discord.gateway.sessions) == 2)
        await asyncio.sleep(settle_s)
        pids = {"idle": bot.pid, "baseline": bare.pid, "valkey": valkey}
        before = {name: (rig.cpu_s(pid), woken(pid)) for name, pid in pids.items()}
        await asyncio.sleep(seconds)
        after = {name: (rig.cpu_s(pid), woken(pid)) for name, pid in pids.items()}
    result: dict[str, float] = {}
    for name in pids:
        result[f"{name}_percent"] = (after[name][0] - before[name][0]) / seconds * 100
        result[f"{name}_wakes_per_s"] = (after[name][1] - before[name][1]) / seconds
    return result


async def _until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not true():  # noqa: ASYNC110 - two fakes, each with a bell of its own
            await asyncio.sleep(0.05)


@contextlib.asynccontextmanager
async def program(
    *arguments: str, environment: dict[str, str] | None = None, heard: bool = False
) -> AsyncIterator[asyncio.subprocess.Process]:
    """A Python program of its own."""
    running = await asyncio.create_subprocess_exec(
        sys.executable,
        *arguments,
        cwd=rig.ROOT,
        env=rig.kept_environment() | (environment or {}),
        stdout=asyncio.subprocess.PIPE if heard else asyncio.subprocess.DEVNULL,
    )
    try:
        yield running
    finally:
        if running.returncode is None:
            running.terminate()
        await running.wait()


# Waking


async def waking(url: str, count: int) -> dict[str, float]:
    """From the call of accept to the handler in another process, and the bare baseline, one of each by turns."""
    store, raw = ValkeyStore(url, _NAMESPACE), Redis.from_url(url)
    to, who = rig.place(1).address, rig.person(1)

    async def accept(name: str) -> None:
        await store.accept([Said(name, to, app.now_ms(), who, "I'd look at the dates.")])

    async def push(name: str) -> None:
        await raw.rpush(_LIST, name)

    waits: dict[str, list[float]] = {"wake": [], "baseline_wake": []}
    dice = random.Random(1)
    async with (
        program("-m", "benchmarks.idle", "--serve", "claiming", "--url", url, heard=True) as claimer,
        program("-m", "benchmarks.idle", "--serve", "popping", "--url", url, heard=True) as popper,
    ):
        ways: dict[str, tuple[Any, Callable[[str], Awaitable[None]]]] = {
            "wake": (claimer.stdout, accept),
            "baseline_wake": (popper.stdout, push),
        }
        for heard, _ in ways.values():
            await heard.readline()
        for number in range(count + 20):
            for name, (heard, send) in ways.items():
                await asyncio.sleep(dice.uniform(0.005, 0.025))  # let it fall asleep
                began_ns = time.monotonic_ns()
                await send(f"bench:{number}")
                said, at_ns = (await asyncio.wait_for(heard.readline(), 10)).split()
                if said.decode() != f"bench:{number}":
                    raise RuntimeError(f"sent bench:{number}, {said!r} was handled")
                if number >= 20:
                    waits[name].append((int(at_ns) - began_ns) / 1e6)
    await store.close()
    await raw.aclose()
    result: dict[str, float] = {}
    for name, held in waits.items():
        result[f"{name}_p50_ms"] = statistics.median(held)
        result[f"{name}_p99_ms"] = rig.percentile(held, 0.99)
    return result


async def measure(seconds: float, wakes: int) -> dict[str, float]:
    """Both."""
    with tempfile.TemporaryDirectory() as folder, rig.valkey(Path(folder)) as launched:
        found = await waking(launched.url, wakes)
        found |= await idling(launched.url, rig.pid_of(launched), seconds, settle_s=8.0)
    return {name: round(value, 4) for name, value in found.items()} | {"load": rig.load_average()}


def main() -> None:
    """Measure, print, and with `--json` print the figures as the last line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.idle", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--seconds", type=float, default=30.0, help="how long nobody writes")
    parser.add_argument("--wakes", type=int, default=500)
    parser.add_argument("--serve", choices=("connected", "claiming", "popping"), help=argparse.SUPPRESS)
    parser.add_argument("--url", nargs="+", default=[], help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.serve:
        serving: dict[str, Callable[..., Coroutine[Any, Any, None]]]
        serving = {"connected": connected, "claiming": claiming, "popping": popping}
        asyncio.run(serving[args.serve](*args.url))
        return
    figures = asyncio.run(measure(args.seconds, args.wakes))
    table = Table("", "% of a core", "wakes a second")
    for name, title in (("idle", "Hotseat"), ("baseline", "two bare connections"), ("valkey", "Valkey itself")):
        table.add_row(title, f"{figures[f'{name}_percent']:.3f}", f"{figures[f'{name}_wakes_per_s']:.2f}")
    Console().print(table)
    table = Table("", "p50 ms", "p99 ms")
    for name, title in (("wake", "accept to handler in another process"), ("baseline_wake", "bare RPUSH to BLPOP")):
        table.add_row(title, f"{figures[f'{name}_p50_ms']:.2f}", f"{figures[f'{name}_p99_ms']:.2f}")
    Console().print(table)
    if args.json:
        print(json.dumps(figures))


if __name__ == "__main__":
    main()

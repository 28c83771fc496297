"""Whole turns a second: a signed event in, its reply posted through the real SDK, one process and several.

Hotseat runs as `hotseat run` does, but for a mind that answers at once and no wait for the rest of an answer: signature, mailbox,
claim, engine, fenced commit, outbox, card, `chat.postMessage`, and the record that it arrived. A turn is one answer in an
interview; K of them are under way at a time, and the next is sent when the reply has reached Slack (closed loop).

Baselines in the same run, on the same core, with the same load: a bare Bolt app that says back what was said, with no state, no
dedupe and nothing that survives a crash; with `--vercel`, the Chat SDK's echo bot with Redis state (its packages are installed by
`npm install --prefix benchmarks/vercel`). What is measured has a core of its own; load, Slack's stand-in and Valkey share the rest.

`ratio_K` is Hotseat's rate over Bolt's, `vercel_ratio_K` over the Chat SDK's; `cpu_ms_K` is the CPU time of a turn in Hotseat.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks import rig
from benchmarks.turn import ANSWER, Instant
from bot import app
from bot.chat.events import Ran
from bot.delivery.ports import Outcome
from bot.interview import session as sessions
from bot.interview.engine import Engine
from bot.interview.minds import Minds
from bot.library.load import Library
from bot.models.offline.grader import OfflineGrader
from bot.store.valkey import ValkeyStore

AT_ONCE = (1, 8, 64)
ANSWERS = 6
"""Answers of one interview that are timed."""

_VERCEL = rig.ROOT / "benchmarks" / "vercel"
_WARM = {"vercel": 12_000}
"""Turns before the clock runs: the Chat SDK's runtime takes seconds to find its pace."""


@dataclass(frozen=True, slots=True)
class Round:
    """One round: turns, seconds, CPU seconds of what is measured, and each turn's milliseconds."""

    turns: int
    seconds: float
    cpu_s: float
    waits_ms: list[float]

    @property
    def rate(self) -> float:
        """Turns a second."""
        return self.turns / self.seconds

    @property
    def cpu_ms(self) -> float:
        """CPU milliseconds of a turn."""
        return self.cpu_s * 1000 / self.turns


# What is measured


@contextlib.asynccontextmanager
async def _instant(*_: Any, **__: Any) -> AsyncIterator[Minds]:
    """What takes the place of `bot.app.minds`."""
    yield Minds({"offline": Instant()}, {"offline": OfflineGrader()})


def serve(kind: str, port: int, api_url: str) -> None:
    """One of the two Python programs, in a process of its own."""
    if kind == "bolt":
        asyncio.run(_bolt(port, api_url))
        return
    from bot.__main__ import main as hotseat

    app.minds = _instant
    sys.exit(hotseat(["run"]))


async def _bolt(port: int, api_url: str) -> None:
    from aiohttp import web
    from slack_bolt.app.async_app import AsyncApp
    from slack_sdk.web.async_client import AsyncWebClient

    bolt = AsyncApp(client=AsyncWebClient(token="xoxb-fake", base_url=api_url), signing_secret=rig.SECRET)

    @bolt.event("message")
    async def echo(event: dict[str, Any], say: Any) -> None:
        await say(event["text"])

    runner = web.AppRunner(bolt.web_app(), access_log=None)
    await runner.setup()
    app.settle_down()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await asyncio.Event().wait()


@dataclass(frozen=True, slots=True)
class Side:
    """Something that is measured: a kind of program, in so many processes, on these cores."""

    name: str
    kind: str
    processes: int
    at: set[int]
    threaded: bool = False

    @property
    def namespace(self) -> str:
        """Where Hotseat's processes of this side meet."""
        return f"bench-turns-{self.name.replace('_', '-')}"


@contextlib.asynccontextmanager
async def running(side: Side, api_url: str, valkey: str) -> AsyncIterator[tuple[list[int], list[int]]]:
    """The processes of a side; their ports and process ids."""
    async with contextlib.AsyncExitStack() as until_left:
        ports, ids = [], []
        for _ in range(side.processes):
            port = rig.free_port()
            command = [
                sys.executable,
                "-m",
                "benchmarks.turns",
                "--serve",
                side.kind,
                "--port",
                str(port),
                "--api",
                api_url,
            ]
            if side.kind == "vercel":
                command = ["node", "echo.mjs", str(port), api_url, valkey.removeprefix("unix://")]
            environment = {
                "HOTSEAT_REDIS_URL": valkey,
                "HOTSEAT_NAMESPACE": side.namespace,
                "HOTSEAT_QUIET_MS": "0",
                "HOTSEAT_SLACK_BOT_TOKEN": "xoxb-fake",
                "HOTSEAT_SLACK_SIGNING_SECRET": rig.SECRET,
                "HOTSEAT_SLACK_API_URL": api_url,
                "HOTSEAT_SLACK_HOST": "127.0.0.1",
                "HOTSEAT_SLACK_PORT": str(port),
            }
            cwd = _VERCEL if side.kind == "vercel" else rig.ROOT
            one = rig.process(*command, port=port, environment=environment, at=side.at, cwd=cwd)
            ids.append((await until_left.enter_async_context(one)).pid)
            ports.append(port)
        yield ports, ids


# The load


async def seed(url: str, side: Side, first: int, count: int) -> list[int]:
    """So many open interviews, each begun by the engine; whose they are. Before anybody works on them."""
    engine = Engine(Library.open(None), Minds({"offline": Instant()}, {"offline": OfflineGrader()}))
    where, who = rig.place(0, threaded=side.threaded), rig.person(0)
    begins = Ran("begin", where.address, app.now_ms(), who, "practice", {"question": "stale-ai-search"})
    session = (await engine.handle(where.address, None, [begins], _Nobody())).session
    assert session is not None
    store = ValkeyStore(url, side.namespace)
    for number in range(first, first + count):
        to = rig.place(number, threaded=side.threaded).address
        await store.accept([replace(begins, id=f"begin {to}", to=to)])
        work = await store.claim(60_000)
        assert work is not None
        own = replace(session, conversation=to, candidate=rig.person(number))
        await store.commit(work.lease, 1, Outcome(sessions.dump(own)))
    await store.close()
    return list(range(first, first + count))


class _Nobody:
    async def typing(self) -> None:
        """Nobody watches."""

    async def step(self, text: str, done: int, total: int) -> None:
        """Nobody watches."""


async def interviews(
    slack: rig.LeanSlack,
    ports: Sequence[int],
    ids: Sequence[int],
    people: Sequence[int],
    at_once: int,
    *,
    threaded: bool = False,
    answers: int = ANSWERS,
) -> Round:
    """Everybody gives their answers, so many people at a time."""
    waiting, waits = iter(people), []

    async def one(hook: rig.Hook) -> None:
        for number in waiting:
            channel = rig.place(number, threaded=threaded).channel
            for turn in range(answers):
                request = rig.message(number, number * 10 + turn, ANSWER, threaded=threaded)
                began = time.perf_counter()
                await asyncio.gather(hook.send(request), slack.posted(channel, turn + 1))
                waits.append((time.perf_counter() - began) * 1000)

    return await _timed(ports, ids, at_once, one, waits)


async def echoes(
    slack: rig.LeanSlack, ports: Sequence[int], ids: Sequence[int], numbers: Sequence[int], at_once: int
) -> Round:
    """The same load for a bot that says back what was said. Every message comes in a conversation of its own: one that
    follows the reply at once would find its thread locked by the Chat SDK, and be dropped."""
    waiting, waits = iter(numbers), []

    async def one(hook: rig.Hook) -> None:
        for number in waiting:
            request = rig.message(number, number, ANSWER, user=number % 200)
            began = time.perf_counter()
            await asyncio.gather(hook.send(request), slack.posted(rig.place(number).channel, 1))
            waits.append((time.perf_counter() - began) * 1000)

    return await _timed(ports, ids, at_once, one, waits)


async def _timed(ports: Sequence[int], ids: Sequence[int], at_once: int, one: Any, waits: list[float]) -> Round:
    hooks = [await rig.Hook.open(ports[number % len(ports)]) for number in range(at_once)]
    cpu_s, began = sum(map(rig.cpu_s, ids)), time.perf_counter()
    try:
        async with asyncio.timeout(300):
            await asyncio.gather(*(one(hook) for hook in hooks))
        seconds = time.perf_counter() - began
        await asyncio.sleep(0.05)  # what is done after the last reply belongs to the turns
        return Round(len(waits), seconds, sum(map(rig.cpu_s, ids)) - cpu_s, waits)
    finally:
        for hook in hooks:
            hook.close()


# The run


async def measure(turns: int, rounds: int, vercel: bool, several: int) -> dict[str, Any]:
    """All sides in turn, again and again; medians, and how far the rounds lie apart."""
    ours, rest = rig.cores()
    sides = [Side("hotseat", "hotseat", 1, ours), Side("threads", "hotseat", 1, ours, threaded=True)]
    sides += [Side("bolt", "bolt", 1, ours), *([Side("vercel", "vercel", 1, ours)] if vercel else [])]
    apart = [Side("one_free", "hotseat", 1, ours | rest), Side("several_free", "hotseat", several, ours | rest)]
    with tempfile.TemporaryDirectory() as folder, rig.valkey(Path(folder)) as launched:
        rig.pin(rig.pid_of(launched), rest)
        rig.pin(os.getpid(), rest)
        found = await _compared(sides, launched.url, turns, rounds)
        rig.pin(os.getpid(), ours | rest)
        rig.pin(rig.pid_of(launched), ours | rest)
        found |= await _compared(apart, launched.url, turns, rounds)
    return _summary(found)


async def _compared(sides: Sequence[Side], url: str, turns: int, rounds: int) -> dict[tuple[str, int], list[Round]]:
    found: dict[tuple[str, int], list[Round]] = {}
    fresh = itertools.count(5_000_000)
    async with rig.LeanSlack() as slack, contextlib.AsyncExitStack() as until_left:
        at: dict[str, tuple[list[int], list[int]]] = {}
        people: dict[str, Iterator[int]] = {}
        for side in sides:
            if side.kind == "hotseat":
                many = sum(_size(turns, at_once) for at_once in AT_ONCE) * rounds + _size(turns, 64)
                people[side.name] = iter(await seed(url, side, 100_000 * len(at) + 1, many // ANSWERS + 10))
            at[side.name] = await until_left.enter_async_context(running(side, slack.api_url, url))

        async def once(side: Side, at_once: int, size: int) -> Round:
            ports, ids = at[side.name]
            if side.kind == "hotseat":
                chosen = list(itertools.islice(people[side.name], size // ANSWERS))
                return await interviews(slack, ports, ids, chosen, at_once, threaded=side.threaded)
            return await echoes(slack, ports, ids, list(itertools.islice(fresh, size)), at_once)

        for side in sides:
            await once(side, 64, _WARM.get(side.kind, _size(turns, 64)))
        for _ in range(rounds):
            for at_once in AT_ONCE:
                for side in sides:
                    found.setdefault((side.name, at_once), []).append(await once(side, at_once, _size(turns, at_once)))
    return found


def _size(turns: int, at_once: int) -> int:
    """Turns of a round: fewer where they come one by one."""
    return turns // {1: 5, 8: 2}.get(at_once, 1)


def _summary(found: dict[tuple[str, int], list[Round]]) -> dict[str, Any]:
    rates = {key: statistics.median(one.rate for one in rounds) for key, rounds in found.items()}
    names = {name for name, _ in found}
    result: dict[str, Any] = {}
    for at_once in AT_ONCE:
        result[f"ratio_{at_once}"] = rates["hotseat", at_once] / rates["bolt", at_once]
        if "vercel" in names:
            result[f"vercel_ratio_{at_once}"] = rates["hotseat", at_once] / rates["vercel", at_once]
        result[f"several_ratio_{at_once}"] = rates["several_free", at_once] / rates["one_free", at_once]
    for (name, at_once), rounds in found.items():
        every = [wait for one in rounds for wait in one.waits_ms]
        result[f"{name}_per_s_{at_once}"] = rates[name, at_once]
        result[f"{name}_spread_{at_once}"] = max(one.rate for one in rounds) / min(one.rate for one in rounds)
        result[f"{name}_cpu_ms_{at_once}"] = statistics.median(one.cpu_ms for one in rounds)
        result[f"{name}_p50_ms_{at_once}"] = statistics.median(every)
        result[f"{name}_p99_ms_{at_once}"] = rig.percentile(every, 0.99)
    result = {name: round(value, 3) for name, value in result.items()}
    return result | {"load": rig.load_average()}


_SIDES = {
    "hotseat": "Hotseat",
    "threads": "Hotseat, in threads (a status call, too)",
    "bolt": "Bolt echo",
    "vercel": "Chat SDK echo",
    "one_free": "Hotseat, all cores",
    "several_free": "Hotseat, several processes, all cores",
}


def main() -> None:
    """Measure, print, and with `--json` print the figures as the last line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.turns", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--turns", type=int, default=3600, help="turns of a round at 64 (fewer at 8 and at 1)")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--processes", type=int, default=2, help="how many are several")
    parser.add_argument("--vercel", action="store_true", help="measure the Chat SDK's echo bot, too")
    parser.add_argument("--serve", choices=("hotseat", "bolt"), help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--api", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.serve:
        serve(args.serve, args.port, args.api)
        return
    if args.vercel and not (_VERCEL / "node_modules").is_dir():
        parser.error("--vercel needs node 20 or later, and `npm install --prefix benchmarks/vercel` first")
    figures = asyncio.run(measure(args.turns, args.rounds, args.vercel, args.processes))
    table = Table("", *(f"{what} at {at_once}" for what in ("turns/s", "CPU ms", "p50/p99 ms") for at_once in AT_ONCE))
    for name, title in _SIDES.items():
        if f"{name}_per_s_1" not in figures:
            continue
        rates = [f"{figures[f'{name}_per_s_{at_once}']:.0f}" for at_once in AT_ONCE]
        cpu = [f"{figures[f'{name}_cpu_ms_{at_once}']:.2f}" for at_once in AT_ONCE]
        waits = [f"{figures[f'{name}_p50_ms_{k}']:.1f}/{figures[f'{name}_p99_ms_{k}']:.1f}" for k in AT_ONCE]
        table.add_row(title, *rates, *cpu, *waits)
    Console(width=140).print(table)
    if args.json:
        print(json.dumps(figures))


if __name__ == "__main__":
    main()

"""Events a second until they are acknowledged: stored durably, in order, each once, on a real Valkey.

Two comparisons, each with its baseline in the same run, taken in turns. In one process: the way in (`Intake`, which lets callers
share a call) against one awaited script for each event. Over signed HTTP, each program in a process of its own: the Slack adapter
as it runs against a bare Bolt app that verifies and acknowledges and stores nothing. Afterwards every acknowledged event is
counted in the mailboxes.

`ratio_K` and `http_ratio_K` are Hotseat's rates over the baselines' with K callers at once.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks import rig, slack
from bot import app
from bot.chat.events import Event, Said
from bot.delivery.mailbox import Intake
from bot.store.embedded import Fsync
from bot.store.valkey import ValkeyStore
from tests.fakes.slack import FakeSlack

AT_ONCE = (1, 8, 64)
PEOPLE = 200
TEXT = slack.TEXT

Accept = Callable[[Event], Awaitable[object]]


async def _rate(
    accept: Accept, at_once: int, seconds: float, numbers: itertools.count[int]
) -> tuple[float, list[float]]:
    """Events a second with so many callers, each going on when its event is stored, and the milliseconds each waited."""
    waits: list[float] = []
    until = time.perf_counter() + seconds

    async def one() -> None:
        while (began := time.perf_counter()) < until:
            number = next(numbers)
            to, who = rig.place(number % PEOPLE).address, rig.person(number % PEOPLE)
            await accept(Said(f"bench:{number}", to, app.now_ms(), who, TEXT, str(number)))
            waits.append((time.perf_counter() - began) * 1000)

    began = time.perf_counter()
    await asyncio.gather(*(one() for _ in range(at_once)))
    return len(waits) / (time.perf_counter() - began), waits


async def in_process(url: str, seconds: float, rounds: int) -> dict[str, float]:
    """The way in against a script for each event."""
    store, numbers = ValkeyStore(url, "bench-accept"), itertools.count(1)
    intake = Intake(store, 700)
    ways: dict[str, Accept] = {
        "events": lambda event: intake.accept([event]),
        "baseline": lambda event: store.accept([event], 700),
    }
    rates: dict[tuple[str, int], list[float]] = {}
    waits: dict[int, list[float]] = {}
    for way in ways.values():
        await _rate(way, 64, 0.3, numbers)
    for _ in range(rounds):
        for at_once in AT_ONCE:
            for name, way in ways.items():
                rate, waited = await _rate(way, at_once, seconds, numbers)
                rates.setdefault((name, at_once), []).append(rate)
                if name == "events":
                    waits.setdefault(at_once, []).extend(waited)
    stored = sum([await store.waiting(rig.place(number).address) for number in range(PEOPLE)])
    accepted = next(numbers) - 1
    if stored != accepted:
        raise RuntimeError(f"{accepted} events were acknowledged, {stored} are stored")
    await store.forget_namespace()
    await store.close()
    return _figures("", rates, waits) | {"stored": stored}


def _figures(prefix: str, rates: dict[tuple[str, int], list[float]], waits: dict[int, list[float]]) -> dict[str, float]:
    """Medians of the rates of one comparison, by how many called at once."""
    result: dict[str, float] = {}
    for at_once in AT_ONCE:
        ours, theirs = (statistics.median(rates[name, at_once]) for name in ("events", "baseline"))
        result[f"{prefix}ratio_{at_once}"] = ours / theirs
        result[f"{prefix}events_per_s_{at_once}"] = ours
        result[f"{prefix}baseline_per_s_{at_once}"] = theirs
        result[f"{prefix}ack_p99_ms_{at_once}"] = rig.percentile(waits[at_once], 0.99)
        result[f"{prefix}spread_{at_once}"] = max(rates["events", at_once]) / min(rates["events", at_once])
    return result


async def over_http(url: str, seconds: float, rounds: int) -> dict[str, float]:
    """The Slack adapter against a bare Bolt app."""
    numbers = itertools.count(1)
    rates: dict[tuple[str, int], list[float]] = {}
    waits: dict[int, list[float]] = {}
    store = ValkeyStore(url, slack.NAMESPACE)
    await slack.seed(store)
    accepted = 0
    async with (
        FakeSlack(signing_secret=slack.SECRET) as fake,
        slack.process("bare", fake.api_url, url) as bare,
        slack.process("hotseat", fake.api_url, url) as ours,
    ):
        ports = {"baseline": bare, "events": ours}
        for number in range(rounds + 1):  # the first is to warm up
            for at_once in AT_ONCE:
                for name, port in ports.items():
                    found = await slack.load(port, at_once, seconds if number else 0.3, numbers, 12_000)
                    accepted += found.acknowledged if name == "events" else 0
                    if number:
                        rates.setdefault((name, at_once), []).append(found.rate)
                        if name == "events":
                            waits.setdefault(at_once, []).extend(found.waits_ms)
    stored = sum([await store.waiting(slack.place(number).address) for number in range(slack.PEOPLE)])
    await store.close()
    if stored < accepted:
        raise RuntimeError(f"{accepted} events were acknowledged, {stored} are stored")
    return _figures("http_", rates, waits) | {"http_stored": stored}


async def measure(seconds: float, rounds: int, fsync: Fsync) -> dict[str, float]:
    """Both comparisons."""
    with tempfile.TemporaryDirectory() as folder, rig.valkey(Path(folder), fsync) as launched:
        found = await in_process(launched.url, seconds, rounds) | await over_http(launched.url, seconds, rounds)
    return {name: round(value, 3) for name, value in found.items()} | {"load": rig.load_average()}


def main() -> None:
    """Measure, print, and with `--json` print the figures as the last line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.accept", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--seconds", type=float, default=1.5, help="length of a round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--fsync", choices=("everysec", "always"), default="everysec", help="when writes are on the disk"
    )
    args = parser.parse_args()
    figures = asyncio.run(measure(args.seconds, args.rounds, args.fsync))
    table = Table("", "at once", "events/s", "baseline/s", "ratio", "p99 ms")
    for mark, title in (("", "in process"), ("http_", "signed HTTP")):
        for at_once in AT_ONCE:
            names = (f"{mark}events_per_s", f"{mark}baseline_per_s", f"{mark}ratio", f"{mark}ack_p99_ms")
            rate, base, ratio, wait = (figures[f"{name}_{at_once}"] for name in names)
            table.add_row(title, str(at_once), f"{rate:.0f}", f"{base:.0f}", f"{ratio:.2f}", f"{wait:.2f}")
    Console().print(table)
    if args.json:
        print(json.dumps(figures))


if __name__ == "__main__":
    main()

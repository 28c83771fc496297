"""A daily question in very many channels at the same minute, while interviews go on elsewhere.

Boards are set up by the organiser's form, all for one minute. When it comes, everything runs as in `hotseat run`: ticker, worker,
router, the boards' draws, the rounds' cards, sender; the store is a real Valkey, only the platform is a stand-in. It keeps
Discord's limits and answers what exceeds them with "try later" and for how long, as a 429 does:

  * 50 requests a second for a bot in all (Discord's documentation, "Rate Limits", global limit), counted over any second, which
    is the strictest reading. `--limit` is this number; it is larger by default, so that 10,000 posts do not take 200 s, and every
    share is of the number that was set.
  * 5 messages in 5 seconds for a channel (not documented as fixed; what `X-RateLimit-Limit` of the message route says).
  * An answer takes `--answer-ms` to come back, as over a network; a post counts as seen when it reaches the platform.

Meanwhile people are interviewed by the offline mind in conversations of their own, each with time to think. The time of a turn is
from their words until the reply reaches the platform, first without the burst and then while it is on.

`limit_share` is everything the platform took (interviews, too) from the minute on until the last card, over what its limit allows
in that time. Sizes run one after the other, each in a process of its own; `memory_mb` is that process at its largest (with the load
and the stand-in), `valkey_mb` the server. `timers_s` is how long the ticker took to ring all timers of the minute.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict, deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from redis.asyncio import Redis
from rich.console import Console
from rich.table import Table

from benchmarks import rig
from benchmarks.turn import ANSWER
from bot import app
from bot.chat import daily
from bot.chat.adapter import TryLater
from bot.chat.events import Ran, Said, Submitted
from bot.chat.ids import Address, Board, ConversationId, Person, where
from bot.chat.replies import Reply
from bot.delivery.ports import BOARD, Outcome
from bot.delivery.service import Delivery, Pace
from bot.interview.engine import Engine
from bot.interview.minds import Minds
from bot.library.load import Library
from bot.models.offline.grader import OfflineGrader
from bot.models.offline.interviewer import OfflineInterviewer
from bot.router import Router, concerned
from bot.store.valkey import ValkeyStore

SIZES = (1_000, 10_000)
CHANNEL_POSTS, CHANNEL_S = 5, 5.0
ANSWERS = 5
"""Answers that somebody gives before they begin another interview elsewhere."""

QUIET_S, WARM_S = 10.0, 4.0
"""How long interviews go on by themselves before the minute comes, and how much of that does not count."""


@dataclass(frozen=True, slots=True)
class Load:
    """What is asked for: boards, posts a second the platform takes, milliseconds its answer takes, people, seconds they think."""

    boards: int
    limit: int
    answer_ms: int
    people: int
    think_s: float


class Platform:
    """A platform with limits."""

    platform = "bench"

    def __init__(self, load: Load) -> None:
        self.posts_per_s = float(load.limit)
        self._limit = load.limit
        self._answer_s = load.answer_ms / 1000
        self._lately: deque[float] = deque()
        self._channels: defaultdict[str, deque[float]] = defaultdict(deque)
        self.taken: list[float] = []
        self.cards: Counter[str] = Counter()
        self.shown: set[str] = set()
        self.twice = 0
        self.refused: Counter[str] = Counter()
        self.waiting: dict[Address, asyncio.Future[float]] = {}
        self.progress = asyncio.Event()

    async def post(self, reply: Reply, known: str) -> str:
        """Take a post, or refuse it for now."""
        del known
        now = time.perf_counter()
        card = reply.move == "daily"
        self._limited(reply, now)
        self.taken.append(now)
        self.twice += reply.id in self.shown
        self.shown.add(reply.id)
        if card:
            self.cards[reply.to] += 1
            self.progress.set()
        elif (waits := self.waiting.pop(reply.to, None)) is not None:
            waits.set_result(now)
        await asyncio.sleep(self._answer_s)
        return reply.id

    def _limited(self, reply: Reply, now: float) -> None:
        channel = self._channels[str(where(reply.to))]
        for lately, room, span_s in ((self._lately, self._limit, 1.0), (channel, CHANNEL_POSTS, CHANNEL_S)):
            while lately and lately[0] <= now - span_s:
                lately.popleft()
            if len(lately) >= room:
                self.refused["card" if reply.move == "daily" else "turn"] += 1
                after_ms = max(1, round((lately[0] + span_s - now) * 1000))
                raise TryLater("too many requests", after_ms, everywhere=lately is self._lately)
        self._lately.append(now)
        channel.append(now)

    async def typing(self, conversation: Address) -> None:
        """Nobody watches."""


@dataclass
class Interviews:
    """People who are interviewed and think between two answers; `turns` has when each was said and the milliseconds it took."""

    delivery: Delivery
    platform: Platform
    load: Load
    turns: list[tuple[float, float]] = field(default_factory=list)

    async def person(self, number: int) -> None:
        """One of them, until cancelled."""
        chance = random.Random(number)
        who = Person("bench", "local", f"u{number}", "Ada")
        await asyncio.sleep(chance.uniform(0, WARM_S))
        serial = 0
        while True:
            serial += 1
            to = ConversationId("bench", "local", f"talk-{number}-{serial}").address
            begins = Ran(f"{to}:0", to, app.now_ms(), who, "practice", {"question": "stale-ai-search"})
            await self._replied(begins)
            for turn in range(1, ANSWERS + 1):
                await asyncio.sleep(chance.uniform(0, 2) * self.load.think_s)
                began = time.perf_counter()
                taken = await self._replied(Said(f"{to}:{turn}", to, app.now_ms(), who, ANSWER))
                self.turns.append((began, (taken - began) * 1000))

    async def _replied(self, event: Ran | Said) -> float:
        there = asyncio.get_running_loop().create_future()
        self.platform.waiting[event.to] = there
        await self.delivery.accept([event])
        return float(await there)

    def between(self, first: float, last: float) -> list[float]:
        """The milliseconds of the turns that were begun between two moments."""
        return [took for began, took in self.turns if first <= began < last]


class Timed(ValkeyStore):
    """The store, with a note of when timers rang."""

    rang: int = 0
    rang_at: float = 0.0

    async def fire_due(self, now_ms: int, limit: int = 100) -> int:
        """Ring, and note it."""
        rang = await super().fire_due(now_ms, limit)
        if rang:
            self.rang, self.rang_at = self.rang + rang, time.perf_counter()
        return rang


async def seed(store: ValkeyStore, router: Router, count: int, due_ms: int) -> None:
    """So many boards with a question due at a minute, set up by the form an hour before."""
    organiser = Person("bench", "local", "olga", "Olga")
    at = time.strftime("%H:%M", time.gmtime(due_ms / 1000))
    for start in range(0, count, 200):
        boards = [Board("bench", "local", f"c{number}") for number in range(start, min(count, start + 200))]
        for board in boards:
            form, fields = daily.form_id(daily.NEW, board.key), {"time": at, "zone": "UTC", "days": "daily"}
            event = Submitted(
                f"new {board.key}", board.address, due_ms - 3_600_000, organiser, form, fields, organiser=True
            )
            await store.accept([event])
        for _ in boards:
            await _set_up(store, router, due_ms)


async def _set_up(store: ValkeyStore, router: Router, due_ms: int) -> None:
    work = await store.claim(60_000, BOARD)
    assert work is not None
    outcome = await router(work.lease.actor, None, work.events, due_ms, _Nobody())
    assert outcome.timers
    await store.commit(work.lease, len(work.events), Outcome(outcome.state, (), outcome.timers))


class _Nobody:
    """Nobody watches the work."""

    async def typing(self) -> None:
        """Nobody watches."""

    async def step(self, text: str, done: int, total: int) -> None:
        """Nobody watches."""


async def measure(load: Load, folder: Path) -> dict[str, float]:
    """One size."""
    with rig.valkey(folder) as launched:
        store, platform = Timed(launched.url, "bench-daily"), Platform(load)
        minds = Minds({"offline": OfflineInterviewer()}, {"offline": OfflineGrader()})
        router = Router(Engine(Library.open(), minds))
        due_ms = (app.now_ms() // 60_000 + 1) * 60_000
        await seed(store, router, load.boards, due_ms)
        # The clock of delivery is set so that the minute comes when interviews have gone on for a while.
        ahead_ms = due_ms - app.now_ms() - round((QUIET_S + WARM_S) * 1000)
        delivery = Delivery(
            store, router, {"bench": platform}, lambda: app.now_ms() + ahead_ms, concerned=concerned, pace=Pace()
        )
        interviews = Interviews(delivery, platform, load)
        due_at = time.perf_counter() + WARM_S + QUIET_S
        delivery.start()
        app.settle_down()
        people = [asyncio.create_task(interviews.person(number)) for number in range(load.people)]
        sizes_kb: list[int] = []
        watching = asyncio.create_task(_watch(sizes_kb))
        try:
            async with asyncio.timeout(600):
                while len(platform.cards) < load.boards:
                    platform.progress.clear()
                    await platform.progress.wait()
            last = time.perf_counter()
            await asyncio.sleep(1)  # a card that came twice would come now
        finally:
            for task in (watching, *people):
                task.cancel()
            await asyncio.gather(watching, *people, return_exceptions=True)
            await delivery.stop()
        client = Redis.from_url(launched.url)
        peak = (await client.info("memory"))["used_memory_peak"]
        await client.aclose()
        found = _figures(load, platform, interviews, due_at, last)
        found |= {"memory_mb": max(sizes_kb) / 1024, "memory_before_mb": sizes_kb[0] / 1024, "valkey_mb": peak / 2**20}
        found |= {"timers_s": store.rang_at - due_at if store.rang == load.boards else -1.0}
        found |= {"letters": len(await store.dead_letters())}
        await store.close()
    return {name: round(value, 3) for name, value in found.items()}


async def _watch(sizes_kb: list[int]) -> None:
    own = os.getpid()
    while True:
        sizes_kb.append(rig.memory_kb(own))
        await asyncio.sleep(0.2)


def _figures(load: Load, platform: Platform, interviews: Interviews, due_at: float, last: float) -> dict[str, float]:
    quiet = interviews.between(due_at - QUIET_S, due_at)
    burst = interviews.between(due_at, last)
    taken = sum(due_at <= moment <= last for moment in platform.taken)
    found = {
        "limit_share": taken / (last - due_at) / load.limit,
        "burst_s": last - due_at,
        "posted": sum(platform.cards.values()),
        "duplicates": platform.twice,
        "refused_cards": platform.refused["card"],
        "refused_turns": platform.refused["turn"],
        "turns_quiet": len(quiet),
        "turns_burst": len(burst),
    }
    for name, waits in (("alone", quiet), ("burst", burst)):
        found[f"interview_p50_ms_{name}"] = statistics.median(waits)
        found[f"interview_p99_ms_{name}"] = rig.percentile(waits, 0.99)
    for share in ("p50", "p99"):
        found[f"interview_{share}_ratio"] = found[f"interview_{share}_ms_burst"] / found[f"interview_{share}_ms_alone"]
    return found


def _apart(args: argparse.Namespace, size: int) -> dict[str, float]:
    """One size in a process of its own: what one leaves in memory is not counted for the next."""
    command = [sys.executable, "-m", "benchmarks.daily", "--size", str(size), "--one"]
    for name in ("limit", "answer_ms", "people", "think_s"):
        command += [f"--{name.replace('_', '-')}", str(getattr(args, name))]
    done = subprocess.run(command, cwd=rig.ROOT, stdout=subprocess.PIPE, check=True, timeout=900)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> None:
    """Measure, print, and with `--json` print the figures as the last line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.daily", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--size", type=int, action="append", help="channels (default: 1000, then 10000)")
    parser.add_argument("--limit", type=int, default=250, help="posts a second that the platform takes")
    parser.add_argument("--answer-ms", type=int, default=50, help="how long the platform's answer takes")
    parser.add_argument("--people", type=int, default=300, help="who is interviewed meanwhile")
    parser.add_argument("--think-s", type=float, default=10.0, help="how long they think before an answer, on average")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one:
        logging.disable(logging.WARNING)  # each refusal is counted, and told of once in a line of the table
        load = Load(args.size[0], args.limit, args.answer_ms, args.people, args.think_s)
        with tempfile.TemporaryDirectory() as folder:
            print(json.dumps(asyncio.run(measure(load, Path(folder)))))
        return
    found = {size: _apart(args, size) for size in args.size or SIZES}
    table = Table("", *(f"{size:,} channels" for size in found))
    for name in next(iter(found.values())):
        table.add_row(name, *(f"{one[name]:g}" for one in found.values()))
    Console().print(table)
    if args.json:
        figures: dict[str, Any] = {
            f"{name}_{size}": value for size, one in found.items() for name, value in one.items()
        }
        print(json.dumps(figures | {"limit": args.limit, "load": rig.load_average()}))


if __name__ == "__main__":
    main()

"""One run: people talk, processes are shot at, and in the end the record is judged.

Every so often the weather is calm, nothing else happens, and one kill is measured: how long until everybody who had said
something before it, or said something while its lease ran, was answered.
"""

from __future__ import annotations

import asyncio
import random
import statistics
import tempfile
import time
from collections.abc import Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from benchmarks.chaos.check import Verdict, judge
from benchmarks.chaos.field import Crew, Server
from benchmarks.chaos.people import Clockwatcher, Post, Talker
from benchmarks.chaos.storm import Storm
from bot.store.letters import ValkeyLetters

NAMESPACE = "chaos"
LAST_WORDS_S = 60.0
"""How long answers may come after everybody has stopped talking; what comes later counts as lost."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How a run goes. A person says something every `every_s` on average; somebody is shot every `shot_s`; every `measured`th
    shot is measured. `cut_s` turns kills of the server into power cuts (see `Server`)."""

    seconds: float
    people: int = 60
    watchers: int = 5
    workers: int = 4
    lease_s: float = 3.0
    every_s: float = 2.0
    shot_s: float = 2.5
    measured: int = 14
    sentences: int = 24
    patience_s: float = 120.0
    fsync: str = "always"
    cut_s: float = 0.0
    seed: int = 1


@dataclass(slots=True)
class Shots:
    """What was done to them."""

    kills: int = 0
    server_kills: int = 0
    stops: int = 0
    restarts: int = 0
    recoveries_s: list[float] = field(default_factory=list)


class Fire:
    """The shooting."""

    def __init__(self, plan: Plan, storm: Storm, server: Server, crew: Crew, calm: Path) -> None:
        self._plan = plan
        self._storm = storm
        self._server = server
        self._crew = crew
        self._calm = calm
        self._chance = random.Random(plan.seed + 1)
        self._busy: set[int] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self.shots = Shots()

    async def shoot(self) -> None:
        """Until cancelled."""
        number = 0
        while True:
            await asyncio.sleep(self._chance.uniform(0.5, 1.5) * self._plan.shot_s)
            number += 1
            await self._crew.mourn(self._busy)
            if self._plan.measured and number % self._plan.measured == 0:
                await self._measured(server=number // self._plan.measured % 4 == 0)
            else:
                await self._one()

    async def end(self) -> None:
        """Let what was begun come to its end."""
        await asyncio.gather(*self._tasks)

    async def _one(self) -> None:
        standing = [number for number in self._crew.standing() if number not in self._busy]
        dice = self._chance.random()
        if dice < 0.10:
            await self._kill_server()
        elif not standing:
            return
        elif dice < 0.22 and len(standing) > 1:
            number = self._chance.choice(standing)
            self.shots.stops += 1
            length_s = self._plan.lease_s + self._chance.uniform(0.3, 2.0)
            self._meanwhile(number, self._crew.pause(number, length_s))
        elif dice < 0.32:
            number = self._chance.choice(standing)
            self.shots.restarts += 1
            self._meanwhile(number, self._crew.replace(number))
        else:
            self.shots.kills += 1
            await self._crew.kill(self._chance.choice(standing))

    def _meanwhile(self, number: int, doing: Coroutine[Any, Any, None]) -> None:
        async def done() -> None:
            try:
                await doing
            finally:
                self._busy.discard(number)

        self._busy.add(number)
        task = asyncio.ensure_future(done())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _kill_server(self) -> None:
        self.shots.kills += 1
        self.shots.server_kills += 1
        await self._server.kill()
        await asyncio.sleep(self._chance.uniform(0.1, 1.0))
        await self._server.start()

    async def _measured(self, server: bool) -> None:
        lease_s = self._plan.lease_s
        weather(self._storm, self._calm, calm=True)
        try:
            await self.end()
            await asyncio.sleep(slowest_s(self._plan) + 1.5)
            if server:
                await self._kill_server()
                since_s = time.monotonic()
            else:
                self.shots.kills += 1
                since_s = time.monotonic()
                await self._crew.kill(self._chance.choice(self._crew.standing()))
            await asyncio.sleep(lease_s + 2.5)
            self.shots.recoveries_s.append(self._longest_s(since_s, since_s + lease_s))
        finally:
            weather(self._storm, self._calm, calm=False)

    def _longest_s(self, since_s: float, until_s: float) -> float:
        """The longest anybody waited of those who had not been answered at the first moment, or spoke before the second."""
        now_s = time.monotonic()
        waits = [0.0]
        for owed in reversed(self._storm.record.owed):
            if owed.at_s < since_s - 60:
                break
            if owed.token.startswith("k") and owed.at_s <= until_s:
                answered_s = self._storm.answered_s.get((owed.channel, owed.token), now_s)
                if answered_s > since_s:
                    waits.append(answered_s - max(since_s, owed.at_s))
        return max(waits)


def weather(storm: Storm, file: Path, *, calm: bool) -> None:
    """Calm, or not, on the platform and in every process."""
    storm.calm = calm
    if calm:
        file.touch()
    else:
        file.unlink(missing_ok=True)


def slowest_s(plan: Plan) -> float:
    """The longest a model takes: beyond the lease, so that the heartbeat is needed."""
    return plan.lease_s * 1.6


async def run(plan: Plan) -> dict[str, Any]:
    """A whole run; its figures."""
    with tempfile.TemporaryDirectory(prefix="chaos-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        server = Server(folder, plan.fsync, plan.cut_s)
        storm = Storm(echo=False, chance=random.Random(plan.seed))
        calm = folder / "calm"
        try:
            await server.start()
            async with storm, aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
                crew = Crew(folder, plan.workers, environment(plan, storm, server, calm))
                try:
                    await crew.start()
                    return await _under_fire(plan, storm, server, crew, calm, session)
                finally:
                    await crew.stop()
        finally:
            await server.stop()


def environment(plan: Plan, storm: Storm, server: Server, calm: Path) -> dict[str, str]:
    """The settings of every process."""
    return {
        "HOTSEAT_REDIS_URL": server.url,
        "HOTSEAT_NAMESPACE": NAMESPACE,
        "HOTSEAT_LEASE_MS": f"{plan.lease_s * 1000:.0f}",
        "HOTSEAT_QUIET_MS": "0",
        "HOTSEAT_LOG_LEVEL": "error",
        "HOTSEAT_SLACK_HOST": "127.0.0.1",
        "HOTSEAT_SLACK_SIGNING_SECRET": storm.signing_secret,
        "HOTSEAT_SLACK_API_URL": storm.api_url,
        "CHAOS_SLOW_S": str(slowest_s(plan)),
        "CHAOS_CALM": str(calm),
    }


async def _under_fire(
    plan: Plan, storm: Storm, server: Server, crew: Crew, calm_file: Path, session: aiohttp.ClientSession
) -> dict[str, Any]:
    post = Post(storm, random.Random(plan.seed + 2), crew.ports, session)
    people = [
        (Clockwatcher if number < plan.watchers else Talker)(
            post,
            storm.member(f"p{number}"),
            random.Random(plan.seed + 100 + number),
            plan.every_s,
            plan.sentences,
            plan.patience_s,
        )
        for number in range(plan.people + plan.watchers)
    ]
    fire = Fire(plan, storm, server, crew, calm_file)
    stopping = asyncio.Event()
    began_s = time.monotonic()
    talking = [asyncio.create_task(person.talk(stopping)) for person in people]
    shooting = asyncio.create_task(fire.shoot())
    done, _ = await asyncio.wait([shooting], timeout=plan.seconds)
    for failed in done:
        failed.result()
    shooting.cancel()
    await asyncio.gather(shooting, return_exceptions=True)
    weather(storm, calm_file, calm=True)
    await fire.end()
    await server.ensure()
    stopping.set()
    await asyncio.gather(*talking)
    lasted_s = time.monotonic() - began_s
    until_s = time.monotonic() + LAST_WORDS_S
    for person in people:
        left_s = max(0.01, until_s - time.monotonic())
        await storm.hears(person.channel, lambda heard, of=person: storm.all_there(of.channel), left_s)  # type: ignore[misc]
    await post.close()
    verdict = judge(storm.record, plan.lease_s)
    letters = ValkeyLetters(server.url, NAMESPACE)
    set_aside = await letters.all()
    await letters.close()
    return _figures(plan, storm, post, people, fire.shots, crew, verdict, lasted_s) | {
        "set_aside": len(set_aside),
        "cut_bytes": server.cut_bytes,
        "died": crew.died,
        "examples": [
            *crew.last_words(),
            *verdict.examples,
            *(f"set aside: {letter.actor} {letter.reason}" for letter in set_aside),
        ][:40],
    }


def _figures(
    plan: Plan,
    storm: Storm,
    post: Post,
    people: list[Talker],
    shots: Shots,
    crew: Crew,
    verdict: Verdict,
    lasted_s: float,
) -> dict[str, Any]:
    waits = sorted(
        storm.answered_s[owed.channel, owed.token] - owed.at_s
        for owed in storm.record.owed
        if owed.token.startswith("k") and (owed.channel, owed.token) in storm.answered_s
    )
    return {
        "accepted": verdict.accepted,
        "kills": shots.kills,
        "lost": verdict.lost,
        "duplicates": verdict.duplicates,
        "duplicates_unavoidable": verdict.duplicates_unavoidable,
        "out_of_order": verdict.out_of_order,
        "recovery_s": round(max(shots.recoveries_s, default=0.0), 2),
        "recovery_median_s": round(statistics.median(shots.recoveries_s or [0.0]), 2),
        "recoveries_measured": len(shots.recoveries_s),
        "lease_s": plan.lease_s,
        "server_kills": shots.server_kills,
        "stops": shots.stops,
        "restarts": shots.restarts,
        "slowest_exit_s": round(max(crew.exits, default=0.0), 2),
        "shown": verdict.shown,
        "looks": len(storm.record.looks),
        "deliveries": post.tries,
        "platform_faults": storm.faults,
        "unanswered": sum(person.unanswered for person in people),
        "answer_p50_s": round(waits[len(waits) // 2], 3) if waits else 0.0,
        "answer_p99_s": round(waits[int(len(waits) * 0.99)], 2) if waits else 0.0,
        "answer_max_s": round(waits[-1], 2) if waits else 0.0,
        "timer_late_s": round(max((p.late_s for p in people if isinstance(p, Clockwatcher)), default=0.0), 2),
        "minutes": round(lasted_s / 60, 2),
        "fsync": plan.fsync,
        "power_cuts": plan.cut_s > 0,
        "seed": plan.seed,
    }

"""Several processes on one store, killed at random while events pour in: everything once and in order all the same."""

from __future__ import annotations

import asyncio
import itertools
import json
import random
import sys
from asyncio.subprocess import PIPE, Process

from redis.asyncio import Redis

from bot.delivery.mailbox import Intake
from bot.store.valkey import ValkeyStore
from tests.delivery.people import until, without_repeats
from tests.store.conversation import room, said

ROOMS = [room(f"r{number}") for number in range(12)]
PIECES = 25
KILLS = 7


async def member(url: str, namespace: str) -> Process:
    command = [sys.executable, "-m", "tests.delivery.swarm_member", url, namespace]
    process = await asyncio.create_subprocess_exec(*command, stdout=PIPE)
    assert process.stdout is not None
    assert await process.stdout.readline() == b"ready\n"
    return process


async def kill(process: Process) -> None:
    process.kill()
    await process.communicate()


async def test_a_swarm_under_fire(store: ValkeyStore, valkey_url: str, namespace: str) -> None:
    chance = random.Random(7)
    intake = Intake(store)
    members = list(await asyncio.gather(member(valkey_url, namespace), member(valkey_url, namespace)))
    killed = itertools.count()

    async def talk() -> None:
        for piece in range(PIECES):
            events = [said(str(piece), to, f"{to}#{piece}") for to in ROOMS]
            again = [event for event in events if chance.random() < 0.2]
            await asyncio.gather(*(intake.accept([event]) for event in events + again))
            await asyncio.sleep(0.04)

    async def fire() -> None:
        for _ in range(KILLS):
            await asyncio.sleep(chance.random() * 0.08)
            victim = chance.randrange(len(members))
            await kill(members[victim])
            next(killed)
            members[victim] = await member(valkey_url, namespace)

    await asyncio.gather(talk(), fire())
    expected = [str(piece) for piece in range(PIECES)]
    answers = [f"{piece}:{piece}" for piece in range(PIECES)]

    async with Redis.from_url(valkey_url) as client:

        async def wall(to: str) -> list[str]:
            return [
                one.decode() for one in await client.lrange(f"{namespace}:wall:{to}", 0, -1) if isinstance(one, bytes)
            ]

        async def all_said() -> bool:
            return all([answers[-1] in await wall(to) for to in ROOMS])

        await until(all_said, "every conversation answered to its end", 20)
        for process in members:
            await kill(process)
        repeats = 0
        for to in ROOMS:
            assert json.loads(await store.peek_state(to) or b"") == expected
            shown = await wall(to)
            assert without_repeats(shown) == answers
            repeats += len(shown) - len(answers)
        assert repeats <= next(killed) * 6, "a kill can repeat at most what was just being sent"
    assert await store.dead_letters() == []

"""Gateway messages accepted durably per second, against a bare discord.py client that awaits one Valkey write per message.

Both are real discord.py over a websocket on this machine, fed with the same direct messages of people in interviews, on the
same Valkey, in turn and in the same run. The bare client does nothing but `RPUSH` and count. Ours goes the whole way in: whose
interview it is, the event, dedupe and mailbox in one script; nothing is answered meanwhile. The server is a process of its own.

`throughput_ratio` is our rate over the bare client's.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import logging
import multiprocessing
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import discord
import yarl
from redis.asyncio import BlockingConnectionPool, Redis

from bot import app
from bot.adapters.discord import parse
from bot.adapters.discord.client import intents
from bot.adapters.discord.connect import DiscordAdapter
from bot.adapters.discord.places import Place
from bot.chat.events import Event
from bot.chat.ids import Address, Person
from bot.delivery.mailbox import Intake
from bot.library.load import Library
from bot.reception import Desk
from bot.store import embedded
from bot.store.notes import ValkeyNotes
from bot.store.valkey import ValkeyStore
from tests.fakes.discord.server import TOKEN, Discord

PEOPLE = 50
TEXT = "I'd compare when each page was last indexed with when it was last edited, and look at whether the job failed."


def feed(pipe: Connection) -> None:
    """A Discord in a process of its own: tells its addresses and channels, then writes as many messages as it is told."""
    asyncio.run(_feed(pipe))


async def _feed(pipe: Connection) -> None:
    async with Discord() as server:
        people = [server.world.person(f"Person {number}") for number in range(PEOPLE)]
        channels = [server.world.direct(person) for person in people]
        pipe.send((server.api_url, server.gateway.url, people, [channel.id for channel in channels]))
        loop = asyncio.get_running_loop()
        while (count := await loop.run_in_executor(None, pipe.recv)) is not None:
            for number in range(count):
                server.write(channels[number % PEOPLE], people[number % PEOPLE], TEXT)
                if number % 100 == 99:
                    await asyncio.sleep(0)
            for session in server.gateway.sessions.values():
                session.sent.clear()


class Counter:
    """Counts, and tells when there were enough."""

    def __init__(self) -> None:
        self.count = 0
        self.wanted = 0
        self.enough = asyncio.Event()

    def add(self, count: int) -> None:
        """So many more."""
        self.count += count
        if self.count >= self.wanted:
            self.enough.set()


class Ours(Desk):
    """A reception where everybody is in an interview: finding that out is remembered for a moment by the real one, too."""

    owners: dict[Address, Person]

    async def candidate(self, conversation: Address) -> Person | None:
        """Whoever writes there."""
        return self.owners.get(conversation)


@contextlib.asynccontextmanager
async def bare(counter: Counter, url: str) -> Any:
    """The baseline, connected."""
    # A pool that waits: a burst makes more writes than the plain one has connections, and they would fail.
    redis = Redis(connection_pool=BlockingConnectionPool.from_url(url, max_connections=100, timeout=None))
    connected = asyncio.Event()

    class Client(discord.Client):
        async def on_connect(self) -> None:
            connected.set()

        async def on_message(self, message: discord.Message) -> None:
            if message.author.bot:
                return
            held = json.dumps({"id": message.id, "author": message.author.id, "text": message.content})
            await redis.rpush(f"bare:{message.channel.id}", held)
            counter.add(1)

    client = Client(intents=intents(message_content=False), max_messages=None)
    task = asyncio.create_task(client.start(TOKEN))
    await connected.wait()
    yield
    await client.close()
    await asyncio.gather(task, return_exceptions=True)
    await redis.aclose()


@contextlib.asynccontextmanager
async def ours(counter: Counter, url: str, api: str, gateway: str, people: list[int], channels: list[int]) -> Any:
    """Hotseat's way in, connected."""
    store, notes = ValkeyStore(url, "benchmark"), ValkeyNotes(url, "benchmark")
    intake = Intake(store, 700)

    async def accept(events: Sequence[Event]) -> None:
        await intake.accept(events)
        counter.add(len(events))

    adapter = DiscordAdapter(TOKEN, notes, app.now_ms, api_url=api, gateway_url=gateway)
    desk = Ours(Library.open(None), store.peek_state)
    desk.owners = {}
    for person, channel in zip(people, channels, strict=True):
        desk.owners[parse.direct(channel)] = parse.person(person, "")
        await adapter.places.keep(parse.direct(channel), Place(person, "", "message", channel))
    task = asyncio.create_task(adapter.run(accept, desk))
    await adapter.connected()
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await store.close()
    await notes.close()


async def rate(counter: Counter, pipe: Connection, count: int) -> float:
    """Messages per second from the first word to the last write."""
    counter.count, counter.wanted = 0, count
    counter.enough.clear()
    start = time.perf_counter()
    pipe.send(count)
    async with asyncio.timeout(60):
        await counter.enough.wait()
    return count / (time.perf_counter() - start)


async def measure(count: int, rounds: int) -> dict[str, float]:
    """Both ways in turn; the medians."""
    logging.disable(logging.WARNING)
    here, there = multiprocessing.get_context("spawn").Pipe()
    feeder = multiprocessing.get_context("spawn").Process(target=feed, args=(there,), daemon=True)
    feeder.start()
    api, gateway, people, channels = await asyncio.get_running_loop().run_in_executor(None, here.recv)
    discord.http.Route.BASE = api
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway)
    rates: dict[str, list[float]] = {"bare": [], "hotseat": []}
    with tempfile.TemporaryDirectory() as folder:
        launched = embedded.launch(Path(folder))
        ways: dict[str, Callable[[Counter], Any]] = {
            "bare": lambda counter: bare(counter, launched.url),
            "hotseat": lambda counter: ours(counter, launched.url, api, gateway, people, channels),
        }
        for _ in range(rounds):
            for name, way in ways.items():
                counter = Counter()
                async with way(counter):
                    await rate(counter, here, count // 5)  # warm
                    rates[name].append(await rate(counter, here, count))
        launched.close()
    here.send(None)
    feeder.join(5)
    found = {name: statistics.median(held) for name, held in rates.items()}
    return {
        "messages_per_s": round(found["hotseat"]),
        "baseline_messages_per_s": round(found["bare"]),
        "throughput_ratio": round(found["hotseat"] / found["bare"], 3),
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--messages", type=int, default=4000, help="messages in each round")
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args(arguments)
    found = asyncio.run(measure(chosen.messages, chosen.rounds))
    if chosen.json:
        print(json.dumps(found))
    else:
        for name, value in found.items():
            print(f"{name:24} {value}")


if __name__ == "__main__":
    main()

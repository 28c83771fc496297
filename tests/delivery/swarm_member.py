"""One process of the swarm: delivers until it is killed. What it posts lands in a list on the server, as on a platform."""

from __future__ import annotations

import asyncio
import random
import sys
from collections.abc import Sequence

from redis.asyncio import Redis

from bot.chat.events import Event
from bot.chat.ids import Address
from bot.chat.replies import Progressing, Reply
from bot.delivery.ports import Outcome
from bot.delivery.sender import SenderPace
from bot.delivery.service import Delivery, Pace
from bot.delivery.worker import WorkerPace
from bot.store.valkey import ValkeyStore
from tests.delivery.people import note_taker
from tests.store.conversation import now_ms

PACE = Pace(
    worker=WorkerPace(lease_ms=250, concurrency=6, attempts=1000, together=1000, retry_ms=5),
    sender=SenderPace(lease_ms=250, concurrency=6, retry_ms=5),
)


class Wall:
    """A platform where everything posted is appended to one list per conversation."""

    platform = "terminal"

    def __init__(self, url: str, namespace: str) -> None:
        self._client = Redis.from_url(url)
        self._namespace = namespace

    async def post(self, reply: Reply, known: str) -> str:
        del known
        await asyncio.sleep(random.random() * 0.003)
        await self._client.rpush(f"{self._namespace}:wall:{reply.to}", reply.id)
        await asyncio.sleep(random.random() * 0.003)
        return reply.id

    async def typing(self, conversation: Address) -> None:
        del conversation


async def slow_note_taker(
    actor: Address, state: bytes | None, events: Sequence[Event], now_ms: int, report: Progressing
) -> Outcome:
    await asyncio.sleep(random.random() * 0.01)
    return await note_taker(actor, state, events, now_ms, report)


async def main(url: str, namespace: str) -> None:
    store = ValkeyStore(url, namespace)
    delivery = Delivery(store, slow_note_taker, {"terminal": Wall(url, namespace)}, now_ms, pace=PACE)
    delivery.start()
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))

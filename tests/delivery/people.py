"""Stand-ins at the edges of delivery: a platform that remembers what was posted, a handler that writes down what was said."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Sequence

from bot.chat.events import Event, Said
from bot.chat.ids import Address
from bot.chat.replies import Progressing, Reply
from bot.delivery.ports import Outcome
from bot.delivery.sender import SenderPace
from bot.delivery.service import Pace
from bot.delivery.worker import WorkerPace
from tests.store.conversation import reply

QUICK = Pace(
    worker=WorkerPace(lease_ms=60, attempts=100, together=100, retry_ms=5, longest_retry_ms=20),
    sender=SenderPace(lease_ms=60, retry_ms=5, longest_retry_ms=20),
)


class Platform:
    """An adapter that shows replies in a list. What people see of a reply is its id."""

    platform = "terminal"

    def __init__(self) -> None:
        self.shown: list[str] = []
        self.typed: list[Address] = []
        self.known: list[str] = []
        self.trouble: list[Exception] = []

    async def post(self, reply: Reply, known: str) -> str:
        if self.trouble:
            raise self.trouble.pop(0)
        self.shown.append(reply.id)
        self.known.append(known)
        return f"ref-{reply.id}"

    async def typing(self, conversation: Address) -> None:
        self.typed.append(conversation)


async def note_taker(
    actor: Address, state: bytes | None, events: Sequence[Event], now_ms: int, report: Progressing
) -> Outcome:
    """Keeps a list of everything said and answers each piece once."""
    del now_ms, report
    heard: list[str] = json.loads(state or b"[]")
    new = [event.text for event in events if isinstance(event, Said)]
    answers = tuple(reply(f"{len(heard) + number}:{text}", to=actor) for number, text in enumerate(new))
    return Outcome(json.dumps(heard + new).encode(), answers)


async def until(true: Callable[[], bool | Awaitable[bool]], what: str, seconds: float = 10) -> None:
    """Wait for something that has to come true, and fail with `what` if it does not."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = true()
        if found if isinstance(found, bool) else await found:
            return
        await asyncio.sleep(0.003)
    raise AssertionError(f"never: {what}")


def without_repeats(shown: Sequence[str]) -> list[str]:
    """What remains of a list when neighbours that are the same count once."""
    return [one for number, one in enumerate(shown) if number == 0 or shown[number - 1] != one]

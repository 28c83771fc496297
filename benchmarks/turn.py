"""What the engine adds to a turn, against a bare echo through the same mailbox, on a real Valkey.

Both go accept → mailbox → worker → handler → commit → outbox → adapter, one turn after the other. The echo's handler keeps a
counter and posts one line back. The engine's handler holds an interview with a mind that answers at once, so that what is
measured is the session, the rules and their storing; a second row has the offline mind instead.

`engine_p50_ms` and `engine_p99_ms` are the time inside the handler; `ratio_to_echo` is the median of whole turns over the echo's.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot import app
from bot.chat.events import Event, Ran, Said
from bot.chat.ids import Address, ConversationId, Person
from bot.chat.meanings import Paragraph
from bot.chat.replies import Progressing, Reply, Role
from bot.delivery.ports import Handler, Outcome
from bot.delivery.service import Delivery, Pace
from bot.interview.engine import Engine
from bot.interview.interviewer import Intent, Proposal, TurnRequest
from bot.interview.minds import Minds
from bot.library.load import Library
from bot.models.offline.grader import OfflineGrader
from bot.models.offline.interviewer import OfflineInterviewer
from bot.router import Router
from bot.store import embedded
from bot.store.valkey import ValkeyStore

ANSWER = (
    "I'd compare when each page was last indexed with when it was last edited, and look at whether the job failed. "
    "Then I'd tell the support agents which answers to double-check until it is fixed."
)
TURNS = 6
"""Answers in one interview, a usual number."""


class Instant:
    """A mind that takes no time: every turn is an answer that shows nothing, and the first move is made."""

    name = "offline"

    async def turn(self, request: TurnRequest) -> Proposal:
        """The first allowed move."""
        return Proposal(Intent.ANSWER, request.moves[0])


class Echo:
    """The baseline: counts, and says back what was said."""

    async def __call__(
        self, actor: Address, state: bytes | None, events: Sequence[Event], now_ms: int, report: Progressing
    ) -> Outcome:
        """One line back for all that was said."""
        count = int(state or b"0") + 1
        said = " ".join(event.text for event in events if isinstance(event, Said))
        return Outcome(
            str(count).encode(), (Reply(f"{events[-1].id}:echo", actor, Role.SYSTEM, "echo", (Paragraph(said),)),)
        )


class Screen:
    """A platform that only notes that something arrived."""

    platform = "bench"

    def __init__(self) -> None:
        self.arrived = asyncio.Event()

    async def post(self, reply: Reply, known: str) -> str:
        """Arrived."""
        self.arrived.set()
        return reply.id

    async def typing(self, conversation: Address) -> None:
        """Nobody watches."""


@dataclass
class Timed:
    """A handler with the time of every call, in milliseconds."""

    handler: Handler
    spent_ms: list[float] = field(default_factory=list)

    async def __call__(
        self, actor: Address, state: bytes | None, events: Sequence[Event], now_ms: int, report: Progressing
    ) -> Outcome:
        """Call it, and note how long it took."""
        began = time.perf_counter()
        outcome = await self.handler(actor, state, events, now_ms, report)
        if any(isinstance(event, Said) for event in events):
            self.spent_ms.append((time.perf_counter() - began) * 1000)
        return outcome


async def measure(url: str, name: str, handler: Handler, interviews: int) -> tuple[list[float], list[float]]:
    """Whole turns and the time inside the handler, both in milliseconds."""
    store, screen, timed = ValkeyStore(url, f"bench-{name}"), Screen(), Timed(handler)
    delivery = Delivery(store, timed, {"bench": screen}, app.now_ms, pace=Pace())
    delivery.start()
    whole: list[float] = []
    person = Person("bench", "local", "one")
    try:
        for number in range(interviews):
            to = ConversationId("bench", "local", f"{name}-{number}").address
            first = Ran(f"{name}:{number}:0", to, app.now_ms(), person, "practice", {"seed": "0"})
            events: list[Event] = [first]
            events += [
                Said(f"{name}:{number}:{turn}", to, app.now_ms(), person, ANSWER) for turn in range(1, TURNS + 1)
            ]
            for event in events:
                screen.arrived.clear()
                began = time.perf_counter()
                await delivery.accept([event])
                await screen.arrived.wait()
                if isinstance(event, Said):
                    whole.append((time.perf_counter() - began) * 1000)
                await delivery.settled(to)
    finally:
        await delivery.stop()
        await store.forget_namespace()
        await store.close()
    return whole, timed.spent_ms


def percentile(values: list[float], share: float) -> float:
    """The value below which this share of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


async def run(interviews: int) -> dict[str, float]:
    """All figures."""
    library = Library.open()
    grader = OfflineGrader()
    handlers: dict[str, Handler] = {
        "echo": Echo(),
        "engine": Router(Engine(library, Minds({"offline": Instant()}, {"offline": grader}))),
        "offline": Router(Engine(library, Minds({"offline": OfflineInterviewer()}, {"offline": grader}))),
    }
    figures: dict[str, float] = {"turns": interviews * TURNS}
    with tempfile.TemporaryDirectory() as folder:
        launched = embedded.launch(Path(folder))
        try:
            for name, handler in handlers.items():
                await measure(launched.url, f"warm-{name}", handler, 5)
                whole, inside = await measure(launched.url, name, handler, interviews)
                figures |= {
                    f"{name}_p50_ms": percentile(inside, 0.5),
                    f"{name}_p99_ms": percentile(inside, 0.99),
                    f"{name}_turn_p50_ms": statistics.median(whole),
                    f"{name}_turn_p99_ms": percentile(whole, 0.99),
                }
        finally:
            launched.close()
    figures["ratio_to_echo"] = figures["engine_turn_p50_ms"] / figures["echo_turn_p50_ms"]
    figures["offline_ratio_to_echo"] = figures["offline_turn_p50_ms"] / figures["echo_turn_p50_ms"]
    return {name: round(value, 3) for name, value in figures.items()}


def main() -> None:
    """Measure, print, and with `--json` print the figures as the last line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--interviews", type=int, default=100, help="interviews of six turns per row (default 100)")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    figures = asyncio.run(run(args.interviews))
    table = Table("handler", "inside p50 ms", "inside p99 ms", "whole turn p50 ms", "whole turn p99 ms", "to echo")
    for name in ("echo", "engine", "offline"):
        cells = [f"{figures[f'{name}_{key}_ms']:.2f}" for key in ("p50", "p99", "turn_p50", "turn_p99")]
        table.add_row(name, *cells, f"{figures[f'{name}_turn_p50_ms'] / figures['echo_turn_p50_ms']:.2f}")
    Console().print(table)
    if args.json:
        print(json.dumps(figures))


if __name__ == "__main__":
    main()

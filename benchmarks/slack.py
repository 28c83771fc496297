"""How many signed Slack events a second are acknowledged once they are durably stored, against a bare Bolt app.

The bare app verifies the signature and acknowledges, nothing else. Hotseat's is the adapter as it runs: the same check, the
interview looked up, the message in its mailbox on a real Valkey, and only then the acknowledgement. Both serve HTTP in a process
of their own, in turns, at 8 and at 64 connections; afterwards every acknowledged message is counted in the mailboxes.

`throughput_ratio` is Hotseat's rate over the bare app's at 64 connections, `throughput_ratio_8` at 8; `ack_p99_ms` is the 99th
percentile of the time until Hotseat's acknowledgement at 64, `ack_p99_8_ms` at 8.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import hmac
import itertools
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot import app
from bot.chat.events import Ran
from bot.chat.ids import Address, ConversationId, Person
from bot.delivery.ports import Outcome
from bot.interview import session as sessions
from bot.interview.engine import Engine
from bot.interview.minds import Minds
from bot.library.load import Library
from bot.models.offline.grader import OfflineGrader
from bot.models.offline.interviewer import OfflineInterviewer
from bot.store import embedded
from bot.store.valkey import ValkeyStore
from tests.fakes.slack import FakeSlack
from tests.fakes.slack.workspace import TEAM

PEOPLE = 200
SECRET = "5160c0ffee"
CONNECTIONS = (8, 64)
NAMESPACE = "bench-slack"
TEXT = "I'd compare when each page was last embedded with when it was last edited, and check whether the job errors."


@dataclass(frozen=True, slots=True)
class Round:
    """One round of load: events acknowledged, seconds it took, and each event's milliseconds."""

    acknowledged: int
    seconds: float
    waits_ms: list[float]

    @property
    def rate(self) -> float:
        """Events a second."""
        return self.acknowledged / self.seconds


class Quiet:
    """Nobody watches this work."""

    async def typing(self) -> None:
        """Nothing."""

    async def step(self, text: str, done: int, total: int) -> None:
        """Nothing."""


def place(number: int) -> ConversationId:
    """The direct conversation of one of the people."""
    return ConversationId("slack", TEAM, f"D{number:06}")


async def serve(kind: str, api_url: str, valkey: str) -> None:
    """One of the two servers, in its own process; says its port when it is ready."""
    if kind == "bare":
        await _bare(api_url)
    else:
        await _hotseat(api_url, valkey)


async def _bare(api_url: str) -> None:
    from aiohttp import web
    from slack_bolt.app.async_app import AsyncApp
    from slack_sdk.web.async_client import AsyncWebClient

    bolt = AsyncApp(client=AsyncWebClient(token="xoxb-fake", base_url=api_url), signing_secret=SECRET)

    @bolt.event("message")
    async def acknowledged() -> None:
        """Bolt has acknowledged already."""

    runner = web.AppRunner(bolt.web_app(), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


async def _hotseat(api_url: str, valkey: str) -> None:
    from bot.adapters.slack.connect import Access, SlackAdapter
    from bot.delivery.mailbox import Intake
    from bot.reception import Desk

    store = ValkeyStore(valkey, NAMESPACE)
    adapter = SlackAdapter(Access("xoxb-fake", "", SECRET, "127.0.0.1", 0, api_url), app.now_ms)
    reception = Desk(Library.open(None), store.peek_state)
    serving = asyncio.create_task(adapter.run(Intake(store, 700).accept, reception))
    ready = asyncio.create_task(adapter.ready.wait())
    await asyncio.wait((serving, ready), return_when=asyncio.FIRST_COMPLETED)
    app.settle_down()
    print(adapter.port, flush=True)
    await serving


def requests(numbers: Iterator[int], count: int) -> list[bytes]:
    """Whole signed HTTP requests, made before the clock runs."""
    made = []
    for number in itertools.islice(numbers, count):
        who = number % PEOPLE
        stamp = f"{time.time():.0f}"
        ts = f"{stamp}.{number:06}"
        event = {
            "type": "message",
            "channel": place(who).channel,
            "channel_type": "im",
            "user": f"U{who}",
            "text": TEXT,
        }
        event |= {"ts": ts, "event_ts": ts, "team": TEAM, "client_msg_id": str(number)}
        body = {
            "type": "event_callback",
            "team_id": TEAM,
            "api_app_id": "A0",
            "event_id": f"Ev{number}",
            "event": event,
        }
        text = json.dumps(body | {"authorizations": [{"team_id": TEAM, "user_id": "U0BOT", "is_bot": True}]})
        mac = hmac.new(SECRET.encode(), f"v0:{stamp}:{text}".encode(), hashlib.sha256).hexdigest()
        head = (
            f"POST /slack/events HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nContent-Length: {len(text)}\r\n"
            f"X-Slack-Request-Timestamp: {stamp}\r\nX-Slack-Signature: v0={mac}\r\n\r\n"
        )
        made.append(head.encode() + text.encode())
    return made


async def load(port: int, connections: int, seconds: float, numbers: Iterator[int], expected: float) -> Round:
    """Send events over so many connections, each waiting for its answer before the next."""
    waiting = iter(requests(numbers, int(expected * seconds * 1.5)))
    until = time.perf_counter() + seconds
    waits: list[float] = []

    async def one() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            for request in waiting:
                began = time.perf_counter()
                if began >= until:
                    return
                writer.write(request)
                head = await reader.readuntil(b"\r\n\r\n")
                if not head.startswith(b"HTTP/1.1 200"):
                    raise RuntimeError(f"not acknowledged: {head[:60]!r}")
                length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
                if length:
                    await reader.readexactly(length)
                waits.append((time.perf_counter() - began) * 1000)
        finally:
            writer.close()

    began = time.perf_counter()
    await asyncio.gather(*(one() for _ in range(connections)))
    return Round(len(waits), time.perf_counter() - began, waits)


async def seed(store: ValkeyStore) -> None:
    """An open interview for everybody."""
    engine = Engine(Library.open(None), Minds({"offline": OfflineInterviewer()}, {"offline": OfflineGrader()}))
    first = Person("slack", TEAM, "U0")
    begins = Ran("begin", place(0).address, app.now_ms(), first, "practice", {"question": "stale-ai-search"})
    session = (await engine.handle(place(0).address, None, [begins], Quiet())).session
    assert session is not None
    for number in range(PEOPLE):
        to: Address = place(number).address
        await store.accept([replace(begins, id=f"begin {number}", to=to)])
        work = await store.claim(60_000)
        assert work is not None
        own = replace(session, conversation=to, candidate=replace(first, id=f"U{number}"))
        await store.commit(work.lease, len(work.events), Outcome(sessions.dump(own)))


@contextmanager
def valkey() -> Iterator[str]:
    """A real server for the time of the benchmark."""
    with tempfile.TemporaryDirectory() as folder:
        launched = embedded.launch(Path(folder))
        try:
            yield launched.url
        finally:
            launched.close()


@asynccontextmanager
async def process(kind: str, api_url: str, url: str):  # type: ignore[no-untyped-def] # a context manager's own type says less
    """A server in a process of its own; its port."""
    running = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "benchmarks.slack", "--serve", kind, "--api", api_url, "--valkey", url),
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert running.stdout is not None
        yield int(await asyncio.wait_for(running.stdout.readline(), 60))
    finally:
        running.terminate()
        await running.wait()


async def measure(seconds: float, rounds: int) -> dict[str, float]:
    """Both servers in turns; the medians."""
    found: dict[tuple[str, int], list[Round]] = {}
    numbers = itertools.count(1)
    with valkey() as url:
        async with FakeSlack(signing_secret=SECRET) as slack:
            store = ValkeyStore(url, NAMESPACE)
            await seed(store)
            async with process("bare", slack.api_url, url) as bare, process("hotseat", slack.api_url, url) as ours:
                ports = {"bare": bare, "hotseat": ours}
                for kind, port in ports.items():
                    warm = await load(port, 8, 0.5, numbers, 8000)
                    found[kind, 0] = [warm]
                for _ in range(rounds):
                    for connections in CONNECTIONS:
                        for kind, port in ports.items():
                            round_ = await load(port, connections, seconds, numbers, 12_000)
                            found.setdefault((kind, connections), []).append(round_)
            stored = sum([await store.waiting(place(number).address) for number in range(PEOPLE)])
            await store.close()
    acknowledged = sum(one.acknowledged for (kind, _), many in found.items() for one in many if kind == "hotseat")
    if stored < acknowledged:
        raise RuntimeError(f"{acknowledged} events were acknowledged, {stored} are stored")
    return _summary(found, stored)


def _summary(found: dict[tuple[str, int], list[Round]], stored: int) -> dict[str, float]:
    result: dict[str, float] = {"stored": stored}
    for connections, mark in ((8, "_8"), (64, "")):
        rates = {kind: statistics.median(one.rate for one in found[kind, connections]) for kind in ("bare", "hotseat")}
        waits = [statistics.quantiles(one.waits_ms, n=100)[98] for one in found["hotseat", connections]]
        result[f"throughput_ratio{mark}"] = round(rates["hotseat"] / rates["bare"], 3)
        result[f"events_per_s{mark}"] = round(rates["hotseat"])
        result[f"bare_events_per_s{mark}"] = round(rates["bare"])
        result["ack_p99_8_ms" if mark else "ack_p99_ms"] = round(statistics.median(waits), 2)
    return result


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.slack", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--seconds", type=float, default=2.0, help="length of a round")
    parser.add_argument("--rounds", type=int, default=3, help="rounds per server and number of connections")
    parser.add_argument("--serve", choices=("bare", "hotseat"), help=argparse.SUPPRESS)
    parser.add_argument("--api", default="", help=argparse.SUPPRESS)
    parser.add_argument("--valkey", default="", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        asyncio.run(serve(options.serve, options.api, options.valkey))
        return
    result = asyncio.run(measure(options.seconds, options.rounds))
    if options.json:
        print(json.dumps(result))
        return
    table = Table("", "")
    for name, value in result.items():
        table.add_row(name, f"{value:g}")
    Console().print(table)


if __name__ == "__main__":
    main()

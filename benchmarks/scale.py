"""What many stored interviews cost: the time of a turn, bytes in Valkey, memory of a process.

- Three servers hold 10, 1,000 and 100,000 interviews; turns are taken in each of them by turns, through the whole delivery with a
  mind that answers at once. `latency_ratio` is the median with the most over the median with the fewest.
- A few hundred interviews are held by the real engine with the offline mind, with answers that people wrote for its questions:
  six answers each, and then on to the scorecard. `bytes_per_interview` is what every key of one takes together (state, references,
  record, timers, the mark of each event) after the sixth answer, `bytes_finished` after the scorecard; `kinds` says what takes how
  much. The stored thousands are copies of these under other names; `stored_bytes_N` is what Valkey's memory grew by for each.
- `memory_kb_per_conversation` is by how much a `hotseat run` grew when 10,000 people answered in interviews of their own.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import json
import re
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from redis.asyncio import Redis
from rich.console import Console
from rich.table import Table

from benchmarks import rig, turns
from benchmarks.turn import ANSWER, Instant, Screen
from bot import app
from bot.chat.events import Event, Ran, Said
from bot.chat.replies import Reply
from bot.delivery.ports import Handler
from bot.delivery.service import Delivery
from bot.interview.engine import Engine
from bot.interview.evidence import split
from bot.interview.minds import Minds
from bot.library.load import Library
from bot.models.offline.grader import OfflineGrader
from bot.models.offline.interviewer import OfflineInterviewer
from bot.router import Router
from bot.store.packing import pack, unpack
from bot.store.valkey import ValkeyStore

ANSWERS = 6
_NAMESPACE = "bench-scale"
_WRITTEN = rig.ROOT / "tests" / "models" / "offline" / "answers"
_COPY_FROM = 1_000_000  # people of the copies have numbers of their own


class Post(Screen):
    """Slack, as far as references go: a channel and a time stamp."""

    platform = "slack"

    def __init__(self) -> None:
        super().__init__()
        self._ts = itertools.count(1)

    async def post(self, reply: Reply, known: str) -> str:
        """Arrived."""
        await super().post(reply, known)
        return f"D0000001:1700000000.{next(self._ts):06}"


def interviews_written() -> list[tuple[str, list[str]]]:
    """Questions with six answers each, out of what people wrote for them: two or three sentences at a time."""
    written: dict[str, list[str]] = defaultdict(list)
    for path in sorted(_WRITTEN.glob("*.jsonl")):
        for line in path.read_text().splitlines():
            held = json.loads(line)
            if held["level"] > 0:
                written[held["question"]] += split(held["answer"])
    found = []
    for question, sentences in sorted(written.items()):
        pieces = [" ".join(sentences[at : at + 3]) for at in range(0, len(sentences), 3)]
        found += [(question, pieces[at : at + ANSWERS]) for at in range(0, max(1, len(pieces) - ANSWERS + 1), 2)]
    return [one for one in found if len(one[1]) == ANSWERS]


def script(number: int, question: str, answers: Sequence[str]) -> list[Event]:
    """An interview as its events: the command, then the answers."""
    to, who, now_ms = rig.place(number).address, rig.person(number), app.now_ms()
    begins = Ran(f"slack:begin:{number}", to, now_ms, who, "practice", {"question": question})
    return [
        begins,
        *(
            Said(f"slack:T0:D{number}:{turn}", to, now_ms, who, text, f"1700000000.{turn:06}")
            for turn, text in enumerate(answers)
        ),
    ]


def ending(number: int) -> list[Event]:
    """How an interview ends: they stop, and leave their own rating out."""
    to, who, now_ms = rig.place(number).address, rig.person(number), app.now_ms()
    return [Ran(f"slack:{word}:{number}", to, now_ms, who, word) for word in ("stop", "skip")]


async def held(url: str, namespace: str, handler: Handler, scripts: Mapping[int, Sequence[Event]]) -> list[float]:
    """Hold interviews one after the other; the milliseconds from each event to its last reply."""
    store, screen = ValkeyStore(url, namespace), Post()
    delivery = Delivery(store, handler, {"slack": screen}, app.now_ms)
    delivery.start()
    waits: list[float] = []
    try:
        for number, events in scripts.items():
            for event in events:
                screen.arrived.clear()
                began = time.perf_counter()
                await delivery.accept([event])
                await screen.arrived.wait()
                waits.append((time.perf_counter() - began) * 1000)
                await delivery.settled(event.to)
            await delivery.settled(rig.person(number).address)
    finally:
        await delivery.stop()
        await store.close()
    return waits


# Bytes


async def used(raw: Redis) -> int:
    """Bytes of memory the server uses for data and its tables: without connections and what is on its way to the disk."""
    found = await raw.info("memory")
    return int(found["used_memory"] - found["mem_clients_normal"] - found["mem_aof_buffer"])


async def kinds(raw: Redis) -> dict[str, tuple[float, int]]:
    """Bytes and number of keys by what they hold."""
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    async for key in raw.scan_iter(count=1000):
        name = key.decode()
        whose = "person's " if "actor:person:" in name else "interview's " if ":actor:" in name else ""
        what = "seen marks" if ":seen:" in name else f"{whose}{re.split(r'[:}]', name)[-1]}"
        found[what][0] += await raw.memory_usage(key, samples=0) or 0
        found[what][1] += 1
    return {what: (size, count) for what, (size, count) in found.items()}


async def sizes(url: str, count: int) -> dict[str, Any]:
    """What interviews weigh, held by the real engine."""
    raw, handler = Redis.from_url(url), offline()
    texts = interviews_written()
    chosen = {number: texts[number % len(texts)] for number in range(1, count + 1)}
    await held(url, _NAMESPACE, handler, {0: script(0, *texts[0])})  # what everybody shares is there already
    empty = await kinds(raw)
    await held(url, _NAMESPACE, handler, {number: script(number, *text) for number, text in chosen.items()})
    six = await kinds(raw)
    await held(url, _NAMESPACE, handler, {number: ending(number) for number in chosen})
    done = await kinds(raw)
    store = ValkeyStore(url, _NAMESPACE)
    states = [await store.peek_state(rig.place(number).address) or b"" for number in chosen]
    cards = [await store.peek_state(rig.person(number).address) or b"" for number in chosen]
    await store.close()
    await raw.aclose()
    if sum(b'"scorecard"' in card for card in cards) < count * 0.9:
        raise RuntimeError("most of these interviews should have come to a scorecard")
    result: dict[str, Any] = {"state_json_bytes": statistics.mean(map(len, states))}
    for mark, parts in (("", six), ("_finished", done)):
        each = {what: (size - empty.get(what, (0, 0))[0]) / count for what, (size, _) in parts.items()}
        result[f"kinds{mark}"] = {what: round(size) for what, size in each.items() if size >= 1}
        result["bytes_per_interview" if not mark else "bytes_finished"] = sum(each.values())
    return result


def offline() -> Router:
    """The engine with the offline mind."""
    return Router(Engine(Library.open(None), Minds({"offline": OfflineInterviewer()}, {"offline": OfflineGrader()})))


def instant() -> Router:
    """The engine with a mind that answers at once."""
    return Router(Engine(Library.open(None), Minds({"offline": Instant()}, {"offline": OfflineGrader()})))


# Many


async def copied(raw: Redis, count: int) -> None:
    """So many interviews under other names, with every key that the held ones have."""
    originals: dict[str, dict[bytes, bytes]] = defaultdict(dict)
    seen = 0
    async for key in raw.scan_iter(match=f"{_NAMESPACE}:*", count=1000):
        found = re.search(rb":actor:(?:talk|person):slack:T0HOTSEAT:[DU](\d{7})", key)
        if found and int(found.group(1)):
            originals[found.group(1).decode()][key] = await raw.dump(key) or b""
        seen += b":seen:" in key
    marks = seen // max(1, len(originals))
    names = itertools.cycle(originals.items())
    for start in range(0, count, 500):
        pipe = raw.pipeline(transaction=False)
        for number in range(start, min(count, start + 500)):
            old, keys = next(names)
            new = f"{_COPY_FROM + number:07}"
            for key, value in keys.items():
                name = key.replace(old.encode(), new.encode())
                if key.endswith(b":state"):
                    state = unpack(await _content(raw, key)).replace(old.encode(), new.encode())
                    pipe.set(name, pack(state), px=90 * 24 * 3_600_000)
                else:
                    pipe.restore(name, 90 * 24 * 3_600_000, value, replace=True)
            for mark in range(marks):
                pipe.set(f"{_NAMESPACE}:{{p0}}:seen:{number:016x}{mark:016x}", "1", px=3 * 24 * 3_600_000)
        await pipe.execute()


_contents: dict[bytes, bytes] = {}


async def _content(raw: Redis, key: bytes) -> bytes:
    if key not in _contents:
        _contents[key] = await raw.get(key) or b""  # type: ignore[assignment]
    return _contents[key]


async def latency(counts: Sequence[int], turns_each: int, rounds: int) -> dict[str, Any]:
    """The time of a turn beside so many stored interviews, each number on a server of its own, in turns."""
    texts, handler, numbers = interviews_written(), instant(), itertools.count(1)
    waits: dict[int, list[float]] = defaultdict(list)
    bytes_each: dict[str, float] = {}
    async with contextlib.AsyncExitStack() as until_left:
        urls: dict[int, str] = {}
        for count in counts:
            folder = until_left.enter_context(tempfile.TemporaryDirectory())
            urls[count] = until_left.enter_context(rig.valkey(Path(folder))).url
            raw = Redis.from_url(urls[count])
            before = await used(raw)
            few = min(count, 100)
            people = [_COPY_FROM - 1 - number for number in range(few)]
            chosen = {number: script(number, *texts[number % len(texts)]) for number in people}
            await held(urls[count], _NAMESPACE, offline(), chosen)
            await copied(raw, count - few)
            bytes_each[f"stored_bytes_{count}"] = (await used(raw) - before) / count
            await raw.aclose()
        for number in range(rounds + 1):  # the first is to warm up
            for count, url in urls.items():
                chosen = {}
                for _ in range(turns_each // ANSWERS):
                    one = next(numbers)
                    chosen[one] = script(one, "stale-ai-search", [ANSWER] * ANSWERS)
                took = await held(url, _NAMESPACE, handler, chosen)
                if number:
                    waits[count] += [wait for at, wait in enumerate(took) if at % (ANSWERS + 1)]
    result: dict[str, Any] = {f"turn_p50_ms_{count}": statistics.median(found) for count, found in waits.items()}
    result |= {f"turn_p99_ms_{count}": rig.percentile(found, 0.99) for count, found in waits.items()}
    result["latency_ratio"] = result[f"turn_p50_ms_{counts[-1]}"] / result[f"turn_p50_ms_{counts[0]}"]
    return result | bytes_each


# Memory


async def memory(conversations: int) -> dict[str, float]:
    """How much a process grows when so many people answer, each in an interview of their own."""
    side = turns.Side("memory", "hotseat", 1, set().union(*rig.cores()))
    with tempfile.TemporaryDirectory() as folder, rig.valkey(Path(folder)) as launched:
        async with rig.LeanSlack() as slack:
            people = await turns.seed(launched.url, side, 1, conversations + 200)
            async with turns.running(side, slack.api_url, launched.url) as (ports, ids):
                await turns.interviews(slack, ports, ids, people[:200], 64)
                before = rig.memory_kb(ids[0])
                await turns.interviews(slack, ports, ids, people[200:], 64, answers=1)
                after = rig.memory_kb(ids[0])
    return {
        "memory_mb_before": before / 1024,
        "memory_mb_after": after / 1024,
        "memory_kb_per_conversation": (after - before) / conversations,
        "memory_ratio": after / before,
    }


async def measure(counts: Sequence[int], interviews: int, rounds: int, conversations: int) -> dict[str, Any]:
    """All figures."""
    with tempfile.TemporaryDirectory() as folder, rig.valkey(Path(folder)) as launched:
        found = await sizes(launched.url, interviews)
    found |= await latency(counts, 300, rounds)
    found |= await memory(conversations)
    rounded = {name: round(value, 3) if isinstance(value, float) else value for name, value in found.items()}
    return rounded | {"load": rig.load_average()}


def main() -> None:
    """Measure, print, and with `--json` print the figures as the last line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.scale", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--stored", type=int, nargs="+", default=[10, 1_000, 100_000], help="fewest first")
    parser.add_argument("--interviews", type=int, default=300, help="how many are weighed")
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--conversations", type=int, default=10_000, help="live in one process")
    args = parser.parse_args()
    figures = asyncio.run(measure(args.stored, args.interviews, args.rounds, args.conversations))
    console = Console()
    table = Table("stored interviews", "turn p50 ms", "turn p99 ms", "bytes each")
    for count in args.stored:
        cells = (figures[f"turn_p50_ms_{count}"], figures[f"turn_p99_ms_{count}"], figures[f"stored_bytes_{count}"])
        table.add_row(f"{count:,}", f"{cells[0]:.2f}", f"{cells[1]:.2f}", f"{cells[2]:,.0f}")
    console.print(table)
    table = Table("bytes of an interview", "after six answers", "with its scorecard")
    for what, size in sorted(figures["kinds_finished"].items(), key=lambda one: -one[1]):
        table.add_row(what, f"{figures['kinds'].get(what, 0):,}", f"{size:,}")
    table.add_row("all of it", f"{figures['bytes_per_interview']:,.0f}", f"{figures['bytes_finished']:,.0f}")
    console.print(table)
    console.print(
        f"A process: {figures['memory_mb_before']:.0f} MB, after {args.conversations:,} live conversations "
        f"{figures['memory_mb_after']:.0f} MB ({figures['memory_kb_per_conversation']:.2f} KB each)"
    )
    if args.json:
        print(json.dumps(figures))


if __name__ == "__main__":
    main()

"""`hotseat history`: past interviews and their scorecards. Reads only; nothing is changed."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from typing import TYPE_CHECKING

from bot.commands import CannotRun

if TYPE_CHECKING:
    from bot.study.record import Entry, Record


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `history`."""
    parser = subparsers.add_parser(
        "history",
        help="past interviews and their scorecards",
        description="List your past interviews, or show the scorecard of one.",
    )
    parser.add_argument("number", nargs="?", type=int, metavar="N", help="show this one; 1 is the latest")
    parser.add_argument("--json", action="store_true", help="print JSON instead")
    parser.set_defaults(handler=_run)


def _run(args: argparse.Namespace) -> int:
    import asyncio

    record = asyncio.run(_record())
    entries = tuple(reversed(record.entries))
    if args.number is not None:
        if not 1 <= args.number <= len(entries):
            raise CannotRun(_out_of_range(args.number, len(entries)))
        _show(entries[args.number - 1], args.json)
        return 0
    if args.json:
        print(json.dumps([_plain(entry) for entry in entries], ensure_ascii=False))
    elif not entries:
        print("No interviews yet. `hotseat practice` starts one.")
    else:
        for number, entry in enumerate(entries, 1):
            print(_line(number, entry))
        print("\nhotseat history N shows one again.")
    return 0


def _out_of_range(number: int, count: int) -> str:
    if not count:
        return "There are no interviews yet. `hotseat practice` starts one."
    return f"There is no interview {number}; choose one from 1 (the latest) to {count}."


async def _record() -> Record:
    from bot import app, settings
    from bot.commands.practice import me
    from bot.store.valkey import ValkeyStore
    from bot.study import record

    configured = settings.load()
    url, launched = app.server_url(configured)
    store = ValkeyStore(url, configured.namespace, app.SCREENS)
    try:
        return record.load(await store.peek_state(me()[0].address))
    finally:
        await store.close()
        if launched is not None:
            launched.close()


def _line(number: int, entry: Entry) -> str:
    import datetime

    day = datetime.datetime.fromtimestamp(entry.at_ms / 1000).astimezone().strftime("%d %b %Y %H:%M")
    state = _state(entry)
    if entry.unfinished:
        state = "open, or left unfinished" if entry.scorecard is None else "left unfinished"
    return f"{number:>3}  {day}  {entry.title} ({entry.type}, {entry.level}) — {state}"


def _state(entry: Entry) -> str:
    if entry.scorecard is None:
        return "no scorecard"
    if entry.scorecard.numbers and entry.scorecard.overall is not None:
        return f"overall {entry.scorecard.overall:g}"
    from bot.chat.meanings import Verdict

    checks = [check for line in entry.scorecard.criteria for check in line.checks]
    covered = sum(check.verdict is Verdict.COVERED for check in checks)
    return f"{covered} of {len(checks)} points covered"


def _plain(entry: Entry) -> dict[str, object]:
    held = dataclasses.asdict(entry)
    del held["conversation"]
    return held


def _show(entry: Entry, as_json: bool) -> None:
    if as_json:
        print(json.dumps(_plain(entry), ensure_ascii=False))
        return
    if entry.scorecard is None:
        print(
            f"{entry.title}: still open, or left before there was anything to judge. `hotseat practice` goes on with it."
        )
        return
    from bot.adapters.terminal.connect import show

    show((entry.scorecard,), sys.stdout)
    if entry.redo is not None:
        print(f"\nYou took “{entry.redo.name}” again afterwards: {entry.redo.why}")

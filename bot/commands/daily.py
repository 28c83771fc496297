"""`hotseat daily --simulate`: days of a daily question with made-up members, in seconds, and whether all went as it should.

It reads arguments and says how it ended. The days are played in `simulation`, judged in `invariants`, put into words in `report`.
"""

from __future__ import annotations

import argparse
import re
from datetime import date
from typing import TYPE_CHECKING

from bot.commands import CannotRun

if TYPE_CHECKING:
    from bot.commands.simulation import Record, Script
    from bot.library.load import Library

BROKEN = 1
"""The exit code when something that must hold did not."""

LONGEST_DAYS = 84

ZONE, START = "Europe/London", date(2026, 3, 23)
"""London's clocks go forward on the seventh of these days."""


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `daily`."""
    parser = subparsers.add_parser(
        "daily",
        help="play days of a daily question with made-up members",
        description="Plays days of a daily question in seconds: what the channel and each member would see, restarts and outages "
        "included, and whether everything that must hold did. Nothing of it touches your data.",
        epilog="In Slack and Discord a daily question is set up in its channel: /hotseat daily new.",
    )
    parser.add_argument(
        "--simulate", type=_span, metavar="SPAN", help="for how long: 14d, 3d, 4w", dest="days", required=True
    )
    parser.add_argument("--members", type=int, default=10, metavar="N", help="how many take part (default: 10)")
    parser.add_argument("--seed", type=int, default=2, metavar="N", help="another seed is another story (default: 2)")
    parser.add_argument("--zone", default=ZONE, metavar="ZONE", help=f"the channel's time zone (default: {ZONE})")
    parser.add_argument(
        "--start", type=_date, default=START, metavar="DATE", help=f"the first day (default: {START.isoformat()})"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.set_defaults(handler=_run)


def _span(text: str) -> int:
    found = re.fullmatch(r"(\d{1,3})([dw])", text.strip().lower(), re.ASCII)
    days = int(found[1]) * (7 if found[2] == "w" else 1) if found else 0
    if not 1 <= days <= LONGEST_DAYS:
        raise argparse.ArgumentTypeError(f"days or weeks, please, such as 14d or 4w, at most {LONGEST_DAYS}d")
    return days


def _date(text: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = date.min
    if not 1980 <= found.year <= 2099:
        raise argparse.ArgumentTypeError("a date, please, such as 2026-03-23")
    return found


def _run(args: argparse.Namespace) -> int:
    import asyncio

    from bot import app, settings
    from bot.commands import invariants, members, practice, report
    from bot.commands.simulation import Script
    from bot.study import zones

    if not members.FEWEST <= args.members <= members.MOST:
        raise CannotRun(f"--members takes {members.FEWEST} to {members.MOST}.")
    if not zones.known(args.zone):
        near = zones.find(args.zone, 1)
        raise CannotRun(
            f"I don't know the time zone {args.zone[:40]!r}." + (f" Did you mean {near[0]}?" if near else "")
        )
    configured = settings.load()
    practice.configure_logging(configured)
    script = Script(args.days, members.cast(args.members, args.seed), args.seed, args.zone, args.start)
    record = asyncio.run(play(script, app.open_library(configured)))
    held = invariants.check(record)
    for line in (report.as_json if args.json else report.as_text)(record, held):
        print(line)
    return 0 if all(one.ok for one in held) else BROKEN


async def play(script: Script, library: Library) -> Record:
    """Play a script on a server of its own, which is gone afterwards."""
    import tempfile
    from pathlib import Path

    from bot.commands.simulation import Play
    from bot.interview.minds import Minds
    from bot.models.offline.grader import OfflineGrader
    from bot.models.offline.interviewer import OfflineInterviewer
    from bot.store.embedded import launch

    words = library.thesaurus if library.own_words else None
    minds = Minds({"offline": OfflineInterviewer(words)}, {"offline": OfflineGrader(words)})
    with tempfile.TemporaryDirectory(prefix="hotseat-daily-") as folder:
        server = launch(Path(folder))
        try:
            return await Play(script, server.url, "simulation", library, minds).run()
        finally:
            server.close()

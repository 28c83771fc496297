"""`hotseat dead`: what was set aside, for an operator: listed, looked at, put back, dropped.

Nobody's words are shown unless they are asked for: an operator who mends a fault may need them, one who only counts does not.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from bot.delivery.ports import DeadLetter
    from bot.store.letters import Opened, ValkeyLetters

T = TypeVar("T")

UNKNOWN = 1
"""The exit code when a letter that was named is not there, or cannot be put back."""

_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"))


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `dead`."""
    parser = subparsers.add_parser(
        "dead",
        help="look at what could not be handled or delivered",
        description="Events that failed again and again, and replies that can never arrive. They are kept for ninety days.",
        epilog="docs/operating.md says what brings letters here and when to put them back.",
    )
    what = parser.add_subparsers(title="what to do", metavar="WHAT", required=True)
    listing = what.add_parser("list", help="ids, ages and reasons; nobody's words")
    listing.add_argument("--limit", type=_count, default=100, metavar="N", help="at most so many (default: 100)")
    listing.set_defaults(handler=_list)
    show = what.add_parser("show", help="one letter in detail")
    show.add_argument("id", metavar="ID")
    show.add_argument("--words", action="store_true", help="also print what was written in it")
    show.set_defaults(handler=_show)
    for name, does, handler in (
        ("replay", "put letters back, the oldest first, behind what waits there", _replay),
        ("drop", "remove letters for good", _drop),
    ):
        parser = what.add_parser(name, help=does)
        parser.add_argument("ids", nargs="*", metavar="ID")
        parser.add_argument("--all", action="store_true", dest="every", help="every letter there is")
        parser.set_defaults(handler=handler)
    for one in what.choices.values():
        one.add_argument("--json", action="store_true", help="one JSON object a line")


def _count(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError("a whole number from 1 on")
    return int(text)


def _list(args: argparse.Namespace) -> int:
    letters = _with_letters(lambda held: held.all(args.limit))
    if args.json:
        for letter in letters:
            print(json.dumps(_plain(letter)))
        return 0
    if not letters:
        print("Nothing was set aside.")
        return 0
    rows = [(letter.id, age(letter.at_ms), letter.kind, letter.actor, letter.reason) for letter in letters]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    for row in rows:
        print("  ".join(part.ljust(width) for part, width in zip(row, (*widths, 0), strict=True)))
    return 0


def _show(args: argparse.Namespace) -> int:
    opened = _with_letters(lambda held: held.find(args.id))
    if opened is None:
        return _missing([args.id])
    shown = _plain(opened.letter) | _inside(opened, args.words)
    if args.json:
        print(json.dumps(shown, ensure_ascii=False))
        return 0
    for name, value in shown.items():
        print(f"{name:<10} {value}")
    if not args.words:
        print("\nWhat was written is in it too: --words prints it.")
    return 0


def _replay(args: argparse.Namespace) -> int:
    return _each(args, "replayed", lambda held, letter_id: held.replay(letter_id, lambda: time.time_ns() // 1_000_000))


def _drop(args: argparse.Namespace) -> int:
    return _each(args, "dropped", lambda held, letter_id: held.drop(letter_id))


def _each(args: argparse.Namespace, done: str, act: Callable[[ValkeyLetters, str], Awaitable[bool]]) -> int:
    """Do something with every letter named, the oldest first: their ids are moments."""
    from bot.commands import CannotRun
    from bot.store.letters import NotReplayed

    if bool(args.ids) == args.every:
        raise CannotRun("Name the letters by their ids (hotseat dead list has them), or say --all.")

    async def all_of_them(held: ValkeyLetters) -> tuple[list[str], list[str], list[str]]:
        found: list[str] = []
        missing: list[str] = []
        refused: list[str] = []
        names = [letter.id for letter in await held.all()] if args.every else dict.fromkeys(args.ids)
        for letter_id in sorted(names, key=lambda one: (len(one), one)):
            try:
                (found if await act(held, letter_id) else missing).append(letter_id)
            except NotReplayed as error:
                refused.append(str(error))
        return found, missing, refused

    found, missing, refused = _with_letters(all_of_them)
    for letter_id in found:
        print(json.dumps({"id": letter_id, "done": done}) if args.json else f"{letter_id} {done}")
    if not found and not missing and not refused and not args.json:
        print("Nothing was set aside.")
    for problem in refused:
        sys.stderr.write(f"hotseat: {problem}; it stays.\n")
    return _missing(missing) if missing else UNKNOWN if refused else 0


def _missing(ids: Iterable[str]) -> int:
    for letter_id in ids:
        sys.stderr.write(f"hotseat: there is no dead letter {letter_id}; hotseat dead list shows those there are.\n")
    return UNKNOWN


def _plain(letter: DeadLetter) -> dict[str, object]:
    return {
        "id": letter.id,
        "age": age(letter.at_ms),
        "at_ms": letter.at_ms,
        "kind": letter.kind,
        "actor": letter.actor,
        "reason": letter.reason,
    }


def _inside(opened: Opened, words: bool) -> dict[str, object]:
    """What a letter holds: of which kind and from when; with its words only if they are asked for."""
    item = opened.item
    held: dict[str, object] = {
        "holds": type(item).__name__ if item is not None else "something this version cannot read"
    }
    for name in ("move", "operation", "action", "form", "topic", "timer"):
        value = getattr(item, name, None)
        if value:
            held[name] = str(value)
    if item is not None:
        held["name"] = item.id
    if words:
        held["words"] = opened.text
    return held


def age(at_ms: int) -> str:
    """How long ago a moment was, roughly."""
    seconds = max(0, time.time_ns() // 1_000_000 - at_ms) // 1000
    return next((f"{seconds // size} {unit}" for size, unit in _UNITS if seconds >= size), f"{seconds} s")


def _with_letters(work: Callable[[ValkeyLetters], Awaitable[T]]) -> T:
    import asyncio

    from bot import app, settings
    from bot.store.letters import ValkeyLetters

    configured = settings.load()
    url, launched = app.server_url(configured)

    async def done() -> T:
        held = ValkeyLetters(url, configured.namespace, app.SCREENS)
        try:
            return await work(held)
        finally:
            await held.close()

    try:
        return asyncio.run(done())
    finally:
        if launched is not None:
            launched.close()

"""`hotseat doctor`: looks at everything an installation needs, changes nothing, and says what is missing and how to mend it."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.chat.findings import Finding
    from bot.settings import Settings

_SIGNS = {"good": "ok     ", "could": "could  ", "broken": "BROKEN "}


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `doctor`."""
    parser = subparsers.add_parser(
        "doctor",
        help="check this installation",
        description="Check settings, the store, the question bank and every chat platform there are credentials for. "
        "Changes nothing; exit code 1 if something is broken.",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.set_defaults(handler=_run)


def _run(args: argparse.Namespace) -> int:
    import asyncio

    from bot.chat.findings import Health

    found = asyncio.run(_examine())
    for finding in found:
        if args.json:
            held = {"health": finding.health.value, "what": finding.what, "why": finding.why, "fix": finding.fix}
            print(json.dumps(held, ensure_ascii=False))
        else:
            print(_SIGNS[finding.health.value] + finding.what)
            for line in (finding.why, finding.fix):
                if line:
                    print(" " * len(_SIGNS["good"]) + line)
    broken = sum(finding.health is Health.BROKEN for finding in found)
    if not args.json:
        print(f"\n{_counted(broken)}")
    return 1 if broken else 0


def _counted(broken: int) -> str:
    if not broken:
        return "Nothing is broken."
    return "One thing is broken." if broken == 1 else f"{broken} things are broken."


async def _examine() -> list[Finding]:
    from bot import settings
    from bot.chat.findings import broken, good

    try:
        configured = settings.load()
    except settings.SettingsError as error:
        return [broken(str(error), "Hotseat does not start with them.", "docs/settings.md has every setting.")]
    found = [good("The settings can be read")]
    for part in (_bank(configured), await _store(configured), _minds(configured), await _platforms(configured)):
        found += part
    return found


def _bank(configured: Settings) -> Iterable[Finding]:
    from bot import app
    from bot.chat.findings import broken, good
    from bot.library import packs
    from bot.library.problems import ContentError

    try:
        library = app.open_library(configured)
        questions = library.all()
    except ContentError as error:
        first = str(error).splitlines()[0]
        return [broken(first, "No interview can begin.", "`hotseat questions lint` names every line that is wrong.")]
    own = [sum(library.pack_of(question.id) == pack.name for question in questions) for pack in library.packs[1:]]
    of_them = ", ".join(f"{count} of them from {pack.name}" for count, pack in zip(own, library.packs[1:], strict=True))
    found = [good(f"The question bank holds {len(questions)} questions" + (f", {of_them}" if of_them else ""))]
    if library.left_out:
        why = packs.left_out(library.left_out)
        found.append(broken(str(library.left_out[0]), why, "`hotseat questions lint` names every line that is wrong."))
    return found


async def _store(configured: Settings) -> Iterable[Finding]:
    from bot.chat.findings import broken, good
    from bot.delivery.ports import StoreAway
    from bot.store import embedded
    from bot.store.valkey import ValkeyStore

    why = "Interviews are kept there; nothing works without it."
    if configured.redis_url is None:
        folder = configured.data_dir
        there = next(path for path in (folder, *folder.absolute().parents) if path.exists())
        if not os.access(there, os.W_OK):
            return [broken(f"{folder} cannot be written", why, "Set HOTSEAT_DATA_DIR to a folder of yours.")]
        try:
            embedded.find_server()
        except embedded.NoServer as error:
            return [broken("There is no server to keep anything in", why, str(error))]
        return [good(f"The bundled server keeps everything in {folder}")]
    store = ValkeyStore(configured.redis_url.get_secret_value(), configured.namespace)
    try:
        await store.ping()
    except (StoreAway, ValueError) as error:
        says = str(error) if isinstance(error, StoreAway) else "HOTSEAT_REDIS_URL is not the address of a server"
        return [broken(says, why, "Look at HOTSEAT_REDIS_URL, such as redis://localhost:6379/0.")]
    finally:
        await store.close()
    return [good("The store answers")]


def _minds(configured: Settings) -> Iterable[Finding]:
    from bot import app
    from bot.chat.findings import could, good

    try:
        app.check_mind(configured, "claude")
    except app.NoClaude as error:
        why = "The offline interviewer leads and coaches; it gives no levels."
        return [could("No key for Claude", why, str(error))]
    return [good("Claude leads and grades")]


async def _platforms(configured: Settings) -> Iterable[Finding]:
    from bot import app
    from bot.chat.findings import could

    found = await app.check_platforms(configured)
    if found:
        return found
    return [
        could(
            "No chat platform is set up",
            "`hotseat practice` in this terminal needs none; `hotseat run` needs one.",
            "docs/discord.md and docs/slack.md have the five minutes each takes.",
        )
    ]

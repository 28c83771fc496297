"""`hotseat practice`: a mock interview in this terminal, or one led by a script of answers.

Both go the whole way a chat platform's would: mailbox, worker, engine, outbox, adapter. The script is in `bot.commands.script`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.commands import CannotRun

if TYPE_CHECKING:
    from bot.chat.ids import ConversationId, Person
    from bot.library.load import Library
    from bot.settings import Settings

PRESENT_MS = 6_000
"""A terminal that was not heard of for this long is gone; it reports every two seconds."""

LEVELS = ("mid", "senior", "principal")
MINDS = ("auto", "claude", "offline")


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `practice`."""
    parser = subparsers.add_parser(
        "practice",
        help="hold a mock interview in this terminal",
        description="Hold a mock interview in this terminal. No key, no account, no server needed.",
        epilog="In the interview: hint, skip, pause, resume, time, stop, each as a message of its own. quit leaves and keeps.",
    )
    parser.add_argument("--type", metavar="TYPE", help="kind of question, such as debugging or product-design")
    parser.add_argument("--level", choices=LEVELS, help="the level you practise for")
    parser.add_argument("--question", metavar="ID", help="this very question (hotseat questions list)")
    parser.add_argument(
        "--job", metavar="FILE", help="choose questions and level by a job description; - reads it from the input"
    )
    parser.add_argument("--minutes", type=int, metavar="N", help="length of the interview, 1 to 120")
    parser.add_argument("--persona", metavar="ID", help="who interviews you")
    parser.add_argument("--mind", choices=MINDS, default="auto", help="who leads and grades (default: auto)")
    parser.add_argument("--seed", type=int, metavar="N", help="which variant of the question is drawn")
    parser.add_argument(
        "--script", type=Path, metavar="FILE", help="take the answers from a file, parted by lines of ---"
    )
    parser.add_argument("--json", action="store_true", help="with --script: one JSON object a line")
    parser.set_defaults(handler=_run)


def options(args: argparse.Namespace) -> dict[str, str]:
    """What was asked for, as the `practice` command carries it."""
    named = ("type", "level", "question", "minutes", "persona", "mind", "seed", "focus")
    return {name: str(getattr(args, name)) for name in named if getattr(args, name, None) is not None}


def me() -> tuple[Person, ConversationId]:
    """The person at this terminal and their conversation."""
    import getpass

    from bot.adapters.terminal.connect import local

    try:
        login = getpass.getuser()
    except (KeyError, OSError):
        # A container may run as a user with no name.
        login = "me"
    return local(login)


def _run(args: argparse.Namespace) -> int:
    import asyncio

    from bot import settings

    if args.json and args.script is None:
        raise CannotRun("--json needs --script FILE: a person reads cards, a program reads JSON.")
    configured = settings.load()
    # At a prompt, a log line on the screen would land in the middle of the interview.
    configure_logging(configured, aside=args.script is None and sys.stderr.isatty())
    if args.script is not None:
        from bot.commands import script

        return asyncio.run(script.run(configured, args))
    return asyncio.run(practise(configured, args))


def configure_logging(configured: Settings, *, aside: bool = False) -> None:
    """Log at the level asked for, to stderr, or `aside` to a file in the data folder. Nothing anybody wrote is ever logged."""
    import contextlib
    import logging
    from logging.handlers import RotatingFileHandler

    handler: logging.Handler = logging.StreamHandler(sys.stderr)
    if aside:
        with contextlib.suppress(OSError):
            configured.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
            handler = RotatingFileHandler(
                configured.data_dir / "hotseat.log", maxBytes=2**20, backupCount=1, delay=True
            )
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=configured.log_level.upper(), handlers=[handler])


@dataclass(frozen=True, slots=True)
class Apart:
    """An interview apart from the person's own: on a library and keys of its own, gone when it is over."""

    library: Library
    namespace: str
    ended: Callable[[bytes | None], Awaitable[None]]
    """Is given the session as it stood at the end."""
    farewell: str


async def practise(configured: Settings, args: argparse.Namespace, apart: Apart | None = None) -> int:
    """Hold the interview that was asked for in this terminal; the exit code."""
    import asyncio
    import uuid
    from concurrent.futures import ThreadPoolExecutor

    from bot.store import embedded

    # The server starts in another thread while the rest is imported: that is most of the way to the first question.
    with ThreadPoolExecutor(1) as pool:
        launching = None if configured.redis_url else pool.submit(embedded.launch, configured.data_dir)
        from bot import app
        from bot.adapters.terminal.connect import TerminalAdapter
        from bot.delivery.ports import StoreAway
        from bot.store.valkey import ValkeyStore

        person, conversation = me()
        library = app.open_library(configured) if apart is None else apart.library
        namespace = configured.namespace if apart is None else apart.namespace
        if apart is None:
            say_left_out(library)
        check_options(configured, library, args)
        adapter = TerminalAdapter(person, conversation, app.now_ms)
        launched = launching.result() if launching is not None else None
    url = launched.url if launched is not None else configured.redis_url.get_secret_value()  # type: ignore[union-attr]
    owner, address = uuid.uuid4().hex, conversation.address
    try:
        store = ValkeyStore(url, namespace, app.SCREENS)
        try:
            seen = await store.attached(address)
            await store.attach(address, owner, PRESENT_MS)
            events = [adapter.returned(seen.last_seen_ms)] if seen is not None else []
            # Stored before the ticker runs, so that no clock counts the time nobody was here.
            await store.accept([*events, adapter.ran("practice", options(args))])
            async with app.running(
                configured,
                url,
                library,
                adapter,
                address,
                namespace=namespace,
                quiet_ms=configured.quiet_ms,
            ) as running:

                async def touch() -> bool:
                    return await store.touch(address, owner, PRESENT_MS)

                async def settled() -> None:
                    await running.delivery.settled(address)

                code = await adapter.run(
                    running.delivery.accept,
                    touch=touch,
                    settled=settled,
                    refusals=(StoreAway,),
                    farewell=apart.farewell if apart is not None else "",
                )
            await store.detach(address, owner)
            if apart is not None:
                await apart.ended(await store.peek_state(address))
            return code
        finally:
            if apart is not None:
                await store.forget_namespace()
            await store.close()
    finally:
        if launched is not None:
            await asyncio.to_thread(launched.close)


def say_left_out(library: Library) -> None:
    """Say once which files of the operator's own questions are not used, and how to see why."""
    from bot.library import packs

    if said := packs.left_out(library.left_out):
        sys.stderr.write(f"hotseat: {said}\n")


def check_options(configured: Settings, library: Library, args: argparse.Namespace) -> None:
    """Refuse what cannot be met before anything is shown or stored. Of a job description only what was found in it goes on."""
    from bot import app
    from bot.interview.opening import Refused, check

    if args.job is not None:
        from bot.commands.job import focus

        args.focus = focus(args.job, library, args.level)
    try:
        check(library, options(args))
        app.check_mind(configured, args.mind)
    except (Refused, app.NoClaude) as refused:
        raise CannotRun(str(refused)) from None

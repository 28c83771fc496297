"""`hotseat run`: serves every chat platform there are credentials for, in one process, until told to stop."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from bot.commands import CannotRun

if TYPE_CHECKING:
    import asyncio

    from bot.settings import Settings

NOTHING_TO_SERVE = (
    "There is no chat platform to serve yet. For Discord set HOTSEAT_DISCORD_TOKEN (docs/discord.md). For Slack set "
    "HOTSEAT_SLACK_BOT_TOKEN, and HOTSEAT_SLACK_APP_TOKEN (Socket Mode) or HOTSEAT_SLACK_SIGNING_SECRET (HTTP); docs/slack.md "
    "has the five minutes it takes. `hotseat practice` needs none of it."
)


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `run`."""
    parser = subparsers.add_parser(
        "run",
        help="serve the chat platforms there are credentials for",
        description="Serve every chat platform there are credentials for, until told to stop.",
    )
    parser.set_defaults(handler=_run)


def _run(args: argparse.Namespace) -> int:
    import asyncio

    from bot import settings
    from bot.commands.practice import configure_logging

    del args
    configured = settings.load()
    configure_logging(configured)
    return asyncio.run(_serve(configured))


async def _serve(configured: Settings) -> int:
    import asyncio

    from bot import app
    from bot.commands.practice import say_left_out

    if not app.platforms(configured):
        raise CannotRun(NOTHING_TO_SERVE)
    library = await asyncio.to_thread(app.open_library, configured)
    say_left_out(library)
    stopping = asyncio.Event()
    _stop_on_signals(stopping)
    url, launched = await asyncio.to_thread(app.server_url, configured)
    try:
        async with app.network(configured, url) as adapters:
            print(
                f"Hotseat serves {' and '.join(adapter.platform.capitalize() for adapter in adapters)}. Ctrl-C stops it.",
                flush=True,
            )
            await app.serve(configured, url, adapters, stopping, library)
    finally:
        if launched is not None:
            await asyncio.to_thread(launched.close)
    return 0


def _stop_on_signals(stopping: asyncio.Event) -> None:
    """Stop in good order when told to, by Ctrl-C or by whoever runs us."""
    import asyncio
    import signal

    loop = asyncio.get_running_loop()
    for one in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(one, stopping.set)

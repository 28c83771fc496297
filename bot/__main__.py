"""The `hotseat` command: finds the subcommand, and says failures to start in plain words.

What a subcommand does is in `bot.commands`; nothing heavy is imported here.
"""

from __future__ import annotations

import argparse
import os
import sys

from bot import __version__
from bot.commands import CannotRun, daily, dead, doctor, grade, history, ledger, practice, questions, run

FAILED = 2


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    top = argparse.ArgumentParser(
        prog="hotseat",
        description="Practise interviews: a demanding interviewer, and feedback that quotes you.",
        epilog="Start with: hotseat practice",
    )
    top.add_argument("--version", action="version", version=f"hotseat {__version__}")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", dest="command")
    for command in (practice, daily, run, doctor, history, grade, questions, ledger, dead):
        command.register(commands)
    return top


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; the exit code. Never a traceback for what a person can mend."""
    chosen = parser().parse_args(arguments)
    if chosen.command is None:
        parser().print_help()
        return 0
    try:
        code: int = chosen.handler(chosen)
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read our output has gone; writing anything more would only fail again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except Exception as error:
        if not _is_for_people(error):
            raise
        sys.stderr.write(f"hotseat: {error}\n")
        return FAILED


def _is_for_people(error: Exception) -> bool:
    """Whether an error's text was written for whoever runs the command (and the program is not simply broken)."""
    from bot.chat.adapter import NotServed
    from bot.delivery.ports import StoreAway
    from bot.library.problems import ContentError
    from bot.settings import SettingsError
    from bot.store.embedded import NoServer
    from bot.store.wire import StoreFault

    plain = (SettingsError, ContentError, NoServer, StoreAway, StoreFault, NotServed, CannotRun)
    return isinstance(error, plain)


if __name__ == "__main__":
    sys.exit(main())

"""`hotseat questions new` and `try`: begin a question, and hold an interview on it before anybody else sees it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from bot.commands import CannotRun

if TYPE_CHECKING:
    from bot.library.load import Library


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `new` and `try`."""


def with_file(library: Library, wanted: str) -> tuple[Library, str]:
    """The library and the id of a question that is wanted by its id or by its file; the file's question is then added.

    `ContentError` with everything that is wrong when the file does not have the shape of a question.
    """
    path = Path(wanted)
    if "/" not in wanted and path.suffix not in {".yaml", ".yml"}:
        return library, wanted
    from bot.library.items import Question
    from bot.library.load import read
    from bot.library.problems import validated

    if not path.exists():
        raise CannotRun(f"There is no file {wanted}.")
    resolved = path.resolve()
    question = validated(Question, path, read(resolved, resolved.parent))
    return library.beside(question, resolved), question.id

"""Reading a job description for `--job`: from a file, or from the input with `-`. It is looked through, never shown or kept."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TYPE_CHECKING

from bot.commands import CannotRun

if TYPE_CHECKING:
    from bot.library.load import Library

LIMIT_BYTES = 1024 * 1024
ASKING = "Paste the job description, then press Ctrl-D on an empty line.\n"


def focus(name: str, library: Library, level: str | None = None) -> str:
    """What a job description says about questions, and about the level if none was asked for, as the option `focus` carries
    it."""
    from bot.interview.opening import FOCUS, JOB, settled

    text = _text(name)
    if not text.strip():
        raise CannotRun(
            "The job description is empty, so there is nothing to choose by. Leave --job out to practise without one."
        )
    return settled(library, {JOB: text, "level": level or ""})[FOCUS]


def _text(name: str) -> str:
    called = "The job description" if name == "-" else name
    try:
        raw = _standard_input() if name == "-" else _file(name)
    except OSError as error:
        raise CannotRun(f"{called} can't be read: {(error.strerror or 'it is no file').lower()}.") from None
    if len(raw) > LIMIT_BYTES:
        raise CannotRun(f"{called} is larger than 1 MiB; a job description is a page or two of text.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = ""
    if (raw and not text) or "\0" in text:
        raise CannotRun(f"{called} is not plain text in UTF-8. Copy the words out of it into a text file.")
    return text


def _file(name: str) -> bytes:
    with open(name, "rb") as file:
        return file.read(LIMIT_BYTES + 1)


def _standard_input() -> bytes:
    if sys.stdin.isatty():
        sys.stderr.write(ASKING)
    raw = sys.stdin.buffer.read(LIMIT_BYTES + 1)
    if not sys.stdin.isatty():
        # What was piped in is read; the interview itself is typed, if there is anybody to type it.
        with contextlib.suppress(OSError):
            terminal = os.open("/dev/tty", os.O_RDWR)
            os.dup2(terminal, 0)
            os.close(terminal)
    return raw

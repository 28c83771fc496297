"""A pack: a folder of questions with a name, which adds to the built-in bank or stands in its place.

Finds the files of such a folder, which may come from a stranger: names only, bounded, nothing outside the folder. Reading
and judging the files is `judge`'s and `lint`'s work, putting packs together `load`'s.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Final

from bot.library import problems, strict_yaml
from bot.library.items import PackFile
from bot.library.problems import ContentError, Problem
from bot.library.strict_yaml import Refused, parse, read_text

BUILT_IN: Final = "built-in"
"""The name of the pack that ships with the program."""

PACK_FILE: Final = "pack.yaml"
FOLDERS: Final = ("items", "rubrics", "personas")
_OWN_FILES = frozenset({PACK_FILE, "thesaurus.yaml", "tags.yaml"})

FILES_LIMIT: Final = 2_000
"""Files of one pack that are read."""

ENTRIES_LIMIT: Final = 20_000
"""Entries of one folder that are looked at."""

NAMED: Final = 4
"""Files that are named in one sentence."""

BYTES_LIMIT: Final = 32 * 1024 * 1024
"""What all files of one pack may come to."""


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack in force. `root` is its folder, resolved."""

    name: str
    root: Path
    replaces_bank: bool = False


@dataclass(slots=True)
class Found:
    """The files of a pack, sorted, and what stands where it will not be read."""

    items: list[Path] = field(default_factory=list)
    rubrics: list[Path] = field(default_factory=list)
    personas: list[Path] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def is_pack(folder: Path) -> bool:
    """Whether a folder looks like a pack: it has one of a pack's folders, or says that it is one."""
    return (folder / PACK_FILE).exists() or any((folder / name).is_dir() for name in FOLDERS)


def no_pack(folder: Path) -> Problem:
    """The problem of a folder that is no pack."""
    if not folder.exists():
        return Problem(problems.shown(folder), 1, "", "is not there")
    what = "has no folder `items`" if folder.is_dir() else "is a file; name the folder that holds `items`"
    return Problem(problems.shown(folder), 1, "", f"is not a question bank: it {what}")


def described(root: Path) -> tuple[Pack, tuple[Problem, ...]]:
    """The pack in a folder as its `pack.yaml` describes it; named after the folder, adding to the bank, where it does not."""
    plain = Pack(problems.printable(root.name)[:60] or "pack", root)
    path = root / PACK_FILE
    if not os.path.lexists(path):
        return plain, ()
    try:
        held = problems.validated(PackFile, path, parse(read_text(path, root)))
    except Refused as refused:
        return plain, problems.of_refusal(path, refused)
    except ContentError as error:
        return plain, error.problems
    return Pack(problems.printable(held.name), root, held.replaces_bank), ()


def found(root: Path) -> Found:
    """The files of a pack by what they are."""
    got = Found()
    for path in _entries(root, got):
        if _is_yaml(path) and path.name not in _OWN_FILES:
            got.problems.append(_stray(path, "is not read here; a question belongs in `items/TYPE/`"))
    for path in _entries(root / "items", got, root):
        if path.is_dir():
            _take(path, got.items, got, root)
        elif _is_yaml(path):
            got.problems.append(_stray(path, "is not read here; it belongs in the folder of its type, `items/TYPE/`"))
    _take(root / "rubrics", got.rubrics, got, root)
    _take(root / "personas", got.personas, got, root)
    _within_limits(got, root)
    return got


def _take(folder: Path, into: list[Path], got: Found, root: Path) -> None:
    for path in _entries(folder, got, root):
        if path.suffix == ".yaml":
            into.append(path)
        elif path.suffix in {".yml", ".txt", ".rtf", ".docx"}:  # what editors make of a name they were not told to keep
            got.problems.append(_stray(path, "is not read: its name must end in `.yaml`"))
        elif path.is_dir():
            got.problems.append(_stray(path, "is a folder, which is not looked into; files stand beside it"))


def _entries(folder: Path, got: Found, root: Path | None = None) -> Iterable[Path]:
    """What stands in a folder, sorted, hidden names left out; nothing when it is not there or leads elsewhere."""
    if not folder.is_dir():
        return ()
    if root is not None and not folder.resolve().is_relative_to(root):
        got.problems.append(_stray(folder, "leads out of the content folder; put the files themselves there"))
        return ()
    try:
        with os.scandir(folder) as entries:
            names = [entry.name for entry in islice(entries, ENTRIES_LIMIT + 1)]
    except OSError as error:
        got.problems.append(_stray(folder, f"cannot be read: {(error.strerror or 'no reason given').lower()}"))
        return ()
    if len(names) > ENTRIES_LIMIT:
        got.problems.append(_stray(folder, f"holds more than {ENTRIES_LIMIT:,} files; not all are looked at"))
    return [folder / name for name in sorted(names[:ENTRIES_LIMIT]) if not name.startswith(".")]


def _is_yaml(path: Path) -> bool:
    return path.suffix in {".yaml", ".yml"} and not path.is_dir()


def _stray(path: Path, message: str) -> Problem:
    return Problem(problems.shown(path), 1, "", message)


def _within_limits(got: Found, root: Path) -> None:
    """Keep as many files as fit; the rest is not read, and that is said."""
    count = total = 0
    for files in (got.rubrics, got.personas, got.items):
        kept: list[Path] = []
        for path in files:
            count += 1
            total += min(_size(path), strict_yaml.BYTES_LIMIT)
            if count <= FILES_LIMIT and total <= BYTES_LIMIT:
                kept.append(path)
        files[:] = kept
    if count > FILES_LIMIT:
        got.problems.append(_stray(root, f"holds {count} files; only the first {FILES_LIMIT:,} are read"))
    if total > BYTES_LIMIT:
        got.problems.append(_stray(root, f"holds more than {BYTES_LIMIT // 2**20} MiB; files beyond that are not read"))


def _size(path: Path) -> int:
    try:
        return path.lstat().st_size
    except OSError:
        return 0  # what cannot be looked at is refused when it is read


def left_out(wrong: Iterable[Problem]) -> str:
    """In a sentence or two, which files of packs are not used and how to see why; empty when all are."""
    names = sorted({Path(held.file).name for held in wrong})
    if not names:
        return ""
    some = ", ".join(names[:NAMED]) + (f" and {len(names) - NAMED} more" if len(names) > NAMED else "")
    what = (
        f"One file of your own questions is left out: {some}."
        if len(names) == 1
        else f"Left out of your own questions: {some}."
    )
    return f"{what} `hotseat questions lint` says what to mend; everything else is in use."

"""YAML as content may use it: plain maps, lists, texts and numbers, with the line of every field.

Stricter than YAML on purpose, since a pack may come from a stranger: no anchors, aliases, tags, merge keys or second document,
no duplicate keys, a limit on size and depth. `no`, `on`, `12:30` and dates stay the text that was written; only a number
in its usual form becomes one. What the fields mean is `items`' work.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

import yaml

BYTES_LIMIT: Final = 256 * 1024
"""Largest file that is read."""

DEPTH_LIMIT: Final = 12
"""Deepest nesting of maps and lists; a question needs six."""

VALUES_LIMIT: Final = 20_000
"""Most parts of one file, as the parser counts them; the longest question has a thousand."""

FAULTS_LIMIT: Final = 20
"""Faults that are named of one file: whoever has more than these has one mistake that makes them all."""

Where: TypeAlias = tuple[str | int, ...]
"""The way to a field: keys and positions from 0."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml is ten times faster and in every published wheel
_INT = re.compile(r"-?(?:0|[1-9][0-9]{0,17})\Z")
_FLOAT = re.compile(r"-?(?:0|[1-9][0-9]{0,14})\.[0-9]{1,15}\Z")
_NULLS = frozenset({"", "~", "null"})
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_HINTS = {
    "mapping values are not allowed": "a text with a colon in it needs quotes around it",
    "could not find expected ':'": "a colon is missing after a field's name, or a text runs on without indentation",
    "did not find expected key": "the indentation or the quotes do not fit the lines above",
    "did not find expected '-' indicator": "a list item must start with `- ` in line with the others",
    "cannot start any token": "this character may only start a text inside quotes",
    "found unexpected end of stream": "a quote is opened and never closed",
    "found character '\\t'": "indent with spaces, not tabs",
    "tab character": "indent with spaces, not tabs",
}


class Refused(Exception):
    """A file that is not read. `faults` are (line from 1, plain message) pairs."""

    def __init__(self, *faults: tuple[int, str]) -> None:
        super().__init__("; ".join(message for _, message in faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Document:
    """What a file holds, and the line (from 1) each field or list item starts at."""

    data: Mapping[str, object]
    lines: Mapping[Where, int]

    def line(self, where: Where) -> int:
        """The line of a field, or of the nearest thing around it that is there."""
        for length in range(len(where), 0, -1):
            if (found := self.lines.get(where[:length])) is not None:
                return found
        return 1


def read_text(path: Path, root: Path) -> str:
    """The text of a content file below `root` (a resolved folder); `Refused` if it is not a small, regular UTF-8 file there."""
    try:
        resolved = path.resolve(strict=True)
        if not resolved.is_relative_to(root):
            raise Refused((1, "leads out of the content folder; put the file itself there"))
        if not stat.S_ISREG(resolved.stat().st_mode):
            raise Refused((1, "is not a regular file"))
        with resolved.open("rb") as file:
            raw = file.read(BYTES_LIMIT + 1)
    except (OSError, RuntimeError) as error:  # RuntimeError: a loop of symlinks, before Python 3.13
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "the link leads nowhere"
        raise Refused((1, f"cannot be read: {reason.lower()}")) from error
    if len(raw) > BYTES_LIMIT:
        raise Refused((1, f"is larger than {BYTES_LIMIT // 1024} KiB"))
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise Refused((line, "is not UTF-8 text; save the file with the encoding UTF-8")) from error


def parse(text: str, until: str = "") -> Document:
    """The map a text holds. `until` stops after that top-level field, which saves most of the work for a look at one near
    the top; what follows is then not checked. `Refused` for anything outside the narrow form this module allows."""
    if found := _UNPRINTABLE.search(text):
        line = text.count("\n", 0, found.start()) + 1
        raise Refused((line, f"holds a character that text cannot have (U+{ord(found[0]):04X})"))
    builder = _Builder(until)
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            builder.take(event)
            if builder.done:
                break
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise Refused((mark.line + 1 if mark else 1, _plain(error.problem or ""))) from error
    except yaml.YAMLError as error:
        raise Refused((1, "is not YAML")) from error
    if builder.faults:
        raise Refused(*builder.faults)
    if not isinstance(builder.root, dict):
        raise Refused((1, "is empty" if builder.root is None else "must hold fields like `id: …`"))
    return Document(builder.root, builder.lines)


def _plain(problem: str) -> str:
    for known, hint in _HINTS.items():
        if known in problem:
            return hint
    return f"is not YAML: {problem}"


def _value(text: str) -> str | int | float | None:
    """What an unquoted scalar is. A number stays text when writing it again would change it (`0.10`)."""
    if text in _NULLS:
        return None
    if _INT.match(text):
        return text if text == "-0" else int(text)
    if _FLOAT.match(text) and str(float(text)) == text:
        return float(text)
    return text


_NO_NAMES = "anchors and aliases (`&name`, `*name`) are not allowed; write the text out"


def _refuse_names(event: yaml.ScalarEvent | yaml.CollectionStartEvent, line: int) -> None:
    if event.anchor is not None:
        raise Refused((line, _NO_NAMES))
    if event.tag is not None:
        raise Refused((line, "tags (`!name`) are not allowed; put a text that starts with `!` in quotes"))


class _Builder:
    """Builds data from parser events with a stack of its own, so that depth is checked before anything recurses."""

    def __init__(self, until: str) -> None:
        self.root: object = None
        self.lines: dict[Where, int] = {}
        self.faults: list[tuple[int, str]] = []
        self.done = False
        self._until = until
        self._open: list[tuple[dict[str, object] | list[object], Where]] = []
        self._key: list[str | None] = []
        self._documents = 0
        self._values = 0

    def take(self, event: yaml.Event) -> None:
        line = event.start_mark.line + 1 if event.start_mark else 1
        self._values += 1
        if self._values > VALUES_LIMIT:
            raise Refused((line, f"holds more than {VALUES_LIMIT:,} values; one file is one question"))
        if isinstance(event, yaml.ScalarEvent):
            _refuse_names(event, line)
            if event.style == '"' and (found := _UNPRINTABLE.search(event.value)):
                raise Refused((line, f"escapes a character that text cannot have (U+{ord(found[0]):04X})"))
            self._scalar(event.value, plain=not event.style, line=line)
        elif isinstance(event, yaml.CollectionStartEvent):
            _refuse_names(event, line)
            self._start({} if isinstance(event, yaml.MappingStartEvent) else [], line)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._open.pop()
            self._key.pop()
            self._ended()
        elif isinstance(event, yaml.AliasEvent):
            raise Refused((line, _NO_NAMES))
        elif isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                raise Refused((line, "holds a second document (`---`); one file is one thing"))

    def _scalar(self, text: str, *, plain: bool, line: int) -> None:
        if self._open and isinstance(self._open[-1][0], dict) and self._key[-1] is None:
            held, where = self._open[-1]
            if text in held:
                first = self.lines[(*where, text)]
                if len(self.faults) >= FAULTS_LIMIT:
                    raise Refused(*self.faults)
                self.faults.append((line, f"`{text[:60]}` is written twice here (first in line {first})"))
            else:
                self.lines[(*where, text)] = line
            self._key[-1] = text
            return
        self._place(_value(text) if plain else text, line)
        self._ended()

    def _start(self, held: dict[str, object] | list[object], line: int) -> None:
        if len(self._open) >= DEPTH_LIMIT:
            raise Refused((line, f"is nested deeper than {DEPTH_LIMIT} levels"))
        if self._open and isinstance(self._open[-1][0], dict) and self._key[-1] is None:
            raise Refused((line, "a field's name must be plain text"))
        where = self._place(held, line)
        self._open.append((held, where))
        self._key.append(None)

    def _place(self, value: object, line: int) -> Where:
        if not self._open:
            self.root = value
            return ()
        held, where = self._open[-1]
        if isinstance(held, list):
            held.append(value)
            here = (*where, len(held) - 1)
            self.lines[here] = line
            return here
        key = self._key[-1]
        assert key is not None
        held[key] = value
        return (*where, key)

    def _ended(self) -> None:
        """A value is complete: the next scalar of the map around it is a key."""
        if self._open and isinstance(self._open[-1][0], dict):
            self.done = len(self._open) == 1 and bool(self._until) and self._key[-1] == self._until
            self._key[-1] = None

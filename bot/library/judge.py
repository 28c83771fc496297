"""Judging one file of a bank: its shape, then everything the rules ask of it.

Says what is wrong, and for a question what other files are compared with: small enough to travel from one process to another.
Comparing files is `lint`'s work.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from bot.library import problems, rules, texts, words
from bot.library.finding import UNWRITTEN, Item, is_unwritten
from bot.library.items import Kind, Persona, Question, Rubric
from bot.library.limits import LIST_ENTRY
from bot.library.load import read
from bot.library.problems import ContentError, Problem, Severity
from bot.library.strict_yaml import Document, Where

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Around:
    """What a question is judged beside."""

    rubrics: Mapping[Kind, Rubric]
    personas: frozenset[str]
    tags: frozenset[str]
    today: date


@dataclass(frozen=True, slots=True)
class Spot:
    """A field of a file: what a problem found later is about."""

    file: str
    line: int
    field: str

    def problem(self, message: str, severity: Severity = Severity.ERROR) -> Problem:
        """A problem of this field."""
        return Problem(self.file, self.line, self.field, message, severity)


@dataclass(frozen=True, slots=True)
class Digest:
    """What one question is compared with others by."""

    file: str
    id: str
    id_at: Spot
    sources: tuple[tuple[str, Spot], ...]
    sentences: tuple[tuple[str, int, str], ...]
    """An author's own sentences, as bare words, each with its line and field."""
    asks: frozenset[str]
    """The telling words of the prompt."""
    prompt_at: Spot
    exemplars_at: Spot
    longest: str
    """Which of the exemplars is the longest."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One question file. Without the right shape there is no question and no digest, only problems."""

    path: Path
    problems: tuple[Problem, ...]
    question: Question | None = None
    digest: Digest | None = None


def question(path: Path, root: Path, around: Around, *, loose: bool = False) -> Judged:
    """Judge a question's file below `root`. `loose`: it stands in no bank, so its folder means nothing."""
    try:
        document = read(path, root)
        held = problems.validated(Question, path, document)
    except ContentError as error:
        return Judged(path, error.problems)
    file = problems.shown(path)
    found: list[Problem] = []
    if held.id != path.stem:
        found.append(_spot(file, document, ("id",)).problem(_misnamed(held.id, path)))
    if not loose and held.type.value != path.parent.name:
        folder = problems.printable(path.parent.name)[:60]
        found.append(_spot(file, document, ("type",)).problem(f"is `{held.type}`, but the file stands in `{folder}`"))
    listed = texts.of(held)
    item = Item.of(held, listed, around.rubrics.get(held.type), around.personas, around.tags, around.today)
    found += [_spot(file, document, one.where).problem(one.message, one.severity) for one in rules.findings(item)]
    return Judged(path, tuple(found), held, _digest(file, document, held, listed))


def digest(path: Path, root: Path) -> Digest | None:
    """What a question's file is compared by, without judging it; None when it cannot be read."""
    try:
        document = read(path, root)
        held = problems.validated(Question, path, document)
    except ContentError:
        return None
    return _digest(problems.shown(path), document, held, texts.of(held))


def shared(model: type[M], name: str, path: Path, root: Path) -> tuple[M | None, tuple[Problem, ...]]:
    """Judge a rubric or persona, whose field `name` is its file's name; None for one without the right shape."""
    try:
        document = read(path, root)
        held = problems.validated(model, path, document)
    except ContentError as error:
        return None, error.problems
    file = problems.shown(path)
    found: list[Problem] = []
    if str(getattr(held, name)) != path.stem:
        found.append(_spot(file, document, (name,)).problem(_misnamed(str(getattr(held, name)), path)))
    for where, message in _shared_rules(held):
        found.append(_spot(file, document, where).problem(message))
    for where, text in _strings(document.data):
        if what := words.not_plain(text):
            found.append(_spot(file, document, where).problem(f"holds {what}; write plain text"))
    return held, tuple(found)


def _misnamed(name: str, path: Path) -> str:
    return f"is `{name}`, but the file is named `{problems.printable(path.name)[:80]}`"


def _spot(file: str, document: Document, where: Where) -> Spot:
    return Spot(file, document.line(where), problems.named(where, document.data))


def _digest(file: str, document: Document, held: Question, listed: tuple[texts.Text, ...]) -> Digest:
    sizes = {name: len(getattr(held.exemplars, name)) for name in ("weak", "adequate", "outstanding")}
    return Digest(
        file,
        held.id,
        _spot(file, document, ("id",)),
        tuple((source, _spot(file, document, ("sources", at))) for at, source in enumerate(held.sources)),
        tuple(
            (sentence, spot.line, spot.field)
            for text in listed
            if text.role in texts.OWN_WORDS and not is_unwritten(text)
            for spot in (_spot(file, document, text.where),)
            for sentence in words.sentences(text.template)
        ),
        frozenset() if held.prompt.startswith(UNWRITTEN) else words.content(held.prompt),
        _spot(file, document, ("prompt",)),
        _spot(file, document, ("exemplars",)),
        max(sizes, key=sizes.__getitem__),
    )


def _shared_rules(held: BaseModel) -> Iterator[tuple[Where, str]]:
    if isinstance(held, Rubric):
        yield from _rubric_rules(held)
    if isinstance(held, Persona):
        if len(f"{held.name}, {held.role}") > LIST_ENTRY:
            yield ("role",), f"is too long beside the name; a list shows {LIST_ENTRY} characters of both"
        for name, lines in held.lines.items():
            for at, line in enumerate(lines):
                if line.count("?") > 1:
                    yield ("lines", name, at), f"has {line.count('?')} question marks; one question at most"


def _rubric_rules(held: Rubric) -> Iterator[tuple[Where, str]]:
    dimensions = [dimension.id for dimension in held.dimensions]
    for at, name in enumerate(dimensions):
        if name in dimensions[:at]:
            yield ("dimensions", at, "id"), f"`{name}` is taken already in this file"
    for at, cap in enumerate(held.caps):
        if cap.needs not in dimensions:
            yield ("caps", at, "needs"), f"there is no dimension `{cap.needs}`"
        if cap.limits not in {*dimensions, "overall"}:
            yield ("caps", at, "limits"), f"there is no dimension `{cap.limits}`"
        if cap.limits == cap.needs:
            yield ("caps", at, "limits"), "limits the dimension it needs, which changes nothing"
        if cap.id in [other.id for other in held.caps[:at]]:
            yield ("caps", at, "id"), f"`{cap.id}` is taken already in this file"
    if len(held.label) > LIST_ENTRY:
        yield ("label",), f"is {len(held.label)} characters long; a list shows {LIST_ENTRY}"


def _strings(data: object, where: Where = ()) -> Iterator[tuple[Where, str]]:
    if isinstance(data, str):
        yield where, data
    elif isinstance(data, dict):
        for name, held in data.items():
            yield from _strings(held, (*where, name))
    elif isinstance(data, list):
        for at, held in enumerate(data):
            yield from _strings(held, (*where, at))

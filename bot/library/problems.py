"""What is wrong with content, in words an author understands: file, line, field, message.

Turns refusals of the reader and validation errors of the models into `Problem`s. Judging content that has the right
shape is `lint`'s work.
"""

from __future__ import annotations

import contextlib
import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from bot.library import items
from bot.library.strict_yaml import FAULTS_LIMIT, Document, Refused, Where

M = TypeVar("M", bound=BaseModel)


class Severity(StrEnum):
    """An error keeps a file from being used; a warning asks for a look."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong. `line` counts from 1; `field` is empty when the whole file is meant."""

    file: str
    line: int
    field: str
    message: str
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        return ": ".join(part for part in (f"{self.file}:{self.line}", self.field, self.message) if part)


class ContentError(Exception):
    """Content that cannot be used. Its text names every bad file, line and field, one a line."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def shown(path: Path) -> str:
    """A path as a person wants to read it: from the current folder when it lies below, else in full. A name that cannot be
    printed as it is (somebody else chose it) is printed with `?` in it."""
    with contextlib.suppress(ValueError):
        path = path.relative_to(Path.cwd())
    return printable(str(path))


def printable(text: str) -> str:
    """A text from elsewhere as one line that no terminal, log or encoding stumbles over."""
    return text if text.isprintable() else "".join(char if char.isprintable() else "?" for char in text)


def of_refusal(path: Path, refused: Refused) -> tuple[Problem, ...]:
    """The problems of a file that could not be read."""
    return tuple(Problem(shown(path), line, "", message) for line, message in refused.faults)


def validated(model: type[M], path: Path, document: Document) -> M:
    """The model a document describes; `ContentError` with every field that is wrong."""
    try:
        return model.model_validate(document.data)
    except ValidationError as error:
        told = [dict(detail) for detail in error.errors(include_url=False, include_input=False)]
        details = [detail for detail in told if not _follows(detail, document)]
        found = sorted({_translated(path, document, detail) for detail in details[:FAULTS_LIMIT]})
        if len(details) > FAULTS_LIMIT:
            more = f"and {len(details) - FAULTS_LIMIT} more like these"
            found.append(Problem(shown(path), found[-1].line, "", more))
        raise ContentError(found) from None


def named(where: Where, data: object) -> str:
    """A field's way in words: `criteria › recovery › checks`; list items by their id, else by number from 1."""
    names: list[str] = []
    for part in where:
        held: object = None
        if isinstance(part, int):
            held = data[part] if isinstance(data, list | tuple) and part < len(data) else None
            own = held.get("id") if isinstance(held, Mapping) else None
            names.append(_short(own) if isinstance(own, str) and own else str(part + 1))
        else:
            held = data.get(part) if isinstance(data, Mapping) else None
            names.append(_short(part))
        data = held
    return " › ".join(names)


def _short(name: str) -> str:
    name = printable(name)
    return name if len(name) <= 60 else name[:59] + "…"


def _reached(loc: tuple[Any, ...], data: object) -> tuple[Where, object]:
    """The part of a validation error's location that is in the data, and what is there. Names of union members and
    `[key]` marks come after it."""
    where: list[str | int] = []
    for part in loc:
        if isinstance(data, Mapping) and part in data:
            data = data[part]
        elif isinstance(data, list) and part in range(len(data)):
            data = list(data)[part]
        else:
            break
        where.append(part)
    return tuple(where), data


def _follows(error: Mapping[str, Any], document: Document) -> bool:
    """Whether a list is called too short only because items in it are wrong, which is said of the items themselves."""
    _, value = _reached(error["loc"], document.data)
    return bool(error["type"] == "too_short" and _size(value) >= error["ctx"]["min_length"])


def _translated(path: Path, document: Document, error: dict[str, Any]) -> Problem:
    where, value = _reached(error["loc"], document.data)
    kind: str = error["type"]
    line = document.line(where)
    if kind == "missing":
        where = (*where, *error["loc"][len(where) :])
        message = "is missing"
    elif kind == "extra_forbidden":
        close = difflib.get_close_matches(str(where[-1])[:60], _field_names(), n=1, cutoff=0.75)
        message = "is not a field here" + (f"; did you mean `{close[0]}`?" if close else "")
    else:
        message = _message(kind, error.get("ctx", {}), value, error["loc"], str(error["msg"]))
    return Problem(shown(path), line, named(where, document.data), message)


def _field_names() -> list[str]:
    return sorted(
        {
            field.alias or name
            for held in vars(items).values()
            if isinstance(held, type) and issubclass(held, BaseModel)
            for name, field in held.model_fields.items()
        }
    )


def _message(kind: str, ctx: Mapping[str, Any], value: object, loc: tuple[Any, ...], otherwise: str) -> str:
    if value is None:
        return "is empty"
    if loc[-1] == "[key]" and kind == "enum":
        return f"is not one of {_listed(str(ctx['expected']))}"
    if "variants" in loc and kind in {"string_type", "int_type", "float_type"}:
        return "must be a text or a number"
    if kind == "string_type":
        return (
            "must be text; put it in quotes" if isinstance(value, int | float) else "must be text, not a list or fields"
        )
    return _TEMPLATES[kind](ctx, value) if kind in _TEMPLATES else otherwise[:1].lower() + otherwise[1:]


def _listed(expected: str) -> str:
    return expected.replace("'", "").replace(" or ", ", ")


def _size(value: object) -> int:
    return len(value) if isinstance(value, str | list | Mapping) else 0


_TEMPLATES: dict[str, Callable[[Mapping[str, Any], object], str]] = {
    "string_too_long": lambda ctx, value: f"at most {ctx['max_length']} characters fit, it has {_size(value)}",
    "string_too_short": lambda ctx, value: "is empty",
    "string_pattern_mismatch": lambda ctx, value: "only small letters, digits and single hyphens, like `asks-first`",
    "too_short": lambda ctx, value: (
        f"at least {ctx['min_length']} {'is' if ctx['min_length'] == 1 else 'are'} needed"
        + (f", there {'is' if _size(value) == 1 else 'are'} {_size(value)}" if _size(value) else "")
    ),
    "too_long": lambda ctx, value: f"at most {ctx['max_length']} fit, there are {_size(value)}",
    "enum": lambda ctx, value: f"must be one of {_listed(str(ctx['expected']))}",
    "literal_error": lambda ctx, value: f"must be one of {_listed(str(ctx['expected']))}",
    "greater_than_equal": lambda ctx, value: f"must be at least {ctx['ge']}",
    "less_than_equal": lambda ctx, value: f"must be at most {ctx['le']}",
    "int_type": lambda ctx, value: "must be a whole number",
    "int_parsing": lambda ctx, value: "must be a whole number",
    "int_from_float": lambda ctx, value: "must be a whole number",
    "bool_type": lambda ctx, value: "must be true or false",
    "bool_parsing": lambda ctx, value: "must be true or false",
    "tuple_type": lambda ctx, value: "must be a list",
    "dict_type": lambda ctx, value: "must hold fields of its own",
    "model_type": lambda ctx, value: "must hold fields of its own",
    "date_type": lambda ctx, value: "must be a date like 2027-01-31",
    "date_parsing": lambda ctx, value: "must be a date like 2027-01-31",
    "date_from_datetime_parsing": lambda ctx, value: "must be a date like 2027-01-31",
    "date_from_datetime_inexact": lambda ctx, value: "must be a date like 2027-01-31",
}

"""Frozen values to JSON and back.

Values are written as `{"@": "Said", ...}` with their fields by name; a field that has its default is left out, so
old readers and new writers meet in the middle and stored text stays small. Unknown fields are ignored on reading, missing
ones take their default. This is for our own stored values only, never for what a platform sent us.

What is stored says in which version of its form. A state has a field `format`, which is always written; one that is missing
is 1, because the first states were stored without. Events and replies get the mark of `write`.
"""

from __future__ import annotations

import dataclasses
import json
import types
from collections.abc import Mapping
from enum import Enum
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")

_FORMAT = "format"


ENTRY_FORMAT = 1
"""Version of the stored form of events and replies. A reader takes any up to its own; fields are only added with a default."""


class Unreadable(ValueError):
    """Stored text that does not hold the value it should, or holds it in a newer form. The message quotes nothing of it."""


def dumps(value: object) -> str:
    """Compact JSON text of a dataclass value."""
    return json.dumps(to_plain(value), ensure_ascii=False, separators=(",", ":"))


def loads(kind: Any, text: str | bytes) -> Any:
    """The value of type `kind` (a dataclass or a union of them) in JSON text; `Unreadable` if it is not there."""
    try:
        plain = json.loads(text)
    except (ValueError, TypeError) as error:
        raise Unreadable(f"stored text does not hold a {kind}: {type(error).__name__}") from None
    return _whole(kind, plain)


def write(value: object) -> str:
    """An event or a reply as it is stored: with the version of its form."""
    return f'{{"v":{ENTRY_FORMAT},{dumps(value)[1:]}'


def read(kind: Any, text: str | bytes) -> Any:
    """The event or reply in stored text; `Unreadable` if it is not there, or in a newer form."""
    try:
        plain = json.loads(text)
        newer = isinstance(plain, dict) and plain.get("v", 0) > ENTRY_FORMAT
    except (ValueError, TypeError) as error:
        raise Unreadable(f"stored text is no entry: {type(error).__name__}") from None
    if newer:
        raise Unreadable("it was stored by a newer version of Hotseat")
    return _whole(kind, plain)


def _whole(kind: Any, plain: Any) -> Any:
    try:
        return from_plain(kind, plain)
    except Unreadable:
        raise
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Unreadable(f"stored text does not hold a {kind}: {type(error).__name__}") from None


@cache
def _shape(kind: type) -> tuple[tuple[str, Any, object], ...]:
    hints = get_type_hints(kind)
    rows = []
    for field in dataclasses.fields(kind):
        default: object = field.default
        if default is dataclasses.MISSING and field.default_factory is not dataclasses.MISSING:
            default = field.default_factory()
        rows.append((field.name, hints[field.name], default))
    return tuple(rows)


def to_plain(value: object) -> Any:
    """A dataclass value as plain JSON types."""
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        plain: dict[str, Any] = {"@": type(value).__name__}
        for name, _, default in _shape(type(value)):
            held = getattr(value, name)
            if default is dataclasses.MISSING or held != default or name == _FORMAT:
                plain[name] = to_plain(held)
        return plain
    if isinstance(value, Mapping):
        return {str(key): to_plain(held) for key, held in value.items()}
    if isinstance(value, (tuple, list, frozenset, set)):
        held_values = sorted(value) if isinstance(value, (frozenset, set)) else value
        return [to_plain(held) for held in held_values]
    raise TypeError(f"cannot store a {type(value).__name__}")


def from_plain(kind: Any, plain: Any) -> Any:
    """The value of type `kind` in plain JSON types."""
    if kind is object or kind is Any:
        return plain
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return _from_union(get_args(kind), plain)
    if origin is tuple:
        parts = get_args(kind)
        if len(parts) == 2 and parts[1] is Ellipsis:
            return tuple(from_plain(parts[0], held) for held in plain)
        return tuple(from_plain(part, held) for part, held in zip(parts, plain, strict=True))
    if origin is frozenset:
        return frozenset(from_plain(get_args(kind)[0], held) for held in plain)
    if origin is not None and issubclass(origin, Mapping):
        value_kind = get_args(kind)[1]
        return {str(key): from_plain(value_kind, held) for key, held in plain.items()}
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        return _from_dataclass(kind, plain)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(plain)
    return _from_scalar(kind, plain)


def _from_scalar(kind: Any, plain: Any) -> Any:
    base = getattr(kind, "__supertype__", kind)  # a NewType is stored as what it wraps
    if base is float and isinstance(plain, int) and not isinstance(plain, bool):
        return float(plain)
    if not isinstance(plain, base):
        raise Unreadable(f"expected {base.__name__}, found {type(plain).__name__}")
    return plain


def _from_union(kinds: tuple[Any, ...], plain: Any) -> Any:
    if plain is None and type(None) in kinds:
        return None
    if isinstance(plain, dict) and "@" in plain:
        for kind in kinds:
            if getattr(kind, "__name__", "") == plain["@"]:
                return _from_dataclass(kind, plain)
        raise Unreadable(f"unknown kind {plain['@']!r}")
    others = [kind for kind in kinds if kind is not type(None)]
    if len(others) == 1:
        return from_plain(others[0], plain)
    raise Unreadable("a value of one of several kinds does not name its kind")


def _from_dataclass(kind: Any, plain: Any) -> Any:
    if not isinstance(plain, dict) or plain.get("@", kind.__name__) != kind.__name__:
        raise Unreadable(f"expected a {kind.__name__}")
    held: dict[str, Any] = {}
    for name, hint, default in _shape(kind):
        if name in plain:
            held[name] = from_plain(hint, plain[name])
        elif name == _FORMAT:
            held[name] = 1
        elif default is dataclasses.MISSING:
            raise Unreadable(f"a stored {kind.__name__} has no {name}")
    return kind(**held)

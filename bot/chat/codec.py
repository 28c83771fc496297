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
from collections.abc import Callable, Collection, Mapping, Sequence
from enum import Enum
from functools import cache, partial
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
    kind: Any = type(value)
    return value if kind in _PLAIN else _writer(kind)(value)


def from_plain(kind: Any, plain: Any) -> Any:
    """The value of type `kind` in plain JSON types."""
    return _reader(kind)(plain)


# What a type looks like is found out once; every turn reads and writes the same few types.

_PLAIN = frozenset({str, int, float, bool, type(None)})


@cache
def _writer(kind: type) -> Callable[[Any], Any]:
    if issubclass(kind, Enum):
        return _value
    if issubclass(kind, (str, int, float)):
        return _itself
    if dataclasses.is_dataclass(kind):
        return partial(_write_dataclass, kind.__name__, _shape(kind))
    if issubclass(kind, Mapping):
        return _write_mapping
    if issubclass(kind, (frozenset, set)):
        return _write_sorted
    if issubclass(kind, (tuple, list)):
        return _write_each
    raise TypeError(f"cannot store a {kind.__name__}")


def _value(held: Any) -> Any:
    return held.value


def _itself(held: Any) -> Any:
    return held


def _write_dataclass(title: str, shape: tuple[tuple[str, Any, object], ...], value: Any) -> dict[str, Any]:
    plain: dict[str, Any] = {"@": title}
    for name, _, default in shape:
        held = getattr(value, name)
        if default is dataclasses.MISSING or held != default or name == _FORMAT:
            plain[name] = held if type(held) in _PLAIN else to_plain(held)
    return plain


def _write_mapping(held: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(key): to_plain(value) for key, value in held.items()}


def _write_each(held: Sequence[Any]) -> list[Any]:
    return [to_plain(value) for value in held]


def _write_sorted(held: Collection[Any]) -> list[Any]:
    return [to_plain(value) for value in sorted(held)]


@cache
def _reader(kind: Any) -> Callable[[Any], Any]:
    if kind is object or kind is Any:
        return _itself
    origin, parts = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return partial(_read_union, parts)
    if origin is tuple and len(parts) == 2 and parts[1] is Ellipsis:
        return partial(_read_each, tuple, parts[0])
    if origin is tuple:
        return partial(_read_fixed, parts)
    if origin is frozenset:
        return partial(_read_each, frozenset, parts[0])
    if origin is not None and issubclass(origin, Mapping):
        return partial(_read_mapping, parts[1])
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        return partial(_read_dataclass, kind)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind
    return partial(_read_scalar, getattr(kind, "__supertype__", kind))  # a NewType is stored as what it wraps


def _read_each(into: Callable[[list[Any]], Any], kind: Any, plain: Any) -> Any:
    read_one = _reader(kind)
    return into([read_one(held) for held in plain])


def _read_fixed(kinds: tuple[Any, ...], plain: Any) -> tuple[Any, ...]:
    return tuple(_reader(kind)(held) for kind, held in zip(kinds, plain, strict=True))


def _read_mapping(kind: Any, plain: Any) -> dict[str, Any]:
    read_one = _reader(kind)
    return {str(key): read_one(held) for key, held in plain.items()}


def _read_scalar(base: Any, plain: Any) -> Any:
    if base is float and isinstance(plain, int) and not isinstance(plain, bool):
        return float(plain)
    if not isinstance(plain, base):
        raise Unreadable(f"expected {base.__name__}, found {type(plain).__name__}")
    return plain


def _read_union(kinds: tuple[Any, ...], plain: Any) -> Any:
    if plain is None and type(None) in kinds:
        return None
    if isinstance(plain, dict) and "@" in plain:
        for kind in kinds:
            if getattr(kind, "__name__", "") == plain["@"]:
                return _read_dataclass(kind, plain)
        raise Unreadable(f"unknown kind {plain['@']!r}")
    others = [kind for kind in kinds if kind is not type(None)]
    if len(others) == 1:
        return _reader(others[0])(plain)
    raise Unreadable("a value of one of several kinds does not name its kind")


@cache
def _rows(kind: type) -> tuple[tuple[str, Callable[[Any], Any], object], ...]:
    return tuple((name, _reader(hint), default) for name, hint, default in _shape(kind))


def _read_dataclass(kind: Any, plain: Any) -> Any:
    if not isinstance(plain, dict) or plain.get("@", kind.__name__) != kind.__name__:
        raise Unreadable(f"expected a {kind.__name__}")
    held: dict[str, Any] = {}
    for name, read_one, default in _rows(kind):
        if name in plain:
            held[name] = read_one(plain[name])
        elif name == _FORMAT:
            held[name] = 1
        elif default is dataclasses.MISSING:
            raise Unreadable(f"a stored {kind.__name__} has no {name}")
    return kind(**held)

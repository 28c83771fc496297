"""The shapes of Claude's answers, as JSON schemas, and reading values out of answers that may not keep to them.

A schema is the same for every call of its kind: it is part of what the provider caches, so ids of one question are never
written into it. Whether an id exists, a number is in range or a move was offered is therefore checked by the readers.
Evidence stands before the verdict that rests on it, because the model writes in that order.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.interview.interviewer import Intent

VERDICTS = ("met", "partly", "not")


def _object(**properties: object) -> dict[str, object]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _array(items: object) -> dict[str, object]:
    return {"type": "array", "items": items}


_TEXT: Mapping[str, object] = {"type": "string"}
_NUMBER: Mapping[str, object] = {"type": "integer"}

TURN: Mapping[str, object] = _object(
    intent={"type": "string", "enum": [intent.value for intent in Intent]},
    shown=_array(_object(check=_TEXT, sentences=_array(_NUMBER))),
    facts=_array(_TEXT),
    reason_given={"type": "boolean"},
    move=_NUMBER,
    wording=_TEXT,
)

GRADE: Mapping[str, object] = _object(
    checks=_array(
        _object(
            check=_TEXT,
            evidence=_array(_NUMBER),
            reason=_TEXT,
            verdict={"type": "string", "enum": list(VERDICTS)},
        )
    )
)


def objects(value: Any) -> list[Mapping[str, Any]]:
    """The objects of a list; empty for anything else."""
    return [held for held in value if isinstance(held, dict)] if isinstance(value, list) else []


def texts(value: Any) -> list[str]:
    """The strings of a list; empty for anything else."""
    return [held for held in value if isinstance(held, str)] if isinstance(value, list) else []


def numbers(value: Any) -> list[int]:
    """The whole numbers of a list; empty for anything else."""
    if not isinstance(value, list):
        return []
    return [held for held in value if isinstance(held, int) and not isinstance(held, bool)]

"""Forms as Slack's modals, and what comes back from them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.adapters.slack import limits, render, text
from bot.chat.meanings import Field, Form, Meaning, Paragraph

Block = dict[str, Any]

FORM, PREVIEW, NOTE = "hotseat.form", "hotseat.preview", "hotseat.note"
"""Callback ids: a form, the look at what it leads to, and a word that needs no answer."""

VALUE = "hotseat.value"
"""The action id of every entry; the block's id is the field's."""

GROUP = "hotseat.group"
"""The action id of the list of user groups, which is ours to look up."""

_HINTED = frozenset({"text", "long", "search", "choice", "choices", "channel", "role"})
"""Kinds of entry that show a short hint inside; what does not fit there, or has no inside, has it below."""


@dataclass(frozen=True, slots=True)
class Carried:
    """What a form carries unseen: where its answer belongs, which form it is, and what was entered on the page before."""

    to: str
    form: str
    fields: Mapping[str, str]

    def dump(self) -> str:
        """As text within the limit."""
        return json.dumps({"to": self.to, "form": self.form, "fields": dict(self.fields)})[: limits.VIEW_METADATA]

    @classmethod
    def load(cls, stored: object) -> Carried | None:
        """What was carried; None if it is nothing of ours."""
        try:
            held = json.loads(stored) if isinstance(stored, str) else None
        except ValueError:
            return None
        if not isinstance(held, dict) or not all(isinstance(held.get(key), str) for key in ("to", "form")):
            return None
        fields = held.get("fields")
        return cls(held["to"], held["form"], fields if isinstance(fields, dict) else {})


def form(meant: Form, to: str) -> dict[str, Any]:
    """A form to open; `to` is the address its answer belongs to."""
    blocks = [*render.free("\n\n".join(part for part in (meant.title, meant.text) if part.strip()))]
    blocks += [
        _input(field) for field in meant.fields if field.choices or field.kind not in {"choice", "choices", "role"}
    ]
    return {
        "type": "modal",
        "callback_id": FORM,
        "title": _words("Hotseat"),
        "submit": _words(text.shortened(meant.submit, limits.VIEW_TITLE)),
        "close": _words("Not now"),
        "private_metadata": Carried(to, meant.id, {}).dump(),
        "blocks": blocks[: limits.VIEW_BLOCKS],
    }


def preview(meant: Meaning, carried: Carried) -> dict[str, Any]:
    """A look, for the person alone, at what their form leads to."""
    return {
        "type": "modal",
        "callback_id": PREVIEW,
        "title": _words("Hotseat"),
        "submit": _words("Start the interview"),
        "close": _words("Not now"),
        "private_metadata": carried.dump(),
        "blocks": render.page((meant,)),
    }


def note(words: str) -> dict[str, Any]:
    """A word where a form was asked for that cannot be opened."""
    return told((Paragraph(words),))


def told(meanings: Sequence[Meaning]) -> dict[str, Any]:
    """What somebody is told at once, and can close."""
    return {
        "type": "modal",
        "callback_id": NOTE,
        "title": _words("Hotseat"),
        "close": _words("Close"),
        "blocks": render.page(meanings),
    }


def home(meanings: Sequence[Meaning], about: str) -> dict[str, Any]:
    """A person's home page; its buttons belong to `about`."""
    return {"type": "home", "blocks": render.page(meanings, about)}


def entered(view: Mapping[str, Any]) -> dict[str, str]:
    """What a person entered, by field; what was left empty is absent."""
    state = view.get("state")
    values = state.get("values") if isinstance(state, dict) else None
    fields: dict[str, str] = {}
    for name, entries in (values or {}).items():
        for entry in (entries or {}).values():
            value = _value(entry or {})
            if value:
                fields[str(name)] = value
    return fields


def options(rows: Iterable[tuple[str, str]]) -> list[Block]:
    """Values and labels as a list to choose from."""
    return [_option(value, label) for value, label in list(rows)[: limits.OPTIONS]]


def _value(entry: Mapping[str, Any]) -> str:
    chosen = entry.get("selected_option")
    if isinstance(chosen, dict):
        return str(chosen.get("value") or "")
    several = entry.get("selected_options")
    if isinstance(several, list):
        return ",".join(str(each.get("value") or "") for each in several if isinstance(each, dict))
    channel = entry.get("selected_conversation")
    if isinstance(channel, str):
        return channel
    typed = entry.get("value")
    return text.inert(typed).strip() if isinstance(typed, str) else ""


def _input(field: Field) -> Block:
    block = {
        "type": "input",
        "block_id": field.id[: limits.BLOCK_ID],
        "optional": not field.required,
        "label": _words(text.shortened(field.label, limits.LABEL)),
        "element": _element(field),
    }
    if field.hint.strip() and not _fits_inside(field):
        block["hint"] = _words(text.shortened(field.hint, limits.LABEL))
    return block


def _fits_inside(field: Field) -> bool:
    return field.kind in _HINTED and len(text.one_line(field.hint)) <= limits.PLACEHOLDER


def _element(field: Field) -> Block:
    element = {"action_id": VALUE, **_kind(field)}
    if field.hint.strip() and _fits_inside(field):
        element["placeholder"] = _words(text.one_line(field.hint))
    return element


def _kind(field: Field) -> Block:
    """What is entered, with what stands there at first."""
    if field.kind in {"text", "long"}:
        typed: Block = {"type": "plain_text_input"}
        if field.kind == "long":
            typed |= {"multiline": True, "max_length": limits.TYPED}
        return typed | ({"initial_value": field.value[: limits.TYPED]} if field.value else {})
    if field.kind == "channel":
        known = {"initial_conversation": field.value} if field.value else {"default_to_current_conversation": True}
        return {"type": "conversations_select", "filter": {"include": ["public", "private"]}, **known}
    rows = tuple((str(number), str(number)) for number in range(1, 6)) if field.kind == "scale" else field.choices
    if field.kind == "choices":
        return _several(field, rows)
    chosen = next(((value, label) for value, label in rows if value == field.value), None)
    if field.kind == "search" and field.value:
        chosen = chosen or (field.value, field.value)
    first = {"initial_option": _option(*chosen)} if chosen is not None else {}
    if field.kind == "role":
        return {"type": "external_select", "action_id": GROUP, "min_query_length": 0, **first}
    if field.kind == "search" or len(rows) > limits.OPTIONS:
        return {"type": "external_select", "min_query_length": 0, **first}
    return {"type": "radio_buttons" if field.kind == "scale" else "static_select", "options": options(rows), **first}


def _several(field: Field, rows: Sequence[tuple[str, str]]) -> Block:
    wanted = {value.strip() for value in field.value.split(",")}
    chosen = [_option(value, label) for value, label in rows if value in wanted]
    first = {"initial_options": chosen} if chosen else {}
    if len(rows) > limits.OPTIONS:
        return {"type": "multi_external_select", "min_query_length": 0, **first}
    return {"type": "multi_static_select", "options": options(rows), **first}


def _option(value: str, label: str) -> Block:
    return {"text": _words(text.shortened(label, limits.BUTTON)), "value": value}


def _words(shown: str) -> Block:
    return {"type": "plain_text", "text": shown or "…", "emoji": False}

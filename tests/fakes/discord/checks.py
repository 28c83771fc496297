"""What Discord refuses in a payload, as far as the bot could ever send it. A refusal is the name of the field and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

COMPONENTS_V2 = 1 << 15
EPHEMERAL = 1 << 6
SUPPRESS_EMBEDS = 1 << 2

ROW, BUTTON, SELECT, INPUT, ROLES, CHANNELS = 1, 2, 3, 4, 6, 8
SECTION, TEXT, THUMBNAIL, GALLERY, FILE, RULE, CONTAINER, LABEL = 9, 10, 11, 12, 13, 14, 17, 18
_TOP = {ROW, SECTION, TEXT, GALLERY, FILE, RULE, CONTAINER}


class Invalid(Exception):
    """A payload Discord would answer with 400, code 50035."""


def _need(holds: bool, what: str) -> None:
    if not holds:
        raise Invalid(what)


def _length(text: object, least: int, most: int, what: str) -> None:
    _need(isinstance(text, str) and least <= len(text) <= most, f"{what}: must be {least} to {most} characters")


def walk(components: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Every component, nested ones too."""
    for component in components:
        yield component
        yield from walk(component.get("components") or ())
        for inner in (component.get("component"), component.get("accessory")):
            if inner:
                yield from walk([inner])


def message(payload: Mapping[str, Any], files: int, *, edit: bool = False) -> None:
    """A message to create or edit."""
    flags = int(payload.get("flags") or 0)
    components = payload.get("components") or []
    content = payload.get("content")
    mentions: Mapping[str, Any] = payload.get("allowed_mentions") or {}
    _need("parse" in mentions, "allowed_mentions: this bot says whom it mentions")
    _need(mentions["parse"] in ([], ["everyone"]) and not mentions.get("users"), "allowed_mentions: roles only")
    _need(len(mentions.get("roles") or ()) <= 100, "allowed_mentions.roles: at most 100")
    _need(not edit or mentions == {"parse": []}, "allowed_mentions: an edit of this bot mentions nobody")
    if content is not None:
        _length(content, 0, 2000, "content")
    if flags & COMPONENTS_V2:
        _need(not content and not payload.get("embeds") and not payload.get("poll"), "content: not with components v2")
        _need(bool(components), "components: required")
        _new_style(components)
    else:
        _need(all(one["type"] == ROW for one in components), "components: only rows without the v2 flag")
        _need(len(components) <= 5, "components: at most 5 rows")
        _need(
            edit or bool(content or components or files or payload.get("embeds")), "50006: cannot send an empty message"
        )
    _common(components)
    if payload.get("nonce") is not None:
        _length(str(payload["nonce"]), 1, 25, "nonce")
    attached = payload.get("attachments") or []
    for one in attached:
        _need(len(one.get("description") or "") <= 1024, "attachments.description: at most 1024 characters")
    names = {one.get("filename") for one in attached}
    for component in walk(components):
        if component["type"] == GALLERY:
            _need(1 <= len(component["items"]) <= 10, "gallery.items: 1 to 10")
            for item in component["items"]:
                url = item["media"]["url"]
                _need(len(item.get("description") or "") <= 1024, "gallery.description: at most 1024 characters")
                _need(not url.startswith("attachment://") or url[13:] in names, "gallery.media: no such attachment")


def _new_style(components: Sequence[Mapping[str, Any]]) -> None:
    every = list(walk(components))
    _need(len(every) <= 40, f"components: {len(every)}, at most 40")
    _need(
        sum(_units(one["content"]) for one in every if one["type"] == TEXT) <= 4000, "components: over 4000 characters"
    )
    for component in components:
        _need(component["type"] in _TOP, f"components: type {component['type']} not at the top")
    for component in every:
        if component["type"] == CONTAINER:
            _need(len(component["components"]) >= 1, "container.components: required")
            inner = {one["type"] for one in component["components"]}
            _need(inner <= _TOP - {CONTAINER}, "container.components: type")


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _common(components: Sequence[Mapping[str, Any]]) -> None:
    seen: set[str] = set()
    for component in walk(components):
        kind = component["type"]
        if "custom_id" in component:
            _length(component["custom_id"], 1, 100, "custom_id")
            _need(component["custom_id"] not in seen, f"custom_id: {component['custom_id']} twice")
            seen.add(component["custom_id"])
        if kind == ROW:
            _need(1 <= len(component["components"]) <= 5, "row.components: 1 to 5")
        elif kind == BUTTON:
            _length(component.get("label") or "", 1, 80, "button.label")
            _need(component["style"] in {1, 2, 3, 4}, "button.style")
            _need(bool(component.get("custom_id")), "button.custom_id: required")
        elif kind == TEXT:
            _length(component["content"], 1, 4000, "text.content")
        elif kind == SELECT:
            _select(component)


def _select(component: Mapping[str, Any]) -> None:
    options = component.get("options") or []
    _need(1 <= len(options) <= 25, "select.options: 1 to 25")
    for option in options:
        _length(option["label"], 1, 100, "select.options.label")
        _length(option["value"], 1, 100, "select.options.value")
    values = [option["value"] for option in options]
    _need(len(set(values)) == len(values), "select.options: values twice")
    _need(len(component.get("placeholder") or "") <= 150, "select.placeholder")


def modal(payload: Mapping[str, Any]) -> None:
    """A form to open."""
    _length(payload.get("title"), 1, 45, "title")
    _length(payload.get("custom_id"), 1, 100, "custom_id")
    components = payload.get("components") or []
    _need(1 <= len(components) <= 5, "components: 1 to 5")
    _need(
        sum(_units(one["content"]) for one in components if one["type"] == TEXT) <= 4000,
        "components: over 4000 characters",
    )
    for component in components:
        _need(component["type"] in {LABEL, TEXT}, "components: a label or a text")
        if component["type"] == LABEL:
            _length(component.get("label"), 1, 45, "label.label")
            _need(len(component.get("description") or "") <= 100, "label.description: at most 100 characters")
            _entry(component["component"])
    _common(components)


def _entry(entry: Mapping[str, Any]) -> None:
    _need(entry["type"] in {INPUT, SELECT, ROLES, CHANNELS}, "label.component: a text input or a select")
    if entry["type"] != INPUT:
        least, most = entry.get("min_values", 1), entry.get("max_values", 1)
        _need(0 <= least <= most <= 25, "select.min_values, max_values")
        _need(bool(least) or not entry.get("required"), "select.required: with at least one value")
        _need(entry["type"] != SELECT or most <= len(entry["options"]), "select.max_values: more than options")
        chosen = sum(bool(one.get("default")) for one in entry.get("options") or ())
        _need(chosen + len(entry.get("default_values") or ()) <= most, "select: more chosen than may be")
    if entry["type"] == INPUT:
        _need(entry["style"] in {1, 2}, "input.style")
        _need(1 <= (entry.get("max_length") or 4000) <= 4000, "input.max_length")
        _need(len(entry.get("value") or "") <= 4000, "input.value")
        _need(len(entry.get("placeholder") or "") <= 100, "input.placeholder")


def commands(payload: Sequence[Mapping[str, Any]]) -> None:
    """All commands of an app."""
    for command in payload:
        _need(_size(command) <= 8000, f"command: {_size(command)} characters in all, at most 8000")
        _length(command["name"], 1, 32, "name")
        if command.get("type", 1) == 1:
            _need(command["name"] == command["name"].lower(), "name: lower case")
            _length(command.get("description"), 1, 100, "description")
            for option in command.get("options") or []:
                _length(option["description"], 1, 100, "option.description")
                _need(len(option.get("options") or []) <= 25, "option.options")
                for inner in option.get("options") or []:
                    _length(inner["name"], 1, 32, "option.name")
                    _length(inner["description"], 1, 100, "option.description")
                    _need(len(inner.get("choices") or []) <= 25, "option.choices")
                    _need(len(inner.get("options") or []) <= 25, "option.options")
                    for deepest in inner.get("options") or []:
                        _length(deepest["description"], 1, 100, "option.description")
                        _need(deepest["type"] > 2, "option.type: no deeper")
        else:
            _need(not command.get("description"), "description: not for a menu")


def _size(option: Mapping[str, Any]) -> int:
    """Characters of names, descriptions and values, of everything inside, too."""
    own = sum(len(str(option.get(name) or "")) for name in ("name", "description", "value"))
    return own + sum(_size(inner) for kind in ("options", "choices") for inner in option.get(kind) or ())

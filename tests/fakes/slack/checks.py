"""What Slack refuses: the limits and shapes of Block Kit, as its reference states them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

MESSAGE_CHARACTERS = 13_200
"""All text in blocks of one message; beyond it Slack answers msg_blocks_too_long."""

ELEMENTS = {
    "section": {"button", "static_select", "external_select", "overflow", "radio_buttons", "image"},
    "actions": {"button", "static_select", "external_select", "overflow", "radio_buttons", "checkboxes"},
    "input": {
        "plain_text_input",
        "static_select",
        "external_select",
        "multi_static_select",
        "multi_external_select",
        "conversations_select",
        "radio_buttons",
        "checkboxes",
        "number_input",
    },
}


class Refused(Exception):
    """Slack's word for what is wrong, and its notes on where."""

    def __init__(self, error: str, *messages: str) -> None:
        super().__init__(error)
        self.error = error
        self.messages = messages


def _invalid(where: str, why: str) -> Refused:
    return Refused("invalid_blocks", f"[ERROR] {why} [json-pointer:{where}]")


def text_object(found: Any, where: str, most: int, kinds: Sequence[str] = ("plain_text", "mrkdwn")) -> int:
    """Check a text object; its length."""
    if not isinstance(found, Mapping) or found.get("type") not in kinds:
        raise _invalid(where, f"must be one of {', '.join(kinds)}")
    words = found.get("text")
    if not isinstance(words, str) or not words:
        raise _invalid(f"{where}/text", "must be more than 0 characters")
    if len(words) > most:
        raise _invalid(f"{where}/text", f"must be less than {most + 1} characters")
    allowed = {"type", "text", "emoji"} if found["type"] == "plain_text" else {"type", "text", "verbatim"}
    if set(found) - allowed:
        raise _invalid(where, f"no more properties: {sorted(set(found) - allowed)}")
    return len(words)


def _short(found: Mapping[str, Any], name: str, most: int, where: str, least: int = 1) -> None:
    value = found.get(name)
    if value is not None and (not isinstance(value, str) or not least <= len(value) <= most):
        raise _invalid(f"{where}/{name}", f"must be {least} to {most} characters")


def message_blocks(blocks: Any) -> None:
    """Check a message's blocks."""
    size = _blocks(blocks, 50, "/blocks", forbidden={"input"})
    if size > MESSAGE_CHARACTERS:
        raise Refused("msg_blocks_too_long")


def _blocks(blocks: Any, most: int, where: str, forbidden: set[str]) -> int:
    if not isinstance(blocks, list):
        raise Refused("invalid_blocks_format")
    if len(blocks) > most:
        raise _invalid(where, f"no more than {most} items allowed")
    names: set[str] = set()
    size = 0
    for number, block in enumerate(blocks):
        here = f"{where}/{number}"
        if not isinstance(block, Mapping) or block.get("type") in forbidden:
            raise _invalid(here, "unsupported block")
        _short(block, "block_id", 255, here)
        name = block.get("block_id")
        if name in names:
            raise _invalid(here, f"block_id already exists: {name}")
        if name:
            names.add(name)
        size += _block(block, here)
    return size


def _block(block: Mapping[str, Any], here: str) -> int:
    kind = block.get("type")
    if kind == "section":
        size = text_object(block["text"], f"{here}/text", 3000) if "text" in block else 0
        fields = block.get("fields", ())
        if not size and not fields:
            raise _invalid(here, "missing text or fields")
        if len(fields) > 10:
            raise _invalid(f"{here}/fields", "no more than 10 items allowed")
        return size + sum(text_object(each, f"{here}/fields", 2000) for each in fields)
    if kind == "header":
        return text_object(block.get("text"), f"{here}/text", 150, ("plain_text",))
    if kind == "divider":
        return 0
    if kind == "context":
        elements = block.get("elements")
        if not isinstance(elements, list) or not 1 <= len(elements) <= 10:
            raise _invalid(f"{here}/elements", "1 to 10 items")
        return sum(text_object(each, f"{here}/elements", 3000) for each in elements)
    if kind == "actions":
        return _actions(block, here)
    if kind == "input":
        text_object(block.get("label"), f"{here}/label", 2000, ("plain_text",))
        if "hint" in block:
            text_object(block["hint"], f"{here}/hint", 2000, ("plain_text",))
        _element(block.get("element"), f"{here}/element", "input")
        return 0
    if kind == "markdown":
        if not isinstance(block.get("text"), str) or not 1 <= len(block["text"]) <= 12_000:
            raise _invalid(here, "1 to 12000 characters")
        return len(block["text"])
    raise _invalid(here, f"unsupported type: {kind}")


def _actions(block: Mapping[str, Any], here: str) -> int:
    elements = block.get("elements")
    if not isinstance(elements, list) or not 1 <= len(elements) <= 25:
        raise _invalid(f"{here}/elements", "1 to 25 items")
    names = [each.get("action_id") for each in elements if isinstance(each, Mapping)]
    if len(set(names)) != len(names):
        raise _invalid(f"{here}/elements", "action_id already exists")
    for number, each in enumerate(elements):
        _element(each, f"{here}/elements/{number}", "actions")
    return 0


def _element(element: Any, here: str, where: str) -> None:
    if not isinstance(element, Mapping) or element.get("type") not in ELEMENTS[where]:
        raise _invalid(here, f"unsupported element in {where}")
    _short(element, "action_id", 255, here)
    if "placeholder" in element:
        text_object(element["placeholder"], f"{here}/placeholder", 150, ("plain_text",))
    if element["type"] == "button":
        text_object(element.get("text"), f"{here}/text", 75, ("plain_text",))
        _short(element, "value", 2000, here)
        if element.get("style") not in {None, "primary", "danger"}:
            raise _invalid(f"{here}/style", "must be primary or danger")
        if "confirm" in element:
            confirm = element["confirm"]
            text_object(confirm.get("title"), f"{here}/confirm/title", 100, ("plain_text",))
            text_object(confirm.get("text"), f"{here}/confirm/text", 300)
            text_object(confirm.get("confirm"), f"{here}/confirm/confirm", 30, ("plain_text",))
            text_object(confirm.get("deny"), f"{here}/confirm/deny", 30, ("plain_text",))
    elif element["type"] == "plain_text_input":
        most = element.get("max_length", 3000)
        if not 1 <= most <= 3000 or len(element.get("initial_value", "")) > most:
            raise _invalid(f"{here}/initial_value", "longer than the field")
    elif element["type"] == "conversations_select":
        if not set(element["filter"]["include"]) <= {"im", "mpim", "private", "public"}:
            raise _invalid(f"{here}/filter", "unknown kind of conversation")
    elif element["type"] in {"static_select", "multi_static_select", "radio_buttons"}:
        most = 10 if element["type"] == "radio_buttons" else 100
        rows = element.get("options")
        if not isinstance(rows, list) or not 1 <= len(rows) <= most:
            raise _invalid(f"{here}/options", f"1 to {most} items")
        options(rows, f"{here}/options")
        if "initial_option" in element and element["initial_option"] not in rows:
            raise _invalid(f"{here}/initial_option", "must be one of the options")
        if "initial_options" in element and not (
            element["initial_options"] and all(one in rows for one in element["initial_options"])
        ):
            raise _invalid(f"{here}/initial_options", "must be some of the options")


def options(rows: Any, here: str = "/options") -> None:
    """Check entries of a list."""
    if not isinstance(rows, list) or len(rows) > 100:
        raise _invalid(here, "no more than 100 items allowed")
    for row in rows:
        text_object(row.get("text"), f"{here}/text", 75)
        value = row.get("value")
        if not isinstance(value, str) or not 1 <= len(value) <= 150:
            raise _invalid(f"{here}/value", "1 to 150 characters")


def view(found: Any, kinds: Sequence[str]) -> None:
    """Check a modal or a home page."""
    if not isinstance(found, Mapping) or found.get("type") not in kinds:
        raise Refused("invalid_arguments", "[ERROR] unsupported type of view")
    _short(found, "callback_id", 255, "/view")
    _short(found, "private_metadata", 3000, "/view", least=0)
    if found["type"] == "modal":
        for name in ("title", "submit", "close"):
            if name in found or name == "title":
                text_object(found.get(name), f"/view/{name}", 24, ("plain_text",))
        if "submit" not in found and any(block.get("type") == "input" for block in found.get("blocks", ())):
            raise Refused("invalid_arguments", "[ERROR] submit is required when an input block is within blocks")
    _blocks(found.get("blocks"), 100, "/view/blocks", forbidden=set())


def metadata(found: Any) -> None:
    """Check a message's metadata."""
    if not isinstance(found, Mapping) or not isinstance(found.get("event_type"), str):
        raise Refused("invalid_metadata_format")
    payload = found.get("event_payload")
    if not isinstance(payload, Mapping) or any(
        isinstance(each, (dict, list)) and not each for each in payload.values()
    ):
        raise Refused("invalid_metadata_format")

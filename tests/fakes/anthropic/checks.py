"""What the real API accepts, as far as Hotseat could get it wrong: a request is read strictly and refused in its words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.fakes.anthropic.cache import BREAKPOINTS

VERSION = "2026-10-21"

_FIELDS = frozenset(
    {"model", "max_tokens", "messages", "system", "stream", "output_config", "thinking", "cache_control", "metadata"}
    | {"stop_sequences", "tools", "tool_choice", "service_tier", "container", "diagnostics"}
)
_SAMPLING = ("temperature", "top_p", "top_k")
_UNSUPPORTED = frozenset(
    {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength", "pattern"}
    | {"maxItems", "uniqueItems", "minProperties", "maxProperties", "patternProperties", "oneOf"}
)


@dataclass(frozen=True, slots=True)
class Rules:
    """What one model accepts and caches."""

    thinking: frozenset[str]
    efforts: frozenset[str]
    cache_minimum: int
    longest_answer: int = 128_000


_ALL = frozenset({"low", "medium", "high", "xhigh", "max"})
_UP_TO_HIGH = frozenset({"low", "medium", "high"})

MODELS: Mapping[str, Rules] = {
    "claude-haiku-5-5": Rules(frozenset({"adaptive", "disabled"}), _UP_TO_HIGH, 512),
    "claude-sonnet-5-5": Rules(frozenset({"adaptive", "between_tools"}), _UP_TO_HIGH, 512),
    "claude-opus-5-5": Rules(frozenset({"adaptive"}), _ALL, 512),
    "claude-haiku-4-5": Rules(frozenset({"enabled", "disabled"}), frozenset(), 4096),
}
"""Stated here a second time on purpose: a fake that read our own table would agree with its mistakes."""


class Refused(Exception):
    """A request the API would not take: status, the error's type, and its words."""

    def __init__(self, status: int, kind: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.kind = kind
        self.message = message


def _bad(message: str) -> Refused:
    return Refused(400, "invalid_request_error", message)


def headers(given: Mapping[str, str], key: str | None) -> None:
    """Refuse a request without a key, with another key than `key` (None: any), or without the API's version."""
    scheme, _, token = given.get("Authorization", "").partition(" ")
    if scheme != "Bearer" or not token or (key is not None and token != key):
        raise Refused(401, "authentication_error", "invalid credentials")
    if given.get("anthropic-version") != VERSION:
        raise _bad("anthropic-version: header is required")


def body(given: Any, rejects: frozenset[str] = frozenset(), counting: bool = False) -> Rules:
    """Refuse a body the API would not take; what holds for its model otherwise. `rejects` are fields this server lacks."""
    if not isinstance(given, dict):
        raise _bad("the body must be an object")
    for field in _SAMPLING:
        if field in given:
            raise _bad(f"{field}: not supported")
    for field in given:
        if field not in _FIELDS or field in rejects:
            raise _bad(f"{field}: Extra inputs are not permitted")
    rules = MODELS.get(str(given.get("model")))
    if rules is None:
        raise Refused(404, "not_found_error", f"model: {given.get('model')}")
    longest = given.get("max_tokens")
    if not counting and not (isinstance(longest, int) and 0 <= longest <= rules.longest_answer):
        raise _bad("max_tokens: Field required")
    _thinking(given, rules)
    _output(given.get("output_config"), rules, rejects)
    marks = _content(given, rejects)
    if marks + ("cache_control" in given) > BREAKPOINTS:
        raise _bad(f"A maximum of {BREAKPOINTS} blocks with cache_control may be provided. Found {marks}.")
    return rules


def _thinking(given: Mapping[str, Any], rules: Rules) -> None:
    thinking = given.get("thinking")
    if thinking is None:
        return
    if not isinstance(thinking, dict) or thinking.get("type") not in rules.thinking:
        raise _bad(f"thinking.type: not supported by {given['model']}")
    effort = (given.get("output_config") or {}).get("effort")
    if thinking["type"] == "disabled" and effort in {"xhigh", "max"}:
        raise _bad("thinking: cannot be disabled at this effort")


def _output(config: Any, rules: Rules, rejects: frozenset[str]) -> None:
    if config is None:
        return
    for field in config:
        if field not in {"format", "effort"} or f"output_config.{field}" in rejects:
            raise _bad(f"output_config.{field}: Extra inputs are not permitted")
    if config.get("effort") is not None and config["effort"] not in rules.efforts:
        raise _bad("output_config.effort: not supported by this model")
    shape = config.get("format")
    if shape is not None:
        if shape.get("type") != "json_schema" or set(shape) != {"type", "schema"}:
            raise _bad("output_config.format: type must be json_schema")
        schema(shape["schema"])


def schema(shape: Any, at: str = "output_config.format.schema") -> None:
    """Refuse a schema the API's decoder does not take."""
    if not isinstance(shape, dict):
        raise _bad(f"{at}: must be an object")
    for word in _UNSUPPORTED & set(shape):
        raise _bad(f"{at}: property '{word}' is not supported")
    if shape.get("minItems", 0) not in {0, 1}:
        raise _bad(f"{at}: minItems must be 0 or 1")
    kind = shape.get("type")
    if kind == "object":
        if shape.get("additionalProperties") is not False:
            raise _bad(f"{at}: additionalProperties must be false")
        for name, held in shape.get("properties", {}).items():
            schema(held, f"{at}.{name}")
    elif kind == "array":
        schema(shape.get("items"), f"{at}[]")
    elif kind is None and not {"enum", "const", "anyOf", "allOf", "$ref"} & set(shape):
        raise _bad(f"{at}: needs a type")
    for held in shape.get("anyOf", []):
        schema(held, at)


def _content(given: Mapping[str, Any], rejects: frozenset[str]) -> int:
    """Check every block; how many carry a breakpoint."""
    marks = 0
    lifetimes: list[str] = []
    messages = given.get("messages")
    if not isinstance(messages, list) or not messages:
        raise _bad("messages: at least one message is required")
    if messages[-1].get("role") == "assistant":
        raise _bad("This model does not support assistant message prefill.")
    contents = [given["system"]] if "system" in given else []
    for message in messages:
        if set(message) != {"role", "content"} or message["role"] not in {"user", "assistant", "system"}:
            raise _bad("messages: each needs a role of user, assistant or system, and content")
        contents.append(message["content"])
    for content in contents:
        blocks: list[dict[str, Any]] = [{"type": "text", "text": content}] if isinstance(content, str) else content
        for block in blocks:
            if block.get("type") != "text" or not set(block) <= {"type", "text", "cache_control", "citations"}:
                raise _bad("content: only plain text blocks are known here")
            if not block.get("text", "").strip():
                raise _bad("text content blocks must contain non-whitespace text")
            control = block.get("cache_control")
            if control is not None:
                if "cache_control" in rejects:
                    raise _bad("cache_control: Extra inputs are not permitted")
                if control.get("type") != "ephemeral" or control.get("ttl", "5m") not in {"5m", "1h"}:
                    raise _bad("cache_control: type must be ephemeral, ttl 5m or 1h")
                marks += 1
                lifetimes.append(control.get("ttl", "5m"))
    if lifetimes != sorted(lifetimes, key=lambda ttl: ttl != "1h"):
        raise _bad("cache_control: a ttl of 1h must not come after one of 5m")
    return marks

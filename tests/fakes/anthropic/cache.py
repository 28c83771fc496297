"""Counting tokens by one fixed rule, and the prompt cache with its real rules.

The rule of four characters a token is nobody's tokenizer; it is the same for everyone who is measured with it. The cache
knows exact prefixes only, per model and output schema; it is written at breakpoints that reach the model's minimum, found by
looking back at most twenty blocks from a breakpoint, and forgotten after a lifetime that every reading renews.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

CHARACTERS_A_TOKEN = 4
BREAKPOINTS = 4
LOOK_BACK = 20
LIFETIME_S = {"5m": 300.0, "1h": 3600.0}


def tokens(text: str) -> int:
    """How many tokens a text has."""
    return math.ceil(len(text) / CHARACTERS_A_TOKEN)


@dataclass(frozen=True, slots=True)
class Piece:
    """One block of a request in the order the model reads it: its text, its tokens, the lifetime it asks for."""

    text: str
    tokens: int
    ttl: str


@dataclass(frozen=True, slots=True)
class Usage:
    """Input tokens of one request as they are billed."""

    plain: int
    read: int
    written: Mapping[str, int]

    @property
    def total(self) -> int:
        """All input tokens."""
        return self.plain + self.read + sum(self.written.values())

    def as_json(self) -> dict[str, Any]:
        """In the words of the API."""
        return {
            "input_tokens": self.plain,
            "cache_read_input_tokens": self.read,
            "cache_creation_input_tokens": sum(self.written.values()),
            "cache_creation": {
                "ephemeral_5m_input_tokens": self.written.get("5m", 0),
                "ephemeral_1h_input_tokens": self.written.get("1h", 0),
            },
            "service_tier": "standard",
        }


def pieces(body: Mapping[str, Any]) -> list[Piece]:
    """The blocks of a request: tools and schema first, then system, then messages."""
    found = [_piece(json.dumps(tool, sort_keys=True), tool) for tool in body.get("tools", [])]
    schema = (body.get("output_config") or {}).get("format")
    if schema:
        # What a schema adds is put before everything else, so another schema is another prefix.
        found.append(_piece(json.dumps(schema, sort_keys=True), {}))
    found += [_piece("system:" + block["text"], block, len("system:")) for block in _blocks(body.get("system", []))]
    for message in body["messages"]:
        for block in _blocks(message["content"]):
            role = f"{message['role']}:"
            found.append(_piece(role + block.get("text", json.dumps(block, sort_keys=True)), block, len(role)))
    if body.get("cache_control") and found:
        last = found[-1]
        found[-1] = Piece(last.text, last.tokens, body["cache_control"].get("ttl", "5m"))
    return found


def _piece(text: str, block: Mapping[str, Any], unbilled: int = 0) -> Piece:
    control = block.get("cache_control")
    return Piece(text, tokens(text[unbilled:]), control.get("ttl", "5m") if control else "")


def _blocks(content: Any) -> list[dict[str, Any]]:
    return [{"type": "text", "text": content}] if isinstance(content, str) else list(content)


class Cache:
    """The cache of one account. `clock` gives seconds and may be moved by a test."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._expires: dict[str, tuple[float, str]] = {}

    def use(self, model: str, minimum: int, request: list[Piece]) -> Usage:
        """Read and write the cache for one request, and say what is billed."""
        now = self._clock()
        keys, ends = _prefixes(model, request)
        marks = [index for index, piece in enumerate(request) if piece.ttl]
        hit = -1
        for mark in marks:
            for index in range(mark, max(-1, mark - LOOK_BACK), -1):
                if self._expires.get(keys[index], (0.0, ""))[0] > now:
                    hit = max(hit, index)
                    break
        read = ends[hit] if hit >= 0 else 0
        for index in (index for index in (*marks, hit) if 0 <= index <= hit and keys[index] in self._expires):
            ttl = self._expires[keys[index]][1]
            self._expires[keys[index]] = (now + LIFETIME_S[ttl], ttl)
        written: dict[str, int] = {}
        upto = read
        for mark in marks:
            if mark > hit and ends[mark] >= minimum:
                ttl = request[mark].ttl
                written[ttl] = written.get(ttl, 0) + ends[mark] - upto
                upto = ends[mark]
                self._expires[keys[mark]] = (now + LIFETIME_S[ttl], ttl)
        return Usage(plain=(ends[-1] if ends else 0) - upto, read=read, written=written)


def _prefixes(model: str, request: list[Piece]) -> tuple[list[str], list[int]]:
    keys, ends = [], []
    running, total = hashlib.sha256(model.encode()), 0
    for piece in request:
        running.update(f"{len(piece.text)}:{piece.text}".encode("utf-8", "surrogatepass"))
        total += piece.tokens
        keys.append(running.hexdigest())
        ends.append(total)
    return keys, ends

"""Long text in pieces a platform accepts, cut where a reader would pause.

A piece ends after a paragraph if it can, else after a line, a sentence, a word, and only then inside a word. The pieces put
together are the text, character for character, except that a code block cut in two is closed and opened again. Lengths are
counted as `len` counts; escaping for a platform, which changes lengths, comes first and is not done here.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

SMALLEST = 80
"""The least limit there is: room for both ends of a code block and a few words between them."""

_FENCE = re.compile(r" {0,3}(`{3,16})(?!`)([^`\n]*)$")
_PARAGRAPH = re.compile(r"\n[ \t]*\n+")
_LINE = re.compile(r"\n")
_SENTENCE = re.compile(r"[.!?…。！？]+[\"'”’)\]]*[ \t]+|[。！？]+")
_WORD = re.compile(r"\s+")
# How full a piece must be at least for a cut of this kind: a paragraph is worth some empty room, a word hardly any.
_WORTH = ((_PARAGRAPH, 0.5), (_LINE, 0.4), (_SENTENCE, 0.3), (_WORD, 0.1))
_INFO = 20  # longest language name that is repeated when a code block is opened again


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of the text, with what was added before and after it to keep code blocks whole."""

    opening: str
    text: str
    closing: str

    def __str__(self) -> str:
        """What is sent."""
        return self.opening + self.text + self.closing


def split(text: str, limit: int) -> list[str]:
    """The text in pieces of at most `limit` characters; one empty piece for empty text. ValueError under `SMALLEST`."""
    return [str(piece) for piece in pieces(text, limit)]


def pieces(text: str, limit: int) -> list[Piece]:
    """The same, telling apart what is of the text and what was added."""
    if limit < SMALLEST:
        raise ValueError(f"a limit of {limit} is too small to split under; the least is {SMALLEST}")
    reserve = 1 + max((len(run) for run in re.findall("`{3,16}", text)), default=-1)
    found: list[Piece] = []
    opening = ""
    start = 0
    while start < len(text) or not found:
        room = limit - len(opening) - reserve
        end = len(text) if len(text) - start <= room else _cut(text, start, start + room)
        body = text[start:end]
        fence = _left_open(opening + body)
        if fence is None:
            found.append(Piece(opening, body, ""))
            opening = ""
        else:
            marker, info = fence
            found.append(Piece(opening, body, marker if body.endswith("\n") else f"\n{marker}"))
            opening = f"{marker}{info if len(info) <= _INFO else ''}\n"
        start = end
    return found


def _left_open(piece: str) -> tuple[str, str] | None:
    """The marker and language of the code block that is open at the end of a piece, None if none is."""
    fence: tuple[str, str] | None = None
    for line in piece.split("\n"):
        match = _FENCE.match(line)
        if match is None:
            continue
        marker, info = match.groups()
        if fence is None:
            fence = marker, info.strip()
        elif len(marker) >= len(fence[0]) and not info.strip():
            fence = None
    return fence


def _cut(text: str, start: int, end: int) -> int:
    """Where the piece from `start` ends, at `end` at the latest and after `start` always."""
    window = text[start:end]
    for kind, worth in _WORTH:
        for found in reversed(list(kind.finditer(window))):
            if found.end() < len(window) * worth:
                break
            if not _tears(text, start + found.end()):
                return start + found.end()
    for place in range(end, max(start, end - 40), -1):
        if not _tears(text, place) and not _joined(text, place):
            return place
    return end


def _tears(text: str, place: int) -> bool:
    """Whether a cut here would break up the marker of a code block, or make one of what was none."""
    line = text.rfind("\n", 0, place) + 1
    if line == place:
        return False
    end = text.find("\n", place)
    before, after = text[line:place], text[place : len(text) if end < 0 else end]
    return (
        bool(after) and "```" in before + after and any(_FENCE.match(part) for part in (before, after, before + after))
    )


def _joined(text: str, place: int) -> bool:
    """Whether the characters on both sides are shown as one (accents, joined emoji, flags are left to chance)."""
    nearby = text[place - 1 : place + 1]
    return any(letter == "\u200d" for letter in nearby) or unicodedata.category(nearby[-1]) in {"Mn", "Me", "Sk"}

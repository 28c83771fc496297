"""What the candidate wrote, as numbered sentences: the only thing a judgement may rest on.

Splitting and numbering is done here, by code, so that whoever judges can point at sentences by number and a quote is
verbatim by construction. What counts as evidence (not withdrawn, not addressed to the grader) is decided by the caller.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

QUOTE_LIMIT = 160
"""Longest quote on a scorecard, in characters; a longer sentence is quoted by the part that matters."""

# A sentence ends at . ! ? … (with closing quotes) before white space, or at a line break. List markers start one.
_END = re.compile(r"(?<=[.!?…])[\"'”’)\]]*\s+(?=[^\s])|\s*\n+\s*(?:[-*•]\s+|\d+[.)]\s+)?|\s+(?=[-*•]\s)")
_LISTED = re.compile(r"\n|\s[-*•]\s")
_PLAIN_END = re.compile(
    r"[.!?…][\"'”’)\]]*\s+(?=\S)"
)  # the same in a text without line breaks and lists, and much quicker
_ABBREVIATION = re.compile(r"(?:\b(?:e\.g|i\.e|vs|etc|approx|Dr|Mr|Mrs|Ms|St|No)\.|\b[A-Z]\.)$")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of the candidate. `number` counts from 1 through the whole interview; `turn` is the turn it stands in."""

    number: int
    text: str
    turn: int = 0


def split(text: str) -> tuple[str, ...]:
    """The sentences of a text, each verbatim as it stands there, without the white space around it."""
    parts: list[str] = []
    start = 0
    mark, ends = (0, _END) if _LISTED.search(text) else (1, _PLAIN_END)
    for found in ends.finditer(text):
        at = found.start() + mark
        if _ABBREVIATION.search(text[start:at].rstrip("\"'”’)] ")):
            continue
        # Closing quotes belong to the sentence they close.
        gap = found[0][mark:]
        end = at + len(gap) - len(gap.lstrip("\"'”’)]"))
        parts.append(text[start:end])
        start = found.end()
    parts.append(text[start:])
    return tuple(part.strip() for part in parts if any(char.isalnum() for char in part))


def number(turns: Iterable[tuple[int, str]], first: int = 1) -> tuple[Sentence, ...]:
    """Number the sentences of `(turn, text)` pairs from `first`."""
    sentences: list[Sentence] = []
    for turn, text in turns:
        for part in split(text):
            sentences.append(Sentence(first + len(sentences), part, turn))
    return tuple(sentences)


def excerpt(sentence: str, around: str = "", limit: int = QUOTE_LIMIT) -> str:
    """A verbatim part of a sentence of at most `limit` characters, keeping `around` (itself a part of it) in view.

    Cut ends fall between words; nothing is added, so the result is always found in what the candidate wrote.
    """
    if len(sentence) <= limit:
        return sentence
    at = max(sentence.find(around), 0) if around else 0
    start = max(0, min(at - (limit - len(around)) // 2, len(sentence) - limit))
    end = start + limit
    if start > 0:
        start = sentence.find(" ", start) + 1 or start
    if end < len(sentence):
        end = sentence.rfind(" ", start, end) if sentence.rfind(" ", start, end) > start else end
    return sentence[start:end].strip()


def is_verbatim(quote: str, texts: Iterable[str]) -> bool:
    """Whether a quote stands word for word in one of the texts."""
    return bool(quote) and any(quote in text for text in texts)

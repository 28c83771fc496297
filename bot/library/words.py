"""Looking at authored text as words: tokens, rough stems, sentences, and what plain text may not hold.

Good enough to compare texts by the same authors in lint; matching what candidates write is the offline coach's work.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

_TOKEN = re.compile(r"[a-z0-9]+(?:['’.,][a-z0-9]+)*")
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"'”’)\]]*\s+|\n+")
_DOUBLED = re.compile(r"([bdfgmnprt])\1\Z")
_ENDINGS = ("ingly", "edly", "ings", "ing", "ies", "ied", "ed", "es", "ly", "s", "e", "y")

_SMALL = """
    a about after again all also am an and any are as at be because been before being but by can could did do does
    doing don't down each even every few first for from get gets give go goes going got had has have having he her here
    him his how i i'd i'll i'm i've if in into is it it's its itself just keep know let let's like look make makes many may me
    might more most much must my no nor not now of off on once one only or other our out over own put rather same
    say says see she should so some something still such take than that that's the their them then there these they thing
    things think this those through to too two under until up us use very want was way we we'd we'll were what when where
    whether which while who whom whose why will with without would yes yet you you'd you'll you're your
"""
STOP_WORDS: Final = frozenset(_SMALL.split())
_ARTICLES = frozenset({"a", "an", "the", "is", "are", "was", "were", "do", "does", "did", "it", "we", "i", "you", "of"})

_MARKUP = (
    (re.compile(r"(?<![\w@.])@\w"), "a mention (`@name`)"),
    (re.compile(r"<[/!@#a-zA-Z][^>\n]*>"), "something in angle brackets (a tag or a mention)"),
    (re.compile(r"https?://|\]\("), "a link"),
    (re.compile(r"`|\*\*|__|~~"), "markup (backticks, `**`, `__`)"),
    (re.compile(r"(?<![\w*_])[*_](?=[^\s*_])[^*_\n]*(?<=[^\s*_])[*_](?![\w*_])"), "markup (`*word*`, `_word_`)"),
    (re.compile(r"^\s*(?:#{1,6}\s|>\s|\|)", re.MULTILINE), "markup at the start of a line (`#`, `>`, `|`)"),
)
_SUSPECT = re.compile(r"[@<`*_~#>|]|://|\]\(")
"""What every piece of markup has; most texts have none of it."""
_EMOJI = re.compile("[\u2600-\u27bf\u2b00-\u2bff\u231a-\u23ff\ufe0f\u20e3\U0001f000-\U0001faff]")

AMERICAN: Final = {
    "analyze": "analyse", "analyzed": "analysed", "analyzing": "analysing", "behavior": "behaviour", "behaviors": "behaviours",
    "behavioral": "behavioural", "canceled": "cancelled", "center": "centre", "centers": "centres", "color": "colour",
    "colors": "colours", "defense": "defence", "favor": "favour", "favorite": "favourite", "fulfill": "fulfil", "gray": "grey",
    "honor": "honour", "labeled": "labelled", "labeling": "labelling", "labor": "labour", "modeling": "modelling",
    "neighbor": "neighbour", "neighbors": "neighbours", "skeptical": "sceptical",
    "traveled": "travelled", "traveler": "traveller", "travelers": "travellers",
}  # fmt: skip
"""Spellings that are mended in what the product says. `-ize` is left alone, it is British too."""


@lru_cache(maxsize=20_000)
def tokens(text: str) -> tuple[str, ...]:
    """The words and numbers of a text, in small letters."""
    return tuple(_TOKEN.findall(text.lower().replace("’", "'")))


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """A word without its ending, roughly: `indexed`, `indexes` and `indexing` are one."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return _DOUBLED.sub(r"\1", word[: -len(ending)])
    return word


@lru_cache(maxsize=20_000)
def content(text: str) -> frozenset[str]:
    """The stems of the words that carry a text's meaning."""
    return frozenset(stem(token) for token in tokens(text) if token not in STOP_WORDS)


def bare(text: str) -> frozenset[str]:
    """The stems of a short text, small words but for articles included."""
    return frozenset(stem(word) for word in tokens(text) if word not in _ARTICLES)


def overlap(one: frozenset[str], other: frozenset[str]) -> float:
    """How much two sets of stems share, 0 to 1: what is common over what there is."""
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared) if shared else 0.0


def parts(text: str) -> list[str]:
    """The sentences of a text as they stand there."""
    return _SENTENCE_END.split(text)


def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text as bare words, so that punctuation and capitals make no difference."""
    said = (" ".join(tokens(part)) for part in parts(text))
    return tuple(part for part in said if part)


def runs(text: str, length: int) -> frozenset[tuple[str, ...]]:
    """Every run of `length` consecutive words."""
    words = tokens(text)
    return frozenset(words[at : at + length] for at in range(len(words) - length + 1))


def not_plain(text: str) -> str:
    """What a text holds besides plain words, as a phrase; empty when it is plain."""
    if _SUSPECT.search(text):
        for pattern, name in _MARKUP:
            if pattern.search(text):
                return name
    if not text.isascii():
        if _EMOJI.search(text):
            return "an emoji"
        for char in text:
            if unicodedata.category(char) in {"Cf", "Co", "Cc"} and char != "\n":
                return f"an invisible character (U+{ord(char):04X})"
    return ""

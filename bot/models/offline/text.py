"""Words as the offline mind compares them: cleaned, spelled one way, stemmed, with their place in the original kept.

Nothing here knows about questions, checks or meanings; which words mean the same is `thesaurus`'s work. Cleaning happens
per token, never on the whole text, so that every word still points at the characters the candidate typed.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

import snowballstemmer

from bot.models.offline.lexicon import (
    CONTRACTIONS,
    CONTRASTS,
    IRREGULAR,
    NEGATORS,
    NUMBERS,
    PARTICLES,
    SPELLINGS,
    STOP,
    WEAK,
)

INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f"
    "\ufe00-\ufe0f\ufeff"
)
"""Characters that take no room, as the inside of a regular expression's class; people paste them, attackers plant them."""

_INVISIBLE = re.compile(f"[{INVISIBLE}]|[\U000e0000-\U000e007f]")
_TOKEN = re.compile(
    rf"(?:[$€£]\s?)?\d[\d,.]*\d(?:[a-zA-Z]+)?|(?:[$€£]\s?)?\d[a-zA-Z]*|[^\W\d_](?:[^\W_]|[{INVISIBLE}])*(?:['’ʼ`][^\W\d_]+)*|[%&>=<;:,.!?()\n/–—-]"
)


_BREAKS = frozenset(",;:.!?()–—\n")
_SIGNS = frozenset("&>=</-")

_ENDINGS = {"n't": " not", "'re": " are", "'ve": " have", "'ll": " will", "'d": " would", "'m": " am", "'s": ""}

_OUR = re.compile(r"^([a-z]{3,})our(s|ed|ing|able|al|ally|ite|ites)?$")
_DOUBLED = re.compile(
    r"^(model|label|travel|cancel|signal|total|channel|level|fuel|dial|panel|tunnel|counsel|marvel)l(ed|ing|er|ers)$"
)
_SCALED = re.compile(
    r"^[$€£]?\s?(\d[\d,]*(?:\.\d+)?)(k|m|bn|b|ms|s|sec|secs|min|mins|h|hr|hrs|d|x|st|nd|rd|th|am|pm|gb|mb|tb)?$"
)
_SCALES = {"k": 1_000, "m": 1_000_000, "b": 1_000_000_000, "bn": 1_000_000_000}
_UNITS = {
    "ms": "millisecond", "s": "second", "sec": "second", "secs": "second", "min": "minute",
    "mins": "minute", "h": "hour", "hr": "hour",
    "hrs": "hour", "d": "day", "x": "times", "gb": "gigabyte", "mb": "megabyte", "tb": "terabyte",
}  # fmt: skip
_stemmer = snowballstemmer.stemmer("english")


class Word(NamedTuple):
    """One word: its cleaned form, its stem, where the token it came from stands, whether a negation reaches it, and whether
    it carries meaning by itself. A tuple, since thousands are made for every answer."""

    text: str
    stem: str
    start: int
    end: int
    negated: bool
    content: bool


def clean(text: str) -> str:
    """The text in NFKC with invisible and control characters gone and quotes straight. For looking at, not for quoting."""
    if text.isascii() and text.isprintable():
        return text.replace("`", "'")
    text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    text = (
        text.replace("’", "'").replace("‘", "'").replace("“", '"').replace("”", '"').replace("ʼ", "'").replace("`", "'")
    )
    return "".join(char if char in "\n\t" or unicodedata.category(char)[0] != "C" else " " for char in text)


@lru_cache(maxsize=8192)
def stem(word: str) -> str:
    """The stem of one cleaned word, the same for British and American spellings and for irregular forms."""
    word = IRREGULAR.get(word, word)
    if word[:1].isdigit():
        return word
    stemmed: str = _stemmer.stemWord(_spelled(word))
    return stemmed


def _spelled(word: str) -> str:
    word = SPELLINGS.get(word, word)
    if found := _OUR.match(word):
        word = f"{found[1]}or{found[2] or ''}"
    elif found := _DOUBLED.match(word):
        word = f"{found[1]}{found[2]}"
    # -ise and -ize fall together for every word, even where English knows only one of them: both sides pass through here.
    return re.sub(
        r"is(e|es|ed|ing|er|ers|ation|ations)$", r"iz\1", word.replace("yse", "yze").replace("ysing", "yzing")
    )


@lru_cache(maxsize=8192)
def _forms(typed: str) -> tuple[tuple[str, str, bool], ...]:
    """The words one token stands for, each with its stem and whether it carries meaning."""
    return tuple((word, stemmed, _carries(word, stemmed)) for word, stemmed in _pairs(typed))


def _pairs(typed: str) -> tuple[tuple[str, str], ...]:
    """The (word, stem) pairs one token stands for: `don't` is two, `p95` and `95th` a number with its unit."""
    token = clean(typed).strip().lower()
    if token == "%":  # noqa: S105 - a token of a text
        return (("percent", "percent"),)
    if token[:1] in "$€£" or token[:1].isdigit():
        return _number(token)
    if token in CONTRACTIONS:
        token = CONTRACTIONS[token]
    else:
        for ending, full in _ENDINGS.items():
            if token.endswith(ending):
                token = token[: -len(ending)] + full
                break
    forms = []
    for word in token.replace("'", "").split():
        if found := re.fullmatch(r"p(\d\d)", word):
            forms += [("percentile", "percentil"), (found[1], found[1])]
        elif word in NUMBERS:
            forms.append((NUMBERS[word],) * 2)
        else:
            forms.append((word, stem(word)))
    return tuple(forms)


def _number(token: str) -> tuple[tuple[str, str], ...]:
    money = (("dollar", "dollar"),) if token[:1] in "$€£" else ()
    found = _SCALED.match(token.rstrip(".,"))
    if not found:
        return ((token, token), *money)
    value = float(found[1].replace(",", "") or 0) * _SCALES.get(found[2] or "", 1)
    digits = f"{value:g}" if value < 1e6 else str(int(value))
    unit = _UNITS.get(found[2] or "")
    return ((digits, digits), *money, *(((unit, stem(unit)),) if unit else ()))


_new = tuple.__new__  # half the time of calling the class, which counts here


@lru_cache(maxsize=4096)
def words(text: str) -> tuple[Word, ...]:
    """Every word of a text in order, marked where a negation of the same clause reaches it."""
    found: list[Word] = []
    negated_left = 0
    for token in _TOKEN.finditer(text):
        raw = token[0]
        if raw in _BREAKS:
            negated_left = 0
            continue
        if raw in _SIGNS:
            continue
        start, end = token.span()
        for word, stemmed, content in _forms(raw):
            if word in CONTRASTS:
                negated_left = 0
            found.append(_new(Word, (word, stemmed, start, end, negated_left > 0, content)))
            negated_left -= 1
            if word in NEGATORS:
                # "not only", "not just" and "no doubt" assert; "not without" does too.
                negated_left = 0 if negated_left > 0 and word == "without" else 7
            elif word in {"only", "just", "doubt", "merely", "wonder"} and negated_left == 6:
                negated_left = 0
    return tuple(found)


def is_content(word: Word) -> bool:
    """Whether a word carries meaning by itself."""
    return word.content


def _carries(word: str, stemmed: str) -> bool:
    return word.isdigit() or (len(word) > 1 and word not in STOP and stemmed not in STOP and word not in PARTICLES)


@lru_cache(maxsize=4096)
def telling(text: str) -> frozenset[str]:
    """The stems of a text that tell something: small words and those everybody says are left out."""
    found: set[str] = set()
    for token in _TOKEN.findall(text):
        found.update(_told(token))
    return frozenset(found)


@lru_cache(maxsize=8192)
def _told(token: str) -> tuple[str, ...]:
    if token in _BREAKS:
        return ()
    return tuple(stemmed for word, stemmed, content in _forms(token) if content and word not in WEAK)

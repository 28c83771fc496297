"""Sentences as the matcher reads them: in pieces and windows, and what a piece is worth for one unit of a phrasing.

Whether the worth of all units adds up to a check is `matching`'s work.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from bot.models.offline.lexicon import COMMONNESS, JOINS, NEGATORS, PARTICLES, WEAK
from bot.models.offline.text import Word, words
from bot.models.offline.thesaurus import Thesaurus

_CONCEPT_CREDITS = (0.5, 0.65, 0.8, 0.85, 0.9)  # by how common the concept is in any answer
_WEAK_CONCEPT_CREDIT = 0.4  # named only by a word that everybody says, as "more" names an increase
_RELATIVE_CREDIT = 0.7
_PARTLY_CREDIT = 0.35  # for the share of its words that a phrase of several has
_OTHER_NUMBER_CREDIT = 0.5
_WINDOW_CREDIT = (1.0, 0.96, 0.9)  # a point spread over more pieces is weaker evidence
_LONG_SENTENCE = 34  # words; beyond it a sentence is read clause by clause
_PIECE = 12  # words a clause of a long sentence has at least
_WINDOW_WORDS = 70

WEAK_STEMS = frozenset(stem for word in words(" ".join(WEAK)) for stem in (word.stem, word.text))
"""Stems of words that are said in every answer."""


_UNTELLING = WEAK_STEMS | NEGATORS | PARTICLES
"""What says nothing of a phrase of which nothing else is said."""


@dataclass(frozen=True, slots=True, eq=False)
class Unit:
    """One thing a phrasing says, the same object wherever the matcher meets it.

    `stems` are its words, `concepts` all names it goes by.
    """

    stems: tuple[str, ...]
    concepts: frozenset[str]
    negated: bool = False
    keys: tuple[str, ...] = ()
    """Names under which a `Reading` finds the pieces that may say it."""

    @classmethod
    def of(cls, stems: tuple[str, ...], concepts: frozenset[str], negated: bool = False) -> Unit:
        """A unit with its keys."""
        keys = [*stems, *(f"#{concept}" for concept in concepts)]
        if len(stems) == 1:
            keys.append("0*" if stems[0][:1].isdigit() else f"{stems[0][:5]}*")
        return cls(stems, concepts, negated, tuple(keys))


@dataclass(frozen=True, slots=True)
class Piece:
    """A sentence, or a clause of a very long one, as read: its stems and concepts, True where negated throughout."""

    sentence: int  # index into the sentences given
    start: int
    end: int
    length: int
    stems: dict[str, bool]
    concepts: dict[str, tuple[float, bool, str]]  # credit, negated, the stem that names it
    number: bool
    beginnings: dict[str, list[str]]  # stems by their first five letters


def piece_of(index: int, part: Sequence[Word], thesaurus: Thesaurus) -> Piece:
    """What one part of sentence `index` says."""
    stems: dict[str, bool] = {}
    concepts: dict[str, tuple[float, bool, str]] = {}
    for word in part:
        stems[word.stem] = stems.get(word.stem, True) and word.negated
    for hit in thesaurus.find(part):
        weak = not hit.literal and len(hit.at) == 1 and part[hit.at[0]].stem in WEAK_STEMS
        credit = _CONCEPT_CREDITS[COMMONNESS.get("#" + hit.concept, 4)]
        held = (min(credit, _WEAK_CONCEPT_CREDIT) if weak else credit, hit.negated, part[hit.at[0]].stem)
        known = concepts.get(hit.concept)
        if known is None or more_of(held) > more_of(known):
            concepts[hit.concept] = held
    number = any(word.text[:1].isdigit() for word in part)
    beginnings: dict[str, list[str]] = {}
    for stem in stems:
        if len(stem) >= 5:
            beginnings.setdefault(stem[:5], []).append(stem)
    return Piece(index, part[0].start, part[-1].end, len(part), stems, concepts, number, beginnings)


_NOTHING = (0.0, False, "")
Credit = tuple[float, bool, str]
"""What a piece is worth for a unit, 0 to 1; whether it is negated there; the stem of the word that says it."""
Held = Mapping[int, Credit]
"""Where something is said: pieces by number."""


@dataclass(slots=True)
class Reading:
    """Sentences read once for all checks: their pieces, and where each stem and concept stands."""

    pieces: tuple[Piece, ...]
    windows: tuple[tuple[int, int, float], ...] = ()
    """First piece, one past the last, credit."""
    _places: dict[str, list[int]] = field(default_factory=dict)
    _held: dict[Unit, Held] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.windows = tuple(_windows(self.pieces))
        for index, piece in enumerate(self.pieces):
            for name in (*piece.stems, *(f"{start}*" for start in piece.beginnings)):
                self._places.setdefault(name, []).append(index)
            for concept in piece.concepts:
                self._places.setdefault(f"#{concept}", []).append(index)
            if piece.number:
                self._places.setdefault("0*", []).append(index)

    def held(self, unit: Unit) -> Held:
        """Every piece that is worth anything for a unit."""
        found = self._held.get(unit)
        if found is None:
            places = self._places
            near = {index for name in unit.keys for index in places.get(name, ())}
            worth = ((index, credit_of(unit, self.pieces[index])) for index in near)
            found = self._held[unit] = {index: credit for index, credit in worth if credit[0]}
        return found

    def otherwise(self, unit: Unit, index: int, word: str) -> Credit | None:
        """What a piece is worth for a unit by another word than this one; None if by no other."""
        concepts = self.pieces[index].concepts
        named = [held for concept in unit.concepts if (held := concepts.get(concept)) and held[2] != word]
        return max(named, key=more_of) if named else None


def credit_of(unit: Unit, piece: Piece) -> Credit:
    """What a piece is worth for a unit."""
    stems = piece.stems
    there = [stem for stem in unit.stems if stem in stems]
    if len(there) == len(unit.stems):
        return 1.0, all(stems[stem] for stem in there), there[0]
    if unit.concepts:
        named = [piece.concepts[concept] for concept in unit.concepts if concept in piece.concepts]
        if named:
            return max(named, key=more_of)
    if there and len(unit.stems) > 1:
        share = sum(stem in stems for stem in unit.stems if stem not in _UNTELLING) / len(unit.stems)
        return _PARTLY_CREDIT * share, all(stems[stem] for stem in there), there[0]
    if len(unit.stems) == 1:
        stem = unit.stems[0]
        if stem[:1].isdigit():
            return (_OTHER_NUMBER_CREDIT, False, "") if piece.number else _NOTHING
        for other in piece.beginnings.get(stem[:5], ()):
            if relatives(stem, other):
                return _RELATIVE_CREDIT, stems[other], other
    return _NOTHING


def more_of(held: Credit) -> tuple[float, bool]:
    return held[0], not held[1]


@lru_cache(maxsize=8192)
def relatives(stem: str, other: str) -> bool:
    """Whether two stems are forms of one word that stemming kept apart ("reliab", "relianc" are not; "automat", "autom" are)."""
    if stem[:5] != other[:5]:
        return False
    short, long = sorted((stem, other), key=len)
    return len(short) >= 5 and long.startswith(short[: max(5, len(short) - 1)]) and len(long) - len(short) <= 4


def parts(read: Sequence[Word]) -> list[Sequence[Word]]:
    """A sentence as it is; a very long one (a voice transcript has no full stops) in clauses."""
    if len(read) <= _LONG_SENTENCE:
        return [read]
    parts: list[Sequence[Word]] = []
    start = 0
    for index, word in enumerate(read):
        far = index - start
        if far >= 2 * _PIECE or (far >= _PIECE and word.text in JOINS):
            parts.append(read[start:index])
            start = index
    if len(read) - start < _PIECE // 2 and parts:
        start -= len(parts.pop())
    return [*parts, read[start:]]


def _windows(pieces: Sequence[Piece]) -> Iterable[tuple[int, int, float]]:
    for size, credit in enumerate(_WINDOW_CREDIT, start=1):
        for first in range(len(pieces) - size + 1):
            if size == 1 or sum(piece.length for piece in pieces[first : first + size]) <= _WINDOW_WORDS:
                yield first, first + size, credit

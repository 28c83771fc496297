"""Does what was said show a check? Weighted recall of authored phrasings in the candidate's sentences.

A phrasing is a set of units: stems and concepts of the thesaurus, each with a weight. Words of the prompt, words that many
checks of the item share and words said in every answer weigh little. A unit is credited in full when its words are there, a
little less for a concept or a relative of the word. It cannot tell a true statement from a false one; it only knows
what was mentioned and whether that was negated. Which sentences may be evidence at all is decided by the caller.
"""

from __future__ import annotations

import math
from collections import Counter, OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from rapidfuzz.distance import OSA

from bot.chat.meanings import Verdict
from bot.interview.evidence import Sentence, excerpt
from bot.library.items import Check, Question
from bot.models.offline.lexicon import COMMONNESS, JOINS, PARTICLES, STOP, WEAK
from bot.models.offline.text import Word, is_content, words
from bot.models.offline.thesaurus import Thesaurus, standard

COVERED_AT = 0.54
"""Strength from which a check counts as covered."""
UNSURE_AT = 0.40
"""Strength from which a check counts as unsure."""

_CONCEPT_CREDITS = (0.5, 0.65, 0.8, 0.85, 0.9)  # by how common the concept is in any answer
_STEM_FACTORS = (0.5, 0.6, 0.75, 0.9, 1.0)
_WEAK_CONCEPT_CREDIT = 0.4  # named only by a word that everybody says, as "more" names an increase
_RELATIVE_CREDIT = 0.7
_OTHER_NUMBER_CREDIT = 0.5
_WEAK_WEIGHT = 0.35
_PHRASE_WEIGHT = 1.25  # a concept of several words is harder to say by accident
_PROMPT_FACTOR = 0.45
_ONLY_PROMPT_FACTOR = 0.6
_NUMBER_WEIGHT = 0.5
_WINDOW_CREDIT = (1.0, 0.96, 0.9)  # a point spread over more pieces is weaker evidence
_LONG_SENTENCE = 34  # words; beyond it a sentence is read clause by clause
_PIECE = 12  # words a clause of a long sentence has at least
_WINDOW_WORDS = 70
_AGREEMENT = (0.3, 0.2)  # what the second and third best phrasing add
_ENOUGH = 2.0  # matched weight from which a match counts in full


@dataclass(frozen=True, slots=True)
class Match:
    """How well sentences show a check: strength 0 to 1, the verdict, the numbers of the sentences, a verbatim quote."""

    strength: float
    verdict: Verdict
    sentences: tuple[int, ...] = ()
    quote: str = ""


NO_MATCH = Match(0.0, Verdict.NOT_SPOTTED)


@dataclass(frozen=True, slots=True)
class _Unit:
    """One thing a phrasing says. `stems` are its words, `concepts` all names it goes by."""

    stems: tuple[str, ...]
    concepts: frozenset[str]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class _Phrasing:
    """A phrasing as weighted units. `total` is the weight that saying all of it would earn."""

    units: tuple[_Unit, ...]
    weights: tuple[float, ...]
    total: float
    negated: bool
    fresh: tuple[bool, ...]  # which units the prompt does not give away


@dataclass(frozen=True, slots=True)
class _Piece:
    """A sentence, or a clause of a very long one, as read: its stems and concepts, True where negated throughout."""

    sentence: int  # index into the sentences given
    start: int
    end: int
    length: int
    stems: dict[str, bool]
    concepts: dict[str, tuple[float, bool]]  # credit, negated
    number: bool


@dataclass(slots=True)
class _Reading:
    """Sentences read once for all checks, with the credit every unit gets in every piece."""

    pieces: tuple[_Piece, ...]
    windows: tuple[tuple[int, int, float], ...]  # first piece, one past the last, credit
    credits: dict[_Unit, tuple[tuple[float, bool], ...]] = field(default_factory=dict)


class Matcher:
    """Matches texts against the checks of one drawn question. Build it once per question: see `matcher_for`."""

    def __init__(self, question: Question, thesaurus: Thesaurus | None = None) -> None:
        """Reads every phrasing of the question. `thesaurus` defaults to the one of the bank."""
        self._thesaurus = thesaurus or standard()
        self._units: dict[str, tuple[_Unit, ...]] = {}
        self._prompt: set[str] = set()
        for text in (question.prompt, *(note.adds for note in question.by_level.values())):
            read = words(text)
            self._prompt.update(word.stem for word in read if is_content(word))
            self._prompt.update(hit.concept for hit in self._thesaurus.find(read))
        self._shared: Counter[str] = Counter()
        for check in question.checks:
            self._shared.update(
                {name for phrase in (*check.phrasings, check.says) for name in _names(self.units(phrase))}
            )
        self._checks = max(len(question.checks), 1)
        self._known = _by_first(
            self._thesaurus.stems
            | self._prompt
            | {stem for units in self._units.values() for u in units for stem in u.stems}
        )
        self._phrasings = {check.id: self._compiled(check) for check in question.checks}
        self._readings: OrderedDict[tuple[str, ...], _Reading] = OrderedDict()

    def check(self, check: Check, sentences: Sequence[Sentence]) -> Match:
        """How well the sentences show a check of this question. Sentences that may not be evidence must be left out."""
        phrasings = self._phrasings.get(check.id) or self._compiled(check)
        reading = self._reading([sentence.text for sentence in sentences])
        best, at = 0.0, (0, 0)
        for first, last, credit in reading.windows:
            strength, denied = self._strength(phrasings, reading, first, last)
            strength *= credit
            if denied:
                # What was denied may still be meant: never more than unsure.
                strength = min(strength, UNSURE_AT + 0.02)
            if strength > best + 1e-9:
                best, at = strength, (first, last)
        if best <= 0:
            return NO_MATCH
        best = min(best, 1.0)
        verdict = (
            Verdict.COVERED if best >= COVERED_AT else Verdict.UNSURE if best >= UNSURE_AT else Verdict.NOT_SPOTTED
        )
        if verdict is Verdict.NOT_SPOTTED:
            return Match(round(best, 3), Verdict.NOT_SPOTTED)
        numbers, quote = self._evidence(phrasings, reading, at, sentences)
        return Match(round(best, 3), verdict, numbers, quote)

    def similarity(self, phrase: str, text: str) -> float:
        """How much of a phrase a text says, 0 to 1: for facts asked for, intents and reasons."""
        return self.best(text, (phrase,))[0]

    def best(self, text: str, phrases: Sequence[str]) -> tuple[float, int]:
        """The highest similarity of any phrase and its index; (0.0, -1) when nothing matches."""
        reading = self._reading([text])
        best, at = 0.0, -1
        for index, phrase in enumerate(phrases):
            phrasing = self._weighted(self.units(phrase), flat=True)
            if phrasing is None:
                continue
            for first, last, credit in reading.windows:
                said, _, _ = self._recall(phrasing, reading, first, last)
                if said / phrasing.total * credit > best + 1e-9:
                    best, at = said / phrasing.total * credit, index
        return round(min(best, 1.0), 3), at

    def units(self, phrase: str) -> tuple[_Unit, ...]:
        """The units of a phrase: the longest phrases of the thesaurus first, then single words."""
        if phrase not in self._units:
            if len(self._units) > 4096:
                self._units.clear()
            self._units[phrase] = self._read_units(phrase)
        return self._units[phrase]

    def concepts(self, text: str) -> frozenset[str]:
        """Every name, stem or concept, under which a text's content is known."""
        return _names(self.units(text))

    def _read_units(self, phrase: str) -> tuple[_Unit, ...]:
        read = words(phrase)
        hits = sorted(self._thesaurus.find(read), key=lambda hit: (-len(hit.at), hit.at))
        taken: dict[tuple[int, ...], set[str]] = {}
        used: set[int] = set()
        for hit in hits:
            if hit.at in taken:
                taken[hit.at].add(hit.concept)
            elif len(hit.at) == 1 and not is_content(read[hit.at[0]]):
                continue
            elif not used & set(hit.at):
                taken[hit.at] = {hit.concept}
                used.update(hit.at)
        units = {
            at: _Unit(
                tuple(read[index].stem for index in at), frozenset(names), any(read[index].negated for index in at)
            )
            for at, names in taken.items()
        }
        for index, word in enumerate(read):
            if index not in used and is_content(word):
                units[(index,)] = _Unit((word.stem,), frozenset(), word.negated)
        seen: dict[tuple[tuple[str, ...], frozenset[str]], _Unit] = {}
        for at in sorted(units):
            seen.setdefault((units[at].stems, units[at].concepts), units[at])
        return tuple(seen.values())

    def _compiled(self, check: Check) -> tuple[_Phrasing, ...]:
        compiled = (self._weighted(self.units(phrase)) for phrase in (*check.phrasings, check.says))
        return tuple(phrasing for phrasing in compiled if phrasing is not None)

    def _weighted(self, units: Sequence[_Unit], flat: bool = False) -> _Phrasing | None:
        weights = tuple(self._weight(unit, flat) for unit in units)
        total = sum(weights)
        if total <= 0:
            return None
        denied = sum(weight for unit, weight in zip(units, weights, strict=True) if unit.negated)
        return _Phrasing(tuple(units), weights, total, denied > 0, tuple(not self._given(unit) for unit in units))

    def _given(self, unit: _Unit) -> bool:
        if unit.concepts & self._prompt or all(stem in self._prompt for stem in unit.stems):
            return True
        return len(unit.stems) == 1 and any(_relatives(unit.stems[0], given) for given in self._prompt)

    def _weight(self, unit: _Unit, flat: bool) -> float:
        if all(stem[:1].isdigit() for stem in unit.stems):
            return _NUMBER_WEIGHT
        weight = _PHRASE_WEIGHT if len(unit.stems) > 1 else 1.0
        if all(stem in _WEAK_STEMS for stem in unit.stems):
            weight = _WEAK_WEIGHT if len(unit.stems) == 1 else 1.0
        weight *= max(_STEM_FACTORS[COMMONNESS.get(stem, 4)] for stem in unit.stems)
        if flat:
            return weight
        if self._given(unit):
            weight *= _PROMPT_FACTOR
        shared = max(self._shared[name] for name in (*unit.stems, *unit.concepts))
        return weight * max(0.3, 1 - 0.75 * math.log(max(shared, 1)) / math.log(self._checks + 1))

    def _strength(self, phrasings: Iterable[_Phrasing], reading: _Reading, first: int, last: int) -> tuple[float, bool]:
        """Strength of the best phrasing in a window, helped by those that agree; and whether it was denied there."""
        results = []
        for phrasing in phrasings:
            said, denied, fresh = self._recall(phrasing, reading, first, last)
            enough = 0.55 + 0.45 * min(1.0, said / _ENOUGH)
            if not fresh and any(phrasing.fresh):
                enough *= _ONLY_PROMPT_FACTOR
            results.append((said / phrasing.total * enough, denied > 0.5 * said > 0 and not phrasing.negated))
        results.sort(key=lambda result: -result[0])
        if not results:
            return 0.0, False
        strength, denied = results[0]
        for (other, _), share in zip(results[1:3], _AGREEMENT, strict=False):
            strength += share * other * (1 - strength)
        return strength, denied

    def _recall(self, phrasing: _Phrasing, reading: _Reading, first: int, last: int) -> tuple[float, float, bool]:
        """The weight said in a window, how much of it was negated, and whether any of it is more than the prompt's words."""
        said = denied = 0.0
        fresh = False
        for unit, weight, new in zip(phrasing.units, phrasing.weights, phrasing.fresh, strict=True):
            held = reading.credits.get(unit)
            if held is None:
                held = reading.credits[unit] = tuple(_credit(unit, piece) for piece in reading.pieces)
            credit, negated = held[first] if last - first == 1 else max(held[first:last], key=_most)
            if credit:
                said += credit * weight
                fresh = fresh or new
                if negated:
                    denied += credit * weight
        return said, denied, fresh

    def _evidence(
        self, phrasings: Sequence[_Phrasing], reading: _Reading, at: tuple[int, int], sentences: Sequence[Sentence]
    ) -> tuple[tuple[int, ...], str]:
        """The sentences of a window that carry the match, and a verbatim quote from the strongest."""
        shares = [(self._strength(phrasings, reading, index, index + 1)[0], index) for index in range(*at)]
        top, strongest = max(shares, key=lambda share: (share[0], -share[1]))
        numbers = {sentences[reading.pieces[index].sentence].number for share, index in shares if share >= 0.4 * top}
        piece = reading.pieces[strongest]
        text = sentences[piece.sentence].text
        return tuple(sorted(numbers)), excerpt(text, text[piece.start : piece.end][:140])

    def _reading(self, texts: Sequence[str]) -> _Reading:
        key = tuple(texts)
        if key in self._readings:
            self._readings.move_to_end(key)
            return self._readings[key]
        pieces: list[_Piece] = []
        seen: set[tuple[str, ...]] = set()
        for index, text in enumerate(texts):
            read = self._mended(words(text))
            said = tuple(word.stem for word in read if is_content(word))
            if not said or said in seen:
                continue  # a sentence said twice counts once
            seen.add(said)
            pieces += [self._piece(index, part) for part in _parts(read)]
        reading = self._readings[key] = _Reading(tuple(pieces), tuple(_windows(pieces)))
        if len(self._readings) > 64:
            self._readings.popitem(last=False)
        return reading

    def _piece(self, index: int, part: Sequence[Word]) -> _Piece:
        stems: dict[str, bool] = {}
        concepts: dict[str, tuple[float, bool]] = {}
        for word in part:
            stems[word.stem] = stems.get(word.stem, True) and word.negated
        for hit in self._thesaurus.find(part):
            weak = len(hit.at) == 1 and part[hit.at[0]].stem in _WEAK_STEMS
            credit = _CONCEPT_CREDITS[COMMONNESS.get("#" + hit.concept, 4)]
            held = (min(credit, _WEAK_CONCEPT_CREDIT) if weak else credit, hit.negated)
            concepts[hit.concept] = max(concepts.get(hit.concept, held), held, key=_most)
        number = any(word.text[:1].isdigit() for word in part)
        return _Piece(index, part[0].start, part[-1].end, len(part), stems, concepts, number)

    def _mended(self, read: Sequence[Word]) -> list[Word]:
        """The words with misspelled ones replaced by the known word they come closest to."""
        return [replace(word, stem=self._mend(word.stem)) if len(word.stem) >= 5 else word for word in read]

    def _mend(self, stem: str) -> str:
        bucket = self._known.get(stem[:1])
        if bucket is None or stem in bucket or stem in _COMMON:
            return stem
        return _closest(stem, bucket)


def matcher_for(question: Question, thesaurus: Thesaurus | None = None) -> Matcher:
    """The matcher of a drawn question, kept for the questions used last. `thesaurus` defaults to the one of the bank."""
    chosen = thesaurus or standard()
    phrases = tuple(phrase for check in question.checks for phrase in check.phrasings)
    key = (id(chosen), question.id, question.prompt, phrases)
    if key not in _matchers:
        # The matcher holds its thesaurus, so an id is not used again while its key is here.
        _matchers[key] = Matcher(question, chosen)
        if len(_matchers) > 32:
            _matchers.popitem(last=False)
    _matchers.move_to_end(key)
    return _matchers[key]


_matchers: OrderedDict[tuple[int, str, str, tuple[str, ...]], Matcher] = OrderedDict()
_WEAK_STEMS = frozenset(stem for word in words(" ".join(WEAK)) for stem in (word.stem, word.text))
_COMMON = frozenset(word.stem for word in words(" ".join((*STOP, *WEAK, *PARTICLES))))


def _names(units: Iterable[_Unit]) -> frozenset[str]:
    return frozenset(name for unit in units for name in (*unit.stems, *unit.concepts))


def _by_first(stems: Iterable[str]) -> dict[str, frozenset[str]]:
    buckets: dict[str, set[str]] = {}
    for stem in stems:
        buckets.setdefault(stem[:1], set()).add(stem)
    return {first: frozenset(bucket) for first, bucket in buckets.items()}


@lru_cache(maxsize=4096)
def _closest(stem: str, bucket: frozenset[str]) -> str:
    """The known stem one slip away (two in a long word), or the stem itself."""
    allowed = 1 if len(stem) < 9 else 2
    best, distance = stem, allowed + 1
    for known in bucket:
        if len(known) < 5 or abs(len(known) - len(stem)) > allowed:
            continue
        apart = OSA.distance(stem, known, score_cutoff=allowed)
        # In a short word another letter is another word ("price", "prize"); swapped, lost or doubled letters are slips.
        if len(stem) < 7 and len(stem) == len(known) and sorted(stem) != sorted(known):
            continue
        if apart < distance or (apart == distance <= allowed and known < best):
            best, distance = known, apart
    return best if distance <= allowed else stem


def _most(held: tuple[float, bool]) -> tuple[float, bool]:
    return held[0], not held[1]


def _credit(unit: _Unit, piece: _Piece) -> tuple[float, bool]:
    """What a piece is worth for a unit, 0 to 1, and whether it is negated there."""
    stems = piece.stems
    there = [stem for stem in unit.stems if stem in stems]
    if len(there) == len(unit.stems):
        return 1.0, all(stems[stem] for stem in there)
    named = [concept for concept in unit.concepts if concept in piece.concepts]
    if named:
        return max((piece.concepts[concept] for concept in named), key=_most)
    if there:
        return 0.7 * len(there) / len(unit.stems), all(stems[stem] for stem in there)
    if len(unit.stems) == 1:
        stem = unit.stems[0]
        if stem[:1].isdigit():
            return (_OTHER_NUMBER_CREDIT, False) if piece.number else (0.0, False)
        if len(stem) >= 5:
            for other, negated in stems.items():
                if _relatives(stem, other):
                    return _RELATIVE_CREDIT, negated
    return 0.0, False


@lru_cache(maxsize=8192)
def _relatives(stem: str, other: str) -> bool:
    """Whether two stems are forms of one word that stemming kept apart ("reliab", "relianc" are not; "automat", "autom" are)."""
    if stem[:5] != other[:5]:
        return False
    short, long = sorted((stem, other), key=len)
    return len(short) >= 5 and long.startswith(short[: max(5, len(short) - 1)]) and len(long) - len(short) <= 4


def _parts(read: Sequence[Word]) -> list[Sequence[Word]]:
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


def _windows(pieces: Sequence[_Piece]) -> Iterable[tuple[int, int, float]]:
    for size, credit in enumerate(_WINDOW_CREDIT, start=1):
        for first in range(len(pieces) - size + 1):
            if size == 1 or sum(piece.length for piece in pieces[first : first + size]) <= _WINDOW_WORDS:
                yield first, first + size, credit

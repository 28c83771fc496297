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
from bot.models.offline.lexicon import COMMONNESS, PARTICLES, STOP, WEAK
from bot.models.offline.reading import WEAK_STEMS, Piece, Unit, credit_of, parts, piece_of, relatives, windows
from bot.models.offline.text import Word, is_content, words
from bot.models.offline.thesaurus import Thesaurus, standard

COVERED_AT = 0.52
"""Strength from which a check counts as covered."""
UNSURE_AT = 0.42
"""Strength from which a check counts as unsure."""

_STEM_FACTORS = (0.5, 0.6, 0.75, 0.9, 1.0)
_WEAK_WEIGHT = 0.35
_PHRASE_WEIGHT = 1.25  # a concept of several words is harder to say by accident
_PROMPT_FACTOR = 0.45
_ONLY_PROMPT_FACTOR = 0.6
_NUMBER_WEIGHT = 0.5
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


@dataclass(frozen=True, slots=True, eq=False)
class _Phrasing:
    """A phrasing as weighted units. `total` is the weight that saying all of it would earn."""

    units: tuple[Unit, ...]
    weights: tuple[float, ...]
    total: float
    negated: bool
    fresh: tuple[bool, ...]  # which units the prompt does not give away


_Told = tuple[tuple[float, bool, tuple[tuple[float, bool], ...]], ...]
"""Of each unit that is there at all: its weight, whether it is fresh, and its credit and negation in every piece."""


@dataclass(slots=True)
class _Reading:
    """Sentences read once for all checks, with the credit every unit gets in every piece."""

    pieces: tuple[Piece, ...]
    windows: tuple[tuple[int, int, float], ...]  # first piece, one past the last, credit
    credits: dict[Unit, tuple[tuple[float, bool], ...]] = field(default_factory=dict)
    told: dict[_Phrasing, _Told] = field(default_factory=dict)


class Matcher:
    """Matches texts against the checks of one drawn question. Build it once per question: see `matcher_for`."""

    def __init__(self, question: Question, thesaurus: Thesaurus | None = None) -> None:
        """Reads every phrasing of the question. `thesaurus` defaults to the one of the bank."""
        self._thesaurus = thesaurus or standard()
        self._units: dict[str, tuple[Unit, ...]] = {}
        self._interned: dict[tuple[tuple[str, ...], frozenset[str], bool], Unit] = {}
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

    def units(self, phrase: str) -> tuple[Unit, ...]:
        """The units of a phrase: the longest phrases of the thesaurus first, then single words."""
        if phrase not in self._units:
            if len(self._units) > 4096:
                self._units.clear()
                self._interned.clear()
            self._units[phrase] = self._read_units(phrase)
        return self._units[phrase]

    def concepts(self, text: str) -> frozenset[str]:
        """Every name, stem or concept, under which a text's content is known."""
        return _names(self.units(text))

    def _read_units(self, phrase: str) -> tuple[Unit, ...]:
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
            at: Unit(
                tuple(read[index].stem for index in at), frozenset(names), any(read[index].negated for index in at)
            )
            for at, names in taken.items()
        }
        for index, word in enumerate(read):
            if index not in used and is_content(word):
                units[(index,)] = self._unit((word.stem,), (), word.negated)
        seen: dict[tuple[tuple[str, ...], frozenset[str]], Unit] = {}
        for at in sorted(units):
            seen.setdefault((units[at].stems, units[at].concepts), units[at])
        return tuple(seen.values())

    def _unit(self, stems: tuple[str, ...], concepts: Iterable[str], negated: bool) -> Unit:
        unit = Unit(stems, frozenset(concepts), negated)
        return self._interned.setdefault((unit.stems, unit.concepts, negated), unit)

    def _compiled(self, check: Check) -> tuple[_Phrasing, ...]:
        compiled = (self._weighted(self.units(phrase)) for phrase in (*check.phrasings, check.says))
        return tuple(phrasing for phrasing in compiled if phrasing is not None)

    def _weighted(self, units: Sequence[Unit], flat: bool = False) -> _Phrasing | None:
        weights = tuple(self._weight(unit, flat) for unit in units)
        total = sum(weights)
        if total <= 0:
            return None
        denied = sum(weight for unit, weight in zip(units, weights, strict=True) if unit.negated)
        return _Phrasing(tuple(units), weights, total, denied > 0, tuple(not self._given(unit) for unit in units))

    def _given(self, unit: Unit) -> bool:
        if unit.concepts & self._prompt or all(stem in self._prompt for stem in unit.stems):
            return True
        return len(unit.stems) == 1 and any(relatives(unit.stems[0], given) for given in self._prompt)

    def _weight(self, unit: Unit, flat: bool) -> float:
        if all(stem[:1].isdigit() for stem in unit.stems):
            return _NUMBER_WEIGHT
        weight = _PHRASE_WEIGHT if len(unit.stems) > 1 else 1.0
        if all(stem in WEAK_STEMS for stem in unit.stems):
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
        told = reading.told.get(phrasing)
        if told is None:
            told = reading.told[phrasing] = self._told(phrasing, reading)
        said = denied = 0.0
        fresh = False
        for weight, new, held in told:
            credit, negated = held[first]
            for index in range(first + 1, last):
                other, also = held[index]
                if other > credit or (other == credit and not also):
                    credit, negated = other, also
            if credit:
                said += credit * weight
                fresh = fresh or new
                if negated:
                    denied += credit * weight
        return said, denied, fresh

    def _told(self, phrasing: _Phrasing, reading: _Reading) -> _Told:
        told = []
        for unit, weight, new in zip(phrasing.units, phrasing.weights, phrasing.fresh, strict=True):
            held = reading.credits.get(unit)
            if held is None:
                held = reading.credits[unit] = tuple(credit_of(unit, piece) for piece in reading.pieces)
            if any(credit for credit, _ in held):
                told.append((weight, new, held))
        return tuple(told)

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
        pieces: list[Piece] = []
        seen: set[tuple[str, ...]] = set()
        for index, text in enumerate(texts):
            read = self._mended(words(text))
            said = tuple(word.stem for word in read if is_content(word))
            if not said or said in seen:
                continue  # a sentence said twice counts once
            seen.add(said)
            pieces += [piece_of(index, part, self._thesaurus) for part in parts(read)]
        reading = self._readings[key] = _Reading(tuple(pieces), tuple(windows(pieces)))
        if len(self._readings) > 64:
            self._readings.popitem(last=False)
        return reading

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
_COMMON = frozenset(word.stem for word in words(" ".join((*STOP, *WEAK, *PARTICLES))))


def _names(units: Iterable[Unit]) -> frozenset[str]:
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

"""Does what was said show a check? Weighted recall of authored phrasings in the candidate's sentences.

A unit of a phrasing is credited in full when its words are there, a little less for a concept or a relative of the word. A
phrasing counts in full only when enough was said of it, and few words cannot show many checks at once. It cannot tell a true
statement from a false one; it only knows what was mentioned and whether that was negated. Which sentences may be evidence at
all is decided by the caller.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import OSA

from bot.chat.meanings import Verdict
from bot.interview.evidence import Sentence, excerpt
from bot.library.items import Check, Question
from bot.models.offline.lexicon import PARTICLES, STOP, WEAK
from bot.models.offline.phrasings import Phrasebook, Phrasing, names_of
from bot.models.offline.reading import Held, Piece, Reading, Unit, parts, piece_of
from bot.models.offline.text import Word, words
from bot.models.offline.thesaurus import Thesaurus, standard

COVERED_AT = 0.38
"""Strength from which a check counts as covered."""
UNSURE_AT = 0.26
"""Strength from which a check counts as unsure."""

_AGREEMENT = (0.38, 0.25)  # what the second and third best phrasing add
_WORTH_A_LOOK = 0.17  # three phrasings said to this share do not come to `UNSURE_AT`
_LITTLE_SAID = 0.5  # what a match counts whose words weigh next to nothing
_ENOUGH = 2.0  # matched weight from which a match counts in full
_LEAST = 0.9  # matched weight below which a match is too slight to mean much
_SLIGHT_FACTOR = 0.65  # for that, and for a single unit
_MOST_IF_SLIGHT = COVERED_AT - 0.02
_ONLY_PROMPT_FACTOR = 0.65
_TITLE_FACTOR = 0.8  # a check's name on a card is no way a candidate speaks
_BESIDE_FACTOR = 0.55  # for answers that are not about the question
_CROWDED = 0.05  # how much better words must match for each check that they show already
_DENIED = UNSURE_AT + 0.02  # what was denied may still be meant: never more than unsure

_Said = tuple[float, float, bool, int]
"""The weight said of a phrasing, how much of it was negated, whether any of it is more than the prompt's words, and how many
of its units were said."""
_UNSAID: _Said = (0.0, 0.0, False, 0)


@dataclass(frozen=True, slots=True)
class Match:
    """How well sentences show a check: strength 0 to 1, the verdict, the numbers of the sentences, a verbatim quote.

    Below `UNSURE_AT` the strength is not worked out and stands at 0.
    """

    strength: float
    verdict: Verdict
    sentences: tuple[int, ...] = ()
    quote: str = ""


NO_MATCH = Match(0.0, Verdict.NOT_SPOTTED)


@dataclass(slots=True)
class _Told:
    """What a reading says of one phrasing: piece by piece, and unit by unit for pieces read together."""

    phrasing: Phrasing
    pieces: dict[int, _Said]
    units: list[tuple[float, bool, Held]]

    @classmethod
    def of(cls, phrasing: Phrasing, reading: Reading) -> _Told:
        heard: list[tuple[float, bool, Held]] = []
        sayers: dict[tuple[int, str], tuple[float, int]] = {}
        doubled: set[tuple[int, int]] = set()
        places: list[int] = []
        for at, (unit, weight, new) in enumerate(zip(phrasing.units, phrasing.weights, phrasing.fresh, strict=True)):
            held = reading.held(unit)
            if not held:
                continue
            places.append(at)
            for index, (credit, _, word) in held.items():
                # One word says one thing: "stage" is not both the stage and, as a milestone, the intermediate.
                mine = (credit * weight, len(heard))
                other = sayers.setdefault((index, word), mine)
                if word and other is not mine:
                    sayers[index, word] = max(mine, other)
                    doubled.add((index, min(mine, other)[1]))
            heard.append((weight, new, held))
        pieces: dict[int, _Said] = {}
        for index, place in doubled:
            weight, new, held = heard[place]
            left = {other: credit for other, credit in held.items() if other != index}
            instead = reading.otherwise(phrasing.units[places[place]], index, held[index][2])
            if instead is not None and (index, instead[2]) not in sayers:
                sayers[index, instead[2]] = (instead[0] * weight, place)
                left[index] = instead
            heard[place] = (weight, new, left)
        for weight, new, held in heard:
            for index, (credit, negated, _) in held.items():
                said, denied, fresh, count = pieces.get(index, _UNSAID)
                worth = credit * weight
                pieces[index] = (said + worth, denied + worth if negated else denied, fresh or new, count + 1)
        return cls(phrasing, pieces, heard)

    def said(self, first: int, last: int) -> _Said:
        """What pieces `first` to `last` (left out) say of it together."""
        if last == first + 1:
            return self.pieces.get(first, _UNSAID)
        pieces = self.pieces
        inside = [index for index in range(first, last) if index in pieces]
        if len(inside) < 2:
            return pieces[inside[0]] if inside else _UNSAID
        total = denied = 0.0
        fresh, count = False, 0
        for weight, new, held in self.units:
            credit, negated = 0.0, False
            for index in inside:
                if index in held:
                    other, also, _ = held[index]
                    if other > credit or (other == credit and not also):
                        credit, negated = other, also
            if credit:
                worth = credit * weight
                total += worth
                fresh = fresh or new
                count += 1
                if negated:
                    denied += worth
        return total, denied, fresh, count


@dataclass(frozen=True, slots=True)
class _Found:
    """A check that some window shows."""

    strength: float
    check: str
    at: tuple[int, int]
    told: list[_Told]


class Matcher:
    """Matches texts against the checks of one drawn question. Build it once per question: see `matcher_for`."""

    def __init__(self, question: Question, thesaurus: Thesaurus | None = None) -> None:
        """Reads every phrasing of the question. `thesaurus` defaults to the one of the bank."""
        self._thesaurus = thesaurus or standard()
        self._book = Phrasebook(question, self._thesaurus)
        self._own: frozenset[str] | None = None
        self._beginning: dict[str, frozenset[str]] = {}
        self._readings: OrderedDict[tuple[str, ...], Reading] = OrderedDict()

    def check(self, check: Check, sentences: Sequence[Sentence]) -> Match:
        """How well the sentences show a check of this question, looked at alone: see `checks`."""
        return self.checks((check,), sentences)[check.id]

    def checks(self, checks: Iterable[Check], sentences: Sequence[Sentence], about: float = 1.0) -> dict[str, Match]:
        """How well the sentences show each of some checks of this question, by the checks' ids.

        Sentences that may not be evidence must be left out. `about` is how far the whole is about the question at all, 0
        to 1: what is said beside it must match better. The same words show several checks only where they match well.
        """
        reading = self._reading([sentence.text for sentence in sentences])
        trust = _BESIDE_FACTOR + (1 - _BESIDE_FACTOR) * about
        found: list[_Found] = []
        matches: dict[str, Match] = {}
        for check in checks:
            matches[check.id] = NO_MATCH
            told = [_Told.of(phrasing, reading) for phrasing in self._book.phrasings[check.id]]
            strength, at = _strongest(told, reading.windows, reading.pieces)
            strength = round(min(strength * trust, 1.0), 3)
            if strength >= UNSURE_AT:
                found.append(_Found(strength, check.id, at, told))
        drawn_on: Counter[int] = Counter()
        for one in sorted(found, key=lambda one: -one.strength):
            uses = max(drawn_on[index] for index in range(*one.at))
            verdict = Verdict.COVERED if one.strength >= COVERED_AT + _CROWDED * uses else Verdict.UNSURE
            if verdict is Verdict.COVERED:
                drawn_on.update(range(*one.at))
            numbers, quote = _evidence(one.told, reading, one.at, sentences)
            matches[one.check] = Match(one.strength, verdict, numbers, quote)
        return matches

    def similarity(self, phrase: str, text: str) -> float:
        """How much of a phrase a text says, 0 to 1: for facts asked for, intents and reasons."""
        return self.best(text, (phrase,))[0]

    def best(self, text: str, phrases: Sequence[str]) -> tuple[float, int]:
        """The highest similarity of any phrase and its index; (0.0, -1) when nothing matches."""
        reading = self._reading([text])
        best, at = 0.0, -1
        for index, phrase in enumerate(phrases):
            phrasing = self._book.flat(phrase)
            if phrasing is None:
                continue
            told = _Told.of(phrasing, reading)
            for first, last, credit in reading.windows if told.units else ():
                share = told.said(first, last)[0] / phrasing.total * credit
                if share > best + 1e-9:
                    best, at = share, index
        return round(min(best, 1.0), 3), at

    def units(self, phrase: str) -> tuple[Unit, ...]:
        """The units of a phrase: the longest phrases of the thesaurus first, then single words."""
        return self._book.units(phrase)

    def concepts(self, text: str) -> frozenset[str]:
        """Every name, stem or concept, under which a text's content is known."""
        return names_of(self.units(text))

    def _reading(self, texts: Sequence[str]) -> Reading:
        key = tuple(texts)
        if key in self._readings:
            self._readings.move_to_end(key)
            return self._readings[key]
        pieces: list[Piece] = []
        seen: set[tuple[str, ...]] = set()
        for index, text in enumerate(texts):
            read = self._mended(words(text))
            said = tuple(word.stem for word in read if word.content)
            if not said or said in seen:
                continue  # a sentence said twice counts once
            seen.add(said)
            pieces += [piece_of(index, part, self._thesaurus) for part in parts(read)]
        reading = self._readings[key] = Reading(tuple(pieces))
        if len(self._readings) > 64:
            self._readings.popitem(last=False)
        return reading

    def _mended(self, read: Sequence[Word]) -> list[Word]:
        """The words with misspelled ones replaced by the known word they come closest to."""
        mended = []
        for word in read:
            stem = self._mend(word.stem) if len(word.stem) >= 5 else word.stem
            mended.append(word if stem == word.stem else word._replace(stem=stem))
        return mended

    def _mend(self, stem: str) -> str:
        if self._own is None:
            self._own = self._book.stems - self._thesaurus.stems
        if stem in self._thesaurus.stems or stem in self._own or stem in _COMMON:
            return stem
        first = stem[:1]
        if first not in self._beginning:
            self._beginning[first] = frozenset([own for own in self._own if own[:1] == first])
        return _closest(stem, self._beginning[first], self._thesaurus.beginning(first))


def _most(share: float) -> float:
    """The most that three phrasings can come to of which none has more than a share."""
    share = min(share, 1.0)
    strength = share + _AGREEMENT[0] * share * (1 - share)
    return strength + _AGREEMENT[1] * share * (1 - strength)


def _strongest(
    told: Sequence[_Told], spans: Sequence[tuple[int, int, float]], pieces: Sequence[Piece]
) -> tuple[float, tuple[int, int]]:
    """The highest strength of any window, and the window; less than `UNSURE_AT` when it is not worth knowing."""
    top = [0.0] * len(pieces)
    for one in told:
        total = one.phrasing.total
        for index, held in one.pieces.items():
            if held[0] > top[index] * total:
                top[index] = held[0] / total
    best, at = 0.0, (0, 0)
    for first, last, credit in spans:
        share = top[first]
        if last > first + 1:
            if not share or not top[last - 1]:
                continue  # a shorter window holds as much
            share = sum(top[first:last])
        if share < _WORTH_A_LOOK or _most(share) * credit <= best:
            continue  # even if all of it came together
        strength, denied = _strength(told, first, last)
        strength *= credit
        if denied:
            strength = min(strength, _DENIED)
        if strength > best + 1e-9:
            best, at = strength, (first, last)
    return best, at


def _strength(told: Iterable[_Told], first: int, last: int) -> tuple[float, bool]:
    """Strength of the best phrasing in a window, helped by those that agree; and whether it was denied there."""
    shares = []
    best, refused, solid = 0.0, False, False
    for one in told:
        said, denied, fresh, count = one.said(first, last)
        if not said:
            continue
        phrasing = one.phrasing
        enough = _LITTLE_SAID + (1 - _LITTLE_SAID) * min(1.0, said / _ENOUGH)
        if not fresh and any(phrasing.fresh):
            enough *= _ONLY_PROMPT_FACTOR
        if phrasing.title:
            enough *= _TITLE_FACTOR
        if said < _LEAST or count < 2:
            enough *= _SLIGHT_FACTOR
        else:
            solid = True
        share = said / phrasing.total * enough
        shares.append(share)
        if share > best:
            best, refused = share, denied > 0.5 * said and not phrasing.negated
    shares.sort(reverse=True)
    strength = _helped(shares)
    # One word that all phrasings of a check have in common is still one word.
    return strength if solid else min(strength, _MOST_IF_SLIGHT), refused


def _helped(shares: Sequence[float]) -> float:
    """The first share, with what the next two add to it."""
    if not shares:
        return 0.0
    strength = min(shares[0], 1.0)
    for other, part in zip(shares[1:3], _AGREEMENT, strict=False):
        strength += part * min(other, 1.0) * (1 - strength)
    return strength


def _evidence(
    told: Sequence[_Told], reading: Reading, at: tuple[int, int], sentences: Sequence[Sentence]
) -> tuple[tuple[int, ...], str]:
    """The sentences of a window that carry the match, and a verbatim quote from the strongest."""
    shares = [(_strength(told, index, index + 1)[0], index) for index in range(*at)]
    top, strongest = max(shares, key=lambda share: (share[0], -share[1]))
    numbers = {sentences[reading.pieces[index].sentence].number for share, index in shares if share >= 0.4 * top}
    piece = reading.pieces[strongest]
    text = sentences[piece.sentence].text
    return tuple(sorted(numbers)), excerpt(text, text[piece.start : piece.end][:140])


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


def _closest(stem: str, *buckets: frozenset[str]) -> str:
    """The known stem one slip away (two in a long word), or the stem itself."""
    allowed = 1 if len(stem) < 9 else 2
    best, distance = stem, allowed + 1
    for bucket in buckets:
        known, apart = _slip(stem, bucket)
        if apart < distance or (apart == distance <= allowed and known < best):
            best, distance = known, apart
    return best


@lru_cache(maxsize=8192)
def _slip(stem: str, bucket: frozenset[str]) -> tuple[str, int]:
    """The stem of a bucket that comes closest, and how many slips away it is; at most two."""
    allowed = 1 if len(stem) < 9 else 2
    best, distance = stem, allowed + 1
    for known in bucket:
        if len(known) < 5 or abs(len(known) - len(stem)) > allowed:
            continue
        # In a short word another letter is another word ("price", "prize"); swapped, lost or doubled letters are slips.
        if len(stem) < 7 and len(stem) == len(known) and sorted(stem) != sorted(known):
            continue
        apart = OSA.distance(stem, known, score_cutoff=allowed)
        if apart < distance or (apart == distance <= allowed and known < best):
            best, distance = known, apart
    return best, distance

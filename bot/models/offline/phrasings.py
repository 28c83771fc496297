"""What a question's phrasings say, as weighted units: stems and concepts of the thesaurus that a candidate may use.

A unit weighs little when the prompt gives it away, when many checks of the item share it, or when it is said in every
answer. What a text says of a phrasing is `matching`'s work.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.library.items import Check, Question
from bot.models.offline.lexicon import COMMONNESS, NEGATORS
from bot.models.offline.reading import WEAK_STEMS, Unit, relatives
from bot.models.offline.text import is_content, words
from bot.models.offline.thesaurus import Thesaurus

_STEM_FACTORS = (0.5, 0.6, 0.75, 0.9, 1.0)
_WEAK_WEIGHT = 0.35
_PHRASE_WEIGHT = 1.25  # a concept of several words is harder to say by accident
_PROMPT_FACTOR = 0.45
_NUMBER_WEIGHT = 0.5
_UNITS_KEPT = 4096


@dataclass(frozen=True, slots=True, eq=False)
class Phrasing:
    """A phrasing as weighted units. `total` is the weight that saying all of it would earn."""

    units: tuple[Unit, ...]
    weights: tuple[float, ...]
    total: float
    negated: bool
    fresh: tuple[bool, ...]  # which units the prompt does not give away
    title: bool  # whether it is the check's name on a card rather than a candidate's words


class Phrasebook:
    """The phrasings of one drawn question, and how to read any other phrase beside them."""

    def __init__(self, question: Question, thesaurus: Thesaurus) -> None:
        """Reads every phrasing of the question."""
        self._thesaurus = thesaurus
        self._units: dict[str, tuple[Unit, ...]] = {}
        self._interned: dict[tuple[tuple[str, ...], frozenset[str], bool], Unit] = {}
        self._weights: dict[Unit, tuple[float, float, bool]] = {}
        self._prompt: set[str] = set()
        for text in (question.prompt, *(note.adds for note in question.by_level.values())):
            read = words(text)
            self._prompt.update(word.stem for word in read if is_content(word))
            self._prompt.update(hit.concept for hit in thesaurus.find(read))
        self._prompt_starts: dict[str, list[str]] = {}
        for given in self._prompt:
            self._prompt_starts.setdefault(given[:5], []).append(given)
        self._shared: Counter[str] = Counter()
        for check in question.checks:
            self._shared.update(names_of(u for phrase in (*check.phrasings, check.says) for u in self.units(phrase)))
        self._checks = max(len(question.checks), 1)
        self.phrasings = {check.id: self.compiled(check) for check in question.checks}

    @property
    def stems(self) -> frozenset[str]:
        """Every stem of the prompt and the phrasings: what a slip of the pen may have meant."""
        return frozenset(self._prompt.union(*(unit.stems for unit in self._interned.values())))

    def compiled(self, check: Check) -> tuple[Phrasing, ...]:
        """The phrasings of a check, its name last."""
        made = [self.weighted(self.units(phrase)) for phrase in check.phrasings]
        made.append(self.weighted(self.units(check.says), title=True))
        return tuple(phrasing for phrasing in made if phrasing is not None)

    def flat(self, phrase: str) -> Phrasing | None:
        """A phrase whose words weigh the same in every question; None when it says nothing."""
        return self.weighted(self.units(phrase), flat=True)

    def units(self, phrase: str) -> tuple[Unit, ...]:
        """The units of a phrase: the longest phrases of the thesaurus first, then single words."""
        if phrase not in self._units:
            if len(self._units) > _UNITS_KEPT:
                self._units.clear()
            self._units[phrase] = self._read_units(phrase)
        return self._units[phrase]

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
        for index, word in enumerate(read):
            if index not in used and is_content(word) and word.text not in NEGATORS:
                taken[(index,)] = set()
        seen: dict[tuple[tuple[str, ...], frozenset[str]], Unit] = {}
        for at in sorted(taken):
            stems, concepts = tuple([read[index].stem for index in at]), frozenset(taken[at])
            if (stems, concepts) not in seen:
                seen[stems, concepts] = self._unit(stems, concepts, any(read[index].negated for index in at))
        return tuple(seen.values())

    def _unit(self, stems: tuple[str, ...], concepts: frozenset[str], negated: bool) -> Unit:
        key = (stems, concepts, negated)
        if key not in self._interned:
            if len(self._interned) > _UNITS_KEPT:
                self._interned.clear()
                self._weights.clear()
            self._interned[key] = Unit.of(stems, concepts, negated)
        return self._interned[key]

    def weighted(self, units: Sequence[Unit], *, flat: bool = False, title: bool = False) -> Phrasing | None:
        """Units as a phrasing; None when they weigh nothing."""
        known = [self._weight(unit) for unit in units]
        weights = tuple(plain if flat else own for plain, own, _ in known)
        total = sum(weights)
        if total <= 0:
            return None
        denied = any(unit.negated and weight for unit, weight in zip(units, weights, strict=True))
        return Phrasing(tuple(units), weights, total, denied, tuple(not given for _, _, given in known), title)

    def _weight(self, unit: Unit) -> tuple[float, float, bool]:
        """A unit's weight in any question, its weight in this one, and whether the prompt gives it away."""
        if unit not in self._weights:
            given = self._given(unit)
            plain = own = _plain_weight(unit)
            if not _is_number(unit):
                if given:
                    own *= _PROMPT_FACTOR
                shared = max(self._shared[name] for name in (*unit.stems, *unit.concepts))
                own *= max(0.3, 1 - 0.75 * math.log(max(shared, 1)) / math.log(self._checks + 1))
            self._weights[unit] = plain, own, given
        return self._weights[unit]

    def _given(self, unit: Unit) -> bool:
        if not unit.concepts.isdisjoint(self._prompt) or self._prompt.issuperset(unit.stems):
            return True
        if len(unit.stems) > 1:
            return False
        return any(relatives(unit.stems[0], given) for given in self._prompt_starts.get(unit.stems[0][:5], ()))


def names_of(units: Iterable[Unit]) -> frozenset[str]:
    """Every name, stem or concept, that units go by."""
    return frozenset(name for unit in units for name in (*unit.stems, *unit.concepts))


def _is_number(unit: Unit) -> bool:
    return all(stem[:1].isdigit() for stem in unit.stems)


def _plain_weight(unit: Unit) -> float:
    if _is_number(unit):
        return _NUMBER_WEIGHT
    weight = _PHRASE_WEIGHT if len(unit.stems) > 1 else 1.0
    if all(stem in WEAK_STEMS for stem in unit.stems):
        weight = _WEAK_WEIGHT if len(unit.stems) == 1 else 1.0
    return weight * max(_STEM_FACTORS[COMMONNESS.get(stem, 4)] for stem in unit.stems)

"""What means the same: groups of words and phrases, read from `questions/thesaurus.yaml`, found in a text as concepts.

A group is a line `name: [word, several words, …]`. Phrases are compared by stems with the small words left out, so "rolled it
back" is found by "roll back". What a match is worth is `matching`'s concern.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

from bot.library.load import shipped, thesaurus
from bot.models.offline.lexicon import NEGATORS, PARTICLES, WEAK
from bot.models.offline.text import Word, is_content, stem, words

_LITTLE = frozenset(stem(word) for word in (*NEGATORS, *PARTICLES, *WEAK)) | NEGATORS


class Hit(NamedTuple):
    """A concept found in a text: its name, the positions of the words it was found in, whether a negation reaches them."""

    concept: str
    at: tuple[int, ...]
    negated: bool


class Thesaurus:
    """Groups of words and phrases that mean the same, ready to be looked up by stems."""

    def __init__(self, groups: Mapping[str, Sequence[str]]) -> None:
        """`groups` maps a concept's name to its words and phrases."""
        self._by_first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        self.stems: set[str] = set()
        for name, listed in groups.items():
            for phrase in listed:
                read = words(phrase)
                stems = tuple(word.stem for word in read if _kept(word))
                if not stems or (len(stems) == 1 < len(read) and stems[0] in _LITTLE):
                    continue  # "not seen" would be found in every "not"
                self.stems.update(stems)
                entries = self._by_first.setdefault(stems[0], [])
                if (stems, name) not in entries:
                    entries.append((stems, name))
        for entries in self._by_first.values():
            entries.sort(key=lambda entry: -len(entry[0]))
        self._beginning: dict[str, frozenset[str]] = {}

    def beginning(self, letter: str) -> frozenset[str]:
        """The stems that begin with a letter."""
        if letter not in self._beginning:
            self._beginning[letter] = frozenset(stem for stem in self.stems if stem[:1] == letter)
        return self._beginning[letter]

    def find(self, text: Sequence[Word]) -> tuple[Hit, ...]:
        """Every concept in a text, longest phrases first at each place. Positions index `text`."""
        kept = [index for index, word in enumerate(text) if _kept(word)]
        hits: list[Hit] = []
        for place, index in enumerate(kept):
            for stems, concept in self._by_first.get(text[index].stem, ()):
                at = _follow(stems, text, kept, place)
                if at:
                    hits.append(Hit(concept, at, any(text[position].negated for position in at)))
        return tuple(hits)


def _kept(word: Word) -> bool:
    return is_content(word) or word.text in PARTICLES or word.text in {"not", "no", "without", "never"}


def _follow(stems: tuple[str, ...], text: Sequence[Word], kept: Sequence[int], place: int) -> tuple[int, ...]:
    """The positions of a phrase that starts at `kept[place]`; one other word may stand inside it. Empty when it does not."""
    at = [kept[place]]
    skipped = False
    place += 1
    for wanted in stems[1:]:
        if place < len(kept) and text[kept[place]].stem == wanted:
            at.append(kept[place])
        elif not skipped and place + 1 < len(kept) and text[kept[place + 1]].stem == wanted:
            skipped = True
            place += 1
            at.append(kept[place])
        else:
            return ()
        place += 1
    return tuple(at)


def compiled(groups: Mapping[str, Sequence[str]] | None) -> Thesaurus:
    """The thesaurus of these groups (the standard one for none), compiled once for as long as they live."""
    if groups is None:
        return standard()
    for held, made in _compiled:
        if held is groups:
            return made
    made = Thesaurus(groups)
    _compiled[:] = [*_compiled[-3:], (groups, made)]
    return made


_compiled: list[tuple[Mapping[str, Sequence[str]], Thesaurus]] = []


@cache
def standard() -> Thesaurus:
    """The thesaurus that ships with the bank, read once. `ContentError` if it cannot be."""
    root = shipped("questions")
    return Thesaurus(thesaurus(root / "thesaurus.yaml", root))

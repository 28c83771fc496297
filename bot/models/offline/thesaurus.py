"""What means the same: groups of words and phrases, read from `questions/thesaurus.yaml`, found in a text as concepts.

A group is a line `name: [word, several words, …]`. Phrases are compared by stems with the small words left out, so "rolled it
back" is found by "roll back"; where only one word would be left, the small words must be there as well ("on call"). What a
match is worth is `matching`'s concern.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

from bot.library.load import shipped, thesaurus
from bot.models.offline.lexicon import PARTICLES
from bot.models.offline.text import Word, words

_ARTICLES = frozenset({"a", "an", "the"})
_KEPT = PARTICLES | {"not", "no", "without", "never"}


class Hit(NamedTuple):
    """A concept found in a text: its name, the positions of the words it was found in, whether a negation reaches them."""

    concept: str
    at: tuple[int, ...]
    negated: bool
    literal: bool = False
    """Whether small words around it were wanted too, and found."""


class Thesaurus:
    """Groups of words and phrases that mean the same, ready to be looked up by stems."""

    def __init__(self, groups: Mapping[str, Sequence[str]]) -> None:
        """`groups` maps a concept's name to its words and phrases."""
        self._single: dict[str, list[str]] = {}
        self._several: dict[tuple[str, str], list[tuple[tuple[str, ...], str]]] = {}  # by their first two stems
        self._literal: dict[str, list[tuple[tuple[str, ...], int, str]]] = {}
        self.stems: set[str] = set()
        for name, listed in groups.items():
            for phrase in listed:
                read = words(phrase)
                stems = tuple(word.stem for word in read if _kept(word))
                self.stems.update(stems)
                if len(stems) == 1 < len(read):
                    bare = tuple(word.stem for word in read if word.text not in _ARTICLES)
                    self._literal.setdefault(stems[0], []).append((bare, bare.index(stems[0]), name))
                elif len(stems) == 1:
                    if name not in (single := self._single.setdefault(stems[0], [])):
                        single.append(name)
                elif stems and (stems, name) not in (several := self._several.setdefault((stems[0], stems[1]), [])):
                    several.append((stems, name))
        self._opening = frozenset(first for first, _ in self._several)
        for several in self._several.values():
            several.sort(key=lambda entry: -len(entry[0]))
        self._beginning: dict[str, frozenset[str]] = {}

    def beginning(self, letter: str) -> frozenset[str]:
        """The stems that begin with a letter."""
        if letter not in self._beginning:
            self._beginning[letter] = frozenset(stem for stem in self.stems if stem[:1] == letter)
        return self._beginning[letter]

    def find(self, text: Sequence[Word]) -> tuple[Hit, ...]:
        """Every concept in a text, longest phrases first at each place. Positions index `text`."""
        hits: list[Hit] = []
        if any(word.stem in self._literal for word in text):
            bare = [index for index, word in enumerate(text) if word.text not in _ARTICLES]
            said = tuple([text[index].stem for index in bare])
            for place, index in enumerate(bare):
                for stems, within, concept in self._literal.get(said[place], ()):
                    # "On call" is not in every "call": one telling word among small ones is looked for word by word.
                    start = place - within
                    if start >= 0 and said[start : start + len(stems)] == stems:
                        hits.append(Hit(concept, (index,), text[index].negated, literal=True))
        kept = [index for index, word in enumerate(text) if _kept(word)]
        for place, index in enumerate(kept):
            first = text[index].stem
            if first in self._opening:
                seconds = dict.fromkeys([text[after].stem for after in kept[place + 1 : place + 3]])
                for stems, concept in (one for second in seconds for one in self._several.get((first, second), ())):
                    if at := _follow(stems, text, kept, place):
                        hits.append(Hit(concept, at, any(text[position].negated for position in at)))
            hits += [Hit(concept, (index,), text[index].negated) for concept in self._single.get(first, ())]
        return tuple(hits)


def _kept(word: Word) -> bool:
    return word.content or word.text in _KEPT


def _is_named(text: Sequence[Word], index: int) -> bool:
    """Whether a particle belongs to a thing ("the off switch") instead of a verb."""
    return text[index].text in PARTICLES and index > 0 and text[index - 1].text in _ARTICLES


def _follow(stems: tuple[str, ...], text: Sequence[Word], kept: Sequence[int], place: int) -> tuple[int, ...]:
    """The positions of a phrase that starts at `kept[place]`; one other word may stand inside it. Empty when it does not."""
    at = [kept[place]]
    skipped = False
    place += 1
    for wanted in stems[1:]:
        if place < len(kept) and text[kept[place]].stem == wanted and not _is_named(text, kept[place]):
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

"""What a rule of lint is given and what it gives: a question with what is around it, and what was found in one of its fields.

The rules themselves are in `rules` and `withheld`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from bot.library.items import Question, Rubric
from bot.library.problems import Severity
from bot.library.strict_yaml import Where
from bot.library.texts import Role, Text

UNWRITTEN: Final = "(write) "
"""How a text begins that an author has still to write; skeletons are made of such texts."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found: the way to the field and a plain message."""

    where: Where
    message: str
    severity: Severity = Severity.ERROR


@dataclass(frozen=True, slots=True)
class Item:
    """A question with what the rules need to know around it."""

    question: Question
    texts: tuple[Text, ...]
    rubric: Rubric | None
    personas: Collection[str]
    tags: Collection[str]
    today: date
    variants: tuple[dict[str, str], ...]
    unwritten: tuple[Where, ...] = ()
    """Texts that are still to be written; `texts` has the others."""

    @classmethod
    def of(
        cls,
        question: Question,
        texts: tuple[Text, ...],
        rubric: Rubric | None,
        personas: Collection[str],
        tags: Collection[str],
        today: date,
    ) -> Item:
        """An item with the values of each variant as they are filled in; one empty mapping when there are no variants."""
        filled = tuple({name: str(value) for name, value in held.items()} for held in question.variants)
        left = tuple(text.where for text in texts if is_unwritten(text))
        written = tuple(text for text in texts if not is_unwritten(text)) if left else texts
        return cls(question, written, rubric, personas, tags, today, filled or ({},), left)

    def role(self, *roles: Role) -> Iterator[Text]:
        """The texts with one of these roles."""
        return (text for text in self.texts if text.role in roles)


def warning(where: Where, message: str) -> Finding:
    """A finding that asks for a look."""
    return Finding(where, message, Severity.WARNING)


def is_unwritten(text: Text) -> bool:
    """Whether a text is only what a skeleton says should be written there."""
    return text.template.startswith(UNWRITTEN)

"""The port behind which a mind judges an answer, and what it is given and gives.

A grader judges atomic checks only and cites sentences by number. Levels, caps, totals and the card are made from that by
`rubric` and `feedback`, in code.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from bot.chat.ids import Person
from bot.chat.meanings import Verdict
from bot.interview.evidence import Sentence
from bot.library.items import Question

Report = Callable[[int, int], Awaitable[None]]
"""Told how many criteria of how many are judged."""


async def nobody(done: int, total: int) -> None:
    """A `Report` for when nobody waits to see progress."""


@dataclass(frozen=True, slots=True)
class GradeRequest:
    """An answer to judge: the drawn question, its level, and the sentences that may serve as evidence.

    `criteria` limits the judgement to some criteria (a redo); empty means all. `seed` makes shuffling repeatable.
    `asked` has the interviewer's words that a turn answers, by `Sentence.turn`: they make a short answer readable and are
    never evidence. `person` is whose interview it is, for the books only.
    """

    session: str
    question: Question
    level: str
    sentences: tuple[Sentence, ...]
    criteria: tuple[str, ...] = ()
    seed: int = 0
    asked: Mapping[int, str] = field(default_factory=dict)
    person: Person | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found for one check. `strength` is 0 to 1, how good the match is; `quote` is verbatim, empty without evidence.

    `why` is a mind's own reason in a sentence, empty when it gives none.
    """

    check: str
    verdict: Verdict
    sentences: tuple[int, ...] = ()
    quote: str = ""
    strength: float = 0.0
    why: str = ""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a mind found: one finding for every check asked about, flags about the answer as a whole, and who judged.

    `numbers` is whether this mind may give levels (False for the offline coach).
    """

    mind: str
    numbers: bool
    findings: tuple[Finding, ...]
    flags: tuple[str, ...] = ()


class Grader(Protocol):
    """Judges answers."""

    @property
    def name(self) -> str:
        """`claude` or `offline`."""

    async def grade(self, request: GradeRequest, report: Report = nobody) -> Judgement:
        """Judge an answer; `interviewer.Away` when that is not possible."""

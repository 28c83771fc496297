"""One interview as a frozen value, written to and read from JSON.

This is all the state an interview has: the engine makes a new value for every event, the store keeps it. It leaves out
content (the question is named by id and variant) and everything about platforms beyond addresses.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from bot.chat import codec
from bot.chat.ids import Address, Person
from bot.chat.meanings import CriterionLine
from bot.interview import evidence
from bot.interview.grader import Judgement

FORMAT = 2
"""Version of the stored form. A reader takes any version up to its own; fields are only ever added with a default. The second
names its version; the first did not."""


class Phase(StrEnum):
    """Where an interview stands."""

    POSED = "posed"  # the scenario is out, nothing answered yet
    CLARIFYING = "clarifying"  # only questions so far
    ANSWERING = "answering"  # the first answer is being given
    PROBING = "probing"  # follow-ups
    CLOSING = "closing"  # time is up; one last sentence may come
    RATING = "rating"  # closed; the candidate rates themselves
    GRADED = "graded"  # feedback is out; it can be talked about
    REDOING = "redoing"  # one criterion is answered again


RUNNING = frozenset({Phase.POSED, Phase.CLARIFYING, Phase.ANSWERING, Phase.PROBING, Phase.CLOSING})
"""Phases in which the interview is still held."""


class Counts(StrEnum):
    """What a candidate's turn is, for the record."""

    ANSWER = "answer"
    QUESTION = "question"  # asked about the case, and did nothing else
    ASIDE = "aside"  # off topic, talk about the interview, talk aimed at the bot
    WITHDRAWN = "withdrawn"  # taken back or deleted by the candidate


EVIDENCE = frozenset({Counts.ANSWER, Counts.QUESTION})


@dataclass(frozen=True, slots=True)
class Turn:
    """One line of the transcript. `by` is candidate, interviewer or system; `target` is what a move was about (a check,
    a fact, a hint's rung); `sentence` is the number of a candidate turn's first sentence. `pieces` has the messages of a turn
    that was sent in several, each with its text, so that one of them can be changed or taken back."""

    by: str
    text: str
    at_ms: int
    move: str = ""
    target: str = ""
    counts: Counts = Counts.ANSWER
    sentence: int = 0
    message: str = ""
    pieces: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Clock:
    """Interview time. It runs while `since_ms` is set; `spent_ms` is what earlier runs used up."""

    limit_ms: int
    spent_ms: int = 0
    since_ms: int | None = None

    def spent(self, now_ms: int) -> int:
        """Milliseconds of interview time used up to now."""
        return self.spent_ms + (max(0, now_ms - self.since_ms) if self.since_ms is not None else 0)

    def left(self, now_ms: int) -> int:
        """Milliseconds left, never below zero."""
        return max(0, self.limit_ms - self.spent(now_ms))

    def stopped(self, now_ms: int) -> Clock:
        """The clock stopped at `now_ms` (which may lie in the past: time nobody was there does not count)."""
        return replace(self, spent_ms=self.spent(now_ms), since_ms=None)

    def started(self, now_ms: int) -> Clock:
        """The clock running from now on."""
        return self if self.since_ms is not None else replace(self, since_ms=now_ms)


@dataclass(frozen=True, slots=True)
class Redo:
    """A criterion answered again: how it stood before and, once judged, after."""

    criterion: str
    before: CriterionLine
    after: CriterionLine | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """One interview. `shown` maps a check to the numbers of the sentences that show it; `probed` lists moves already made
    as `kind:target`; `held` says in plain words what is noted silently (asked before answering, hints used, skips)."""

    id: str
    conversation: Address
    candidate: Person
    question: str
    seed: int
    level: str
    persona: str
    mind: str
    clock: Clock
    started_ms: int
    format: int = FORMAT
    phase: Phase = Phase.POSED
    paused: bool = False
    turns: tuple[Turn, ...] = ()
    revealed: tuple[str, ...] = ()
    shown: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    probed: tuple[str, ...] = ()
    open_move: str = ""  # the move the candidate is answering now, as kind:target
    hints: int = 0
    skips: int = 0
    asides: int = 0
    challenge: str = ""  # "", open, held, conceded, gave_in, passed
    withdrawn: tuple[int, ...] = ()  # numbers of sentences the candidate took back
    nudged: tuple[str, ...] = ()  # clock messages already given
    self_ratings: Mapping[str, int] = field(default_factory=dict)
    judgement: Judgement | None = None
    redo: Redo | None = None
    helped: bool | None = None
    stopped_by: str = ""  # time, candidate, covered
    away: str = ""  # the mind that could not be reached, once it was said
    steps: int = 0  # how many commits this interview has seen; makes reply ids
    waiting: tuple[str, ...] = ()  # what was written while paused
    flags: tuple[str, ...] = ()
    quiet: bool = False  # scripted runs: no self-rating form, feedback only at the end
    discussed: int = 0  # how often a line of the feedback was looked at again
    pending: Mapping[str, str] = field(default_factory=dict)  # options of an interview asked for while this one is open
    seen: tuple[str, ...] = ()  # questions held in this conversation, oldest first

    @property
    def running(self) -> bool:
        """Whether the interview is still being held (paused included)."""
        return self.phase in RUNNING

    def sentences(self) -> tuple[evidence.Sentence, ...]:
        """Every sentence that may serve as evidence, numbered through the interview: answers, and questions about the case,
        since what a candidate asks shows as much as what they say."""
        found: list[evidence.Sentence] = []
        for index, turn in enumerate(self.turns):
            if turn.by == "candidate" and turn.counts in EVIDENCE:
                found.extend(evidence.number([(index, turn.text)], first=turn.sentence))
        return tuple(sentence for sentence in found if sentence.number not in self.withdrawn)

    def next_sentence(self) -> int:
        """The number the candidate's next sentence gets; numbers are never used twice, withdrawn turns included."""
        numbered = [turn for turn in self.turns if turn.by == "candidate" and turn.sentence]
        last = max((turn.sentence for turn in numbered), default=1)
        # Whoever has the highest numbers got them last; only their sentences need counting.
        return max((last + len(evidence.split(turn.text)) for turn in numbered if turn.sentence == last), default=1)


def dump(session: Session) -> bytes:
    """A session as it is stored."""
    return codec.dumps(session).encode()


def candidate(stored: bytes) -> Person:
    """Whose interview a stored session is, without reading all of it."""
    try:
        person = codec.from_plain(Person, json.loads(stored)["candidate"])
    except (ValueError, KeyError, TypeError):
        raise codec.Unreadable("stored text does not hold a session") from None
    assert isinstance(person, Person)
    return person


def load(stored: bytes) -> Session:
    """A stored session; `codec.Unreadable` if it is not one, or was written by a newer format."""
    session = codec.loads(Session, stored)
    if not isinstance(session, Session) or session.format > FORMAT:
        raise codec.Unreadable("the interview was stored by a newer version of Hotseat")
    return session if session.format == FORMAT else replace(session, format=FORMAT)

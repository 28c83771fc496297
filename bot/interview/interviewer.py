"""The port behind which a mind leads a turn, and what it is given and gives.

Code decides which moves are allowed; a mind says what the candidate meant, which checks the words now show, which allowed
move to make, and how to put it. `rules` verifies all of it and `wording` reads every word before a person does. How a mind
comes to its proposal is in `bot.models`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from bot.chat.ids import Person
from bot.interview.evidence import Sentence
from bot.library.items import Persona, Question


class Intent(StrEnum):
    """What a candidate's turn was for."""

    ANSWER = "answer"
    CLARIFY = "clarify"  # asks for information about the case
    BOTH = "both"  # answers and asks
    CORRECT = "correct"  # takes back or replaces something said before
    PUSH_BACK = "push_back"  # disagrees with the interviewer's challenge
    NO_IDEA = "no_idea"  # "I don't know"
    DONE = "done"  # "that's my answer"
    HINT = "hint"
    SKIP = "skip"
    STOP = "stop"
    PAUSE = "pause"
    TIME = "time"
    REPEAT = "repeat"  # asks to hear the question again
    WANTS_ANSWER = "wants_answer"  # "just tell me the answer"
    WANTS_NEXT = "wants_next"  # "next question please"
    OFF_TOPIC = "off_topic"
    MANIPULATION = "manipulation"  # instructions aimed at the bot or the grader
    ECHO = "echo"  # only repeats the question
    GREETING = "greeting"
    OTHER_LANGUAGE = "other_language"
    NOTHING = "nothing"  # empty, emoji only


class MoveKind(StrEnum):
    """What the interviewer does next."""

    POSE = "pose"
    CLARIFY = "clarify"  # answers a question about the case; targets are fact ids, none when there is no such fact
    PROBE = "probe"  # target is a check
    FOLLOW_UP = "follow_up"  # target is a criterion
    CURVEBALL = "curveball"
    CHALLENGE = "challenge"
    HOLD = "hold"  # stays with an open challenge
    CONCEDE = "concede"  # a reason was given
    HINT = "hint"
    REDIRECT = "redirect"  # stays with the open question; target says why
    ACKNOWLEDGE = "acknowledge"  # took in a correction; stays with the open question
    CLOSE = "close"


@dataclass(frozen=True, slots=True)
class Move:
    """One move with its target and the authored words for it (already filled in, one question)."""

    kind: MoveKind
    target: str = ""
    wording: str = ""

    @property
    def key(self) -> str:
        """`kind:target`, as kept in `Session.probed`."""
        return f"{self.kind.value}:{self.target}"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the transcript for a mind: who spoke and what."""

    by: str  # candidate, interviewer
    text: str


@dataclass(frozen=True, slots=True)
class TurnRequest:
    """Everything a mind may know for one turn. `question` is already drawn (variant filled in).

    `said` are the new sentences of the candidate, `text` the same turn as written. `open` is the question the candidate was
    answering. `moves` are the allowed moves, best first. `shown` holds the checks already shown. `rejected` gives the
    reason why the last proposal for this same turn was refused, empty on the first try. `person` is whose interview it is,
    for the books only: it never becomes part of a prompt.
    """

    session: str
    question: Question
    persona: Persona
    level: str
    transcript: tuple[Line, ...]
    text: str
    said: tuple[Sentence, ...]
    open: Move
    moves: tuple[Move, ...]
    revealed: tuple[str, ...]
    shown: frozenset[str]
    earlier: tuple[Sentence, ...] = ()
    minutes_left: float = 0.0
    challenge: str = ""
    rejected: str = ""
    person: Person | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a mind makes of a turn. Nothing in it is believed before it is verified.

    `shown` maps check ids to numbers of sentences; `facts` are ids of facts asked for; `reason_given` says that an open
    challenge was answered with a reason; `wording` empty means: use the authored words. `mind` names who proposed it.
    """

    intent: Intent
    move: Move
    shown: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    facts: tuple[str, ...] = ()
    reason_given: bool = False
    wording: str = ""
    flags: tuple[str, ...] = ()
    mind: str = "offline"
    cause: str = ""  # why the mind that was asked first did not lead this turn, as in `Away`


class Away(Exception):
    """The mind could not be reached or gave nothing usable in time; another one takes this turn.

    `cause` is `key` or `credit` when only whoever runs this installation can mend it, else empty.
    """

    def __init__(self, reason: str, cause: str = "") -> None:
        super().__init__(reason)
        self.cause = cause


class Interviewer(Protocol):
    """Leads turns."""

    @property
    def name(self) -> str:
        """`claude` or `offline`."""

    async def turn(self, request: TurnRequest) -> Proposal:
        """Make something of a turn; `Away` when that is not possible."""

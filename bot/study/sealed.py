"""One round as a frozen value: a daily question, its sealed answers, who rates whom, the ratings. Written to and read from JSON.

What happens to a round is `round`'s business. Answers are people's words: whoever asks to be forgotten is removed from here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from bot.chat import codec
from bot.chat.ids import Address, Person, Round

FORMAT = 1
"""Version of the stored form. A reader takes any version up to its own; fields are only ever added with a default."""

LONGEST = 2_000
"""Characters of a sealed answer: about three minutes of talking, and it fits every platform's form to rate it."""


REMIND = "remind"
"""The topic a round is told when somebody wants to be reminded at another time than it knows, or (before 0) not at all."""


class Phase(StrEnum):
    """Where a round stands."""

    OPEN = "open"  # answers are sealed and may be changed
    RATING = "rating"  # opened; members rate
    CLOSED = "closed"  # over


@dataclass(frozen=True, slots=True)
class Answer:
    """Somebody's answer. `group` is the number of the post it was shown in, -1 while it is sealed; `number` what it is called
    where no name is shown; `gone` says that its author took it back after it was shown."""

    person: Person
    text: str
    at_ms: int
    named: bool = False
    number: int = 0
    group: int = -1
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Rating:
    """What one member found of one answer: levels from 1 to 5 by criterion, or words where there are no numbers."""

    rater: Address
    author: Address
    at_ms: int
    levels: Mapping[str, int] = field(default_factory=dict)
    worked: str = ""
    next: str = ""


@dataclass(frozen=True, slots=True)
class Reminder:
    """Somebody who wants to hear of it at `at_ms` if they have not answered by then."""

    person: Person
    at_ms: int


@dataclass(frozen=True, slots=True)
class RoundState:
    """Everything about one round. `text` is what was put, `answers` is by the author's address, `assigned` says whose answers a
    member was given to rate; `reminders` has who asked to be reminded, and when, while it is open; `by` is the address of the
    member who suggested the question."""

    platform: str
    workspace: str
    channel: str
    stream: str
    day: str
    question: str
    seed: int
    level: str
    type: str
    title: str
    text: str
    heading: str
    zone: str
    opened_ms: int
    reveal_ms: int
    rating_h: int = 24
    numbers: bool = True
    mention: str = ""
    credit: str = ""
    format: int = FORMAT
    phase: Phase = Phase.OPEN
    answers: Mapping[str, Answer] = field(default_factory=dict)
    assigned: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    volunteers: Mapping[str, Person] = field(default_factory=dict)
    ratings: tuple[Rating, ...] = ()
    reminders: tuple[Reminder, ...] = ()
    steps: int = 0  # how many commits this round has seen; makes reply ids
    unsaid: str = ""  # why nothing can be posted here any more
    by: str = ""

    @property
    def id(self) -> Round:
        """Which round it is."""
        return Round(self.platform, self.workspace, self.channel, self.stream, self.day)

    @property
    def suggested(self) -> bool:
        """Whether it is a member's question, which has no checks and no exemplars."""
        return self.question.startswith("suggested:")

    @property
    def standing(self) -> tuple[Answer, ...]:
        """The answers that are not taken back, by number once they have one, else in a fixed order that tells nothing."""
        held = (answer for answer in self.answers.values() if not answer.gone)
        return tuple(sorted(held, key=lambda answer: (answer.number, shuffled(self.seed, answer.person.address))))

    def answer(self, person: Person) -> Answer | None:
        """A person's own answer, None if there is none that stands."""
        held = self.answers.get(person.address)
        return held if held is not None and not held.gone else None

    def numbered(self, number: int) -> Answer | None:
        """The answer with this number, None if there is none that stands."""
        return next((held for held in self.standing if held.number == number), None)

    def rated_in(self, form: str) -> Answer | None:
        """The answer that a form to rate is about, None if there is none that stands."""
        number = form.rpartition(":")[2]
        return self.numbered(int(number)) if number.isdecimal() and len(number) < 6 else None

    def rated_by(self, rater: str) -> frozenset[str]:
        """Whose answers a member has rated."""
        return frozenset(rating.author for rating in self.ratings if rating.rater == rater)

    def with_rating(self, rating: Rating) -> RoundState:
        """The round with this rating, in place of an earlier one by the same member of the same answer."""
        others = (one for one in self.ratings if (one.rater, one.author) != (rating.rater, rating.author))
        return replace(self, ratings=(*others, rating))

    def without(self, person: str) -> RoundState:
        """The round without a person: their answer, ratings of it, and ratings by them."""
        return replace(
            self,
            answers={key: held for key, held in self.answers.items() if key != person},
            assigned={
                key: tuple(one for one in given if one != person)
                for key, given in self.assigned.items()
                if key != person
            },
            volunteers={key: held for key, held in self.volunteers.items() if key != person},
            ratings=tuple(one for one in self.ratings if person not in {one.rater, one.author}),
        )


def shuffled(seed: int, name: str) -> bytes:
    """A place in an order that depends on the seed and the name only."""
    return hashlib.blake2b(f"{seed}:{name}".encode(), digest_size=8).digest()


def load(stored: bytes) -> RoundState:
    """The round in stored text; `codec.Unreadable` if it is none, or was written by a newer format."""
    found = codec.loads(RoundState, stored)
    if not isinstance(found, RoundState) or found.format > FORMAT:
        raise codec.Unreadable("a round written by a newer version of Hotseat")
    return found


def dump(held: RoundState) -> bytes:
    """A round as it is stored."""
    return codec.dumps(held).encode()

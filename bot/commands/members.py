"""The made-up members of the daily simulation, what goes wrong on which day, and everything about both that is left to chance.

Chance here is a digest of a seed and a name, so the same seed plays the same weeks whatever happens first.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from bot.chat.ids import Person
from bot.commands.stage import PLATFORM, WORKSPACE

T = TypeVar("T")

FORTNIGHT = 14

RESTART, NOBODY, KILL, ONE, LATE, QUIET, SKIPPED = "restart", "nobody", "kill", "one", "late", "quiet", "skipped"

TROUBLES = {3: RESTART, 4: NOBODY, 5: KILL, 6: ONE, 8: LATE, 10: QUIET, 12: SKIPPED}
"""What is special about a day of a fortnight."""

FIRST = (KILL, LATE, ONE, NOBODY, SKIPPED, RESTART, QUIET)
"""What a shorter time has from its second day on."""

SAYS = {
    RESTART: "I am restarted while answers come in.",
    NOBODY: "Nobody finds the time today.",
    KILL: "My process is killed just after the first message of the thread has arrived.",
    ONE: "Only one member answers today.",
    LATE: "I am down when the question is due, and back two hours later.",
    QUIET: "A day the organiser asked to leave out.",
    SKIPPED: "I am down for longer than I look back.",
}


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody made up. `answers` and `rates` are how often they do, 0 to 1; `skill` is which of the bank's example answers they
    come close to, and `lean` how strictly they rate."""

    id: str
    name: str
    about: str
    answers: float
    rates: float
    skill: tuple[str, ...] = ("adequate",)
    named: bool = True
    lean: int = 0
    habit: str = ""
    zone: str = ""

    @property
    def person(self) -> Person:
        """Who they are on the stage."""
        return Person(PLATFORM, WORKSPACE, self.id, self.name)


CHANGES, REMINDED, SUGGESTS, TAKES_OUT, VOLUNTEERS = "changes", "reminded", "suggests", "takes out", "volunteers"

CAST = (
    Member("u01", "Olga", "set this up and answers on most days", 0.8, 0.9),
    Member("u02", "Kirsi", "never misses a day and is named on the board", 1.0, 1.0, ("outstanding", "adequate")),
    Member("u03", "Basil", "comes when there is time", 0.5, 0.6, ("weak", "adequate")),
    Member("u04", "Chidi", "changes answers, and takes some back", 0.9, 0.8, habit=CHANGES),
    Member("u05", "Anouk", "answers without her name", 0.9, 0.9, ("adequate", "outstanding"), named=False, lean=-1),
    Member(
        "u06", "Tomoko", "lives in another time zone and has a reminder", 0.85, 0.9, habit=REMINDED, zone="Asia/Tokyo"
    ),
    Member("u07", "Rafe", "suggests a question", 0.7, 0.8, ("weak", "adequate"), habit=SUGGESTS),
    Member("u08", "Dorota", "takes her answer out of the thread again", 0.7, 0.7, habit=TAKES_OUT),
    Member("u09", "Nils", "never rates anybody", 0.7, 0.0, ("weak",)),
    Member("u10", "Verity", "rates and does not answer", 0.0, 1.0, lean=1, habit=VOLUNTEERS),
)

_MORE = (
    *("Cleo", "Emil", "Farah", "Goran", "Jonas", "Leila", "Matej", "Noor", "Oskar"),
    *("Quinn", "Runa", "Silvio", "Tarek", "Ulla", "Wanda", "Yusuf", "Zora"),
)
"""Names that no question uses."""

FEWEST, MOST = 3, len(CAST) + len(_MORE) + 33


def cast(count: int, seed: int) -> tuple[Member, ...]:
    """So many members: those with a part first, then others who come and go."""
    members = list(CAST[:count])
    for number in range(len(members), count):
        extra = number - len(CAST)
        name = _MORE[extra % len(_MORE)] + ("" if extra < len(_MORE) else f" {extra // len(_MORE) + 1}")
        answers, rates = 0.3 + 0.6 * chance(seed, name, "answers"), 0.2 + 0.8 * chance(seed, name, "rates")
        skill = pick(("weak", "adequate", "outstanding"), seed, name, "skill")
        named = chance(seed, name, "named") < 0.7
        members.append(Member(f"u{number + 1:02}", name, "comes and goes", answers, rates, (skill,), named))
    return tuple(members)


def chance(*names: object) -> float:
    """A number from 0 to 1 that depends on the names only."""
    digest = hashlib.blake2b(":".join(map(str, names)).encode(), digest_size=8).digest()
    return int.from_bytes(digest) / 2**64


def pick(choice: Sequence[T], *names: object) -> T:
    """One of several, by the names only."""
    return choice[int(chance(*names) * len(choice))]


def trouble(day: int, days: int) -> str:
    """What is special about a day, counted from 1, of so many; empty if nothing is."""
    if days >= FORTNIGHT:
        return TROUBLES.get((day - 1) % FORTNIGHT + 1, "")
    return FIRST[day - 2] if 2 <= day < 2 + len(FIRST) else ""

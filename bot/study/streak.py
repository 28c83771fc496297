"""A person's streak: how many of the group's questions in a row they took part in. Pure; it reads no clock.

Only days on which the group had a question count, so a quiet week breaks nothing. A day is known by the name of its question,
never by the date on the person's calendar: wherever they are and whatever zone they choose, a day they took part in counts once.
Their zone only decides how long they have: until their midnight, and where a question reaches them late in the evening, until
the next one.

A freeze is earned with every fifth day of a streak, two are kept at most, and a missed day uses one by itself. A frozen day
neither lengthens the streak nor ends it.

    streak = taken_part(Streak(), "2026-11-20")
    now = standing(streak, (Posting("2026-11-20", at_ms), ...), "Asia/Tokyo", now_ms)
    now.length, now.freezes, now.at_risk, now.covered
    streak = settled(streak, postings, now_ms)                 # now and then, before old postings are dropped
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from bot.study.calendar import HOUR_MS, local_day

EARNED_EVERY = 5
"""A freeze is earned when a streak reaches a multiple of this: a working week."""

MOST_FREEZES = 2
"""Freezes one can have: enough for a long weekend away, too few to stop coming."""

AT_LEAST_MS = 12 * HOUR_MS
"""A question that comes out with less than this left of a person's day is open until the end of their next one."""

SETTLES_MS = 4 * 24 * HOUR_MS
"""How old a posting must be before it is settled: later than the end of its day in any zone, and than any late word of it."""


@dataclass(frozen=True, slots=True)
class Posting:
    """A question the group had. `day` names it; names are in the order of time, as ISO dates are, and `at_ms` too."""

    day: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class Streak:
    """What is kept of a person. `length` and `freezes` are as of the posting `until`; `taken` are the days they took part in
    after that, sorted."""

    length: int = 0
    freezes: int = 0
    until: str = ""
    taken: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a streak stands. `at_risk`: a question is open that they have not answered, and there is a streak to lose;
    `covered`: freezes would save it."""

    length: int
    freezes: int
    at_risk: bool = False
    covered: bool = False


def taken_part(streak: Streak, day: str) -> Streak:
    """The streak with a day they took part in; the same streak if that is known, or the day was settled long ago."""
    if day <= streak.until or day in streak.taken:
        return streak
    return replace(streak, taken=tuple(sorted((*streak.taken, day))))


def settled(streak: Streak, posted: Iterable[Posting], now_ms: int) -> Streak:
    """The streak with everything that can no longer change counted in, so that it stays small. Its standing is the same."""
    latest = _latest(posted)
    until = streak.until
    for day in sorted(latest):
        if latest[day] > now_ms - SETTLES_MS:
            break
        until = max(until, day)
    length, freezes = streak.length, streak.freezes
    for day in _days(streak, latest):
        if day <= until:
            length, freezes = _counted(length, freezes, taken=day in streak.taken)
    return Streak(length, freezes, until, tuple(day for day in streak.taken if day > until))


def standing(streak: Streak, posted: Iterable[Posting], zone: str, now_ms: int) -> Standing:
    """Where the streak stands for somebody in `zone` (KeyError if there is no such zone) at `now_ms`.

    `posted` are the group's postings, in any order, with all of those since the streak was last settled; of several of one
    name, taking part in one is enough.
    """
    latest = _latest(posted)
    length, freezes, still_open = streak.length, streak.freezes, 0
    for day in _days(streak, latest):
        taken = day in streak.taken
        if taken or over(latest[day], zone, now_ms):
            length, freezes = _counted(length, freezes, taken=taken)
        elif latest[day] <= now_ms:
            still_open += 1
    at_risk = still_open > 0 and length > 0
    return Standing(length, freezes, at_risk, at_risk and freezes >= still_open)


def over(at_ms: int, zone: str, now_ms: int) -> bool:
    """Whether somebody in this zone can no longer take part in a question posted at `at_ms`."""
    return local_day(zone, now_ms) > local_day(zone, at_ms + AT_LEAST_MS)


def _latest(posted: Iterable[Posting]) -> dict[str, int]:
    latest: dict[str, int] = {}
    for one in posted:
        latest[one.day] = max(one.at_ms, latest.get(one.day, one.at_ms))
    return latest


def _days(streak: Streak, latest: Iterable[str]) -> list[str]:
    # Whoever took part in a question counts it, even if nobody remembers the posting.
    return sorted(day for day in {*latest, *streak.taken} if day > streak.until)


def _counted(length: int, freezes: int, *, taken: bool) -> tuple[int, int]:
    if taken:
        earned = (length + 1) % EARNED_EVERY == 0
        return length + 1, min(MOST_FREEZES, freezes + earned)
    if length and freezes:
        return length, freezes - 1
    return 0, freezes

"""When a stream posts: the local days it posts on, and the instant of each. Pure; it reads no clock.

A post is named by its local date, and that name is the only memory there is: whoever keeps the last one never posts twice, even
when the clock steps back, the minute is moved or the zone is changed.

The instant of a day's post:

- normally the wanted local minute;
- a minute the clock shows twice (autumn) counts the first time;
- a minute the clock leaves out (spring) moves to the first minute of that day after the gap, and if the gap lasts until
  midnight, to the day's last minute before it, so a post never leaves its day;
- a day that a zone left out altogether (Pacific/Apia had no 30 December 2011) has no post.

    weekdays = Schedule(9 * 60, "Europe/Berlin", weekdays=(0, 1, 2, 3, 4), since_ms=now_ms)
    coming = next_after(weekdays, now_ms)                      # when to look again
    found = due(weekdays, last_day, now_ms, look_back_ms=6 * HOUR_MS)
    found.post, found.skipped, found.last_day                  # post this; say these were missed; remember this

`since_ms` is when the stream was made, changed or resumed: whoever does that sets it to the present, or a minute that has
already gone by today would count as missed. What is posted, and where, is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

EVERY_DAY = (0, 1, 2, 3, 4, 5, 6)
"""All weekdays; Monday is 0, as `date.weekday` counts."""

HOUR_MS = 3_600_000

_DAY = timedelta(days=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Schedule:
    """The days and the minute of a stream's posts.

    `minute_of_day` is 0 to 1439 on the zone's clock, `zone` an IANA name, `weekdays` hold 0 (Monday) to 6, `quiet` are
    local dates without a post, and nothing is due before `since_ms`. ValueError for a minute or weekday there is not.
    """

    minute_of_day: int
    zone: str
    weekdays: tuple[int, ...] = EVERY_DAY
    quiet: tuple[date, ...] = ()
    since_ms: int = 0

    def __post_init__(self) -> None:
        """Refuse what no clock shows."""
        if not 0 <= self.minute_of_day < 1440:
            raise ValueError(f"a day has no minute {self.minute_of_day}")
        if not set(self.weekdays) <= set(EVERY_DAY):
            raise ValueError(f"weekdays are 0 to 6, not {self.weekdays}")


@dataclass(frozen=True, slots=True, order=True)
class Occurrence:
    """One post: the local date that names it, and when it is due."""

    day: date
    at_ms: int


@dataclass(frozen=True, slots=True)
class Due:
    """What to post now, and what was missed and will not be posted any more, oldest first."""

    post: Occurrence | None = None
    skipped: tuple[Occurrence, ...] = ()

    @property
    def last_day(self) -> date | None:
        """The day to remember once both are dealt with; None when there was nothing and the memory stays."""
        days = [one.day for one in self.skipped]
        if self.post is not None:
            days.append(self.post.day)
        return max(days, default=None)


def local_day(zone: str, at_ms: int) -> date:
    """The date on the zone's calendar at an instant. KeyError if there is no such zone."""
    return _local(zone, at_ms).date()


def local_minute(zone: str, at_ms: int) -> int:
    """The minute of the day, 0 to 1439, that the zone's clock shows at an instant. KeyError if there is no such zone."""
    shown = _local(zone, at_ms)
    return shown.hour * 60 + shown.minute


def instant(zone: str, day: date, minute_of_day: int) -> int | None:
    """When a zone's clock shows a minute of a day (see above), in epoch milliseconds; None if it never has that day."""
    clock = _zone(zone)
    wanted = datetime(day.year, day.month, day.day, minute_of_day // 60, minute_of_day % 60)
    first = wanted.replace(tzinfo=clock).astimezone(UTC)
    if _shown(first, clock) == wanted:
        return _ms(first)
    # In a gap the two readings of the wall clock are the instants on either side of it.
    after = _gap_end(wanted.replace(tzinfo=clock, fold=1).astimezone(UTC), first, wanted, clock)
    seconds = _shown(after, clock).second
    moved = after + timedelta(seconds=-seconds % 60)
    if _shown(moved, clock).date() == day:
        return _ms(moved)
    last = _shown(after - timedelta(seconds=1), clock)
    if last.date() == day:
        return _ms(after - timedelta(seconds=1 + last.second))
    return None


def occurrence_on(schedule: Schedule, day: date) -> int | None:
    """When a local day's post is due, in epoch milliseconds; None on other weekdays, quiet dates and days that never were."""
    if day.weekday() not in schedule.weekdays or day in schedule.quiet:
        return None
    return instant(schedule.zone, day, schedule.minute_of_day)


def next_after(schedule: Schedule, after_ms: int, last_day: date | None = None) -> Occurrence | None:
    """The first post later than `after_ms` (and later than the last one posted); None if no weekday is chosen."""
    if not schedule.weekdays:
        return None
    after_ms = max(after_ms, schedule.since_ms - 1)
    first = _utc(after_ms).date() - _DAY
    if last_day is not None:
        first = max(first, last_day + _DAY)
    # Every week has a chosen day; only quiet dates and the rare day that never was can take it away.
    weeks = len(schedule.quiet) + 4
    for one in _occurrences(schedule, first, first + 7 * weeks * _DAY):
        if one.at_ms > after_ms:
            return one
    return None


def due(schedule: Schedule, last_day: date | None, now_ms: int, look_back_ms: int) -> Due:
    """What there is to do at `now_ms`, given the last day dealt with (None: none yet).

    Of the posts that have come due since, the newest is posted if it is no older than `look_back_ms`; all others are
    skipped. Asking again with the remembered `last_day` gives nothing until the next post is due.
    """
    first = _utc(schedule.since_ms).date() - _DAY
    if last_day is not None:
        first = max(first, last_day + _DAY)
    # No zone is a whole day ahead of UTC, so this is the latest date any clock shows by now.
    latest = _utc(now_ms).date() + _DAY
    missed = [one for one in _occurrences(schedule, first, latest) if schedule.since_ms <= one.at_ms <= now_ms]
    if missed and missed[-1].at_ms >= now_ms - look_back_ms:
        return Due(missed[-1], tuple(missed[:-1]))
    return Due(None, tuple(missed))


def _occurrences(schedule: Schedule, first: date, latest: date) -> Iterator[Occurrence]:
    for number in range((latest - first).days + 1):
        day = first + number * _DAY
        at_ms = occurrence_on(schedule, day)
        if at_ms is not None:
            yield Occurrence(day, at_ms)


def _gap_end(before: datetime, after: datetime, wanted: datetime, clock: ZoneInfo) -> datetime:
    """The first second at which the clock shows more than `wanted`; it shows less at `before`."""
    low, high = 0, int((after - before).total_seconds())
    while high - low > 1:
        middle = (low + high) // 2
        if _shown(before + timedelta(seconds=middle), clock) < wanted:
            low = middle
        else:
            high = middle
    return before + timedelta(seconds=high)


@cache
def _zone(name: str) -> ZoneInfo:
    # ZoneInfo keeps only its last few zones; a server has streams in many.
    return ZoneInfo(name)


def _shown(at: datetime, clock: ZoneInfo) -> datetime:
    return at.astimezone(clock).replace(tzinfo=None, fold=0)


def _local(zone: str, at_ms: int) -> datetime:
    return _utc(at_ms).astimezone(_zone(zone))


def _utc(at_ms: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=at_ms)


def _ms(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(milliseconds=1)

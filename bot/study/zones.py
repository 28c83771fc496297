"""What organisers type about time, read and printed: zones, times of day, weekdays, dates.

Everything printed here can be read here, so that a form shows what is set and takes it back unchanged. The zones are those of
the `tzdata` package, so that every machine knows the same ones. It leaves out when something is due; that is `calendar`'s.

    find("new york", 5)                        # ("America/New_York",)
    parse_time("9:30 pm")                      # 1290, and say_time(1290) is "21:30"
    parse_days("mo-fr")                        # (0, 1, 2, 3, 4), and say_days of it is "Monday to Friday"
    parse_dates("24 Dec - 2 Jan", today)       # ten dates, and say_dates of them is "24 Dec 2026 to 2 Jan 2027"
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files

from bot.study.places import CALLED, COMMON

_DAY = timedelta(days=1)
_ALIKE = 0.75

MOST_DATES = 400
"""Quiet dates that can be given at once: a year's worth is a typing mistake or a stream to be paused."""

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LONG_MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)


# Zones


@dataclass(frozen=True, slots=True)
class _Zone:
    """What a zone is found by. All but `name` in the form `_plain` gives; `words` are all of its words."""

    name: str
    full: str
    city: str
    also: tuple[str, ...]
    words: tuple[str, ...]


@cache
def names() -> frozenset[str]:
    """Every zone there is, old names included."""
    return frozenset(files("tzdata").joinpath("zones").read_text("utf-8").split())


def known(name: str) -> bool:
    """Whether this is exactly the name of a zone."""
    return name in names()


def find(text: str, limit: int = 25) -> tuple[str, ...]:
    """The zones somebody may mean who has typed this much, the likeliest first; at most `limit`, which is 1 or more.

    A zone is found by its name, its city, its country, older names, common cities and abbreviations, and in case nothing fits,
    by something spelt much like one of those. Nothing typed gives the most common zones.
    """
    wanted = _plain(text)
    if not wanted:
        return COMMON[:limit]
    found = list(CALLED.get(wanted, ()))
    if text.strip() in names() and "/" in text:
        found.insert(0, text.strip())
    ranked = [
        (rank, place, zone.name) for place, zone in enumerate(_zones()) if (rank := _rank(zone, wanted)) is not None
    ]
    found += [name for _, _, name in sorted(ranked)]
    if not found:
        called = _called()
        near = difflib.get_close_matches(wanted, called, limit, _ALIKE)
        found = [name for one in near for name in called[one]]
    return tuple(dict.fromkeys(found))[:limit]


def _rank(zone: _Zone, wanted: str) -> int | None:
    if wanted in {zone.city, zone.full} or wanted in zone.also:
        return 0
    if zone.city.startswith(wanted):
        return 1
    if any(one.startswith(wanted) for one in zone.also):
        return 2
    if zone.full.startswith(wanted):
        return 3
    if all(any(word.startswith(part) for word in zone.words) for part in wanted.split()):
        return 4
    return 5 if len(wanted) > 2 and wanted in zone.full else None


@cache
def _zones() -> tuple[_Zone, ...]:
    """The zones that are offered, the common ones first: those in use somewhere, under their present names."""
    tables = files("tzdata").joinpath("zoneinfo")
    rows = [
        line.split("\t") for line in tables.joinpath("iso3166.tab").read_text("utf-8").splitlines() if line[0] != "#"
    ]
    countries = {row[0]: row[1] for row in rows}
    also: dict[str, set[str]] = {"UTC": {"etc utc"}}
    for line in tables.joinpath("zone.tab").read_text("utf-8").splitlines():
        if not line.startswith("#"):
            code, _, name, *_ = line.split("\t")
            also[name] = {_plain(countries[code])}
    for line in tables.joinpath("tzdata.zi").read_text("utf-8").splitlines():
        if line.startswith("L "):
            _, target, old = line.split()
            # Bare abbreviations mislead ("EST" is Panama's clock today); `places` says what people mean by them.
            if target in also and old not in also and "/" in old:
                also[target] |= {_plain(old), _plain(old.rpartition("/")[2])}
    for place, targets in CALLED.items():
        for target in targets:
            also[target].add(place)
    order = {name: number for number, name in enumerate(COMMON)}
    return tuple(_zone(name, also[name]) for name in sorted(also, key=lambda name: (order.get(name, len(order)), name)))


def _zone(name: str, also: Iterable[str]) -> _Zone:
    full = _plain(name)
    words = {word for one in (full, *also) for word in one.split()}
    return _Zone(name, full, _plain(name.rpartition("/")[2]), tuple(sorted(also)), tuple(sorted(words)))


@cache
def _called() -> dict[str, tuple[str, ...]]:
    called: dict[str, tuple[str, ...]] = dict(CALLED)
    for zone in _zones():
        for one in (zone.city, zone.full, *zone.also):
            called.setdefault(one, (zone.name,))
    return called


def _plain(text: str) -> str:
    """Lower case, no accents, single spaces between words and numbers."""
    bare = "".join(char for char in unicodedata.normalize("NFKD", text[:80]) if not unicodedata.combining(char))
    return " ".join(re.findall(r"[^\W_]+", bare.casefold()))


# Times of day

_TIME = re.compile(
    r"(?:at )?(?P<hour>\d{1,2})(?:\s*(?:[:.h]|uhr)\s*(?P<minute>\d\d)?)?\s*(?P<half>[ap])?(?(half)\.?\s?m\.?)(?: ?o'?clock)?"
)
_BARE = re.compile(r"(\d\d)(\d\d)")
_NAMED = {"noon": 720, "midday": 720, "midnight": 0}


def parse_time(text: str) -> int | None:
    """The minute of the day in "9", "9:30", "09.30", "9am", "9:30 pm", "0930", "21h30" or "noon"; None if it is no time."""
    said = " ".join(text.casefold().split())
    if said in _NAMED:
        return _NAMED[said]
    if bare := _BARE.fullmatch(said):
        return _minute(int(bare[1]), int(bare[2]))
    found = _TIME.fullmatch(said)
    if found is None:
        return None
    hour, minute, half = int(found["hour"]), int(found["minute"] or 0), found["half"]
    if half is None:
        return _minute(hour, minute)
    if not 1 <= hour <= 12:
        return None
    return _minute(hour % 12 + (12 if half == "p" else 0), minute)


def _minute(hour: int, minute: int) -> int | None:
    return hour * 60 + minute if hour < 24 and minute < 60 else None


def say_time(minute_of_day: int) -> str:
    """A minute of the day as "09:30"."""
    return f"{minute_of_day // 60:02}:{minute_of_day % 60:02}"


# Weekdays

_DAYS = {
    "daily": range(7),
    "everyday": range(7),
    "every day": range(7),
    "all": range(7),
    "all days": range(7),
    "weekdays": range(5),
    "weekday": range(5),
    "every weekday": range(5),
    "workdays": range(5),
    "working days": range(5),
    "weekend": range(5, 7),
    "weekends": range(5, 7),
}


def parse_days(text: str) -> tuple[int, ...] | None:
    """Weekdays (0 is Monday) in "weekdays", "daily", "mon wed fri", "mo-fr" or "Friday to Monday"; None if it is none."""
    said = " ".join(text.casefold().replace(".", " ").split())
    if said in _DAYS:
        return tuple(_DAYS[said])
    spaced = re.sub(r"\s*(?:-|–|—|\b(?:to|till|until|through|thru)\b)\s*", "-", said)
    chosen: set[int] = set()
    for part in re.split(r"[\s,;/&+]+|\band\b", spaced):
        if part in {"", "and", "on"}:
            continue
        if part in _DAYS:
            chosen.update(_DAYS[part])
            continue
        ends = [_weekday(one) for one in part.split("-")]
        if len(ends) > 2 or any(one is None for one in ends):
            return None
        first, last = ends[0] or 0, ends[-1] or 0
        chosen.update((first + number) % 7 for number in range((last - first) % 7 + 1))
    return tuple(sorted(chosen)) or None


def _weekday(said: str) -> int | None:
    # "tues" and "thurs" are beginnings too; one letter would not tell Tuesday from Thursday.
    for number, name in enumerate(WEEKDAYS):
        if len(said) > 1 and f"{name.lower()}s".startswith(said):
            return number
    return {"weds": 2}.get(said)


def say_days(weekdays: Sequence[int]) -> str:
    """Weekdays in words, as "every day", "Monday to Friday" or "Monday, Wednesday and Friday"; "no day" if there is none."""
    held = sorted(set(weekdays))
    if not held:
        return "no day"
    if len(held) == 7:
        return "every day"
    parts: list[str] = []
    for first, last in _runs(held):
        if last - first > 1:
            parts.append(f"{WEEKDAYS[first]} to {WEEKDAYS[last]}")
        else:
            parts += [WEEKDAYS[one] for one in range(first, last + 1)]
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _runs(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Sorted different numbers as first and last of each unbroken run."""
    runs: list[tuple[int, int]] = []
    for one in numbers:
        if runs and runs[-1][1] == one - 1:
            runs[-1] = (runs[-1][0], one)
        else:
            runs.append((one, one))
    return runs


# Dates

_ONE = r"\d{4}-\d\d?-\d\d?|\d\d? [a-z]+(?: \d{4})?|[a-z]+ \d\d?(?: \d{4})?"
_RANGE = re.compile(rf"({_ONE})(?: ?(?:-|–|—|\.\.+|…|\bto\b|\btill\b|\buntil\b|\bthrough\b) ?({_ONE}))?")
_IN_MONTH = re.compile(r"^(\d\d?) ?(?:-|–|—|to) ?(\d\d?) ([a-z]+)( \d{4})?$")
_ISO = re.compile(r"(\d{4})-(\d\d?)-(\d\d?)")


@dataclass(frozen=True, slots=True)
class _Said:
    """A date as it was written; `year` None where it was left out."""

    year: int | None
    month: int
    day: int

    def on(self, year: int) -> date | None:
        """The date in a year, None if that year does not have it."""
        try:
            return date(year, self.month, self.day)
        except ValueError:
            return None

    def from_(self, start: date) -> date | None:
        """The date itself, or where the year was left out, the first on or after `start`."""
        if self.year is not None:
            return self.on(self.year)
        tries = (self.on(start.year + ahead) for ahead in range(9) if start.year + ahead <= date.max.year)
        return next((one for one in tries if one is not None and one >= start), None)


def parse_dates(text: str, today: date) -> tuple[date, ...] | None:
    """The dates in "24 Dec - 2 Jan, 2026-05-01", sorted; () for nothing typed, None if a part of it is no date.

    Parts are separated by commas; a part is a date or a range of dates, each as 2026-12-24, 24 Dec, 24 December 2026 or
    Dec 24. Where the year was left out it is the next such date from `today` on, a range under way included. 24/12 is not
    taken, because it is another date on the other side of an ocean.
    """
    said = re.sub(r"(\d)(?:st|nd|rd|th)\b(?: of\b)?", r"\1", " ".join(text.casefold().split()))
    said = re.sub(r"([a-z]{3})\.", r"\1", said)
    said = re.sub(r"([a-z] \d\d?), ?(\d{4})(?![-\d])", r"\1 \2", said)
    dates: set[date] = set()
    for part in filter(None, (one.strip() for one in re.split(r"[,;]| and ", said))):
        ends = _ends(_IN_MONTH.sub(r"\1 \3\4 - \2 \3\4", part), today)
        if ends is None or not 0 <= (ends[1] - ends[0]).days < MOST_DATES:
            return None
        dates.update(ends[0] + number * _DAY for number in range((ends[1] - ends[0]).days + 1))
    return tuple(sorted(dates)) if len(dates) <= MOST_DATES else None


def _ends(part: str, today: date) -> tuple[date, date] | None:
    found = _RANGE.fullmatch(part)
    first = _said(found[1]) if found else None
    last = _said(found[2]) if found and found[2] else first
    if first is None or last is None:
        return None
    start: date | None
    end: date | None
    if first.year is not None:
        start = first.from_(today)
        end = last.from_(start) if start else None
    else:
        # The end decides the year: a range that has begun still counts.
        end = last.from_(today)
        start = end and _before(first, end)
    return (start, end) if start and end else None


def _before(said: _Said, end: date) -> date | None:
    tries = (said.on(year) for year in (end.year, end.year - 1) if year >= date.min.year)
    return next((one for one in tries if one is not None and one <= end), None)


def _said(text: str) -> _Said | None:
    if iso := _ISO.fullmatch(text):
        return _Said(int(iso[1]), int(iso[2]), int(iso[3]))
    words = text.split()
    if words[0].isalpha():
        words[0], words[1] = words[1], words[0]
    # The first three letters name a month, and so does anything longer that goes on like it.
    months = [number for number, name in enumerate(_LONG_MONTHS, 1) if len(words[1]) > 2 and name.startswith(words[1])]
    if not months and words[1] == "sept":
        months = [9]
    return _Said(int(words[2]) if len(words) > 2 else None, months[0], int(words[0])) if months else None


def say_dates(dates: Sequence[date]) -> str:
    """Dates in words, runs together: "24 Dec 2026 to 2 Jan 2027, 1 May 2027"; empty if there is none."""
    parts = []
    for first, last in _runs(sorted({one.toordinal() for one in dates})):
        start, end = _say_date(date.fromordinal(first)), _say_date(date.fromordinal(last))
        parts.append(start if first == last else f"{start} to {end}")
    return ", ".join(parts)


def _say_date(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]} {day.year:04}"

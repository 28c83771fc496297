"""When a stream posts: once on every local day it should, at the minute the clock on the wall shows, in every zone."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.study.calendar import (
    HOUR_MS,
    Due,
    Occurrence,
    Schedule,
    due,
    instant,
    local_day,
    local_minute,
    next_after,
    occurrence_on,
)

DAY_MS = 24 * HOUR_MS
DAY = timedelta(days=1)
ODD = (
    "Africa/Cairo",
    "Africa/Casablanca",
    "America/Nuuk",
    "America/Sao_Paulo",
    "America/St_Johns",
    "Antarctica/Troll",
    "Asia/Amman",
    "Asia/Beirut",
    "Asia/Gaza",
    "Asia/Kathmandu",
    "Asia/Tehran",
    "Australia/Lord_Howe",
    "Europe/Berlin",
    "Pacific/Apia",
    "Pacific/Chatham",
    "Pacific/Kwajalein",
)
ZONES = sorted(available_timezones() - {"Factory", "localtime", "posixrules"})
zones = st.sampled_from(ODD) | st.sampled_from(ZONES)
minutes = st.sampled_from((0, 1, 30, 150, 1410, 1439)) | st.integers(0, 1439)
# From 1973 on every zone is whole minutes away from UTC, so that its clock can be read minute by minute.
days = st.dates(date(1973, 1, 1), date(2037, 12, 1))


def at(zone: str, text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000)


def shown(zone: str, at_ms: int | None) -> str:
    assert at_ms is not None
    return datetime.fromtimestamp(at_ms / 1000, ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M:%S")


@cache
def changes(zone: str) -> tuple[date, ...]:
    """The local days on which the zone's clock was moved, found by reading it every five days."""
    clock, found = ZoneInfo(zone), []
    before, end = datetime(1973, 1, 1, tzinfo=UTC), datetime(2037, 12, 1, tzinfo=UTC)
    while before < end:
        after = before + 5 * DAY
        if before.astimezone(clock).utcoffset() != after.astimezone(clock).utcoffset():
            found += [(before + number * DAY).date() for number in range(7)]
        before = after
    return tuple(found)


@st.composite
def zoned_days(draw: st.DrawFn) -> tuple[str, date]:
    """A zone and a day; half of the time one close to a change of its clock."""
    zone = draw(zones)
    near = changes(zone) or (date(2000, 1, 1),)
    return zone, draw(st.sampled_from(near) | days)


def read_minute_by_minute(zone: str, day: date, minute: int) -> int | None:
    """The rule told another way: look at the clock every minute and take the first that fits best."""
    clock = ZoneInfo(zone)
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    best: dict[int, datetime] = {}
    for number in range(-16 * 60, 42 * 60):
        now = midnight + timedelta(minutes=number)
        wall = now.astimezone(clock)
        if wall.date() == day:
            best.setdefault(wall.hour * 60 + wall.minute, now)
    later = [reading for reading in best if reading >= minute]
    if not best:
        return None
    return int(best[min(later) if later else max(best)].timestamp() * 1000)


@settings(deadline=None)
@given(zoned_days(), minutes)
def test_a_day_is_posted_at_the_wanted_minute_or_the_nearest_the_clock_has(
    where: tuple[str, date], minute: int
) -> None:
    zone, day = where
    assert instant(zone, day, minute) == read_minute_by_minute(zone, day, minute)


@settings(deadline=None)
@given(zones, st.dates(date(1850, 1, 1), date(2200, 1, 1)), minutes)
def test_a_post_never_leaves_its_day_and_starts_on_a_whole_minute(zone: str, day: date, minute: int) -> None:
    at_ms = instant(zone, day, minute)
    if at_ms is not None:
        assert local_day(zone, at_ms) == day
        assert shown(zone, at_ms).endswith(":00")


@settings(deadline=None)
@given(zoned_days(), minutes)
def test_later_days_are_posted_later(where: tuple[str, date], minute: int) -> None:
    zone, day = where
    instants = [instant(zone, day + number * DAY, minute) for number in range(8)]
    held = [one for one in instants if one is not None]
    assert held == sorted(set(held))


@pytest.mark.parametrize(
    ("zone", "day", "wanted", "posted"),
    [
        ("Europe/Berlin", "2026-03-29", "02:30", "2026-03-29 03:00:00"),
        ("America/New_York", "2026-03-08", "02:30", "2026-03-08 03:00:00"),
        ("Australia/Lord_Howe", "2026-10-04", "02:15", "2026-10-04 02:30:00"),
        ("America/Sao_Paulo", "2018-11-04", "00:30", "2018-11-04 01:00:00"),
        ("Asia/Beirut", "2024-03-31", "00:00", "2024-03-31 01:00:00"),
        ("Africa/Cairo", "2024-04-26", "00:30", "2024-04-26 01:00:00"),
        ("America/Nuuk", "2024-03-30", "23:30", "2024-03-30 22:59:00"),
        ("Africa/Monrovia", "1972-01-07", "00:20", "1972-01-07 00:45:00"),
    ],
)
def test_a_minute_the_clock_leaves_out(zone: str, day: str, wanted: str, posted: str) -> None:
    minute = int(wanted[:2]) * 60 + int(wanted[3:])
    assert shown(zone, instant(zone, date.fromisoformat(day), minute)) == posted


@pytest.mark.parametrize(
    ("zone", "day", "wanted", "utc"),
    [
        ("Europe/Berlin", "2026-10-25", "02:30", "2026-10-25 00:30:00"),
        ("America/New_York", "2026-11-01", "01:30", "2026-11-01 05:30:00"),
        ("Africa/Cairo", "2024-10-31", "23:30", "2024-10-31 20:30:00"),
        ("America/Sao_Paulo", "2018-02-17", "23:30", "2018-02-18 01:30:00"),
        ("Europe/London", "2026-10-25", "00:30", "2026-10-24 23:30:00"),
        ("Pacific/Chatham", "2026-04-05", "03:00", "2026-04-04 13:15:00"),
    ],
)
def test_a_minute_the_clock_shows_twice_counts_the_first_time(zone: str, day: str, wanted: str, utc: str) -> None:
    minute = int(wanted[:2]) * 60 + int(wanted[3:])
    assert shown("UTC", instant(zone, date.fromisoformat(day), minute)) == utc


def test_a_day_that_never_was_has_no_post() -> None:
    never = {"Pacific/Apia": date(2011, 12, 30), "Pacific/Kwajalein": date(1993, 8, 21)}
    for zone, day in never.items():
        schedule = Schedule(9 * 60, zone, since_ms=at(zone, f"{day - DAY}T10:00"))
        assert occurrence_on(schedule, day) is None
        coming = next_after(schedule, schedule.since_ms)
        assert coming is not None
        assert coming.day == day + DAY
        assert due(schedule, day - DAY, coming.at_ms, HOUR_MS) == Due(coming)


def test_other_weekdays_and_quiet_dates_have_no_post() -> None:
    friday = date(2026, 12, 25)
    schedule = Schedule(9 * 60, "Europe/London", weekdays=(0, 4), quiet=(friday, date(2026, 12, 28)))
    assert occurrence_on(schedule, friday) is None
    assert occurrence_on(schedule, friday + DAY) is None
    coming = next_after(schedule, at("Europe/London", "2026-12-24T12:00"))
    assert coming == Occurrence(date(2027, 1, 1), at("Europe/London", "2027-01-01T09:00"))


def test_no_weekday_no_post() -> None:
    schedule = Schedule(9 * 60, "UTC", weekdays=())
    assert next_after(schedule, 0) is None
    assert due(schedule, None, 30 * DAY_MS, DAY_MS) == Due()


@pytest.mark.parametrize("wrong", [{"minute_of_day": 1440}, {"minute_of_day": -1}, {"weekdays": (7,)}])
def test_what_no_clock_shows_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"minute|weekdays"):
        Schedule(**{"minute_of_day": 0, "zone": "UTC", **wrong})  # type: ignore[arg-type]


def test_a_zone_there_is_not() -> None:
    with pytest.raises(KeyError):
        instant("Europe/Atlantis", date(2026, 1, 1), 0)


@settings(max_examples=50, deadline=None)
@given(
    zoned_days(),
    minutes,
    st.sets(st.integers(0, 6), min_size=1),
    st.sets(st.integers(0, 12), max_size=4),
    st.lists(st.integers(1, 5 * 60), min_size=1, max_size=40),
)
def test_every_eligible_day_is_posted_once_however_one_looks(
    where: tuple[str, date], minute: int, weekdays: set[int], quiet: set[int], steps: list[int]
) -> None:
    """Looking every few minutes or every few hours, each day's post comes out once, on the first look after its minute."""
    zone, start = where
    since_ms = int(datetime(start.year, start.month, start.day, tzinfo=UTC).timestamp() * 1000)
    silent = tuple(start + number * DAY for number in quiet)
    schedule = Schedule(minute, zone, tuple(sorted(weekdays)), silent, since_ms)
    now_ms, end_ms, last, posted, number = since_ms, since_ms + 10 * DAY_MS, None, [], 0
    while now_ms < end_ms:
        before_ms = now_ms
        now_ms = min(end_ms, now_ms + steps[number % len(steps)] * 60_000)
        number += 1
        found = due(schedule, last, now_ms, 5 * HOUR_MS)
        assert not found.skipped
        if found.post is not None:
            assert before_ms < found.post.at_ms <= now_ms or found.post.at_ms == since_ms
            posted.append(found.post)
            last = found.last_day
    expected = []
    for number in range(-2, 13):
        day = start + number * DAY
        at_ms = occurrence_on(schedule, day)
        if at_ms is not None and since_ms <= at_ms <= end_ms:
            expected.append(Occurrence(day, at_ms))
    assert posted == expected
    assert all(one.day.weekday() in weekdays and one.day not in silent for one in posted)


@settings(deadline=None)
@given(zoned_days(), minutes, st.lists(st.integers(-3 * 24 * 60, 3 * 24 * 60), max_size=30), st.integers(1, 72))
def test_no_day_is_posted_twice_whatever_the_clock_does(
    where: tuple[str, date], minute: int, steps: list[int], look_back_hours: int
) -> None:
    """Clock steps and downtime: days only go up, none is both posted and skipped, one post at a time and never an old one."""
    zone, start = where
    now_ms = int(datetime(start.year, start.month, start.day, 12, tzinfo=UTC).timestamp() * 1000)
    schedule = Schedule(minute, zone, since_ms=now_ms)
    last, dealt_with = None, []
    for step in steps:
        now_ms += step * 60_000
        found = due(schedule, last, now_ms, look_back_hours * HOUR_MS)
        if found.post is not None:
            assert now_ms - look_back_hours * HOUR_MS <= found.post.at_ms <= now_ms
        these = [*found.skipped, *([found.post] if found.post else [])]
        assert found.last_day == (these[-1].day if these else None)
        dealt_with += [one.day for one in these]
        last = found.last_day or last
        assert due(schedule, last, now_ms, look_back_hours * HOUR_MS) == Due()
    assert dealt_with == sorted(set(dealt_with))


def test_after_downtime_the_newest_is_posted_and_older_ones_are_said() -> None:
    berlin = "Europe/Berlin"
    schedule = Schedule(9 * 60, berlin, since_ms=at(berlin, "2026-03-01T00:00"))
    back = due(schedule, date(2026, 3, 26), at(berlin, "2026-03-29T11:00"), 6 * HOUR_MS)
    assert back.post == Occurrence(date(2026, 3, 29), at(berlin, "2026-03-29T09:00"))
    assert [one.day.day for one in back.skipped] == [27, 28]
    too_late = due(schedule, date(2026, 3, 26), at(berlin, "2026-03-29T15:01"), 6 * HOUR_MS)
    assert too_late.post is None
    assert [one.day.day for one in too_late.skipped] == [27, 28, 29]
    assert too_late.last_day == date(2026, 3, 29)


def test_changing_the_minute_does_not_post_the_day_again_or_at_once() -> None:
    noon = at("Europe/Paris", "2026-06-01T12:00")
    earlier = Schedule(9 * 60, "Europe/Paris", since_ms=noon)
    assert due(earlier, date(2026, 5, 31), noon, 6 * HOUR_MS) == Due()
    posted = date(2026, 6, 1)
    later = Schedule(18 * 60, "Europe/Paris", since_ms=noon)
    assert due(later, posted, at("Europe/Paris", "2026-06-01T18:00"), 6 * HOUR_MS) == Due()
    coming = next_after(later, noon, posted)
    assert coming is not None
    assert coming.day == date(2026, 6, 2)


@settings(deadline=None)
@given(zoned_days(), minutes, st.sets(st.integers(0, 6), min_size=1), st.integers(0, 4 * 24 * 60))
def test_the_next_post_is_the_first_that_becomes_due(
    where: tuple[str, date], minute: int, weekdays: set[int], wait: int
) -> None:
    zone, start = where
    since_ms = int(datetime(start.year, start.month, start.day, tzinfo=UTC).timestamp() * 1000)
    schedule = Schedule(minute, zone, tuple(weekdays), since_ms=since_ms)
    now_ms = since_ms + wait * 60_000
    done = due(schedule, None, now_ms, 0).last_day or (due(schedule, None, now_ms, 8 * DAY_MS).last_day)
    coming = next_after(schedule, now_ms, done)
    assert coming is not None
    assert due(schedule, done, coming.at_ms - 1, DAY_MS) == Due()
    assert due(schedule, done, coming.at_ms, DAY_MS) == Due(coming)


@settings(deadline=None)
@given(zoned_days(), minutes)
def test_what_the_clock_shows(where: tuple[str, date], minute: int) -> None:
    zone, day = where
    at_ms = instant(zone, day, minute)
    if at_ms is not None:
        hours, rest = divmod(local_minute(zone, at_ms), 60)
        assert shown(zone, at_ms)[11:16] == f"{hours:02}:{rest:02}"


def test_a_machine_without_time_zones_of_its_own() -> None:
    """The zones come with a package, so that a bare container knows them."""
    code = (
        "import datetime, zoneinfo; from bot.study.calendar import instant;"
        "assert zoneinfo.TZPATH == (), zoneinfo.TZPATH;"
        "print(instant('Pacific/Chatham', datetime.date(2026, 4, 5), 180))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env={"PYTHONTZPATH": ""}, check=True
    )
    assert int(ran.stdout) == instant("Pacific/Chatham", date(2026, 4, 5), 180)

"""What organisers type about time is understood, and what we print can be typed back."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.study import zones
from bot.study.places import CALLED, COMMON

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("london", "Europe/London"),
        ("  New   York ", "America/New_York"),
        ("new_york", "America/New_York"),
        ("york", "America/New_York"),
        ("lon", "Europe/London"),
        ("BERLIN", "Europe/Berlin"),
        ("Zürich", "Europe/Zurich"),
        ("são paulo", "America/Sao_Paulo"),
        ("san fr", "America/Los_Angeles"),
        ("pst", "America/Los_Angeles"),
        ("EST", "America/New_York"),
        ("gmt", "Europe/London"),
        ("cet", "Europe/Berlin"),
        ("usa", "America/New_York"),
        ("uk", "Europe/London"),
        ("australia", "Australia/Sydney"),
        ("germany", "Europe/Berlin"),
        ("south korea", "Asia/Seoul"),
        ("cote d'ivoire", "Africa/Abidjan"),
        ("paris france", "Europe/Paris"),
        ("bangalore", "Asia/Kolkata"),
        ("calcutta", "Asia/Kolkata"),
        ("kiev", "Europe/Kyiv"),
        ("America/Argentina/Bu", "America/Argentina/Buenos_Aires"),
        ("londn", "Europe/London"),
        ("utc", "UTC"),
        ("US/Pacific", "US/Pacific"),
        ("Etc/GMT+5", "Etc/GMT+5"),
    ],
)
def test_the_zone_somebody_means_comes_first(typed: str, zone: str) -> None:
    assert zones.find(typed)[0] == zone


def test_nothing_typed_shows_the_common_ones() -> None:
    assert zones.find(" ", 3) == COMMON[:3]


def test_nothing_like_it() -> None:
    assert zones.find("qqqq zz") == ()


def test_every_zone_is_found_by_its_own_name() -> None:
    assert [name for name in zones.names() if "/" in name and zones.find(name, 1) != (name,)] == []


def test_every_place_leads_to_zones_there_are() -> None:
    assert {zone for held in CALLED.values() for zone in held} | set(COMMON) <= zones.names()
    assert [place for place, held in CALLED.items() if zones.find(place, 1) != held[:1]] == []


def test_every_name_is_a_zone_with_a_clock() -> None:
    for name in zones.names():
        assert ZoneInfo(name).key == name


@pytest.mark.parametrize("wrong", ["", "Europe/Atlantis", "europe/london", "../etc/passwd", "/etc/localtime", "Europe"])
def test_not_the_name_of_a_zone(wrong: str) -> None:
    assert not zones.known(wrong)


@settings(deadline=None)
@given(st.text(max_size=30), st.integers(1, 30))
def test_whatever_is_typed_gives_different_zones_within_the_limit(typed: str, limit: int) -> None:
    found = zones.find(typed, limit)
    assert len(found) <= limit
    assert len(set(found)) == len(found)
    assert all(zones.known(name) for name in found)


@settings(deadline=None)
@given(st.sampled_from(COMMON), st.integers(1, 60))
def test_typing_on_towards_a_common_name_keeps_it_in_the_list(name: str, length: int) -> None:
    assert name in zones.find(name[:length], 600)


@pytest.mark.parametrize(
    ("typed", "minute"),
    [
        ("9", 540),
        ("09", 540),
        ("9:30", 570),
        ("09.30", 570),
        ("0930", 570),
        ("9am", 540),
        ("9 AM", 540),
        ("9:30 pm", 1290),
        ("9.30 p.m.", 1290),
        ("12am", 0),
        ("12:15 am", 15),
        ("12pm", 720),
        ("noon", 720),
        ("midnight", 0),
        ("21h30", 1290),
        ("21h", 1260),
        ("at 9 o'clock", 540),
        ("0:00", 0),
        ("23:59", 1439),
        ("24:00", None),
        ("9:60", None),
        ("9:5", None),
        ("13pm", None),
        ("0am", None),
        ("-1", None),
        ("", None),
        ("soon", None),
        ("9-10", None),
    ],
)
def test_times(typed: str, minute: int | None) -> None:
    assert zones.parse_time(typed) == minute


@pytest.mark.parametrize(
    ("typed", "days"),
    [
        ("weekdays", (0, 1, 2, 3, 4)),
        ("Weekends", (5, 6)),
        ("daily", tuple(range(7))),
        ("every day", tuple(range(7))),
        ("mon wed fri", (0, 2, 4)),
        ("Mondays, Wednesdays and Fridays", (0, 2, 4)),
        ("mo-fr", (0, 1, 2, 3, 4)),
        ("Mon – Fri", (0, 1, 2, 3, 4)),
        ("Friday to Monday", (0, 4, 5, 6)),
        ("tues, thurs & sat", (1, 3, 5)),
        ("mo/we", (0, 2)),
        ("mondays and weekends", (0, 5, 6)),
        ("sun", (6,)),
        ("m w f", None),
        ("mon-wed-fri", None),
        ("mon-", None),
        ("", None),
        ("never", None),
    ],
)
def test_weekdays(typed: str, days: tuple[int, ...] | None) -> None:
    assert zones.parse_days(typed) == days


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ((0, 1, 2, 3, 4), "Monday to Friday"),
        (tuple(range(7)), "every day"),
        ((5, 6), "Saturday and Sunday"),
        ((0, 2, 4), "Monday, Wednesday and Friday"),
        ((0, 1, 2, 5), "Monday to Wednesday and Saturday"),
        ((3,), "Thursday"),
        ((), "no day"),
    ],
)
def test_weekdays_in_words(days: tuple[int, ...], said: str) -> None:
    assert zones.say_days(days) == said


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("24 Dec - 2 Jan, 2026-05-01", "1 May 2026, 24 Dec 2026 to 2 Jan 2027"),
        ("2026-12-24 - 2027-01-02", "24 Dec 2026 to 2 Jan 2027"),
        ("2026-12-24..2027-01-02", "24 Dec 2026 to 2 Jan 2027"),
        ("24-26 December", "24 Dec 2026 to 26 Dec 2026"),
        ("Dec 24, 2027; Sept. 3rd", "3 Sep 2027, 24 Dec 2027"),
        ("the 24th", None),
        ("24th of December", "24 Dec 2026"),
        ("20 Nov to 22 Nov", "20 Nov 2026 to 22 Nov 2026"),
        ("20 Nov", "20 Nov 2027"),
        ("21 Nov", "21 Nov 2026"),
        ("24 Dec 2026 - 2 Jan", "24 Dec 2026 to 2 Jan 2027"),
        ("24 Dec - 2 Jan 2027", "24 Dec 2026 to 2 Jan 2027"),
        ("1 Jan and 6 Jan", "1 Jan 2027, 6 Jan 2027"),
        ("29 Feb", "29 Feb 2028"),
        ("", ""),
        ("24/12", None),
        ("31 Apr", None),
        ("2027-02-29", None),
        ("0000-01-01", None),
        ("2 May 2027 to 1 May 2027", None),
        ("1 Jan 2027 to 31 Dec 2029", None),
        ("ma 3", None),
        ("soon", None),
    ],
)
def test_dates(typed: str, said: str | None) -> None:
    found = zones.parse_dates(typed, TODAY)
    assert (None if found is None else zones.say_dates(found)) == said


@settings(deadline=None)
@given(st.integers(0, 1439))
def test_a_printed_time_can_be_typed(minute: int) -> None:
    assert zones.parse_time(zones.say_time(minute)) == minute


@settings(deadline=None)
@given(st.sets(st.integers(0, 6), min_size=1))
def test_printed_weekdays_can_be_typed(days: set[int]) -> None:
    assert zones.parse_days(zones.say_days(tuple(days))) == tuple(sorted(days))


@settings(deadline=None)
@given(st.sets(st.dates(date(1000, 1, 1)), max_size=5), st.integers(1, 40), st.dates())
def test_printed_dates_can_be_typed(starts: set[date], length: int, today: date) -> None:
    days = sorted({start + timedelta(days=n) for start in starts for n in range(length) if start <= date(9999, 1, 1)})
    assert zones.parse_dates(zones.say_dates(days), today) == tuple(days)


@settings(deadline=None)
@given(st.text(st.sampled_from("0123456789 -:.,/apmJndecFrobMT\n"), max_size=24), st.dates())
def test_whatever_is_typed_is_read_or_refused(typed: str, today: date) -> None:
    minute = zones.parse_time(typed)
    assert minute is None or 0 <= minute < 1440
    days = zones.parse_days(typed)
    assert days is None or set(days) <= set(range(7))
    dates = zones.parse_dates(typed, today)
    assert dates is None or len(dates) <= zones.MOST_DATES


def test_a_machine_without_time_zones_of_its_own() -> None:
    code = "from bot.study import zones; print(len(zones.names()), *zones.find('londo', 1))"
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env={"PYTHONTZPATH": ""}, check=True
    )
    assert ran.stdout.split() == [str(len(zones.names())), "Europe/London"]

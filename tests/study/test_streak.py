"""A person's streak: the group's days, a freeze a week, and no journey that loses or doubles a day."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat import codec
from bot.study.calendar import HOUR_MS, instant
from bot.study.streak import Posting, Standing, Streak, over, settled, standing, taken_part

ZONES = ("Pacific/Kiritimati", "Asia/Tokyo", "Asia/Kathmandu", "Europe/Berlin", "America/New_York", "Pacific/Pago_Pago")
START = date(2026, 3, 2)
zones = st.sampled_from(ZONES)


def posting(day: date, zone: str = "Europe/Berlin", minute: int = 9 * 60) -> Posting:
    at_ms = instant(zone, day, minute)
    assert at_ms is not None
    return Posting(day.isoformat(), at_ms)


def weekdays(count: int, zone: str = "Europe/Berlin", minute: int = 9 * 60) -> list[Posting]:
    """So many postings, Mondays to Fridays."""
    days = (START + timedelta(days=number) for number in range(2 * count + 7))
    return [posting(day, zone, minute) for day in days if day.weekday() < 5][:count]


def at(zone: str, text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000)


def streak_of(days: list[str]) -> Streak:
    streak = Streak()
    for day in days:
        streak = taken_part(streak, day)
    return streak


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Posting], list[str]]:
    """The postings of a group somewhere, and the days one person took part in."""
    posted = weekdays(draw(st.integers(1, 25)), draw(zones), draw(st.integers(0, 1439)))
    return posted, [one.day for one in posted if draw(st.integers(0, 3))]


def test_a_week_a_freeze_and_a_weekend_that_breaks_nothing() -> None:
    posted = weekdays(8)
    week = streak_of([one.day for one in posted[:5]])
    assert standing(week, posted[:5], "Europe/Berlin", at("Europe/Berlin", "2026-03-08T20:00")) == Standing(5, 1)
    monday = at("Europe/Berlin", "2026-03-09T10:00")
    assert standing(week, posted[:6], "Europe/Berlin", monday) == Standing(5, 1, at_risk=True, covered=True)
    tuesday = at("Europe/Berlin", "2026-03-10T08:00")
    assert standing(week, posted[:6], "Europe/Berlin", tuesday) == Standing(5, 0)
    back = taken_part(week, posted[6].day)
    assert standing(back, posted[:7], "Europe/Berlin", at("Europe/Berlin", "2026-03-10T12:00")) == Standing(6, 0)
    assert standing(back, posted[:8], "Europe/Berlin", at("Europe/Berlin", "2026-03-11T12:00")) == Standing(
        6, 0, at_risk=True
    )
    assert standing(back, posted[:8], "Europe/Berlin", at("Europe/Berlin", "2026-03-12T00:00")) == Standing(0, 0)


def test_two_freezes_at_most() -> None:
    posted = weekdays(30)
    streak = streak_of([one.day for one in posted[:25]])
    later = posted[-1].at_ms
    assert standing(streak, posted[:25], "Europe/Berlin", later) == Standing(25, 2)
    assert standing(streak, posted[:27], "Europe/Berlin", later) == Standing(25, 0)
    assert standing(streak, posted[:28], "Europe/Berlin", later) == Standing(0, 0)


def test_nobody_loses_a_streak_they_do_not_have() -> None:
    posted = weekdays(3)
    assert standing(Streak(), posted, "Europe/Berlin", posted[-1].at_ms) == Standing(0, 0)


def test_late_in_the_evening_there_is_time_until_the_next_midnight() -> None:
    """A group in New York posts at ten; in Tokyo that is just before midnight, and nobody has to answer in the hour."""
    posted = posting(START, "America/New_York", 9 * 60 + 30)
    assert over(posted.at_ms, "America/New_York", at("America/New_York", "2026-03-03T00:00"))
    assert not over(posted.at_ms, "America/New_York", at("America/New_York", "2026-03-02T23:59"))
    assert not over(posted.at_ms, "Asia/Tokyo", at("Asia/Tokyo", "2026-03-03T23:59"))
    assert over(posted.at_ms, "Asia/Tokyo", at("Asia/Tokyo", "2026-03-04T00:00"))


@settings(deadline=None)
@given(zones, st.integers(0, 48), zones, st.integers(0, 1439))
def test_everybody_has_half_a_day(group: str, hours: int, own: str, minute: int) -> None:
    posted = posting(START, group, minute)
    if over(posted.at_ms, own, posted.at_ms + hours * HOUR_MS):
        assert hours > 12


@settings(deadline=None)
@given(histories(), st.lists(zones, min_size=1), st.integers(0, 40 * 24))
def test_no_journey_loses_or_doubles_a_day(
    history: tuple[list[Posting], list[str]], stays: list[str], hours: int
) -> None:
    """Someone who takes part every day has a streak of every day, wherever they look at it from."""
    posted, _ = history
    streak = Streak()
    for number, one in enumerate(posted):
        streak = settled(taken_part(streak, one.day), posted[: number + 1], one.at_ms)
        seen = standing(streak, posted[: number + 1], stays[number % len(stays)], one.at_ms + hours * HOUR_MS)
        assert seen.length == number + 1
        assert not seen.at_risk


@settings(deadline=None)
@given(histories(), zones, st.integers(-48, 60 * 24))
def test_settling_changes_nothing_that_is_seen(history: tuple[list[Posting], list[str]], zone: str, hours: int) -> None:
    posted, taken = history
    now_ms = posted[0].at_ms + hours * HOUR_MS
    streak = streak_of(taken)
    small = settled(streak, posted, now_ms)
    assert standing(small, posted, zone, now_ms) == standing(streak, posted, zone, now_ms)
    assert settled(small, posted, now_ms) == small
    assert all(
        standing(small, posted, z, now_ms + HOUR_MS) == standing(streak, posted, z, now_ms + HOUR_MS) for z in ZONES
    )


@settings(deadline=None)
@given(histories(), zones, st.randoms(use_true_random=False))
def test_order_and_repeats_do_not_matter(history: tuple[list[Posting], list[str]], zone: str, chance: object) -> None:
    posted, taken = history
    mixed, again = [*posted, *posted], [*taken, *taken]
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    chance.shuffle(again)  # type: ignore[attr-defined]
    now_ms = posted[-1].at_ms
    assert streak_of(again) == streak_of(taken)
    assert standing(streak_of(again), mixed, zone, now_ms) == standing(streak_of(taken), posted, zone, now_ms)


@settings(deadline=None)
@given(histories(), zones)
def test_days_kept_one_by_one_are_the_days_kept_at_once(history: tuple[list[Posting], list[str]], zone: str) -> None:
    posted, taken = history
    streak = Streak()
    for number, one in enumerate(posted):
        if one.day in taken:
            streak = taken_part(streak, one.day)
        streak = settled(streak, posted[: number + 1], one.at_ms + HOUR_MS)
    now_ms = posted[-1].at_ms + 30 * 24 * HOUR_MS
    assert standing(streak, posted, zone, now_ms) == standing(streak_of(taken), posted, zone, now_ms)
    assert len(streak.taken) <= 6


def test_taking_part_counts_even_if_the_posting_is_not_remembered() -> None:
    posted = weekdays(5)
    streak = streak_of([one.day for one in posted])
    assert standing(streak, posted[2:], "Europe/Berlin", posted[-1].at_ms).length == 5


def test_two_questions_of_one_day_count_once() -> None:
    posted = [posting(START), posting(START, minute=17 * 60)]
    assert standing(streak_of([START.isoformat()]), posted, "UTC", posted[-1].at_ms) == Standing(1, 0)


def test_word_of_a_day_settled_long_ago_changes_nothing() -> None:
    posted = weekdays(10)
    streak = settled(streak_of([posted[0].day]), posted, posted[-1].at_ms)
    assert taken_part(streak, posted[1].day) == streak


def test_it_can_be_stored() -> None:
    streak = settled(streak_of([one.day for one in weekdays(7)]), weekdays(7), at("UTC", "2026-03-13T00:00"))
    assert codec.loads(Streak, codec.dumps(streak)) == streak

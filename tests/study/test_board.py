"""The daily streams of a channel: set up, posted once at their minute, paused, caught up with, shared, reported on."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.chat import daily, plain
from bot.chat.events import Fired, Pressed, Submitted
from bot.study import saying, streams
from bot.study.sealed import Phase
from tests.study.group import BOARD, LIBRARY, Group, Somebody, at


@pytest.fixture
def group() -> Group:
    return Group()


@pytest.fixture
def olga(group: Group) -> Somebody:
    """Somebody who runs the channel."""
    return group.member("Olga", organiser=True)


def times(group: Group) -> list[str]:
    """When rounds opened, in UTC."""
    moments = [group.round(one).opened_ms for one in group.rounds]
    return [f"{datetime.fromtimestamp(one / 1000, UTC):%m-%d %H:%M}" for one in moments]


# Setting up


def test_several_streams_in_one_channel_post_each_at_its_own_time_and_never_the_same(
    group: Group, olga: Somebody
) -> None:
    said = olga.sets_up()
    assert said.startswith(
        "Daily question: every day at 09:30 (Europe/London), answers opened after 8 hours; next at 09:30 on Mon 2 Mar"
    )
    olga.sets_up(time="18:00", zone="Asia/Tokyo", days="weekdays", name="Evening in Tokyo", reveal="3")
    group.until("2026-03-09 00:00")
    assert [time for time in times(group) if time.endswith("09:00")] == [f"03-0{day} 09:00" for day in range(2, 7)]
    assert [time for time in times(group) if time.endswith("09:30")] == [f"03-0{day} 09:30" for day in range(2, 9)]
    titles = [card.title for card in group.cards()]
    assert len(titles) == len(set(titles)) == 12
    assert {card.heading.split(" · ")[0] for card in group.cards()} == {"Daily question", "Evening in Tokyo"}


def test_a_stream_is_changed_and_only_what_comes_then_is_different(group: Group, olga: Somebody) -> None:
    olga.sets_up()
    group.until("2026-03-02 12:00")
    olga.changes("s1", time="14:00", name="Afternoon", types="debugging", role="S1")
    group.until("2026-03-03 20:00")
    assert times(group) == ["03-02 09:30", "03-03 14:00"], "a day has one question, whatever the minute is moved to"
    first, second = group.cards()
    assert (first.mention, second.mention) == ("", "S1")
    assert second.heading.startswith("Afternoon · Debugging")


def test_paused_nothing_comes_and_what_is_open_runs_to_its_end(group: Group, olga: Somebody) -> None:
    olga.sets_up()
    group.until("2026-03-02 12:00")
    assert "is paused" in olga.does(daily.PAUSE)
    group.until("2026-03-05 12:00")
    assert group.round().phase is Phase.CLOSED
    assert len(group.rounds) == 1
    assert "next at 09:30 on Fri 6 Mar" in olga.does(daily.RESUME)
    group.until("2026-03-06 12:00")
    assert times(group) == ["03-02 09:30", "03-06 09:30"]
    assert not olga.heard("daily-note"), "days of a pause are not missed"


def test_a_pause_does_not_end_the_weekly_digest(group: Group, olga: Somebody) -> None:
    olga.sets_up()
    olga.does(daily.PAUSE)
    group.until("2026-03-20 12:00")
    assert not olga.heard("daily-digest")
    olga.does(daily.RESUME)
    group.until("2026-03-23 12:00")
    assert len(olga.heard("daily-digest")) == 1


def test_posted_now_besides_the_usual_and_once_however_often_it_is_pressed(group: Group, olga: Somebody) -> None:
    olga.sets_up()
    assert olga.does(daily.NOW) == "I'm posting one now, besides the usual ones."
    assert olga.does(daily.NOW) == saying.JUST_POSTED
    group.give(Pressed("twice", BOARD.address, group.now_ms, olga.person, daily.NOW, f"{BOARD.key}:s1", organiser=True))
    group.until("2026-03-02 10:00")
    assert times(group) == ["03-02 08:00", "03-02 09:30"]
    assert [one.day for one in group.rounds] == ["2026-03-02-1", "2026-03-02"]
    olga.does(daily.NOW)
    assert group.last.day == "2026-03-02-2"


def test_the_preview_is_what_comes_if_nothing_is_learnt(group: Group, olga: Somebody) -> None:
    olga.sets_up()
    said = olga.does(daily.PREVIEW)
    group.until("2026-03-02 10:00")
    (card,) = group.cards()
    assert card.title == said.splitlines()[1]


def test_removed_and_set_up_again_the_same_day_it_asks_something_new(group: Group, olga: Somebody) -> None:
    olga.sets_up()
    group.until("2026-03-02 10:00")
    assert "is removed" in olga.does(daily.REMOVE)
    assert olga.does(daily.PAUSE) == saying.NO_STREAM
    olga.sets_up(time="11:00")
    group.until("2026-03-20 12:00")
    assert times(group)[:3] == ["03-02 09:30", "03-02 11:00", "03-03 11:00"]
    titles = [card.title for card in group.cards()]
    assert len(titles) == len(set(titles))
    assert len({reply.id for reply in group.shown}) == len(group.shown)


# Who may


def test_only_who_runs_the_channel_may_change_anything_at_the_desk_and_in_the_actor(
    group: Group, olga: Somebody
) -> None:
    eve = group.member("Eve")
    assert eve.sets_up() == saying.NOT_ALLOWED
    form = daily.form_id(daily.NEW, BOARD.key)
    group.give(Submitted("f1", BOARD.address, group.now_ms, eve.person, form, {"time": "9:30", "zone": "UTC"}))
    assert BOARD.address not in group.states
    olga.sets_up()
    before = group.kept
    for action in (daily.PAUSE, daily.NOW, daily.REMOVE, daily.RESUME, daily.PREVIEW, daily.APPROVE, daily.DECLINE):
        assert eve.does(action) == saying.NOT_ALLOWED
        group.give(Pressed(f"f-{action}", BOARD.address, group.now_ms, eve.person, action, f"{BOARD.key}:s1"))
    assert eve.form(daily.NEW, BOARD.key) == saying.NOT_ALLOWED
    assert eve.form(daily.EDIT, f"{BOARD.key}:s1") == saying.NOT_ALLOWED
    group.give(
        Submitted(
            "f2",
            BOARD.address,
            group.now_ms,
            eve.person,
            daily.form_id(daily.EDIT, f"{BOARD.key}:s1"),
            {"time": "3:00", "zone": "UTC"},
        )
    )
    assert group.kept.streams == before.streams
    assert not group.rounds


def test_who_set_one_up_may_change_it_from_where_the_platform_does_not_say(group: Group, olga: Somebody) -> None:
    olga.sets_up()
    elsewhere = group.member("Olga")
    assert "is paused" in elsewhere.does(daily.PAUSE)
    assert group.kept.streams[0].paused


# Exactly once


@pytest.mark.parametrize(
    ("zone", "time", "day", "moments"),
    [
        ("Europe/London", "1:30", "2026-03-29", ["03-28 01:30", "03-29 01:00", "03-30 00:30"]),
        ("Europe/London", "1:30", "2026-10-25", ["10-24 00:30", "10-25 00:30", "10-26 01:30"]),
        ("Europe/Berlin", "2:30", "2026-03-29", ["03-28 01:30", "03-29 01:00", "03-30 00:30"]),
        ("Europe/Berlin", "2:30", "2026-10-25", ["10-24 00:30", "10-25 00:30", "10-26 01:30"]),
        ("America/Sao_Paulo", "0:30", "2026-03-29", ["03-28 03:30", "03-29 03:30", "03-30 03:30"]),
        ("Africa/Cairo", "0:30", "2026-04-24", ["04-22 22:30", "04-23 22:00", "04-24 21:30"]),
    ],
)
def test_once_a_day_when_clocks_change(zone: str, time: str, day: str, moments: list[str]) -> None:
    start = at(f"{day} 00:00") - 47 * 3_600_000
    group = Group(f"{datetime.fromtimestamp(start / 1000, UTC):%Y-%m-%d %H:%M}")
    group.member("Olga", organiser=True).sets_up(time=time, zone=zone)
    group.hours(90)
    found = times(group)
    assert [one for one in moments if one in found] == moments
    days = [one.day for one in group.rounds]
    assert len(days) == len(set(days))


def test_caught_up_within_the_look_back_and_people_have_their_time(group: Group, olga: Somebody) -> None:
    olga.sets_up(reveal="1")
    group.away_until("2026-03-02 15:00")
    assert times(group) == ["03-02 15:00"]
    assert "16:00 on Mon 2 Mar" in group.card()
    assert not olga.heard("daily-note")


def test_skipped_after_that_and_said(group: Group, olga: Somebody) -> None:
    olga.sets_up()
    group.away_until("2026-03-05 20:00")
    assert not group.rounds
    (note,) = olga.heard("daily-note")
    assert note == (
        "Daily question: I was away when the question of 2 Mar 2026 to 5 Mar 2026 was due, so I left it out. "
        "The next one comes as planned."
    )
    group.until("2026-03-06 12:00")
    assert times(group) == ["03-06 09:30"]


def test_a_bell_that_rang_long_before_it_was_handled_posts_nothing_old(group: Group, olga: Somebody) -> None:
    olga.sets_up()
    due_ms = group.timers.pop((BOARD.address, "post:s1"))
    group.now_ms = at("2026-03-03 08:00")
    group.give(Fired("rang-yesterday", BOARD.address, due_ms, "post:s1", due_ms))
    assert not group.rounds
    assert "I was away" in olga.heard("daily-note")[0]


def test_a_clock_that_steps_back_and_bells_that_ring_twice_post_nothing_twice(group: Group, olga: Somebody) -> None:
    olga.sets_up()
    group.until("2026-03-02 09:31")
    for number, moment in enumerate(("2026-03-02 09:29", "2026-03-02 09:30", "2026-03-02 10:30", "2026-03-01 09:30")):
        group.now_ms = at(moment)
        group.give(Fired(f"again{number}", BOARD.address, group.now_ms, "post:s1", group.now_ms))
    assert len(group.rounds) == 1
    group.now_ms = at("2026-03-02 11:00")
    group.until("2026-03-03 09:31")
    assert [one.day for one in group.rounds] == ["2026-03-02", "2026-03-03"]


def test_a_clock_that_steps_back_brings_no_second_digest(group: Group, olga: Somebody) -> None:
    olga.sets_up()
    group.until("2026-03-09 09:30")
    assert len(olga.heard("daily-digest")) == 1
    group.now_ms = at("2026-03-09 08:50")
    olga.does(daily.PAUSE)
    olga.does(daily.RESUME)
    group.until("2026-03-09 12:00")
    assert len(olga.heard("daily-digest")) == 1


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["hours", "back", "ring", "pause", "resume", "edit", "now"]), st.integers(0, 47)),
        max_size=12,
    )
)
def test_whatever_happens_no_day_is_asked_twice(steps: list[tuple[str, int]]) -> None:
    group = Group()
    olga = group.member("Olga", organiser=True)
    olga.sets_up()
    for number, (step, size) in enumerate(steps):
        match step:
            case "hours":
                group.hours(size)
            case "back":
                group.now_ms -= size * 600_000
            case "ring":
                group.give(Fired(f"r{number}", BOARD.address, group.now_ms, "post:s1", group.now_ms))
            case "pause":
                olga.does(daily.PAUSE)
            case "resume":
                olga.does(daily.RESUME)
            case "edit":
                olga.changes("s1", time=f"{size % 24}:00", zone=("Europe/London", "Asia/Tokyo")[size % 2])
            case _:
                olga.does(daily.NOW)
    asked = group.kept.streams[0].asked
    assert len({one.day for one in asked}) == len(asked) == len(group.cards()) == len(group.rounds)
    assert len({one.question for one in asked}) == len(asked)
    running = not group.kept.streams[0].paused
    assert ((BOARD.address, "post:s1") in group.timers) is running
    ids = [item.id for *_, outcome in group.handled for item in outcome.outgoing]
    assert len(ids) == len(set(ids))


# What is asked


def test_filters_are_kept_to(group: Group, olga: Somebody) -> None:
    olga.sets_up(types="debugging, trade_off" if "trade_off" in _types() else "debugging", levels="senior")
    group.until("2026-03-06 12:00")
    for one in group.rounds:
        held = group.round(one)
        question = LIBRARY.question(held.question)
        assert question.type.value in {"debugging", "trade_off"}
        assert held.level == "senior"


def _types() -> set[str]:
    return {question.type.value for question in LIBRARY.all()}


def test_the_organiser_hears_once_that_questions_run_dry_and_then_the_oldest_come_back(
    group: Group, olga: Somebody
) -> None:
    tag = _rare_tag()
    left = sum(tag in question.tags for question in LIBRARY.all())
    olga.sets_up(tags=tag)
    group.hours(24 * (left + 3))
    notes = olga.heard("daily-note")
    assert len(notes) == 1
    assert "in a week the oldest begin to come round again" in notes[0]
    questions = [group.round(one).question for one in group.rounds]
    assert len(set(questions[:left])) == left, "none comes back before all were asked"
    assert questions[left] in questions[: left // 2 + 1]


def _rare_tag() -> str:
    counts: dict[str, int] = {}
    for question in LIBRARY.all():
        for tag in question.tags:
            counts[tag] = counts.get(tag, 0) + 1
    return next(tag for tag, count in sorted(counts.items()) if 9 <= count <= 14)


def test_two_streams_use_up_what_they_share_twice_as_fast(group: Group, olga: Somebody) -> None:
    tag = _rare_tag()
    olga.sets_up(tags=tag)
    alone, _ = streams.lasts(group.kept.streams[0], group.kept, LIBRARY)
    olga.sets_up(tags=tag, time="15:00")
    together, _ = streams.lasts(group.kept.streams[0], group.kept, LIBRARY)
    assert alone is not None
    assert together == alone // 2


def test_when_nothing_fits_any_more_it_pauses_says_so_and_goes_on_once_changed(group: Group, olga: Somebody) -> None:
    olga.sets_up(packs="suggested")
    group.until("2026-03-02 10:00")
    assert olga.heard("daily-note") == [saying.NO_POOL.format(name="Daily question")]
    assert "No question fits" in olga.does(daily.PREVIEW)
    assert "Paused: there is no question that fits its filters." in plain.text(olga.run().said)
    assert "next at 09:30 on Tue 3 Mar" in olga.changes("s1")
    group.until("2026-03-03 10:00")
    assert len(group.cards()) == 1


# Suggestions


def test_a_suggestion_is_declined_kindly_and_many_are_stopped(group: Group, olga: Somebody) -> None:
    sam = group.member("Sam")
    assert sam.suggests() == saying.NO_BOARD
    olga.sets_up()
    for _ in range(streams.WAITING):
        assert sam.suggests() == saying.SUGGESTED
    assert sam.suggests() == saying.TOO_MANY
    assert len(group.kept.suggestions) == streams.WAITING
    assert olga.does(daily.DECLINE, "q2") == "Left out. I'll let them know, kindly."
    assert sam.heard("daily-note") == ["Two clocks: not this time. Thank you for suggesting it."]
    assert sam.suggests() == saying.SUGGESTED
    fields = {"title": "A", "text": "short", "type": "none"}
    wrong = group.wrong(daily.form_id(daily.SUGGEST, BOARD.key), fields)
    assert set(wrong) == {"title", "text", "type"}


def test_every_organiser_is_asked_once_about_a_suggestion(group: Group, olga: Somebody) -> None:
    pia = group.member("Pia", organiser=True)
    olga.sets_up()
    olga.sets_up(time="12:00")
    pia.sets_up(time="15:00")
    group.member("Sam").suggests()
    assert len(olga.heard("daily-suggestion")) == len(pia.heard("daily-suggestion")) == 1


# Listing


def test_listing_shows_streams_to_all_and_controls_to_some(group: Group, olga: Somebody) -> None:
    eve = group.member("Eve")
    assert plain.text(eve.run().said) == saying.NO_BOARD
    assert "Set one up" in plain.text(olga.run().said)
    olga.sets_up(types="debugging", levels="senior")
    mine, theirs = plain.text(olga.run().said), plain.text(eve.run().said)
    assert "Only debugging, senior." in mine
    for label in ("Change", "Pause", "Preview", "Post now", "Remove", "Set one up"):
        assert label in mine
        assert label not in theirs
    assert "Suggest a question" in theirs
    assert not eve.run().take

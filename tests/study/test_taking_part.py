"""Who takes part in a channel's daily questions: on the board, in streaks, in the weekly digest, and forgotten when they ask."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.chat import daily, plain
from bot.chat.events import Told
from bot.chat.ids import Board
from bot.study import saying
from tests.study.group import BOARD, Group, Somebody


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


# Who takes part


def test_the_board_names_only_who_wants_it_and_shows_taking_part_never_weakness(group: Group, olga: Somebody) -> None:
    ann, ben = group.member("Ann"), group.member("Ben")
    assert plain.text(ann.run(daily.BOARD).said) == saying.NO_BOARD
    olga.sets_up(reveal="2")
    assert "Nobody has taken part" in plain.text(ann.run(daily.BOARD).said)
    ann.chooses(listed="yes")
    for day in range(2, 8):
        group.until(f"2026-03-0{day} 10:00")
        ann.answers("I'd look for who is hurt and roll it back.")
        if day < 4:
            ben.answers("I'd ask.")
        group.until(f"2026-03-0{day} 11:30")
        ann.rates()
        ben.rates(2)
    group.until("2026-03-08 08:00")
    said = plain.text(ben.run(daily.BOARD).said)
    assert "Ann: 6 questions answered, 6 in a row, 2 ratings" in said
    assert "Ben" not in said
    assert "And 1 more member." in said
    for word in ("weak", "level", "%", "points"):
        assert word not in said
    mine = ann.form(daily.MINE, BOARD.key)
    assert not isinstance(mine, str)
    assert "You've answered 6 questions here. 6 in a row, with 1 freeze for days you miss." in mine.text


def test_who_only_chose_something_took_no_part(group: Group, olga: Somebody) -> None:
    olga.sets_up()
    group.member("Ann").chooses(listed="yes", remind="17:00")
    assert "Nobody has taken part" in plain.text(olga.run(daily.BOARD).said)
    group.until("2026-03-09 10:00")
    (digest,) = olga.heard("daily-digest")
    assert "Nobody this week." in digest


def test_a_freeze_covers_a_missed_day_in_ones_own_zone(group: Group, olga: Somebody) -> None:
    ann = group.member("Ann")
    olga.sets_up(reveal="2")
    ann.chooses(zone="Pacific/Auckland")
    for day in (2, 3, 4, 5, 6, 8):
        group.until(f"2026-03-0{day} 10:00")
        ann.answers("An answer of mine.")
    group.until("2026-03-10 08:00")
    mine = ann.form(daily.MINE, BOARD.key)
    assert not isinstance(mine, str)
    assert "6 in a row" in mine.text
    assert "freeze" not in mine.text.split("6 in a row")[1].split(".")[0]


def test_the_digest_says_who_took_part_what_to_grow_at_and_what_comes(group: Group, olga: Somebody) -> None:
    olga.sets_up(reveal="2")
    people = [group.member(name) for name in ("Ann", "Ben", "Cleo")]
    for day in range(2, 7):
        group.until(f"2026-03-0{day} 10:00")
        for one in people:
            one.answers("Ask who is hurt, then look at the last change.")
        group.until(f"2026-03-0{day} 12:00")
        for one in people:
            one.rates_all(2)
    group.until("2026-03-09 09:00")
    (digest,) = olga.heard("daily-digest")
    assert "Your week of daily questions." in digest
    assert digest.count("3 answers") == 5
    assert "3 members: " in digest
    assert "What the group can grow at" in digest
    assert len(digest.split("Next for Daily question\n")[1].splitlines()) == 3
    weak = digest.split("What the group can grow at\n")[1].split("\n\n")[0].splitlines()
    assert len(weak) == 3
    assert not any("_" in name or name[0].isdigit() for name in weak)
    assert len(group.kept.seen) < 60, "what is seen of one thing in a day is one finding"
    group.until("2026-03-16 10:00")
    assert len(olga.heard("daily-digest")) == 2


def test_a_week_without_a_question_has_no_digest(group: Group, olga: Somebody) -> None:
    olga.sets_up(quiet="2 Mar 2026 - 15 Mar 2026")
    group.until("2026-03-16 09:15")
    assert not olga.heard("daily-digest")


# Forgotten


def test_an_organiser_who_is_forgotten_hands_on_to_another(group: Group, olga: Somebody) -> None:
    pia = group.member("Pia", organiser=True)
    olga.sets_up()
    pia.sets_up(time="12:00")
    group.until("2026-03-02 10:00")
    olga.asks_to_be_forgotten()
    assert b"Olga" not in b"".join(group.states.values())
    told = len(olga.heard())
    group.member("Sam").suggests()
    group.until("2026-03-09 10:00")
    assert len(olga.heard()) == told
    assert len(pia.heard("daily-digest")) == 1
    assert [stream.organiser.address for stream in group.kept.streams] == [pia.person.address] * 2


def test_the_only_organiser_is_forgotten_and_the_stream_goes_on_with_nobody_told(group: Group, olga: Somebody) -> None:
    olga.sets_up()
    olga.asks_to_be_forgotten()
    told = len(olga.heard())
    group.member("Sam").suggests()
    group.until("2026-03-09 10:00")
    assert len(group.cards()) == 8
    assert len(olga.heard()) == told
    assert b"Olga" not in b"".join(group.states.values())
    assert olga.does(daily.PAUSE).startswith("Daily question is paused"), "the platform still lets them"


def test_a_board_that_is_not_there_forgets_too(group: Group) -> None:
    gone = Board("slack", "T1", "C9")
    person = group.member("Ann").person.address
    for number in range(2):
        group.give(Told(f"f{number}", gone.address, group.now_ms, "forget", {"person": person}))
    answers = [item for *_, outcome in group.handled for item in outcome.outgoing]
    assert len({item.id for item in answers}) == 2
    assert gone.address not in group.states

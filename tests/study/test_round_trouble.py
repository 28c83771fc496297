"""What can go wrong with a daily question: taken back, forgotten, a channel that is gone, five hundred answers, all twice."""

from __future__ import annotations

import pytest

from bot.chat import daily, plain
from bot.chat.events import Fired, Submitted, Told
from bot.chat.meanings import DailyCard
from bot.chat.replies import Operation
from bot.study import reveal, saying
from bot.study.sealed import Phase
from tests.study.group import Group, answered, members


@pytest.fixture
def group() -> Group:
    """A channel whose question of today is open."""
    group = Group()
    olga = group.member("Olga", organiser=True)
    olga.sets_up()
    group.until("2026-03-02 10:00")
    return group


# Taken back, forgotten


def test_taken_out_after_the_reveal_the_thread_says_so_and_nobody_waits_for_it(group: Group) -> None:
    ann, ben, cleo = answered(group, "Ann", "Ben", "Cleo")
    group.until("2026-03-02 17:30")
    ben.rates_all()
    cleo.rates_all()
    assert "Take mine out" in ann.heard("daily-invite")[0]
    assert ann.takes_back() == saying.TAKEN_OUT
    assert "Taken back by its author." in group.thread()
    assert "says Ann" not in group.thread()
    assert group.round().phase is Phase.CLOSED
    assert not ann.heard("daily-feedback")
    assert b"says Ann" not in group.states[group.last.address]


def test_two_answers_one_is_taken_out_and_the_other_is_read(group: Group) -> None:
    ann, ben = answered(group, "Ann", "Ben")
    group.until("2026-03-02 17:30")
    ann.takes_back()
    assert ben.form(daily.RATE, group.last.key) == saying.OVER
    assert len(ben.heard("daily-feedback")) == 1


def test_who_asks_to_be_forgotten_is_gone_from_rounds_and_boards(group: Group) -> None:
    ann, ben, cleo = answered(group, "Ann", "Ben", "Cleo")
    ann.chooses(listed="yes", remind="16:00")
    group.until("2026-03-02 17:30")
    ann.rates()
    before = len(group.shown)
    ann.asks_to_be_forgotten()
    stored = b"".join(state for address, state in group.states.items() if address != ann.person.address)
    assert b"U-Ann" not in stored
    assert b"says Ann" not in stored
    assert ann.state is None
    assert "says Ann" not in group.thread()
    for one in (ben, cleo):
        one.rates_all()
    assert group.round().phase is Phase.CLOSED, "nobody waits for somebody who is not there"
    assert not any("U-Ann" in repr(reply.person) for reply in group.shown[before + 1 :])


def test_forgotten_while_it_is_open_there_is_no_reminder_either(group: Group) -> None:
    (ann,) = members(group, "Ann")
    ann.chooses(remind="16:00")
    ann.asks_to_be_forgotten()
    assert b"U-Ann" not in b"".join(group.states.values())
    group.until("2026-03-02 17:00")
    assert not ann.heard("daily-reminder")


def test_a_volunteer_is_forgotten_with_what_they_rated(group: Group) -> None:
    answered(group, "Ann", "Ben")
    (vic,) = members(group, "Vic")
    group.until("2026-03-02 17:30")
    vic.rates()
    vic.asks_to_be_forgotten()
    assert not group.round().ratings
    assert b"U-Vic" not in b"".join(group.states.values())


def test_the_last_who_was_waited_for_is_forgotten_and_it_closes(group: Group) -> None:
    ann, ben, cleo = answered(group, "Ann", "Ben", "Cleo")
    group.until("2026-03-02 17:30")
    ben.rates_all()
    cleo.rates_all()
    ann.asks_to_be_forgotten()
    assert group.round().phase is Phase.CLOSED


# A channel that is gone


def test_its_card_cannot_be_posted_and_the_organiser_hears_once_how_to_go_on(group: Group) -> None:
    olga = group.member("Olga", organiser=True)
    group.undeliverable(group.posted("daily")[0])
    (note,) = olga.heard("daily-note")
    assert "Daily question is paused, because I can't post in its channel: it was deleted" in note
    assert "Go on" in note
    shown = len(group.shown)
    group.until("2026-03-04 18:00")
    assert len(group.shown) == shown, "nothing is asked and nothing is said"
    assert "goes on" in olga.does(daily.RESUME)
    group.until("2026-03-05 10:00")
    assert len(group.cards()) == 2


def test_it_went_under_way_and_the_round_goes_on_privately(group: Group) -> None:
    ann, ben = answered(group, "Ann", "Ben")
    group.undeliverable(group.posted("daily")[0])
    posts = len(group.posted())
    group.until("2026-03-02 17:30")
    assert len(group.posted()) == posts
    assert ann.rates() == saying.RATED_ALL
    assert ben.takes_back() == saying.TAKEN_OUT
    assert len(ann.heard("daily-feedback")) == 1
    assert len(group.posted()) == posts
    assert all(reply.operation is not Operation.EDIT for reply in group.shown[-4:])


def test_a_card_that_somebody_deleted_stops_nothing(group: Group) -> None:
    answered(group, "Ann", "Ben")
    group.undeliverable(next(one for one in group.shown if one.operation is Operation.EDIT), "the message is gone")
    assert not group.kept.streams[0].paused
    group.until("2026-03-02 17:30")
    assert "says Ann" in group.thread()


# Many


def test_five_hundred_answers_stay_within_bounds(group: Group) -> None:
    people = [group.member(f"M{number}") for number in range(500)]
    form = daily.form_id(daily.ANSWER, group.last.key)
    group.give(
        *(
            Submitted(f"a{one.person.id}", group.last.address, group.now_ms, one.person, form, {"answer": "z" * 600})
            for one in people
        )
    )
    assert "500 answers so far" in group.card()
    assert len(group.states[group.last.address]) < 600_000
    group.until("2026-03-02 17:30")
    posts = group.posted("daily-answers")
    assert len(posts) == reveal.POSTS + 1
    assert all(len(plain.text(reply.meanings)) < 4_000 for reply in posts)
    assert "And 300 more answers, which didn't fit here." in group.thread()
    held = group.round()
    assert {len(given) for given in held.assigned.values()} == {3}
    assert len(group.kept.members) == 500
    assert len(group.states[group.board.address]) < 250_000
    hidden = next(one for one in people if held.answers[one.person.address].group < 0)
    edits = sum(one.operation is Operation.EDIT for one in group.shown)
    hidden.takes_back()
    assert sum(one.operation is Operation.EDIT for one in group.shown) == edits + 1, "the card only"


# Again


def test_handled_again_after_a_kill_everything_is_the_same_and_every_id_once(group: Group) -> None:
    ann, ben, cleo = answered(group, "Ann", "Ben", "Cleo")
    ann.chooses(remind="16:00", listed="yes")
    group.until("2026-03-02 17:30")
    for one in (ann, ben, cleo):
        one.rates_all()
    ann.takes_back()
    ben.asks_to_be_forgotten()
    group.until("2026-03-10 12:00")
    for first, second in group.again():
        assert first == second
    ids = [item.id for *_, outcome in group.handled for item in outcome.outgoing]
    assert len(ids) == len(set(ids))


def test_events_that_come_twice_change_nothing(group: Group) -> None:
    ann, ben = answered(group, "Ann", "Ben")
    group.until("2026-03-02 17:30")
    state, shown = group.states[group.last.address], len(group.shown)
    opened = next(batch for actor, _, batch, *_ in group.handled if actor == group.last.address)[0]
    assert isinstance(opened, Told)
    group.seen.clear()
    group.give(opened)
    group.give(Fired("again", group.last.address, group.now_ms, "reveal", group.now_ms))
    assert len(group.shown) == shown
    assert group.round().phase is Phase.RATING
    assert sorted(group.round().assigned) == sorted(one.person.address for one in (ann, ben))
    assert state != b""


def test_a_batch_is_handled_like_its_events_one_by_one(group: Group) -> None:
    ann, ben = members(group, "Ann", "Ben")
    form = daily.form_id(daily.ANSWER, group.last.key)
    at = group.last.address
    group.give(
        Submitted("1", at, group.now_ms, ann.person, form, {"answer": "One."}),
        Submitted("2", at, group.now_ms, ben.person, form, {"answer": "Two."}),
        Submitted("3", at, group.now_ms, ann.person, form, {"answer": "Three."}),
        Fired("4", at, group.now_ms, "reveal", group.now_ms),
    )
    assert "Three." in group.thread()
    assert "One." not in group.thread()
    assert isinstance(group.posted("daily")[0].meanings[0], DailyCard)

"""One daily question as its members live it: sealed, opened, rated, read by the coach."""

from __future__ import annotations

import re

import pytest

from bot.chat import daily, plain
from bot.chat.events import Submitted
from bot.chat.meanings import Form
from bot.study import saying
from bot.study.sealed import LONGEST, Phase
from tests.study.group import LIBRARY, Group, answered, members

HOSTILE = "<@U1> <!channel> @everyone [x](http://a.b) {{7*7}} ```\n\x00 *bold* <https://a.b|click>"


@pytest.fixture
def group() -> Group:
    """A channel whose question of today is open."""
    group = Group()
    olga = group.member("Olga", organiser=True)
    olga.sets_up()
    group.until("2026-03-02 10:00")
    return group


# Sealed


def test_nobody_sees_an_answer_before_the_reveal_but_everybody_the_count(group: Group) -> None:
    ann, ben = members(group, "Ann", "Ben")
    assert "All answers are opened at once: 17:30 on Mon 2 Mar (Europe/London)" in group.card()
    assert ann.answers("My secret: look at the logs.") == f"{saying.SEALED}\nChange it · Take it back"
    assert "1 answer so far, sealed." in group.card()
    ben.answers("Mine is a secret, too.")
    assert "2 answers so far, sealed." in group.card()
    group.until("2026-03-02 17:29")
    assert "secret" not in group.everything()
    group.until("2026-03-02 17:30")
    assert "My secret" in group.thread()


def test_an_answer_is_changed_with_what_was_written_before_it(group: Group) -> None:
    (ann,) = members(group, "Ann")
    ann.answers("First thought.", named=False)
    form = ann.form(daily.ANSWER, group.last.key)
    assert isinstance(form, Form)
    assert [field.value for field in form.fields] == ["First thought.", "anonymous"]
    ann.answers("Second thought.")
    assert "1 answer so far" in group.card()
    group.until("2026-03-02 17:30")
    assert "Second thought." in group.thread()
    assert "First thought." not in group.everything()


def test_an_answer_is_taken_back_and_leaves_nothing(group: Group) -> None:
    (ann,) = members(group, "Ann")
    ann.answers("A thought I regret.")
    assert ann.takes_back() == saying.TAKEN_BACK
    assert b"regret" not in group.states[group.last.address]
    assert "All answers are opened at once" in group.card()
    assert ann.takes_back() == saying.NOTHING_THERE
    assert group.last.address not in (ann.state or b"").decode()
    assert ann.answers("A better one.").startswith("Sealed")


@pytest.mark.parametrize(("text", "said"), [("  \n ", "nothing in it"), ("x" * (LONGEST + 1), "at most 2,000")])
def test_what_cannot_be_sealed_is_never_said_to_be(group: Group, text: str, said: str) -> None:
    (ann,) = members(group, "Ann")
    form = daily.form_id(daily.ANSWER, group.last.key)
    assert said in group.wrong(form, {"answer": text})["answer"]
    assert said in ann.answers(text)
    assert not group.round().answers


def test_the_longest_answer_arrives_whole(group: Group) -> None:
    (ann,) = members(group, "Ann")
    ann.answers("y" * LONGEST)
    group.until("2026-03-02 17:30")
    assert "y" * LONGEST in group.thread()


def test_hostile_words_stay_words(group: Group) -> None:
    (ann, ben) = members(group, "Ann", "Ben")
    ann.answers(HOSTILE)
    ben.answers("Calm words.")
    group.until("2026-03-02 17:30")
    assert HOSTILE.strip() in group.thread()
    assert all(not card.mention for card in group.cards())


def test_what_came_after_the_reveal_is_given_back(group: Group) -> None:
    ann, ben = answered(group, "Ann", "Ben")
    form = daily.form_id(daily.ANSWER, group.last.key)
    group.until("2026-03-02 17:30")
    assert "Late, but mine." in ann.answers("Late, but mine.")
    group.give(
        Submitted("late", group.last.address, group.now_ms, ben.person, form, {"answer": "Overtaken by the bell."})
    )
    assert ben.heard("daily-note") == [f"{saying.CAME_LATE}\n\nWhat you wrote\nOvertaken by the bell."]
    assert "Overtaken" not in group.thread()


def test_an_unknown_round_gives_words_back_and_says_each_thing_under_a_name_of_its_own(group: Group) -> None:
    ann, ben = members(group, "Ann", "Ben")
    gone = group.board.round("s9", "2020-01-01")
    form = daily.form_id(daily.ANSWER, gone.key)
    for one in (ann, ben):
        group.give(Submitted(group.next_id(), gone.address, group.now_ms, one.person, form, {"answer": "Mine."}))
        assert "Mine." in one.heard("daily-note")[0]
        assert one.answers("Mine.", which=gone) == saying.UNKNOWN
    assert len({reply.id for reply in group.shown}) == len(group.shown)


# Opened


def test_named_or_not_as_each_chose_and_a_strong_answer_besides(group: Group) -> None:
    ann, ben = members(group, "Ann", "Ben")
    ann.answers("Named thought.")
    ben.answers("Nameless thought.", named=False)
    group.until("2026-03-02 17:30")
    thread = group.thread()
    assert re.search(r"Answer \d, Ann\nNamed thought\.", thread)
    assert re.search(r"Answer \d\nNameless thought\.", thread)
    assert "Ben" not in thread
    exemplars = LIBRARY.question(group.round().question).exemplars
    assert exemplars.adequate in thread
    assert exemplars.outstanding in thread
    assert exemplars.difference in thread
    assert all(reply.under for reply in group.posted("daily-answers"))


def test_each_is_asked_to_rate_others_and_never_their_own(group: Group) -> None:
    people = answered(group, "Ann", "Ben", "Cleo", "Dan", "Eva")
    group.until("2026-03-02 17:30")
    held = group.round()
    assert {len(given) for given in held.assigned.values()} == {3}
    rated = [author for given in held.assigned.values() for author in given]
    assert {rated.count(one.person.address) for one in people} == {3}
    for one in people:
        assert one.person.address not in held.assigned[one.person.address]
        (invite,) = one.heard("daily-invite")
        assert "I have 3 answers for you to rate, without names" in invite
        assert one.rates_all() == 3
    assert group.round().phase is Phase.CLOSED


def test_who_rates_sees_no_name_and_cannot_rate_themselves(group: Group) -> None:
    ann, ben = answered(group, "Ann", "Ben")
    assert ann.form(daily.RATE, group.last.key) == saying.NOT_OPEN_YET
    group.until("2026-03-02 17:30")
    form = ann.form(daily.RATE, group.last.key)
    assert isinstance(form, Form)
    assert "says Ben" in form.text
    assert "U-Ben" not in repr(form)
    own = group.round().answers[ann.person.address].number
    fields = {field.id: "5" for field in form.fields}
    assert ann.submit(daily.form_id(daily.RATE, f"{group.last.key}:{own}"), fields) == saying.NOT_YOURS
    event = Submitted(
        "forged",
        group.last.address,
        group.now_ms,
        ann.person,
        daily.form_id(daily.RATE, f"{group.last.key}:{own}"),
        fields,
    )
    group.give(event)
    assert not group.round().ratings
    assert "Choose a level" in ann.submit(form.id, {})
    for number in ("²", "99", "9" * 5000, "-1"):
        assert ann.submit(daily.form_id(daily.RATE, f"{group.last.key}:{number}"), fields) == saying.GONE_MEANWHILE
    assert ben.rates() == saying.RATED_ALL


def test_it_closes_early_once_everybody_has_rated_and_the_coach_comes_last(group: Group) -> None:
    ann, ben = answered(group, "Ann", "Ben")
    group.until("2026-03-02 17:30")
    ann.rates(2)
    assert not ann.heard("daily-feedback")
    assert ben.rates(4) == saying.RATED_ALL
    assert group.round().phase is Phase.CLOSED
    assert "2 answers, 2 ratings. The feedback is with their authors." in group.card()
    (for_ann,) = ann.heard("daily-feedback")
    assert "One member rated it:" in for_ann
    assert ": 4\n" in for_ann
    assert "says Ann" not in "".join(ben.heard("daily-feedback"))
    assert ann.form(daily.RATE, group.last.key) == saying.OVER


def test_who_did_not_answer_may_rate_and_hears_how_close_they_came(group: Group) -> None:
    ann, ben, cleo = answered(group, "Ann", "Ben", "Cleo")
    (vic,) = members(group, "Vic")
    group.until("2026-03-02 17:30")
    assert vic.rates(3) == saying.RATED_ALL
    assert group.last.address in (vic.state or b"").decode(), "so that forgetting reaches what they rated"
    for one in (ann, ben, cleo):
        one.rates_all(3)
    (close,) = vic.heard("daily-close")
    assert "at the others' level" in close
    assert not vic.heard("daily-feedback")
    assert "at the others' level" in ann.heard("daily-feedback")[0]


def test_a_rating_can_be_changed_and_counts_once(group: Group) -> None:
    answered(group, "Ann", "Ben", "Cleo")
    (vic,) = members(group, "Vic")
    group.until("2026-03-02 17:30")
    form = vic.form(daily.RATE, group.last.key)
    assert isinstance(form, Form)
    for level in ("1", "5"):
        vic.submit(form.id, {field.id: level for field in form.fields})
    (rating,) = group.round().ratings
    assert set(rating.levels.values()) == {5}


def test_nobody_rates_and_the_coach_reads_them_all_the_same(group: Group) -> None:
    ann, ben = answered(group, "Ann", "Ben")
    group.until("2026-03-03 17:30")
    for one in (ann, ben):
        (feedback,) = one.heard("daily-feedback")
        assert "Nobody rated it this time." in feedback
        assert "only answer" not in feedback


def test_nobody_answers_and_nothing_more_is_said(group: Group) -> None:
    group.until("2026-03-02 18:00")
    assert "Nobody answered this one." in group.card()
    assert group.thread() == ""
    assert group.round().phase is Phase.CLOSED
    assert group.kept.streams[0].asked[0].answers == 0


def test_one_answers_and_has_feedback_at_once(group: Group) -> None:
    (ann,) = answered(group, "Ann")
    group.until("2026-03-02 17:30")
    (feedback,) = ann.heard("daily-feedback")
    assert "yours was the only answer" in feedback
    assert not ann.heard("daily-invite")
    assert "An outstanding one" in group.thread()


def test_late_because_nobody_ran_us_raters_have_their_whole_time(group: Group) -> None:
    answered(group, "Ann", "Ben")
    group.away_until("2026-03-05 12:00")
    assert group.round(group.rounds[0]).phase is Phase.RATING
    assert "Ratings close: 12:00 on Fri 6 Mar" in group.card(group.rounds[0])


# Reminders


def test_reminded_only_if_not_answered_and_not_after_choosing_otherwise(group: Group) -> None:
    ann, ben, cleo = members(group, "Ann", "Ben", "Cleo")
    for one in (ann, ben, cleo):
        one.chooses(remind="16:00", zone="Europe/Berlin")
    ben.answers("Done already.")
    cleo.chooses(remind="")
    group.until("2026-03-02 14:59")
    assert not ann.heard("daily-reminder")
    group.until("2026-03-02 15:00")
    (reminder,) = ann.heard("daily-reminder")
    assert "is still open" in reminder
    assert "17:30 on Mon 2 Mar (Europe/London)" in reminder
    assert not ben.heard("daily-reminder")
    assert not cleo.heard("daily-reminder")


def test_a_reminder_that_would_come_too_late_comes_an_hour_before(group: Group) -> None:
    (ann,) = members(group, "Ann")
    ann.chooses(remind="23:00")
    group.until("2026-03-02 16:29")
    assert not ann.heard("daily-reminder")
    group.until("2026-03-02 16:30")
    assert len(ann.heard("daily-reminder")) == 1


# Low pressure


def test_low_pressure_has_no_numbers_anywhere() -> None:
    group = Group()
    olga = group.member("Olga", organiser=True)
    olga.sets_up(numbers="no")
    group.until("2026-03-02 10:00")
    ann, ben, cleo = answered(group, "Ann", "Ben", "Cleo")
    group.until("2026-03-02 17:30")
    form = ann.form(daily.RATE, group.last.key)
    assert isinstance(form, Form)
    assert {field.kind for field in form.fields} == {"long"}
    assert "1:" not in form.text
    assert "A sentence" in ann.submit(form.id, {})
    for one in (ann, ben, cleo):
        while "one more" in one.rates(worked="You ask before you act."):
            pass
    assert group.card().endswith("3 answers. The feedback is with their authors.")
    (feedback,) = ann.heard("daily-feedback")
    assert "What members wrote:\nWhat worked: You ask before you act." in feedback
    assert "level" not in feedback.split("At this level")[0]
    assert not re.search(r"\b[1-5](\.\d)?\b.*(overall|rating)", feedback)
    card = next(one for one in reversed(group.shown) if one.move == "daily-feedback").meanings[-1]
    assert getattr(card, "numbers", None) is False
    assert all(line.level is None for line in getattr(card, "criteria", ()))
    ann.chooses(listed="yes")
    board = plain.text(ann.run(daily.BOARD).said)
    mine = ann.form(daily.MINE, group.board.key)
    assert isinstance(mine, Form)
    for text in (board, mine.text):
        assert not re.search(r"\d", text)


# Suggested questions


def test_a_suggested_question_is_asked_credited_and_rated_on_the_scale_of_its_kind() -> None:
    group = Group()
    olga = group.member("Olga", organiser=True)
    olga.sets_up(packs="suggested", days="daily")
    (sam,) = members(group, "Sam")
    assert sam.suggests("Two clocks", "Two services disagree about the time. What now?") == saying.SUGGESTED
    (asked,) = olga.heard("daily-suggestion")
    assert "Sam suggests: Two clocks" in asked
    assert sam.does(daily.APPROVE, "q2") == saying.NOT_ALLOWED
    assert olga.does(daily.APPROVE, "q2") == "It's in."
    assert olga.does(daily.DECLINE, "q2") == saying.DECIDED
    assert "your question is in" in sam.heard("daily-note")[0]
    group.until("2026-03-02 10:00")
    (card,) = group.cards()
    assert (card.title, card.credit) == ("Two clocks", "A question by Sam.")
    ann, ben = answered(group, "Ann", "Ben")
    group.until("2026-03-02 17:30")
    assert "outstanding" not in group.thread()
    form = ann.form(daily.RATE, group.last.key)
    assert isinstance(form, Form)
    names = [dimension.name for dimension in LIBRARY.rubric("debugging").dimensions]
    assert [field.label for field in form.fields] == names[: len(form.fields)]
    ann.rates(4)
    ben.rates(2)
    (feedback,) = ann.heard("daily-feedback")
    assert "A member wrote this question, so it has no scorecard." in feedback
    assert ": 2" in feedback


def test_alone_with_a_suggested_question_nothing_false_is_said() -> None:
    group = Group()
    olga = group.member("Olga", organiser=True)
    olga.sets_up(packs="suggested")
    group.member("Sam").suggests()
    olga.does(daily.APPROVE, "q2")
    group.until("2026-03-02 10:00")
    (ann,) = answered(group, "Ann")
    group.until("2026-03-02 17:30")
    (feedback,) = ann.heard("daily-feedback")
    assert "yours was the only answer, and a question by a member has no scorecard" in feedback


def test_whoever_suggested_it_is_forgotten_and_their_words_are_gone_everywhere() -> None:
    group = Group()
    olga = group.member("Olga", organiser=True)
    olga.sets_up(packs="suggested")
    (sam,) = members(group, "Sam")
    sam.suggests("Peculiar title", "Why is the peculiar thing peculiar, and for whom?")
    olga.does(daily.APPROVE, "q2")
    group.until("2026-03-02 10:00")
    sam.asks_to_be_forgotten()
    stored = b"".join(group.states.values())
    assert b"eculiar" not in stored
    assert b"Sam" not in stored
    assert saying.QUESTION_BACK in group.card()
    assert "Sam" not in group.card()

"""What is said at once about daily questions: it is kind, it is true, and it promises nothing that is not then done."""

from __future__ import annotations

import inspect
import re

import pytest

from bot.chat import daily
from bot.chat.meanings import Form
from bot.study import saying, sheet
from tests.study.group import BOARD, Group, Somebody, buttons


@pytest.fixture
def group() -> Group:
    return Group()


@pytest.fixture
def olga(group: Group) -> Somebody:
    return group.member("Olga", organiser=True)


def shown(form: Form | str) -> Form:
    assert isinstance(form, Form), form
    return form


def test_one_form_sets_up_a_stream_and_comes_back_as_it_was_filled_in(group: Group, olga: Somebody) -> None:
    wanted = {"time": "7:15 pm", "zone": "Asia/Kolkata", "days": "mon wed fri", "reveal": "5", "role": "S42"}
    wanted |= {"levels": "senior", "quiet": "24 Dec - 2 Jan", "name": "Evening", "numbers": "no", "types": "debugging"}
    form = shown(olga.form(daily.NEW, BOARD.key))
    assert {field.id for field in form.fields} >= set(wanted)
    assert [field.id for field in form.fields if field.required] == ["time", "zone"]
    said = olga.submit(form.id, wanted)
    assert said.startswith(
        "Evening: Monday, Wednesday and Friday at 19:15 (Asia/Kolkata), answers opened after 5 hours; next at 19:15 on Mon 2 Mar"
    )
    again = shown(olga.form(daily.EDIT, f"{BOARD.key}:s1"))
    held = {field.id: field.value for field in again.fields}
    assert held["quiet"] == "24 Dec 2026 to 2 Jan 2027"
    olga.submit(again.id, held)
    assert {field.id: field.value for field in shown(olga.form(daily.EDIT, f"{BOARD.key}:s1")).fields} == held


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"time": "late"}, "A time of day, please"),
        ({"zone": "Europe/Londn"}, "Did you mean Europe/London?"),
        ({"days": "someday"}, "Days, please"),
        ({"reveal": "900"}, "from 1 to 168"),
        ({"quiet": "sometime"}, "Dates, please"),
        ({"types": "chess"}, "I don't have 'chess'"),
        ({"tags": "no-such-tag"}, "No question of mine fits all of that."),
        ({"name": "x" * 61}, "At most 60 characters"),
    ],
)
def test_a_mistake_in_a_form_is_said_and_nothing_is_set_up(
    group: Group, olga: Somebody, fields: dict[str, str], said: str
) -> None:
    (wrong,) = group.wrong(
        daily.form_id(daily.NEW, BOARD.key), {"time": "9:30", "zone": "Europe/London", **fields}
    ).values()
    assert said in wrong
    assert said in olga.sets_up(**fields)
    assert BOARD.address not in group.states


def test_a_stream_that_was_removed_meanwhile_is_not_said_to_be_changed(group: Group, olga: Somebody) -> None:
    olga.sets_up()
    olga.does(daily.REMOVE)
    assert olga.changes("s1") == saying.NO_STREAM
    assert olga.form(daily.EDIT, f"{BOARD.key}:s1") == saying.NO_STREAM
    assert not group.kept.streams


def test_a_members_own_choices_are_checked_and_shown_again(group: Group, olga: Somebody) -> None:
    ann = group.member("Ann")
    assert ann.chooses(remind="17:00") == saying.NO_BOARD
    assert ann.form(daily.MINE, BOARD.key) == saying.NO_BOARD
    olga.sets_up()
    assert "A time of day" in ann.chooses(remind="teatime")
    assert "Did you mean Europe/Berlin?" in ann.chooses(zone="Europe/Berln")
    assert ann.chooses(remind="5 pm", zone="Europe/Berlin", listed="yes") == saying.CHOSEN
    form = shown(ann.form(daily.MINE, BOARD.key))
    assert {field.id: field.value for field in form.fields} == {
        "remind": "17:00",
        "zone": "Europe/Berlin",
        "listed": "yes",
    }


def test_what_a_card_offers_is_what_can_be_done_then(group: Group, olga: Somebody) -> None:
    olga.sets_up()
    group.until("2026-03-02 10:00")
    ann, ben = group.member("Ann"), group.member("Ben")
    assert group.card().endswith("Answer")
    ann.answers("First.")
    ben.answers("Second.")
    group.until("2026-03-02 17:30")
    assert group.card().endswith("Rate answers")
    assert ann.form(daily.ANSWER, group.last.key) == saying.TOO_LATE
    ann.rates()
    ben.rates()
    assert group.card().endswith("The feedback is with their authors.")


def test_rated_while_its_author_takes_it_back(group: Group, olga: Somebody) -> None:
    olga.sets_up()
    group.until("2026-03-02 10:00")
    people = [group.member(name) for name in ("Ann", "Ben", "Cleo")]
    for one in people:
        one.answers(f"Mine, {one.person.name}.")
    group.until("2026-03-02 17:30")
    ann = people[0]
    form = shown(ann.form(daily.RATE, group.last.key))
    author = next(one for one in people if f"Mine, {one.person.name}." in form.text)
    author.takes_back()
    assert ann.submit(form.id, {field.id: "3" for field in form.fields}) == saying.GONE_MEANWHILE
    assert ann.rates() == saying.RATED_ALL, "the one that is left"


def test_everybody_is_offered_what_they_may_do(group: Group, olga: Somebody) -> None:
    olga.sets_up()
    assert buttons(group.member("Eve").run().said) == ["Suggest a question", "Reminder and board"]
    assert "Set one up" in buttons(olga.run().said)


def test_every_line_is_calm() -> None:
    lines = [text for name, text in inspect.getmembers(saying) + inspect.getmembers(sheet) if name.isupper()]
    for text in lines:
        if isinstance(text, str) and " " in text:
            assert "!" not in text
            assert "  " not in text
            assert not re.search(r"\b(sorry|please note|color|favorite|organizer)\b", text, re.IGNORECASE), text
            assert len(text) < 240, text

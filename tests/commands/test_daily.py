"""`hotseat daily --simulate` as somebody runs it, and that each thing it watches over is noticed when it breaks."""

from __future__ import annotations

import asyncio
import copy
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from bot import __main__
from bot.chat.meanings import DailyCard, Paragraph, Passage
from bot.commands import daily, invariants, members
from bot.commands.simulation import Record, Script, Take
from bot.commands.stage import Shown
from bot.library.load import Library
from bot.study import drawing, reveal

Ran = tuple[int, str, str]


@pytest.fixture
def hotseat(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Ran]:
    monkeypatch.setenv("HOTSEAT_DATA_DIR", str(tmp_path_factory.mktemp("own")))

    def run(*words: str) -> Ran:
        try:
            code = __main__.main(["daily", *words])
        except SystemExit as left:
            code = int(str(left.code))
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


@pytest.fixture(scope="module")
def played() -> Record:
    """Five days with everybody: a kill, an outage that is caught up with, a day with one answer, one with none."""
    script = Script(5, members.cast(10, 7), 7, "Europe/London", date(2026, 3, 26))
    return asyncio.run(daily.play(script, Library.open()))


@pytest.fixture
def record(played: Record) -> Record:
    """The same record, to be broken."""
    broken = copy.copy(played)
    broken.stage = copy.copy(played.stage)
    broken.stage.shown = list(played.stage.shown)
    broken.takes = [copy.copy(take) for take in played.takes]
    broken.own = dict(played.own)
    return broken


def failed(record: Record) -> dict[str, tuple[str, ...]]:
    return {held.name: held.failures for held in invariants.check(record) if not held.ok}


def test_days_are_played_and_told(hotseat: Callable[..., Ran]) -> None:
    code, out, err = hotseat("--simulate", "3d", "--seed", "2")
    assert (code, err) == (0, "")
    assert "My process is killed" in out
    assert "killed after the first message of the thread; another process goes on" in out
    assert "  08:30  down" in out
    for member in members.CAST:
        assert f"\n{member.name}, who {member.about}\n" in out
    assert sum(line.startswith("ok      ") for line in out.splitlines()) == len(invariants.CHECKS)
    assert out.rstrip().endswith(f"All {len(invariants.CHECKS)} held.")
    assert max(map(len, out.splitlines())) <= 100


def test_a_program_reads_what_was_shown(hotseat: Callable[..., Ran]) -> None:
    code, out, _ = hotseat("--simulate", "1d", "--members", "3", "--json")
    lines = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    shown = [line for line in lines if line["kind"] == "shown"]
    assert [line["at"] for line in shown] == sorted(line["at"] for line in shown)
    assert {line["place"] for line in shown} == {"channel", "thread", "private"}
    assert lines[-1]["kind"] == "summary"
    assert lines[-1]["ok"] is True
    assert lines[-1]["questions"] == 1


def test_nothing_else_was_touched(hotseat: Callable[..., Ran], tmp_path_factory: pytest.TempPathFactory) -> None:
    assert hotseat("--simulate", "1d", "--members", "3")[0] == 0
    assert not list((tmp_path_factory.getbasetemp() / "own0").iterdir())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--simulate", "soon"), "days or weeks, please, such as 14d or 4w"),
        (("--simulate", "0d"), "days or weeks, please"),
        (("--simulate", "90d"), "at most 84d"),
        (("--simulate", "3d", "--members", "2"), "--members takes 3 to"),
        (("--simulate", "3d", "--zone", "Europe/Lodnon"), "I don't know the time zone 'Europe/Lodnon'"),
        (("--simulate", "3d", "--start", "tomorrow"), "a date, please, such as 2026-03-23"),
        ((), "--simulate"),
    ],
)
def test_what_cannot_be_played_is_said(hotseat: Callable[..., Ran], words: tuple[str, ...], said: str) -> None:
    code, out, err = hotseat(*words)
    assert code == 2
    assert said in err
    assert "Traceback" not in out + err


# A fault in the code that decides


def test_a_name_that_should_not_be_shown_fails_it(hotseat: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        reveal, "_passage", lambda held: Passage(f"Answer {held.number}, {held.person.name}", held.text)
    )
    code, out, _ = hotseat("--simulate", "1d", "--members", "6")
    assert code == 1
    assert "failed  names were shown where wanted, and nowhere else" in out
    assert "Anouk's answer" in out
    assert "1 of 14 did not hold." in out


def test_a_question_that_comes_again_fails_it(hotseat: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "draw", lambda pool, asked, weak, seed: min(item.id for item in pool))
    code, out, _ = hotseat("--simulate", "2d", "--members", "3")
    assert code == 1
    assert "failed  no question came twice" in out


# What the checks notice


def test_as_played_all_held(played: Record) -> None:
    assert failed(played) == {}


def first(record: Record, kind: str, *, edit: bool = False) -> Shown:
    return next(one for one in record.stage.shown if one.kind == kind and one.edit is edit)


def anonymous(record: Record) -> Take:
    return next(take for take in record.takes if not take.named and take.gone < 0)


def late_card(record: Record) -> None:
    place = record.stage.shown.index(first(record, "daily"))
    record.stage.shown[place] = replace(record.stage.shown[place], at_ms=record.stage.shown[place].at_ms + 60_000)


def second_card(record: Record) -> None:
    record.stage.shown.append(replace(first(record, "daily"), number=len(record.stage.shown)))


def leak(record: Record) -> None:
    take = record.takes[0]
    card = first(record, "daily")
    place = take.sealed + 1
    leaked = replace(card, kind="daily-note", meanings=(Paragraph(take.text),), number=place, reply="leak", edit=False)
    record.stage.shown.insert(place, leaked)


def own_answer(record: Record) -> None:
    rated = next(
        one
        for one in record.stage.shown
        if one.kind == "form" and any(text.startswith("daily-rate:") for text in invariants.texts(one.meanings))
    )
    text = "\n".join(invariants.texts(rated.meanings))
    author = next(take.member for take in record.takes if take.mark in text)
    record.stage.shown.append(replace(rated, person=author.person.address))


def feedback_twice(record: Record) -> None:
    record.stage.shown.append(replace(first(record, "daily-feedback"), reply="again"))


def feedback_missing(record: Record) -> None:
    place = record.stage.shown.index(first(record, "daily-feedback"))
    record.stage.shown[place] = replace(record.stage.shown[place], kind="daily-note")


def name_shown(record: Record) -> None:
    take = anonymous(record)
    for place, one in enumerate(record.stage.shown):
        if one.kind == "daily-answers" and any(take.mark in text for text in invariants.texts(one.meanings)):
            named = tuple(
                Passage(f"{held.title}, {take.member.name}", held.text)
                if isinstance(held, Passage) and take.mark in held.text
                else held
                for held in one.meanings
            )
            record.stage.shown[place] = replace(one, meanings=named)


def back_again(record: Record) -> None:
    gone = next(take for take in record.takes if take.gone >= 0)
    number = len(record.stage.shown)
    record.stage.shown.append(
        replace(first(record, "daily-answers"), number=number, reply="x", meanings=(Paragraph(gone.text),))
    )


def miscounted(record: Record) -> None:
    place = record.stage.shown.index(first(record, "daily", edit=True))
    one = record.stage.shown[place]
    wrong = tuple(
        replace(held, status="7 answers so far, sealed.") if isinstance(held, DailyCard) else held
        for held in one.meanings
    )
    record.stage.shown[place] = replace(one, meanings=wrong)


def streak_wrong(record: Record) -> None:
    record.own["u02"] = "You've answered 5 questions here. 9 in a row."


def reminded_again(record: Record) -> None:
    record.stage.shown.append(replace(first(record, "daily-reminder"), reply="again"))


def no_digest(record: Record) -> None:
    place = record.stage.shown.index(first(record, "daily-digest"))
    record.stage.shown[place] = replace(record.stage.shown[place], kind="daily-note")


def outside(record: Record) -> None:
    place = record.stage.shown.index(first(record, "daily-answers"))
    record.stage.shown[place] = replace(record.stage.shown[place], place="channel", under="")


def set_aside(record: Record) -> None:
    record.letters = ["failed 6 times"]


@pytest.mark.parametrize(
    ("breaks", "noticed"),
    [
        (late_card, "one card each day"),
        (second_card, "one card each day"),
        (second_card, "nothing was shown twice"),
        (leak, "no answer was seen"),
        (own_answer, "nobody was given their own"),
        (feedback_twice, "every author got feedback once"),
        (feedback_missing, "every author got feedback once"),
        (name_shown, "names were shown"),
        (back_again, "nothing taken back"),
        (miscounted, "the counts on the cards"),
        (streak_wrong, "the streaks"),
        (reminded_again, "reminders came once"),
        (no_digest, "the digest came once a week"),
        (outside, "every answer was opened in the thread"),
        (set_aside, "nothing was set aside"),
    ],
)
def test_what_breaks_is_noticed(record: Record, breaks: Callable[[Record], None], noticed: str) -> None:
    breaks(record)
    assert any(name.startswith(noticed) for name in failed(record))

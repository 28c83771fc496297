"""A session as it is stored, and its clock."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat import codec
from bot.chat.ids import ConversationId, Person
from bot.chat.meanings import CheckLine, CriterionLine, Verdict
from bot.interview import session as sessions
from bot.interview.grader import Finding, Judgement
from bot.interview.session import Clock, Counts, Phase, Redo, Session, Turn

ME = Person("terminal", "local", "ada", "Ada")
HERE = ConversationId("terminal", "local", "practice").address


def interview(**changes: object) -> Session:
    base = Session(
        "s1", HERE, ME, "stale-ai-search", 0, "senior", "maya", "auto", Clock(900_000, since_ms=1_000), 1_000
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def test_everything_in_a_session_comes_back_as_it_was() -> None:
    line = CriterionLine("a", "A", None, (CheckLine("c", "Says it", Verdict.COVERED, "I'd say it"),), "why", "next", 3)
    full = interview(
        phase=Phase.REDOING,
        turns=(
            Turn("interviewer", "What would you do?", 1_000, "pose"),
            Turn("candidate", "I'd say it.\nTwice – naïve “quotes” 🙂", 2_000, sentence=1, message="m1"),
        ),
        shown={"c": (1, 2)},
        self_ratings={"a": 3},
        judgement=Judgement("offline", False, (Finding("c", Verdict.COVERED, (1,), "I'd say it", 0.9),), ("echo",)),
        redo=Redo("a", line, None),
        helped=False,
        pending={"type": "debugging"},
        seen=("x", "stale-ai-search"),
    )
    assert sessions.load(sessions.dump(full)) == full


def test_a_session_of_an_older_format_goes_on_and_one_of_a_newer_is_refused() -> None:
    stored = codec.to_plain(interview())
    for added_later in ("withdrawn", "nudged", "pending", "seen", "discussed"):
        stored.pop(added_later, None)
    assert codec.from_plain(Session, stored) == interview()
    with pytest.raises(codec.Unreadable, match="newer version"):
        sessions.load(codec.dumps(replace(interview(), format=sessions.FORMAT + 1)).encode())
    with pytest.raises(codec.Unreadable):
        sessions.load(b'{"@":"Session"}')


def test_what_was_taken_back_is_no_evidence_and_its_numbers_are_not_used_again() -> None:
    held = interview(
        turns=(
            Turn("candidate", "One. Two.", 1, sentence=1),
            Turn("candidate", "Is it?", 2, counts=Counts.QUESTION, sentence=3),
            Turn("candidate", "Four.", 3, sentence=4, counts=Counts.WITHDRAWN),
        ),
        withdrawn=(2,),
    )
    assert [sentence.text for sentence in held.sentences()] == ["One.", "Is it?"]
    assert held.next_sentence() == 5


@given(st.lists(st.tuples(st.integers(0, 600_000), st.integers(0, 600_000)), max_size=8))
def test_the_clock_counts_only_the_time_it_ran(stretches: list[tuple[int, int]]) -> None:
    clock, now = Clock(900_000), 10_000
    for ran, stood in stretches:
        clock = clock.started(now)
        now += ran
        clock = clock.stopped(now)
        now += stood
    assert clock.spent(now) == sum(ran for ran, _ in stretches)
    assert clock.left(now) == max(0, 900_000 - clock.spent(now))


def test_time_nobody_was_there_does_not_count() -> None:
    running = Clock(900_000).started(0)
    assert running.stopped(60_000).left(7_200_000) == 840_000

"""The checker finds what is planted: a loss, a duplicate, a disorder. A checker that cannot is worth nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.chaos.check import Look, Owed, Record, Shown, Verdict, disorder, judge
from benchmarks.chaos.storm import tokens

TRY_S = 3.0


def conversation(*seen: Shown, owed: str = "Q k1 k2 k3 R", looks: tuple[Look, ...] = ()) -> Verdict:
    """The verdict on one conversation in which this was owed and that was seen."""
    said = [Owed("D1", token, at) for at, token in enumerate(owed.split())]
    return judge(Record(said, list(seen), list(looks)), TRY_S)


def shown(number: int, *answers: str, at_s: float = 0.0, by: str = "w1", part: int = 0) -> Shown:
    return Shown("D1", (f"s:{number}", part), answers, at_s or float(number), by)


WHOLE = (shown(1, "Q"), shown(2, "k1", "k2"), shown(3), shown(4, "k3"), shown(5, "R"))


def counts(verdict: Verdict) -> tuple[int, int, int, int]:
    return verdict.lost, verdict.duplicates, verdict.duplicates_unavoidable, verdict.out_of_order


def test_everything_in_order_is_clean() -> None:
    verdict = conversation(*WHOLE)
    assert (verdict.accepted, verdict.shown, counts(verdict)) == (5, 5, (0, 0, 0, 0))


@pytest.mark.parametrize("number", [0, 1, 3, 4])
def test_a_planted_loss(number: int) -> None:
    seen = [one for at, one in enumerate(WHOLE) if at != number]
    assert counts(conversation(*seen)) == (len(WHOLE[number].tokens), 0, 0, 0)


def test_a_conversation_that_never_heard_anything_has_lost_all() -> None:
    assert counts(conversation()) == (5, 0, 0, 0)


def test_a_planted_duplicate_under_the_same_name() -> None:
    again = shown(2, "k1", "k2", at_s=2.5, by="w2")
    assert counts(conversation(*WHOLE, again)) == (0, 1, 0, 0)


def test_a_planted_duplicate_under_another_name() -> None:
    assert counts(conversation(*WHOLE, shown(9, "k2"))) == (0, 1, 0, 0)


def test_a_duplicate_without_a_token_counts_too() -> None:
    assert counts(conversation(*WHOLE, shown(3, at_s=6.0))) == (0, 1, 0, 0)


def test_two_parts_of_one_reply_are_no_duplicate() -> None:
    assert counts(conversation(*WHOLE, shown(5, at_s=6.0, part=1))) == (0, 0, 0, 0)


def test_a_planted_disorder() -> None:
    swapped = (shown(1, "Q"), shown(2, "k2"), shown(3, "k1"), shown(4, "k3"), shown(5, "R"))
    assert counts(conversation(*swapped)) == (0, 0, 0, 1)
    early = (shown(1, "Q"), shown(2, "k1", "k2"), shown(3, "R"), shown(4, "k3"))
    assert counts(conversation(*early)) == (0, 0, 0, 1)


class TestTheWindow:
    """A duplicate is unavoidable only if its poster had looked, and the other was on its way at that moment."""

    FIRST = shown(2, "k1", "k2", at_s=2.0, by="w1")
    REST = (shown(1, "Q"), shown(4, "k3", at_s=4.0), shown(5, "R"))

    def verdict(self, again: Shown, *looks: Look) -> tuple[int, int, int, int]:
        in_order = sorted((*self.REST, self.FIRST, again), key=lambda one: one.at_s)
        return counts(conversation(*in_order, looks=looks))

    def test_looked_before_the_other_landed(self) -> None:
        again = shown(2, "k1", "k2", at_s=2.4, by="w2")
        assert self.verdict(again, Look("D1", 1.9, "w2")) == (0, 0, 1, 0)

    def test_the_one_who_looked_landed_first_and_the_stopped_one_later(self) -> None:
        again = shown(2, "k1", "k2", at_s=3.5, by="w2")
        assert self.verdict(again, Look("D1", 1.8, "w1")) == (0, 0, 1, 0)

    def test_looked_and_could_have_seen_it(self) -> None:
        again = shown(2, "k1", "k2", at_s=2.4, by="w2")
        assert self.verdict(again, Look("D1", 2.1, "w2")) == (0, 1, 0, 0)

    def test_somebody_else_looked(self) -> None:
        again = shown(2, "k1", "k2", at_s=2.4, by="w2")
        assert self.verdict(again, Look("D1", 1.9, "w3")) == (0, 1, 0, 0)

    def test_looked_elsewhere(self) -> None:
        again = shown(2, "k1", "k2", at_s=2.4, by="w2")
        assert self.verdict(again, Look("D2", 1.9, "w2")) == (0, 1, 0, 0)

    def test_looked_long_ago_for_something_else(self) -> None:
        again = shown(2, "k1", "k2", at_s=5.5, by="w2")
        assert self.verdict(again, Look("D1", 1.9, "w2")) == (0, 1, 0, 0)

    def test_looked_for_the_reply_before(self) -> None:
        again = shown(2, "k1", "k2", at_s=2.4, by="w2")
        before = shown(0, at_s=1.95, by="w2")
        seen = (self.REST[0], before, self.FIRST, again, *self.REST[1:])
        assert counts(conversation(*seen, looks=(Look("D1", 1.9, "w2"),))) == (0, 1, 0, 0)


@given(st.permutations(range(7)))
def test_disorder_is_nought_only_in_order(order: list[int]) -> None:
    names = [f"k{number}" for number in range(7)]
    moved = disorder(names, [names[number] for number in order])
    assert (moved == 0) == (order == sorted(order))
    assert moved < 7


def test_what_messages_answer() -> None:
    assert tokens("Maya\nHeard k7 k12. What else?") == ("k7", "k12")
    assert tokens("Maya\n...\n[Hint]\n[Pause]") == ("Q",)
    assert tokens("20 seconds left.") == tokens("118 minutes left.") == tokens("1 minute left.") == ("L",)
    assert tokens("Paused, with 118 minutes left. Type resume to go on.") == ("P",)
    assert tokens("We're paused, and I've kept that. Type resume and I'll take it as your answer.") == ()
    assert tokens("That's where I'd stop. Thank you.") == ()

"""Random walks through one daily question: whatever people, clocks and platforms do, in whatever order, what is promised holds."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from bot.chat import daily, plain
from bot.chat.events import Fired
from bot.chat.ids import Address
from bot.chat.meanings import Form
from bot.study import card
from bot.study.sealed import Phase
from tests.study.group import HOUR, Group, Somebody

NAMES = st.sampled_from(["Ann", "Ben", "Cleo", "Dan", "Eva"])
ORDER = [Phase.OPEN, Phase.RATING, Phase.CLOSED]


class Day(RuleBasedStateMachine):
    """One round of a channel with five members, from its post on."""

    def __init__(self) -> None:
        super().__init__()
        self.group = Group()
        self.group.member("Olga", organiser=True).sets_up(numbers="yes")
        self.group.until("2026-03-02 09:30")
        self.phase = Phase.OPEN
        self.written = 0
        self.forgotten: set[Address] = set()
        self.sealed: dict[Address, str] = {}

    def _somebody(self, name: str) -> Somebody:
        return self.group.member(name)

    @property
    def address(self) -> Address:
        return self.group.last.address

    # What people do

    @rule(name=NAMES, named=st.booleans())
    def answers(self, name: str, named: bool) -> None:
        one = self._somebody(name)
        self.written += 1
        text = f"words-{self.written:04}-of-{name}"
        if one.answers(text, named=named).startswith("Sealed"):
            self.sealed[one.person.address] = text
            self.forgotten.discard(one.person.address)

    @rule(name=NAMES)
    def takes_back(self, name: str) -> None:
        one = self._somebody(name)
        if one.takes_back().startswith("Taken"):
            self.sealed.pop(one.person.address)

    @rule(name=NAMES, level=st.integers(1, 5))
    def rates(self, name: str, level: int) -> None:
        one = self._somebody(name)
        form = one.form(daily.RATE, self.group.last.key)
        if isinstance(form, Form):
            assert self.sealed.get(one.person.address, "none of mine") not in form.text
            one.rates(level)
            self.forgotten.discard(one.person.address)

    @rule(name=NAMES, time=st.sampled_from(["", "10:00", "16:00", "23:00"]), listed=st.sampled_from(["yes", "no"]))
    def chooses(self, name: str, time: str, listed: str) -> None:
        one = self._somebody(name)
        one.chooses(remind=time, listed=listed)
        self.forgotten.discard(one.person.address)

    @rule(name=NAMES)
    def is_forgotten(self, name: str) -> None:
        one = self._somebody(name)
        one.asks_to_be_forgotten()
        self.sealed.pop(one.person.address, None)
        self.forgotten.add(one.person.address)

    # What happens to us

    @rule(hours=st.integers(1, 9))
    def time_passes(self, hours: int) -> None:
        if self.group.now_ms + hours * HOUR < self.group.round().opened_ms + 24 * HOUR:
            self.group.hours(hours)

    @rule(bell=st.sampled_from(["reveal", "rated"]))
    def a_bell_rings_at_the_wrong_time(self, bell: str) -> None:
        if bell == "rated" and self.phase is Phase.OPEN:
            return  # it is not set yet
        self.group.give(Fired(self.group.next_id(), self.address, self.group.now_ms, bell, self.group.now_ms))

    @precondition(lambda self: not self.group.round().unsaid)
    @rule(which=st.integers(0, 3))
    def a_message_can_never_arrive(self, which: int) -> None:
        posts = [one for one in self.group.posted() if one.to == self.address]
        if which == 0:  # rarely
            self.group.undeliverable(posts[-1])

    # What holds

    @invariant()
    def nothing_is_seen_before_it_is_opened(self) -> None:
        if self.group.round().phase is Phase.OPEN:
            assert "words-" not in "".join(plain.text(one.meanings) for one in self.group.shown)

    @invariant()
    def it_only_goes_forward(self) -> None:
        phase = self.group.round().phase
        assert ORDER.index(phase) >= ORDER.index(self.phase)
        self.phase = phase

    @invariant()
    def what_was_promised_to_be_kept_is_kept_and_nothing_else(self) -> None:
        held = self.group.round()
        assert {one.person.address: one.text for one in held.standing} == self.sealed
        kept = self.group.states[self.address].decode()
        assert kept.count("words-") == len(self.sealed)

    @invariant()
    def nobody_rates_themselves_or_what_is_not_there(self) -> None:
        held = self.group.round()
        assert all(one.rater != one.author and one.author in held.answers for one in held.ratings)
        assert all(rater not in whose for rater, whose in held.assigned.items())
        assert len({(one.rater, one.author) for one in held.ratings}) == len(held.ratings)
        numbers = [one.number for one in held.standing if held.phase is not Phase.OPEN]
        assert len(set(numbers)) == len(numbers)

    @invariant()
    def the_forgotten_are_nowhere(self) -> None:
        stored = b"".join(self.group.states.values()).decode()
        for address in self.forgotten:
            assert address.rpartition(":")[2] not in stored

    @invariant()
    def the_card_stands_as_it_is(self) -> None:
        held = self.group.round()
        if not held.unsaid:
            assert self.group.card() == plain.text(card.card(held))

    @invariant()
    def feedback_once_each_and_only_at_the_end(self) -> None:
        told = [one.person for one in self.group.shown if one.move == "daily-feedback"]
        assert len(told) == len(set(told))
        assert not told or self.group.round().phase is Phase.CLOSED

    def teardown(self) -> None:
        ids = [item.id for *_, outcome in self.group.handled for item in outcome.outgoing]
        assert len(ids) == len(set(ids))
        for first, second in self.group.again():
            assert first == second
        self.group.hours(48)
        held = self.group.round(self.group.rounds[0])
        assert held.phase is Phase.CLOSED


def test_walks_through_a_day(walks: int) -> None:
    run_state_machine_as_test(
        Day, settings=settings(max_examples=max(10, walks // 4), stateful_step_count=25, deadline=None)
    )

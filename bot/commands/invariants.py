"""What must hold of simulated days, told by what was shown and what members did alone; nothing is asked of the code that decided.

Dates are reckoned with the zone database, streaks and counts are counted again from the members' deeds.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from bot.chat import daily
from bot.chat.ids import Round
from bot.chat.meanings import DailyCard, Passage, Scorecard
from bot.commands import members as people
from bot.commands.simulation import HOUR_MS, POST, Record, Take
from bot.commands.stage import PLATFORM, Shown

LOOK_BACK_MS = 6 * HOUR_MS
EARNED_EVERY, MOST_FREEZES = 5, 2
"""What the documentation says; said again here so that a change of either is noticed."""

_COUNT, _RATINGS = re.compile(r"(\d+) answers?\b"), re.compile(r", (\d+) ratings?\b")
_STANDING = re.compile(r"answered (\d+) "), re.compile(r"(\d+) in a row"), re.compile(r"(\d+) freeze")


@dataclass(frozen=True, slots=True)
class Held:
    """Whether something held; `failures` say where it did not."""

    name: str
    failures: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether it held everywhere."""
        return not self.failures


def texts(value: object) -> Iterator[str]:
    """Every string inside a meaning, whatever it is for: what a platform could show."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (tuple, list)):
        for one in value:
            yield from texts(one)
    elif is_dataclass(value):
        for one in fields(value):
            yield from texts(getattr(value, one.name))


class _Seen:
    """The record with the things most checks ask for."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self.script = record.script
        self.shown = record.stage.shown
        self.text = ["\n".join(texts(one.meanings)) for one in self.shown]

    def day(self, shown: Shown) -> str:
        """The local date of the round something belongs to."""
        return Round.of(shown.actor).day

    def when(self, at_ms: int) -> str:
        """A moment on the group's clock."""
        return f"{datetime.fromtimestamp(at_ms / 1000, ZoneInfo(self.script.zone)):%a %d %b %H:%M}"

    @cached_property
    def cards(self) -> dict[str, list[Shown]]:
        """Every showing of the card of each round, by round key, the first one first."""
        found: dict[str, list[Shown]] = defaultdict(list)
        for one in self.shown:
            if one.kind == "daily":
                found[Round.of(one.actor).key].append(one)
        return found

    def card(self, shown: Shown) -> DailyCard:
        """The card in a showing of it."""
        return next(held for held in shown.meanings if isinstance(held, DailyCard))

    def reveal_ms(self, key: str) -> int:
        """When a round's answers were to be opened, as its card said at first."""
        return self.card(self.cards[key][0]).at_ms if self.cards.get(key) else 2**52

    def opened_at(self, key: str) -> int:
        """How many showings there were before a round's answers were opened."""
        return next((one.number for one in self.shown if one.at_ms >= self.reveal_ms(key)), len(self.shown))

    def closed_at(self, key: str) -> int:
        """How many showings there were before a round's card said that it was over."""
        over = (one.number for one in self.cards[key] if "feedback" in self.card(one).status)
        return next(over, len(self.shown))

    def standing(self, key: str, number: int) -> list[Take]:
        """The answers to a round that stood when there had been so many showings."""
        return [
            take
            for take in self.record.takes
            if take.round == key and take.sealed < number and not 0 <= take.gone < number
        ]

    def opened(self, key: str) -> list[Take]:
        """The answers that were opened."""
        return self.standing(key, self.opened_at(key))

    def due(self) -> dict[str, int]:
        """When each day's question was due, by local date, as far as the stream was running."""
        found = {}
        for day in range(1, self.script.days + 1):
            at_ms = self.script.at(day, POST)
            if self.script.trouble(day) != people.QUIET and self.record.set_up_ms <= at_ms < self.record.paused_ms:
                found[self.script.date(day).isoformat()] = at_ms
        return found

    def expected(self, due_ms: int) -> int:
        """When something due then happens, given when we were down."""
        return next((back for down, back in self.record.downs if down <= due_ms < back), due_ms)


def _cards(seen: _Seen) -> Iterator[str]:
    posted = {
        Round.of(daily.target(PLATFORM, key)).day: [one for one in shown if not one.edit]
        for key, shown in seen.cards.items()
    }
    due = seen.due()
    for day, cards in posted.items():
        if day not in due:
            yield f"{day}: a question on a day without one"
        if len(cards) != 1:
            yield f"{day}: {len(cards)} cards"
    for day, due_ms in due.items():
        expected = seen.expected(due_ms)
        cards = posted.get(day, [])
        if expected - due_ms > LOOK_BACK_MS:
            if cards:
                yield f"{day}: posted although it was too late"
            if not _told_of(seen, day, expected):
                yield f"{day}: left out, and the organiser was not told"
        elif not cards:
            yield f"{day}: no card"
        elif cards[0].at_ms != expected:
            yield f"{day}: posted {seen.when(cards[0].at_ms)} instead of {seen.when(expected)}"


def _told_of(seen: _Seen, day: str, since_ms: int) -> bool:
    month = f"{datetime.fromisoformat(day):%b}"
    organiser = seen.script.members[0].person.address
    return any(
        one.person == organiser and since_ms <= one.at_ms < since_ms + HOUR_MS and "away" in text and month in text
        for one, text in zip(seen.shown, seen.text, strict=True)
    )


def _questions(seen: _Seen) -> Iterator[str]:
    titles = Counter(seen.card(shown[0]).title for shown in seen.cards.values())
    yield from (f"{title}: asked {count} times" for title, count in titles.items() if count > 1)
    asked = Counter(seen.record.questions.values())
    yield from (f"{name}: drawn {count} times" for name, count in asked.items() if count > 1)


def _sealed(seen: _Seen) -> Iterator[str]:
    for take in seen.record.takes:
        for one, _ in _with(seen, take.mark):
            if one.number < seen.opened_at(take.round) and one.person != take.member.person.address:
                yield f"{_name(take)} seen in {one.place} at {seen.when(one.at_ms)}, before the reveal"


def _own(seen: _Seen) -> Iterator[str]:
    for take in seen.record.takes:
        for one, _ in _with(seen, take.mark):
            if one.kind == "form" and one.person == take.member.person.address and _is_rating(one):
                yield f"{take.member.name} was given their own answer to rate at {seen.when(one.at_ms)}"
    yield from (
        f"{rater} rated their own answer"
        for _, rater, mark in seen.record.ratings
        if any(take.mark == mark and take.member.id == rater for take in seen.record.takes)
    )


def _is_rating(shown: Shown) -> bool:
    return any(text.startswith(f"{daily.RATE}:") for text in texts(shown.meanings))


def _feedback(seen: _Seen) -> Iterator[str]:
    got: Counter[tuple[str, str]] = Counter()
    for one in seen.shown:
        if one.kind == "daily-feedback":
            got[one.actor, one.person] += 1
            yield from _misquoted(seen, one)
    wanted: set[tuple[str, str]] = set()
    for key in seen.cards:
        held = Round.of(daily.target(PLATFORM, key))
        standing = [take for take in seen.opened(key) if not 0 <= take.gone < seen.closed_at(key)]
        wanted |= {(held.sheet(take.member.person), take.member.person.address) for take in standing}
    for actor, person in wanted | set(got):
        count = got[actor, person]
        if count != ((actor, person) in wanted):
            yield f"{_who(seen, person)}: {count} times feedback on {actor.rpartition(':')[2]}"


def _misquoted(seen: _Seen, shown: Shown) -> Iterator[str]:
    own = " ".join(take.text for take in seen.record.takes if take.member.person.address == shown.person)
    for card in shown.meanings:
        if isinstance(card, Scorecard):
            quotes = [check.quote for line in card.criteria for check in line.checks if check.quote]
            yield from (f"{_who(seen, shown.person)}: quoted with words of others" for one in quotes if one not in own)


def _names(seen: _Seen) -> Iterator[str]:
    for take in seen.record.takes:
        name = re.compile(rf"\b{re.escape(take.member.name)}\b")
        for one, text in _with(seen, take.mark):
            if one.person == take.member.person.address:
                continue
            if one.place == "private" and name.search(text):
                yield f"{take.member.name} named to {_who(seen, one.person)} at {seen.when(one.at_ms)}"
            for held in one.meanings:
                if isinstance(held, Passage) and take.mark in held.text and bool(name.search(held.title)) != take.named:
                    yield f"{_name(take)}: shown {'without' if take.named else 'with'} the name"


def _taken_back(seen: _Seen) -> Iterator[str]:
    latest = {one.reference: one for one in seen.shown if one.reply}
    for take in seen.record.takes:
        if take.gone < 0:
            continue
        for one, _ in _with(seen, take.mark):
            if one.number >= take.gone:
                yield f"{_name(take)} shown again in {one.place} at {seen.when(one.at_ms)}"
            elif one.place != "private" and latest[one.reference] is one:
                yield f"{_name(take)} still stands in {one.place}"


def _once(seen: _Seen) -> Iterator[str]:
    times = Counter(one.reply for one in seen.shown if one.reply)
    yield from (f"{reply}: shown {count} times" for reply, count in times.items() if count > 1)


def _counts(seen: _Seen) -> Iterator[str]:
    for key, cards in seen.cards.items():
        opened_at = seen.opened_at(key)
        for one in cards:
            said = _number(_COUNT, seen.card(one).status)
            true = len(seen.standing(key, one.number))
            if said != true and not (one.number >= opened_at and said == len(seen.opened(key))):
                yield f"{seen.day(one)}: {said} on the card at {seen.when(one.at_ms)}, and there were {true}"
        sealed = [one for one in cards if one.number < opened_at]
        if sealed and _number(_COUNT, seen.card(sealed[-1]).status) != len(seen.opened(key)):
            yield f"{seen.day(sealed[-1])}: the last count before the reveal was not true"
        last = seen.card(cards[-1])
        rated = sum(one == key for one, _, _ in seen.record.ratings)
        if "feedback" in last.status and _number(_RATINGS, last.status) != rated:
            yield f"{seen.day(cards[-1])}: {_number(_RATINGS, last.status)} ratings on the card, and there were {rated}"
        if last.at_ms:
            yield f"{seen.day(cards[-1])}: never came to an end"


def _streaks(seen: _Seen) -> Iterator[str]:
    days = sorted((Round.of(daily.target(PLATFORM, key)).day, key) for key in seen.cards)
    for member in seen.script.members:
        length = freezes = count = 0
        for _, key in days:
            if any(take.member is member for take in seen.opened(key)):
                count, length = count + 1, length + 1
                freezes = min(MOST_FREEZES, freezes + (length % EARNED_EVERY == 0))
            elif length and freezes:
                freezes -= 1
            else:
                length = freezes = 0
        said = seen.record.own.get(member.id, "")
        told = tuple(_number(pattern, said) for pattern in _STANDING)
        true = (count, length if length > 1 else 0, freezes)  # one in a row is no row
        if told != true:
            yield f"{member.name}: told {told}, counted {true} (answers, in a row, freezes)"


def _digests(seen: _Seen) -> Iterator[str]:
    organiser = seen.script.members[0].person.address
    wanted = []
    for day in range(1, seen.script.days + 1):
        at_ms = seen.script.at(day, (9, 0))
        if seen.script.date(day).weekday() == 0 and at_ms >= seen.record.set_up_ms + 24 * HOUR_MS:
            wanted.append(seen.expected(at_ms))
    # Set up an hour before, a Monday's digest has nothing to say; whether it comes is not judged.
    since_ms = seen.record.set_up_ms + 24 * HOUR_MS
    got = [one.at_ms for one in seen.shown if one.kind == "daily-digest" and one.at_ms >= since_ms]
    if got != wanted:
        yield f"came {[*map(seen.when, got)]}, was due {[*map(seen.when, wanted)]}"
    if any(one.person != organiser for one in seen.shown if one.kind == "daily-digest"):
        yield "shown to somebody who is no organiser"


def _reminders(seen: _Seen) -> Iterator[str]:
    asked = {member.person.address: member for member in seen.script.members if member.habit == people.REMINDED}
    got: Counter[tuple[str, str]] = Counter()
    for one in seen.shown:
        if one.kind == "daily-reminder":
            key = one.options[0].value
            got[one.person, key] += 1
            if one.person not in asked:
                yield f"{_who(seen, one.person)} was reminded and never asked for it"
            elif any(take.member.person.address == one.person for take in seen.standing(key, one.number)):
                yield f"{_who(seen, one.person)} was reminded of a question they had answered"
    yield from (f"{_who(seen, person)} was reminded {count} times" for (person, _), count in got.items() if count > 1)
    for person in asked:
        for key, cards in seen.cards.items():
            if not got[person, key] and not any(take.member.person.address == person for take in seen.opened(key)):
                yield f"{_who(seen, person)} was not reminded of {seen.day(cards[0])}"


def _threads(seen: _Seen) -> Iterator[str]:
    below: dict[str, list[str]] = defaultdict(list)
    for one, text in zip(seen.shown, seen.text, strict=True):
        if one.kind in {"daily-answers", "daily-exemplars"} and not one.edit:
            card = seen.cards[Round.of(one.actor).key][0]
            if one.place != "thread" or one.under != card.reference:
                yield f"{seen.day(one)}: an answer outside the thread"
            below[Round.of(one.actor).key].append(text)
    for key, cards in seen.cards.items():
        shown = "\n".join(below[key])
        yield from (f"{_name(take)}: not in the thread" for take in seen.opened(key) if take.mark not in shown)
        if not seen.opened(key) and shown:
            yield f"{seen.day(cards[0])}: a thread without answers"


def _nothing_lost(seen: _Seen) -> Iterator[str]:
    yield from (f"set aside: {reason}" for reason in seen.record.letters)
    yield from (f"a form was refused: {one}" for one in seen.record.refused)


CHECKS: Sequence[tuple[str, Callable[[_Seen], Iterator[str]]]] = (
    ("one card each day at its minute, caught up with, or left out and said", _cards),
    ("no question came twice", _questions),
    ("no answer was seen by anybody else before the reveal", _sealed),
    ("every answer was opened in the thread below its card", _threads),
    ("nobody was given their own answer to rate", _own),
    ("every author got feedback once, in their own words", _feedback),
    ("names were shown where wanted, and nowhere else", _names),
    ("nothing taken back was shown again", _taken_back),
    ("nothing was shown twice", _once),
    ("the counts on the cards were true", _counts),
    ("the streaks are what counting them again gives", _streaks),
    ("reminders came once, and only to whoever asked and had not answered", _reminders),
    ("the digest came once a week, to the organiser", _digests),
    ("nothing was set aside or refused", _nothing_lost),
)


def check(record: Record) -> list[Held]:
    """Everything that must hold, and whether it did."""
    seen = _Seen(record)
    return [Held(name, tuple(dict.fromkeys(find(seen)))) for name, find in CHECKS]


def _with(seen: _Seen, mark: str) -> Iterator[tuple[Shown, str]]:
    return ((one, text) for one, text in zip(seen.shown, seen.text, strict=True) if mark in text)


def _number(pattern: re.Pattern[str], text: str) -> int:
    found = pattern.search(text)
    return int(found[1]) if found else 0


def _name(take: Take) -> str:
    return f"{take.member.name}'s answer of {Round.of(daily.target(PLATFORM, take.round)).day} ({take.mark})"


def _who(seen: _Seen, address: str) -> str:
    return next((one.name for one in seen.script.members if one.person.address == address), "somebody unknown")

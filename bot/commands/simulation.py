"""Some days of a daily question, played in seconds: who does what when, and a record of all of it.

Members do only what a person can: press what they were shown, fill in a form, look. The one peek behind the scenes is which
question was drawn, so that they have something to say. Whether everything was right is for `invariants` to say, what it looked
like for `daily` to print.
"""

from __future__ import annotations

import heapq
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from itertools import combinations
from zoneinfo import ZoneInfo

from bot.chat import daily
from bot.chat.daily import Considered
from bot.chat.ids import Board, Round
from bot.chat.meanings import Choices, DailyCard, Option
from bot.commands import members as people
from bot.commands.hands import Hands
from bot.commands.members import Member, chance, pick
from bot.commands.stage import CHANNEL, PLATFORM, WORKSPACE, Clock, Process, Shown, Stage
from bot.interview.minds import Minds
from bot.library.items import Kind
from bot.library.load import Library
from bot.study import sealed

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS

POST, SET_UP, PAUSE, REVEAL_H = (9, 0), (8, 0), (18, 0), 8
DOWN, BACK = (8, 30), {people.LATE: (11, 0), people.SKIPPED: (16, 10)}
AFTER_H = 52
"""The time after the last day until every round is over and every zone has seen that day end."""

STOCK = (
    "I would first ask who needs this and by when. Then I would write down what we know, what we only assume, and the one "
    "observation that would change my mind. I would start with the cheapest check, say out loud what I leave out, and come back "
    "to the group after a day with what I found and what I would do next."
)
TITLE, ASK = (
    "A launch nobody asked for",
    "Your team shipped something nobody uses. What do you find out first, and how?",
)


@dataclass(frozen=True, slots=True)
class Script:
    """What is to be played: so many days from `start` in `zone`, with so many members."""

    days: int
    members: tuple[Member, ...]
    seed: int
    zone: str
    start: date

    def at(self, day: int, time: tuple[int, int]) -> int:
        """A local time of a day counted from 1, in Unix milliseconds."""
        held = self.date(day)
        local = datetime(held.year, held.month, held.day, *time, tzinfo=ZoneInfo(self.zone))
        return round(local.timestamp() * 1000)

    def date(self, day: int) -> date:
        """The local date of a day counted from 1."""
        return self.start + timedelta(days=day - 1)

    def day_of(self, iso: str) -> int:
        """The number of a local date."""
        return (date.fromisoformat(iso[:10]) - self.start).days + 1

    def trouble(self, day: int) -> str:
        """What is special about a day."""
        return people.trouble(day, self.days)


@dataclass
class Take:
    """One wording of an answer, told apart by `mark`. `sealed` and `gone` are how many showings there were when it was sent and
    when it was replaced or taken back (-1: never)."""

    member: Member
    round: str
    mark: str
    text: str
    named: bool
    sealed: int
    gone: int = -1


@dataclass
class Record:
    """What happened: what the members did, as they did it, and all that was shown. `own` is what each saw of their own standing
    at the end, `questions` what was asked by local date."""

    script: Script
    stage: Stage
    downs: list[tuple[int, int]] = field(default_factory=list)
    notes: list[tuple[int, str]] = field(default_factory=list)
    takes: list[Take] = field(default_factory=list)
    ratings: list[tuple[str, str, str]] = field(default_factory=list)  # round, rater's id, the mark of what they rated
    refused: list[str] = field(default_factory=list)
    set_up_ms: int = 0
    paused_ms: int = 0
    own: dict[str, str] = field(default_factory=dict)
    questions: dict[str, str] = field(default_factory=dict)
    letters: list[str] = field(default_factory=list)


Doing = Callable[[], Awaitable[object]]


class Play:
    """Plays a script once, against the server at `url`."""

    def __init__(self, script: Script, url: str, namespace: str, library: Library, minds: Minds) -> None:
        self.script = script
        self.clock = Clock(script.at(1, SET_UP))
        self.stage = Stage(self.clock, watching=self._seen)
        self.record = Record(script, self.stage)
        self._made = partial(Process, url, namespace, self.stage, library, minds)
        self._library = library
        self._process = self._made()
        self._down_until_ms = 0  # 0: we are up
        self._agenda: list[tuple[int, int, bool, Doing]] = []
        self._count = 0
        self._organiser = script.members[0]
        self._hands = Hands(self.stage, library, self._organiser, lambda: self._process, self._settle)
        self._board = Board(PLATFORM, WORKSPACE, CHANNEL)
        self._threads: set[str] = set()

    async def run(self) -> Record:
        """Play it all."""
        script = self.script
        self._process.start()
        try:
            self._plan()
            await self._play_until(script.at(script.days, PAUSE) + AFTER_H * HOUR_MS)
            await self._look_back()
        finally:
            await self._process.stop()
        return self.record

    # Time

    def _at(self, at_ms: int, doing: Doing, *, always: bool = False) -> None:
        self._count += 1
        heapq.heappush(self._agenda, (at_ms, self._count, always, doing))

    async def _play_until(self, end_ms: int) -> None:
        """Let time pass. Every timer rings at its own moment, and what comes of it is shown before anybody does the next thing."""
        while True:
            due_ms = None if self._down_until_ms else await self._process.store.next_due_ms()
            planned_ms = self._agenda[0][0] if self._agenda else None
            at_ms = min((one for one in (due_ms, planned_ms) if one is not None), default=None)
            if at_ms is None or at_ms > end_ms:
                break
            self.clock.move(at_ms)
            if due_ms != at_ms:
                _, _, always, doing = heapq.heappop(self._agenda)
                if self._down_until_ms and not always:
                    self._at(self._down_until_ms + MINUTE_MS, doing)  # nobody answers; they try again later
                    continue
                await doing()
            await self._settle()
        self.clock.move(end_ms)

    async def _settle(self) -> None:
        if self._down_until_ms:
            return
        await self._process.quiet()
        if self.stage.died.is_set():
            self.stage.died.clear()
            self.stage.fatal = None
            await self._process.kill()
            self._note("killed after the first message of the thread; another process goes on")
            self._process = self._made()
            self._process.start()
            await self._settle()

    def _note(self, text: str) -> None:
        self.record.notes.append((self.clock.now_ms, text))

    # What is planned

    def _plan(self) -> None:
        script = self.script
        # What is drawn depends on when it was set up, so the seed decides on that, too.
        first_ms = script.at(1, SET_UP) + int(40 * chance(script.seed, "set up")) * MINUTE_MS
        self._at(first_ms, self._set_up)
        self._at(first_ms + 10 * MINUTE_MS, self._choose)
        for member in script.members:
            if member.habit == people.SUGGESTS:
                self._at(script.at(1, (12, 20)), partial(self._suggest, member))
        for day in range(1, script.days + 1):
            trouble = script.trouble(day)
            if trouble in BACK:
                self._at(script.at(day, DOWN), partial(self._go_down, day), always=True)
            elif trouble == people.RESTART:
                self._at(script.at(day, (13, 0)), self._restart)
            elif trouble == people.KILL:
                self._at(script.at(day, (12, 0)), partial(self._arm, day))
        self._at(script.at(script.days, PAUSE), self._pause)

    async def _set_up(self) -> None:
        await self._hands.run(self._organiser, self._board.address, daily.LIST)
        form = await self._hands.open(self._organiser, daily.NEW, self._board.key)
        quiet = [self.script.date(day).isoformat() for day in range(1, self.script.days + 1) if self._is_quiet(day)]
        fields = {
            "time": f"{POST[0]}:{POST[1]:02}",
            "zone": self.script.zone,
            "days": "daily",
            "reveal": str(REVEAL_H),
            "types": ",".join(self._kinds()),
            "quiet": ", ".join(quiet),
        }
        self.record.set_up_ms = self.clock.now_ms
        await self._hands.send(self._organiser, form, fields)

    def _is_quiet(self, day: int) -> bool:
        return self.script.trouble(day) == people.QUIET

    def _kinds(self) -> list[str]:
        """Kinds of question with just enough questions for the time."""
        sizes = {kind.value: len(self._library.ids(kind)) for kind in Kind if self._library.ids(kind)}
        choices = [
            chosen
            for count in range(1, len(sizes) + 1)
            for chosen in combinations(sizes, count)
            if sum(sizes[one] for one in chosen) >= self.script.days
        ]
        # A bank of somebody's own may be smaller than the time is long; then everything it has may be asked.
        best = min(choices, default=tuple(sizes), key=lambda chosen: self._spare(chosen, sizes))
        return list(best)

    def _spare(self, chosen: tuple[str, ...], sizes: Mapping[str, int]) -> tuple[int, float]:
        return sum(sizes[one] for one in chosen), chance(self.script.seed, *chosen)

    async def _choose(self) -> None:
        for member in self.script.members:
            fields = {"listed": "yes"} if member.answers == 1.0 else {}
            if member.habit == people.REMINDED:
                fields = {"remind": "21:00", "zone": member.zone}
            if fields:
                await self._hands.send(member, await self._hands.open(member, daily.MINE, self._board.key), fields)

    async def _suggest(self, member: Member) -> None:
        kind = next(iter(self._kinds()))
        form = await self._hands.open(member, daily.SUGGEST, self._board.key)
        await self._hands.send(member, form, {"title": TITLE, "text": ASK, "type": kind, "credit": "yes"})

    async def _go_down(self, day: int) -> None:
        back_ms = self.script.at(day, BACK[self.script.trouble(day)])
        await self._process.stop()
        self._note("down")
        self.record.downs.append((self.clock.now_ms, back_ms))
        self._down_until_ms = back_ms
        self._at(back_ms, self._come_back, always=True)

    async def _come_back(self) -> None:
        self._note("back")
        self._down_until_ms = 0
        self._process = self._made()
        self._process.start()

    async def _restart(self) -> None:
        await self._process.stop()
        self._note("restarted")
        self._process = self._made()
        self._process.start()

    async def _arm(self, day: int) -> None:
        name = self.script.date(day).isoformat()
        self.stage.fatal = lambda shown: shown.kind == "daily-answers" and Round.of(shown.actor).day == name

    async def _pause(self) -> None:
        considered = await self._hands.run(self._organiser, self._board.address, daily.LIST)
        self.record.paused_ms = self.clock.now_ms
        await self._hands.press(self._organiser, _button(considered, daily.PAUSE))

    async def _look_back(self) -> None:
        for member in self.script.members:
            form = await self._hands.open(member, daily.MINE, self._board.key)
            self.record.own[member.id] = form.text if form is not None else ""
        await self._hands.run(self.script.members[1], self._board.address, daily.BOARD)
        self.record.refused = self._hands.refused
        self.record.letters = [letter.reason for letter in await self._process.store.dead_letters()]

    # What members do about what they see

    def _seen(self, shown: Shown) -> None:
        """Plan what members do about something that has just been shown."""
        if shown.edit:
            return
        if shown.kind == "daily":
            self._at(self.clock.now_ms, partial(self._plan_answers, shown))
        elif shown.kind == "daily-answers" and shown.actor not in self._threads:
            self._threads.add(shown.actor)
            self._plan_thread(shown)
        elif shown.kind in {"daily-invite", "daily-reminder"}:
            member = next(one for one in self.script.members if one.person.address == shown.person)
            key = shown.options[0].value
            day = self.script.day_of(Round.of(daily.target(PLATFORM, key)).day)
            roll = chance(self.script.seed, member.id, day, shown.kind)
            if shown.kind == "daily-invite" and roll < member.rates:
                after_ms = (20 + int(600 * chance(self.script.seed, member.id, day, "when"))) * MINUTE_MS
                self._at(self.clock.now_ms + after_ms, partial(self._rate, member, key, 3))
            elif shown.kind == "daily-reminder" and self.script.trouble(day) not in {people.NOBODY, people.ONE}:
                self._at(self.clock.now_ms + 12 * MINUTE_MS, partial(self._answer, member, key, day, "reminded"))
        elif shown.kind == "daily-suggestion":
            approve = next(one for one in shown.options if one.action == daily.APPROVE)
            self._at(self.clock.now_ms + 30 * MINUTE_MS, partial(self._hands.press, self._organiser, approve))

    async def _plan_answers(self, shown: Shown) -> None:
        card = next(held for held in shown.meanings if isinstance(held, DailyCard))
        key, held = Round.of(shown.actor).key, Round.of(shown.actor)
        state = sealed.load(await self._process.store.peek_state(shown.actor) or b"")
        self.record.questions[held.day] = state.question
        seed, day = self.script.seed, self.script.day_of(held.day)
        left_ms = card.at_ms - self.clock.now_ms
        for number, member in enumerate(self.script.members):
            comes = chance(seed, member.id, day, "answers") < member.answers
            if self.script.trouble(day) == people.ONE:
                comes = number == 1
            if member.habit == people.REMINDED and chance(seed, member.id, day, "early") < 0.6:
                comes = False  # they wait for their reminder
            if not comes or self.script.trouble(day) == people.NOBODY:
                continue
            at_ms = shown.at_ms + int(left_ms * (0.03 + 0.6 * chance(seed, member.id, day, "when")))
            at_ms -= at_ms % MINUTE_MS
            self._at(at_ms, partial(self._answer, member, key, day, "first"))
            if member.habit == people.CHANGES:
                self._plan_changes(member, key, day, at_ms, card.at_ms)

    def _plan_changes(self, member: Member, key: str, day: int, at_ms: int, until_ms: int) -> None:
        """Think again: change it, or take it back for good, or take it back and answer after all."""
        step_ms = (until_ms - at_ms) // 4
        if day % 3 == 1:
            self._at(at_ms + step_ms, partial(self._answer, member, key, day, "changed"))
            return
        back = Option(daily.TAKE_BACK, "", key)
        self._at(at_ms + step_ms, partial(self._take_back, member, back))
        if day % 3 == 2:
            self._at(at_ms + 2 * step_ms, partial(self._answer, member, key, day, "after all"))

    def _plan_thread(self, shown: Shown) -> None:
        key = Round.of(shown.actor).key
        day = self.script.day_of(Round.of(shown.actor).day)
        for member in self.script.members:
            if member.habit == people.TAKES_OUT and day % 2 == 1:
                back = Option(daily.TAKE_BACK, "", key)
                self._at(self.clock.now_ms + 15 * MINUTE_MS, partial(self._take_back, member, back))
            elif member.habit == people.VOLUNTEERS:
                self._at(self.clock.now_ms + 40 * MINUTE_MS, partial(self._rate, member, key, 2))

    async def _answer(self, member: Member, key: str, day: int, why: str) -> None:
        form = await self._hands.open(member, daily.ANSWER, key)
        if form is None:
            return
        number = 1001 + len(self.record.takes)
        mark = f"Take {number}."
        text = f"{await self._words(member, key, day, why)} {mark}"
        fields = {"answer": text, "named": "named" if member.named else "anonymous"}
        before = self.stage.number
        considered = await self._hands.send(member, form, fields)
        if considered is not None and considered.take:
            self._gone(member, key, before)
            self.record.takes.append(Take(member, key, mark, text, member.named, before))

    async def _words(self, member: Member, key: str, day: int, why: str) -> str:
        state = sealed.load(await self._process.store.peek_state(daily.target(PLATFORM, key)) or b"")
        if state.suggested:
            return STOCK
        exemplars = self._library.drawn(state.question, state.seed).exemplars
        skill = pick(member.skill, self.script.seed, member.id, day, why)
        held: Mapping[str, str] = {
            "weak": exemplars.weak,
            "adequate": exemplars.adequate,
            "outstanding": exemplars.outstanding,
        }
        return " ".join(held[skill].split())

    def _gone(self, member: Member, key: str, number: int) -> None:
        for take in self.record.takes:
            if take.member is member and take.round == key and take.gone < 0:
                take.gone = number

    async def _take_back(self, member: Member, back: Option) -> None:
        before = self.stage.number
        considered = await self._hands.press(member, back)
        if considered.take:
            self._gone(member, back.value, before)

    async def _rate(self, member: Member, key: str, most: int) -> None:
        for _ in range(most):
            form = await self._hands.open(member, daily.RATE, key)
            if form is None:
                return
            rated = next((take for take in self.record.takes if take.mark in form.text), None)
            mark = rated.mark if rated is not None else ""
            levels = {
                one.id: str(min(5, max(1, 3 + member.lean + int(3 * chance(mark, one.id, member.id)) - 1)))
                for one in form.fields
            }
            considered = await self._hands.send(member, form, levels)
            if considered is None or not considered.take:
                return
            self.record.ratings.append((key, member.id, mark))
            if not any(isinstance(held, Choices) for held in considered.said):
                return


def _button(considered: Considered, action: str) -> Option:
    return next(
        option
        for held in considered.said
        if isinstance(held, Choices)
        for option in held.options
        if option.action == action
    )

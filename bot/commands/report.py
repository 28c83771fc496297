"""How simulated days are told: the channel's timeline, what each member saw in private, and what held. Nothing is decided here."""

from __future__ import annotations

import json
import re
import shutil
import textwrap
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.chat import daily, plain
from bot.chat.ids import Round
from bot.chat.meanings import Choices, DailyCard, Form, Meaning, Paragraph, Passage, Scorecard, Verdict
from bot.commands import members as people
from bot.commands.invariants import Held
from bot.commands.members import Member
from bot.commands.simulation import POST, Record
from bot.commands.stage import Shown

WIDEST, INDENT = 100, " " * 9
SHORT, LONG = 76, 300


def as_text(record: Record, held: Sequence[Held]) -> Iterator[str]:
    """Everything for a terminal, line by line."""
    told = _Told(record)
    yield from told.head()
    yield from ("", "The channel")
    for day in range(1, record.script.days + 1):
        yield from told.day(day)
    yield from ("", "What each saw alone")
    for member in record.script.members:
        yield from told.member(member)
    yield ""
    for one in held:
        yield f"{'ok' if one.ok else 'failed':8}{one.name}"
        yield from (_filled(failure, " " * 10) for failure in one.failures)
    yield ""
    yield told.summary(held)


def as_json(record: Record, held: Sequence[Held]) -> Iterator[str]:
    """The same for a program: `shown` and `note` in order of time, then `held`, then one `summary`."""
    names: dict[str, str] = {one.person.address: one.name for one in record.script.members}
    rows: list[tuple[int, dict[str, object]]] = []
    rows += [(at_ms, {"kind": "note", "at": _iso(at_ms), "text": text}) for at_ms, text in record.notes]
    for one in record.stage.shown:
        row: dict[str, object] = {
            "kind": "shown",
            "at": _iso(one.at_ms),
            "place": one.place,
            "what": one.kind,
            "member": names.get(one.person, ""),
            "edit": one.edit,
            "text": plain.text(one.meanings),
        }
        rows.append((one.at_ms, row))
    for _, row in sorted(rows, key=lambda held: held[0]):
        yield json.dumps(row, ensure_ascii=False)
    for check in held:
        row = {"kind": "held", "name": check.name, "ok": check.ok, "failures": list(check.failures)}
        yield json.dumps(row, ensure_ascii=False)
    yield json.dumps({"kind": "summary", "ok": all(one.ok for one in held), **_numbers(record)})


def _numbers(record: Record) -> dict[str, int]:
    shown = record.stage.shown
    return {
        "days": record.script.days,
        "members": len(record.script.members),
        "questions": sum(one.kind == "daily" and not one.edit for one in shown),
        "answers": sum(one.gone < 0 for one in record.takes),
        "ratings": len(record.ratings),
        "feedback": sum(one.kind == "daily-feedback" for one in shown),
        "shown": len(shown),
    }


class _Told:
    """The record in words, on the group's clock."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self.script = record.script
        self._zone = ZoneInfo(record.script.zone)
        self._rounds: dict[str, list[Shown]] = defaultdict(list)
        for one in record.stage.shown:
            if one.place in {"channel", "thread"}:
                self._rounds[Round.of(one.actor).day].append(one)

    def local(self, at_ms: int) -> datetime:
        """A moment on the group's clock."""
        return datetime.fromtimestamp(at_ms / 1000, self._zone)

    def head(self) -> Iterator[str]:
        """What is played, and who plays."""
        script = self.script
        first, last = script.date(1), script.date(script.days)
        until = f" to {last:%a} {last.day} {last:%b %Y}" if script.days > 1 else ""
        yield _filled(
            f"A daily question for {len(script.members)} made-up members, {first:%a} {first.day} {first:%b %Y}{until}, "
            f"at {POST[0]:02}:{POST[1]:02} in {script.zone}. Seed {script.seed}.",
            "",
        )
        yield ""
        for member in script.members:
            yield f"  {member.name:9}{member.about}"

    def day(self, day: int) -> Iterator[str]:
        """A day in the channel."""
        held, rows = self.script.date(day), list[tuple[int, str]]()
        yield ""
        trouble = people.SAYS.get(self.script.trouble(day), "")
        yield f"{held:%a} {held.day} {held:%b}" + (f"   {trouble}" if trouble else "")
        if day > 1 and self._offset(day) != self._offset(day - 1):
            at = datetime.fromtimestamp(self.script.at(day, POST) / 1000, UTC)
            yield f"{INDENT}The clocks have changed: {POST[0]:02}:{POST[1]:02} here is {at:%H:%M} in UTC from today on."
        rows += [(at_ms, text) for at_ms, text in self.record.notes if self.local(at_ms).date() == held]
        rows += self._of_round(self._rounds.get(held.isoformat(), []))
        for at_ms, text in sorted(rows, key=lambda row: row[0]):
            when = self.local(at_ms)
            later = f"{when:%a} " if when.date() != held else ""
            yield _filled(text, INDENT, f"  {when:%H:%M}  {later}")

    def _offset(self, day: int) -> object:
        return self.local(self.script.at(day, POST)).utcoffset()

    def _of_round(self, shown: Sequence[Shown]) -> Iterator[tuple[int, str]]:
        cards = [one for one in shown if one.kind == "daily"]
        for number, one in enumerate(cards):
            card = next(held for held in one.meanings if isinstance(held, DailyCard))
            if number == 0:
                yield one.at_ms, f"{card.title} ({card.heading}) {card.credit}".strip()
            elif number == len(cards) - 1 or not _is_open(one):
                yield one.at_ms, f"card: {card.status} {card.at_text}".strip()
            elif number + 1 < len(cards) and not _is_open(cards[number + 1]):
                yield one.at_ms, f"card: {card.status.partition(',')[0]}, sealed"
        threads: dict[tuple[int, bool], list[str]] = {}
        for one in shown:
            if one.kind == "daily-answers":
                titles = [held.title for held in one.meanings if isinstance(held, Passage)]
                threads.setdefault((one.at_ms, one.edit), []).extend(titles or ["nothing left"])
            elif one.kind == "daily-exemplars":
                threads.setdefault((one.at_ms, one.edit), []).append("an adequate answer and an outstanding one")
        for (at_ms, edit), titles in threads.items():
            yield at_ms, f"thread{' changed' if edit else ''}: {'; '.join(titles)}"

    def member(self, member: Member) -> Iterator[str]:
        """What one member saw alone, a line a day."""
        yield ""
        yield f"{member.name}, who {member.about}"
        days: dict[str, list[str]] = {}
        rated = False
        for one in self.record.stage.shown:
            if one.person != member.person.address:
                continue
            when = self.local(one.at_ms)
            row = days.setdefault(f"{when:%a} {when.day:2} {when:%b}", [])
            if one.kind == "form":
                rated = any(held.id.startswith(daily.RATE) for held in one.meanings if isinstance(held, Form))
                _count_forms(row, f"{when:%H:%M}", rated)
            elif not (one.kind == "card-word" and rated):
                row.append(f"{when:%H:%M} {_short(one)}")
        for day, row in days.items():
            if row:
                yield _filled(" · ".join(row), " " * 14, f"  {day:12}")
        if said := self.record.own.get(member.id, ""):
            yield _filled(said, " " * 14, f"  {'at the end':12}")

    def summary(self, held: Sequence[Held]) -> str:
        """The last line."""
        counts = _numbers(self.record)
        failed = sum(not one.ok for one in held)
        verdict = f"All {len(held)} held." if not failed else f"{failed} of {len(held)} did not hold."
        return _filled(
            f"{', '.join(_counted(counts[one], one) for one in ('days', 'questions', 'answers', 'ratings'))}. {verdict}",
            "",
        )


def _counted(count: int, many: str) -> str:
    return f"{count} {many if count != 1 else many.removesuffix('s')}"


def _is_open(shown: Shown) -> bool:
    return any(option.action == daily.ANSWER for option in shown.options)


def _count_forms(row: list[str], time: str, rated: bool) -> None:
    """Forms to rate are counted; others are told by what comes of them."""
    if not rated:
        return
    start = f"{time} rates "
    if row and row[-1].startswith(start):
        count = int(row[-1].removeprefix(start).split()[0]) + 1
        row[-1] = f"{start}{count} answers"
    else:
        row.append(f"{start}1 answer")


def _short(shown: Shown) -> str:
    """What was shown in private, in a few words."""
    card = next((held for held in shown.meanings if isinstance(held, Scorecard)), None)
    if card is not None:
        checks = [check for line in card.criteria for check in line.checks]
        covered = sum(check.verdict in {Verdict.COVERED, Verdict.MET} for check in checks)
        return f"feedback on {card.title}: {covered} of {len(checks)} points; {_cut(card.one_change)}"
    text = " ".join(part for part in (_words(held) for held in shown.meanings) if part)
    if shown.kind == "daily-invite":
        asked = re.search(r"\d+ answers?", text)
        return f"asked to rate {asked[0]}" if asked else _cut(text)
    if shown.kind == "daily-reminder":
        return "reminded that it is still open"
    if shown.kind in {"word", "card-word"}:
        text = re.split(r"(?<=[.?]) ", text, maxsplit=1)[0]
    return _cut(text, LONG if shown.kind in {"daily-digest", "daily-feedback"} else SHORT)


def _words(held: Meaning) -> str:
    match held:
        case Paragraph() | Choices():
            return held.text
        case Passage():
            return f"{held.title}: {held.text}"
        case _:
            return ""


def _cut(text: str, width: int = SHORT) -> str:
    return textwrap.shorten(text, width, placeholder=" …")


def _filled(text: str, indent: str, first: str | None = None) -> str:
    width = min(WIDEST, shutil.get_terminal_size((WIDEST, 24)).columns)
    return textwrap.fill(
        text,
        max(width, 40),
        initial_indent=indent if first is None else first,
        subsequent_indent=indent,
        break_on_hyphens=False,
    )


def _iso(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="seconds")

"""What an organiser is told once a week, and what members see of who takes part. Growth and taking part are shown, weakness of a
person never is."""

from __future__ import annotations

from datetime import date

from bot.chat.ids import Person
from bot.chat.meanings import Meaning, Paragraph, Passage
from bot.library.items import Kind
from bot.library.load import Library
from bot.study import calendar, saying, streams
from bot.study.streak import standing
from bot.study.stream import Asked, BoardState, Member, Stream

WEEK_MS = 7 * 24 * calendar.HOUR_MS
HALF_DAY_MS = 12 * calendar.HOUR_MS

SUGGESTED, WEAKEST, LISTED = 3, 3, 15
"""How many questions are suggested for next week, how many weak points and members are named."""

FEW = 6
"""So many results are needed before growth can be told from chance."""


def week(state: BoardState, library: Library, now_ms: int) -> list[tuple[Person, tuple[Meaning, ...]]]:
    """The digest of the last seven days, for each organiser of a running stream that asked something."""
    said: list[tuple[Person, tuple[Meaning, ...]]] = []
    for person in streams.organisers(held for held in state.streams if not held.paused):
        mine = [held for held in state.streams if held.organiser.address == person.address]
        asked = [one.at_ms for held in mine for one in held.asked if one.at_ms > now_ms - WEEK_MS]
        if all(at_ms > now_ms - HALF_DAY_MS for at_ms in asked):
            continue  # nothing, or only what is open this morning: there is nothing to tell of yet
        parts: list[Meaning] = [Paragraph("Your week of daily questions.")]
        parts += [_asked(stream, now_ms) for stream in mine]
        parts += [_who(state, now_ms), _weak(state, library)]
        parts += [_next(stream, state, library) for stream in mine if not stream.paused]
        said.append((person, tuple(parts)))
    return said


def _asked(stream: Stream, now_ms: int) -> Meaning:
    rows = [f"{_day(one)}  {one.title}: {_answers(one)}" for one in stream.asked if one.at_ms > now_ms - WEEK_MS]
    return Passage(stream.name, "\n".join(rows) or "Nothing was asked this week.")


def _day(one: Asked) -> str:
    day = date.fromisoformat(one.day[:10])
    return f"{day:%a} {day.day} {day:%b}"


def _answers(one: Asked) -> str:
    if one.answers < 0:
        return "still open"
    return saying.counted(one.answers, "answer") if one.answers else "no answers"


def _who(state: BoardState, now_ms: int) -> Meaning:
    lately = sorted(
        (held for held in state.members.values() if held.last_ms > now_ms - WEEK_MS), key=lambda held: -held.last_ms
    )
    if not lately:
        return Passage(
            "Who took part", "Nobody this week. Another time of day, or rapid-fire questions, may bring people back."
        )
    names = [held.person.name or "a member" for held in lately]
    more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
    return Passage("Who took part", f"{saying.counted(len(names), 'member')}: {', '.join(names[:LISTED])}{more}.")


def _weak(state: BoardState, library: Library) -> Meaning:
    weak = streams.weakness(state)
    kinds = {kind.value: library.rubric(kind).label for kind in Kind if library.ids(kind)}
    worst = sorted(weak, key=lambda key: -weak[key])[:WEAKEST]
    if not worst:
        return Passage("What the group can grow at", "Too little was rated to say.")
    return Passage("What the group can grow at", "\n".join(kinds.get(key, key) for key in worst))


def _next(stream: Stream, state: BoardState, library: Library) -> Meaning:
    names = [streams.title(one, state, library) for one in streams.coming(stream, state, library, SUGGESTED)]
    return Passage(f"Next for {stream.name}", "\n".join(names) or "There is no question left that fits.")


def board(state: BoardState, now_ms: int) -> tuple[Meaning, ...]:
    """Who takes part, as far as they chose to be shown."""
    active = [held for held in state.members.values() if held.count or held.rated or held.suggested]
    listed = [held for held in active if held.listed]
    if not active:
        return (Paragraph("Nobody has taken part here yet. The first answer makes a start."),)
    if not listed:
        who = saying.counted(len(active), "member") if numbers(state) else "Some members"
        return (
            Paragraph(
                f"{who} took part here so far. Nobody chose to be named: /hotseat daily mine is where you would."
            ),
        )
    if not numbers(state):
        names = sorted(held.person.name or "A member" for held in listed)
        return (Passage("Taking part", "\n".join(names[:LISTED]) + ("\nAnd others." if len(active) > LISTED else "")),)
    listed.sort(key=lambda held: (-held.count, held.person.name))
    rows = [_row(held, state, now_ms) for held in listed[:LISTED]]
    if others := len(active) - len(rows):
        rows.append(f"And {saying.counted(others, 'more member')}.")
    return (Passage("Taking part", "\n".join(rows)),)


def numbers(state: BoardState) -> bool:
    """Whether anything is counted here; not where every stream is without."""
    return not state.streams or any(held.numbers for held in state.streams)


def _row(member: Member, state: BoardState, now_ms: int) -> str:
    parts = [f"{member.person.name or 'A member'}: {saying.counted(member.count, 'question')} answered"]
    length = standing(member.streak, state.postings, zone_of(member, state), now_ms).length
    if length > 1:
        parts.append(f"{length} in a row")
    if member.rated:
        parts.append(saying.counted(member.rated, "rating"))
    if member.suggested:
        parts.append(f"{saying.counted(member.suggested, 'question')} suggested")
    if grown(member) > 0:
        parts.append("growing")
    return ", ".join(parts)


def zone_of(member: Member, state: BoardState) -> str:
    """A member's own zone, or the channel's."""
    return member.zone or next((held.zone for held in state.streams), "UTC")


def grown(member: Member) -> float:
    """How much more of what was looked for a member shows now than at first, as a share; 0 while that is not known."""
    if len(member.shares) < FEW:
        return 0.0
    half = len(member.shares) // 2
    first, last = member.shares[:half], member.shares[-half:]
    return sum(last) / half - sum(first) / half


def own(member: Member, state: BoardState, now_ms: int) -> str:
    """How it stands with one member, for themselves."""
    if not numbers(state):
        return "When to be reminded, and whether the board names you, is up to you."
    found = standing(member.streak, state.postings, zone_of(member, state), now_ms)
    parts = [f"You've answered {saying.counted(member.count, 'question')} here."]
    if found.length > 1:
        freezes = f", with {saying.counted(found.freezes, 'freeze')} for days you miss" if found.freezes else ""
        parts.append(f"{found.length} in a row{freezes}.")
    if found.at_risk:
        parts.append("Today's is still open." + (" A freeze would cover it." if found.covered else ""))
    if grown(member) > 0:
        parts.append("You show more of what is looked for now than at first.")
    return " ".join(parts)

"""The form in which an organiser sets up or changes a stream, the one for a member's own choices, the one to suggest a question:
their fields, what is wrong with what was entered, and what it means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import lru_cache

from bot.chat import daily
from bot.chat.ids import Board, Person
from bot.chat.meanings import Field, Form
from bot.library.items import Kind, Level
from bot.library.load import Library
from bot.study import drawing, zones
from bot.study.stream import EMPTY, Member, Stream

TIME, ZONE, DAYS, TYPES, LEVELS, TAGS, PACKS = "time", "zone", "days", "types", "levels", "tags", "packs"
ROLE, REVEAL, QUIET, NAME, NUMBERS, CHANNEL = "role", "reveal", "quiet", "name", "numbers", "channel"

SUGGESTED = "suggested"
"""The pack that members' questions belong to."""

LOW_PRESSURE = "no"
"""The value of the field `numbers` for a stream without levels and streaks."""

_LONGEST_REVEAL_H = 7 * 24


def pool(library: Library) -> tuple[drawing.Item, ...]:
    """Every question of the library, as drawing sees it."""
    return _pool(library)


@lru_cache(maxsize=4)
def _pool(library: Library) -> tuple[drawing.Item, ...]:
    return tuple(
        drawing.Item(
            held.id,
            held.type.value,
            tuple(level.value for level in held.levels),
            held.tags,
            library.pack_of(held.id),
            held.minutes,
        )
        for held in library.all()
    )


def stream_form(board: Board, library: Library, stream: Stream | None) -> Form:
    """The form for a new stream, or for one that is there."""
    value = board.key if stream is None else f"{board.key}:{stream.id}"
    name = daily.form_id(daily.NEW if stream is None else daily.EDIT, value)
    kinds = tuple((kind.value, library.rubric(kind).label) for kind in Kind if library.ids(kind))
    seniority = tuple((level.value, level.value.capitalize()) for level in Level)
    where = () if stream is not None else (Field(CHANNEL, "Channel", "channel", hint="this one"),)
    fields = (
        *where,
        Field(TIME, "At what time", hint="9:30", value=zones.say_time(stream.minute) if stream else "", required=True),
        Field(
            ZONE,
            "In which time zone",
            "search",
            hint="Part of a city",
            value=stream.zone if stream else "",
            required=True,
        ),
        Field(DAYS, "On which days", hint="weekdays", value=zones.say_days(stream.weekdays) if stream else ""),
        Field(
            REVEAL, "Answers are opened after how many hours", hint="8", value=str(stream.reveal_h) if stream else ""
        ),
        Field(TYPES, "Kinds of question", "choices", kinds, "any", ",".join(stream.types) if stream else ""),
        Field(LEVELS, "Levels", "choices", seniority, "any", ",".join(stream.levels) if stream else ""),
        Field(TAGS, "Only with these tags", hint="rag, metrics", value=", ".join(stream.tags) if stream else ""),
        Field(
            PACKS, "Only from these packs", "choices", _packs(library), "any", ",".join(stream.packs) if stream else ""
        ),
        Field(ROLE, "Who is notified", "role", hint="nobody", value=stream.mention if stream else ""),
        Field(QUIET, "Days without a question", hint="24 Dec - 2 Jan", value=_quiet(stream)),
        Field(NAME, "What it is called", hint="Daily question", value=stream.name if stream else ""),
        Field(
            NUMBERS,
            "Levels and streaks",
            "choice",
            (("yes", "Show them"), (LOW_PRESSURE, "Low pressure: words only")),
            value="yes" if stream is None or stream.numbers else LOW_PRESSURE,
        ),
    )
    title = "A daily question for this channel" if stream is None else f"Change: {stream.name}"
    return Form(name, title, "", fields, "Set it up" if stream is None else "Change it")


def _packs(library: Library) -> tuple[tuple[str, str], ...]:
    return (*((pack.name, pack.name) for pack in library.packs), (SUGGESTED, "Questions by members"))


def _quiet(stream: Stream | None) -> str:
    return zones.say_dates([date.fromisoformat(day) for day in stream.quiet]) if stream else ""


def problems(fields: Mapping[str, str], library: Library, today: date) -> dict[str, str]:
    """What is wrong with what an organiser entered, in plain words by field."""
    wrong: dict[str, str] = {}
    if zones.parse_time(fields.get(TIME, "")) is None:
        wrong[TIME] = "A time of day, please, such as 9:30 or 9:30 pm."
    zone = fields.get(ZONE, "").strip()
    if not zones.known(zone):
        near = zones.find(zone, 1) if zone else ()
        wrong[ZONE] = "I don't know that time zone." + (f" Did you mean {near[0]}?" if near else " Try Europe/Berlin.")
    if fields.get(DAYS, "").strip() and not zones.parse_days(fields[DAYS]):
        wrong[DAYS] = "Days, please, such as weekdays, daily, or mon wed fri."
    if (hours := fields.get(REVEAL, "").strip()) and _hours(hours) is None:
        wrong[REVEAL] = f"A whole number of hours, from 1 to {_LONGEST_REVEAL_H}."
    if zones.parse_dates(fields.get(QUIET, ""), today) is None:
        wrong[QUIET] = "Dates, please, such as 24 Dec - 2 Jan, 2026-05-01."
    for name, known in ((TYPES, [kind.value for kind in Kind]), (LEVELS, [level.value for level in Level])):
        strange = [one for one in _listed(fields.get(name, "")) if one not in known]
        if strange:
            wrong[name] = f"I don't have {strange[0][:40]!r}; there is {', '.join(known)}."
    if len(fields.get(NAME, "")) > 60:
        wrong[NAME] = "At most 60 characters, please."
    if not wrong and not _fitting(fields, library):
        wrong[TAGS if fields.get(TAGS) else TYPES] = "No question of mine fits all of that. Leave something out."
    return wrong


def _fitting(fields: Mapping[str, str], library: Library) -> bool:
    packs = _listed(fields.get(PACKS, ""))
    return SUGGESTED in packs or bool(
        drawing.matching(
            pool(library),
            _listed(fields.get(TYPES, "")),
            _listed(fields.get(LEVELS, "")),
            _listed(fields.get(TAGS, "")),
            packs,
        )
    )


def _hours(text: str) -> int | None:
    hours = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0
    return hours if 1 <= hours <= _LONGEST_REVEAL_H else None


def _listed(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))


def settings(stream: Stream, fields: Mapping[str, str], today: date, now_ms: int) -> Stream:
    """The stream as an organiser wants it; `problems` has found none. It begins anew, so nothing of today counts as missed, and
    what was paused for want of questions goes on."""
    minute, days = zones.parse_time(fields[TIME]), zones.parse_days(fields.get(DAYS, "") or "weekdays")
    assert minute is not None
    assert days is not None
    quiet = zones.parse_dates(fields.get(QUIET, ""), today) or ()
    return replace(
        stream,
        minute=minute,
        zone=fields[ZONE].strip(),
        weekdays=days,
        since_ms=now_ms,
        name=fields.get(NAME, "").strip() or "Daily question",
        quiet=tuple(day.isoformat() for day in quiet),
        types=_listed(fields.get(TYPES, "")),
        levels=_listed(fields.get(LEVELS, "")),
        tags=_listed(fields.get(TAGS, "")),
        packs=_listed(fields.get(PACKS, "")),
        mention=fields.get(ROLE, "").strip(),
        reveal_h=_hours(fields.get(REVEAL, "").strip()) or 8,
        numbers=fields.get(NUMBERS, "yes") != LOW_PRESSURE,
        warned=False,
        paused="" if stream.paused == EMPTY else stream.paused,
    )


# A member's own

REMIND, LISTED = "remind", "listed"


def mine_form(board: Board, member: Member, standing: str) -> Form:
    """What a member chooses for themselves in this channel."""
    return Form(
        daily.form_id(daily.MINE, board.key),
        "Daily questions and you",
        standing,
        (
            Field(
                REMIND,
                "Remind me if I haven't answered by",
                hint="17:00, or leave it empty",
                value=zones.say_time(member.remind) if member.remind >= 0 else "",
            ),
            Field(ZONE, "My time zone", "search", hint="as the channel's", value=member.zone),
            Field(
                LISTED,
                "Show me on this channel's board",
                "choice",
                (("no", "No"), ("yes", "Yes: how often I took part, and how I grow")),
                value="yes" if member.listed else "no",
            ),
        ),
        "Keep it",
    )


def mine_problems(fields: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with a member's choices."""
    wrong: dict[str, str] = {}
    if fields.get(REMIND, "").strip() and zones.parse_time(fields[REMIND]) is None:
        wrong[REMIND] = "A time of day, please, such as 17:00; or leave it empty."
    if (zone := fields.get(ZONE, "").strip()) and not zones.known(zone):
        near = zones.find(zone, 1)
        wrong[ZONE] = "I don't know that time zone." + (f" Did you mean {near[0]}?" if near else "")
    return wrong


def mine(member: Member, fields: Mapping[str, str]) -> Member:
    """The member with what they chose; `mine_problems` has found none."""
    remind = zones.parse_time(fields.get(REMIND, ""))
    return replace(
        member,
        remind=-1 if remind is None else remind,
        zone=fields.get(ZONE, "").strip(),
        listed=fields.get(LISTED, "no") == "yes",
    )


# A question by a member

TITLE, TEXT, TYPE, CREDIT = "title", "text", "type", "credit"


def suggest_form(board: Board, library: Library) -> Form:
    """The form to suggest a question."""
    kinds = tuple((kind.value, library.rubric(kind).label) for kind in Kind if library.ids(kind))
    return Form(
        daily.form_id(daily.SUGGEST, board.key),
        "Suggest a question",
        "Whoever runs this channel decides. Answers to it are rated by members, on the scale of its kind.",
        (
            Field(TITLE, "A short title", required=True),
            Field(TEXT, "The question, as you would ask it", "long", required=True),
            Field(TYPE, "Kind of question", "choice", kinds, required=True),
            Field(CREDIT, "Name me with it", "choice", (("yes", "Yes"), ("no", "No")), value="yes"),
        ),
        "Suggest it",
    )


def suggest_problems(fields: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with a suggestion."""
    wrong: dict[str, str] = {}
    title, text = fields.get(TITLE, "").strip(), fields.get(TEXT, "").strip()
    if not 3 <= len(title) <= 80:
        wrong[TITLE] = "A title of 3 to 80 characters, please."
    if not 20 <= len(text) <= 1500:
        wrong[TEXT] = "The question takes 20 to 1,500 characters."
    elif "?" not in text and not text.endswith("."):
        wrong[TEXT] = "End it with what you ask for, please, as a question or a sentence."
    if fields.get(TYPE) not in [kind.value for kind in Kind]:
        wrong[TYPE] = "Choose a kind, so that there is a scale to rate it on."
    return wrong


def organiser(person: Person) -> Stream:
    """A stream as it is before anything was entered."""
    return Stream("", person, 0, "UTC", (), 0)

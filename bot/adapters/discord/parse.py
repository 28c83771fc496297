"""What came from Discord, read as what somebody did: pure functions over ids and text.

Ids of events are made of platform, guild, channel and message or interaction, so that a replay shares them. Looking up whose
interview a thread is, and answering, is not done here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote

from bot.adapters.discord import limits
from bot.chat.events import Deleted, Edited, Event, Pressed, Ran, Said, Submitted
from bot.chat.ids import Address, ConversationId, Person

PLATFORM = "discord"
DIRECT = "dm"
"""The workspace of direct messages."""

PEOPLE = "users"
"""The workspace of people: a Discord account is the same person in every server, with one record."""

ANSWER = "answer"
"""The button that opens a form for an answer, where we cannot read what is typed."""

WORDS = ("hint", "skip", "pause", "resume", "time", "stop", "help")
"""Messages that are commands when they are nothing but this word."""

EPOCH_MS = 1_420_070_400_000

_VERSION = "hs1"
CUSTOM_ID = re.compile(r"hs(?P<version>\d+):(?P<kind>[a-z]+):(?P<name>[^:]*)(?::(?P<value>[^:]*))?(?::(?P<at>\d*))?")
"""Every id of a button or form that any version of us ever gave out."""


@dataclass(frozen=True, slots=True)
class Intended:
    """What a button or form was made for. `at` is the channel of its conversation where that is not the one it stands in;
    `known` is False if another version made it in a way we cannot read."""

    kind: str  # press, form, answer
    name: str
    value: str = ""
    known: bool = True
    at: int = 0


def custom_id(kind: str, name: str, value: str = "", at: int = 0) -> str:
    """The id of a button or a form; ValueError if it does not fit into what Discord keeps."""
    parts = [_VERSION, kind, _packed(name)]
    if value or at:
        parts.append(_packed(value))
    if at:
        parts.append(str(at))
    made = ":".join(parts)
    if len(made) > limits.CUSTOM_ID:
        raise ValueError(f"a button for {name!r} carries {len(made)} characters; Discord keeps {limits.CUSTOM_ID}")
    return made


def intended(id_: str) -> Intended | None:
    """What an id was made for, None if it is none of ours."""
    found = CUSTOM_ID.fullmatch(id_)
    if found is None:
        return None
    known = f"hs{found['version']}" == _VERSION and found["kind"] in {"press", "form", "answer"}
    return Intended(
        found["kind"], _unpacked(found["name"]), _unpacked(found["value"] or ""), known, int(found["at"] or 0)
    )


def _packed(text: str) -> str:
    # The keys of daily questions are full of colons, and three characters each would not fit.
    return quote(text, safe="").replace("%3A", "!")


def _unpacked(text: str) -> str:
    return unquote(text.replace("!", ":"))


def person(id_: int, name: str) -> Person:
    """Somebody on Discord."""
    return Person(PLATFORM, PEOPLE, str(id_), name)


def direct(channel: int) -> Address:
    """The conversation held in direct messages."""
    return ConversationId(PLATFORM, DIRECT, str(channel)).address


def threaded(guild: int, channel: int, origin: int) -> Address:
    """The conversation held in a thread, named by the message or interaction that asked for it."""
    return ConversationId(PLATFORM, str(guild), str(channel), f"t{origin}").address


def whispered(guild: int | None, channel: int, user: int) -> Address:
    """The conversation held in responses only one person sees, where the app is a guest."""
    return ConversationId(PLATFORM, str(guild) if guild else DIRECT, str(channel), f"u{user}").address


def is_whispered(conversation: ConversationId) -> bool:
    """Whether a conversation has no messages but responses to interactions."""
    return conversation.thread.startswith("u")


def event_id(guild: int | None, channel: int, thing: int | str) -> str:
    """The id of an event about a message or an interaction."""
    return f"{PLATFORM}:{guild or DIRECT}:{channel}:{thing}"


def at_ms(snowflake: int) -> int:
    """When something was made, from its id (Unix ms)."""
    return (snowflake >> 22) + EPOCH_MS


def snowflake(at: int) -> int:
    """The least id of what was made at a moment (Unix ms)."""
    return max(0, at - EPOCH_MS) << 22


def without_mention(text: str, me: int) -> str:
    """A message without the mention of us that it begins or ends with."""
    mention = rf"<@!?{me}>"
    return re.sub(rf"^\s*{mention}[\s,:]*|\s*{mention}\s*$", "", text)


@dataclass(frozen=True, slots=True)
class Written:
    """A message of a person, as far as we look at it."""

    guild: int | None
    channel: int
    id: int
    text: str


def said(written: Written, to: Address, author: Person) -> Event:
    """A message in an interview: a command when it is nothing but one, else something said, word for word."""
    id_ = event_id(written.guild, written.channel, written.id)
    word = written.text.strip().casefold().rstrip(".")
    if word in WORDS:
        return Ran(id_, to, at_ms(written.id), author, word)
    return Said(id_, to, at_ms(written.id), author, written.text, message=str(written.id))


def edited(written: Written, to: Address, author: Person, stamp: int) -> Edited:
    """A message changed at `stamp` (Unix ms)."""
    id_ = event_id(written.guild, written.channel, f"{written.id}:{stamp}")
    return Edited(id_, to, stamp, author, str(written.id), written.text)


def deleted(guild: int | None, channel: int, message: int, to: Address, author: Person, now_ms: int) -> Deleted:
    """A message removed."""
    return Deleted(event_id(guild, channel, f"{message}:gone"), to, now_ms, author, str(message))


@dataclass(frozen=True, slots=True)
class Touch:
    """An interaction: where and by whom."""

    guild: int | None
    channel: int
    id: int
    person: Person

    @property
    def event(self) -> str:
        """The id of what it comes to."""
        return event_id(self.guild, self.channel, self.id)

    def ran(self, to: Address, command: str, options: Mapping[str, str], organiser: bool = False) -> Ran:
        """A command was given."""
        return Ran(self.event, to, at_ms(self.id), self.person, command, dict(options), organiser)

    def pressed(self, to: Address, action: str, value: str, organiser: bool = False) -> Pressed:
        """A button was pressed."""
        return Pressed(self.event, to, at_ms(self.id), self.person, action, value, organiser)

    def submitted(self, to: Address, form: str, fields: Mapping[str, str], organiser: bool = False) -> Submitted:
        """A form was sent."""
        return Submitted(self.event, to, at_ms(self.id), self.person, form, dict(fields), organiser)

    def filled(self, to: Address, form: str, fields: Mapping[str, str]) -> Event:
        """A form of an interview was sent. The form for an answer is the answer."""
        if form == ANSWER:
            return Said(self.event, to, at_ms(self.id), self.person, fields.get(ANSWER, ""), message=str(self.id))
        return self.submitted(to, form, fields)


def fields(components: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """What was entered in a form, by field id; what was left empty is absent."""
    found: dict[str, str] = {}
    for component in components:
        inner = component.get("component")
        nested = component.get("components") or ([inner] if inner is not None else [])
        found.update(fields(nested))
        name = component.get("custom_id")
        value = component.get("value") or ",".join(component.get("values") or ())
        if name and isinstance(value, str) and value.strip():
            found[name] = value
    return found


def wrote(components: Sequence[Mapping[str, Any]]) -> list[str]:
    """What was typed into a form, not chosen from a list."""
    inner = [component.get("component") or component for component in components]
    return [text for entry in inner if isinstance(text := entry.get("value"), str) and text.strip()]


def completions(typed: str, rows: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Ways to go on with a list that is typed with commas between: values and labels of the whole of it."""
    given = [part.strip() for part in typed.split(",")]
    held, wanted = [part for part in given[:-1] if part], given[-1].casefold()
    found = []
    for value, label in rows:
        if value not in held and (wanted in value.casefold() or wanted in label.casefold()):
            found.append((", ".join((*held, value)), ", ".join((*held, label))))
    return found


def wish(text: str, known: Mapping[str, Iterable[tuple[str, str]]]) -> dict[str, str] | None:
    """The options of a typed `practice …`, None if the text is anything else. `known` has values and labels per option."""
    first, *rest = text.strip().casefold().rstrip(".").split(maxsplit=1) or [""]
    if first.lstrip("/") not in {"practice", "practise"}:
        return None
    options: dict[str, str] = {}
    wanted = rest[0] if rest else ""
    for name, rows in known.items():
        for value, label in rows:
            for called in (value.casefold(), label.casefold()):
                if name not in options and re.search(rf"(?<!\S){re.escape(called)}(?!\S)", wanted):
                    options[name] = value
                    wanted = re.sub(rf"(?<!\S){re.escape(called)}(?!\S)", " ", wanted, count=1)
    minutes = re.search(r"(?<!\S)(\d{1,3})(?:\s*min(?:utes)?)?(?!\S)", wanted)
    if minutes:
        options["minutes"] = minutes[1]
        wanted = wanted.replace(minutes[0], " ")
    return options if not wanted.strip() else None


def asked(text: str, questions: Iterable[tuple[str, str]]) -> str | None:
    """The question of the bank whose title or id stands in a message, the longest title first."""
    lowered = text.casefold()
    for value, label in sorted(questions, key=lambda row: -len(row[1])):
        if label.casefold() in lowered or re.search(rf"(?<![\w-]){re.escape(value)}(?![\w-])", lowered):
            return value
    return None

"""What Slack sends, read as what somebody did. Pure functions over payloads; nothing here trusts a payload's shape.

A payload that is no business of ours, or that has a shape nobody has seen, reads as None. Whether a message belongs to an
interview is not decided here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from bot.adapters.slack import limits, render, text
from bot.chat.ids import Address, ConversationId, Person

PLATFORM = "slack"

WORDS = frozenset({"hint", "skip", "pause", "resume", "time", "stop", "help"})
"""Commands of an interview, when they are all that a message says."""

_SAID = frozenset({None, "", "file_share", "thread_broadcast", "me_message"})


@dataclass(frozen=True, slots=True)
class Bot:
    """Who we are in Slack."""

    user: str = ""
    bot: str = ""
    team: str = ""


@dataclass(frozen=True, slots=True)
class Heard:
    """A message somebody wrote, changed or removed. `name` is shared by redeliveries; `private` says it is a direct message."""

    kind: Literal["said", "edited", "deleted"]
    name: str
    place: ConversationId
    person: Person
    message: str
    at_ms: int
    text: str = ""
    private: bool = False
    mentioned: bool = False


@dataclass(frozen=True, slots=True)
class Press:
    """A button. `to` is the conversation it belongs to, `place` where it was shown (None: on the home page, or in
    the modal whose id is `view`)."""

    name: str
    person: Person
    action: str
    value: str
    to: ConversationId | None
    place: ConversationId | None
    private: bool
    trigger: str
    view: str = ""


@dataclass(frozen=True, slots=True)
class Command:
    """A slash command or a shortcut on a message; `words` is what followed, or the message."""

    name: str
    person: Person
    channel: str
    words: str
    trigger: str

    @property
    def private(self) -> bool:
        """Whether it was given in a direct conversation."""
        return not self.channel or self.channel.startswith("D")


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _dict(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def workspace(body: Mapping[str, Any]) -> str:
    """The workspace a payload is about; the organisation where an installation has no workspace of its own."""
    found = (
        _text(body.get("team_id"))
        or _text(_dict(body.get("team")).get("id"))
        or _text(_dict(body.get("user")).get("team_id"))
        or _text(_dict(body.get("view")).get("team_id"))
        or _text(body.get("enterprise_id"))
        or _text(_dict(body.get("enterprise")).get("id"))
    )
    return found or _text(_dict((body.get("authorizations") or [None])[0]).get("team_id"))


def at_ms(ts: str, now_ms: int) -> int:
    """When something with this time stamp happened; now, if that is no time or too long ago to be a redelivery."""
    try:
        found = int(float(ts) * 1000)
    except ValueError:
        return now_ms
    return found if abs(now_ms - found) < limits.OLD_MS else now_ms


def is_direct(channel: str, kind: str = "") -> bool:
    """Whether a channel is somebody's conversation with us alone."""
    return kind == "im" or (not kind and channel.startswith("D"))


def named(*parts: str) -> str:
    """A name that redeliveries share and no other event has."""
    return ":".join((PLATFORM, *parts))


def about(*parts: str) -> str:
    """A name that tells nothing of what it was made of."""
    return hashlib.blake2b("\n".join(parts).encode(), digest_size=12).hexdigest()


def message(body: Mapping[str, Any], bot: Bot, now_ms: int) -> Heard | None:
    """A message event. Ours, other bots', joins and the like are None."""
    event = _dict(body.get("event"))
    team, channel = workspace(body), _text(event.get("channel"))
    if event.get("type") != "message" or not team or not channel:
        return None
    subtype = event.get("subtype")
    if subtype == "message_changed":
        return _changed(event, team, channel, bot, now_ms)
    if subtype == "message_deleted":
        return _deleted(
            _dict(event.get("previous_message")), _text(event.get("deleted_ts")), event, team, channel, bot, now_ms
        )
    ts = _text(event.get("ts"))
    if subtype not in _SAID or not ts or not _by_a_person(event, bot):
        return None
    return _heard("said", named(team, channel, ts), event, event, team, channel, bot, now_ms)


def _by_a_person(said: Mapping[str, Any], bot: Bot) -> bool:
    user = _text(said.get("user"))
    return bool(user) and user not in {bot.user, "USLACKBOT"} and not said.get("bot_id") and not said.get("hidden")


def _changed(event: Mapping[str, Any], team: str, channel: str, bot: Bot, now_ms: int) -> Heard | None:
    new, old = _dict(event.get("message")), _dict(event.get("previous_message"))
    if new.get("subtype") == "tombstone":
        return _deleted(old or new, _text(new.get("ts")), event, team, channel, bot, now_ms)
    # Slack tells the same way that a link was unfurled; then nobody changed a word.
    if new.get("subtype") not in _SAID or not _by_a_person(new, bot) or new.get("text") == old.get("text"):
        return None
    ts = _text(new.get("ts"))
    moment = _text(event.get("event_ts")) or _text(event.get("ts"))
    if not ts:
        return None
    return _heard("edited", named(team, channel, ts, "edited", moment), new, event, team, channel, bot, now_ms)


def _deleted(
    old: Mapping[str, Any], ts: str, event: Mapping[str, Any], team: str, channel: str, bot: Bot, now_ms: int
) -> Heard | None:
    if not ts or not _by_a_person(old, bot):
        return None
    return _heard(
        "deleted", named(team, channel, ts, "deleted"), {**old, "ts": ts, "text": ""}, event, team, channel, bot, now_ms
    )


def _heard(
    kind: Literal["said", "edited", "deleted"],
    name: str,
    said: Mapping[str, Any],
    event: Mapping[str, Any],
    team: str,
    channel: str,
    bot: Bot,
    now_ms: int,
) -> Heard | None:
    raw, ts = _text(said.get("text")), _text(said.get("ts"))
    mention = f"<@{bot.user}>"
    mentioned = bool(bot.user) and raw.lstrip().startswith((mention, f"<@{bot.user}|"))
    if mentioned:
        raw = raw.lstrip()[raw.lstrip().index(">") + 1 :]
    words = text.typed(raw)
    if not words.strip() and kind != "deleted" and not mentioned:
        return None  # a file without a word
    thread = _text(said.get("thread_ts")) or _text(event.get("thread_ts"))
    private = is_direct(channel, _text(event.get("channel_type")))
    # The first message of a thread carries its own time as the thread's; what hangs from it is not said in that thread.
    place = ConversationId(PLATFORM, team, channel, "" if thread == ts else thread)
    happened = ts if kind == "said" else _text(event.get("event_ts"))
    person = Person(PLATFORM, team, _text(said.get("user")))
    return Heard(kind, name, place, person, ts, at_ms(happened, now_ms), words, private, mentioned)


def press(body: Mapping[str, Any]) -> Press | None:
    """A pressed button of ours."""
    actions = body.get("actions")
    action = _dict(actions[0]) if isinstance(actions, list) and actions else {}
    full = _text(action.get("action_id"))
    person = _person(body)
    if not full.startswith(render.PREFIX) or person is None:
        return None
    moment = _text(action.get("action_ts")) or _text(body.get("trigger_id"))
    place = _where(body, person.workspace)
    held = _dict(body.get("container"))
    shown = _text(held.get("message_ts")) or _text(held.get("view_id"))
    shown_in = _dict(body.get("view"))
    where = place.channel if place is not None else "home"
    return Press(
        name=named(person.workspace, where, shown, full, about(person.id), moment),
        person=person,
        action=full.removeprefix(render.PREFIX).partition(".")[0],
        value=_text(action.get("value")),
        to=address(_text(action.get("block_id")).partition(">")[2], person.workspace) or place,
        place=place,
        private=place is None or is_direct(place.channel),
        trigger=_text(body.get("trigger_id")),
        view=_text(shown_in.get("id")) if shown_in.get("type") == "modal" else "",
    )


def _where(body: Mapping[str, Any], team: str) -> ConversationId | None:
    container, shown = _dict(body.get("container")), _dict(body.get("message"))
    channel = _text(_dict(body.get("channel")).get("id")) or _text(container.get("channel_id"))
    if not channel:
        return None
    thread = _text(container.get("thread_ts")) or _text(shown.get("thread_ts"))
    return ConversationId(PLATFORM, team, channel, thread)


def address(found: str, team: str) -> ConversationId | None:
    """The conversation of this workspace behind an address that rode along in a payload; None if it is none."""
    try:
        conversation = ConversationId.of(found)
    except ValueError:
        return None
    return conversation if (conversation.platform, conversation.workspace) == (PLATFORM, team) else None


def destination(found: str, team: str) -> Address | None:
    """The same, where the address may also be a person's."""
    conversation = address(found, team)
    if conversation is not None:
        return conversation.address
    try:
        person = Person.of(found)
    except ValueError:
        return None
    return person.address if (person.platform, person.workspace) == (PLATFORM, team) else None


def _person(body: Mapping[str, Any]) -> Person | None:
    user, team = _dict(body.get("user")), workspace(body)
    found = _text(user.get("id"))
    return (
        Person(PLATFORM, team, found, _text(user.get("username")) or _text(user.get("name")))
        if found and team
        else None
    )


def presser(body: Mapping[str, Any]) -> Person | None:
    """Who sent a form or uses a list."""
    return _person(body)


def command(body: Mapping[str, Any]) -> Command | None:
    """A slash command."""
    team, user = workspace(body), _text(body.get("user_id"))
    channel, trigger = _text(body.get("channel_id")), _text(body.get("trigger_id"))
    if not team or not user:
        return None
    person = Person(PLATFORM, team, user, _text(body.get("user_name")))
    return Command(
        named(team, channel, "command", trigger or about(user, str(body))),
        person,
        channel,
        _text(body.get("text")),
        trigger,
    )


def shortcut(body: Mapping[str, Any]) -> Command | None:
    """A shortcut on a message; `words` is all that the message says."""
    person = _person(body)
    if person is None:
        return None
    channel, trigger = _text(_dict(body.get("channel")).get("id")), _text(body.get("trigger_id"))
    return Command(
        named(person.workspace, channel, "shortcut", trigger), person, channel, _all_text(body.get("message")), trigger
    )


def _all_text(found: object) -> str:
    """Every text of a message, whatever blocks it has."""
    if isinstance(found, dict):
        own = found.get("text")
        rest = [_all_text(held) for key, held in found.items() if key != "text" and isinstance(held, (dict, list))]
        return "\n".join(part for part in (text.typed(own) if isinstance(own, str) else _all_text(own), *rest) if part)
    if isinstance(found, list):
        return "\n".join(part for part in map(_all_text, found) if part)
    return ""

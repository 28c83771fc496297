"""Everything there is in this Discord: servers, channels, people, messages and interactions. No wire in here."""

from __future__ import annotations

import asyncio
import itertools
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.fakes.discord import checks

EPOCH_MS = 1_420_070_400_000
CONTENT, GUILD_MESSAGES, DIRECT_MESSAGES = 1 << 15, 1 << 9, 1 << 12
ALL_PERMISSIONS = str((1 << 50) - 1)
MANAGE_CHANNELS, MANAGE_SERVER = 1 << 4, 1 << 5
BASIC_PERMISSIONS = (1 << 10) | (1 << 11) | (1 << 16) | (1 << 31) | (1 << 35) | (1 << 38)
"""See channels, write, read what was written, use commands, open threads and write in them."""

Payload = dict[str, Any]


class Refused(Exception):
    """An answer that is no success."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


@dataclass
class Channel:
    """A channel, a thread or direct messages. `type`: 0 text, 1 direct, 3 group, 5 news, 11 and 12 threads. `managers` may
    manage this very channel."""

    id: int
    type: int
    name: str
    guild: int = 0
    parent: int = 0
    owner: int = 0
    people: set[int] = field(default_factory=set)
    archived: bool = False
    locked: bool = False
    gone: bool = False
    messages: dict[int, Payload] = field(default_factory=dict)
    managers: set[int] = field(default_factory=set)


@dataclass
class Interaction:
    """What somebody did, and how it was answered."""

    payload: Payload
    made_ms: int
    guest: bool
    response: Payload | None = None
    response_ms: int = 0
    original: Payload | None = None
    followups: list[Payload] = field(default_factory=list)

    @property
    def form(self) -> Payload | None:
        """The form it was answered with."""
        return self.response["data"] if self.response is not None and self.response["type"] == 9 else None

    @property
    def choices(self) -> list[str]:
        """The values it was answered with, for a list."""
        assert self.response is not None
        return [choice["value"] for choice in self.response["data"]["choices"]]


class World:
    """All state. `clock` gives Unix milliseconds; `emit` hands an event to whoever listens."""

    def __init__(self, clock: Callable[[], int]) -> None:
        self.clock = clock
        self._numbers = itertools.count(1)
        self.changed = asyncio.Condition()
        self.app = self.number()
        self.me: Payload = self._user("Hotseat", bot=True, id_=self.app)
        self.users: dict[int, Payload] = {self.app: self.me}
        self.guilds: dict[int, str] = {}
        self.left: set[int] = set()
        self.roles: dict[int, Payload] = {}
        self.worn: dict[int, list[int]] = {}
        self.channels: dict[int, Channel] = {}
        self.interactions: dict[str, Interaction] = {}
        self.commands: list[Payload] = []
        self.nonces: dict[tuple[int, str], int] = {}
        self.closed_to_us: set[int] = set()
        self.typed: list[int] = []
        self.emit: Callable[[str, Payload], None] = lambda name, data: None

    def number(self) -> int:
        """A new id."""
        return ((self.clock() - EPOCH_MS) << 22) | (next(self._numbers) & 0x3FFFFF)

    def moment(self, at_ms: int | None = None) -> str:
        """A moment as Discord writes it."""
        return datetime.fromtimestamp((at_ms or self.clock()) / 1000, UTC).isoformat()

    def _user(self, name: str, *, bot: bool = False, id_: int = 0) -> Payload:
        id_ = id_ or self.number()
        held = {"id": str(id_), "username": name.lower(), "global_name": name, "discriminator": "0", "avatar": None}
        return {**held, "bot": bot}

    def person(self, name: str) -> int:
        """Somebody new."""
        user = self._user(name)
        self.users[int(user["id"])] = user
        return int(user["id"])

    def guild(self, name: str) -> int:
        """A server the app was added to."""
        id_ = self.number()
        self.guilds[id_] = name
        self.emit("GUILD_CREATE", self.guild_shape(id_))
        return id_

    def leave(self, guild: int) -> None:
        """The app is removed from a server."""
        self.left.add(guild)
        self.emit("GUILD_DELETE", {"id": str(guild)})

    def role(self, guild: int, name: str, permissions: int = 0) -> int:
        """A role of a server."""
        made = _role(self.number(), name, permissions)
        self.roles[int(made["id"])] = {**made, "guild": guild}
        self.emit("GUILD_ROLE_CREATE", {"guild_id": str(guild), "role": made})
        return int(made["id"])

    def wear(self, user: int, role: int) -> None:
        """Give somebody a role."""
        self.worn.setdefault(user, []).append(role)

    def channel(self, guild: int, name: str = "general", type_: int = 0) -> Channel:
        """A channel of a server."""
        made = Channel(self.number(), type_, name, guild)
        self.channels[made.id] = made
        if guild in self.guilds:
            self.emit("CHANNEL_CREATE", self.shape(made))
        return made

    def direct(self, user: int) -> Channel:
        """The direct messages between somebody and the bot."""
        for channel in self.channels.values():
            if channel.type == 1 and channel.people == {user, self.app}:
                return channel
        made = Channel(self.number(), 1, "", people={user, self.app})
        self.channels[made.id] = made
        return made

    def thread(self, parent: Channel, type_: int, name: str, id_: int = 0) -> Channel:
        """A new thread of ours."""
        made = Channel(id_ or self.number(), type_, name, parent.guild, parent.id, self.app, {self.app})
        self.channels[made.id] = made
        self.emit("THREAD_CREATE", self.shape(made))
        return made

    def find(self, channel: int) -> Channel:
        """A channel by id."""
        found = self.channels.get(channel)
        if found is None or found.gone:
            raise Refused(404, 10003, "Unknown Channel")
        if found.guild in self.left:
            raise Refused(403, 50001, "Missing Access")
        return found

    def shape(self, channel: Channel) -> Payload:
        """A channel as it is sent."""
        held: Payload = {"id": str(channel.id), "type": channel.type, "name": channel.name, "flags": 0, "position": 0}
        allowed = {"type": 1, "allow": str(MANAGE_CHANNELS), "deny": "0"}
        overwrites = [{"id": str(user), **allowed} for user in channel.managers]
        held.update({"permission_overwrites": overwrites, "nsfw": False, "last_message_id": None, "topic": None})
        if channel.guild:
            held["guild_id"] = str(channel.guild)
        if channel.type in {1, 3}:
            held["recipients"] = [self.users[one] for one in channel.people if one != self.app]
        if channel.type in {11, 12}:
            held |= {"parent_id": str(channel.parent), "owner_id": str(channel.owner), "rate_limit_per_user": 0}
            held |= {"message_count": 0, "member_count": len(channel.people), "total_message_sent": 0}
            held["thread_metadata"] = {
                "archived": channel.archived,
                "locked": channel.locked,
                "auto_archive_duration": 1440,
                "archive_timestamp": self.moment(),
                "invitable": False,
                "create_timestamp": self.moment(),
            }
        return held

    def guild_shape(self, guild: int) -> Payload:
        """A server as it is sent to the bot."""
        own = [channel for channel in self.channels.values() if channel.guild == guild and not channel.gone]
        everyone = _role(guild, "@everyone", BASIC_PERMISSIONS)
        return {
            "id": str(guild),
            "name": self.guilds[guild],
            "owner_id": "1",
            "roles": [everyone, *(role for role in self.roles.values() if role["guild"] == guild)],
            "emojis": [],
            "stickers": [],
            "features": [],
            "channels": [self.shape(one) for one in own if one.type not in {11, 12}],
            "threads": [self.shape(one) for one in own if one.type in {11, 12}],
            "members": [self.member(self.app)],
            "member_count": 2,
            "presences": [],
            "voice_states": [],
            "stage_instances": [],
            "guild_scheduled_events": [],
            "soundboard_sounds": [],
            "unavailable": False,
        }

    def member(self, user: int, channel: Channel | None = None) -> Payload:
        """Somebody as a member of a server, with what they may do in a channel."""
        worn = self.worn.get(user, [])
        may = BASIC_PERMISSIONS
        for role in worn:
            may |= int(self.roles[role]["permissions"])
        if channel is not None and user in self.channels.get(channel.parent, channel).managers | channel.managers:
            may |= MANAGE_CHANNELS
        held = {"user": self.users[user], "roles": [str(role) for role in worn], "joined_at": self.moment()}
        more = {"deaf": False, "mute": False, "flags": 0, "nick": None, "avatar": None}
        return {**held, **more, "permissions": str(may)}

    # Messages.

    def write(self, channel: Channel, author: int, content: str, **more: Any) -> Payload:
        """A message, shown to everybody."""
        mentions = [self.users[int(id_)] for id_ in re.findall(r"<@!?(\d+)>", content) if int(id_) in self.users]
        message: Payload = {
            "id": str(self.number()),
            "channel_id": str(channel.id),
            "author": self.users[author],
            "content": content,
            "timestamp": self.moment(),
            "edited_timestamp": None,
            "tts": False,
            "mention_everyone": False,
            "mentions": mentions,
            "mention_roles": [],
            "attachments": [],
            "embeds": [],
            "pinned": False,
            "type": 0,
            "flags": 0,
            "components": [],
            **more,
        }
        channel.messages[int(message["id"])] = message
        self.emit("MESSAGE_CREATE", self.outside(channel, message))
        return message

    def outside(self, channel: Channel, message: Payload) -> Payload:
        """A message as an event."""
        held = dict(message)
        if channel.guild:
            held["guild_id"] = str(channel.guild)
            held["member"] = {
                key: value for key, value in self.member(int(message["author"]["id"])).items() if key != "user"
            }
        return held

    def readable(self, channel: Channel, message: Payload, intents: int) -> Payload:
        """A message as an app with these intents may read it."""
        mine = message["author"]["id"] == str(self.app)
        mentioned = any(one["id"] == str(self.app) for one in message["mentions"])
        if intents & CONTENT or not channel.guild or mine or mentioned:
            return message
        return {**message, "content": "", "components": [], "attachments": [], "embeds": []}

    def post(self, channel: Channel, payload: Mapping[str, Any], files: Mapping[str, bytes]) -> Payload:
        """The bot sends a message; one with a nonce that was there is not sent again."""
        checks.message(payload, len(files))
        nonce = payload.get("nonce")
        if nonce is not None and payload.get("enforce_nonce") and (channel.id, str(nonce)) in self.nonces:
            return channel.messages[self.nonces[channel.id, str(nonce)]]
        if channel.type == 1 and channel.people & self.closed_to_us:
            raise Refused(403, 50007, "Cannot send messages to this user")
        if channel.locked:
            raise Refused(400, 50083, "Thread is archived")
        if channel.archived:
            raise Refused(400, 50083, "Thread is archived")
        made = self.made(payload, files)
        made |= _notified(made["components"], payload["allowed_mentions"])
        message = self.write(channel, self.app, made.pop("content"), **made)
        if nonce is not None:
            self.nonces[channel.id, str(nonce)] = int(message["id"])
        return message

    def made(self, payload: Mapping[str, Any], files: Mapping[str, bytes]) -> Payload:
        """What a message is made of, attachments numbered and components, too."""
        components = [_numbered(one, itertools.count(1)) for one in payload.get("components") or []]
        attachments = []
        for one in payload.get("attachments") or []:
            name = one.get("filename", "file")
            held = files.get(name, b"")
            url = f"https://cdn.example/{name}"
            attachments.append(
                {"id": str(self.number()), "filename": name, "size": len(held), "url": url, "proxy_url": url}
                | {"description": one.get("description"), "content_type": "image/png", "data": held.hex()[:16]}
            )
        flags = int(payload.get("flags") or 0)
        return {
            "content": payload.get("content") or "",
            "components": components,
            "attachments": attachments,
            "flags": flags,
        }


def _role(id_: int, name: str, permissions: int) -> Payload:
    held = {"id": str(id_), "name": name, "permissions": str(permissions), "position": 0, "color": 0}
    colors = {"primary_color": 0, "secondary_color": None, "tertiary_color": None}
    return {**held, "hoist": False, "managed": False, "mentionable": False, "flags": 0, "colors": colors}


def _notified(components: list[Payload], allowed: Mapping[str, Any]) -> Payload:
    """Whom a message notifies: roles that stand in it and may be."""
    said = "\n".join(one.get("content") or "" for one in checks.walk(components))
    roles = [
        role for role in re.findall(r"<@&(\d+)>", said) if role in {str(one) for one in allowed.get("roles") or ()}
    ]
    return {"mention_roles": roles, "mention_everyone": "everyone" in allowed["parse"] and "@everyone" in said}


def _numbered(component: Mapping[str, Any], numbers: itertools.count[int]) -> Payload:
    held = {**component, "id": component.get("id") or next(numbers)}
    if "components" in held:
        held["components"] = [_numbered(one, numbers) for one in held["components"]]
    if "items" in held:
        held["items"] = [
            {**item, "media": {**item["media"], "proxy_url": item["media"]["url"], "width": 800, "height": 400}}
            for item in held["items"]
        ]
    return held


def seen(message: Mapping[str, Any]) -> str:
    """What a person reads of a message: its text without marks, labels of buttons, alternatives of pictures."""
    parts = [plain(message.get("content") or "")]
    for component in checks.walk(message.get("components") or []):
        parts.append(plain(component.get("content") or ""))
        parts.append(component.get("label") or "")
        parts.extend(item.get("description") or "" for item in component.get("items") or [])
    return "\n".join(part for part in parts if part)


def plain(markup: str) -> str:
    """Discord's markup as it is shown: marks gone, escaped ones left."""
    shown = re.sub(r"^(?:-# |#{1,3} |> )", "", markup, flags=re.MULTILINE)
    shown = re.sub(r"(?<!\\)(?:\*\*|\*)((?:\\.|[^*\\])+?)(?:\*\*|\*)", r"\1", shown)
    return re.sub(r"\\([^\w\s])", r"\1", shown).replace("\u200b", "")

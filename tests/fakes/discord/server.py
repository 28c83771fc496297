"""`Discord`: the whole fake, and what people do in it.

    async with Discord() as discord:
        ann = discord.world.person("Ann")
        await discord.dm(ann, "practice")

Whatever a person does returns at once; `until` waits for what is to be seen.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any

from aiohttp import web

from tests.fakes.discord import checks
from tests.fakes.discord.gateway import Gateway
from tests.fakes.discord.rest import BASE, Fault, Rest
from tests.fakes.discord.world import ALL_PERMISSIONS, CONTENT, Channel, Interaction, Payload, World, seen

TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4.fake.token"
PATIENCE_S = 4.0


def now_ms() -> int:
    """Unix milliseconds now."""
    return time.time_ns() // 1_000_000


class Discord:
    """A running Discord. `clock` gives Unix milliseconds; `content` grants the privileged message content intent."""

    def __init__(self, clock: Callable[[], int] = now_ms, *, content: bool = False, token: str = TOKEN) -> None:
        self.token = token
        self.world = World(clock)
        self.gateway = Gateway(self.world, token, CONTENT if content else 0)
        self.rest = Rest(self.world, self.gateway, token)
        self._runner: web.AppRunner | None = None
        self.api_url = ""

    async def start(self, port: int = 0) -> None:
        """Listen; both addresses are known afterwards."""
        app = web.Application()
        app.router.add_get("/ws", self.gateway.serve)
        app.router.add_get("/ws/", self.gateway.serve)
        app.router.add_route("*", BASE + "/{path:.*}", self.rest.serve)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        port = self._runner.addresses[0][1]
        self.api_url = f"http://127.0.0.1:{port}{BASE}"
        self.gateway.url = f"ws://127.0.0.1:{port}/ws"

    async def stop(self) -> None:
        """Close every connection and stop listening."""
        self.gateway.open.set()
        await self.gateway.cut(1001)
        if self._runner is not None:
            await self._runner.cleanup()

    async def __aenter__(self) -> Discord:
        """Start."""
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        await self.stop()

    async def until(self, holds: Callable[[], Any]) -> Any:
        """What `holds` gives as soon as that is true; it is asked after every request."""
        try:
            async with asyncio.timeout(PATIENCE_S), self.world.changed:
                await self.world.changed.wait_for(holds)
        except TimeoutError:
            shown = {channel.id: self.texts(channel) for channel in self.world.channels.values() if channel.messages}
            raise AssertionError(f"not seen in {PATIENCE_S} s; what is to be seen: {shown}") from None
        return holds()

    def fail(self, method: str, path: str, status: int, code: int = 0, **more: Any) -> None:
        """Let the next calls to a path fail."""
        self.rest.faults.append(Fault(method, path, status, code, **more))

    # What people do.

    def dm(self, user: int, text: str) -> Payload:
        """Somebody writes to the bot."""
        return self.write(self.world.direct(user), user, text)

    def write(self, channel: Channel, user: int, text: str, **more: Any) -> Payload:
        """Somebody writes in a channel."""
        return self.world.write(channel, user, text, **more)

    def change(self, channel: Channel, message: Payload, text: str) -> None:
        """Somebody changes what they wrote."""
        message["content"] = text
        message["edited_timestamp"] = self.world.moment()
        self.world.emit("MESSAGE_UPDATE", self.world.outside(channel, message))

    def remove(self, channel: Channel, message: Payload) -> None:
        """Somebody takes back what they wrote."""
        del channel.messages[int(message["id"])]
        gone = {"id": message["id"], "channel_id": str(channel.id)}
        self.world.emit("MESSAGE_DELETE", gone | ({"guild_id": str(channel.guild)} if channel.guild else {}))

    def command(self, user: int, channel: Channel, name: str, /, **options: Any) -> Interaction:
        """Somebody runs `/hotseat <name>`, such as `practice` or `daily new`; `guest=True` where only they have the app."""
        guest, permissions = options.pop("guest", False), options.pop("permissions", ALL_PERMISSIONS)
        given: list[Payload] = []
        resolved: Payload = {}
        for key, value in options.items():
            if isinstance(value, Channel):
                may = self.world.member(user, value)["permissions"]
                resolved["channels"] = {str(value.id): {**self.world.shape(value), "permissions": may}}
                given.append({"name": key, "type": 7, "value": str(value.id)})
            elif key == "role":
                resolved["roles"] = {str(value): self.world.roles[value]}
                given.append({"name": key, "type": 8, "value": str(value)})
            else:
                given.append({"name": key, "type": 4 if isinstance(value, int) else 3, "value": value})
        data = {**_nested(name, given), "resolved": resolved}
        return self._interact(2, user, channel, data, guest=guest, permissions=permissions)

    def typing(self, user: int, channel: Channel, name: str, option: str, typed: str) -> Interaction:
        """Somebody types into an option that has a list."""
        given = [{"name": option, "type": 3, "value": typed, "focused": True}]
        return self._interact(4, user, channel, _nested(name, given))

    def menu(self, user: int, channel: Channel, message: Payload) -> Interaction:
        """Somebody uses the command in a message's menu."""
        resolved = {"messages": {message["id"]: message}}
        data = {
            "id": "2",
            "name": "Practise this question",
            "type": 3,
            "target_id": message["id"],
            "resolved": resolved,
        }
        return self._interact(2, user, channel, data)

    def press(self, user: int, message: Mapping[str, Any], label: str, *, guest: bool = False) -> Interaction:
        """Somebody presses a button by its label."""
        button = next(
            one for one in checks.walk(message["components"]) if one.get("label") == label and one["type"] == 2
        )
        channel = self.world.channels[int(message["channel_id"])]
        data = {"custom_id": button["custom_id"], "component_type": 2, "id": button["id"]}
        return self._interact(3, user, channel, data, guest=guest, message=message)

    def submit(self, user: int, opened: Interaction, values: Mapping[str, str]) -> Interaction:
        """Somebody sends the form that an interaction was answered with, leaving the rest as it is."""
        form = opened.form
        assert form is not None
        sent: list[Payload] = []
        for label in form["components"]:
            if label["type"] == checks.TEXT:
                sent.append({"type": checks.TEXT, "id": 1})
                continue
            entry = label["component"]
            value = values.get(entry["custom_id"], _preset(entry))
            typed = entry["type"] == checks.INPUT
            offered = {option["value"] for option in entry.get("options") or ()}
            assert not offered or set(value.split(",") if value else ()) <= offered, f"{value} is not in the list"
            held = {"value": value} if typed else {"values": value.split(",") if value else []}
            sent.append(
                {"type": 18, "id": 1, "component": {"type": entry["type"], "custom_id": entry["custom_id"], **held}}
            )
        data = {"custom_id": form["custom_id"], "components": sent}
        channel = self.world.channels[int(opened.payload["channel_id"])]
        more = {"message": opened.payload["message"]} if "message" in opened.payload else {}
        return self._interact(5, user, channel, data, guest=opened.guest, **more)

    def _interact(
        self, kind: int, user: int, channel: Channel, data: Payload, *, guest: bool = False, **more: Any
    ) -> Interaction:
        token = secrets.token_urlsafe(24)
        world = self.world
        payload: Payload = {
            "id": str(world.number()),
            "application_id": str(world.app),
            "type": kind,
            "data": data,
            "channel_id": str(channel.id),
            "channel": world.shape(channel),
            "token": token,
            "version": 1,
            "locale": "en-GB",
            "entitlements": [],
            "attachment_size_limit": 10_000_000,
            "app_permissions": more.pop("permissions", ALL_PERMISSIONS),
            "authorizing_integration_owners": {"1": str(user)} if guest else {"0": str(channel.guild or 0)},
            "context": 0 if channel.guild else (2 if guest else 1),
            **more,
        }
        if channel.guild:
            payload |= {
                "guild_id": str(channel.guild),
                "guild": {"id": str(channel.guild), "features": [], "locale": "en"},
            }
            payload["member"] = world.member(user, channel)
        else:
            payload["user"] = world.users[user]
        held = Interaction(payload, world.clock(), guest)
        world.interactions[token] = held
        world.emit("INTERACTION_CREATE", payload)
        return held

    # What people see.

    def screen(self, channel: Channel) -> list[Payload]:
        """The bot's messages in a channel, oldest first."""
        mine = str(self.world.app)
        return [message for _, message in sorted(channel.messages.items()) if message["author"]["id"] == mine]

    def texts(self, channel: Channel) -> list[str]:
        """What they say."""
        return [seen(message) for message in self.screen(channel)]

    async def shown(self, channel: Channel, *parts: str) -> Payload:
        """The newest message of the bot that says all of this, as soon as there is one."""

        def found() -> Payload | None:
            hits = [message for message in self.screen(channel) if all(part in seen(message) for part in parts)]
            return hits[-1] if hits else None

        message: Payload = await self.until(found)
        return message

    def thread_of(self, message: Payload) -> Channel | None:
        """The thread that hangs from a message."""
        return self.world.channels.get(int(message["id"]))

    def threads(self, parent: Channel) -> list[Channel]:
        """Threads that grew from a channel."""
        return [channel for channel in self.world.channels.values() if channel.parent == parent.id]


def _preset(entry: Mapping[str, Any]) -> str:
    """What stands in an entry of a form when it is opened."""
    if entry["type"] == checks.INPUT:
        return str(entry.get("value") or "")
    chosen = [one["value"] for one in entry.get("options") or () if one.get("default")]
    return ",".join(chosen or [str(one["id"]) for one in entry.get("default_values") or ()])


def _nested(name: str, given: list[Payload]) -> Payload:
    """A command below `/hotseat`, perhaps in a group of its own."""
    *groups, last = name.split()
    held: Payload = {"name": last, "type": 1, "options": given}
    for group in reversed(groups):
        held = {"name": group, "type": 2, "options": [held]}
    return {"id": "1", "name": "hotseat", "type": 1, "options": [held]}

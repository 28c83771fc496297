"""The gateway: sessions over websockets, with heartbeats, resuming and replay, and sessions that cannot be resumed."""

from __future__ import annotations

import asyncio
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from tests.fakes.discord.world import CONTENT, DIRECT_MESSAGES, GUILD_MESSAGES, Payload, World

DISPATCH, HEARTBEAT, IDENTIFY, RESUME, RECONNECT, INVALID, HELLO, ACK = 0, 1, 2, 6, 7, 9, 10, 11


@dataclass
class Session:
    """What one identify began."""

    id: str
    intents: int
    sequence: int = 0
    sent: list[Payload] = field(default_factory=list)
    socket: web.WebSocketResponse | None = None
    waiting: asyncio.Queue[Payload] = field(default_factory=asyncio.Queue)
    pump: asyncio.Task[None] | None = None

    def attach(self, socket: web.WebSocketResponse) -> None:
        """Send over this connection from now on, in order."""
        self.detach()
        self.socket, self.waiting = socket, asyncio.Queue()
        self.pump = asyncio.create_task(_pump(socket, self.waiting))

    def detach(self) -> None:
        """Send nothing more."""
        self.socket = None
        if self.pump is not None:
            self.pump.cancel()


class Gateway:
    """All sessions."""

    def __init__(self, world: World, token: str, intents: int) -> None:
        self._world = world
        self._token = token
        self.granted = intents
        self.refuses_tokens = False
        self.url = ""
        self.sessions: dict[str, Session] = {}
        self.open = asyncio.Event()
        self.open.set()
        self.log: list[str] = []
        world.emit = self.emit

    def emit(self, name: str, data: Payload) -> None:
        """Hand an event to every session that asked for its kind; one that is not connected gets it when it resumes."""
        for session in self.sessions.values():
            told = self._for(session, name, data)
            if told is not None:
                self._send(session, name, told)

    def again(self, count: int = 1) -> None:
        """Send the last events of every session once more, as a server that lost track does."""
        for session in self.sessions.values():
            for packet in session.sent[-count:]:
                self._put(session, packet)

    def _for(self, session: Session, name: str, data: Payload) -> Payload | None:
        if name not in {"MESSAGE_CREATE", "MESSAGE_UPDATE", "MESSAGE_DELETE"}:
            return data
        channel = self._world.channels[int(data["channel_id"])]
        if not session.intents & (GUILD_MESSAGES if channel.guild else DIRECT_MESSAGES):
            return None
        return data if name == "MESSAGE_DELETE" else self._world.readable(channel, data, session.intents)

    def _send(self, session: Session, name: str, data: Any) -> None:
        session.sequence += 1
        packet = {"op": DISPATCH, "t": name, "s": session.sequence, "d": data}
        session.sent.append(packet)
        self._put(session, packet)

    def _put(self, session: Session, packet: Payload) -> None:
        if session.socket is not None:
            session.waiting.put_nowait(packet)

    def forget_sessions(self) -> None:
        """No session can be resumed any more."""
        self.sessions.clear()

    async def cut(self, code: int = 4000) -> None:
        """Close every connection."""
        for session in list(self.sessions.values()):
            socket = session.socket
            session.detach()
            if socket is not None:
                await socket.close(code=code)

    async def ask_to_reconnect(self) -> None:
        """Ask every client to connect again."""
        for session in self.sessions.values():
            if session.socket is not None:
                await _write(session.socket, {"op": RECONNECT, "d": None, "s": None, "t": None})

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """One connection."""
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await self.open.wait()
        await _write(socket, {"op": HELLO, "d": {"heartbeat_interval": 41_250}, "s": None, "t": None})
        session: Session | None = None
        async for incoming in socket:
            if incoming.type is not WSMsgType.TEXT:
                break
            packet = json.loads(incoming.data)
            if packet["op"] == HEARTBEAT:
                await _write(socket, {"op": ACK, "d": None, "s": None, "t": None})
            elif packet["op"] == IDENTIFY:
                session = await self._identify(socket, packet["d"])
            elif packet["op"] == RESUME:
                session = await self._resume(socket, packet["d"])
        if session is not None and session.socket is socket:
            session.detach()
        return socket

    async def _identify(self, socket: web.WebSocketResponse, data: Payload) -> Session | None:
        self.log.append("identify")
        if data["token"] != self._token or self.refuses_tokens:
            await socket.close(code=4004)
            return None
        intents = int(data["intents"])
        if intents & CONTENT and not self.granted & CONTENT:
            await socket.close(code=4014)
            return None
        session = Session(secrets.token_hex(8), intents)
        session.attach(socket)
        world = self._world
        ready = {
            "v": 10,
            "user": world.me,
            "guilds": [{"id": str(guild), "unavailable": True} for guild in world.guilds],
            "session_id": session.id,
            "resume_gateway_url": self.url,
            "private_channels": [],
            "application": {"id": str(world.app), "flags": 0},
        }
        self._send(session, "READY", ready)
        for guild in world.guilds:
            self._send(session, "GUILD_CREATE", world.guild_shape(guild))
        self.sessions[session.id] = session
        return session

    async def _resume(self, socket: web.WebSocketResponse, data: Payload) -> Session | None:
        session = self.sessions.get(data["session_id"])
        if session is None or data["token"] != self._token:
            self.log.append("invalid")
            await _write(socket, {"op": INVALID, "d": False, "s": None, "t": None})
            return None
        self.log.append("resume")
        session.attach(socket)
        for packet in session.sent:
            if packet["s"] > (data["seq"] or 0):
                self._put(session, packet)
        self._send(session, "RESUMED", {})
        return session


async def _pump(socket: web.WebSocketResponse, waiting: asyncio.Queue[Payload]) -> None:
    while True:
        await _write(socket, await waiting.get())


async def _write(socket: web.WebSocketResponse, packet: Payload) -> None:
    if not socket.closed:
        try:
            await socket.send_str(json.dumps(packet))
        except (ConnectionError, RuntimeError):
            return

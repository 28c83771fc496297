"""The REST side: routes, what they refuse, rate-limit headers, and failures on demand."""

from __future__ import annotations

import json
import re
import socket
import struct
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from tests.fakes.discord import checks, replies
from tests.fakes.discord.gateway import Gateway
from tests.fakes.discord.world import Payload, Refused, World

BASE = "/api/v10"


@dataclass
class Fault:
    """A failure for the next calls that match: a status (0: the connection is reset, -1: done, but the answer is lost).
    `done`: what was asked for is done all the same before the status is answered."""

    method: str
    path: str
    status: int
    code: int = 0
    times: int = 1
    retry_after_s: float = 0.0
    via: bool = True
    done: bool = False


class Rest:
    """Routes over a world."""

    def __init__(self, world: World, gateway: Gateway, token: str) -> None:
        self._world = world
        self._gateway = gateway
        self._token = token
        self.faults: list[Fault] = []
        self.calls: list[tuple[str, str, Payload]] = []
        self._replies = replies.Replies(world)
        self._routes: list[tuple[str, str, Callable[..., Any]]] = [
            ("GET", r"/gateway(?:/bot)?", self._where),
            ("GET", r"/users/@me", lambda body: world.me),
            ("GET", r"/oauth2/applications/@me|/applications/@me", self._app),
            ("PUT", r"/applications/(\d+)/commands", self._put_commands),
            ("GET", r"/applications/(\d+)/commands", lambda body, app: world.commands),
            ("POST", r"/users/@me/channels", self._direct),
            ("GET", r"/channels/(\d+)", lambda body, channel: world.shape(world.find(int(channel)))),
            ("PATCH", r"/channels/(\d+)", self._edit_channel),
            ("POST", r"/channels/(\d+)/typing", self._typing),
            ("GET", r"/channels/(\d+)/messages", self._history),
            ("POST", r"/channels/(\d+)/messages", self._create),
            ("PATCH", r"/channels/(\d+)/messages/(\d+)", self._edit),
            ("DELETE", r"/channels/(\d+)/messages/(\d+)", self._delete),
            ("POST", r"/channels/(\d+)/threads", self._thread),
            ("POST", r"/channels/(\d+)/messages/(\d+)/threads", self._thread_from),
            ("PUT", r"/channels/(\d+)/thread-members/(\d+)", self._join),
            ("GET", r"/guilds/(\d+)/threads/active", self._threads),
            ("POST", r"/interactions/(\d+)/([^/]+)/callback", self._replies.callback),
            ("PATCH", r"/webhooks/(\d+)/([^/]+)/messages/@original", self._replies.edit_original),
            ("DELETE", r"/webhooks/(\d+)/([^/]+)/messages/@original", self._replies.delete_original),
            ("POST", r"/webhooks/(\d+)/([^/]+)", self._replies.follow_up),
        ]

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer one request, and tell whoever waits that something may have changed."""
        try:
            return await self._serve(request)
        finally:
            async with self._world.changed:
                self._world.changed.notify_all()

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        path = request.path.removeprefix(BASE)
        body, files = await _read(request)
        body["?"] = dict(request.query)
        self.calls.append((request.method, path, body))
        fault = self._fault(request.method, path)
        if fault is not None and fault.status >= 0 and not fault.done:
            return await _fail(request, fault)
        signed = path.startswith(("/interactions/", "/webhooks/"))
        if not signed and request.headers.get("Authorization") != f"Bot {self._token}":
            return _answer(401, {"code": 0, "message": "401: Unauthorized"})
        try:
            answered = _answer(*await self._handle(request.method, path, body, files))
        except checks.Invalid as invalid:
            code = 50006 if str(invalid).startswith("50006") else 50035
            answered = _answer(400, {"code": code, "message": "Invalid Form Body", "errors": {"field": str(invalid)}})
        except Refused as refused:
            answered = _answer(refused.status, {"code": refused.code, "message": refused.message})
        if fault is not None:
            return await (_fail(request, fault) if fault.status > 0 else _reset(request))
        return answered

    async def _handle(self, method: str, path: str, body: Payload, files: dict[str, bytes]) -> tuple[int, Any]:
        for wanted, pattern, handler in self._routes:
            found = re.fullmatch(pattern, path)
            if wanted == method and found is not None:
                body["files"] = files
                made = handler(body, *found.groups())
                made = await made if isinstance(made, Awaitable) else made
                return (204, None) if made is None else (200, made)
        raise Refused(404, 0, "404: Not Found")

    def _fault(self, method: str, path: str) -> Fault | None:
        for fault in self.faults:
            if fault.times and fault.method == method and re.fullmatch(fault.path, path):
                fault.times -= 1
                return fault
        return None

    # Routes.

    def _where(self, body: Payload) -> Payload:
        limit = {"total": 1000, "remaining": 999, "reset_after": 1000, "max_concurrency": 1}
        return {"url": self._gateway.url, "shards": 1, "session_start_limit": limit}

    def _app(self, body: Payload) -> Payload:
        flags = (1 << 18) if self._gateway.granted & (1 << 15) else 0
        app: Payload = {"id": str(self._world.app), "name": "Hotseat", "icon": None, "description": "", "flags": flags}
        app |= {
            "bot_public": True,
            "bot_require_code_grant": False,
            "verify_key": "0",
            "owner": self._world.me,
            "team": None,
        }
        return app | {"summary": "", "rpc_origins": []}

    def _put_commands(self, body: Payload, app: str) -> list[Payload]:
        checks.commands(body["list"])
        self._world.commands = [
            {**one, "id": str(self._world.number()), "application_id": app, "version": "1"}
            | {"default_member_permissions": None, "description": one.get("description", "")}
            for one in body["list"]
        ]
        return self._world.commands

    def _direct(self, body: Payload) -> Payload:
        return self._world.shape(self._world.direct(int(body["recipient_id"])))

    def _edit_channel(self, body: Payload, channel: str) -> Payload:
        found = self._world.find(int(channel))
        if found.locked:
            raise Refused(403, 50013, "Missing Permissions")
        found.archived = bool(body.get("archived", found.archived))
        return self._world.shape(found)

    def _typing(self, body: Payload, channel: str) -> None:
        self._world.typed.append(self._world.find(int(channel)).id)

    def _history(self, body: Payload, channel: str) -> list[Payload]:
        found = self._world.find(int(channel))
        query = body["?"]
        after, limit = int(query.get("after", 0)), int(query.get("limit", 50))
        before = int(query.get("before", 1 << 63))
        if not 1 <= limit <= 100:
            raise Refused(400, 50035, "limit")
        wanted = [message for id_, message in sorted(found.messages.items()) if after < id_ < before]
        wanted = wanted[:limit] if "after" in query else wanted[-limit:]
        return [self._world.readable(found, message, self._gateway.granted) for message in reversed(wanted)]

    def _create(self, body: Payload, channel: str) -> Payload:
        return self._world.post(self._world.find(int(channel)), body, body["files"])

    def _message(self, channel: str, message: str) -> Payload:
        found = self._world.find(int(channel)).messages.get(int(message))
        if found is None:
            raise Refused(404, 10008, "Unknown Message")
        return found

    def _edit(self, body: Payload, channel: str, message: str) -> Payload:
        found = self._message(channel, message)
        checks.message({"flags": found["flags"], **body}, len(body["files"]), edit=True)
        if self._world.find(int(channel)).archived:
            raise Refused(400, 50083, "Thread is archived")
        found.update(self._world.made({"flags": found["flags"], **body}, body["files"]))
        found["edited_timestamp"] = self._world.moment()
        where = self._world.find(int(channel))
        self._world.emit("MESSAGE_UPDATE", self._world.outside(where, found))
        return found

    def _delete(self, body: Payload, channel: str, message: str) -> None:
        self._message(channel, message)
        where = self._world.find(int(channel))
        del where.messages[int(message)]
        gone = {"id": message, "channel_id": channel, **({"guild_id": str(where.guild)} if where.guild else {})}
        self._world.emit("MESSAGE_DELETE", gone)

    def _thread(self, body: Payload, channel: str) -> Payload:
        parent = self._world.find(int(channel))
        if body["type"] not in {11, 12} or parent.type not in {0, 5} or len(body["name"]) > 100:
            raise Refused(400, 50035, "Invalid Form Body")
        return self._world.shape(self._world.thread(parent, body["type"], body["name"]))

    def _thread_from(self, body: Payload, channel: str, message: str) -> Payload:
        self._message(channel, message)
        if int(message) in self._world.channels:
            raise Refused(400, 160004, "A thread has already been created for this message")
        parent = self._world.find(int(channel))
        if parent.type not in {0, 5}:
            raise Refused(400, 50024, "Cannot execute action on this channel type")
        return self._world.shape(self._world.thread(parent, 11, body["name"], int(message)))

    def _join(self, body: Payload, channel: str, user: str) -> None:
        self._world.find(int(channel)).people.add(int(user))

    def _threads(self, body: Payload, guild: str) -> Payload:
        own = [one for one in self._world.channels.values() if one.guild == int(guild) and one.type in {11, 12}]
        return {
            "threads": [self._world.shape(one) for one in own if not one.archived],
            "members": [],
            "has_more": False,
        }


async def _read(request: web.Request) -> tuple[Payload, dict[str, bytes]]:
    if request.content_type == "multipart/form-data":
        form = await request.post()
        files = {part.filename: part.file.read() for part in form.values() if isinstance(part, web.FileField)}
        return json.loads(str(form["payload_json"])), files
    text = await request.text()
    held = json.loads(text) if text else {}
    return ({"list": held} if isinstance(held, list) else held), {}


def _answer(status: int, body: Any) -> web.Response:
    headers = {
        "Via": "1.1 fake",
        "X-RateLimit-Limit": "50",
        "X-RateLimit-Remaining": "49",
        "X-RateLimit-Reset-After": "1",
    }
    headers["X-RateLimit-Reset"] = "1"
    if status == 204:
        return web.Response(status=204, headers=headers)
    # Exactly this content type: discord.py takes one with a charset for plain text.
    headers["Content-Type"] = "application/json"
    return web.Response(status=status, body=json.dumps(body).encode(), headers=headers)


async def _fail(request: web.Request, fault: Fault) -> web.StreamResponse:
    if fault.status == 0:
        return await _reset(request)
    body: Payload = {"code": fault.code, "message": "on demand"}
    answer = _answer(fault.status, body)
    if fault.status == 429:
        body |= {"retry_after": fault.retry_after_s, "global": False}
        answer = _answer(429, body)
        answer.headers["Retry-After"] = str(fault.retry_after_s)
        if not fault.via:
            del answer.headers["Via"]
    return answer


async def _reset(request: web.Request) -> web.StreamResponse:
    """Break the connection the hard way: the other side gets ECONNRESET."""
    assert request.transport is not None
    raw = request.transport.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    request.transport.abort()
    return web.Response(status=500)

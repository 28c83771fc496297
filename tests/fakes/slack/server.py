"""The server: the Web API over HTTP, Socket Mode over a websocket, and deliveries to an app's own address, signed.

A delivery is timed until it is acknowledged and sent again when it is not, as Slack does (without its minutes of waiting).
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
import uuid
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, urlencode

import aiohttp
from aiohttp import WSMsgType, web

from tests.fakes.slack.api import Api
from tests.fakes.slack.checks import Refused
from tests.fakes.slack.people import Member
from tests.fakes.slack.workspace import APP, BOT_ID, BOT_USER, TEAM, Channel, Message, Workspace

ACK_WITHIN_S = 3.0
DELIVERIES = 4  # Slack sends an event up to three times again


class Fault(Enum):
    """Ways in which a call fails."""

    RATE = "ratelimited"
    BROKEN = "500"
    GATEWAY = "503 with a page"
    HANGS_UP = "the connection closes before anything is done"
    ACCEPTED_THEN_GONE = "done, but the connection closes before the answer"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One payload and what became of it: `status` and `answer` of the last try, `tries`, `ack_ms` of the last."""

    tries: int
    status: int
    answer: Mapping[str, Any]
    ack_ms: float


@dataclass(slots=True)
class FakeSlack:
    """A running workspace: `async with FakeSlack() as slack: ... slack.api_url`.

    `events_url` is the app's address for HTTP; without one, deliveries go over Socket Mode. `echo` delivers the app's own
    messages to it, as Slack does. `streams` says whether native streaming is allowed, `scopes` what the token may do (empty: a
    server that does not say).
    """

    port: int = 0
    events_url: str = ""
    echo: bool = True
    streams: bool = True
    bot_token: str = "xoxb-fake"
    app_token: str = "xapp-fake"
    signing_secret: str = "5160c0ffee"
    scopes: tuple[str, ...] = ()
    space: Workspace = field(default_factory=Workspace)
    api_url: str = ""
    calls: Counter[str] = field(default_factory=Counter)
    journal: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    deleted: list[Message] = field(default_factory=list)
    deliveries: list[Delivery] = field(default_factory=list)
    sent: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    connected: asyncio.Event = field(default_factory=asyncio.Event)
    _faults: dict[str, list[tuple[Fault | str, int]]] = field(default_factory=dict)
    _triggers: dict[str, tuple[str, float]] = field(default_factory=dict)
    _sockets: list[web.WebSocketResponse] = field(default_factory=list)
    _acks: dict[str, asyncio.Future[Mapping[str, Any]]] = field(default_factory=dict)
    _background: set[asyncio.Task[Any]] = field(default_factory=set)
    _runner: web.AppRunner | None = None
    _session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> FakeSlack:
        app = web.Application(client_max_size=4 * 1024 * 1024)
        app.router.add_route("*", "/api/{method}", self._call)
        app.router.add_get("/socket", self._socket)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]
        self.api_url = f"http://127.0.0.1:{self.port}/api/"
        self._session = aiohttp.ClientSession()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for task in self._background:
            task.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)
        for socket in list(self._sockets):
            await socket.close()
        assert self._session is not None
        assert self._runner is not None
        await self._session.close()
        await self._runner.cleanup()

    # The workspace

    def member(self, name: str, admin: bool = False) -> Member:
        """A person of this workspace."""
        user = f"U{name.upper()}"
        self.space.people[user] = name
        if admin:
            self.space.admins.add(user)
        return Member(self, user, name)

    def channel(self, name: str, *members: Member, bot: bool = True) -> str:
        """A channel with these members, made by the first of them; its id."""
        found = Channel(f"C{name.upper()}", name, {member.user for member in members})
        found.creator = members[0].user if members else ""
        if bot:
            found.members.add(BOT_USER)
        self.space.channels[found.id] = found
        return found.id

    def fail(self, method: str, *faults: Fault | str, retry_after_s: int = 1) -> None:
        """Let the next calls of a method fail, in this order; a text is the error Slack answers with, an empty one none."""
        self._faults.setdefault(method, []).extend((fault, retry_after_s) for fault in faults)

    def trigger(self, user: str) -> str:
        """A trigger id: good for one form within three seconds."""
        found = f"{self.space.number()}.{uuid.uuid4().hex[:12]}"
        self._triggers[found] = (user, time.monotonic())
        return found

    def spend_trigger(self, found: str) -> str:
        """Use a trigger id; whose it was."""
        if found not in self._triggers:
            raise Refused("invalid_trigger_id")
        user, at = self._triggers[found]
        if time.monotonic() - at > ACK_WITHIN_S:
            raise Refused("expired_trigger_id")
        del self._triggers[found]
        return user

    def keep_view(self, view: dict[str, Any], user: str) -> dict[str, Any]:
        """Show a form to somebody."""
        found = {
            **view,
            "id": f"V{self.space.number()}",
            "team_id": TEAM,
            "app_id": APP,
            "bot_id": BOT_ID,
            "user": user,
            "hash": str(self.space.number()),
        }
        self.space.views[found["id"]] = found
        self.changed.set()
        return found

    def change_view(self, name: str, view: dict[str, Any]) -> dict[str, Any]:
        """Show something else in a form that is open; its id stays."""
        found = {**self.space.views[name], **view, "hash": str(self.space.number())}
        if "submit" not in view:
            found.pop("submit", None)
        self.space.views[name] = found
        self.changed.set()
        return found

    def posted(self, message: Message) -> None:
        """A message of the app's stands there now; the app hears of it like everybody."""
        self.changed.set()
        if self.echo:
            event = message.payload() | {
                "channel": message.channel,
                "channel_type": self.space.channels[message.channel].kind,
            }
            self.later(self.event(event))

    def later(self, doing: Awaitable[Any]) -> None:
        """Do something in the background."""
        task = asyncio.ensure_future(doing)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def until(self, true: Callable[[], Any], what: str, seconds: float = 8.0) -> Any:
        """Wait until something shows; what it returned."""
        try:
            async with asyncio.timeout(seconds):
                while not (found := true()):
                    self.changed.clear()
                    if found := true():
                        break
                    await self.changed.wait()
        except TimeoutError:
            raise AssertionError(f"never: {what}") from None
        return found

    # To the app

    async def event(self, event: Mapping[str, Any], event_id: str = "", **envelope: Any) -> Delivery:
        """Deliver an event of the Events API."""
        body = {
            "token": "unused",
            "team_id": TEAM,
            "api_app_id": APP,
            "event": event,
            "type": "event_callback",
            "event_id": event_id or f"Ev{uuid.uuid4().hex[:10]}",
            "event_time": int(time.time()),
            "authorizations": [{"enterprise_id": None, "team_id": TEAM, "user_id": BOT_USER, "is_bot": True}],
            **envelope,
        }
        return await self.deliver("events_api", body)

    async def deliver(self, kind: str, body: Mapping[str, Any], most: int = DELIVERIES) -> Delivery:
        """Deliver a payload until it is acknowledged; interactions and commands are sent once."""
        most = most if kind == "events_api" else 1
        self.sent.append((kind, body))
        for number in range(most):
            began = time.monotonic()
            try:
                async with asyncio.timeout(ACK_WITHIN_S):
                    status, answer = await (self._by_http if self.events_url else self._by_socket)(kind, body, number)
            except TimeoutError:
                status, answer = 0, {}
            found = Delivery(number + 1, status, answer, (time.monotonic() - began) * 1000)
            if status == 200:
                break
        self.deliveries.append(found)
        return found

    def signed(self, body: str) -> dict[str, str]:
        """Headers that prove a body is Slack's."""
        stamp = str(int(time.time()))
        mac = hmac.new(self.signing_secret.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
        return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={mac}"}

    async def _by_http(self, kind: str, body: Mapping[str, Any], number: int) -> tuple[int, Mapping[str, Any]]:
        if kind == "events_api":
            text, content = json.dumps(body), "application/json"
        else:
            fields = body if kind == "slash_commands" else {"payload": json.dumps(body)}
            text, content = urlencode(fields), "application/x-www-form-urlencoded"
        headers = self.signed(text) | {"Content-Type": content}
        if number:
            headers |= {"X-Slack-Retry-Num": str(number), "X-Slack-Retry-Reason": "http_error"}
        assert self._session is not None
        try:
            async with self._session.post(self.events_url, data=text.encode(), headers=headers) as response:
                answer = await response.text()
                return response.status, _answer(answer, response.content_type)
        except aiohttp.ClientError:
            return 0, {}

    async def _by_socket(self, kind: str, body: Mapping[str, Any], number: int) -> tuple[int, Mapping[str, Any]]:
        if not self._sockets:
            return 0, {}
        envelope = str(uuid.uuid4())
        acked = self._acks[envelope] = asyncio.get_running_loop().create_future()
        sent = {
            "envelope_id": envelope,
            "type": kind,
            "payload": body,
            "accepts_response_payload": kind != "events_api",
        }
        if kind == "events_api":
            sent |= {"retry_attempt": number, "retry_reason": "timeout" if number else ""}
        try:
            await self._sockets[number % len(self._sockets)].send_json(sent)
            return 200, await acked
        finally:
            self._acks.pop(envelope, None)

    # From the app

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self._sockets.append(socket)
        await socket.send_json(
            {"type": "hello", "num_connections": len(self._sockets), "connection_info": {"app_id": APP}}
        )
        self.connected.set()
        try:
            async for message in socket:
                if message.type is not WSMsgType.TEXT:
                    break
                found = json.loads(message.data)
                acked = self._acks.get(found.get("envelope_id", ""))
                if acked is not None and not acked.done():
                    acked.set_result(found.get("payload") or {})
        finally:
            self._sockets.remove(socket)
        return socket

    async def disconnect(self) -> None:
        """Close every Socket Mode connection, as Slack does every few hours."""
        self.connected.clear()
        for socket in list(self._sockets):
            await socket.close()

    async def _call(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["method"]
        sent = await _arguments(request)
        self.calls[name] += 1
        self.journal.append((name, sent))
        self.changed.set()
        planned = self._faults.get(name)
        fault, retry_after_s = planned.pop(0) if planned else (None, 0)
        if fault is Fault.RATE:
            answer = {"ok": False, "error": "ratelimited"}
            return web.json_response(answer, status=429, headers={"Retry-After": str(retry_after_s)})
        if fault is Fault.BROKEN:
            return web.json_response({"ok": False, "error": "internal_error"}, status=500)
        if fault is Fault.GATEWAY:
            return web.Response(text="<html>Something is broken</html>", content_type="text/html", status=503)
        if fault is Fault.HANGS_UP:
            return _hung_up(request)
        if isinstance(fault, str) and fault:
            return web.json_response({"ok": False, "error": fault})
        headers = {"x-oauth-scopes": ",".join(self.scopes)} if self.scopes else {}
        response = web.json_response(self._answered(name, request, sent), headers=headers)
        return _hung_up(request) if fault is Fault.ACCEPTED_THEN_GONE else response

    def _answered(self, name: str, request: web.Request, sent: Mapping[str, Any]) -> dict[str, Any]:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ") or str(sent.get("token", ""))
        if not token:
            return {"ok": False, "error": "not_authed"}
        if name == "apps.connections.open":
            if token != self.app_token:
                return {"ok": False, "error": "invalid_auth"}
            return {"ok": True, "url": f"ws://127.0.0.1:{self.port}/socket?ticket={uuid.uuid4().hex}"}
        if token != self.bot_token:
            return {"ok": False, "error": "invalid_auth"}
        method = Api(self).method(name)
        if method is None:
            return {"ok": False, "error": "unknown_method"}
        try:
            return {"ok": True, **method(sent)}
        except Refused as refused:
            notes = {"response_metadata": {"messages": list(refused.messages)}} if refused.messages else {}
            return {"ok": False, "error": refused.error, **notes}


def _hung_up(request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def _arguments(request: web.Request) -> dict[str, Any]:
    found: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        found |= await request.json()
    elif request.can_read_body:
        found |= {name: values[0] for name, values in parse_qs(await request.text()).items()}
    return found


def _answer(text: str, content: str) -> Mapping[str, Any]:
    if content == "application/json" and text:
        found = json.loads(text)
        return found if isinstance(found, dict) else {}
    return {"text": text} if text else {}

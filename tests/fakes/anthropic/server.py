"""The server itself: routes, streaming, faults, and a journal of everything asked."""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

from aiohttp import web

from tests.fakes.anthropic import brain as brains
from tests.fakes.anthropic import checks
from tests.fakes.anthropic.cache import Cache, Usage, pieces, tokens
from tests.fakes.anthropic.faults import STATUS, Fault, Faulty

_CHUNK = 24
_SECRET = frozenset({"authorization", "x-api-key"})
_THOUGHT = "Reading the sentences against the list."


@dataclass(frozen=True, slots=True)
class Seen:
    """One request as it arrived and what became of it. `answer` and `usage` are None where there was none."""

    path: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]
    fault: Fault | None = None
    usage: Usage | None = None
    output: int = 0

    @property
    def model(self) -> str:
        """The model asked for."""
        return str(self.body.get("model"))

    @property
    def text(self) -> str:
        """Every word of the prompt, in order."""
        return brains.text_of(self.body)

    @property
    def said(self) -> str:
        """The words of the message, without the system's."""
        return brains.text_of({"messages": self.body["messages"]})


@dataclass(slots=True)
class _Planned:
    faulty: Faulty
    model: str


@dataclass(slots=True)
class Fake:
    """A running server: `async with Fake() as fake: ... fake.base_url`.

    `key` is the only key it takes (None: any), `rejects` are request fields it does not know (as a server with the same API
    but fewer features), `brain` makes the answers, `clock` ages its cache, `pace_s` waits between pieces of an answer.
    """

    brain: brains.Brain = brains.sensible
    key: str | None = None
    rejects: frozenset[str] = frozenset()
    clock: Callable[[], float] = time.monotonic
    port: int = 0
    pace_s: float = 0.0
    journal: list[Seen] = field(default_factory=list)
    base_url: str = ""
    _planned: list[_Planned] = field(default_factory=list)
    _ids: Any = field(default_factory=lambda: itertools.count(1))
    _stopping: asyncio.Event | None = None
    _runner: web.AppRunner | None = None
    _cache: Cache | None = None

    def next(self, fault: Fault, *, model: str = "", times: int = 1, retry_after_s: int = 3600) -> None:
        """Fail the next `times` requests (to `model`, if one is named) in this way; faults queue up."""
        self._planned += [_Planned(Faulty(fault, retry_after_s), model) for _ in range(times)]

    def calm(self) -> None:
        """Forget faults that have not struck yet."""
        self._planned.clear()

    async def __aenter__(self) -> Fake:
        self._stopping = asyncio.Event()
        self._cache = Cache(self.clock)
        app = web.Application(client_max_size=32 * 1024**2)
        app.router.add_post("/v1/messages", self._messages)
        app.router.add_post("/v1/messages/count_tokens", self._count)
        app.router.add_get("/v1/models", self._models)
        app.router.add_get("/v1/models/{model}", self._model)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]
        self.base_url = f"http://127.0.0.1:{self.port}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._stopping is not None
        assert self._runner is not None
        self._stopping.set()
        await self._runner.cleanup()

    def _fault(self, model: str) -> Faulty | None:
        for index, planned in enumerate(self._planned):
            if planned.model in {"", model}:
                return self._planned.pop(index).faulty
        return None

    async def _messages(self, request: web.Request) -> web.StreamResponse:
        try:
            body = await request.json()
            checks.headers(request.headers, self.key)
            rules = checks.body(body, self.rejects)
        except checks.Refused as refused:
            self._note(request, body)
            return _error(refused.status, refused.kind, refused.message)
        except ValueError:
            return _error(400, "invalid_request_error", "the body is not JSON")
        planned = self._fault(str(body["model"]))
        fault = planned.fault if planned else None
        if planned is not None and fault in STATUS:
            self._note(request, body, fault)
            status, kind, message = STATUS[fault]
            after = {"retry-after": str(planned.retry_after_s)} if fault is Fault.RATE_LIMITED else {}
            return _error(status, kind, message, after)
        if fault is Fault.NOT_JSON:
            self._note(request, body, fault)
            return web.Response(text="<html>Welcome to the airport wifi</html>", content_type="text/html")
        if fault is Fault.SILENT:
            self._note(request, body, fault)
            return await self._never(request)
        assert self._cache is not None
        usage = self._cache.use(str(body["model"]), rules.cache_minimum, pieces(body))
        text, stop = self._words(body, fault)
        thought = _THOUGHT if "adaptive" in rules.thinking and _thinks(body, rules) else ""
        output = tokens(text) + tokens(thought)
        self._note(request, body, fault, usage, output)
        start = self._message(body, usage)
        if not body.get("stream"):
            content = [{"type": "thinking", "thinking": thought, "signature": "c2ln"}] if thought else []
            content.append({"type": "text", "text": text})
            whole = {"content": content, "stop_reason": stop, "usage": usage.as_json() | {"output_tokens": output}}
            return web.json_response(start | whole)
        return await self._stream(request, start, (thought, text, stop, output), fault)

    def _words(self, body: Mapping[str, Any], fault: Fault | None) -> tuple[str, str]:
        """The answer's text and its stop reason."""
        if fault is Fault.REFUSAL:
            return "", "refusal"
        if fault is Fault.MALFORMED:
            return 'I would say {"intent": "answer", "move": one', "end_turn"
        answer = self.brain(body)
        if fault is Fault.NONSENSE:
            answer = brains.made_up(brains.schema_of(body))
        elif fault is Fault.UNKNOWN_SENTENCE:
            answer = brains.sentences_made_up(answer)
        elif fault is Fault.OBEYS:
            answer = brains.obedient(body)
        text = json.dumps(answer)
        if fault is Fault.TRUNCATED:
            return text[: len(text) // 2], "max_tokens"
        if body["max_tokens"] < tokens(text):
            return text[: body["max_tokens"] * 4], "max_tokens"
        return text, "end_turn"

    def _message(self, body: Mapping[str, Any], usage: Usage) -> dict[str, Any]:
        return {
            "id": f"msg_{next(self._ids):06d}",
            "type": "message",
            "role": "assistant",
            "model": body["model"],
            "content": [],
            "stop_reason": None,
            "stop_sequence": None,
            "usage": usage.as_json() | {"output_tokens": 1},
        }

    async def _stream(
        self,
        request: web.Request,
        message: dict[str, Any],
        answer: tuple[str, str, str, int],
        fault: Fault | None,
    ) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-cache"})
        await response.prepare(request)
        breaks = {Fault.CUT, Fault.STALLS, Fault.ENDS_EARLY, Fault.ERROR_EVENT}
        async for event, left in _events(message, *answer, self.pace_s):
            if fault in breaks and left <= 2:
                break
            await _send(response, event)
        if fault is Fault.CUT:
            assert request.transport is not None
            request.transport.abort()
        elif fault is Fault.STALLS:
            return await self._never(request, response)
        elif fault is Fault.ERROR_EVENT:
            await _send(response, {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}})
        return response

    async def _never(self, request: web.Request, response: web.StreamResponse | None = None) -> web.StreamResponse:
        """Say nothing until the server is stopped."""
        assert self._stopping is not None
        await self._stopping.wait()
        if request.transport is not None:
            request.transport.abort()
        return response or web.Response()

    async def _count(self, request: web.Request) -> web.Response:
        try:
            body = await request.json()
            checks.headers(request.headers, self.key)
            checks.body(body, self.rejects, counting=True)
        except checks.Refused as refused:
            return _error(refused.status, refused.kind, refused.message)
        return web.json_response({"input_tokens": sum(piece.tokens for piece in pieces(body))})

    async def _models(self, request: web.Request) -> web.Response:
        listed = [_info(model) for model in checks.MODELS]
        return web.json_response(
            {"data": listed, "has_more": False, "first_id": listed[0]["id"], "last_id": listed[-1]["id"]}
        )

    async def _model(self, request: web.Request) -> web.Response:
        model = request.match_info["model"]
        if model not in checks.MODELS:
            return _error(404, "not_found_error", f"model: {model}")
        return web.json_response(_info(model))

    def _note(
        self,
        request: web.Request,
        body: Any,
        fault: Fault | None = None,
        usage: Usage | None = None,
        output: int = 0,
    ) -> None:
        kept = {name: held for name, held in request.headers.items() if name.lower() not in _SECRET}
        self.journal.append(Seen(request.path, kept, body, fault, usage, output))


def _thinks(body: Mapping[str, Any], rules: checks.Rules) -> bool:
    asked = (body.get("thinking") or {}).get("type")
    return bool(asked == "adaptive" or (asked is None and "adaptive" in rules.thinking))


def _info(model: str) -> dict[str, Any]:
    return {
        "id": model,
        "type": "model",
        "display_name": model,
        "created_at": "2026-09-28T00:00:00Z",
        "lifecycle": "active",
    }


def _error(status: int, kind: str, message: str, headers: Mapping[str, str] | None = None) -> web.Response:
    body = {"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_fake"}
    return web.json_response(body, status=status, headers={"request-id": "req_fake", **(headers or {})})


async def _send(response: web.StreamResponse, event: Mapping[str, Any]) -> None:
    await response.write(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode())


async def _events(
    message: Mapping[str, Any], thought: str, text: str, stop: str, output: int, pace_s: float
) -> AsyncIterator[tuple[dict[str, Any], int]]:
    """The events of a stream, each with how many are still to come."""
    events: list[dict[str, Any]] = [{"type": "message_start", "message": message}, {"type": "ping"}]
    if thought:
        block: dict[str, Any] = {"type": "thinking", "thinking": "", "signature": ""}
        events.append({"type": "content_block_start", "index": 0, "content_block": block})
        events.append(_delta(0, {"type": "thinking_delta", "thinking": thought}))
        events.append(_delta(0, {"type": "signature_delta", "signature": "c2ln"}))
        events.append({"type": "content_block_stop", "index": 0})
    at = 1 if thought else 0
    if text:
        events.append({"type": "content_block_start", "index": at, "content_block": {"type": "text", "text": ""}})
        pieces = [text[start : start + _CHUNK] for start in range(0, len(text), _CHUNK)]
        events += [_delta(at, {"type": "text_delta", "text": piece}) for piece in pieces]
        events.append({"type": "content_block_stop", "index": at})
    delta: dict[str, Any] = {"stop_reason": stop, "stop_sequence": None}
    if stop == "refusal":
        delta["stop_details"] = {"type": "refusal", "category": "frontier_llm", "explanation": None}
    events.append({"type": "message_delta", "delta": delta, "usage": {"output_tokens": output}})
    events.append({"type": "message_stop"})
    for index, event in enumerate(events):
        if pace_s and event["type"] == "content_block_delta":
            await asyncio.sleep(pace_s)
        yield event, len(events) - index


def _delta(index: int, delta: dict[str, Any]) -> dict[str, Any]:
    return {"type": "content_block_delta", "index": index, "delta": delta}

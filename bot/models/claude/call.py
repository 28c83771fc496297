"""One question to Claude and its answer: which model, how long, what after a fault, and what it cost.

A call is streamed, so that silence is noticed early and usage is known even when the answer is lost. Every request is built
here from blocks; what the blocks say is `prompt`'s, what the answer means is `turn`'s and `grade`'s.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeVar

from bot.chat.ids import Person
from bot.interview.interviewer import Away
from bot.models.claude import parameters, prompt
from bot.models.claude.client import check, make_client, warm_up
from bot.models.claude.faults import ACCOUNT, PASSING, Breaker, Fault, Kind, fault_of
from bot.models.claude.ledger import Ledger, NoLedger, Usage, cost_usd
from bot.models.claude.parameters import ClaudeSettings, Purpose
from bot.models.claude.prompt import Block

if TYPE_CHECKING:
    from anthropic.types import RawMessageStreamEvent

    from bot.models.claude.client import Client

T = TypeVar("T")
Hears = Callable[[str], Awaitable[None]]
"""Told of the whole text so far, whenever there is more."""

_log = logging.getLogger(__name__)

_ACCOUNT = "account"
_PAUSE_S = 0.5
_LONGEST_PAUSE_S = 2.0
_LEAST_S = 0.05
_FIRST_SHARE = 0.6


class Unusable(Exception):
    """The answer has the right shape and still cannot be used; the message tells the model why."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One question: what it is for, whose interview it belongs to, the prompt, and the shape of the answer."""

    purpose: str
    session: str
    person: Person | None
    system: tuple[Block, ...]
    message: tuple[Block, ...]
    schema: Mapping[str, object]


@dataclass(slots=True)
class _Tally:
    """What a running call has used up and said so far."""

    seen: bool = False
    plain: int = 0
    read: int = 0
    written: dict[str, int] = field(default_factory=dict)
    output: int = 0
    text: str = ""
    stop: str = ""
    ended: bool = False


class Claude:
    """The line to Claude, shared by interviewer and grader: one client, one memory of outages, one ledger.

    ValueError when the settings lack something. Connects when first used; `aclose` when done.
    """

    def __init__(
        self, settings: ClaudeSettings, ledger: Ledger | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        check(settings)
        self.settings = settings
        self.clock = clock
        self._ledger = NoLedger() if ledger is None else ledger
        self._breaker = Breaker(settings.outage_s, settings.longest_outage_s, clock)
        self._client: Client | None = None
        self._cause = ""
        # Fields a server has said it does not know, per model, so that they are not sent again.
        self._without: dict[str, set[str]] = {}

    async def aclose(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.close()
            self._client = None

    async def answer(
        self, ask: Ask, read: Callable[[Mapping[str, Any]], T], until: float, hears: Hears | None = None
    ) -> T:
        """Ask, read the answer, and return what `read` makes of it; `Away` when nothing usable came by `until`.

        A passing fault is tried again or put to the second model. An answer that `read` calls `Unusable` is sent back
        once, with the reason.
        """
        purpose = self._purpose(ask)
        tries = [purpose.model] * (1 + purpose.retries)
        tries += [purpose.fallback] if purpose.fallback else []
        corrected = False
        reason = "no model is available for now"
        if not self._breaker.allows(_ACCOUNT):
            raise Away(reason, self._cause)
        if self._client is None:
            await warm_up()
        while tries:
            model = tries.pop(0)
            left = until - self.clock()
            if left < _LEAST_S:
                break
            if not self._breaker.allows(model):
                tries = [other for other in tries if other != model]
                continue
            # The last model gets all that is left; an earlier one must leave time for the next.
            within_s = min(left * _FIRST_SHARE, purpose.first_s) if set(tries) - {model} else left
            try:
                text = await self._once(model, purpose, ask, within_s, hears)
            except Fault as fault:
                reason = fault.kind.value
                self._breaker.failed(_ACCOUNT if fault.kind in ACCOUNT else model, fault)
                _log.warning("%s call to %s failed: %s", ask.purpose, model, reason)
                if fault.kind in ACCOUNT:
                    self._cause = fault.kind.name.lower()
                    break
                tries = await self._after(fault, model, tries)
                continue
            self._breaker.worked(model)
            self._breaker.worked(_ACCOUNT)
            self._cause = ""
            try:
                return read(_parsed(text))
            except Unusable as problem:
                reason = "its answer could not be used"
                _log.warning("%s answer of %s could not be used", ask.purpose, model)
                if corrected:
                    break
                corrected = True
                ask = replace(ask, message=(*ask.message, prompt.correction(str(problem))))
                tries = [model]
        raise Away(reason, self._cause) from None

    def _purpose(self, ask: Ask) -> Purpose:
        return self.settings.grade if ask.purpose == "grade" else self.settings.turn

    async def _after(self, fault: Fault, model: str, tries: list[str]) -> list[str]:
        """Which tries are left after a fault, having waited a little if the same model is next."""
        again = bool(tries) and tries[0] == model
        if again and fault.kind in PASSING and fault.retry_after_s <= _LONGEST_PAUSE_S:
            await asyncio.sleep(max(fault.retry_after_s, _PAUSE_S))
            return tries
        return [other for other in tries if other != model]

    async def _once(self, model: str, purpose: Purpose, ask: Ask, within_s: float, hears: Hears | None) -> str:
        """One answer of one model, without the fields its server rejects; `Fault` when there is none."""
        until = self.clock() + within_s
        while True:
            without = self._without.setdefault(model, set())
            try:
                return await self._call(model, purpose, ask, max(until - self.clock(), _LEAST_S), hears)
            except Fault as fault:
                if not fault.rejected or fault.rejected in without:
                    raise
                without.add(fault.rejected)

    async def _call(self, model: str, purpose: Purpose, ask: Ask, within_s: float, hears: Hears | None) -> str:
        tally = _Tally()
        try:
            async with asyncio.timeout(within_s):
                await self._stream(self._request(model, purpose, ask), purpose, tally, hears)
        except Exception as error:  # noqa: BLE001 - whatever it is, the turn goes on without Claude
            fault = fault_of(error)
            # Not chained: the SDK's error holds the request, and with it what the candidate wrote.
            raise fault from None
        finally:
            if tally.seen:
                await self._record(model, ask, tally)
        if tally.stop == "refusal":
            raise Fault(Kind.REFUSED)
        if not tally.ended or not tally.stop:
            raise Fault(Kind.CUT)
        if tally.stop != "end_turn":
            raise Fault(Kind.TRUNCATED)
        return tally.text

    async def _stream(self, request: dict[str, Any], purpose: Purpose, tally: _Tally, hears: Hears | None) -> None:
        import anthropic

        if self._client is None:
            self._client = make_client(self.settings)
        timeout = anthropic.Timeout(purpose.silence_s, connect=min(5.0, purpose.silence_s))
        async with await self._client.messages.create(**request, stream=True, timeout=timeout) as stream:
            async for event in stream:
                before = len(tally.text)
                _count(event, tally)
                if hears is not None and len(tally.text) > before:
                    await hears(tally.text)

    def _request(self, model: str, purpose: Purpose, ask: Ask) -> dict[str, Any]:
        known = parameters.model(model)
        without = self._without.get(model, set())
        message = ask.message
        if "output_config" in without:
            message = (*message, prompt.plain_json(ask.schema))
        caches = "cache_control" not in without
        request: dict[str, Any] = {
            "model": model,
            "max_tokens": purpose.max_tokens,
            "system": [self._block(block, caches) for block in ask.system],
            "messages": [{"role": "user", "content": [self._block(block, caches) for block in message]}],
        }
        if "output_config" not in without:
            request["output_config"] = {"format": {"type": "json_schema", "schema": ask.schema}}
            if purpose.effort in known.efforts and "output_config.effort" not in without:
                request["output_config"]["effort"] = purpose.effort
        thinking = purpose.thinking if purpose.thinking in known.thinkings else known.thinking
        if thinking and "thinking" not in without:
            request["thinking"] = {"type": thinking}
        return request

    def _block(self, block: Block, caches: bool) -> dict[str, Any]:
        built: dict[str, Any] = {"type": "text", "text": block.text}
        if block.cached and caches:
            built["cache_control"] = {"type": "ephemeral", "ttl": self.settings.cache_ttl}
        return built

    async def _record(self, model: str, ask: Ask, tally: _Tally) -> None:
        usage = Usage(
            purpose=ask.purpose,
            session=ask.session,
            person=ask.person,
            model=model,
            input=tally.plain,
            cache_read=tally.read,
            cache_write=sum(tally.written.values()),
            output=tally.output,
            usd=cost_usd(model, tally.plain, tally.read, tally.written, tally.output),
        )
        try:
            await self._ledger.record(usage)
        except Exception as error:  # noqa: BLE001 - a gap in the books must not cost anyone their turn
            _log.warning("a call was not recorded: %s", type(error).__name__)


def _count(event: RawMessageStreamEvent, tally: _Tally) -> None:
    """Add one event of a stream to what is known of the call."""
    if event.type == "message_start":
        tally.seen = True
        usage = event.message.usage
        tally.plain, tally.read = usage.input_tokens, usage.cache_read_input_tokens or 0
        hour = usage.cache_creation.ephemeral_1h_input_tokens if usage.cache_creation else 0
        tally.written = {"5m": (usage.cache_creation_input_tokens or 0) - hour, "1h": hour}
        tally.output = usage.output_tokens
    elif event.type == "content_block_delta" and event.delta.type == "text_delta":
        tally.text += event.delta.text
    elif event.type == "message_delta":
        tally.output = event.usage.output_tokens
        tally.stop = event.delta.stop_reason or ""
    elif event.type == "message_stop":
        tally.ended = True


def _parsed(text: str) -> Mapping[str, Any]:
    """The JSON object in an answer; `Unusable` if there is none. A server without schemas may put a fence around it."""
    try:
        parsed = json.loads(text[text.index("{") : text.rindex("}") + 1])
    except ValueError:
        parsed = None
    if not isinstance(parsed, dict):
        raise Unusable("the answer was not one JSON object of the shape asked for")
    return parsed

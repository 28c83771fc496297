"""The connection to Slack: Socket Mode or signed HTTP through Bolt, in; replies, out.

What changes state is stored before Slack hears that we have it: Bolt's listeners acknowledge first unless told otherwise,
so requests are taken in a middleware, which answers last. What has to be answered at once is answered from `Reception`. How
payloads are read is in `parse`, what happens with them in `receive`, how replies are posted in `post`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
from aiohttp import web
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack import check, errors, parse
from bot.adapters.slack.calls import Calls, quiet_logger
from bot.adapters.slack.held import Waits
from bot.adapters.slack.post import Poster
from bot.adapters.slack.progress import Board
from bot.adapters.slack.receive import Receiver
from bot.chat.adapter import Accept, NotServed, Reception
from bot.chat.ids import Address
from bot.chat.meanings import Progress
from bot.chat.replies import Reply

_log = logging.getLogger(__name__)

PATH = "/slack/events"
"""Where Slack's HTTP requests arrive; slack-manifest.yaml names it too."""

_PATIENCE_S = 2.0
_TRIES = 5


@dataclass(frozen=True, slots=True)
class Access:
    """Credentials and addresses. With an app token Slack is reached by Socket Mode, with a signing secret it calls us."""

    bot_token: str
    app_token: str = ""
    signing_secret: str = ""
    host: str = "0.0.0.0"  # noqa: S104 - in a container there is no other way
    port: int = 3000
    api_url: str = "https://slack.com/api/"


class SlackAdapter:
    """Slack, one workspace. Implements `Serving`, `Looking` and `ShowsProgress`."""

    platform = parse.PLATFORM

    def __init__(self, access: Access, clock: Callable[[], int]) -> None:
        self._access = access
        self._clock = clock
        self._calls = Calls(access.bot_token, access.api_url)
        self._poster = Poster(self._calls)
        self._board = Board(self._calls)
        self.ready = asyncio.Event()
        self.port = access.port

    # Out

    async def post(self, reply: Reply, known: str) -> str:
        """See `Adapter.post`."""
        return await self._post(reply, known, doubtful=False)

    async def post_again(self, reply: Reply, known: str) -> str:
        """See `Looking.post_again`."""
        return await self._post(reply, known, doubtful=True)

    async def _post(self, reply: Reply, known: str, *, doubtful: bool) -> str:
        reference = await self._poster.post(reply, known, doubtful=doubtful)
        await self._board.done(reply.to)
        return reference

    async def typing(self, conversation: Address) -> None:
        """See `Adapter.typing`: a status in threads, in the background."""
        self._board.typing(conversation)

    async def progress(self, conversation: Address, progress: Progress) -> None:
        """See `ShowsProgress.progress`."""
        self._board.step(conversation, progress)

    async def close(self) -> None:
        """End what is shown of work and close all connections; `run` does so itself."""
        await self._board.close()
        await self._calls.close()

    # In

    async def run(self, accept: Accept, reception: Reception) -> None:
        """See `Serving.run`."""
        if not self._access.app_token and not self._access.signing_secret:
            raise NotServed(
                "Slack needs a way in: set HOTSEAT_SLACK_APP_TOKEN (xapp-…, Socket Mode) or HOTSEAT_SLACK_SIGNING_SECRET (HTTP)."
            )
        self._poster.accept, self._poster.reception = accept, reception
        self._board.reception = reception
        try:
            bot = await self._introduced()
            receiver = Receiver(self._calls, self._poster, bot, accept, reception, self._clock)
            app = self._bolt(receiver)
            serve = self._by_socket if self._access.app_token else self._by_http
            try:
                await serve(app)
            finally:
                await receiver.close()
        finally:
            self.ready.clear()
            await self.close()

    async def _introduced(self) -> parse.Bot:
        """Who we are; patient with a Slack that is away, not with a token it refuses."""
        tries = 0
        while True:
            try:
                answer = await self._calls.client.auth_test()
            except SlackApiError as error:
                word = errors.code(error)
                if word in errors.MISCONFIGURED | errors.REMOVED or not (word or errors.status(error) >= 429):
                    raise NotServed(
                        f"Slack lets us in no more ({word or 'no reason given'}): {errors.fix(word)}."
                    ) from None
            except (aiohttp.ClientError, TimeoutError, OSError):
                tries += 1
                if tries >= _TRIES:
                    raise NotServed(
                        f"Slack cannot be reached at {self._calls.base_url}; check the network and HOTSEAT_SLACK_API_URL."
                    ) from None
            else:
                for finding in check.missing(answer.headers):
                    _log.warning("%s. %s %s", finding.what, finding.why, finding.fix)
                return parse.Bot(*(str(answer.get(name) or "") for name in ("user_id", "bot_id", "team_id")))
            await asyncio.sleep(_PATIENCE_S)

    def _bolt(self, receiver: Receiver) -> AsyncApp:
        return Tolerant(
            name="hotseat",
            client=AsyncWebClient(token=self._access.bot_token, base_url=self._calls.base_url, logger=quiet_logger()),
            signing_secret=self._access.signing_secret,
            before_authorize=Intake(receiver),
            process_before_response=True,
            ignoring_self_events_enabled=False,  # `parse` does, and survives any shape
            attaching_function_token_enabled=False,
            attaching_conversation_kwargs_enabled=False,
            logger=quiet_logger(),
        )

    async def _by_http(self, app: AsyncApp) -> None:
        runner = web.AppRunner(app.web_app(PATH), access_log=None, handle_signals=False, shutdown_timeout=3.0)
        await runner.setup()
        try:
            site = web.TCPSite(runner, self._access.host, self._access.port)
            try:
                await site.start()
            except OSError as error:
                raise NotServed(
                    f"Port {self._access.port} cannot be listened on ({error.strerror or 'refused'}); "
                    "free it or set HOTSEAT_SLACK_PORT."
                ) from None
            self.port = runner.addresses[0][1]
            self.ready.set()
            await asyncio.Event().wait()
        finally:
            await runner.cleanup()

    async def _by_socket(self, app: AsyncApp) -> None:
        from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler

        web_client = AsyncWebClient(base_url=self._calls.base_url, logger=quiet_logger())
        await self._check_app_token(web_client)
        handler = AsyncSocketModeHandler(app, self._access.app_token, web_client=web_client, logger=quiet_logger())
        try:
            await handler.connect_async()  # type: ignore[no-untyped-call]
            self.ready.set()
            await asyncio.Event().wait()
        finally:
            await handler.close_async()  # type: ignore[no-untyped-call]

    async def _check_app_token(self, client: AsyncWebClient) -> None:
        """The SDK would try a wrong token for ever."""
        try:
            await client.apps_connections_open(app_token=self._access.app_token)
        except SlackApiError as error:
            word = errors.code(error)
            if errors.status(error) == 200 and word not in errors.BUSY | errors.DOUBTFUL:
                raise NotServed(
                    f"Slack opens no Socket Mode connection ({word or 'no reason given'}): {check.SOCKET_FIX}"
                ) from None
        except (aiohttp.ClientError, TimeoutError, OSError):
            return  # it may be back in a moment; the SDK waits for that


class Intake(AsyncMiddleware):
    """Hands what Bolt has verified to the receiver, and answers when the receiver has returned.

    A middleware behind the check of the signature, rather than listeners: Bolt's matching and injecting trips over payloads
    that lack a part, takes half of the time of a request, and asks Slack who we are while somebody waits. What is nobody's
    business is acknowledged too, or Slack would send it again.
    """

    def __init__(self, receiver: Receiver) -> None:
        self._receiver = receiver

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,
        next: Callable[[], Awaitable[BoltResponse]],  # noqa: A002 - Bolt's name for it
    ) -> BoltResponse:
        """The acknowledgement; status 500, which asks for the same again, when something could not be taken."""
        del resp
        if req.body.get("type") == "url_verification":
            return await next()
        try:
            answer = await self._handle(req.body)
        except Waits:
            return BoltResponse(status=500, body="")
        except Exception as error:  # noqa: BLE001 - not in the error's own words, which may quote somebody
            _log.error("an incoming request failed: %s", where(error))
            return BoltResponse(status=500, body="")
        return await (req.context.ack() if answer is None else req.context.ack(**answer))

    async def _handle(self, body: Mapping[str, Any]) -> dict[str, Any] | None:
        receiver = self._receiver
        if "command" in body and "type" not in body:
            return await receiver.command(body)
        handle = {
            "event_callback": receiver.event,
            "block_actions": receiver.action,
            "view_submission": receiver.submission,
            "block_suggestion": receiver.options,
            "message_action": receiver.shortcut,
        }.get(str(body.get("type")))
        return await handle(body) if handle is not None else None


class Tolerant(AsyncApp):
    """Bolt, when a request has a shape that it did not foresee: such a request is no business of ours."""

    async def async_dispatch(self, req: AsyncBoltRequest) -> BoltResponse:
        """See `AsyncApp.async_dispatch`."""
        try:
            return await super().async_dispatch(req)
        except Exception as error:  # noqa: BLE001 - whatever Bolt stumbles over
            _log.warning("a request of unknown shape was ignored: %s", where(error))
            # Over HTTP its signature may not have been looked at yet.
            return BoltResponse(status=200 if req.mode == "socket_mode" else 400, body="")


def where(error: BaseException) -> str:
    """What kind of error and in which line."""
    place, trace = "?", error.__traceback__
    while trace is not None:
        place, trace = f"{trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}", trace.tb_next
    return f"{type(error).__name__} at {place}"

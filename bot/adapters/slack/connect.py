"""The connection to Slack: Socket Mode or signed HTTP through Bolt, in; replies, out.

What changes state is stored before Slack hears that we have it (`process_before_response`: Bolt would otherwise acknowledge
first). What has to be answered at once is answered from `Reception`. How payloads are read is in `parse`, what happens with
them in `receive`, how replies are posted in `post`.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
from aiohttp import web
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack import errors, parse
from bot.adapters.slack.calls import Calls, quiet_logger
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

_EVERYTHING = re.compile(r".*", re.DOTALL)
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
            app = self._bolt(bot, receiver)
            serve = self._by_socket if self._access.app_token else self._by_http
            try:
                await serve(app)
            finally:
                await receiver.close()
        finally:
            self.ready.clear()
            await self._board.close()
            await self._calls.close()

    async def _introduced(self) -> parse.Bot:
        """Who we are; patient with a Slack that is away, not with a token it refuses."""
        tries = 0
        while True:
            try:
                answer = await self._calls("auth.test")
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
                return parse.Bot(*(str(answer.get(name) or "") for name in ("user_id", "bot_id", "team_id")))
            await asyncio.sleep(_PATIENCE_S)

    def _bolt(self, bot: parse.Bot, receiver: Receiver) -> AsyncApp:
        # Bolt asks Slack who we are at its first request, and drops that request when Slack is slow to say; we know already.
        known = AuthorizeResult(
            enterprise_id=None,
            team_id=bot.team,
            bot_id=bot.bot,
            bot_user_id=bot.user,
            bot_token=self._access.bot_token,
        )

        async def authorize() -> AuthorizeResult:
            return known

        app = AsyncApp(
            name="hotseat",
            client=AsyncWebClient(base_url=self._calls.base_url, logger=quiet_logger()),
            authorize=authorize,
            signing_secret=self._access.signing_secret,
            process_before_response=True,
            logger=quiet_logger(),
            attaching_function_token_enabled=False,
            attaching_conversation_kwargs_enabled=False,
        )
        register(app, receiver)
        return app

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
        handler = AsyncSocketModeHandler(app, self._access.app_token, web_client=web_client, logger=quiet_logger())
        try:
            await self._connected(handler)
            self.ready.set()
            await asyncio.Event().wait()
        finally:
            await handler.close_async()  # type: ignore[no-untyped-call]

    async def _connected(self, handler: Any) -> None:
        tries = 0
        while True:
            try:
                await handler.connect_async()
            except SlackApiError as error:
                word = errors.code(error)
                raise NotServed(
                    f"Slack opens no Socket Mode connection ({word or 'no reason given'}): HOTSEAT_SLACK_APP_TOKEN must be an "
                    "app-level token (xapp-…) with connections:write, from Basic Information."
                ) from None
            except (aiohttp.ClientError, TimeoutError, OSError):
                tries += 1
                if tries >= _TRIES:
                    raise NotServed("Slack's Socket Mode cannot be reached; check the network.") from None
                await asyncio.sleep(_PATIENCE_S)
            else:
                return


Body = Mapping[str, Any]


def register(app: AsyncApp, receiver: Receiver) -> None:
    """Everything Slack can send, to the receiver: what is nobody's business is acknowledged too, or Slack would send it again."""

    def answered(handle: Callable[[Body], Awaitable[Any]]) -> Callable[..., Awaitable[None]]:
        async def listener(body: Body, ack: Callable[..., Awaitable[Any]]) -> None:
            answer = await handle(body)
            await (ack() if answer is None else ack(**answer))

        return listener

    app.event(_EVERYTHING)(answered(receiver.event))
    app.command(_EVERYTHING)(answered(receiver.command))
    app.action(_EVERYTHING)(answered(receiver.action))
    app.view_submission(_EVERYTHING)(answered(receiver.submission))
    app.view_closed(_EVERYTHING)(answered(receiver.ignored))
    app.options(_EVERYTHING)(answered(receiver.options))
    app.shortcut(_EVERYTHING)(answered(receiver.shortcut))

    @app.error
    async def failed(error: Exception) -> BoltResponse:
        # Not acknowledged, so Slack sends an event again; and not in the error's own words, which may quote somebody.
        _log.error("an incoming request failed: %s", type(error).__name__)
        return BoltResponse(status=500, body="")

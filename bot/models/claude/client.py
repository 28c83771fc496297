"""Makes the SDK's client, for whichever platform serves the models. The only place that chooses between them."""

from __future__ import annotations

import asyncio
import importlib
import logging
from importlib.util import find_spec
from typing import TYPE_CHECKING

from bot.models.claude.parameters import ClaudeSettings

if TYPE_CHECKING:
    from anthropic import AsyncAnthropic, AsyncAnthropicBedrock, AsyncAnthropicVertex

    Client = AsyncAnthropic | AsyncAnthropicBedrock | AsyncAnthropicVertex


_NEEDS = {"bedrock": ("boto3",), "vertex": ("google", "google.auth")}
"""What a platform's extra brings: a package after the one it is in."""


async def warm_up() -> None:
    """Import the SDK on a thread, so that neither start-up nor the first turn waits for it."""
    await asyncio.to_thread(_import)


def _import() -> None:
    for name in ("anthropic", "anthropic.resources.messages", "anthropic.types.raw_message_stream_event"):
        importlib.import_module(name)


def check(settings: ClaudeSettings) -> None:
    """ValueError, in plain words, when something a client needs is missing. Does not import the SDK."""
    if settings.provider == "anthropic" and not settings.api_key:
        raise ValueError("Claude needs an API key")
    if settings.provider == "anthropic" and not settings.base_url.startswith(("http://", "https://")):
        raise ValueError("the address of the Messages API must start with http:// or https://")
    if settings.provider != "anthropic" and not settings.region:
        raise ValueError(f"Claude on {settings.provider.title()} needs a region")
    if settings.provider == "vertex" and not settings.project:
        raise ValueError("Claude on Vertex needs a project")
    if not all(find_spec(library) for library in _NEEDS.get(settings.provider, ())):
        raise ValueError(
            f"Claude on {settings.provider.title()} needs more libraries: pip install 'hotseat[{settings.provider}]'"
        )


def make_client(settings: ClaudeSettings) -> Client:
    """The SDK's client for these settings; ValueError when something it needs is missing.

    The SDK never retries by itself: it would obey a server that asks it to wait for an hour. It never traces either.
    """
    check(settings)
    # At debug level the SDK logs whole requests, and with them what candidates wrote.
    logging.getLogger("anthropic").setLevel(logging.WARNING)
    if settings.provider == "bedrock":
        from anthropic import AsyncAnthropicBedrock

        return AsyncAnthropicBedrock(aws_region=settings.region, max_retries=0, open_telemetry=False)
    if settings.provider == "vertex":
        from anthropic import AsyncAnthropicVertex

        return AsyncAnthropicVertex(
            region=settings.region, project_id=settings.project, max_retries=0, open_telemetry=False
        )
    from anthropic import AsyncAnthropic

    return AsyncAnthropic(api_key=settings.api_key, base_url=settings.base_url, max_retries=0, open_telemetry=False)

"""Whether Discord would have us, looked up without changing anything there; and the link that invites the bot."""

from __future__ import annotations

import aiohttp
import discord

from bot.adapters.discord.connect import NO_INTENT, NO_TOKEN
from bot.chat.findings import Finding, broken, could, good

PERMISSIONS = discord.Permissions(
    view_channel=True,
    send_messages=True,
    send_messages_in_threads=True,
    create_public_threads=True,
    create_private_threads=True,
    attach_files=True,
    read_message_history=True,
)
"""What the bot uses in a server, and nothing else: docs/discord.md says what each is for."""

_PORTAL = "https://discord.com/developers/applications"


def invite(application: int) -> str:
    """The link that adds the bot to a server with exactly the permissions it uses."""
    return discord.utils.oauth_url(application, permissions=PERMISSIONS, scopes=("bot", "applications.commands"))


async def check(token: str, *, message_content: bool, api_url: str = "") -> list[Finding]:
    """What is right and wrong with a Discord app."""
    if api_url:
        discord.http.Route.BASE = api_url.rstrip("/")
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
    client = discord.Client(intents=discord.Intents.none())
    try:
        async with client:
            await client.login(token)
            assert client.application_id is not None
            flags = client.application_flags
            name = client.user.name if client.user is not None else ""
            application = client.application_id
    except discord.LoginFailure:
        return [broken("Discord refuses the token", "Without it nobody can reach Hotseat on Discord.", NO_TOKEN)]
    except (discord.HTTPException, aiohttp.ClientError, OSError, TimeoutError) as error:
        return [
            broken(
                f"Discord cannot be reached ({type(error).__name__})",
                "Hotseat keeps trying, but serves nobody there meanwhile.",
                "Look at this machine's network and proxy, and at https://discordstatus.com.",
            )
        ]
    found = [good(f"Discord knows the bot as {name}"), good(f"Invite it with {invite(application)}")]
    granted = flags.gateway_message_content or flags.gateway_message_content_limited
    if message_content and not granted:
        found.append(broken("The Message Content Intent is missing", "Discord would refuse the connection.", NO_INTENT))
    elif granted and not message_content:
        found.append(
            could(
                "The Message Content Intent is granted, but not used",
                "With it, answers can simply be typed in threads.",
                "Set HOTSEAT_DISCORD_MESSAGE_CONTENT=true, or switch the intent off.",
            )
        )
    elif not granted:
        found.append(
            could(
                "Answers in threads are given by the Answer button or a mention",
                "What is simply typed in a thread can only be read with the Message Content Intent.",
                f"If you want that: switch it on on the Bot page of {_PORTAL}, and set HOTSEAT_DISCORD_MESSAGE_CONTENT=true.",
            )
        )
    else:
        found.append(good("Answers can be typed in threads (Message Content Intent)"))
    return found

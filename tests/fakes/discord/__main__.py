"""`python -m tests.fakes.discord`: a Discord to point the bot at, with one person in direct messages: you.

What you type is written to the bot; what it shows is printed. A line `!label` presses the newest button of that name.
"""

from __future__ import annotations

import argparse
import asyncio
import sys

from tests.fakes.discord.checks import walk
from tests.fakes.discord.server import TOKEN, Discord
from tests.fakes.discord.world import seen


async def main(port: int) -> None:
    """Serve until the input ends."""
    discord = Discord(content=True)
    await discord.start(port)
    print("HOTSEAT_DISCORD_TOKEN=" + TOKEN)
    print("HOTSEAT_DISCORD_API_URL=" + discord.api_url)
    print("HOTSEAT_DISCORD_GATEWAY_URL=" + discord.gateway.url, flush=True)
    you = discord.world.person("You")
    channel = discord.world.direct(you)
    watching = asyncio.create_task(_watch(discord, channel.id))
    try:
        while line := await asyncio.to_thread(sys.stdin.readline):
            text = line.strip()
            if not text.startswith("!"):
                discord.dm(you, text)
                continue
            holding = [
                message
                for message in discord.screen(channel)
                if any(one.get("label") == text[1:] for one in walk(message["components"]))
            ]
            if holding:
                discord.press(you, holding[-1], text[1:])
    finally:
        watching.cancel()
        await discord.stop()


async def _watch(discord: Discord, channel: int) -> None:
    shown: set[str] = set()
    while True:
        for message in discord.screen(discord.world.channels[channel]):
            if message["id"] not in shown:
                shown.add(message["id"])
                print(f"\n{seen(message)}", flush=True)
        async with discord.world.changed:
            await discord.world.changed.wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="where to listen (default: any free port)")
    try:
        asyncio.run(main(parser.parse_args().port))
    except KeyboardInterrupt:
        sys.exit(130)

"""Run the fake as a program: `python -m tests.fakes.slack [--port N] [--events URL]`.

Type to say something to the app in a direct message; `/hotseat …` gives the command; `!Label` presses a button.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import sys

from tests.fakes.slack import FakeSlack, Member


async def _typed(member: Member, line: str) -> None:
    if line.startswith("/hotseat"):
        answer = (await member.runs(line.removeprefix("/hotseat").strip())).answer
        if answer.get("text"):
            print(f"  (only you) {answer['text']}", flush=True)
    elif line.startswith("!"):
        message = next(each for each in reversed(member.sees()) if f"[{line[1:]}]" in each.shown)
        await member.presses(line[1:], message)
    elif line:
        await member.says(line)


async def _show(slack: FakeSlack, member: Member) -> None:
    told: set[str] = set()
    while True:
        slack.changed.clear()
        for message in member.sees():
            if message.by_bot and message.ts not in told:
                told.add(message.ts)
                print(f"\n{message.shown}\n", flush=True)
        await slack.changed.wait()


async def _serve(port: int, events: str) -> None:
    async with FakeSlack(port=port, events_url=events) as slack:
        ann = slack.member("ann")
        way = (
            f"HOTSEAT_SLACK_SIGNING_SECRET={slack.signing_secret}"
            if events
            else f"HOTSEAT_SLACK_APP_TOKEN={slack.app_token}"
        )
        print(f"A stand-in for Slack listens on {slack.api_url}. Use it from another terminal:")
        print(f"  HOTSEAT_SLACK_API_URL={slack.api_url} HOTSEAT_SLACK_BOT_TOKEN={slack.bot_token} {way} hotseat run")
        print("Type here as Ann in a direct message. Ctrl-D stops it.", flush=True)
        showing = asyncio.create_task(_show(slack, ann))
        while line := await asyncio.to_thread(sys.stdin.readline):
            try:
                await _typed(ann, line.strip())
            except (AssertionError, StopIteration) as error:
                print(f"  {error}", flush=True)
        showing.cancel()


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m tests.fakes.slack", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="port to listen on (default: any free one)")
    parser.add_argument("--events", default="", help="the app's address for signed HTTP (default: Socket Mode)")
    options = parser.parse_args()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(options.port, options.events))


if __name__ == "__main__":
    main()

"""The commands Discord knows of: `/hotseat …` with lists to choose from, and a question taken from a message."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, cast

import discord
from discord import app_commands

from bot.adapters.discord import limits, parse
from bot.adapters.discord.inert import fit
from bot.adapters.discord.interact import FORGET, Interactions
from bot.adapters.discord.places import How
from bot.chat import daily
from bot.chat.meanings import Paragraph

if TYPE_CHECKING:
    from bot.adapters.discord.client import Client

HELP = (
    "/hotseat practice starts a mock interview: in a thread here, or right away in a direct message. Answer in your own words; "
    "ask me what you would ask on the job. hint, skip, pause, time, stop: any of these as a message of its own, or the "
    "buttons. At the end you rate yourself, then you see feedback that quotes you. /hotseat history shows the last ones. "
    "/hotseat daily is a question for a whole channel, day by day, with answers that stay sealed until all are opened."
)
Interaction = discord.Interaction[Any]


def register(client: Client) -> None:
    """Put the commands into the client's tree; they ask `client.arrivals` what to do."""

    def desk() -> Interactions:
        assert client.arrivals is not None
        return client.arrivals.interactions

    hotseat = app_commands.Group(
        name="hotseat",
        description="Practise interviews: a demanding interviewer, and feedback that quotes you.",
        allowed_installs=app_commands.AppInstallationType(guild=True, user=True),
        allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True),
    )

    def listed(field: str) -> Any:
        async def choose(interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
            del interaction
            rows = await desk().choices(field, current)
            return [app_commands.Choice(name=fit(label, limits.OPTION_LABEL), value=value) for value, label in rows]

        return choose

    @hotseat.command(name="practice", description="Start a mock interview.")
    @app_commands.describe(
        type="kind of question",
        level="the level you practise for",
        question="this very question",
        minutes="length of the interview",
        persona="who interviews you",
        thread="who else may read along, in a server",
    )
    @app_commands.choices(
        thread=[
            app_commands.Choice(name="only you and me", value="private"),
            app_commands.Choice(name="everybody in this channel", value="public"),
        ]
    )
    @app_commands.autocomplete(
        type=listed("type"), level=listed("level"), question=listed("question"), persona=listed("persona")
    )
    async def practice(
        interaction: Interaction,
        type: str | None = None,  # noqa: A002 - the name people see
        level: str | None = None,
        question: str | None = None,
        minutes: app_commands.Range[int, 1, 120] | None = None,
        persona: str | None = None,
        thread: str = "private",
    ) -> None:
        asked = {"type": type, "level": level, "question": question, "minutes": minutes, "persona": persona}
        options = {name: str(value) for name, value in asked.items() if value is not None}
        await desk().practice(interaction, options, cast("How", thread))

    @hotseat.command(name="history", description="Your last interviews.")
    async def history(interaction: Interaction) -> None:
        await desk().history(interaction)

    @hotseat.command(name="help", description="What you can do here.")
    async def help_(interaction: Interaction) -> None:
        await desk().tell(interaction, (Paragraph(HELP),))

    @hotseat.command(name="forget-me", description="Remove everything Hotseat keeps about you.")
    async def forget_me(interaction: Interaction) -> None:
        await desk().tell(interaction, (FORGET,))

    register_daily(hotseat, desk, listed)

    async def practise_this(interaction: Interaction, message: discord.Message) -> None:
        await desk().practise_this(interaction, "\n".join(_texts(message)))

    menu = app_commands.ContextMenu(
        name="Practise this question",
        callback=practise_this,
        allowed_installs=hotseat.allowed_installs,
        allowed_contexts=hotseat.allowed_contexts,
    )
    client.tree.add_command(hotseat)
    client.tree.add_command(menu)


def register_daily(hotseat: app_commands.Group, desk: Callable[[], Interactions], listed: Callable[[str], Any]) -> None:
    """Put `/hotseat daily …` below the command."""
    group = app_commands.Group(name="daily", description="A question for this channel, day by day.", parent=hotseat)

    def several(field: str) -> Any:
        async def choose(interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
            del interaction
            rows = parse.completions(current, await desk().choices(field, ""))[: limits.OPTIONS]
            return [
                app_commands.Choice(name=fit(label, limits.OPTION_LABEL), value=value)
                for value, label in rows
                if len(value) <= limits.OPTION_LABEL
            ]

        return choose

    @group.command(name="list", description="What is asked in this channel, and how to change it.")
    async def list_(interaction: Interaction) -> None:
        await desk().daily.ran(interaction, daily.LIST)

    @group.command(name="board", description="Who takes part in this channel.")
    async def board(interaction: Interaction) -> None:
        await desk().daily.ran(interaction, daily.BOARD)

    @group.command(name="suggest", description="Suggest a question for this channel.")
    async def suggest(interaction: Interaction) -> None:
        await desk().daily.form(interaction, daily.SUGGEST)

    @group.command(name="mine", description="Your own reminder, time zone and listing in this channel.")
    async def mine(interaction: Interaction) -> None:
        await desk().daily.form(interaction, daily.MINE)

    @group.command(name="new", description="Set up a daily question, for those who run the channel.")
    @app_commands.describe(
        time="at what time, such as 9:30",
        zone="in which time zone: part of a city",
        days="weekdays, daily, or mon wed fri; weekdays if you say nothing",
        reveal="after how many hours the answers are opened; 8 if you say nothing",
        types="kinds of question, with commas between; any if you say nothing",
        levels="levels, with commas between; any if you say nothing",
        tags="only with these tags, with commas between",
        packs="only from these packs, with commas between",
        role="who is notified; nobody if you say nothing",
        quiet="days without a question, such as 24 Dec - 2 Jan",
        name="what it is called",
        numbers="levels and streaks, or words only",
        channel="where it is asked; here if you say nothing",
    )
    @app_commands.choices(
        numbers=[
            app_commands.Choice(name="show levels and streaks", value="yes"),
            app_commands.Choice(name="low pressure: words only", value="no"),
        ]
    )
    @app_commands.autocomplete(zone=listed("zone"), types=several("type"), levels=several("level"))
    async def new(
        interaction: Interaction,
        time: str | None = None,
        zone: str | None = None,
        days: str | None = None,
        reveal: app_commands.Range[int, 1, 168] | None = None,
        types: str | None = None,
        levels: str | None = None,
        tags: str | None = None,
        packs: str | None = None,
        role: discord.Role | None = None,
        quiet: str | None = None,
        name: str | None = None,
        numbers: str | None = None,
        channel: discord.TextChannel | None = None,
    ) -> None:
        typed = {"time": time, "zone": zone, "days": days, "reveal": reveal, "types": types, "levels": levels}
        typed |= {"tags": tags, "packs": packs, "quiet": quiet, "name": name, "numbers": numbers}
        fields = {field: str(value) for field, value in typed.items() if value is not None}
        again = " ".join(("/hotseat daily new", *(f"{field}:{value}" for field, value in fields.items())))
        for field, chosen in (("role", role), ("channel", channel)):
            if chosen is not None:
                fields[field] = str(chosen.id)
        await desk().daily.new(interaction, fields, again)


def _texts(message: discord.Message) -> Iterator[str]:
    """Everything a message says, on its cards, too."""
    yield message.content
    waiting: list[Any] = list(message.components)
    while waiting:
        component = waiting.pop(0)
        waiting += list(getattr(component, "children", ()))
        content = getattr(component, "content", None)
        if isinstance(content, str):
            yield content

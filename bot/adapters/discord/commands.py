"""The commands Discord knows of: `/hotseat …` with lists to choose from, and a question taken from a message."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, cast

import discord
from discord import app_commands

from bot.adapters.discord import limits
from bot.adapters.discord.inert import fit
from bot.adapters.discord.interact import FORGET, Interactions
from bot.adapters.discord.places import How
from bot.chat.meanings import Paragraph

if TYPE_CHECKING:
    from bot.adapters.discord.client import Client

HELP = (
    "/hotseat practice starts a mock interview: in a thread here, or right away in a direct message. Answer in your own words; "
    "ask me what you would ask on the job. hint, skip, pause, time, stop: any of these as a message of its own, or the "
    "buttons. At the end you rate yourself, then you see feedback that quotes you. /hotseat history shows the last ones."
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

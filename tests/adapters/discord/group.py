"""A member of a channel and the adapter in front of a scripted reception: the harness of what adapters promise groups."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from bot.adapters.discord import parse
from bot.adapters.discord.connect import DiscordAdapter
from bot.chat.adapter import Notes
from bot.chat.events import Event
from bot.chat.ids import Board
from bot.chat.replies import Reply
from tests.adapters.daily_contract import Scripted
from tests.fakes.discord import checks
from tests.fakes.discord.server import Discord, now_ms
from tests.fakes.discord.world import MANAGE_CHANNELS, Interaction, Payload, seen

AGAIN = "Try again"


def page(interaction: Interaction) -> str:
    """What the form that an interaction was answered with shows."""
    form = interaction.form
    assert form is not None
    shown = [form["title"], seen(form)]
    for entry in checks.walk(form["components"]):
        shown += [entry.get(name) or "" for name in ("description", "placeholder", "value")]
        shown += [option["label"] for option in entry.get("options") or ()]
    return "\n".join(shown)


def answered(interaction: Interaction) -> str:
    """What was said in answer to an interaction."""
    return "\n".join(seen(one) for one in (interaction.original, *interaction.followups) if one)


class Group:
    """Ann, who runs a channel, with the adapter."""

    def __init__(self, server: Discord, notes: Notes) -> None:
        self.server = server
        world = server.world
        self.ann = world.person("Ann")
        self.guild = world.guild("Study group")
        self.general = world.channel(self.guild)
        self.role_id = world.role(self.guild, "ML folk")
        world.wear(self.ann, world.role(self.guild, "Organiser", MANAGE_CHANNELS))
        self.adapter = DiscordAdapter(
            server.token, notes, now_ms, api_url=server.api_url, gateway_url=server.gateway.url, identify_pause_s=0
        )
        self.desk = Scripted()
        self.board = Board("discord", str(self.guild), str(self.general.id))
        self.person = parse.person(self.ann, "Ann")
        self.accepted: list[Event] = []
        self.role = str(self.role_id)
        self.references: dict[str, str] = {}
        self.done: list[Interaction] = []

    async def accept(self, events: Sequence[Event]) -> None:
        self.accepted += events

    async def post(self, reply: Reply) -> None:
        known = self.references.get(reply.edits or reply.under, "")
        self.references[reply.edits or reply.id] = await self.adapter.post(reply, known)

    def channel(self) -> list[str]:
        return self.server.texts(self.general)

    def thread(self, reply: str) -> list[str]:
        _, _, message = self.references[reply].partition("/")
        return self.server.texts(self.server.world.channels[int(message)])

    def direct(self) -> list[str]:
        return self.server.texts(self.server.world.direct(self.ann))

    def alone(self) -> str:
        asides = [one for held in self.done for one in (held.original, *held.followups) if one]
        assert all(one["flags"] & checks.EPHEMERAL for one in asides)
        return "\n".join([*self.direct(), *(answered(held) for held in self.done)])

    def newest(self) -> Payload:
        return self.server.screen(self.general)[-1]

    def moments_s(self) -> list[int]:
        raw = "\n".join(one.get("content") or "" for one in checks.walk(self.newest()["components"]))
        return [int(found) for found in dict.fromkeys(re.findall(r"<t:(\d+):", raw))]

    def notified(self) -> list[str]:
        every = [one for channel in self.server.world.channels.values() for one in channel.messages.values()]
        people = [one["id"] for message in every for one in message["mentions"]]
        all_of_them = ["everyone" for message in every if message["mention_everyone"]]
        return [role for message in every for role in message["mention_roles"]] + people + all_of_them

    async def settle(self, interaction: Interaction) -> Interaction:
        """Wait until an interaction is answered."""
        self.done.append(interaction)
        await self.server.until(lambda: interaction.response)
        return interaction

    async def press(self, label: str) -> None:
        shown = [*self.server.screen(self.general), *(held.original for held in self.done if held.original)]
        has = [one for one in shown if any(each.get("label") == label for each in checks.walk(one["components"]))]
        await self.settle(self.server.press(self.ann, has[-1], label))

    async def command(self, words: str) -> None:
        await self.settle(self.server.command(self.ann, self.general, f"daily {words or 'list'}"))

    async def form(self) -> str:
        return page(self.done[-1])

    async def send(self, values: Mapping[str, str]) -> str:
        if self.done[-1].form is None:  # Discord has closed it
            await self.press(AGAIN)
        sent = await self.settle(self.server.submit(self.ann, self.done[-1], values))
        said = answered(sent)
        return said if AGAIN in said else ""

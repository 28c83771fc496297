"""A channel of people on a fake Discord, and what they do about its daily questions, through the whole of the bot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.chat.events import Fired
from bot.chat.ids import Board, Round
from bot.study import stream
from tests.adapters.discord.group import answered
from tests.fakes.discord import checks
from tests.fakes.discord.server import Discord
from tests.fakes.discord.world import Channel, Interaction, Payload

if TYPE_CHECKING:
    from tests.adapters.discord.conftest import Bot


@dataclass
class Room:
    """A server with a channel, its organiser, and two members."""

    server: Discord
    bot: Bot
    guild: int
    channel: Channel
    ann: int
    ben: int
    cem: int
    role: int

    @property
    def board(self) -> Board:
        return Board("discord", str(self.guild), str(self.channel.id))

    async def answer(self, interaction: Interaction) -> str:
        """What somebody is told, for them alone."""
        await self.server.until(lambda: answered(interaction))
        for one in (interaction.original, *interaction.followups):
            assert one is None or one["flags"] & checks.EPHEMERAL
        return answered(interaction)

    async def opened(self, interaction: Interaction) -> Interaction:
        """An interaction that was answered with a form."""
        await self.server.until(lambda: interaction.form)
        return interaction

    async def run(self, user: int, words: str, at: Channel | None = None, **options: Any) -> str:
        """Give a command; what it is answered with."""
        return await self.answer(self.server.command(user, at or self.channel, words, **options))

    async def press(self, user: int, message: Payload | None, label: str) -> str:
        """Press a button that opens no form."""
        assert message is not None
        return await self.answer(self.server.press(user, message, label))

    async def fill(self, user: int, message: Payload | None, label: str, **values: str) -> str:
        """Press a button that opens a form, and send that."""
        assert message is not None
        form = await self.opened(self.server.press(user, message, label))
        return await self.answer(self.server.submit(user, form, values))

    async def set_up(self) -> None:
        """Set up a stream by command."""
        assert "09:30" in await self.run(self.ann, "daily new", time="9:30", zone="Europe/London")
        await self.bot.delivery.settled(self.board.address)

    async def state(self) -> stream.BoardState:
        """The board as it is stored."""
        await self.bot.delivery.settled(self.board.address)
        return stream.load(await self.bot.store.peek_state(self.board.address))

    async def listed(self) -> Payload:
        """The organiser's view of what there is."""
        await self.bot.delivery.settled(self.board.address)
        asked = self.server.command(self.ann, self.channel, "daily list")
        await self.answer(asked)
        assert asked.original is not None
        return asked.original

    async def post(self) -> tuple[Round, Payload]:
        """Post a question out of turn; its round and its card."""
        await self.press(self.ann, await self.listed(), "Post now")
        day = (await self.state()).streams[0].asked[-1].day
        return self.board.round("s1", day), await self.server.shown(self.channel, "Answer")

    async def ring(self, round_: Round, timer: str) -> None:
        """Let a timer of a round ring now."""
        now_ms = self.server.world.clock()
        await self.bot.delivery.accept([Fired(f"{timer}:{now_ms}", round_.address, now_ms, timer, now_ms)])
        await self.bot.delivery.settled(round_.address)

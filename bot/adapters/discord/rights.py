"""Who may do what in the channel that something concerns: people who run it, and we ourselves.

Discord says what may be done where an interaction happens; for another channel of the same server it follows from roles, which
we know. In direct messages nothing is known, and nobody runs anything.
"""

from __future__ import annotations

from typing import Any

import discord

from bot.chat.ids import Address, ConversationId, where

Interaction = discord.Interaction[Any]

MISSING = (
    "I'm missing {missing} in that channel, so a question couldn't be asked there. Somebody who runs it can grant it in the "
    "channel's settings; then it can be set up."
)


def organiser(interaction: Interaction, to: Address) -> bool:
    """Whether Discord lets this person run the channel that something concerns."""
    if interaction.guild_id is None or str(interaction.guild_id) != server(to):
        return False
    granted = _granted(interaction, to, interaction.user, interaction.permissions)
    return granted.administrator or granted.manage_guild or granted.manage_channels


def missing(interaction: Interaction, to: Address) -> str:
    """What we would have to be allowed to ask questions in a channel, in words; empty if nothing, or if it is not known."""
    us = interaction.guild.me if interaction.guild is not None else None
    granted = _granted(interaction, to, us, interaction.app_permissions)
    if not granted.value or granted.administrator:
        return ""
    needs = {
        "View Channel": granted.read_messages,
        "Send Messages": granted.send_messages,
        "Create Public Threads": granted.create_public_threads,
        "Send Messages in Threads": granted.send_messages_in_threads,
    }
    lacking = [name for name, there in needs.items() if not there]
    return MISSING.format(missing=" and ".join(lacking)) if lacking else ""


def _granted(interaction: Interaction, to: Address, who: object, here: discord.Permissions) -> discord.Permissions:
    wanted = _there(to).channel
    if str(channel(interaction)) == wanted:
        return here
    other = interaction.guild.get_channel(int(wanted)) if interaction.guild is not None else None
    if other is None or not isinstance(who, discord.Member):
        return discord.Permissions.none()
    return other.permissions_for(who)


def channel(interaction: Interaction) -> int:
    """The channel of an interaction; of a thread, the channel it is in."""
    parent = interaction.channel.parent_id if isinstance(interaction.channel, discord.Thread) else None
    return parent or interaction.channel_id or 0


def server(to: Address) -> str:
    """The server of a board or a round."""
    return _there(to).workspace


def _there(to: Address) -> ConversationId:
    found = where(to)
    assert isinstance(found, ConversationId)
    return found

"""The limits that lint knows are the platforms' own."""

from __future__ import annotations

from bot.adapters.discord import limits as discord
from bot.adapters.slack import limits as slack
from bot.library.limits import FORM_LABEL, LIST_ENTRY, ONE_MESSAGE
from bot.library.rules import SPOKEN_LIMIT


def test_no_limit_is_wider_than_the_narrowest_platform() -> None:
    assert min(slack.BUTTON, discord.OPTION_LABEL) >= LIST_ENTRY
    assert min(slack.LABEL, discord.FIELD_HINT) >= FORM_LABEL
    assert min(slack.SECTION, discord.MESSAGE_TEXT) >= ONE_MESSAGE
    assert min(slack.SECTION, discord.PIECE) >= SPOKEN_LIMIT

"""How long a text may be where people read it: the narrowest of the platforms decides.

Authors learn of it from lint; a text that is too long all the same is cut or split by the platform's adapter.
"""

from __future__ import annotations

from typing import Final

from bot.library.texts import Role

LIST_ENTRY: Final = 75
"""An entry of a list to choose from: Slack shows so many characters, Discord 100."""

FORM_LABEL: Final = 100
"""What a form asks for: Discord puts what its label of 45 cannot hold below it, up to here; Slack takes 2000."""

ONE_MESSAGE: Final = 3_000
"""A passage that is one message: a block of Slack's; Discord's messages take 3,900."""

LONGEST: Final = {
    Role.TITLE: (LIST_ENTRY, "a list on Slack cuts it off there"),
    Role.NAME: (FORM_LABEL, "a form on Discord cuts it off there"),
    Role.EXEMPLAR: (ONE_MESSAGE, "it is shown as one message"),
}
"""The most characters of a text with a role, every variant filled in, and why."""

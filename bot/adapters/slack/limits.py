"""What Slack takes, in one table, each number with its reason. Numbers above the line are Slack's, those below are ours."""

from __future__ import annotations

SECTION = 3000
"""Characters of a section's or a context's text, after escaping."""

HEADER = 150
"""Characters of a header's text."""

BLOCKS = 50
"""Blocks of a message; a form or a home page takes 100."""

VIEW_BLOCKS = 100
"""Blocks of a form or a home page."""

BUTTON = 75
"""Characters of a button's label and of an option's label."""

BUTTON_VALUE = 2000
"""Characters that a button brings back."""

ACTIONS = 25
"""Buttons in one row."""

OPTIONS = 100
"""Entries of one list, built in or looked up."""

VIEW_TITLE = 24
"""Characters of a form's title and of its buttons."""

PLACEHOLDER = 150
"""Characters of what stands in an empty field."""

TYPED = 3000
"""Characters that can be typed into a form's field."""

LABEL = 2000
"""Characters of a field's label, and of the hint below it."""

VIEW_METADATA = 3000
"""Characters that a form carries unseen."""

BLOCK_ID = 255
"""Characters of a block's id."""

HISTORY_PAGE = 200
"""Messages asked for at once; Slack recommends no more."""

# Ours.

MESSAGE = 9000
"""Characters of all blocks of one message. Slack refuses about 13,200 with `msg_blocks_too_long`, counting in its own way."""

NOTIFICATION = 3900
"""Characters of the text that stands for a message in notifications; Slack recommends at most 4000. What it leaves out is in
the blocks."""

PLAIN = 3500
"""Characters of a message without blocks; Slack cuts at 40,000 and recommends at most 4000."""

PLAIN_SMALLEST = 1000
"""The same once Slack has called it too long."""

CALL_WITHIN_S = 10.0
"""How long a call may take before we look whether it took effect."""

AT_ONCE_WITHIN_S = 2.2
"""How long opening a form or showing a page may take: Slack waits three seconds for us and its trigger lives as long."""

PROGRESS_AFTER_S = 0.8
"""Work that is done sooner shows no progress."""

PROGRESS_EVERY_S = 1.3
"""How often progress moves: editing a message is allowed about fifty times a minute in a workspace."""

HISTORY_PAGES = 5
"""How far back a post that may have arrived is looked for, in pages."""

REMEMBERED = 10_000
"""Direct conversations whose channel is remembered."""

LOOK_UP_WITHIN_S = 0.9
"""How long looking up who somebody is may take before a form is opened or a press is answered: it must not cost the trigger."""

KNOWN_S = 180.0
"""How long it is remembered who runs a workspace or a channel, and which user groups there are. Slack allows about fifty look-ups
a minute."""

OLD_MS = 2 * 3600 * 1000
"""A message older than this happened, for an interview's clock, when we heard of it: Slack delivers again for an hour."""

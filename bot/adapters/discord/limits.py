"""What Discord takes, in one table, each number with where it comes from. Nothing here is ours to choose lightly."""

from __future__ import annotations

MESSAGE_TEXT = 3_900
"""Characters of all text in one message of components: 4,000 at Discord; the rest is for marks put around a text."""

PIECE = 1_900
"""Characters of one block of text, so that two fit a message and none outgrows a phone by far."""

COMPONENTS = 38
"""Components in one message, nested ones counted: 40 at Discord."""

BUTTONS = 5
"""Buttons in one row."""

CUSTOM_ID = 100
BUTTON_LABEL = 80
NONCE = 25

MODAL_TITLE = 45
MODAL_FIELDS = 5
MODAL_TEXT = 3_950
"""Characters of text in a form: 4,000 at Discord."""

FIELD_LABEL = 45
FIELD_HINT = 100
OPTIONS = 25
OPTION_LABEL = 100
ANSWER = 4_000
"""Characters of a text field in a form."""

ALT = 1_024
"""Characters of a picture's text alternative."""

THREAD_NAME = 100

FIRST_RESPONSE_S = 3.0
"""How long Discord waits for the first response to an interaction."""

STORE_WITHIN_S = 1.2
"""How long storing may take before the interaction is deferred: the response itself travels, too."""

LOOK_WITHIN_S = 1.5
"""How long a look at what is stored may take before an answer: the rest of the three seconds is for what comes after it."""

TOKEN_MS = 14 * 60 * 1000
"""How long an interaction can still be answered: 15 minutes at Discord, less what clocks differ."""

FOLLOW_UPS = 5
"""Further messages per interaction where the app is only a guest."""

TYPING_AGAIN_S = 8.0
"""A typing mark lasts ten seconds."""

TYPING_LONGEST_S = 60.0

POSTS_PER_S = 45.0
"""Posts a second in all channels together: 50 requests at Discord; the rest is for what is no post of its own, such as typing
marks, threads that are opened, and the steps of feedback being made."""

EDIT_EVERY_S = 1.5
"""Between two edits of the same message: five in five seconds is where Discord starts to hold them back."""

POST_WITHIN_S = 12.0
"""A post that takes longer is waiting out a rate limit in the library; then the outbox waits instead, and says so."""

HISTORY_PAGE = 100

HEARD_MS = 60 * 3600 * 1000
"""How far back a conversation is read again after a gap: less than an accepted event is remembered (three days)."""

EDITS_MS = 15 * 60 * 1000
"""How far before the last message heard the same read looks for messages that were edited during a gap: with `HEARD_MS`, less
than an accepted event is remembered."""

KEEP_MS = 90 * 24 * 3600 * 1000
"""How long it is known which thread belongs to which conversation: as long as the conversation itself is kept."""

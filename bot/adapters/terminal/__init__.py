"""The terminal as a chat platform: one person, one conversation, a prompt.

`prompt_toolkit` is imported only when a prompt is first shown; `rich` only to draw.
"""

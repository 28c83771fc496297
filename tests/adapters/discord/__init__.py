"""Discord, with the real discord.py against a fake at the wire."""

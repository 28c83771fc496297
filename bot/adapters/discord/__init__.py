"""Discord as a chat platform: direct messages, threads, and places where the app is only a guest.

Importing this imports nothing of discord.py; `connect` does, and only where Discord is used.
"""

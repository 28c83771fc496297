"""A Discord that runs on this machine: gateway, REST and interactions, strict about what the real one is strict about.

`Discord` (in `server`) is the whole of it; people write, press and fill in forms through it, and read what they would see.
It leaves out voice, roles, and every route the bot has no use for: those answer 404, as an unknown route does.
"""

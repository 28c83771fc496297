"""One interview: what state it is in, which moves are allowed, what a mind may contribute, and how it is judged.

Nothing here knows a platform, a database or a model's SDK.
"""

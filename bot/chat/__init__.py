"""The words every room shares: who, where, what people do, and what we say as meanings.

Nothing here knows a platform, a database or a model; it imports the standard library only.
"""

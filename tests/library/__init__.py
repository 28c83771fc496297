"""Content: reading, checking, choosing."""

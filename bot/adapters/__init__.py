"""Platforms: each room turns meanings into what one platform shows, and what people do there into events.

Every room has the same four files: `connect` (the wire), `parse` (what came in), `render` (what goes out), `limits`.
"""

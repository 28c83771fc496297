"""States as stored bytes: one byte that names the format, then the content. What is in a state is none of our business."""

from __future__ import annotations

import zlib

_RAW = b"-"
_ZLIB = b"z"
_WORTH_IT = 200  # bytes; below, packing costs more than it saves


class StrangeState(Exception):
    """Stored bytes in a format this version does not know, or damaged ones."""


def pack(state: bytes) -> bytes:
    """Bytes to store."""
    if len(state) < _WORTH_IT:
        return _RAW + state
    return _ZLIB + zlib.compress(state, 1)


def unpack(stored: bytes) -> bytes:
    """The state in stored bytes; `StrangeState` if it cannot be read."""
    mark, content = stored[:1], stored[1:]
    if mark == _RAW:
        return content
    if mark == _ZLIB:
        try:
            return zlib.decompress(content)
        except zlib.error:
            raise StrangeState("a stored state is damaged") from None
    raise StrangeState(f"a stored state has the unknown format {mark!r}; was it written by a newer version?")

"""What the offline coach made of exemplars, kept between runs of lint: by the content it came from, so that it is never stale.

An entry's name is a digest of the question's file and the pack's words; the whole is thrown away when anything else that the
coach's judgement rests on has changed: its code, its libraries, the built-in thesaurus. Losing it costs a second.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
from importlib import metadata
from pathlib import Path

Shares = tuple[float, ...]

LIMIT_BYTES = 4 * 1024 * 1024
MOST = 4_000
_CODE = ("library", "interview", "models/offline", "chat")
_LIBRARIES = ("rapidfuzz", "snowballstemmer", "pydantic", "pyyaml")


def version() -> str:
    """A digest of everything the coach's judgement rests on beside the question itself."""
    from bot.library.load import shipped

    root = Path(__file__).resolve().parent.parent
    digest = hashlib.blake2b(digest_size=16)
    for folder in _CODE:
        for file in sorted((root / folder).glob("*.py")):
            digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    digest.update((shipped("questions") / "thesaurus.yaml").read_bytes())
    digest.update(repr([sys.version, *((name, metadata.version(name)) for name in _LIBRARIES)]).encode())
    return digest.hexdigest()


def load(path: Path, made_by: str) -> dict[str, Shares]:
    """What was kept by this very version; empty if nothing was, or what is there is no such thing."""
    with contextlib.suppress(OSError, ValueError, TypeError, RecursionError):
        if path.stat().st_size <= LIMIT_BYTES:
            held = json.loads(path.read_bytes())
            if isinstance(held, dict) and held.get("version") == made_by and isinstance(held.get("shares"), dict):
                return {name: tuple(map(float, shares)) for name, shares in held["shares"].items() if len(shares) == 3}
    return {}


def save(path: Path, made_by: str, shares: dict[str, Shares]) -> None:
    """Keep the latest; where nothing can be written, nothing is kept."""
    latest = dict(list(shares.items())[-MOST:])
    with contextlib.suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        beside = path.with_name(f"{path.name}.{os.getpid()}")
        beside.write_text(json.dumps({"version": made_by, "shares": latest}), encoding="utf-8")
        beside.replace(path)

"""From `hotseat practice` to the first question on the screen, on a real pseudo-terminal, against a bare interpreter.

The baseline starts the same Python and prints a line. `first` has a new data folder, so the server starts and makes its files;
`warm` starts a server on files that are there; `shared` finds one running; `uncached` has no compiled modules yet, as right
after an installation.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import pty
import select
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot.store import embedded

QUESTION = "stale-ai-search"
SEEN = b"help centre"
"""Words of that question's scenario."""


def until(command: list[str], seen: bytes, env: dict[str, str]) -> float:
    """Milliseconds until a command has put these bytes on its terminal; it is then told to leave."""
    ours, theirs = pty.openpty()
    began = time.perf_counter()
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=env, start_new_session=True)
    os.close(theirs)
    heard, deadline = b"", began + 60
    while seen not in heard:
        ready, _, _ = select.select([ours], [], [], max(0.0, deadline - time.perf_counter()))
        if not ready:
            raise TimeoutError(f"not seen in time; on the screen: {heard[-500:]!r}")
        heard += os.read(ours, 65_536)
    took_ms = (time.perf_counter() - began) * 1000
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(signal.SIGINT)
    with contextlib.suppress(OSError):
        while os.read(ours, 65_536):
            pass
    process.wait(timeout=30)
    os.close(ours)
    return took_ms


def run(times: int) -> dict[str, float]:
    """Medians in milliseconds, and ratios to the baseline."""
    practice = [sys.executable, "-m", "bot", "practice", "--question", QUESTION, "--seed", "0"]
    taken: dict[str, list[float]] = {name: [] for name in ("baseline", "first", "warm", "shared", "uncached")}
    for _ in range(times):
        with tempfile.TemporaryDirectory() as folder:
            data = Path(folder) / "data"
            env = {**os.environ, "HOTSEAT_DATA_DIR": str(data), "TERM": "xterm-256color"}
            for name in [name for name in env if name.startswith("ANTHROPIC")]:
                del env[name]
            taken["baseline"].append(
                until([sys.executable, "-c", "print('ready', flush=True); input()"], b"ready", env)
            )
            taken["first"].append(until(practice, SEEN, env))
            # The interview is open; replacing its folder would be a first start again, so it is offered and its title seen.
            taken["warm"].append(until(practice, b"interview open", env))
            server = embedded.launch(data)
            taken["shared"].append(until(practice, b"interview open", env))
            server.close()
            bare = {
                **env,
                "PYTHONPYCACHEPREFIX": str(Path(folder) / "pyc"),
                "HOTSEAT_DATA_DIR": str(Path(folder) / "new"),
            }
            taken["uncached"].append(until(practice, SEEN, bare))
    figures = {f"{name}_ms": statistics.median(values) for name, values in taken.items()}
    for name in ("first", "warm", "shared", "uncached"):
        figures[f"{name}_ratio"] = figures[f"{name}_ms"] / figures["baseline_ms"]
    return {name: round(value, 2) for name, value in figures.items()}


def main() -> None:
    """Measure, print, and with `--json` print the figures as the last line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    figures = run(args.times)
    table = Table("start", "median ms", "to baseline")
    for name in ("baseline", "first", "warm", "shared", "uncached"):
        table.add_row(name, f"{figures[f'{name}_ms']:.0f}", f"{figures.get(f'{name}_ratio', 1):.1f}")
    Console().print(table)
    if args.json:
        print(json.dumps(figures))


if __name__ == "__main__":
    main()

"""Run the fake as a program: `python -m tests.fakes.anthropic [--port N] [--pace S] [--fault NAME ...]`."""

from __future__ import annotations

import argparse
import asyncio
import contextlib

from tests.fakes.anthropic import Fake, Fault


async def _serve(port: int, pace_s: float, faults: list[str]) -> None:
    async with Fake(port=port, pace_s=pace_s) as fake:
        for fault in faults:
            fake.next(Fault(fault))
        print(f"A stand-in for the Messages API listens on {fake.base_url}. It matches words; it is no model.")
        print("Use it from another terminal:")
        print(f"  ANTHROPIC_API_KEY=any ANTHROPIC_BASE_URL={fake.base_url} hotseat practice --mind claude")
        print("Ctrl-C stops it.", flush=True)
        told = 0
        while True:
            await asyncio.sleep(0.5)
            for seen in fake.journal[told:]:
                billed = (
                    f"{seen.usage.plain} in, {seen.usage.read} read, {sum(seen.usage.written.values())} written, "
                    f"{seen.output} out"
                    if seen.usage
                    else "nothing billed"
                )
                print(f"{seen.model}: {billed}{f' ({seen.fault})' if seen.fault else ''}", flush=True)
            told = len(fake.journal)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m tests.fakes.anthropic", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="port to listen on (default: any free one)")
    parser.add_argument("--pace", type=float, default=0.02, help="seconds between pieces of an answer")
    parser.add_argument(
        "--fault", action="append", default=[], choices=[fault.value for fault in Fault], help="fail in this way first"
    )
    options = parser.parse_args()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(options.port, options.pace, options.fault))


if __name__ == "__main__":
    main()

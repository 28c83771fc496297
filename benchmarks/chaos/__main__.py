"""The command: `python -m benchmarks.chaos --minutes N [--json]`.

Several `hotseat run` processes on one Valkey serve people on a stand-in for Slack, with the real SDKs, the real engine and a mind
that names the messages it answers. Meanwhile processes are killed, stopped for longer than the lease and restarted, the server is
killed, deliveries come late and twice, the platform refuses, stumbles and falls silent after a post was taken, and the mind is
slow, away or broken. Afterwards the platform's record alone is judged.

`lost` were acknowledged and never answered; `duplicates` were said twice; `duplicates_unavoidable` are those where whoever posted
had looked first and the other post was still on its way, since Slack takes no key for a new message; `out_of_order` would have to
be moved. `recovery_s` is the longest anybody waited for their answer after a measured kill. With `--everysec` the server makes its
writes safe once a second; with `--power-cuts` every kill of it loses the last second of them, as where a machine loses its power:
this is what that setting can cost.
"""

from __future__ import annotations

import argparse
import asyncio
import json

from rich.console import Console
from rich.table import Table

from benchmarks.chaos.fire import Plan, run


def main() -> None:
    """The command."""
    plain = Plan(60)
    parser = argparse.ArgumentParser(prog="python -m benchmarks.chaos", description=__doc__)
    parser.add_argument("--minutes", type=float, default=2.0, help="how long (default: 2)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--everysec", action="store_true", help="writes made safe once a second")
    parser.add_argument("--power-cuts", action="store_true", help="each kill of the server loses its last second")
    parser.add_argument("--workers", type=int, default=plain.workers, help="processes")
    parser.add_argument("--people", type=int, default=plain.people, help="people who talk")
    parser.add_argument("--every", type=float, default=plain.every_s, help="seconds between what a person says")
    parser.add_argument("--shot", type=float, default=plain.shot_s, help="seconds between shots")
    parser.add_argument("--lease", type=float, default=plain.lease_s, help="the lease, in seconds")
    parser.add_argument("--seed", type=int, default=plain.seed, help="of everything but the machine's own timing")
    given = parser.parse_args()
    plan = Plan(
        given.minutes * 60,
        given.people,
        workers=given.workers,
        lease_s=given.lease,
        every_s=given.every,
        shot_s=given.shot,
        seed=given.seed,
        fsync="everysec" if given.everysec else "always",
        cut_s=1.0 if given.power_cuts else 0.0,
        patience_s=15.0 if given.power_cuts else 120.0,
    )
    result = asyncio.run(run(plan))
    if given.json:
        print(json.dumps(result))
        return
    table = Table("", "")
    for name, value in result.items():
        table.add_row(name, "\n".join(value) if isinstance(value, list) else str(value))
    Console().print(table)


if __name__ == "__main__":
    main()

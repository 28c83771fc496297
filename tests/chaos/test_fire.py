"""Everything at once, for a few seconds: processes and the server killed, stopped and restarted, a platform that stumbles."""

from __future__ import annotations

from benchmarks.chaos.fire import Plan, run

BRIEF = Plan(
    6.0,
    people=10,
    watchers=0,
    workers=3,
    lease_s=1.0,
    every_s=0.35,
    shot_s=0.6,
    measured=0,
    sentences=12,
    patience_s=30.0,
    seed=7,
)


async def test_nothing_is_lost_said_twice_or_out_of_order() -> None:
    found = await run(BRIEF)
    trouble = {name: found[name] for name in ("lost", "duplicates", "out_of_order", "set_aside", "unanswered")}
    assert trouble == dict.fromkeys(trouble, 0), found["examples"]
    assert found["accepted"] > 100
    assert found["kills"] >= 4
    assert found["duplicates_unavoidable"] <= 1
    assert found["slowest_exit_s"] < 10

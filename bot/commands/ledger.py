"""`hotseat ledger`: what model calls used and cost. Reads only; tokens and money, nothing anybody wrote."""

from __future__ import annotations

import argparse
import dataclasses
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.store.ledger import Spent


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `ledger`."""
    parser = subparsers.add_parser(
        "ledger",
        help="what model calls cost",
        description="What model calls used and cost: today, by you, and in your last interviews.",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(handler=_run)


def _run(args: argparse.Namespace) -> int:
    import asyncio

    rows = asyncio.run(_rows())
    if args.json:
        print(json.dumps({name: dataclasses.asdict(spent) for name, spent in rows.items()}, ensure_ascii=False))
        return 0
    if not any(spent.calls for spent in rows.values()):
        print("No model has been called yet. Without a key the offline interviewer and coach cost nothing.")
        return 0
    width = max(len(name) for name in rows)
    print(f"{'':<{width}}  {'calls':>6}  {'input':>9}  {'cached':>9}  {'output':>8}  {'cost':>9}")
    for name, spent in rows.items():
        cost = f"${spent.usd:.4f}" + ("+" if spent.unpriced else "")
        fresh = spent.input + spent.cache_write
        print(f"{name:<{width}}  {spent.calls:>6}  {fresh:>9}  {spent.cache_read:>9}  {spent.output:>8}  {cost:>9}")
    if any(spent.unpriced for spent in rows.values()):
        print("+ some calls went to a model whose price is not known here.")
    return 0


async def _rows() -> dict[str, Spent]:
    import datetime

    from bot import app, settings
    from bot.commands.practice import me
    from bot.store.ledger import ValkeyLedger
    from bot.store.valkey import ValkeyStore
    from bot.study import record

    configured = settings.load()
    url, launched = app.server_url(configured)
    store, ledger = ValkeyStore(url, configured.namespace, app.SCREENS), ValkeyLedger(url, configured.namespace)
    person = me()[0]
    try:
        past = record.load(await store.peek_state(person.address)).entries
        rows = {
            "today": await ledger.by_day(datetime.datetime.now(datetime.UTC).date()),
            "you": await ledger.by_person(person),
        }
        for entry in reversed(past[-10:]):
            spent = await ledger.by_interview(entry.interview)
            if spent.calls:
                day = datetime.datetime.fromtimestamp(entry.at_ms / 1000).astimezone().strftime("%d %b %H:%M")
                rows[f"{day} {entry.title}"] = spent
        return rows
    finally:
        await ledger.close()
        await store.close()
        if launched is not None:
            launched.close()

"""Work on many things at once comes back in order, and the collector is left as it was."""

from __future__ import annotations

import gc
import os

from bot.library.spread import FEW, spread, without_collecting


def test_results_come_in_order_however_many_there_are() -> None:
    factor = 3
    for count in (0, 1, FEW - 1, FEW, 100):
        assert spread(lambda place: place * factor, count) == [place * factor for place in range(count)]


def test_few_things_are_done_here() -> None:
    assert set(spread(lambda _: os.getpid(), FEW - 1)) == {os.getpid()}


def test_the_collector_is_on_again_afterwards() -> None:
    assert gc.isenabled()
    with without_collecting():
        assert not gc.isenabled()
    assert gc.isenabled()

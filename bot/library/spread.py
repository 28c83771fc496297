"""Work on many things at once, by as many processes as the machine has cores; one by one where that is not to be had.

For lint only: an interview never starts a process. Children are forked, so what the work needs is theirs already and only
results travel.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar, cast

R = TypeVar("R")

FEW = 16
"""Below so many things a second process costs more than it saves."""
MOST_PROCESSES = 8

_work: list[Callable[[int], object]] = []


def spread(work: Callable[[int], R], count: int) -> list[R]:
    """What `work` gives for 0 to `count` (left out), in that order. `work` must not change anything."""
    processes = min(MOST_PROCESSES, cores())
    if count < FEW or processes < 2 or not _may_fork():
        return [work(place) for place in range(count)]
    with multiprocessing.get_context("fork").Pool(processes, _take, (work,)) as pool:
        return cast(list[R], pool.map(_one, range(count), chunksize=4))


@contextmanager
def without_collecting() -> Iterator[None]:
    """Keeps the garbage collector from going over everything that was read, again and again, while it is all still needed."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _may_fork() -> bool:
    # A lock that another thread holds would stay locked in the child.
    return "fork" in multiprocessing.get_all_start_methods() and threading.active_count() == 1


def _take(work: Callable[[int], object]) -> None:
    _work[:] = [work]


def _one(place: int) -> object:
    return _work[0](place)

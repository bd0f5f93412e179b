"""Independent pieces of work on several threads, results in order."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def map_threads(
    work: Callable[[Item], Result], items: Iterable[Item], threads: int
) -> Iterator[Result]:
    """Yield `work(item)` for every item in order, computed up to `threads` at once.

    Estimators fit and predict outside of Python's interpreter lock, so threads run
    them side by side without copying the table to other processes.

    Args:
        work: Called on a thread of its own; it must not share what it changes.
        items: What to call it with.
        threads: Most calls at the same time; with 1 they run on the caller's thread.
    """
    if threads == 1:
        yield from map(work, items)
        return
    pool = ThreadPoolExecutor(threads, thread_name_prefix="sweepkit")
    try:
        yield from pool.map(work, items)
    finally:
        # Not waited for: whoever leaves early, by Ctrl-C or a pruned trial, leaves now.
        pool.shutdown(wait=False, cancel_futures=True)

"""The walk compiled for this processor, where the extra `fast` is installed."""

import importlib
import importlib.util
import logging
from collections.abc import Callable
from functools import cache
from pickle import PickleError
from typing import Any

import numpy as np

from sweepkit.models.predictor import walk
from sweepkit.models.predictor.rows import Array, Floats
from sweepkit.models.predictor.tree_layout import NODE, Joined

# Raised by numba without a folder to keep code in, or with a full or spoilt one.
_CANNOT_KEEP = (OSError, RuntimeError, EOFError, PickleError)

AddUp = Callable[[Array, Array, Array, Floats, Floats], None]

log = logging.getLogger(__name__)


class CompiledWalk:
    """A group of trees after the other, row by row; many threads may call it at once.

    Args:
        add_up: From `load_walk`.
        joined: The trees.
        start: What the sum starts with.
    """

    def __init__(self, add_up: AddUp, joined: Joined, start: float) -> None:
        n_missing = -len(joined.roots) % walk.GROUP
        # The last group is filled up with the node that adds 0.
        empty = len(joined.nodes) - 1
        roots = np.pad(joined.roots, (0, n_missing), constant_values=empty)
        depths = np.pad(joined.depths, (0, n_missing))
        self._add_up, self._nodes, self._start = add_up, joined.nodes, start
        self._roots = roots.astype(np.uint64).reshape(-1, walk.GROUP)
        self._depths = depths.astype(np.int64).reshape(-1, walk.GROUP).max(axis=1)

    def add_up(self, features: Array) -> Floats:
        """Return the sum of all trees' values for each row; see `Trees.add_up`."""
        totals = np.full(len(features), self._start)
        rows = np.ascontiguousarray(features, dtype=np.float64)
        self._add_up(self._nodes, self._roots, self._depths, rows, totals)
        return totals


@cache
def load_walk() -> AddUp | None:
    """Return `walk.add_up` as machine code; None without numba.

    The first process compiles it in half a second. numba keeps it where Python keeps
    its bytecode, or in the user's cache; with that, loading all takes 0.3 seconds.
    """
    if importlib.util.find_spec("numba") is None:
        return None
    try:
        numba = importlib.import_module("numba")
    except ImportError as error:
        # It refuses versions of numpy it does not know.
        log.warning("Trees are not compiled, since numba does not work: %s", error)
        return None
    try:
        return _compile(numba, keep=True)
    except _CANNOT_KEEP:
        return _compile(numba, keep=False)


def _compile(numba: Any, *, keep: bool) -> AddUp:
    def reads(dtype: Any, n_axes: int) -> Any:
        return numba.types.Array(dtype, n_axes, "C", readonly=True)

    types = numba.types
    signature = types.void(
        reads(numba.from_dtype(NODE), 1),
        reads(types.uint64, 2),
        reads(types.int64, 1),
        reads(types.float64, 2),
        types.float64[::1],
    )
    # Without the interpreter's lock: other requests are read meanwhile.
    compiled: AddUp = numba.njit(signature, nogil=True, cache=keep)(walk.add_up)
    return compiled

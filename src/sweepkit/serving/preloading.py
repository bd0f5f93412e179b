"""Load models in a thread of their own, the probable next one in advance."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sweepkit.serving.loader import Checked, load_champion, warm_up
from sweepkit.serving.messages import Load, Prepare

_SAME = ("model_name", "version", "manifest")


class Preloading:
    """One thread, so that two versions are never loaded at once.

    Args:
        trusted_types: Types a model may be made of beyond this package's list.
    """

    def __init__(self, trusted_types: Sequence[str]) -> None:
        self._trusted_types = trusted_types
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="load")
        self._prepared: tuple[Prepare, asyncio.Future[Checked]] | None = None

    def warm_up(self) -> None:
        """Begin to import what loading needs."""
        self._thread.submit(warm_up)

    def prepare(self, order: Prepare) -> None:
        """Begin to load what will probably be asked for."""
        self._prepared = order, self._begin(order)

    def load(self, order: Load) -> asyncio.Future[Checked]:
        """Return the model on its way, perhaps one that has begun before."""
        return self._take_prepared(order) or self._begin(order)

    def _begin(self, order: Load | Prepare) -> asyncio.Future[Checked]:
        return asyncio.get_running_loop().run_in_executor(
            self._thread,
            load_champion,
            Path(order.folder),
            order.facts,
            self._trusted_types,
        )

    def _take_prepared(self, order: Load) -> asyncio.Future[Checked] | None:
        """Return what was loaded in advance, if it is the very same model."""
        prepared, self._prepared = self._prepared, None
        if prepared is None:
            return None
        early, loading = prepared
        is_same = all(early.facts.get(key) == order.facts.get(key) for key in _SAME)
        if is_same and early.folder == order.folder:
            return loading
        loading.cancel()
        return None

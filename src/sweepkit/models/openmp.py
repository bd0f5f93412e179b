"""Limits of OpenMP's threads, for estimators without a parameter for them."""

import sys
from contextlib import AbstractContextManager
from typing import Any

from threadpoolctl import ThreadpoolController

# The number of loaded modules, and the libraries that were found then.
_found: tuple[int, ThreadpoolController] | None = None


def limit_openmp(threads: int) -> AbstractContextManager[Any]:
    """Return a context in which OpenMP uses so many threads.

    Looking for libraries takes 1 ms, setting their threads next to nothing: they are
    looked for again only after an import, which may have loaded others.
    """
    limited: AbstractContextManager[Any] = _find_libraries().limit(
        limits=threads, user_api="openmp"
    )
    return limited


def _find_libraries() -> ThreadpoolController:
    global _found
    n_modules = len(sys.modules)
    if _found is None or _found[0] != n_modules:
        _found = n_modules, ThreadpoolController()
    return _found[1]

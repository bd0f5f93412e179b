import importlib
import importlib.util
import logging
import subprocess
import sys

import numpy as np
import pytest

from sweepkit.models.predictor.compiled import CompiledWalk, load_walk
from sweepkit.models.predictor.tree_layout import Tree, join

load_anew = load_walk.__wrapped__
needs_numba = pytest.mark.skipif(
    load_walk() is None, reason="numba, of the extra `fast`, is not installed"
)
STUMP = Tree(
    left=np.array([1, -1, -1]),
    right=np.array([2, -1, -1]),
    feature=np.array([0, 0, 0]),
    threshold=np.array([0.5, 0.0, 0.0]),
    value=np.array([0.0, 1.0, 2.0]),
    blank_left=np.array([False, True, True]),
)


def test_a_numba_that_does_not_fit_is_named_and_left_alone(monkeypatch, caplog):
    """It refuses a numpy newer than itself; the server must start all the same."""
    message = "Numba needs NumPy 2.6 or less. Got NumPy 9.0."

    def refuse(name):
        raise ImportError(message)

    monkeypatch.setattr(importlib.util, "find_spec", lambda _: object())
    monkeypatch.setattr(importlib, "import_module", refuse)

    with caplog.at_level(logging.WARNING):
        assert load_anew() is None
    assert message in caplog.text


def test_without_numba_nothing_is_said(monkeypatch, caplog):
    """An extra that nobody asked for is no news."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)

    assert load_anew() is None
    assert not caplog.records


def walks_rightly(add_up):
    rows = np.array([[0.5], [0.6], [np.nan]])
    totals = CompiledWalk(add_up, join([STUMP], 1), 0.0).add_up(rows)
    return totals.tolist() == [1.0, 2.0, 2.0]


@needs_numba
def test_without_a_folder_to_keep_it_in_it_is_compiled_anew(monkeypatch):
    """A container may have no place to write to."""
    from numba.core import config

    monkeypatch.setattr(config, "CACHE_DIR", "/dev/null/none")
    monkeypatch.setattr(config, "CACHE_LOCATOR_CLASSES", "UserProvidedCacheLocator")

    assert walks_rightly(load_anew())


@needs_numba
@pytest.mark.parametrize("rest", [b"", b"spoilt"], ids=["emptied", "overwritten"])
def test_spoilt_machine_code_is_compiled_anew(monkeypatch, tmp_path, rest):
    """A machine that lost its power may have kept a file without its contents."""
    from numba.core import config

    monkeypatch.setattr(config, "CACHE_DIR", str(tmp_path))
    monkeypatch.setattr(config, "CACHE_LOCATOR_CLASSES", "UserProvidedCacheLocator")
    load_anew()
    kept = [path for path in tmp_path.rglob("*") if path.is_file()]
    for path in kept:
        path.write_bytes(rest)

    assert kept
    assert walks_rightly(load_anew())


def test_importing_the_predictor_does_not_import_numba():
    """Commands that serve nothing, or no trees, should not wait for it."""
    code = (
        "import sys, sweepkit.models.agreement;"
        "sys.exit('numba' in sys.modules or 'llvmlite' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", code]).returncode == 0

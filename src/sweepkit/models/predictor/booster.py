"""Plain forms of LightGBM's regressor and classifier."""

import ctypes
import threading
from collections.abc import Callable
from typing import Any

import numpy as np

from sweepkit.models.predictor.class_kernels import CLASS_KERNELS, as_two_columns
from sweepkit.models.predictor.compiled_booster import compile_booster
from sweepkit.models.predictor.kernels import KERNELS, Kernel
from sweepkit.models.predictor.plugs import NotPlain
from sweepkit.models.predictor.rows import Floats

# From LightGBM's C API, `include/LightGBM/c_api.h`, whose values never change.
_FLOAT64, _PREDICT_NORMAL = 1, 0
# More threads give the same numbers, as each takes whole rows; for few rows, later.
_SETTINGS = b"num_threads=1"


@KERNELS.add("lightgbm", "LGBMRegressor")
def _lightgbm(fitted: Any) -> Kernel:
    if fitted.booster_.num_model_per_iteration() != 1:
        raise NotPlain("the LightGBM model has several targets")
    return Kernel(*_ask_booster(fitted.booster_))


@CLASS_KERNELS.add("lightgbm", "LGBMClassifier")
def _lightgbm_classes(fitted: Any) -> Kernel:
    if callable(fitted.objective):
        raise NotPlain("the LightGBM model has an objective of its own")
    form, ask = _ask_booster(fitted.booster_)
    says_both = fitted.booster_.num_model_per_iteration() > 1
    run = ask if says_both else as_two_columns(ask)
    return Kernel(form, run)


def _ask_booster(booster: Any) -> tuple[str, Callable[[Floats], Floats]]:
    """Return what says what a booster says of features, and its name before it.

    It says (n_rows,), or (n_rows, n_classes).
    """
    if booster.best_iteration > 0:
        # Stopped early, it has trees to leave out; while one thread tells LightGBM so,
        # another one's rows may pass through them. A copy has none.
        booster = type(booster)(model_str=booster.model_to_string())
    one, n_features = _find_one_row_call(booster), booster.num_feature()
    compiled = compile_booster(booster)

    def run(features: Floats) -> Floats:
        if compiled is not None and features.shape[1] == n_features:
            return compiled(features)
        if one is not None and features.shape == (1, n_features):
            return one.predict(np.ascontiguousarray(features))
        return np.asarray(booster.predict(features, num_threads=1))

    how = "booster on plain arrays" if compiled is None else "trees, compiled"
    return f"LightGBM {how}", run


class OneRow:
    """LightGBM's own call for one row, which reads its settings only once.

    `Booster.predict` reads them, and allocates anew, for every call; for one row that
    takes longer than the trees. The call is public in LightGBM's C API but not in its
    Python package, whose handles of the library and the model it needs.

    Args:
        library: LightGBM's library.
        booster: The model; kept, as its handle must not be freed.
    """

    def __init__(self, library: Any, booster: Any) -> None:
        self._library, self._booster = library, booster
        self._n_outputs = booster.num_model_per_iteration()
        self._call = library.LGBM_BoosterPredictForMatSingleRowFast
        # A prepared call has a buffer of its own: no two threads may share one.
        self._prepared = threading.local()

    def predict(self, features: Floats) -> Floats:
        """Return what is said of features of shape (1, n_features), C-contiguous.

        Returns:
            Shape (1,), or of several classes (1, n_classes).
        """
        prepared = getattr(self._prepared, "call", None)
        if prepared is None:
            prepared = self._prepared.call = _Prepared(self._library, self._booster)
        predicted, n_written = np.empty(self._n_outputs), ctypes.c_int64()
        failed = self._call(
            prepared.handle,
            ctypes.c_void_p(features.ctypes.data),
            ctypes.byref(n_written),
            ctypes.c_void_p(predicted.ctypes.data),
        )
        if failed or n_written.value != self._n_outputs:
            return np.asarray(self._booster.predict(features, num_threads=1))
        return predicted if self._n_outputs == 1 else predicted[None]


class _Prepared:
    """A prepared call of one thread; freed with the thread."""

    def __init__(self, library: Any, booster: Any) -> None:
        self._free, self._booster = library.LGBM_FastConfigFree, booster
        self.handle = ctypes.c_void_p()
        failed = library.LGBM_BoosterPredictForMatSingleRowFastInit(
            booster._handle,
            ctypes.c_int(_PREDICT_NORMAL),
            ctypes.c_int(0),  # from the first tree
            ctypes.c_int(-1),  # to the last
            ctypes.c_int(_FLOAT64),
            ctypes.c_int32(booster.num_feature()),
            ctypes.c_char_p(_SETTINGS),
            ctypes.byref(self.handle),
        )
        if failed:
            raise ArithmeticError("LightGBM cannot prepare a call for one row")

    def __del__(self) -> None:
        if self.handle:
            self._free(self.handle)


def _find_one_row_call(booster: Any) -> OneRow | None:
    """Return the call if this LightGBM is one it was tried with and has it."""
    import lightgbm

    library = getattr(lightgbm.basic, "_LIB", None)
    known = lightgbm.__version__.startswith("4.") and hasattr(booster, "_handle")
    if not known or not hasattr(library, "LGBM_BoosterPredictForMatSingleRowFast"):
        return None
    return OneRow(library, booster)

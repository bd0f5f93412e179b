"""What the target is among the rows round a row."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sweepkit.features.distance import Floats
from sweepkit.features.local_regression import Standard, learn_standard
from sweepkit.features.near_step import NearStep, check_pairs
from sweepkit.features.near_targets import NearTargets, find_reach_km
from sweepkit.features.surroundings import Surroundings


class GeoKnn(NearStep):
    """Means, extremes and a local regression of the nearest rows' targets.

    A row's own target is never among them: while training its neighbours are the
    others. The local regression says what the neighbours would be worth with the row's
    own inputs (geographically weighted regression; Brunsdon, Fotheringham and Charlton
    1996, "Geographically Weighted Regression", Geographical Analysis 28, 281-298), by
    ridge regression on standardized inputs.

    Args:
        latitude: Column of degrees north; None takes `latitude`.
        longitude: Column of degrees east; None takes `longitude`.
        inputs: Number columns the regression reads; None takes all but the
            coordinates. Of more than 12 it reads those that go most with the target.
        pairs: Name of a quotient to its `[numerator, denominator]`, both of `inputs`,
            which the regression reads too.
        sizes: Over how many neighbours targets are averaged, near ones counting more.
        extremes: Among how many the lowest and highest is sought; None seeks none.
            Classes have none.
        regression: How many the regression learns from; None for no regression.
        penalty: Its ridge penalty, of standardized inputs and weights that sum to 1.
        task: `regression`, `binary` or `multiclass`; a target of classes comes as
            their codes, and of more than two each is described by itself.

    Attributes:
        degrees_: Latitude and longitude of the training rows, shape (n_rows, 2).
        targets_: Their targets, (n_rows, 1), or 0 and 1 for each class of several.
        classes_: The codes of these classes; none otherwise.
        reach_km_: Within it neighbours count about alike.
        regressed_: The inputs of the training rows as the regression reads them.
        standard_: What makes them so: centre, scale, low, high, shape (4, n_inputs).
        kept_: Which of inputs and quotients these are.
    """

    def __init__(
        self,
        latitude: str | None = None,
        longitude: str | None = None,
        inputs: list[str] | None = None,
        pairs: dict[str, list[str]] | None = None,
        sizes: Sequence[int] = (5, 15, 50),
        extremes: int | None = 15,
        regression: int | None = 60,
        penalty: float = 0.03,
        task: str = "regression",
    ) -> None:
        self.latitude = latitude
        self.longitude = longitude
        self.inputs = inputs
        self.pairs = pairs
        self.sizes = sizes
        self.extremes = extremes
        self.regression = regression
        self.penalty = penalty
        self.task = task

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[np.object_]:
        """Return names such as `target_of_5_nearest`, `class_2_of_5_nearest`."""
        del input_features
        own = [f"class_{code:g}" for code in self.classes_] or ["target"]
        names = [f"{name}_of_{size}_nearest" for size in self.sizes for name in own]
        if self._extremes:
            ends = (
                f"{end}_of_{self._extremes}_nearest" for end in ("lowest", "highest")
            )
            names += [f"target_{end}" for end in ends]
        if self._regression:
            names += [f"{name}_by_{self._regression}_nearest" for name in own]
        return np.array(names, dtype=object)

    @property
    def _extremes(self) -> int:
        return (self.extremes or 0) if self.task == "regression" else 0

    @property
    def _regression(self) -> int:
        return (self.regression or 0) if len(self.kept_) else 0

    def _list_sizes(self) -> list[int]:
        return [*self.sizes, *(n for n in (self.extremes, self.regression) if n)]

    def _learn(self, block: Floats, y: Floats | None) -> None:
        assert y is not None, "neighbours' targets need a target"
        check_pairs(self.pairs, list(self.inputs or []))
        self.degrees_ = block[:, :2].copy()
        several = np.unique(y) if self.task == "multiclass" else np.empty(0)
        self.classes_ = several if len(several) > 2 else np.empty(0)
        self.targets_ = (
            (y[:, None] == self.classes_).astype(np.float64)
            if len(self.classes_)
            else y[:, None].copy()
        )
        self.reach_km_ = find_reach_km(self.degrees_)
        numerators, denominators = self._find_pairs()
        standard = learn_standard(block[:, 2:], self.targets_, numerators, denominators)
        self.kept_, self.standard_ = standard.kept, standard.settings
        self.regressed_ = standard.apply(block[:, 2:])

    def _find_pairs(self) -> tuple[list[int], list[int]]:
        names, pairs = list(self.inputs or []), list((self.pairs or {}).values())
        numerators = [names.index(pair[0]) for pair in pairs]
        return numerators, [names.index(pair[1]) for pair in pairs]

    def _build(self) -> Surroundings:
        return NearTargets(
            self.degrees_,
            self.targets_,
            self.regressed_,
            Standard(*self._find_pairs(), self.kept_, self.standard_),
            sizes=list(self.sizes),
            extremes=self._extremes,
            regression=self._regression,
            penalty=float(self.penalty),
            reach_km=float(self.reach_km_),
        )

"""What every feature step must do, this package's own and anybody's."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest
import skops.io
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline

from sweepkit.features.categories import NamedBlanks
from sweepkit.features.dates import DateParts
from sweepkit.features.geo import GeoFeatures
from sweepkit.features.geo_knn import GeoKnn
from sweepkit.features.geo_lag import GeoLag
from sweepkit.features.on_columns import OnColumns
from sweepkit.features.ratios import Ratios
from sweepkit.features.target_means import TargetMeans
from sweepkit.features.text import TextParts
from sweepkit.models.predictor.build import build_predictor as _registers  # noqa: F401
from sweepkit.models.predictor.encoder import build_encoder
from sweepkit.models.predictor.pipeline_rows import frame_rows
from sweepkit.tracking.trust import TRUSTED_TYPES

POSITION = {"latitude": "latitude", "longitude": "longitude", "rotations_deg": [30]}
FILL = SimpleImputer(strategy="median", keep_empty_features=True)
PLACES = {"los_angeles": [34.05, -118.24]}
NEAR = {"inputs": ["rooms", "homes"], "pairs": {"rooms_per_home": ["rooms", "homes"]}}
# What the step is, the columns it reads, and the task its target poses.
STEPS = {
    "ratios": (Ratios({"rooms_per_home": ["rooms", "homes"]}), None, "regression"),
    "found centres": (
        GeoFeatures(**POSITION, places={}, centres=5),
        None,
        "regression",
    ),
    "named places": (
        GeoFeatures(**POSITION, places=PLACES, coastline="california"),
        None,
        "regression",
    ),
    "neighbours' inputs": (GeoLag(**NEAR, sizes=[3, 10]), None, "regression"),
    "neighbours' numbers": (GeoKnn(**NEAR), None, "regression"),
    "neighbours' class": (GeoKnn(**NEAR, task="binary"), None, "binary"),
    "neighbours' classes": (GeoKnn(**NEAR, task="multiclass"), None, "multiclass"),
    "wrapped": (OnColumns(["rooms", "homes"], FILL), None, "regression"),
    "dates": (DateParts(), ["sold"], "regression"),
    "cyclic dates": (DateParts(cyclic=True), ["sold"], "regression"),
    "texts": (TextParts(components=4), ["note"], "regression"),
    "means of a number": (
        make_pipeline(NamedBlanks(), TargetMeans("regression")),
        ["town", "kind"],
        "regression",
    ),
    "shares of a class": (
        make_pipeline(NamedBlanks(), TargetMeans("binary")),
        ["town"],
        "binary",
    ),
    "shares of classes": (
        make_pipeline(NamedBlanks(), TargetMeans("multiclass")),
        ["town", "kind"],
        "multiclass",
    ),
}


def draw_target(task: str, n_rows: int, seed: int = 0) -> np.ndarray:
    """Return a target of pure chance."""
    rng = np.random.default_rng(seed)
    n_classes = {"binary": 2, "multiclass": 4}.get(task)
    if n_classes is None:
        return rng.normal(size=n_rows)
    return rng.integers(0, n_classes, n_rows).astype(np.float64)


def blank_out(rows: pd.DataFrame) -> pd.DataFrame:
    """Return as many rows of the same types without a value."""
    return rows.mask(np.ones(rows.shape, dtype=bool))


@pytest.mark.parametrize("case", STEPS)
class TestEveryStep:
    """What folds, storage and server rely on."""

    @pytest.fixture
    def step(self, case):
        return clone(STEPS[case][0])

    @pytest.fixture
    def rows(self, case, table) -> pd.DataFrame:
        return table[STEPS[case][1] or list(STEPS[case][0].columns)]

    @pytest.fixture
    def target(self, case, table):
        return draw_target(STEPS[case][2], len(table))

    def test_one_named_float_column_a_feature(self, step, rows, target):
        """Estimators take numbers; figures and contributions read the names."""
        features = step.fit_transform(rows, target)

        names = list(step.get_feature_names_out(list(rows.columns)))
        assert features.dtype == np.float64
        assert features.shape == (len(rows), len(names))
        assert len(set(names)) == len(names)
        assert step.transform(rows).shape == features.shape

    def test_blanks_stay_blank_or_become_numbers(self, step, rows, target):
        """An infinity would be refused by half of the estimators."""
        step.fit_transform(rows, target)

        nothing = blank_out(rows).head(2)
        for features in (step.transform(rows), step.transform(nothing)):
            assert not np.isinf(features).any()

    def test_a_column_blank_throughout_a_fold_is_no_obstacle(self, step, rows, target):
        """A column may have been introduced late."""
        step.fit_transform(blank_out(rows), target)

        assert len(step.transform(rows)) == len(rows)

    def test_a_row_alone_gives_the_row_among_many(self, step, rows, target):
        """Serving scores single rows and must give the very numbers of training."""
        step.fit_transform(rows, target)
        many = step.transform(rows)

        for i in (0, 1, 700, len(rows) - 1):
            alone = step.transform(rows.iloc[i : i + 1])
            np.testing.assert_array_equal(alone[0], many[i])

    def test_a_clone_learns_afresh(self, step, rows, target):
        """Every fold fits a clone; state of one fold must not leak into another."""
        half = len(rows) // 2
        step.fit_transform(rows.tail(half), target[-half:])
        fresh, direct = clone(step), clone(step)

        got = fresh.fit_transform(rows.head(half), target[:half])

        expected = direct.fit_transform(rows.head(half), target[:half])
        np.testing.assert_array_equal(got, expected)
        np.testing.assert_array_equal(fresh.transform(rows), direct.transform(rows))

    def test_folds_side_by_side_give_the_same_numbers(self, step, rows, target):
        """Cross-validation fits in threads, the sweep and `reproduce` may not."""
        expected = clone(step).fit_transform(rows, target)

        with ThreadPoolExecutor(2) as threads:
            got = list(
                threads.map(
                    lambda copy: copy.fit_transform(rows, target),
                    [clone(step), clone(step)],
                )
            )

        np.testing.assert_array_equal(got[0], expected)
        np.testing.assert_array_equal(got[1], expected)

    def test_no_training_feature_knows_a_target_of_chance(self, step, rows, case):
        """A row's own target must not be in what the row is trained with.

        The correlation of a feature with such a target had a standard deviation of at
        most 0.044 in 100 draws (more than 1 / sqrt(n_rows), since rows of a town share
        their targets), so that the mean of eight has one of 0.016; five are allowed.
        Means that hold the row's own target correlate by 0.5.
        """
        task, correlations = STEPS[case][2], []
        for seed in range(8):
            target = draw_target(task, len(rows), seed)
            features = step.fit_transform(rows, target)
            known = np.where(np.isnan(features), np.nanmean(features, axis=0), features)
            moving = known[:, known.std(axis=0) > 0]
            wanted = target if task == "regression" else target == 0
            correlations.append(np.corrcoef(moving.T, wanted)[-1, :-1])

        assert np.abs(np.mean(correlations, axis=0)).max() < 0.08

    def test_storage_keeps_every_bit_and_needs_only_trusted_types(
        self, step, rows, target
    ):
        """Serving reads the stored step without pickle."""
        step.fit_transform(rows, target)
        data = skops.io.dumps(step)

        types = skops.io.get_untrusted_types(data=data)
        stored = skops.io.loads(data, trusted=types)

        assert set(types) <= TRUSTED_TYPES
        np.testing.assert_array_equal(stored.transform(rows), step.transform(rows))

    def test_the_server_computes_the_very_numbers(
        self, step, rows, target, profiles, edge_cells
    ):
        """On plain arrays, for usual rows and for blanks, strangers and extremes."""
        joined = ColumnTransformer(
            [("step", step, list(rows.columns))], sparse_threshold=0
        )
        joined.fit_transform(rows, target)
        expected = joined.transform(frame_rows(edge_cells, profiles))

        encoder = build_encoder(joined, profiles)

        np.testing.assert_array_equal(encoder.encode(edge_cells), expected)
        alone = [encoder.encode([row])[0] for row in edge_cells]
        np.testing.assert_array_equal(alone, expected)

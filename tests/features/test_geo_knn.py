import pickle

import numpy as np
import pandas as pd
import pytest
import skops.io

from sweepkit.features.geo_knn import GeoKnn

N_ROWS = 400
SETTINGS = {"latitude": "lat", "longitude": "lon", "inputs": ["size"], "sizes": [3]}


def knn(**changes):
    return GeoKnn(**({"extremes": None, "regression": None} | SETTINGS | changes))


@pytest.fixture(scope="module")
def table():
    """Positions in a square of 100 km, and a size that has nothing to do with them."""
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "lat": rng.uniform(50, 51, N_ROWS),
            "lon": rng.uniform(9, 10.5, N_ROWS),
            "size": rng.normal(100, 20, N_ROWS),
        }
    )


def named(step, features):
    return pd.DataFrame(features, columns=step.get_feature_names_out())


@pytest.mark.parametrize("sign", [1, -1], ids=["highest", "lowest"])
def test_a_rows_own_target_is_not_in_what_it_is_trained_with(table, sign):
    """Its features must stay to the last bit whatever its own target is.

    Those of other rows must move: the test would pass on dead features otherwise.
    """
    target = np.random.default_rng(1).normal(size=N_ROWS)
    other = target.copy()
    other[7] += sign * 1000.0
    step = GeoKnn(**SETTINGS)

    before, after = step.fit_transform(table, target), step.fit_transform(table, other)

    np.testing.assert_array_equal(before[7], after[7])
    moved = named(step, before != after).any()
    end = "lowest" if sign > 0 else "highest"
    assert moved.drop(f"target_{end}_of_15_nearest").all()


def test_near_targets_count_more(table):
    """The mean of 3 is nearest to that of the nearest one."""
    line = pd.DataFrame({"lat": 0.0, "lon": [0.0, 1.0, 1.5, 1.75], "size": 1.0})
    target = np.array([0.0, 10.0, 10.0, 40.0])
    step = knn().fit(line, target)

    (mean,) = step.transform(line[:1])[0]

    assert 0 < mean < (0 + 10 + 10) / 3


def test_extremes_are_those_of_the_neighbours():
    """How dear a street can be tells more than its mean."""
    line = pd.DataFrame({"lat": 0.0, "lon": [0.0, 0.1, 0.2, 9.0], "size": 1.0})
    step = knn(extremes=2)
    got = named(step, step.fit_transform(line, np.array([5.0, 1.0, 3.0, 99.0])))

    assert got["target_lowest_of_2_nearest"].tolist() == [1, 3, 1, 1]
    assert got["target_highest_of_2_nearest"].tolist() == [3, 5, 5, 3]


def test_the_regression_adds_what_a_rows_own_inputs_say(table):
    """Price by size differs by region: no mean of neighbours can know it."""
    worth = (table["lat"] - 50) * 10 * table["size"]
    step = knn(sizes=[60], regression=60, penalty=0.01)
    got = named(step, step.fit_transform(table, worth.to_numpy()))

    mean_error = (got["target_of_60_nearest"] - worth).std()
    assert (got["target_by_60_nearest"] - worth).std() < 0.5 * mean_error


def test_the_regression_reads_quotients_too(table):
    """Rooms per household are no sum of rooms and households."""
    wide = table.assign(homes=np.linspace(1, 9, N_ROWS))
    target = (wide["size"] / wide["homes"]).to_numpy()
    errors = []
    for pairs in (None, {"each": ["size", "homes"]}):
        step = knn(inputs=["size", "homes"], pairs=pairs, sizes=[], regression=50)
        errors.append(np.abs(step.fit_transform(wide, target)[:, 0] - target).mean())

    assert errors[1] < 0.5 * errors[0]


def test_of_many_inputs_those_that_go_with_the_target_are_read(table):
    """A hundred columns would cost a thousand products a neighbour."""
    rng = np.random.default_rng(2)
    noise = {f"noise_{i}": rng.normal(size=N_ROWS) for i in range(40)}
    wide = table.assign(**noise)
    step = knn(inputs=[*noise, "size"], regression=40)

    step.fit(wide, table["size"].to_numpy())

    assert len(step.kept_) == 12
    assert len(noise) in step.kept_


@pytest.mark.parametrize(
    ("task", "names"),
    [
        pytest.param("regression", ["target_of_3_nearest"], id="a number"),
        pytest.param("binary", ["target_of_3_nearest"], id="two classes"),
        pytest.param(
            "multiclass",
            [f"class_{code}_of_3_nearest" for code in (0, 1, 2)],
            id="several classes",
        ),
    ],
)
def test_of_classes_each_has_its_share(table, task, names):
    """Codes are names: their mean would say that 0 and 2 are 1."""
    codes = np.arange(N_ROWS) % (2 if task == "binary" else 3)
    step = knn(task=task)

    got = named(step, step.fit_transform(table, codes.astype(float)))

    assert list(got) == names
    if task != "regression":
        assert got.to_numpy().min() >= 0
        assert got.to_numpy().max() <= 1
    if task == "multiclass":
        np.testing.assert_allclose(got.sum(axis=1), 1)


def test_classes_have_no_extremes(table):
    """The lowest of 0 and 1 says next to nothing, for two columns a class."""
    step = GeoKnn(**SETTINGS, task="binary")
    step.fit(table, (np.arange(N_ROWS) % 2).astype(float))

    assert not any("est_of_15" in name for name in step.get_feature_names_out())


@pytest.mark.parametrize(
    "store",
    [
        pytest.param(pickle.dumps, id="between processes"),
        pytest.param(skops.io.dumps, id="in a model"),
    ],
)
def test_the_tree_is_never_stored(table, store):
    """It is made of the rows, and no loader trusts it."""
    step = GeoKnn(**SETTINGS).fit(table, table["size"].to_numpy())
    unused = len(store(step))

    step.transform(table)

    assert len(store(step)) == unused
    assert b"KDTree" not in pickle.dumps(step)


@pytest.mark.parametrize("n_rows", [1, 2, 9], ids=["one row", "two", "nine"])
def test_small_tables_have_the_same_columns(table, n_rows):
    """A fold may be smaller than a neighbourhood."""
    target = np.arange(float(n_rows))
    step = GeoKnn(**SETTINGS)

    training = step.fit_transform(table[:n_rows], target)

    assert training.shape == (n_rows, len(step.get_feature_names_out()))
    assert np.isnan(training).all() == (n_rows == 1)
    assert np.isfinite(step.transform(table)).all()


def test_blank_and_huge_inputs_are_no_obstacle_to_the_regression(table):
    """A request may leave an input out, or hold any number."""
    step = GeoKnn(**SETTINGS).fit(table, table["size"].to_numpy())
    rows = table[:3].assign(size=[np.nan, 1e308, -np.inf])

    assert np.isfinite(step.transform(rows)).all()


def test_many_rows_at_one_place_have_finite_features(table):
    """Where all distances are 0 no weight may be infinite."""
    street = table.assign(lat=50.0, lon=9.0)

    features = GeoKnn(**SETTINGS).fit_transform(street, table["size"].to_numpy())

    assert np.isfinite(features).all()

import numpy as np
import pandas as pd
import pytest
import skops.io
from sklearn.base import clone

from sweepkit.errors import ConfigError
from sweepkit.features.ratios import Ratios

PAIRS = {
    "rooms_per_household": ["rooms", "households"],
    "bedrooms_per_room": ["bedrooms", "rooms"],
}
TABLE = pd.DataFrame(
    {
        "rooms": [10.0, 6.0, np.nan],
        "households": [5.0, 0.0, 2.0],
        "bedrooms": [2.0, 3.0, 1.0],
    }
)


def test_divides_numerator_by_denominator():
    """Only the order in a pair tells rooms per household from its inverse."""
    got = Ratios(PAIRS).fit_transform(TABLE[:1])

    np.testing.assert_array_equal(got, [[2.0, 0.2]])


def test_blank_parts_and_zero_denominators_give_blanks():
    """An infinity would be refused by half of the estimators, after minutes of work."""
    got = Ratios(PAIRS).fit_transform(TABLE)

    np.testing.assert_array_equal(np.isnan(got[1:]), [[True, False], [True, True]])


def test_zero_over_zero_warns_nobody():
    """A warning for each fold would bury the ones that matter."""
    table = pd.DataFrame({"a": [0.0, 1.0], "b": [0.0, 0.0]})

    with np.errstate(all="raise"):
        got = Ratios({"r": ["a", "b"]}).fit_transform(table)

    assert np.isnan(got).all()


def test_column_order_of_the_table_is_irrelevant():
    """Columns are taken by name, so a reordered table cannot swap the parts."""
    step = Ratios(PAIRS).fit(TABLE)

    np.testing.assert_array_equal(
        step.transform(TABLE),
        step.transform(TABLE[["bedrooms", "households", "rooms"]]),
    )


def test_names_each_needed_column_once():
    """The preprocessor selects these columns; twice `rooms` would be selected twice."""
    step = Ratios(PAIRS)

    assert step.columns == ["rooms", "households", "bedrooms"]
    assert list(step.fit(TABLE).get_feature_names_out()) == list(PAIRS)


@pytest.mark.parametrize(
    "pair",
    [
        pytest.param(["rooms"], id="one column"),
        pytest.param(["rooms", "households", "bedrooms"], id="three columns"),
        pytest.param("ab", id="text of length two"),
    ],
)
def test_refuses_what_is_no_pair(pair):
    """The message must lead to the line in the YAML."""
    with pytest.raises(ConfigError, match=r"features\.steps\.ratios\.pairs\.bad is"):
        Ratios({"bad": pair}).fit(TABLE)


def test_survives_clone_and_storage():
    """Every fold fits a clone, and serving reads the stored step without pickle."""
    fitted = clone(Ratios(PAIRS)).fit(TABLE)
    data = skops.io.dumps(fitted)
    trusted = skops.io.get_untrusted_types(data=data)
    stored = skops.io.loads(data, trusted=trusted)

    assert set(trusted) <= {"sweepkit.features.ratios.Ratios"}
    np.testing.assert_array_equal(stored.transform(TABLE), fitted.transform(TABLE))
    assert list(stored.get_feature_names_out()) == list(PAIRS)

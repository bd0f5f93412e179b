from uuid import UUID

import numpy as np
import pandas as pd
import pytest

from sweepkit.data.roles import Role, infer_role, parse_role
from sweepkit.errors import DataError

N = 120
DAYS = pd.date_range("2024-01-01", periods=N)
PROSE = [f"a sunny house of {n} rooms near the park" for n in range(N)]


def column(values, name="c"):
    return pd.Series(values, name=name)


@pytest.mark.parametrize(
    ("name", "values", "role"),
    [
        pytest.param("rooms", np.arange(N), "numeric", id="counts, all different"),
        pytest.param("c", np.linspace(0, 1, N), "numeric", id="fractions"),
        pytest.param("c", [1.0, None] * 60, "numeric", id="one number and blanks"),
        pytest.param("id", np.linspace(0, 1, N), "numeric", id="id of fractions"),
        pytest.param("id", [1, 2] * 60, "numeric", id="id that repeats"),
        pytest.param("id", np.arange(N), "identifier", id="id"),
        pytest.param("customer_id", np.arange(N), "identifier", id="snake-case id"),
        pytest.param("customerId", np.arange(N), "identifier", id="camel-case id"),
        pytest.param("Unnamed: 0", np.arange(N), "identifier", id="stored index"),
        pytest.param("width", np.arange(N), "numeric", id="ends like id"),
        pytest.param("key", [f"k {n}" for n in range(N)], "identifier", id="text key"),
        pytest.param(
            "c", [f"AB-{n}" for n in range(N)], "identifier", id="codes, all different"
        ),
        pytest.param(
            "c", [str(UUID(int=n)) for n in range(N)], "identifier", id="uuids"
        ),
        pytest.param("c", [f"AB-{n % 9}" for n in range(N)], "categorical", id="codes"),
        pytest.param(
            "c", ["INLAND", "NEAR BAY", None] * 40, "categorical", id="labels"
        ),
        pytest.param(
            "c", [PROSE[n % 3] for n in range(N)], "categorical", id="few long labels"
        ),
        pytest.param("c", [True, False] * 60, "boolean", id="bool"),
        pytest.param("c", [True, None] * 60, "boolean", id="bool with blanks"),
        pytest.param("c", ["Yes", "no"] * 60, "boolean", id="yes and no"),
        pytest.param("c", ["TRUE", "false", None] * 40, "boolean", id="true and false"),
        pytest.param("c", DAYS, "date", id="dates"),
        pytest.param("c", DAYS.tz_localize("UTC"), "date", id="dates with a zone"),
        pytest.param("c", DAYS.strftime("%Y-%m-%d"), "date", id="ISO dates"),
        pytest.param("c", DAYS.strftime("%Y-%m-%dT%H:%M:%SZ"), "date", id="ISO times"),
        pytest.param("c", DAYS.strftime("%Y/%m/%d"), "date", id="dates with slashes"),
        pytest.param("c", ["2024-01-01", "x", "2024-01-02"], "date", id="one bad date"),
        pytest.param("c", [7] * N, "constant", id="one number"),
        pytest.param("c", ["x"] * N, "constant", id="one text"),
        pytest.param("c", [True] * N, "constant", id="one truth value"),
    ],
)
def test_infers_the_role_from_values_and_name(name, values, role):
    """A person should have to name a role only where a table is ambiguous."""
    assert infer_role(column(values, name)) == role


@pytest.mark.parametrize(
    ("values", "said"),
    [
        pytest.param([None] * N, "blank in all 120 rows", id="blank"),
        pytest.param([np.nan] * N, "blank in all 120 rows", id="blank numbers"),
        pytest.param(PROSE, "free text", id="prose"),
        pytest.param(
            [f"Ann {chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(N)],
            "120 different texts in 120 rows",
            id="names of people",
        ),
        pytest.param(DAYS.strftime("%d.%m.%Y"), "YYYY-MM-DD", id="day first"),
        pytest.param(DAYS.strftime("%m/%d/%y"), "YYYY-MM-DD", id="month first"),
    ],
)
def test_asks_where_no_role_fits(values, said):
    """A guess here costs the model silently; a question costs one word."""
    with pytest.raises(DataError, match=said) as caught:
        infer_role(column(values, "notes"))
    assert "`+data.roles.notes=ignored`" in str(caught.value)


def test_a_repeated_long_text_is_refused_if_most_differ():
    """Free text is not unique as soon as two people write `nothing to add here`."""
    values = [*PROSE[:100], *["nothing to add here"] * 20]

    with pytest.raises(DataError, match="free text"):
        infer_role(column(values))


def test_a_name_with_blanks_gets_a_hint_that_can_be_typed():
    """Hydra reads such names inside braces only."""
    with pytest.raises(DataError) as caught:
        infer_role(column(PROSE, "my notes"))
    assert "'+data.roles={my notes: ignored}'" in str(caught.value)


@pytest.mark.parametrize("word", ["categorical", "ignored", "identifier", "date"])
def test_a_chosen_role_is_found_by_its_word(word):
    assert parse_role("c", word) is Role(word)


@pytest.mark.parametrize(
    ("word", "said"),
    [
        pytest.param("catgorical", "Did you mean 'categorical'", id="typo"),
        pytest.param("target", "set `data.target=a`", id="the target's own role"),
        pytest.param({"b": "date"}, "data.roles.a", id="a dot in a column name"),
    ],
)
def test_other_words_are_no_roles(word, said):
    with pytest.raises(DataError, match=said):
        parse_role("a", word)

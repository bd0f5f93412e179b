import pytest

from sweepkit.tracking.params import (
    BATCH_CHARS,
    BATCH_COUNT,
    MAX_KEY,
    MAX_VALUE,
    clean_key,
    prepare_params,
    split_batches,
)


def test_a_nested_config_becomes_dotted_keys():
    """MLflow compares runs by flat names."""
    params = prepare_params({"model": {"depth": 3, "names": ["a", "b"]}, "seed": None})

    assert params == {"model.depth": "3", "model.names": '["a", "b"]', "seed": "None"}


def test_an_empty_mapping_stays_visible():
    """That a node was empty is part of the config."""
    assert prepare_params({"roles": {}}) == {"roles": "{}"}


def test_a_long_value_is_cut_and_says_so():
    """MLflow would refuse the run or cut it without a word."""
    value = prepare_params({"sql": "x" * 9000})["sql"]

    assert len(value) == MAX_VALUE
    assert value.endswith("[cut: 9000 characters]")


@pytest.mark.parametrize(
    "key",
    ["a@b", "x[0]", "a=b", "../up", "/root", "a//b", ".", "", "a/./b", "k" * 300, "é%"],
)
def test_every_key_becomes_one_mlflow_accepts(key):
    """One odd column name must not cost the record of a run."""
    from mlflow.utils.validation import _validate_param

    clean = clean_key(key)

    _validate_param(clean, "1")
    assert len(clean) <= MAX_KEY


def test_keys_that_collide_keep_both_values(caplog):
    """Renaming must not lose a value, and must be said."""
    params = prepare_params({"a@b": 1, "a%b": 2})

    assert params == {"a_b": "1", "a_b_2": "2"}
    assert "'a@b'" in caplog.text
    assert "'a%b'" in caplog.text


def test_batches_stay_within_the_servers_limits():
    """A server refuses more than 100 parameters or 1 MB at once."""
    params = {f"p{i}": "x" * MAX_VALUE for i in range(250)}

    batches = list(split_batches(params))

    assert {k: v for batch in batches for k, v in batch.items()} == params
    assert max(len(batch) for batch in batches) <= BATCH_COUNT
    assert all(sum(map(len, batch.values())) <= BATCH_CHARS for batch in batches)


def test_nothing_makes_no_batch():
    """An empty request would be one more call to the store."""
    assert list(split_batches({})) == []


def test_forbidden_names_are_told_in_one_line_and_once(caplog):
    """A column stands in two settings, and a sweep has a hundred trials."""
    odd = {"roles": {"rate@5%": "ignored"}, "source": {"roles": {"rate@5%": "ignored"}}}
    for _ in range(3):
        prepare_params(odd)

    (record,) = caplog.records
    assert "'roles.rate@5%' as 'roles.rate_5_'" in record.getMessage()
    assert "'source.roles.rate@5%'" in record.getMessage()

"""Rows on both sides of the holdout's border."""

import numpy as np
import pandas as pd
import pytest

from sweepkit.data import duplicates
from sweepkit.data.duplicates import find_duplicates, find_twins
from sweepkit.data.holdout import Split, split_holdout
from sweepkit.data.schema import infer_schema


def make(n=500, seed=0):
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "row_id": np.arange(n),
            "size": rng.normal(size=n),
            "town": rng.choice(["a", "b", None], n),
            "y": rng.normal(size=n),
        }
    )


def examine(table):
    schema = infer_schema(table, target="y", overrides={})
    classes = schema.target_values(table) if schema.task.has_classes else None
    split = split_holdout(table, fraction=0.2, seed=0, classes=classes)
    return find_duplicates(table, schema, split)


def with_copies(n, **changed):
    table = make()
    copies = table.iloc[:n].assign(row_id=np.arange(n) + 500, **changed)
    return pd.concat([table, copies], ignore_index=True)


@pytest.mark.parametrize(
    ("n_copies", "severity"), [(400, "stop"), (30, "warn"), (1, None)]
)
def test_the_more_known_rows_the_louder(n_copies, severity):
    """A holdout full of known rows judges memory; a few rows change little."""
    found = examine(with_copies(n_copies))

    assert [problem.severity for problem in found] == [severity][: len(found)]
    assert bool(found) == (severity is not None)


def test_numbers_are_those_of_the_split():
    """They are counted here by comparing each pair of rows."""
    table = with_copies(100, y=[*make()["y"][:70], *np.arange(30.0)])
    schema = infer_schema(table, target="y", overrides={})
    split = split_holdout(table, fraction=0.2, seed=0)

    twins = find_twins(split.holdout, split.train, schema)

    features, whole = ["size", "town"], ["size", "town", "y"]
    known = {tuple(map(str, row)) for row in split.train[features].to_numpy()}
    known_whole = {tuple(map(str, row)) for row in split.train[whole].to_numpy()}
    rows = [tuple(map(str, row)) for row in split.holdout[whole].to_numpy()]
    assert twins.same == sum(row in known_whole for row in rows)
    assert twins.contrary == sum(
        row[:2] in known and row not in known_whole for row in rows
    )
    assert twins.contrary > 0


def test_known_rows_with_another_target_are_told_but_do_not_stop():
    """They spoil no judgement: memory would be wrong about them."""
    (problem,) = examine(with_copies(400, y=np.arange(400.0)))

    assert problem.severity == "warn"
    assert "another target" in problem.found


def test_rows_of_few_values_are_alike_by_chance():
    """Three questions with yes and no have eight answers, however many are asked."""
    rng = np.random.default_rng(0)
    table = pd.DataFrame(rng.choice(["yes", "no"], (600, 4)), columns=[*"abcy"])

    assert examine(table) == []


def test_people_of_one_age_are_not_one_person():
    """On a ship of 1,309 many are women of 30 in third class."""
    rng = np.random.default_rng(0)
    table = pd.DataFrame(
        {
            "age": np.clip(rng.normal(30, 14, 1300), 0, 80).round(),
            "sex": rng.choice(["female", "male"], 1300),
            "class": rng.choice([1, 2, 3], 1300),
            "y": rng.choice(["yes", "no"], 1300),
        }
    )

    assert examine(table) == []


def test_an_identifier_does_not_tell_copies_apart():
    """Whoever appends a table to itself numbers its rows anew."""
    assert examine(with_copies(400))


def test_without_a_holdout_copies_are_told():
    """Before there is a split, that rows occur twice is known already."""
    table = with_copies(60)
    schema = infer_schema(table, target="y", overrides={})

    (problem,) = find_duplicates(table, schema, None)

    assert problem.severity == "warn"
    assert problem.found.startswith("120 of 560 rows")


def test_of_a_large_table_all_training_rows_are_looked_at(monkeypatch):
    """A holdout row's only twin may stand anywhere."""
    monkeypatch.setattr(duplicates, "MAX_ROWS", 50)
    table = make()
    split = Split(train=table, holdout=table.iloc[::5])

    schema = infer_schema(table, target="y", overrides={})
    twins = find_twins(split.holdout, split.train, schema)

    assert (twins.n_asked, twins.same) == (50, 50)

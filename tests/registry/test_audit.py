import math
from dataclasses import replace

import numpy as np
import pytest

from sweepkit.errors import RegistryError
from sweepkit.registry import audit
from sweepkit.registry.audit import Entry, find_breaks
from sweepkit.registry.standing import look

NAME = "predictor"
ENTRY = Entry(
    when=1.5e9,
    who="ada",
    action="promote",
    from_version="1",
    to_version="2",
    reason="it is better",
    numbers={"gain": 0.02, "interval": [0.01, 0.03]},
)


@pytest.fixture
def store(shop):
    shop.store.client.create_registered_model(NAME)
    return shop.store


def test_what_is_appended_is_read_in_the_same_order(store):
    """The history of the live model, oldest first."""
    others = [replace(ENTRY, to_version=str(number)) for number in range(3, 15)]
    for entry in (ENTRY, *others):
        audit.append(store, NAME, entry)

    assert audit.read(store, NAME) == [ENTRY, *others]


def test_a_model_that_is_not_there_has_no_history(store):
    """None is an answer, not an error."""
    assert audit.read(store, "another") == []


def test_the_history_survives_the_deletion_of_its_versions(shop):
    """It is the model's, and not a version's."""
    for value in (3.0, 2.0):
        shop.offer(value)
    shop.store.client.delete_model_version(NAME, "1")

    assert [entry.to_version for entry in audit.read(shop.store, NAME)] == ["1", "2"]


def test_the_gates_refusals_stand_in_the_history_with_their_reason(shop):
    """Why a promising model is not live is asked more often than why it is."""
    shop.offer(2.0)
    refused = shop.offer(3.0)

    entry = audit.read(shop.store, NAME)[-1]
    assert (entry.action, entry.from_version, entry.to_version) == (
        *("refuse", "1", "2"),
    )
    assert entry.reason == refused.decision.reason
    assert entry.who


def test_numbers_of_any_kind_become_plain_ones(store):
    """numpy's types and NaN are no JSON."""
    odd = {"n": np.int64(3), "x": np.float64(0.5), "nan": math.nan, "l": np.arange(2)}
    audit.append(store, NAME, replace(ENTRY, numbers=odd))

    (entry,) = audit.read(store, NAME)
    assert entry.numbers == {"n": 3, "x": 0.5, "nan": "nan", "l": [0, 1]}


def test_an_entry_too_long_for_the_store_keeps_all_but_its_numbers(store):
    """A database that refuses the tag must not undo a promotion."""
    long = replace(ENTRY, reason="r" * 9000, numbers={"all": list(range(5000))})
    audit.append(store, NAME, long)

    (entry,) = audit.read(store, NAME)
    assert entry.reason == "r" * 1500
    assert entry.numbers == {"left_out": "see gate.json of the version's run"}


def test_a_changed_or_removed_entry_shows(store):
    """Tags can be edited in MLflow's page; that must not pass unseen."""
    for number in range(4):
        audit.append(store, NAME, replace(ENTRY, to_version=str(number)))
    tags = dict(look(store.client, NAME).tags)
    assert find_breaks(tags) == []

    edited = tags | {
        "mlflow.sweepkit.audit.000002": tags["mlflow.sweepkit.audit.000002"].replace(
            "better", "worse"
        )
    }
    removed = {
        key: text for key, text in tags.items() if key != "mlflow.sweepkit.audit.000003"
    }

    assert find_breaks(edited) == [3]
    assert find_breaks(removed) == [3, 4]


def test_an_entry_somebody_else_wrote_is_a_registry_error(store):
    """The message names the tags that are not to be edited."""
    store.client.set_registered_model_tag(NAME, "mlflow.sweepkit.audit.000001", "hello")

    with pytest.raises(RegistryError, match=r"audit\.\*` must not be edited"):
        audit.read(store, NAME)

import pytest
from mlflow.exceptions import MlflowException

from sweepkit.registry.aliases import CHAMPION, PREVIOUS, champion_version, promote
from sweepkit.tracking import open_store

NAME = "predictor"


@pytest.fixture
def client(make_store):
    client = open_store(make_store()).client
    client.create_registered_model(NAME)
    for _ in range(3):
        client.create_model_version(NAME, "file:///nowhere", await_creation_for=0)
    return client


def aliases(client):
    found = client.get_registered_model(NAME).aliases
    return {alias: str(version) for alias, version in found.items()}


def test_a_new_model_has_no_champion(client):
    """None is an answer, not an error."""
    assert champion_version(client, NAME) is None


def test_the_replaced_champion_is_remembered(client):
    """Without it nobody could go back."""
    promote(client, NAME, "1")
    promote(client, NAME, "3")

    assert champion_version(client, NAME) == "3"
    assert aliases(client) == {CHAMPION: "3", PREVIOUS: "1"}


def test_promoting_the_champion_again_keeps_the_way_back(client):
    """It must not become its own predecessor."""
    promote(client, NAME, "1")
    promote(client, NAME, "2")
    promote(client, NAME, "2")

    assert aliases(client) == {CHAMPION: "2", PREVIOUS: "1"}


def test_a_failure_in_between_leaves_the_old_champion_serving(client):
    """The way back is written before the champion moves."""
    promote(client, NAME, "1")

    with pytest.raises(MlflowException):
        promote(client, NAME, "99")

    assert aliases(client) == {CHAMPION: "1", PREVIOUS: "1"}

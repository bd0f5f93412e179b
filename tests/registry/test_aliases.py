import pytest

from sweepkit.registry.aliases import (
    CHALLENGER,
    CHAMPION,
    PREVIOUS,
    champion_version,
    point,
    read_aliases,
)
from sweepkit.tracking import open_store

NAME = "predictor"


@pytest.fixture
def client(make_store):
    client = open_store(make_store()).client
    client.create_registered_model(NAME)
    for _ in range(3):
        client.create_model_version(NAME, "file:///nowhere", await_creation_for=0)
    return client


def test_a_new_model_has_no_champion(client):
    """None is an answer, not an error."""
    assert champion_version(client, NAME) is None


def test_a_model_that_is_not_there_has_no_aliases(client):
    """The first publication asks before it makes the model."""
    assert read_aliases(client, "another") == {}


@pytest.mark.parametrize(
    ("alias", "names"),
    [
        (CHAMPION, {"champion", "production"}),
        (CHALLENGER, {"challenger", "staging"}),
        (PREVIOUS, {"previous-champion"}),
    ],
)
def test_an_alias_moves_and_goes_together_with_its_twin(client, alias, names):
    """The guide's words for stages name the same versions as ours."""
    point(client, NAME, alias, "1")
    point(client, NAME, alias, "3")
    assert read_aliases(client, NAME) == dict.fromkeys(names, "3")

    point(client, NAME, alias, None)
    point(client, NAME, alias, None)
    assert read_aliases(client, NAME) == {}

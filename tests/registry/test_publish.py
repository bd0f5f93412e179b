import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression

from sweepkit.errors import ConfigError, RegistryError
from sweepkit.registry.aliases import CHAMPION, PREVIOUS, champion_version
from sweepkit.registry.gate import Gate, Scorecard
from sweepkit.registry.publish import DECISION, PROMOTED, publish
from sweepkit.tracking import open_store, start_run
from sweepkit.tracking.model import ModelCard

NAME = "predictor"


@pytest.fixture
def store(make_store):
    return make_store()


@pytest.fixture
def opened(store):
    return open_store(store)


@pytest.fixture
def train(store):
    """A factory of runs with a logged model: returns run id and model id."""
    table = pd.DataFrame({"a": np.arange(5.0)})
    pipeline = LinearRegression().fit(table, table["a"])

    def train_one():
        with start_run(store, "run") as run:
            card = ModelCard(name="linear", inputs=table, target="y")
            model = run.log_model(pipeline, card)
        return run.run_id, model.model_id

    return train_one


@pytest.fixture
def offer(opened, train):
    """A factory that trains and publishes a model with this score."""

    def offer_one(value, holdout="rows", gate=None, ids=None, **tags):
        run_id, model_id = ids or train()
        return publish(
            opened,
            run_id=run_id,
            model_id=model_id,
            model_name=NAME,
            scorecard=Scorecard(
                metric="holdout_rmse",
                value=value,
                direction="minimize",
                holdout=holdout,
            ),
            gate=gate or Gate(),
            tags=tags,
        )

    return offer_one


def test_the_first_version_becomes_champion_with_its_facts(opened, offer, train):
    """Whoever serves it can tell where it came from."""
    run_id, model_id = train()

    published = offer(2.0, ids=(run_id, model_id), config_hash="abc", seed=42)

    version = opened.client.get_model_version_by_alias(NAME, CHAMPION)
    assert published.version == str(version.version) == "1"
    assert version.run_id == run_id
    assert version.source == f"models:/{model_id}"
    assert version.tags["run_id"] == run_id
    assert version.tags["lifecycle"] == "production"
    assert version.tags["config_hash"] == "abc"
    assert version.tags["seed"] == "42"
    assert version.tags["mlflow.sweepkit.score.value"] == "2.0"
    assert version.tags[DECISION] == published.decision.reason
    assert version.tags[PROMOTED] == "True"


def test_a_version_names_the_code_it_was_made_by(opened, offer, train):
    """The commit is known to the run, and a run may be deleted."""
    run_id, model_id = train()
    opened.client.set_tag(run_id, "mlflow.source.git.commit", "1a2b3c")
    opened.client.set_tag(run_id, "git.dirty", "True")

    offer(1.0, ids=(run_id, model_id))

    tags = opened.client.get_model_version(NAME, "1").tags
    assert (tags["git.commit"], tags["git.dirty"]) == ("1a2b3c", "True")


def test_a_better_model_replaces_the_champion_and_a_worse_one_does_not(opened, offer):
    """The alias is what is served."""
    offer(2.0)
    better = offer(1.0)
    worse = offer(3.0)

    assert better.decision.promote
    assert not worse.decision.promote
    aliases = opened.client.get_registered_model(NAME).aliases
    assert {a: str(v) for a, v in aliases.items()} == {
        CHAMPION: "2",
        "production": "2",
        PREVIOUS: "1",
        "challenger": "3",
        "staging": "3",
    }
    assert opened.client.get_model_version(NAME, "3").tags[PROMOTED] == "False"


def test_a_run_published_twice_stays_one_version(opened, offer, train):
    """A hook that runs again after a crash must not fill the registry."""
    ids = train()
    first = offer(2.0, ids=ids)
    offer(1.0)
    second = offer(2.0, ids=ids)

    assert second == first
    assert champion_version(opened.client, NAME) == "2"


@pytest.mark.parametrize("lost", [[PROMOTED], [PROMOTED, DECISION]])
def test_a_publication_cut_short_is_completed(opened, offer, train, lost):
    """A kill between two writes leaves a version that nobody judged."""
    ids = train()
    offer(2.0, ids=ids)
    for tag in lost:
        opened.client.delete_model_version_tag(NAME, "1", tag)

    again = offer(2.0, ids=ids)

    assert (again.version, again.decision.promote) == ("1", True)
    assert opened.client.get_model_version(NAME, "1").tags[PROMOTED] == "True"


def test_other_holdout_rows_keep_the_champion_unless_the_gate_is_off(opened, offer):
    """New data makes scores incomparable; a person may decide all the same."""
    offer(2.0)

    kept = offer(1.0, holdout="other rows")
    forced = offer(1.0, holdout="other rows", gate=Gate(mode="off"))

    assert not kept.decision.promote
    assert "registry.gate=off" in kept.decision.reason
    assert forced.decision.promote
    assert champion_version(opened.client, NAME) == "3"


def test_a_champion_made_by_hand_is_not_replaced_unseen(opened, offer):
    """It has no score to be compared with."""
    client = opened.client
    client.create_registered_model(NAME)
    client.create_model_version(NAME, "file:///nowhere", await_creation_for=0)
    client.set_registered_model_alias(NAME, CHAMPION, "1")

    decision = offer(1.0).decision

    assert not decision.promote
    assert "version 1, has no score" in decision.reason


def test_the_logged_models_page_links_to_the_version(opened, offer, train):
    """MLflow draws the link from this tag."""
    ids = train()
    offer(1.0, ids=ids)

    tags = opened.client.get_logged_model(ids[1]).tags
    assert tags["mlflow.modelVersions"] == '[{"name": "predictor", "version": "1"}]'


def test_a_model_that_is_not_there_is_a_registry_error(offer, train):
    """The version would exist and could not be loaded."""
    run_id, _ = train()

    with pytest.raises(RegistryError, match="has no model m-nonesuch"):
        offer(1.0, ids=(run_id, "m-nonesuch"))


@pytest.mark.parametrize("name", ["", " ", "a/b", "a:b"])
def test_a_name_mlflow_forbids_is_refused_by_its_key(opened, name):
    """The message names the key before the store is asked."""
    card = Scorecard(metric="m", value=1.0, direction="minimize", holdout="h")

    with pytest.raises(ConfigError, match=r"registry\.model_name"):
        publish(
            opened,
            run_id="r",
            model_id="m",
            model_name=name,
            scorecard=card,
            gate=Gate(),
        )

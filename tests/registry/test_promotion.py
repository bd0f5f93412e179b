import json
import os
import subprocess
import sys
import time

import pytest

from sweepkit.errors import IntegrityError, RegistryError, StoreError
from sweepkit.registry import audit
from sweepkit.registry.aliases import CHAMPION, PREVIOUS
from sweepkit.registry.promotion import promote, roll_back
from sweepkit.tracking import Store, open_store
from sweepkit.tracking.locks import lock_model

NAME = "predictor"
POSTGRESQL = os.environ.get("SWEEPKIT_TEST_POSTGRESQL", "")


def history(shop):
    """Return what the history says, without times and numbers."""
    return [
        (entry.action, entry.from_version, entry.to_version)
        for entry in audit.read(shop.store, NAME)
    ]


def climb(shop, versions):
    """Publish so many versions, each better than the one before."""
    for number in range(versions):
        assert shop.offer(10.0 - number).decision.promote


def test_the_life_of_versions_shows_in_stages_and_aliases(shop):
    """A page of MLflow tells what is live, what was, and what waits."""
    shop.offer(5.0)  # 1: live first
    shop.offer(4.0)  # 2: replaces it
    shop.offer(6.0)  # 3: waits
    shop.offer(4.5)  # 4: waits, and is better
    shop.offer(7.0)  # 5: worse than both

    assert shop.stages() == {
        "1": "archived",
        "2": "production",
        "3": "development",
        "4": "staging",
        "5": "development",
    }
    assert shop.aliases() == {
        "champion": "2",
        "production": "2",
        "challenger": "4",
        "staging": "4",
        "previous-champion": "1",
    }


def test_a_challenger_that_goes_live_leaves_its_place_to_the_next_best(shop):
    """There is always a best among those not live."""
    for value in (4.0, 6.0, 5.0):
        shop.offer(value)

    promote(shop.store, NAME, "3", reason="asked for", who="ada")

    assert shop.aliases()["challenger"] == "2"
    assert shop.stages() == {"1": "archived", "2": "staging", "3": "production"}


def test_versions_judged_on_other_rows_never_wait_as_challenger(shop):
    """A smaller error on easier rows proves nothing."""
    shop.offer(4.0)
    shop.offer(0.1, holdout="easier rows")

    assert "challenger" not in shop.aliases()


def test_a_promotion_by_hand_is_recorded_with_its_reason(shop):
    """Who, when, from, to, why, numbers: read a year later."""
    climb(shop, 2)
    before = time.time()

    promote(
        *(shop.store, NAME, "1"),
        reason="the new one misjudges flats",
        who="ada",
        numbers={"gain": -0.1},
        action="force-promote",
    )

    entry = audit.read(shop.store, NAME)[-1]
    assert (entry.who, entry.reason) == ("ada", "the new one misjudges flats")
    assert (entry.action, entry.from_version, entry.to_version) == (
        *("force-promote", "2", "1"),
    )
    assert before <= entry.when <= time.time()
    assert entry.numbers == {"gain": -0.1}
    assert shop.aliases() | {} == {
        "champion": "1",
        "production": "1",
        "previous-champion": "2",
    }


def test_promoting_the_champion_again_changes_nothing(shop):
    """It must not become its own predecessor."""
    climb(shop, 2)
    before = shop.aliases(), history(shop)

    promote(shop.store, NAME, "2", reason="again", who="ada")

    assert (shop.aliases(), history(shop)) == before


def test_a_version_that_is_not_there_is_refused_and_the_champion_stays(shop):
    """A typing error must not cost the live model."""
    climb(shop, 2)
    before = shop.aliases()

    with pytest.raises(RegistryError, match="has no version 99"):
        promote(shop.store, NAME, "99", reason="typing error", who="ada")

    assert shop.aliases() == before


def test_a_version_whose_files_changed_is_never_promoted(shop):
    """The numbers that speak for it are those of other files."""
    climb(shop, 2)
    with (shop.files() / "model.skops").open("ab") as file:
        file.write(b"x")

    with pytest.raises(IntegrityError, match=r"changed: model\.skops"):
        promote(shop.store, NAME, "1", reason="back", who="ada")

    assert shop.aliases()[CHAMPION] == "2"


def test_rolling_back_twice_goes_further_back_and_then_says_so(shop):
    """In an emergency one types it until the model is good again."""
    climb(shop, 3)

    assert roll_back(shop.store, NAME, reason="bad", who="ada") == "2"
    assert shop.aliases()[PREVIOUS] == "1"
    assert roll_back(shop.store, NAME, reason="bad too", who="ada") == "1"
    with pytest.raises(RegistryError, match="no earlier champion"):
        roll_back(shop.store, NAME, reason="worse and worse", who="ada")

    assert shop.aliases() == {"champion": "1", "production": "1"}
    assert shop.stages() == {"1": "production", "2": "archived", "3": "archived"}
    assert history(shop)[-2:] == [("rollback", "3", "2"), ("rollback", "2", "1")]


def test_what_was_rolled_back_from_is_nothing_to_come_back_to(shop):
    """Going back must not bring the broken version to life."""
    climb(shop, 2)
    roll_back(shop.store, NAME, reason="bad", who="ada")
    shop.offer(1.0)

    assert roll_back(shop.store, NAME, reason="bad too", who="ada") == "1"
    with pytest.raises(RegistryError, match="no earlier champion"):
        roll_back(shop.store, NAME, reason="worse", who="ada")


def test_a_deleted_version_is_skipped_on_the_way_back(shop):
    """Somebody tidied up; the one before it still serves."""
    climb(shop, 3)
    shop.store.client.delete_model_version(NAME, "2")

    assert roll_back(shop.store, NAME, reason="bad", who="ada") == "1"


def test_a_registry_older_than_its_history_goes_back_by_the_alias(shop):
    """`previous-champion` was kept before there was a history."""
    climb(shop, 2)
    for number in (1, 2):
        shop.store.client.delete_registered_model_tag(
            NAME, f"mlflow.sweepkit.audit.{number:06d}"
        )

    assert roll_back(shop.store, NAME, reason="bad", who="ada") == "1"
    with pytest.raises(RegistryError, match="no earlier champion"):
        roll_back(shop.store, NAME, reason="again", who="ada")


def test_without_a_champion_there_is_nothing_to_roll_back(shop):
    """The message names what is missing, not a KeyError."""
    with pytest.raises(RegistryError, match="has no alias 'champion'"):
        roll_back(shop.store, NAME, reason="bad", who="ada")


def test_a_champion_that_another_machine_moves_meanwhile_is_not_overwritten(shop):
    """Through a server no lock reaches the other machine; comparing does."""
    climb(shop, 3)

    def interfere(point):
        if point == "way back written":
            shop.store.client.set_registered_model_alias(NAME, CHAMPION, "2")

    with pytest.raises(RegistryError, match="another machine moved it"):
        promote(shop.store, NAME, "1", reason="x", who="ada", at=interfere)

    assert shop.aliases()[CHAMPION] == "2"
    assert history(shop)[-1] == ("promote", "2", "3")


def test_a_candidate_is_judged_again_if_another_machine_was_faster(shop):
    """The better one of two machines' candidates ends as champion."""
    shop.offer(5.0)
    shop.offer(3.0)
    promote(shop.store, NAME, "1", reason="as if 2 were still on its way", who="ada")
    moved = []

    def interfere(point):
        if point == "way back written" and not moved:
            moved.append(point)
            shop.store.client.set_registered_model_alias(NAME, CHAMPION, "2")

    published = shop.offer(4.0, at=interfere)

    assert not published.decision.promote
    assert shop.aliases()[CHAMPION] == "2"


# So many publications of so many processes at once; the scores are shuffled.
CROWD = """
import os, sys, json
from sweepkit.registry.gate import Gate, Scorecard
from sweepkit.registry.publish import publish
from sweepkit.tracking import Store, open_store

uri, model_id, jobs = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
import sweepkit.registry.deciding, skops.io, mlflow.store.tracking.sqlalchemy_store
gate, starter = os.pipe()
children = []
for part in jobs:
    child = os.fork()
    if child == 0:
        os.close(starter)
        os.read(gate, 1)  # returns when the parent closes its end
        store = open_store(Store(uri=uri, experiment="tests"))
        for run_id, value in part:
            card = Scorecard(metric="m", value=value, direction="minimize", holdout="h")
            publish(store, run_id=run_id, model_id=model_id, model_name="predictor",
                    scorecard=card, gate=Gate())
        os._exit(0)
    children.append(child)
os.close(starter)
codes = [os.waitpid(child, 0)[1] for child in children]
sys.exit(f"exit codes {codes}" if any(codes) else 0)
"""


def rush(shop, processes, each):
    """Publish from so many processes at once; return the scores by version."""
    values = [float((7 * n) % 101) for n in range(1, processes * each + 1)]
    jobs = [
        [(shop.run(), value) for value in values[p::processes]]
        for p in range(processes)
    ]
    command = [sys.executable, "-c", CROWD, shop.store.uri, shop.model_id]
    done = subprocess.run(
        [*command, json.dumps(jobs)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    found = shop.store.client.search_model_versions(f"name='{NAME}'")
    key = "mlflow.sweepkit.score.value"
    return {str(one.version): float(one.tags[key]) for one in found}


def check_rush(shop, scores):
    """Assert that the best ended as champion, and that no step led downwards."""
    assert scores[shop.aliases()[CHAMPION]] == min(scores.values())
    entries = audit.read(shop.store, NAME)
    assert {entry.to_version for entry in entries} == set(scores)
    champion = ""
    for entry in entries:
        assert entry.from_version == champion
        better = not champion or scores[entry.to_version] < scores[champion]
        assert (entry.action == "promote") == better
        if better:
            champion = entry.to_version


@pytest.mark.slow
def test_a_hundred_promotions_at_once_end_with_the_best_and_never_regress(shop):
    """An alias has no compare-and-swap: without a lock the last writer wins."""
    scores = rush(shop, processes=10, each=10)

    assert len(scores) == 100
    check_rush(shop, scores)


@pytest.fixture
def shared(tmp_path):
    """Settings of a store on a PostgreSQL server, which may have been used before."""
    if not POSTGRESQL:
        pytest.skip("SWEEPKIT_TEST_POSTGRESQL names no server")
    settings = Store(
        uri=POSTGRESQL, experiment=str(tmp_path), artifact_location=str(tmp_path)
    )
    client = open_store(settings).client
    if client.search_registered_models(f"name='{NAME}'"):
        client.delete_registered_model(NAME)
    return settings


@pytest.mark.slow
def test_promotions_at_once_hold_on_postgresql_too(make_shop, shared):
    """A team shares a database; the lock is the database's own."""
    shop = make_shop(shared)

    scores = rush(shop, processes=5, each=4)

    check_rush(shop, scores)


def test_a_lock_of_postgresql_holds_off_another_session(shared, monkeypatch):
    """It ends with the connection, so a killed process leaves none behind."""
    store = open_store(shared)
    monkeypatch.setattr("sweepkit.tracking.locks.PATIENCE_S", 0.2)

    with (
        lock_model(store, NAME),
        pytest.raises(StoreError, match="locked by another process"),
        lock_model(store, NAME),
    ):
        pass
    with lock_model(store, NAME), lock_model(store, "another"):
        pass

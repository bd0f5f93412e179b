"""What should never be is found, and repaired where nothing can be lost by it."""

import sqlite3

import pytest
from optuna.study import StudyDirection
from optuna.trial import create_trial

from sweepkit.registry.aliases import CHAMPION, PREVIOUS, read_aliases
from sweepkit.registry.promotion import promote
from sweepkit.sweep.memory import OUTCOME, encode_outcome
from sweepkit.sweep.outcome import Outcome, State
from sweepkit.sweep.storage import open_storage
from sweepkit.tracking.owner import OWNER, describe_owner

DEAD = " ".join([*describe_owner().split(" ")[:2], "0"])


class Killed(Exception):
    """Stands for the end of a process."""


def begin_run(project, owner: str) -> str:
    """Leave a run open that has this owner."""
    with project.opened() as place:
        run = place.store.client.create_run(
            place.store.experiment_id, tags={OWNER: owner} if owner else {}
        )
        return run.info.run_id


def status(project, run_id: str) -> str:
    with project.opened() as place:
        return place.store.client.get_run(run_id).info.status


def kinds(records) -> list[str]:
    return [record["kind"] for record in records]


def test_a_registry_as_it_should_be_has_no_faults(project):
    """A doctor who finds something with the healthy is not asked again."""
    answer = project.type("doctor", "--json")

    assert (answer.code, answer.err) == (0, "")
    assert answer.json == {"repaired": [], "left": [], "notes": []}


def test_a_run_whose_process_is_gone_is_ended(project):
    """It would be shown as RUNNING for ever."""
    run_id = begin_run(project, DEAD)

    found = project.type("doctor", "--json")
    assert (found.code, kinds(found.json["left"])) == (2, ["open run"])
    assert "--fix" in found.err
    assert status(project, run_id) == "RUNNING"

    fixed = project.type("doctor", "--fix", "--json")
    assert (fixed.code, kinds(fixed.json["repaired"])) == (0, ["open run"])
    assert status(project, run_id) == "KILLED"


@pytest.mark.parametrize(
    "owner",
    [
        pytest.param(describe_owner(), id="this process"),
        pytest.param("elsewhere 1 2", id="another machine"),
        pytest.param("", id="another program"),
    ],
)
def test_a_run_that_may_live_is_left_alone(project, owner):
    """Nobody's training is ended for the sake of order; what is unknown is said."""
    run_id = begin_run(project, owner)

    answer = project.type("doctor", "--fix", "--json")

    assert (answer.code, answer.json["left"]) == (0, [])
    assert (run_id in str(answer.json["notes"])) == (owner != describe_owner())
    assert status(project, run_id) == "RUNNING"


@pytest.mark.parametrize("point", ["way back written", "champion written", "settled"])
def test_a_promotion_that_was_cut_short_is_brought_to_its_end(project, point):
    """Whatever broke, there is one champion and the history knows it."""

    def die(reached):
        if reached == point:
            raise Killed

    with project.opened() as place, pytest.raises(Killed):
        promote(place.store, place.model_name, "1", reason="test", at=die)

    answer = project.type("doctor", "--fix", "--json")

    assert (answer.code, answer.json["left"]) == (0, [])
    assert "unfinished" in kinds(answer.json["repaired"])
    moved = point != "way back written"
    last = project.type("history", "--json").json[-1]
    with project.opened() as place:
        aliases = read_aliases(place.store.client, place.model_name)
    assert aliases[CHAMPION] == last["to_version"] == ("1" if moved else "3")


def test_a_champion_that_was_deleted_is_followed_by_the_one_before(project):
    """Callers of the alias are left with nothing otherwise."""
    with project.opened() as place:
        place.store.client.delete_model_version(place.model_name, "3")

    answer = project.type("doctor", "--fix", "--json")

    assert (answer.code, answer.json["left"]) == (0, [])
    with project.opened() as place:
        aliases = read_aliases(place.store.client, place.model_name)
    assert aliases[CHAMPION] == aliases["production"] == "2"
    assert PREVIOUS not in aliases


def test_a_changed_file_of_the_champion_cannot_be_repaired(project):
    """Only a person knows whether to train again or to bring a copy back."""
    shown = project.type("show", "3", "--json").json
    (folder,) = project.folder.glob(
        f"outputs/mlartifacts/models/{shown['model_id']}/*/"
    )
    (folder / "MLmodel").write_text("flavors: {}")

    answer = project.type("doctor", "--fix", "--json")

    assert answer.code == 2
    assert kinds(answer.json["left"]) == ["manifest"]
    assert not answer.json["left"][0]["repairable"]
    assert "MLmodel" in answer.json["left"][0]["message"]


def test_a_repair_that_fails_is_told_and_does_not_hinder_others(project):
    """The last champion cannot be put back with other files, but runs can be ended."""
    run_id = begin_run(project, DEAD)
    shown = project.type("show", "2", "--json").json
    (folder,) = project.folder.glob(
        f"outputs/mlartifacts/models/{shown['model_id']}/*/"
    )
    with (folder / "model.skops").open("ab") as file:
        file.write(b"x")
    with project.opened() as place:
        place.store.client.delete_model_version(place.model_name, "3")

    answer = project.type("doctor", "--fix", "--json")

    assert answer.code == 2
    messages = [record["message"] for record in answer.json["left"]]
    assert any("It was not repaired:" in message for message in messages)
    assert status(project, run_id) == "KILLED"


def test_a_damaged_database_of_studies_is_named(project):
    """It is found before the next sweep needs it; the registry is examined too."""
    studies = project.folder / "outputs" / "studies.db"
    open_storage(f"sqlite:///{studies}")
    with sqlite3.connect(studies) as database:
        (n_pages,) = database.execute("PRAGMA page_count").fetchone()
        database.execute("PRAGMA journal_mode=DELETE")
    assert n_pages > 3
    with studies.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 4096 * 2)

    answer = project.type("doctor", "--json")

    assert answer.code == 2
    assert kinds(answer.json["left"]) == ["database"]
    assert str(studies) in answer.json["left"][0]["message"]


def test_a_sweep_at_work_is_not_disturbed(project):
    """Its parent is open, and its trials are half-written at any moment."""
    studies = f"sqlite:///{project.folder / 'outputs' / 'studies.db'}"
    open_storage(studies).create_new_study([StudyDirection.MINIMIZE], "houses")
    tags = {"role": "sweep", "sweep.study": "houses", OWNER: describe_owner()}
    with project.opened() as place:
        client, experiment = place.store.client, place.store.experiment_id
        parent = client.create_run(experiment, tags=tags).info.run_id
        tags |= {"role": "trial", "sweep.trial": "0", "mlflow.parentRunId": parent}
        trial = client.create_run(experiment, tags=tags).info.run_id

    during = project.type("doctor", "--fix", "--json")
    assert (during.code, during.json["repaired"]) == (0, [])
    assert status(project, trial) == "RUNNING"

    client.set_terminated(parent)
    after = project.type("doctor", "--fix", "--json")
    assert (after.code, kinds(after.json["repaired"])) == (0, ["study"])
    assert status(project, trial) == "KILLED"


def test_a_trial_that_only_the_study_knows_is_told(project):
    """The sweep itself writes it when it is typed again; the doctor invents no runs."""
    storage = open_storage(f"sqlite:///{project.folder / 'outputs' / 'studies.db'}")
    study = storage.create_new_study([StudyDirection.MINIMIZE], "houses")
    told = Outcome(
        number=0, state=State.COMPLETE, params={}, overrides=(), values=(1.0,)
    )
    attributes = {OUTCOME: encode_outcome(told)}
    storage.create_new_trial(study, create_trial(value=1.0, user_attrs=attributes))
    with project.opened() as place:
        tags = {"role": "sweep", "sweep.study": "houses"}
        client = place.store.client
        parent = client.create_run(place.store.experiment_id, tags=tags)
        client.set_terminated(parent.info.run_id)

    answer = project.type("doctor", "--fix", "--json")

    assert (answer.code, kinds(answer.json["left"])) == (2, ["study"])
    assert "1 trials that MLflow lacks" in answer.json["left"][0]["message"]


def test_without_a_model_there_is_nothing_to_find_but_that(project):
    """A wrong name must not pass for a clean bill of health."""
    answer = project.type("doctor", "registry.model_name=nobody", "--json")

    assert answer.code == 0
    assert "'nobody'" in answer.json["notes"][0]

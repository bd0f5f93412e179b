import math
from dataclasses import replace

import pytest

from sweepkit.tracking import open_store
from sweepkit.tracking.existing import find_runs, read_curve, reopen_run
from sweepkit.tracking.metrics import Point
from sweepkit.tracking.trials import FinishedRun, write_finished, write_points

CURVE = [Point("cv_rmse", value, step) for step, value in enumerate([3.0, 1.0, 2.0])]
TRIAL = FinishedRun(
    name="trial 7",
    tags={"role": "trial", "sweep.trial": 7},
    params={"model.estimator.alpha": 0.5},
    points=[*CURVE, Point("seconds", 4.5, 0)],
    status="FINISHED",
    started_at=1_700_000_000.25,
    ended_at=1_700_000_004.75,
)


class CountingClient:
    """Passes every request on and notes its name."""

    def __init__(self, client):
        self._client = client
        self.requests = []

    def __getattr__(self, name):
        self.requests.append(name)
        return getattr(self._client, name)


@pytest.fixture
def opened(make_store):
    return open_store(make_store())


def test_a_finished_run_costs_three_requests(opened):
    """One for each value would make a trial wait for MLflow."""
    client = CountingClient(opened.client)

    write_finished(replace(opened, client=client), TRIAL)

    assert client.requests == ["create_run", "log_batch", "set_terminated"]


def test_a_finished_run_is_stored_whole_and_with_its_own_times(opened):
    """It is written later than it ran."""
    run_id = write_finished(opened, TRIAL)

    stored = opened.client.get_run(run_id)
    assert stored.info.run_name == "trial 7"
    assert stored.info.status == "FINISHED"
    assert stored.info.start_time == 1_700_000_000_250
    assert stored.info.end_time == 1_700_000_004_750
    assert stored.data.params == {"model.estimator.alpha": "0.5"}
    assert stored.data.metrics == {"cv_rmse": 2.0, "seconds": 4.5}
    assert stored.data.tags["sweep.trial"] == "7"
    assert read_curve(opened, run_id, "cv_rmse") == CURVE


def test_a_half_written_run_is_completed_and_nothing_doubled(opened):
    """After a kill in mid-batch the next session writes the same again."""
    run_id = write_finished(opened, TRIAL)
    reopen_run(opened, run_id)

    assert write_finished(opened, TRIAL, run_id) == run_id

    assert len(find_runs(opened, {"role": "trial"})) == 1
    assert read_curve(opened, run_id, "cv_rmse") == CURVE
    assert opened.client.get_run(run_id).info.status == "FINISHED"


def test_more_than_one_request_holds_is_written_whole(opened):
    """Repeated folds have many scores, a search across models many parameters."""
    large = replace(
        TRIAL,
        params={f"p{i}": i for i in range(150)},
        points=[Point("cv_rmse", float(i), i) for i in range(1700)],
    )

    run_id = write_finished(opened, large)

    assert len(opened.client.get_run(run_id).data.params) == 150
    assert len(read_curve(opened, run_id, "cv_rmse")) == 1700


def test_what_cannot_be_drawn_is_named_in_a_tag(opened):
    """MLflow would store NaN as 0."""
    run_id = write_finished(opened, replace(TRIAL, points=[Point("m", math.nan, 2)]))

    stored = opened.client.get_run(run_id)
    assert stored.data.metrics == {}
    assert stored.data.tags["metrics.not_finite"] == "m=nan (step 2)"


def test_a_secret_in_a_tag_is_masked(opened):
    """An exception's text may hold the address of a database."""
    error = "cannot reach postgresql://me:hunter2@host/db"
    run_id = write_finished(opened, replace(TRIAL, tags={"error": error}))

    assert "hunter2" not in opened.client.get_run(run_id).data.tags["error"]


def test_points_added_to_an_ended_run_leave_its_end(opened):
    """A run that ended must not seem to have taken until now."""
    run_id = write_finished(opened, TRIAL)

    write_points(opened, run_id, [Point("best", 1.0, 3)], 1_700_000_009.0)

    stored = opened.client.get_run(run_id)
    assert stored.info.end_time == 1_700_000_004_750
    assert stored.data.metrics["best"] == 1.0


@pytest.mark.parametrize("name", ["plain", "it's", 'a "b"', "both ' and \"", "50%_x"])
def test_runs_are_found_by_any_name(opened, name):
    """Study names are a person's own, and MLflow's filters know no escape."""
    wanted = write_finished(opened, replace(TRIAL, tags={"sweep.study": name}))
    write_finished(opened, replace(TRIAL, tags={"sweep.study": "another"}))

    assert [r.run_id for r in find_runs(opened, {"sweep.study": name})] == [wanted]


def test_runs_are_found_beyond_the_first_page(opened, monkeypatch):
    """A sweep of thousands of trials must be seen whole, oldest first."""
    monkeypatch.setattr("sweepkit.tracking.existing._PER_PAGE", 2)
    ids = [
        write_finished(opened, replace(TRIAL, started_at=TRIAL.started_at + i))
        for i in range(5)
    ]

    assert [run.run_id for run in find_runs(opened, {"role": "trial"})] == ids


def test_a_run_opened_again_began_when_it_began(opened):
    """A resumed sweep is one sweep."""
    run_id = write_finished(opened, TRIAL)

    reopen_run(opened, run_id)

    (run,) = find_runs(opened, {"role": "trial"})
    assert run.status == "RUNNING"
    assert run.started_at == TRIAL.started_at

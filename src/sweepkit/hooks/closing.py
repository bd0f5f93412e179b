"""The end of a sweep: its run summed up and closed, its best trial registered."""

import sys
from dataclasses import replace

from omegaconf import DictConfig
from rich.console import Console
from rich.text import Text

from sweepkit.hooks.note import write_note
from sweepkit.hooks.record import SweepRecord
from sweepkit.hooks.register_best import register_best
from sweepkit.sweep.outcome import Outcome, State, SweepResult
from sweepkit.sweep.standing import find_default
from sweepkit.sweep.summary import describe_gain
from sweepkit.sweep.wording import count_states
from sweepkit.tracking.ending import judge_ending, record_failure
from sweepkit.tracking.links import compare_url, runs_url
from sweepkit.tracking.recording import MlflowRun
from sweepkit.tracking.run import Status
from sweepkit.training.notes import Notes

_MOST_COMPARED = 12  # of more, MLflow's page of comparison is a thicket
_FILES = ("sweep_report.html", "optimization_results.yaml")


def close_sweep(
    record: SweepRecord, result: SweepResult, config: DictConfig, *, obstacle: str = ""
) -> None:
    """Sum a sweep up on its run, end that, and register the best trial.

    Args:
        record: The sweep's record.
        result: What came of it.
        config: Its configuration.
        obstacle: Why its best trial cannot be registered, if it cannot.

    Raises:
        SweepkitError: If the store fails, or refitting or registering does.
    """
    status = _judge(result)
    record.settle(result.outcomes)
    result = with_runs(result, record)
    url = _trials_url(record)
    _sum_up(record, result, url)
    record.run.end_run(status)
    facts = {"all trials": url} | _compare(record, result)
    if status == "FINISHED" and result.best is not None and not obstacle:
        notes = _register(record, config, result, facts)
    else:
        notes = {"registered": f"no: {obstacle or _find_obstacle(result, status)}"}
    if "run" not in notes:  # otherwise they stand below the table of scores
        print_notes(notes | facts)


def with_runs(result: SweepResult, record: SweepRecord) -> SweepResult:
    """Return the result with the run of every trial."""
    outcomes = tuple(_with_run(o, record) for o in result.outcomes)
    best = None if result.best is None else _with_run(result.best, record)
    return replace(result, outcomes=outcomes, best=best)


def print_notes(notes: Notes) -> None:
    """Print facts, one a line."""
    width = max(map(len, notes))
    for title, text in notes.items():
        # Long links must stay in one piece, or no terminal can open them.
        line = Text.assemble((f"{title:<{width}}  ", "bold"), text)
        Console().print(line, soft_wrap=True)


def _judge(result: SweepResult) -> Status:
    """Return the status of the sweep's run; an exception may be on its way out."""
    status = judge_ending(sys.exc_info()[1])
    if status == "FINISHED" and result.interrupted:
        return "KILLED"
    return "FAILED" if result.best is None and status == "FINISHED" else status


def _find_obstacle(result: SweepResult, status: Status) -> str:
    if status == "KILLED":
        return "the sweep was interrupted"
    return "no trial is complete" if result.best is None else "the sweep failed"


def _has_default(result: SweepResult) -> bool:
    return find_default(result.outcomes, result.plan.directions) is not None


def _with_run(outcome: Outcome, record: SweepRecord) -> Outcome:
    return replace(outcome, run_id=record.run_ids.get(outcome.number, ""))


def _trials_url(record: SweepRecord) -> str:
    plan = record.plan
    return runs_url(
        record.store.uri,
        record.store.experiment_id,
        metric=plan.objectives[0],
        best_first=plan.directions[0],
        parent=record.run.run_id,
    )


def _compare(record: SweepRecord, result: SweepResult) -> Notes:
    """Link to the runs side by side, if they are few enough to be looked at."""
    runs = [o.run_id for o in result.outcomes if o.values and o.run_id]
    if not 1 < len(runs) <= _MOST_COMPARED:
        return {}
    store = record.store
    return {"side by side": compare_url(store.uri, store.experiment_id, runs)}


def _sum_up(record: SweepRecord, result: SweepResult, url: str) -> None:
    run, best = record.run, result.best
    states = count_states(result.outcomes)
    run.log_metrics({f"trials_{state}": states[state] for state in State})
    run.log_metrics({"saved_seconds": result.saved_seconds})
    tags: dict[str, object] = {"sweep.reason": result.reason}
    tags["mlflow.note.content"] = write_note(result, record.store, record.run_ids, url)
    if best is not None:
        tags |= {"best.trial": best.number, "best.run_id": best.run_id}
        values = zip(result.plan.objectives, best.values, strict=False)
        tags |= {f"best.{name}": value for name, value in values}
        tags |= {f"best.{key}": value for key, value in best.params.items()}
    if _has_default(result):
        tags["tuned_against_defaults"] = describe_gain(result)
    run.set_tags(tags)
    for name in _FILES:
        if (result.plan.folder / name).exists():
            run.log_artifact(result.plan.folder / name)


def _register(
    record: SweepRecord, config: DictConfig, result: SweepResult, facts: Notes
) -> Notes:
    """Register the best; if that fails the sweep's run says so too."""
    # Another one: the first status of a run stands, and it has its own by now.
    run = MlflowRun(record.store, record.run.run_id)
    try:
        done = register_best(record, config, result, facts)
        run.set_tags({"registered": done.notes["registered"]})
    except BaseException as error:
        record_failure(run, judge_ending(error), error)
        raise
    if result.clock is not None and done.refitted_s:
        result.clock.learn(refitted_s=done.refitted_s)
        print_notes({"time budget": result.clock.describe()})
    return done.notes

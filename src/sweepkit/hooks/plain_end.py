"""The end of one of Hydra's own sweeps, told only by its jobs' records."""

import math
import sys
import time

from hydra.errors import HydraException
from omegaconf import DictConfig
from rich.console import Console
from rich.table import Table

from sweepkit.evaluation.wording import MISSING
from sweepkit.hooks.closing import close_sweep
from sweepkit.hooks.opening import open_configured, open_record
from sweepkit.hooks.parent import find_children, find_parent
from sweepkit.hooks.plain import compose_first, find_incomparable, plan_plain
from sweepkit.hooks.reconcile import compare_trials, repair
from sweepkit.hooks.record import SweepRecord
from sweepkit.hooks.trial_run import read_trial
from sweepkit.sweep.outcome import SweepResult
from sweepkit.sweep.standing import rank
from sweepkit.sweep.wording import label_objective, write_seconds, write_value
from sweepkit.tracking.ending import judge_ending

Scores = dict[int, dict[str, float]]
_MORE_SCORES = 2


def close_plain(record: SweepRecord | None, config: DictConfig, sweep_id: str) -> None:
    """Sum a plain sweep up, end its run and register its best job.

    Args:
        record: Its record, if this process kept one.
        config: The configuration of the whole sweep.
        sweep_id: Its identity in the store.

    Raises:
        SweepkitError: If the store fails, or refitting or registering does.
    """
    record = record or _find_record(config, sweep_id)
    if record is None:
        return
    result = _read_result(record)
    if any(outcome.values for outcome in result.outcomes):
        Console().print(_results_table(result, _read_scores(record)))
    key = find_incomparable(record.plan.space)
    obstacle = f"the jobs differ in {key}, so their scores do not compare"
    close_sweep(record, result, config, obstacle=obstacle if key else "")


def _find_record(config: DictConfig, sweep_id: str) -> SweepRecord | None:
    """Return the record that other processes kept; None if no job has ended."""
    leaving = sys.exc_info()[1]
    try:
        job = compose_first(config)
    except HydraException:
        if leaving is None:
            raise
        return None  # nor could Hydra compose it, and says so
    if job.tracking.uri is None or not find_parent(open_configured(job), sweep_id):
        return None
    return open_record(job, config, plan_plain(config, job), sweep_id)


def _read_result(record: SweepRecord) -> SweepResult:
    """Gather what the jobs recorded, wherever they ran."""
    plan = record.plan
    children = find_children(record.store, record.run.run_id)
    runs = [children[number][0] for number in sorted(children)]
    ended = [run for run in runs if run.status != "RUNNING"]
    outcomes = [read_trial(run, plan.objectives) for run in ended]
    # A signal in the middle of writing leaves a run that nobody would end.
    repair(record.store, compare_trials(outcomes, children))
    ranked = rank(outcomes, plan.directions)
    error = sys.exc_info()[1]
    interrupted = judge_ending(error) == "KILLED"
    reason = "all jobs are done" if error is None else f"{type(error).__name__}"
    began = min((o.started_at for o in outcomes), default=time.time())
    return SweepResult(
        plan=plan,
        outcomes=tuple(outcomes),
        best=ranked[0] if ranked else None,
        reason="interrupted" if interrupted else reason,
        interrupted=interrupted,
        seconds=time.time() - began,
    )


def _read_scores(record: SweepRecord) -> Scores:
    """Return every cross-validated score of each job, by its number."""
    children = find_children(record.store, record.run.run_id)
    return {
        number: {
            name: value
            for name, value in runs[0].metrics.items()
            if name.startswith("cv_") and not name.endswith("_sd")
        }
        for number, runs in children.items()
    }


def _results_table(result: SweepResult, scores: Scores) -> Table:
    """Return settings and scores of all jobs, the best job first.

    Beside what is optimized stand two more scores, in which guides compare models.
    """
    plan = result.plan
    known = dict.fromkeys(name for found in scores.values() for name in found)
    others = [name for name in known if name not in plan.objectives][:_MORE_SCORES]
    table = Table(title="Jobs, best first", title_justify="left", title_style="bold")
    shown = map(label_objective, (*plan.objectives, *others))
    for title in ("job", *plan.space, *shown, "time"):
        table.add_column(title, justify="right")
    ranked = rank(result.outcomes, plan.directions)
    for outcome in ranked + [o for o in result.outcomes if o not in ranked]:
        found = scores.get(outcome.number, {})
        more = (found.get(name, math.nan) for name in others)
        values = map(write_value, (*outcome.values, *more))
        table.add_row(
            str(outcome.number),
            *(str(outcome.params.get(key, MISSING)) for key in plan.space),
            *(values if outcome.values else _fill(str(outcome.state), len(others))),
            write_seconds(outcome.seconds),
        )
    return table


def _fill(word: str, n_more: int) -> list[str]:
    return [word, *[MISSING] * n_more]

"""What is said and written at the end of a sweep."""

from collections.abc import Sequence
from importlib import import_module
from threading import Thread

from optuna.study import Study

from sweepkit.sweep.listening import Listeners
from sweepkit.sweep.memory import StudyMemory
from sweepkit.sweep.outcome import Outcome, State, SweepPlan, SweepResult
from sweepkit.sweep.report import write_sweep_report
from sweepkit.sweep.results import write_optimization_results
from sweepkit.sweep.standing import Standing
from sweepkit.sweep.stopping import too_many_failures
from sweepkit.sweep.table import print_sweep_summary

RESULTS = "optimization_results.yaml"
REPORT = "sweep_report.html"


def get_ready() -> None:
    """Import what the report needs, on a thread, while the last trials run.

    That takes more than a second, during which all workers but one may be idle.
    """
    names = ("matplotlib.backends.backend_agg", "optuna.importance", "sklearn.ensemble")

    def import_all() -> None:
        for name in names:
            import_module(name)

    Thread(target=import_all, daemon=True).start()


def end_sweep(result: SweepResult, study: Study, listeners: Listeners) -> None:
    """Write and print what came of a sweep, then let listeners register the best.

    Raises:
        NoTrialSucceeded: If there is nothing to register, after all was written.
        SweepkitError: What a listener raises; a sweep whose best model was not
            registered must not look like a success.
    """
    listeners.display.on_sweep_end(result)
    folder = result.plan.folder
    notes = {}
    if result.outcomes:
        folder.mkdir(parents=True, exist_ok=True)
        write_optimization_results(result, folder / RESULTS)
    if result.outcomes and not result.interrupted:  # who interrupts wants the prompt
        write_sweep_report(study, result, folder / REPORT)
        notes["report"] = str(folder / REPORT)
    if result.outcomes:
        print_sweep_summary(result, notes=notes)
    listeners.on_sweep_end(result)
    if result.best is None and not result.interrupted:
        raise too_many_failures(result.outcomes, 1.0)


def sum_up(
    plan: SweepPlan,
    outcomes: Sequence[Outcome],
    memory: StudyMemory,
    *,
    reason: str,
    interrupted: bool,
    seconds: float,
) -> SweepResult:
    """Gather what came of a sweep."""
    front = find_front(memory, len(plan.directions))
    standing = Standing(plan.directions)
    for outcome in outcomes:
        standing.add(outcome)
    return SweepResult(
        plan=plan,
        outcomes=tuple(outcomes),
        best=find_best(outcomes, plan.directions, front),
        front=front,
        reason=reason,
        interrupted=interrupted,
        seconds=seconds,
        saved_seconds=standing.saved_seconds,
    )


def find_best(
    outcomes: Sequence[Outcome], directions: Sequence[str], front: Sequence[int]
) -> Outcome | None:
    """Return the trial to register: the best in the first objective.

    With several objectives that is one end of the front: accuracy decides, and the
    others tell what it costs.
    """
    complete = [o for o in outcomes if o.state is State.COMPLETE]
    if front:
        complete = [o for o in complete if o.number in front]
    sign = 1.0 if directions[0] == "minimize" else -1.0
    return min(complete, key=lambda o: (sign * o.values[0], o.number), default=None)


def find_front(memory: StudyMemory, n_objectives: int) -> tuple[int, ...]:
    """Return the numbers of the trials on the Pareto front; none for one objective."""
    if n_objectives < 2:
        return ()
    return tuple(sorted(trial.number for trial in memory.study.best_trials))

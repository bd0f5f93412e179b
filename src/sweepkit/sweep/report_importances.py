"""Which parameters mattered, measured and drawn."""

import warnings
from typing import TYPE_CHECKING

from sweepkit.evaluation import style
from sweepkit.evaluation.scales import write_percent
from sweepkit.evaluation.wording import shorten_middle
from sweepkit.sweep.report_points import Points
from sweepkit.sweep.wording import label_objective

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from optuna.importance import BaseImportanceEvaluator
    from optuna.study import Study

# Fewer trials say nothing; with few, the shares are a hint at most.
MIN_TRIALS, FEW_TRIALS = 4, 30
MOST_BARS = 15


def measure_importances(study: "Study") -> dict[str, float]:
    """Return each parameter's share in the objective, largest first.

    Returns:
        Shares that add up to 1; empty for fewer than 4 complete trials, or if no
        parameter or no objective varies.
    """
    from optuna.importance import get_param_importances
    from optuna.trial import TrialState

    complete = study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
    names = {name for trial in complete for name in trial.params}
    if len(complete) < MIN_TRIALS or not names:
        return {}
    if len({tuple(trial.values) for trial in complete}) == 1:
        return {}
    shared = all(trial.params.keys() == names for trial in complete)
    simple = shared and len(study.directions) == 1
    evaluator = _choose_evaluator(simple, len(complete))
    with warnings.catch_warnings():
        # That few trials have a parameter is said beneath the figure.
        warnings.filterwarnings("ignore", "Some regimes for parameter")
        shares = get_param_importances(study, evaluator=evaluator)
    return {name: float(share) for name, share in shares.items()}


def _choose_evaluator(simple: bool, n_trials: int) -> "BaseImportanceEvaluator":
    from optuna.importance import (
        MeanDecreaseImpurityImportanceEvaluator,
        PedAnovaImportanceEvaluator,
    )

    if simple:
        # With a few dozen trials it names the right parameters more often than
        # PED-ANOVA, which then looks at three trials; it knows no conditions though.
        return MeanDecreaseImpurityImportanceEvaluator(seed=0)
    share = min(0.5, max(0.1, 5 / n_trials))
    return PedAnovaImportanceEvaluator(target_quantile=share, evaluate_on_local=False)


def state_importances(points: Points) -> str:
    """Name the parameter that mattered most."""
    name, share = next(iter(points.importances.items()))
    label = {s.name: s.label for s in points.settings}.get(name, name)
    return f"{shorten_middle(label, 30)} mattered most: {100 * share:.0f} %"


def draw_importances(points: Points) -> "Figure":
    """Draw a bar for each parameter's share."""
    shares = dict(list(points.importances.items())[:MOST_BARS])
    labels = {s.name: s.label for s in points.settings}
    figure, axes = style.new_axes(7.4, 2.1 + 0.38 * len(shares))
    places = range(len(shares))
    bars = axes.barh(places, list(shares.values()), color=style.BLUE, height=0.68)
    axes.bar_label(
        bars, [write_percent(round(s, 2)) for s in shares.values()], padding=4
    )
    axes.set_yticks(places, [shorten_middle(labels.get(n, n), 30) for n in shares])
    axes.invert_yaxis()
    axes.grid(visible=False, axis="y")
    axes.margins(x=0.12)
    axes.xaxis.set_major_formatter(write_percent)
    plan = points.result.plan
    what = label_objective(plan.objectives[0])
    if len(plan.directions) > 1:
        what = "all objectives"
    axes.set_xlabel(f"Share in what makes {what} good")
    n_complete = int((points.values[:, 0] == points.values[:, 0]).sum())
    details = f"From {n_complete:,} complete trials"
    if n_complete < FEW_TRIALS:
        details += "; with so few the order is a hint, no proof"
    style.set_title(figure, state_importances(points), details=details)
    return figure

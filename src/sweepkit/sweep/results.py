"""Write `optimization_results.yaml`, which programs around Hydra's sweepers read."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]

from sweepkit.evaluation.files import write_file
from sweepkit.sweep.outcome import Outcome, State, SweepResult
from sweepkit.sweep.wording import count_states

FILE_NAME = "optimization_results.yaml"


def write_optimization_results(result: SweepResult, path: Path) -> None:
    """Write the best parameters in the form of Hydra's own Optuna sweeper.

    To `name`, `best_params` and `best_value` (for several objectives: `solutions`,
    each with `params` and `values`) it adds trial numbers, run ids and counts.

    Args:
        result: What came of the sweep; without a complete trial, values are null.
        path: The file to write; missing folders are made.

    Raises:
        DiskError: If the file cannot be written.
    """
    content = {"name": "optuna"} | _describe_best(result)
    counts = count_states(result.outcomes)
    content["n_trials"] = {str(state): counts[state] for state in State}
    content["study"] = result.plan.name
    content["reason"] = result.reason
    text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=10_000)
    write_file(path, text.encode("utf-8"))


def _describe_best(result: SweepResult) -> dict[str, Any]:
    best = result.best
    number = {
        "best_trial": None if best is None else best.number,
        "best_run_id": None if best is None else best.run_id or None,
    }
    if len(result.plan.directions) > 1:
        front = [o for o in result.outcomes if o.number in result.front]
        return {"solutions": [_describe_solution(o) for o in front]} | number
    return {
        "best_params": {} if best is None else _plain(best.params),
        "best_value": None if best is None else _plain(best.values[0]),
    } | number


def _describe_solution(outcome: Outcome) -> dict[str, Any]:
    return {
        "params": _plain(outcome.params),
        "values": _plain(outcome.values),
        "trial": outcome.number,
        "run_id": outcome.run_id or None,
    }


def _plain(value: Any) -> Any:
    """Return built-in types alone: a YAML reader has no numpy to make others of."""
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, bool) or value is None:
        return value
    for kind in (int, float, str):
        if isinstance(value, kind):
            return kind(value)
    return _plain(value.item()) if hasattr(value, "item") else str(value)

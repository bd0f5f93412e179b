"""Fold reports on their way from a trial to the pruner of its study."""

from collections.abc import Callable, Mapping

from sweepkit.sweep.channel import is_connected, report

OnFold = Callable[[int, Mapping[str, float]], None]


class Pruned(Exception):
    """The study's pruner ended this trial: others were better after as many folds."""


def fold_reporter(metric: str) -> OnFold | None:
    """Return what reports folds to the study, or None outside of its workers.

    Other launchers than the pool run whole batches and have no way back to the
    sampler's process, so their trials are not pruned.

    Args:
        metric: Name of the metric whose running mean is reported.
    """
    if not is_connected():
        return None
    values: list[float] = []

    def report_fold(step: int, scores: Mapping[str, float]) -> None:
        values.append(scores[metric])
        if report(step, sum(values) / len(values)):
            raise Pruned(f"pruned after fold {step + 1}")

    return report_fold

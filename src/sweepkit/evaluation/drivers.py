"""How much each feature moves predictions: the order, and how it is put in words."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sweepkit.evaluation.judgement import ContributionSample, Judgement
from sweepkit.evaluation.labels import name_class
from sweepkit.evaluation.wording import format_number, shorten_middle
from sweepkit.tasks import Task

MOST_FEATURES = 12
_WIDEST = 34  # letters of a name within a sentence
Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Driver:
    """A feature and what it adds to the sampled predictions.

    Attributes:
        name: The feature.
        size: Mean distance from 0 of its contributions.
        values: Its contributions, (n_sampled,).
        inputs: What the feature was, (n_sampled,); NaN where it is no number.
    """

    name: str
    size: float
    values: Values
    inputs: Values


def rank_drivers(sample: ContributionSample) -> list[Driver]:
    """Return every feature, the one that moves predictions most first."""
    sizes = np.abs(sample.values).mean(axis=0)
    order = np.argsort(-sizes, kind="stable")
    return [
        Driver(
            sample.names[i], float(sizes[i]), sample.values[:, i], sample.inputs[:, i]
        )
        for i in order
    ]


def show_drivers(sample: ContributionSample) -> tuple[list[Driver], list[Driver]]:
    """Return the features that fit on a figure, and the others.

    A single one left over takes no more room than the words that would stand for it.
    """
    ranked = rank_drivers(sample)
    most = MOST_FEATURES if len(ranked) > MOST_FEATURES + 1 else len(ranked)
    return ranked[:most], ranked[most:]


def has_drivers(judgement: Judgement) -> bool:
    """Tell whether any feature moves any prediction."""
    sample = judgement.contributions
    return sample is not None and bool(np.any(sample.values))


def join_drivers(rest: Sequence[Driver]) -> Driver:
    """Return several features as one: what they add together."""
    total = np.sum([driver.values for driver in rest], axis=0)
    name = f"{len(rest)} others together"
    blank = np.full(len(total), np.nan)
    return Driver(name, float(np.abs(total).mean()), total, blank)


def is_share(sample: ContributionSample) -> bool:
    """Tell whether contributions are parts of a probability."""
    return sample.unit.startswith("probability")


def write_size(judgement: Judgement, sample: ContributionSample, value: float) -> str:
    """Write a contribution's size with its unit, such as `31,200 US dollars`."""
    if is_share(sample):
        return f"{format_number(100 * value)} points of probability"
    return f"{format_number(value)} {_plain_unit(judgement, sample)}".rstrip()


def name_ends(judgement: Judgement) -> tuple[str, str]:
    """Say what contributions below and above 0 do."""
    if not judgement.task.has_classes:
        return "makes it lower", "makes it higher"
    if judgement.task is Task.BINARY:
        return f"against {name_class(judgement, 1)}", "for it"
    return "against the class that is named", "for it"


def _plain_unit(judgement: Judgement, sample: ContributionSample) -> str:
    if not sample.unit:
        return judgement.target_unit
    return f"in {'the ' if ' of ' in sample.unit else ''}{sample.unit}"


def state_drivers(judgement: Judgement) -> str:
    """Name the features that move predictions most, and by how much."""
    sample = judgement.contributions
    assert sample is not None, "only drawn with a sample"
    ranked = rank_drivers(sample)
    size = write_size(judgement, sample, ranked[0].size)
    names = [shorten_middle(driver.name, _WIDEST) for driver in ranked if driver.size]
    second = f", then {names[1]}" if len(names) > 1 else ""
    what = "the model's answer" if judgement.task.has_classes else "predictions"
    return f"{names[0]} moves {what} most, by {size} on average{second}"


def sum_up_drivers(sample: ContributionSample, n_rest: int, n_hidden: int) -> str:
    """Say what is drawn and what is not."""
    parts = [f"{len(sample.values):,} holdout rows, a dot each"]
    if n_rest:
        parts.append(f"{len(sample.names) - n_rest} of {len(sample.names)} features")
    parts.append("colour: whether the feature is high or low; grey: neither")
    if n_hidden:
        parts.append(f"{n_hidden:,} dots lie at the frame, being further out")
    return " · ".join(parts)

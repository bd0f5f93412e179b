"""From probabilities of classes to what a caller asked for, and a count of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

from sweepkit.data.column_profile import ColumnProfile, TableProfile
from sweepkit.serving.champion import Predictions
from sweepkit.serving.drift import Window
from sweepkit.serving.scoring import ScoringFailed
from sweepkit.serving.stability import Level
from sweepkit.tasks import Label, decide


def write_label(label: Label) -> str:
    """Return a label as text, numbers and truths as JSON spells them."""
    return str(label).lower() if isinstance(label, bool) else str(label)


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictionDrift:
    """The classes that recent rows got, compared with those of the training rows.

    Attributes:
        psi: Population stability index.
        level: What it means.
        shares: Share of each class among recent predictions, in the order of labels.
    """

    psi: float
    level: Level
    shares: tuple[float, ...]


class Labeller:
    """Turns probabilities into answers for one champion of classes.

    Args:
        profile: Its classes, their shares in training, and its threshold.

    Attributes:
        target: Name of the target column.
        texts: The labels as text, in their order.
        expected: Their shares in training; empty if the profile does not tell them.
        window: What recent rows were told, compared with the training rows.
        told: How often each code was decided for, until whoever counts takes it.
    """

    def __init__(self, profile: TableProfile) -> None:
        self._labels = profile.classes
        self._threshold = profile.threshold
        self.target = profile.target
        self.texts = tuple(map(write_label, profile.classes))
        is_told = len(profile.class_shares) == len(profile.classes)
        self.expected = profile.class_shares if is_told else ()
        self.window = _watch(self.texts, self.expected)
        self.told: Counter[int] = Counter()

    def decide(self, probabilities: Predictions) -> list[int]:
        """Return the code of each row's class; it counts as told.

        Args:
            probabilities: Of each class, (n_rows, n_classes).

        Raises:
            ScoringFailed: If they are not that: a class can always be picked, even
                from nonsense, but it must not look like an answer.
        """
        shape, n_classes = probabilities.shape, len(self._labels)
        if shape[1:] != (n_classes,):
            raise ScoringFailed(f"the model gives shape {shape}, not {n_classes} wide")
        if probabilities.dtype.kind != "f" or not isfinite(probabilities.sum()):
            raise ScoringFailed("some probabilities are not numbers")
        codes = self.pick(probabilities)
        self.told.update(codes)
        texts = self.texts
        self.window.add([(texts[code],) for code in codes])
        return codes

    def pick(self, probabilities: Predictions) -> list[int]:
        """Return the code of each row's class without counting it as told.

        Args:
            probabilities: Of each class, (n_rows, n_classes), good ones.
        """
        codes: list[int] = decide(probabilities, self._threshold).tolist()
        return codes

    def name(self, codes: Sequence[int]) -> list[Label]:
        """Return the labels of codes, as the training table has them."""
        return [self._labels[code] for code in codes]

    def spell_out(self, probabilities: Predictions) -> list[dict[str, float]]:
        """Return for each row the probability of each class by its label as text."""
        texts = self.texts
        return [dict(zip(texts, row, strict=True)) for row in probabilities.tolist()]

    def report(self) -> PredictionDrift | None:
        """Return how the answers compare; None while there are too few."""
        found = self.window.report()
        if not found:
            return None
        counts = self.window.spread(0)[: len(self.texts)]
        total = sum(counts)
        shares = tuple(round(count / total, 4) for count in counts)
        return PredictionDrift(psi=found[0].psi, level=found[0].level, shares=shares)


def label_with(profile: TableProfile) -> Labeller | None:
    """Return what labels a champion's rows; None where it predicts a number."""
    return Labeller(profile) if profile.classes else None


def _watch(texts: Sequence[str], expected: Sequence[float]) -> Window:
    """Return a window on a table whose one column is the class; without shares none."""
    categories = dict(zip(texts, expected, strict=True)) if expected else {}
    column = ColumnProfile(
        name="class", kind="string", required=True, categories=categories
    )
    return Window(TableProfile(target="", columns=(column,)))

"""The model in service, the one place it is swapped, and what became of others."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sweepkit.data.column_profile import TableProfile

Rows = Sequence[Sequence[Any]]
Predictions = NDArray[np.float64]
Members = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explainer:
    """Says what each feature adds to a prediction.

    Attributes:
        run: Rows to contributions, (n, len(names) + 1), the last one the base value;
            where several classes are explained (n, len(codes), len(names) + 1). Two
            threads may call it at once.
        names: The features.
        unit: What they add up to: empty for the target's own unit, or such as
            `log-odds`.
        codes: Codes of the classes that are explained; of two classes the second, of a
            number none.
        row_s: Seconds a row takes, roughly.
    """

    run: Callable[[Rows], Predictions]
    names: tuple[str, ...]
    unit: str = ""
    codes: tuple[int, ...] = ()
    row_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Champion:
    """A model version ready to score.

    Attributes:
        name: Registered name of the model.
        version: Registry version, echoed in every response.
        profile: Its columns in fitting order and what they looked like in training.
        predict: Rows of shape (n, len(profile.columns)) to n predictions, or, where
            the profile has classes, to their probabilities, shape (n, n_classes); two
            threads may call it at once.
        rows_independent: Whether a row's prediction is the same to the last bit
            whatever rows go with it; if not, requests are scored one by one.
        form: What predicts, in words.
        facts: What the registry says of it, JSON values: aliases, metrics, run_id,
            created_at, description and the like.
        intervals: Rows and a coverage in (0, 1) to the lower and upper ends of their
            prediction intervals, shape (n, 2); None if the model carries none.
        sets: Probabilities, shape (n, n_classes), and a coverage to which labels belong
            to each row's prediction set, same shape; None if it carries none.
        contributions: What explains predictions; None if nothing does.
        unexplained: Why nothing does, in a sentence or two for the caller.
    """

    name: str
    version: str
    profile: TableProfile
    predict: Callable[[Rows], Predictions]
    rows_independent: bool = True
    form: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    intervals: Callable[[Rows, float], Predictions] | None = None
    sets: Callable[[Predictions, float], Members] | None = None
    contributions: Explainer | None = None
    unexplained: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedVersion:
    """A version that should have become the champion and could not.

    Attributes:
        version: Its number.
        reason: Why, in a sentence for the operator.
        when: Seconds since 1970.
    """

    version: str
    reason: str
    when: float


class Slot:
    """Holds the champion that requests use, and what an operator asks about it.

    A reload builds the new champion in full and then rebinds one attribute. A
    request reads that attribute once, so it sees the old model or the new one,
    never the columns of one and the trees of the other.

    Attributes:
        champion: The model in service; None until the first one is loaded.
        loaded_at: When it was put here, in seconds since 1970; 0.0 before.
        loads: How many champions were put here.
        refusals: How many versions were refused.
        refused: The last of them, until a champion is put here.
        registry_reachable: Whether the registry answered last; None if never asked.
        registry_message: What it, or its absence, said.
    """

    def __init__(self, champion: Champion | None = None) -> None:
        self.champion: Champion | None = None
        self.loaded_at = 0.0
        self.loads = 0
        self.refusals = 0
        self.refused: RefusedVersion | None = None
        self.registry_reachable: bool | None = None
        self.registry_message = ""
        if champion is not None:
            self.put(champion)

    def put(self, champion: Champion) -> None:
        """Let `champion` answer from the next request on."""
        self.champion = champion
        self.loaded_at = time.time()
        self.loads += 1
        self.refused = None

    def refuse(self, version: str, reason: str) -> None:
        """Keep the champion and remember why `version` did not replace it."""
        self.refusals += 1
        self.refused = RefusedVersion(version=version, reason=reason, when=time.time())

    def hear_of_registry(self, *, reachable: bool, message: str = "") -> None:
        """Note whether the registry could be asked just now."""
        self.registry_reachable = reachable
        self.registry_message = message

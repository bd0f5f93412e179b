"""How much may be asked for beside predictions, and what it must look like."""

from __future__ import annotations

from sweepkit.serving.champion import Explainer, Predictions
from sweepkit.serving.refusal import too_large
from sweepkit.serving.scoring import ScoringFailed
from sweepkit.serving.state import State

MOST_CELLS = 1_000_000
"""Labels or contributions that may have to be looked at for one answer."""


def check_size(n_rows: int, n_cells: int, what: str) -> None:
    """Refuse what would be too much for one answer.

    Args:
        n_rows: Rows of the request.
        n_cells: Numbers or labels to be looked at in all.
        what: What they are.

    Raises:
        RequestRefused: 413.
    """
    if n_cells > MOST_CELLS:
        raise too_large(
            f"{n_rows} rows have {n_cells} {what}, more than the {MOST_CELLS} of one "
            f"answer; send them in several requests."
        )


def check_time(state: State, explainer: Explainer, n_rows: int) -> None:
    """Refuse contributions that would take longer than a prediction may.

    Raises:
        RequestRefused: 413, with how many rows at a time are few enough.
    """
    limit_s, wanted_s = state.settings.predict_timeout_s, explainer.row_s * n_rows
    if wanted_s > limit_s:
        raise too_large(
            f"Contributions to {n_rows} predictions would take about {wanted_s:.0f} "
            f"seconds, more than the {limit_s:g} of serving.predict_timeout_s; send at "
            f"most {max(1, int(limit_s / explainer.row_s))} rows at a time."
        )


def check_shape(explainer: Explainer, values: Predictions, n_rows: int) -> None:
    """Refuse contributions that are not what their explainer has promised.

    Raises:
        ScoringFailed: If there are more or fewer of them.
    """
    several = (len(explainer.codes),) if len(explainer.codes) > 1 else ()
    needed = (n_rows, *several, len(explainer.names) + 1)
    if values.shape != needed:
        raise ScoringFailed(f"contributions of shape {values.shape}, not {needed}")

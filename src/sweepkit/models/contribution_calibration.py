"""What calibration does to contributions: a line of log odds keeps their sum."""

from dataclasses import replace
from typing import Any

from sweepkit.models.calibrators import SigmoidCalibrator, TemperatureCalibrator
from sweepkit.models.contribution_forms import LOG_ODDS, SCORE, Floats, Raw


def mend(raw: Raw, calibrator: Any) -> Raw:
    """Return contributions to the mended probabilities of a model of classes.

    Args:
        raw: Contributions to the estimator's own.
        calibrator: What mends its probabilities; None if nothing does.

    Returns:
        The same with its unit `before calibration` where what mends is no line: a
        step function, or lines of each class whose probabilities are then shared out.
    """
    if calibrator is None:
        return raw
    if isinstance(calibrator, TemperatureCalibrator) and raw.unit in (LOG_ODDS, SCORE):
        return _move(raw, float(calibrator.stretch), 0.0)
    if isinstance(calibrator, SigmoidCalibrator) and raw.unit == LOG_ODDS:
        slope, shift = calibrator.slopes[-1], calibrator.intercepts[-1]
        if len(calibrator.slopes) == 1:
            return _move(raw, float(slope), float(shift))
    return replace(raw, unit=f"{raw.unit} before calibration")


def _move(raw: Raw, slope: float, shift: float) -> Raw:
    def run(features: Floats) -> Floats:
        found = slope * raw.run(features)
        found[..., -1] += shift
        return found

    return replace(raw, run=run)

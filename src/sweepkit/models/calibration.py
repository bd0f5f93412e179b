"""Learn how probabilities of classes must be mended: 0.7 is to come true in 70 %."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.isotonic import IsotonicRegression

from sweepkit.errors import ConfigError
from sweepkit.models.calibrators import (
    Calibrator,
    Floats,
    IsotonicCalibrator,
    SigmoidCalibrator,
    TemperatureCalibrator,
    columns_to_mend,
    log_odds_of,
    move_inside,
)

_LOG_STRETCHES = (-3.0, 3.0)  # 20 times less sure, or surer
_TIGHT = 1e-8
_EXACT = {"ftol": 1e-14, "gtol": 1e-9}
# Decides between stretches that fit equally well, as where a model tells nothing.
_PULL = 1e-6


def fit_calibrator(
    method: str, probabilities: ArrayLike, codes: ArrayLike
) -> Calibrator:
    """Learn how a model's probabilities must be mended.

    Args:
        method: `sigmoid`, `isotonic` or `temperature`.
        probabilities: Of rows the model was not fitted on, (n_rows, n_classes).
        codes: Their classes, (n_rows,).

    Raises:
        ConfigError: If there is no such method.
    """
    if method not in CALIBRATIONS:
        raise ConfigError(
            f"task.calibration is {method!r}; it may be none or one of "
            f"{', '.join(CALIBRATIONS)}."
        )
    matrix = np.asarray(probabilities, dtype=np.float64)
    return CALIBRATIONS[method](matrix, np.asarray(codes).astype(np.intp))


def _fit_sigmoid(probabilities: Floats, codes: NDArray[np.intp]) -> Calibrator:
    lines = [
        _fit_line(log_odds_of(column), is_class)
        for column, is_class in _one_against_rest(probabilities, codes)
    ]
    slopes, intercepts = np.array(lines).T.copy()
    return SigmoidCalibrator(slopes, intercepts)


def _fit_line(log_odds: Floats, is_class: NDArray[np.bool_]) -> tuple[float, float]:
    """Return slope and intercept of the log odds that fit best.

    The targets are Platt's instead of 1 and 0, so that the line stays finite where the
    model parts the classes perfectly: https://doi.org/10.1007/s10994-007-5018-6
    """
    from scipy.optimize import minimize
    from scipy.special import expit

    n_class, n_rest = int(is_class.sum()), int((~is_class).sum())
    target = np.where(is_class, (n_class + 1) / (n_class + 2), 1 / (n_rest + 2))
    # Of equal numbers, mean and standard deviation are off by rounding.
    varies = log_odds.min() < log_odds.max()
    middle = float(np.mean(log_odds)) if varies else float(log_odds[0])
    spread = float(np.std(log_odds)) if varies else 1.0
    scaled = (log_odds - middle) / spread

    def loss(line: Floats) -> tuple[float, Floats]:
        raw = line[0] * scaled + line[1]
        over = expit(raw) - target
        value = np.mean(np.logaddexp(0, raw) - target * raw)
        return float(value), np.array([np.mean(over * scaled), np.mean(over)])

    start = np.array([0.0, np.log((n_class + 1) / (n_rest + 1))])
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options=_EXACT).x
    slope = float(found[0]) / spread
    return slope, float(found[1]) - slope * middle


def _fit_isotonic(probabilities: Floats, codes: NDArray[np.intp]) -> Calibrator:
    # By Laplace's rule no number of rows is proof of 0 or 1; as a certain answer that
    # proves wrong costs a log loss without end.
    least = 1 / (len(codes) + 2)
    rise = IsotonicRegression(y_min=least, y_max=1 - least, out_of_bounds="clip")
    before, after = [], []
    for column, is_class in _one_against_rest(probabilities, codes):
        rise.fit(column, is_class.astype(np.float64))
        before.append(np.asarray(rise.X_thresholds_))
        after.append(np.asarray(rise.y_thresholds_))
    return IsotonicCalibrator(before, after)


def _fit_temperature(probabilities: Floats, codes: NDArray[np.intp]) -> Calibrator:
    from scipy.optimize import minimize_scalar

    rows = np.arange(len(codes))

    def loss(log_stretch: float) -> float:
        calibrator = TemperatureCalibrator(float(np.exp(log_stretch)))
        right = calibrator.calibrate(probabilities)[rows, codes]
        return _PULL * log_stretch**2 - float(np.mean(np.log(move_inside(right))))

    best = minimize_scalar(
        loss, bounds=_LOG_STRETCHES, method="bounded", options={"xatol": _TIGHT}
    )
    return TemperatureCalibrator(float(np.exp(best.x)))


CALIBRATIONS: dict[str, Callable[[Floats, NDArray[np.intp]], Calibrator]] = {
    "sigmoid": _fit_sigmoid,
    "isotonic": _fit_isotonic,
    "temperature": _fit_temperature,
}


def _one_against_rest(
    probabilities: Floats, codes: NDArray[np.intp]
) -> list[tuple[Floats, NDArray[np.bool_]]]:
    columns = columns_to_mend(probabilities)
    first = probabilities.shape[1] - len(columns)
    return [(column, codes == first + i) for i, column in enumerate(columns)]

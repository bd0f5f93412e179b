"""What the report says of single predictions: how sure they are, what drives them."""

from typing import Any

from sweepkit.evaluation import coverage_findings as found
from sweepkit.evaluation.drivers import has_drivers, rank_drivers, write_size
from sweepkit.evaluation.judgement import Judgement
from sweepkit.evaluation.report_rows import Row
from sweepkit.evaluation.wording import format_number

# The bar of the covered share begins here, where the differences are.
_BAR_FROM = 0.5

_ADVICE = {
    "as promised": "Rows of the same kind as these can be promised as much.",
    "more than promised": "The intervals are wider than they need be.",
    "less than promised": "Do not promise so much: the holdout differs from the "
    "training rows, or the folds have told more than they should.",
}


def list_coverage(judgement: Judgement) -> dict[str, Any] | None:
    """Return the section on intervals or prediction sets; None of a model without."""
    coverage = judgement.coverage
    if coverage is None:
        return None
    verdict = found.judge_coverage(coverage)
    sentence = found.state_coverage(judgement, coverage)
    classes = judgement.task.has_classes
    unit = "labels" if classes else judgement.target_unit
    return {
        "lede": f"{sentence}. {_adapt(_ADVICE[verdict], classes)}",
        "name": "Prediction sets" if classes else "Intervals",
        "asked": found.write_asked(coverage),
        "covered": found.write_covered(coverage),
        "luck": f"{100 * found.luck_of(coverage):.1f}",
        "left": _place(coverage.covered),
        "line": _place(coverage.asked),
        "chip": "too few" if verdict == "less than promised" else "",
        "head": "labels in a set" if classes else "width",
        "unit": "" if classes else unit,
        "mean": _write(coverage.width, classes),
        "median": _write(coverage.median_width, classes),
    }


def list_drivers(judgement: Judgement) -> list[Row]:
    """Return what each feature adds on average: the figure's numbers, all of them."""
    sample = judgement.contributions
    if sample is None or not has_drivers(judgement):
        return []
    return [
        {"name": driver.name, "size": write_size(judgement, sample, driver.size)}
        for driver in rank_drivers(sample)
    ]


def _adapt(advice: str, classes: bool) -> str:
    return (
        advice.replace("intervals are wider", "sets are longer") if classes else advice
    )


def _write(width: float, classes: bool) -> str:
    return f"{width:.2f}" if classes else format_number(width)


def _place(share: float) -> str:
    return f"{100 * max(0.0, (share - _BAR_FROM) / (1 - _BAR_FROM)):.1f}"

"""Whether intervals and prediction sets keep their promise, in numbers and words."""

import math

from sweepkit.evaluation.coverage import Coverage
from sweepkit.evaluation.judgement import Judgement
from sweepkit.evaluation.labels import count_holdout
from sweepkit.evaluation.wording import format_number

# Standard deviations; of holdouts of this size, 19 in 20 stray less by luck.
_LUCK = 2.0


def name_coverage(judgement: Judgement) -> dict[str, float]:
    """Return what is recorded of intervals: `interval_covered_90`, `interval_width_90`.

    Of prediction sets `set_covered_90` and `set_labels_90`; nothing of a model without.
    """
    found = judgement.coverage
    if found is None:
        return {}
    kind, size = ("interval", "width")
    if judgement.task.has_classes:
        kind, size = ("set", "labels")
    asked = f"{100 * found.asked:g}"
    return {
        f"{kind}_covered_{asked}": found.covered,
        f"{kind}_{size}_{asked}": found.width,
    }


def state_coverage(judgement: Judgement, coverage: Coverage) -> str:
    """Say in one sentence what was promised, what came true, and how wide it is."""
    what, truth = "intervals", "the actual value"
    if judgement.task.has_classes:
        what, truth = "prediction sets", "the true class"
    return (
        f"{write_asked(coverage)} {what} hold {truth} of {write_covered(coverage)} of "
        f"{count_holdout(judgement)}, {judge_coverage(coverage)}; on average "
        f"{write_width(judgement, coverage.width)}"
    )


def judge_coverage(coverage: Coverage) -> str:
    """Say whether the share that is covered is the share that was promised."""
    luck = luck_of(coverage)
    if coverage.covered > coverage.asked + luck:
        return "more than promised"
    if coverage.covered < coverage.asked - luck:
        return "less than promised"
    return "as promised"


def luck_of(coverage: Coverage) -> float:
    """Return how far the covered share may be off by luck, as a share."""
    spread = coverage.asked * (1 - coverage.asked) / max(1, coverage.n_rows)
    return _LUCK * math.sqrt(spread)


def write_asked(coverage: Coverage) -> str:
    """Return `90 %`."""
    return f"{100 * coverage.asked:g} %"


def write_covered(coverage: Coverage) -> str:
    """Return `90.3 %`."""
    return f"{100 * coverage.covered:.1f} %"


def write_width(judgement: Judgement, width: float) -> str:
    """Return `87,300 US dollars wide`, or of sets `1.24 labels each`."""
    if judgement.task.has_classes:
        return f"{width:.2f} labels each"
    return f"{format_number(width)} {judgement.target_unit}".rstrip() + " wide"

"""How to read each figure, in words for those who see it and those who do not."""

from collections.abc import Callable

from sweepkit.evaluation import class_findings, drivers, findings
from sweepkit.evaluation.judgement import Judgement

# Name of a figure to: what it shows, the finding in it, how to read it.
CAPTIONS: dict[str, tuple[str, Callable[[Judgement], str], str]] = {
    "predicted_vs_actual": (
        "Predicted against actual",
        findings.state_accuracy,
        "Each holdout row lies at its actual value (across) and its prediction (up). "
        "On the orange line a prediction is exact; above it the model was too high, "
        "below it too low. Darker means more rows.",
    ),
    "residuals_vs_predicted": (
        "Residuals against predicted",
        findings.state_error_growth,
        "How far off the predictions are at each level. The median should follow zero: "
        "a slope or curve means the model misses something. Dashed lines that open "
        "like a fan mean that errors grow with the prediction.",
    ),
    "confusion_matrix": (
        "Which class is taken for which",
        class_findings.state_confusion,
        "Each row of cells holds the holdout rows of one class, spread over the "
        "classes they were named; the diagonal is right. Shares add up to 100 % along "
        "a row, so that small classes can be read as well as large ones.",
    ),
    "calibration": (
        "Stated probabilities against what came true",
        class_findings.state_calibration,
        "Holdout rows are grouped by the probability that was stated for them. On the "
        "orange line it came true as often as stated; below it the model promised too "
        "much, above it too little. Groups of few rows stray by luck, as far as their "
        "bars reach.",
    ),
    "roc_curve": (
        "Found against falsely named (ROC curve)",
        class_findings.state_separation,
        "Each point of a curve is one threshold: how much of a class is found (up) for "
        "how many of the other rows that are named so (across). The closer to the "
        "upper left, the better; on the dotted line one might as well guess.",
    ),
    "precision_recall_curve": (
        "Precision against recall",
        class_findings.state_precision,
        "Each point of a curve is one threshold: how many of the rows named so are "
        "right (up) when so much of the class is found (across). For rare classes this "
        "tells more than the ROC curve, as false alarms are compared with the class "
        "and not with the many others.",
    ),
    "importance": (
        "Permutation importance of each column",
        findings.state_importance,
        "Each column is shuffled among holdout rows, which destroys what it tells, and "
        "the worsening is measured. Columns that tell the same can stand in for each "
        "other, and then both look unimportant.",
    ),
    "contributions": (
        "What each feature adds to predictions (SHAP values)",
        drivers.state_drivers,
        "Each dot is one holdout row: to the right of zero the feature raises what is "
        "said of it, to the left it lowers it. Orange dots are rows where the feature "
        "is high, blue ones where it is low; grey ones have a category or a blank. "
        "With the mean prediction, a row's contributions add up to its own. Features "
        "that tell the same share what they add.",
    ),
    "residual_map": (
        "Map of the residuals",
        findings.state_reach,
        "Blue places were predicted too low, red ones too high. Both colours side by "
        "side are noise; a region in one colour means that the model misses something "
        "about that place.",
    ),
}


def caption_figure(judgement: Judgement, name: str) -> dict[str, str]:
    """Return title, caption and text alternative of a figure."""
    if name not in CAPTIONS:
        title = name.replace("_", " ").capitalize()
        return {"title": title, "caption": "", "alternative": title}
    title, state, caption = CAPTIONS[name]
    return {
        "title": title,
        "caption": caption,
        "alternative": f"{title}. {state(judgement)}.",
    }

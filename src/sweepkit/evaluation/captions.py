"""How to read each figure, in words for those who see it and those who do not."""

from collections.abc import Callable

from sweepkit.evaluation import findings
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
    "importance": (
        "Permutation importance of each column",
        findings.state_importance,
        "Each column is shuffled among holdout rows, which destroys what it tells, and "
        "the worsening is measured. Columns that tell the same can stand in for each "
        "other, and then both look unimportant.",
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

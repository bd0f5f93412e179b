"""How labels of classes are written for people."""

from sweepkit.evaluation.judgement import Judgement
from sweepkit.evaluation.text_fit import shorten_apart
from sweepkit.tasks import Label

# In figures; both ends of a longer label are kept.
WIDEST = 26


def write_label(label: Label) -> str:
    """Return a label on one line; one that nobody could see gets a name."""
    text = " ".join("".join(c if c.isprintable() else " " for c in str(label)).split())
    return text or "(blank)"


def write_labels(judgement: Judgement, width: int | None = None) -> list[str]:
    """Return every label in the order of its code, cut to `width` letters if given."""
    labels = [write_label(label) for label in judgement.classes]
    return labels if width is None else shorten_apart(labels, width)


def name_class(judgement: Judgement, code: int, width: int = WIDEST) -> str:
    """Return `class malignant` in words that also do for labels such as 1 or True."""
    return f"class {write_labels(judgement, width)[code]}"


def count_rows(count: int) -> str:
    """Return `1 row` or `1,234 rows`."""
    return f"{count:,} row" if count == 1 else f"{count:,} rows"


def count_holdout(judgement: Judgement) -> str:
    """Return `114 holdout rows`."""
    n_rows = judgement.actual.size
    return f"{n_rows:,} holdout {'row' if n_rows == 1 else 'rows'}"


def write_share(share: float) -> str:
    """Write a share such as `4.8 %`; what is less than can be shown is not `0.0 %`."""
    if 0 < share < 0.0005:
        return "< 0.1 %"
    return f"{100 * share:.1f} %"

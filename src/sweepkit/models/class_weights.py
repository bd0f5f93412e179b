"""What a row counts for by its class."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.class_weight import compute_sample_weight

from sweepkit.errors import ConfigError
from sweepkit.tasks import Label

# As `task.class_weight` says it; None counts every row once.
ClassWeight = str | Mapping[Any, float] | None


def weigh_rows(
    codes: NDArray[np.int64], class_weight: ClassWeight, classes: Sequence[Label]
) -> NDArray[np.float64]:
    """Return what each row counts for, (n_rows,).

    Args:
        codes: Class of each row.
        class_weight: `balanced` for inversely to how common it is, or weights by
            label; others count 1.
        classes: Labels in the order of the codes.

    Raises:
        ConfigError: If it is another word, or a weight is for no class.
    """
    if isinstance(class_weight, Mapping):
        weights = np.ones(len(classes))
        for label, weight in class_weight.items():
            weights[_find_label(label, classes)] = weight
        return weights[codes]
    if class_weight != "balanced":
        raise ConfigError(
            f"task.class_weight is {class_weight!r}; it may be null, balanced or a "
            f"weight for each label, such as {{{classes[-1]}: 5}}."
        )
    return np.asarray(compute_sample_weight("balanced", codes))


def _find_label(label: Any, classes: Sequence[Label]) -> int:
    """Return the code of a label as a person wrote it: YAML reads "1" and true."""
    for write in (str, lambda known: str(known).lower()):
        found = [i for i, known in enumerate(classes) if write(known) == write(label)]
        if len(found) == 1:
            return found[0]
    raise ConfigError(
        f"task.class_weight names {label!r}, which is no class of the target; there "
        f"are {', '.join(map(str, classes))}. Change `task.class_weight`."
    )

"""What `sweepkit predict` adds to a table: numbers, or labels and probabilities."""

from collections.abc import Sequence
from typing import Any

from sweepkit.data.column_profile import TableProfile
from sweepkit.errors import ConfigError
from sweepkit.serving.champion import Predictions
from sweepkit.serving.labels import write_label
from sweepkit.tasks import decide

# By the type of all labels of a target.
_KINDS = {str: "string", bool: "boolean", int: "long"}


class Told:
    """The new columns of a scored table.

    Args:
        profile: The champion's; names its target and classes.
        with_probabilities: Whether each class gets a column of its own.

    Attributes:
        kinds: What each new column holds, by its name, in the order they are written.

    Raises:
        ConfigError: If probabilities are wanted of a model that predicts a number.
    """

    def __init__(self, profile: TableProfile, *, with_probabilities: bool) -> None:
        if with_probabilities and not profile.classes:
            raise ConfigError(
                f"--probabilities is for classes; this model predicts a number, "
                f"{profile.target}. Leave it out."
            )
        self._labels, self._threshold = profile.classes, profile.threshold
        self._column = f"predicted_{profile.target}"
        shown = profile.classes if with_probabilities else ()
        self._shares = [f"probability_{write_label(label)}" for label in shown]
        kind = _KINDS[type(profile.classes[0])] if profile.classes else "double"
        self.kinds: dict[str, str] = {
            self._column: kind,
            **dict.fromkeys(self._shares, "double"),
        }

    def tell(self, predicted: Predictions) -> dict[str, Sequence[Any]]:
        """Return the cells of the new columns.

        Args:
            predicted: As `Champion.predict` gives them.
        """
        if not self._labels:
            return {self._column: predicted.tolist()}
        codes = decide(predicted, self._threshold).tolist()
        shares = predicted.T.tolist() if self._shares else []
        return {
            self._column: [self._labels[code] for code in codes],
            **dict(zip(self._shares, shares, strict=True)),
        }

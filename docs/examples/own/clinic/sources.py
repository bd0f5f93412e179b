"""Tables from where this clinic keeps them."""

from dataclasses import dataclass

import pandas as pd

from sweepkit.errors import DataError


@dataclass(frozen=True)
class JsonLines:
    """One JSON object a line; a key that a line lacks is a blank."""

    path: str

    def read(self) -> pd.DataFrame:
        """Return the table, shape (n_lines, n_keys)."""
        try:
            # Types as they are written: pandas would turn "007" into a number.
            return pd.read_json(self.path, lines=True, dtype=False)
        except (OSError, ValueError) as error:
            raise DataError(
                f"data.path={self.path} cannot be read as JSON Lines: {error}"
            ) from error

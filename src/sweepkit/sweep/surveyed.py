"""What was found out about a sweep's table, as its own process sees it.

Apart from what finds it out, which imports pandas: reading the answer must not.
"""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Survey:
    """What was found.

    Attributes:
        task: What trials of the study have in common, as plain values.
        candidates: Feature sets to choose from, cheap ones first.
        warnings: What is suspicious about the table.
    """

    task: dict[str, Any]
    candidates: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

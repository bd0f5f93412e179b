"""What is said of a request that was answered all the same: short, in ASCII."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sweepkit.serving.refusal import quote, quote_all


def note_unknown(column: str, texts: Collection[str], n_cells: int) -> tuple[str, ...]:
    """Say which texts training did not see, in how many cells of a column."""
    times = "" if n_cells == 1 else f" ({n_cells} cells)"
    return (
        f"{quote(column)} has {quote_all(sorted(texts), 3)}, not in training{times}",
    )


def note_extra(names: Sequence[str]) -> tuple[str, ...]:
    """Say which columns the model does not take."""
    return (f"the model does not take {quote_all(names)}",)


def note_ignored(keys: Collection[str]) -> tuple[str, ...]:
    """Say which keys beside the table were not read; nothing if there are none."""
    return (f"keys not read: {quote_all(sorted(keys))}",) if keys else ()

"""What commands print: tables for people, JSON for programs."""

import json
import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any


def print_json(value: Any) -> None:
    """Print one JSON document; what JSON has no number for becomes null."""
    print(json.dumps(_plain(value), indent=2, ensure_ascii=False, allow_nan=False))


def print_table(
    title: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]
) -> None:
    """Print rows under their columns, each on one line; a long text belongs last."""
    lines = [tuple(columns), *(tuple(map(write_value, row)) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    print(title)
    for line in lines:
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        print("  " + "  ".join(cells).rstrip())


def print_facts(facts: Mapping[str, Any]) -> None:
    """Print one fact a line, aligned."""
    width = max((len(name) for name in facts), default=0)
    for name, value in facts.items():
        print(f"{name:<{width}}  {write_value(value)}")


def write_value(value: Any) -> str:
    """Return a value as a person would write it."""
    if value is None or value == "":
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:.6g}"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "-"
    return " ".join(str(value).split())  # on one line


def write_time(seconds: float) -> str:
    """Return seconds since 1970 as local date and time."""
    return datetime.fromtimestamp(seconds).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value

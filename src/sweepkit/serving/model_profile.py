"""What a saved model says of its columns."""

from __future__ import annotations

import json
from pathlib import Path
from typing import cast, get_args

from sweepkit.data.column_profile import ColumnProfile, Kind, TableProfile
from sweepkit.errors import IntegrityError

# All that MLflow may call a number; we write `double`.
_NUMBERS = {"integer", "long", "float", "double"}


def read_profile(folder: Path) -> TableProfile:
    """Return a model's profile; from its signature alone if it carries none.

    Raises:
        IntegrityError: If it has neither, or one that cannot be read.
    """
    from sweepkit.tracking import model_files

    written = model_files.read_profile(folder)
    try:
        if written is not None:
            return TableProfile.from_dict(written)
        return _read_signature(folder)
    except (KeyError, TypeError, ValueError) as error:
        raise IntegrityError(
            f"The model's columns cannot be read ({type(error).__name__}: {error}); "
            f"train it again."
        ) from None


def _read_signature(folder: Path) -> TableProfile:
    from sweepkit.tracking.description import read_description

    signature = read_description(folder)["signature"]
    inputs = json.loads(signature["inputs"])
    outputs = json.loads(signature.get("outputs") or "[]")
    target = outputs[0].get("name", "") if outputs else ""
    columns = tuple(
        ColumnProfile(
            name=column["name"],
            kind=_kind(column["type"]),
            required=bool(column.get("required", True)),
        )
        for column in inputs
    )
    return TableProfile(target=target or "prediction", columns=columns)


def _kind(name: str) -> Kind:
    kind = "double" if name in _NUMBERS else name
    if kind not in get_args(Kind):
        raise ValueError(f"a column of type {name}")
    return cast("Kind", kind)

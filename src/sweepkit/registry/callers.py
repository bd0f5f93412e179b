"""What callers send to a version, and whether another one takes the same."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]
from mlflow.exceptions import MlflowException

from sweepkit.errors import RegistryError
from sweepkit.registry.facts import VersionFacts
from sweepkit.registry.files import fetch_file
from sweepkit.tracking.columns import Column
from sweepkit.tracking.description import MLMODEL
from sweepkit.tracking.store import OpenStore


@dataclass(frozen=True, slots=True)
class Signature:
    """A saved model's columns.

    Attributes:
        inputs: What it takes; empty if its file does not say.
        target: Name of what it predicts; empty likewise.
        output: Type of that: `double` for a number, others for labels.
    """

    inputs: tuple[Column, ...] = ()
    target: str = ""
    output: str = ""


def read_signature(store: OpenStore, version: VersionFacts) -> Signature:
    """Return what a version's MLmodel says.

    Raises:
        RegistryError: If the version has no such file, or it cannot be read.
    """
    described = _read_description(store, version).get("signature") or {}
    output = next(iter(_specs(described, "outputs")), {})
    return Signature(
        tuple(
            Column(spec["name"], spec["type"], spec.get("required", True))
            for spec in _specs(described, "inputs")
        ),
        output.get("name", ""),
        output.get("type", ""),
    )


def find_break(candidate: Sequence[Column], champion: Sequence[Column]) -> str:
    """Say what the champion's callers would have to change for the candidate.

    Returns:
        Words for a sentence; nothing if all that the champion takes is good for the
        candidate too. Columns that the candidate no longer needs are no break.
    """
    known = {column.name: column for column in champion}
    breaks = []
    for column in candidate:
        before = known.get(column.name)
        if before is None:
            if column.required:
                breaks.append(f"column {column.name!r} is new and required")
        elif before.kind != column.kind:
            breaks.append(f"{column.name!r} was {before.kind} and is {column.kind} now")
        elif column.required and not before.required:
            breaks.append(f"{column.name!r} may no longer be blank")
    return ", ".join(breaks) if known else ""


def _read_description(store: OpenStore, version: VersionFacts) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="sweepkit-") as name:
        try:
            # Not by `models:/...`, which brings the whole model.
            model = store.client.get_logged_model(version.model_id)
            file = fetch_file(store, model.artifact_location, MLMODEL, Path(name))
            content = yaml.safe_load(file.read_text(encoding="utf-8")) if file else None
        except (MlflowException, OSError, ValueError, yaml.YAMLError) as error:
            words = " ".join(str(error).split())[:200]
            raise RegistryError(f"Its file {MLMODEL} cannot be read: {words}") from None
    return content if isinstance(content, dict) else {}


def _specs(signature: dict[str, Any], part: str) -> list[dict[str, Any]]:
    """Return the named columns of a signature; tensors and the like have none."""
    specs = json.loads(signature.get(part) or "[]")
    return [spec for spec in specs if "name" in spec and "type" in spec]

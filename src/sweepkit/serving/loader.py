"""From a verified folder to a champion: restore, rebuild as a predictor, compare."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast, get_args

from sweepkit.data.column_profile import ColumnProfile, Kind, TableProfile
from sweepkit.errors import IntegrityError
from sweepkit.serving.champion import Champion

# All that MLflow may call a number; we write `double`.
_NUMBERS = {"integer", "long", "float", "double"}
# Tags of a version that hold its scores.
_SCORES = ("holdout_", "cv_")
# Tags for those who verify files and judge versions: long, and no caller's concern.
_INTERNAL = "mlflow."


@dataclass(frozen=True, slots=True)
class Checked:
    """A champion and how it was compared with the pipeline it came from, in words."""

    champion: Champion
    agreement: str

    def with_facts(self, facts: Mapping[str, Any]) -> Checked:
        """Return it with what the registry says now."""
        champion = replace(self.champion, facts=_select(facts))
        return replace(self, champion=champion)


def warm_up() -> None:
    """Import what loading needs, which takes longer than loading."""
    import lightgbm  # noqa: F401
    import skops.io  # noqa: F401

    import sweepkit.models.agreement
    import sweepkit.tracking.model_files  # noqa: F401


def load_champion(
    folder: Path, facts: Mapping[str, Any], trusted_types: Sequence[str] = ()
) -> Checked:
    """Load a version; it answers nobody yet.

    Args:
        folder: Its files, verified against its manifest.
        facts: What the registry says of it, from `VersionFacts.to_dict()`.
        trusted_types: Types allowed beyond this package's list.

    Raises:
        IntegrityError: If the folder is no model that may be restored.
        ConfigError: If it holds a type that is not trusted.
    """
    from sweepkit.models.agreement import build_checked
    from sweepkit.models.pipeline import use_threads
    from sweepkit.tracking.model_files import load_folder

    # LightGBM keeps the number of threads in one place for all models of a process: a
    # call that wants two, beside one of a champion that wants one, crashes both.
    pipeline = use_threads(load_folder(folder, trusted_types), 1)
    profile = read_profile(folder)
    checked = build_checked(pipeline, profile)
    champion = Champion(
        name=str(facts["model_name"]),
        version=str(facts["version"]),
        profile=profile,
        predict=checked.predictor.predict,
        rows_independent=checked.agreement.rows_independent,
        form=checked.predictor.form,
        facts=_select(facts),
    )
    return Checked(champion, _tell(checked.agreement, checked.predictor.reason))


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


def _select(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return what callers may want to know, with the scores as numbers."""
    tags = facts.get("tags", {})
    scores = {key: tags[key] for key in tags if key.startswith(_SCORES)}
    told = {key: value for key, value in facts.items() if key != "manifest"}
    return {
        **told,
        "metrics": {key: float(value) for key, value in scores.items()},
        "tags": {k: v for k, v in tags.items() if not k.startswith(_INTERNAL)},
    }


def _tell(agreement: Any, reason: str) -> str:
    if not agreement.agreed:
        return reason
    words = f"equal to the pipeline on {agreement.n_rows:,} rows"
    return f"{words} ({reason})" if reason else words

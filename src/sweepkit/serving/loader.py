"""From a verified folder to a champion: restore, rebuild as a predictor, compare."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sweepkit.data.column_profile import TableProfile
from sweepkit.errors import IntegrityError
from sweepkit.serving.carried import list_carried
from sweepkit.serving.champion import Champion
from sweepkit.serving.model_profile import read_profile
from sweepkit.tasks import HALF

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
    from sweepkit.models.predictor.compiled import load_walk

    # Where numba is installed, that is most of the time a model takes to be compiled.
    load_walk()


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
    _check_classes(pipeline, profile)
    checked = build_checked(pipeline, profile)
    predictor = checked.predictor
    champion = Champion(
        name=str(facts["model_name"]),
        version=str(facts["version"]),
        profile=profile,
        predict=predictor.predict,
        rows_independent=checked.agreement.rows_independent,
        form=predictor.form,
        facts=_select(facts),
        **list_carried(pipeline, predictor),
    )
    return Checked(champion, _tell(checked.agreement, predictor.reason))


def _check_classes(pipeline: Any, profile: TableProfile) -> None:
    """Refuse a profile that names other classes than the model.

    Its labels stand for the columns of the model's probabilities: one place off, and
    every answer would be another class's.
    """
    from sweepkit.models.outputs import threshold_of

    classes = getattr(pipeline, "classes_", ())
    limits = [
        HALF if one is None else one
        for one in (threshold_of(pipeline), profile.threshold)
    ]
    if list(classes) != list(profile.classes) or limits[0] != limits[1]:
        raise IntegrityError(
            f"The model's classes ({_list(classes)}, from {limits[0]:g}) are not those "
            f"of its profile ({_list(profile.classes)}, from {limits[1]:g}); train it "
            f"again."
        )


def _list(labels: Iterable[Any]) -> str:
    return ", ".join(map(str, labels)) or "none"


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

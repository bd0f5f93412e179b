"""From the members in a configuration to a blend; see `conf/model/ensemble.yaml`."""

from collections.abc import Mapping
from typing import Any

from sweepkit.errors import ConfigError
from sweepkit.models.blend import BlendClassifier, BlendRegressor

KEY = "model.estimator.members"
_OWN = frozenset({"weight", "inputs", "estimator"})
# What else stands in a file of conf/model; of a member it has no meaning.
_OF_FILES = frozenset(
    {
        *("name", "regressor", "classifier", "requirements", "trusted_types"),
        *("clip_predictions", "early_stopping"),
    }
)


def make_blend_regressor(
    members: Mapping[str, Mapping[str, Any]],
    n_jobs: int | None = None,
    clip: bool = True,
) -> BlendRegressor:
    """Return an unfitted blend of regressors.

    Args:
        members: By name: `estimator`, `inputs` (as `model.inputs`, or nothing) and
            `weight` (or 1). One of weight 0 is left out.
        n_jobs: Threads.
        clip: Whether each member stays within the training target's range.

    Raises:
        ConfigError: If there is no member, or one is none.
    """
    return BlendRegressor(**_read(members), n_jobs=n_jobs, clip=clip)


def make_blend_classifier(
    members: Mapping[str, Mapping[str, Any]],
    n_jobs: int | None = None,
    clip: bool = True,
) -> BlendClassifier:
    """Return an unfitted blend of classifiers; see `make_blend_regressor`.

    Raises:
        ConfigError: If there is no member, or one is none.
    """
    del clip  # probabilities have their range
    return BlendClassifier(**_read(members), n_jobs=n_jobs)


def feature_inputs(model: Mapping[str, Any]) -> Any:
    """Return the part of a resolved node `model` on which its features depend."""
    estimator = model["estimator"]
    members = estimator.get("members") if isinstance(estimator, Mapping) else None
    if not isinstance(members, Mapping):
        return model["inputs"]
    return [one.get("inputs") or {} for one in _counted(members).values()]


def _read(members: Mapping[str, Mapping[str, Any]]) -> dict[str, list[Any]]:
    for name, member in members.items():
        _check(name, member)
    counted = _counted(members)
    if not counted:
        raise ConfigError(
            f"{KEY} has no member with a weight above 0. Give one a `weight` of 1."
        )
    return {
        "names": list(counted),
        "estimators": [one["estimator"] for one in counted.values()],
        "weights": [float(one.get("weight", 1)) for one in counted.values()],
        "inputs": [dict(one.get("inputs") or {}) for one in counted.values()],
    }


def _counted(members: Mapping[str, Any]) -> dict[str, Any]:
    return {name: one for name, one in members.items() if one and one.get("weight", 1)}


def _check(name: str, member: Mapping[str, Any] | None) -> None:
    if member is None:  # left out by `=null`
        return
    strange = sorted(set(member) - _OWN - _OF_FILES)
    if strange or "estimator" not in member:
        raise ConfigError(
            f"{KEY}.{name} has {', '.join(map(str, member))}; a member has "
            f"`estimator`, `inputs` and `weight`. Correct "
            f"{', '.join(strange) or 'it'}."
        )
    weight = member.get("weight", 1)
    if isinstance(weight, bool) or not isinstance(weight, int | float) or weight < 0:
        raise ConfigError(f"{KEY}.{name}.weight is {weight!r}; use 0 or more.")

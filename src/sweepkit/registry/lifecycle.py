"""The four stages of a version's life, as a tag and as aliases.

A new version is in development; the best one not yet live is `challenger` and in
staging; the live one is `champion` and in production; a replaced one is archived.
"""

from __future__ import annotations

from collections.abc import Mapping

from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

from sweepkit.registry.aliases import CHALLENGER, CHAMPION, point, read_aliases
from sweepkit.registry.gate import Scorecard
from sweepkit.registry.scores import read_scorecard
from sweepkit.registry.versions import list_versions

LIFECYCLE = "lifecycle"
DEVELOPMENT = "development"
STAGING = "staging"
PRODUCTION = "production"
ARCHIVED = "archived"
STAGES = (DEVELOPMENT, STAGING, PRODUCTION, ARCHIVED)


def read_lifecycle(tags: Mapping[str, str]) -> str:
    """Return a version's stage; one that nobody gave a stage is in development."""
    return tags.get(LIFECYCLE, DEVELOPMENT)


def set_stage(
    client: MlflowClient, model_name: str, version: str | None, stage: str
) -> None:
    """Give a version its stage, if it has another; a version that is gone has none."""
    tags = None if version is None else _read_tags(client, model_name, version)
    if version is None or tags is None or read_lifecycle(tags) == stage:
        return
    client.set_model_version_tag(model_name, version, LIFECYCLE, stage)


def settle(
    client: MlflowClient,
    model_name: str,
    replaced: str | None,
    aliases: Mapping[str, str],
) -> None:
    """Bring stages and aliases in line with a champion that has just moved.

    Args:
        client: MLflow's client.
        model_name: Registered model.
        replaced: The champion before, if there was one.
        aliases: What they are now.
    """
    champion = aliases.get(CHAMPION)
    point(client, model_name, CHAMPION, champion, aliases)
    set_stage(client, model_name, champion, PRODUCTION)
    if replaced != champion:
        set_stage(client, model_name, replaced, ARCHIVED)
    if champion and aliases.get(CHALLENGER) == champion:
        best = _find_best(client, model_name, champion)
        _point_challenger(client, model_name, best, aliases)


def offer_challenger(client: MlflowClient, model_name: str, version: str) -> bool:
    """Make a version that is not live the challenger, if none of these is better."""
    aliases = read_aliases(client, model_name)
    rules = _read_card(client, model_name, aliases.get(CHAMPION))
    offered = _read_card(client, model_name, version)
    if offered is None or not _comparable(offered, rules or offered):
        return False
    holder = aliases.get(CHALLENGER)
    held = _read_card(client, model_name, holder)
    if holder == version:
        return True
    if held and _comparable(held, offered) and _rank(held) <= _rank(offered):
        return False
    _point_challenger(client, model_name, version, aliases)
    return True


def _point_challenger(
    client: MlflowClient,
    model_name: str,
    version: str | None,
    aliases: Mapping[str, str],
) -> None:
    before = aliases.get(CHALLENGER)
    point(client, model_name, CHALLENGER, version, aliases)
    set_stage(client, model_name, version, STAGING)
    if before not in (None, version, aliases.get(CHAMPION)):
        set_stage(client, model_name, before, DEVELOPMENT)


def _find_best(client: MlflowClient, model_name: str, champion: str) -> str | None:
    """Return the best version in development, by the champion's own measure."""
    rules = _read_card(client, model_name, champion)
    ranked = [
        (_rank(card), int(version.version))
        for version in list_versions(client, model_name)
        if read_lifecycle(version.tags) == DEVELOPMENT
        and (card := read_scorecard(version.tags)) is not None
        and rules is not None
        and _comparable(card, rules)
    ]
    return str(min(ranked)[1]) if ranked else None


def _comparable(one: Scorecard, other: Scorecard) -> bool:
    same = (one.metric, one.direction, one.holdout)
    finite = abs(one.value) < float("inf")  # also False for NaN
    return finite and same == (other.metric, other.direction, other.holdout)


def _rank(card: Scorecard) -> float:
    """Return a number that is smaller for a better score."""
    return card.value if card.direction == "minimize" else -card.value


def _read_card(
    client: MlflowClient, model_name: str, version: str | None
) -> Scorecard | None:
    tags = None if version is None else _read_tags(client, model_name, version)
    return None if tags is None else read_scorecard(tags)


def _read_tags(
    client: MlflowClient, model_name: str, version: str
) -> Mapping[str, str] | None:
    try:
        tags: Mapping[str, str] = client.get_model_version(model_name, version).tags
    except MlflowException as error:
        if error.error_code != "RESOURCE_DOES_NOT_EXIST":
            raise
        return None  # deleted meanwhile
    return tags

"""Register a logged model as a version, and let the gate decide on the alias."""

from collections.abc import Mapping
from dataclasses import dataclass

import mlflow
from mlflow import MlflowClient
from mlflow.entities.model_registry import ModelVersion

from sweepkit.registry.aliases import champion_version, promote
from sweepkit.registry.gate import HOW_TO_OVERRIDE, Decision, Gate, Scorecard, judge
from sweepkit.registry.names import check_name
from sweepkit.registry.scores import read_scorecard, write_scorecard
from sweepkit.registry.versions import create_version, find_version
from sweepkit.tracking import OpenStore

LIFECYCLE = "lifecycle"
DECISION = "decision"
PROMOTED = "promoted"
# What the run knows of its code, under the names a version's reader looks for.
_GIT = {"git.commit": "mlflow.source.git.commit", "git.dirty": "git.dirty"}


@dataclass(frozen=True, slots=True)
class Published:
    """A registered version and what the gate said about it.

    Attributes:
        model_name: Registered model.
        version: Its new version; the old one if the run was published before.
        decision: Whether it took the alias `champion`, and why.
    """

    model_name: str
    version: str
    decision: Decision


def publish(
    store: OpenStore,
    *,
    run_id: str,
    model_id: str,
    model_name: str,
    scorecard: Scorecard,
    gate: Gate,
    tags: Mapping[str, object] | None = None,
    description: str = "",
) -> Published:
    """Register a run's model and move the alias `champion` if the gate says so.

    A second call for the same run changes nothing and returns what the first one did;
    after a crash in between it takes up what is missing. Processes of one machine wait
    for each other; MLflow itself would let the last writer of an alias win.

    Args:
        store: An opened store.
        run_id: The run that made the model.
        model_id: Id of its logged model.
        model_name: Registered model that receives the version.
        scorecard: What the gate compares.
        gate: Rules of promotion.
        tags: Facts kept with the version: metrics, fingerprints, config hash, commit.
        description: What the version's page says about it, in Markdown.

    Raises:
        ConfigError: If `model_name` is not one MLflow takes.
        RegistryError: If the store refuses the version.
        StoreError: If the store cannot be reached.
    """
    check_name(model_name)
    with store.lock(), store.guard():
        # MLflow's SQL registry looks the model up in the store set globally.
        mlflow.set_tracking_uri(store.uri)
        client = store.client
        version = find_version(client, model_name, run_id)
        if version is None:
            facts = {key: str(value) for key, value in (tags or {}).items()}
            facts |= _origin(client, run_id) | write_scorecard(scorecard)
            version = create_version(
                client, model_name, run_id, model_id, facts, description
            )
        decision = _read_decision(version) or _decide(client, version, scorecard, gate)
    return Published(model_name, str(version.version), decision)


def _origin(client: MlflowClient, run_id: str) -> dict[str, str]:
    run_tags = client.get_run(run_id).data.tags
    found = {ours: run_tags.get(theirs) for ours, theirs in _GIT.items()}
    known = {key: value for key, value in found.items() if value is not None}
    return {"run_id": run_id, LIFECYCLE: "development", **known}


def _decide(
    client: MlflowClient, version: ModelVersion, scorecard: Scorecard, gate: Gate
) -> Decision:
    name, number = version.name, str(version.version)
    champion = champion_version(client, name)
    if champion == number:
        decision = Decision(True, "it is the champion already")
    else:
        decision = _judge_against(client, name, champion, scorecard, gate)
    if decision.promote:
        promote(client, name, number)
    client.set_model_version_tag(name, number, DECISION, decision.reason)
    # Written last: only with it is the version's publication complete.
    client.set_model_version_tag(name, number, PROMOTED, str(decision.promote))
    return decision


def _judge_against(
    client: MlflowClient,
    name: str,
    champion: str | None,
    scorecard: Scorecard,
    gate: Gate,
) -> Decision:
    if champion is None or gate.mode == "off":
        return judge(scorecard, None, gate)
    rival = read_scorecard(client.get_model_version(name, champion).tags)
    if rival is None:
        return Decision(
            False, f"the champion, version {champion}, has no score; {HOW_TO_OVERRIDE}"
        )
    return judge(scorecard, rival, gate)


def _read_decision(version: ModelVersion) -> Decision | None:
    promoted = version.tags.get(PROMOTED)
    if promoted is None:
        return None
    return Decision(promoted == "True", version.tags.get(DECISION, ""))

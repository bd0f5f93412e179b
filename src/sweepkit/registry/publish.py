"""Register a logged model as a version, and let the gate decide on the alias."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import mlflow
from mlflow.entities.model_registry import ModelVersion

from sweepkit.registry.evidence import Evidence
from sweepkit.registry.gate import Decision, Gate, Scorecard
from sweepkit.registry.journal import At, complete, stay
from sweepkit.registry.labels import write_classes
from sweepkit.registry.lifecycle import LIFECYCLE
from sweepkit.registry.loading import find_facts, verify_version
from sweepkit.registry.moving import MOVE_POINTS
from sweepkit.registry.names import check_name
from sweepkit.registry.registering import find_published, register_version
from sweepkit.registry.verdict import (
    DECISION,
    PROMOTED,
    bring_before_gate,
    read_decision,
)
from sweepkit.tracking.locks import lock_model
from sweepkit.tracking.store import OpenStore

__all__ = [
    "DECISION",
    "LIFECYCLE",
    "PROMOTED",
    "PUBLISH_POINTS",
    "Published",
    "publish",
]

# Where a test may kill the process; in the order in which they are reached.
PUBLISH_POINTS = (
    *("manifest kept", "version made", "decided", "decision kept"),
    *MOVE_POINTS,
    *("refusal kept", "challenger chosen", "published"),
)


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
    evidence: Evidence | None = None,
    trusted_types: Sequence[str] = (),
    at: At = stay,
) -> Published:
    """Register a run's model and move the alias `champion` if the gate says so.

    A second call for the same run changes nothing and returns what the first one did;
    after a crash in between it takes up what is missing. So does a call for another
    run of the same sweep and the same settings. Processes wait for each other: MLflow
    itself would let the last writer of an alias win.

    Args:
        store: An opened store.
        run_id: The run that made the model.
        model_id: Id of its logged model.
        model_name: Registered model that receives the version.
        scorecard: What the gate compares.
        gate: Rules of promotion.
        tags: Facts kept with the version: metrics, fingerprints, config hash, commit.
        description: What the version's page says about it, in Markdown.
        evidence: The holdout rows one by one, for the gate's test.
        trusted_types: Types allowed beyond our own list, from the configuration.
        at: Called with the name of each point that is reached.

    Raises:
        ConfigError: If `model_name` is not one MLflow takes, or a type is not trusted.
        IntegrityError: If the files are not what this package saves.
        RegistryError: If the store refuses the version.
        StoreError: If the store cannot be reached.
    """
    check_name(model_name)
    with lock_model(store, model_name), store.guard():
        # MLflow's SQL registry looks the model up in the store set globally.
        mlflow.set_tracking_uri(store.uri)
        facts = {key: str(value) for key, value in (tags or {}).items()}
        if evidence is not None:
            facts |= write_classes(evidence.task, evidence.classes)
        version = find_published(store, model_name, run_id, facts)
        if version is None:
            version = register_version(
                *(store, model_name, run_id, model_id, scorecard),
                facts=facts,
                description=description,
                trusted_types=trusted_types,
                at=at,
            )
        decision = read_decision(version)
        if decision is None:
            complete(store, model_name)
            _verify(store, version, trusted_types)
            decision = bring_before_gate(store, version, scorecard, evidence, gate, at)
        at("published")
    return Published(model_name, str(version.version), decision)


def _verify(
    store: OpenStore, version: ModelVersion, trusted_types: Sequence[str]
) -> None:
    facts = find_facts(store, version.name, str(version.version))
    verify_version(store, facts, trusted_types)

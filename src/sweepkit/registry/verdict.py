"""Bring a version before the gate, and do and record what it decides."""

from __future__ import annotations

import json
import time

from mlflow.entities.model_registry import ModelVersion

from sweepkit.registry import audit
from sweepkit.registry.aliases import CHAMPION
from sweepkit.registry.audit import Entry, to_plain
from sweepkit.registry.deciding import decide
from sweepkit.registry.evidence import Evidence
from sweepkit.registry.gate import Decision, Gate, Scorecard
from sweepkit.registry.journal import At
from sweepkit.registry.lifecycle import offer_challenger
from sweepkit.registry.manifest import MAX_TAG_CHARS
from sweepkit.registry.moving import ChampionMoved, move_champion
from sweepkit.registry.standing import Standing, look
from sweepkit.tracking.origin import user_name
from sweepkit.tracking.store import OpenStore

DECISION = "decision"
NUMBERS = "mlflow.sweepkit.decision.numbers"
PROMOTED = "promoted"
ARTIFACT = "gate.json"
# Other machines may move the champion while we decide; then we decide again.
_ATTEMPTS = 5


def read_decision(version: ModelVersion) -> Decision | None:
    """Return what the gate said about a version; None before it has said it all."""
    promoted = version.tags.get(PROMOTED)
    if promoted is None:
        return None
    numbers = json.loads(version.tags.get(NUMBERS, "{}"))
    return Decision(promoted == "True", version.tags.get(DECISION, ""), numbers)


def bring_before_gate(
    store: OpenStore,
    version: ModelVersion,
    scorecard: Scorecard,
    evidence: Evidence | None,
    gate: Gate,
    at: At,
) -> Decision:
    """Let the gate decide on a version, and move the champion if it says so.

    Hold the model's lock meanwhile, and call this within the store's `guard()`.

    Args:
        store: An opened store.
        version: The candidate, whose files are verified.
        scorecard: What it achieved.
        evidence: Its holdout rows, if there are any.
        gate: Rules of promotion.
        at: Called with the name of each point that is reached.

    Raises:
        ChampionMoved: If other machines keep moving the champion meanwhile.
    """
    for attempt in range(_ATTEMPTS):
        try:
            return _decide_once(store, version, scorecard, evidence, gate, at)
        except ChampionMoved:
            if attempt == _ATTEMPTS - 1:
                raise
    raise AssertionError("unreachable")


def _decide_once(
    store: OpenStore,
    version: ModelVersion,
    scorecard: Scorecard,
    evidence: Evidence | None,
    gate: Gate,
    at: At,
) -> Decision:
    name = version.name
    standing = look(store.client, name)
    champion = standing.aliases.get(CHAMPION)
    decision = recall(store, version, standing)
    if decision is None:
        decision = decide(store, name, champion, scorecard, evidence, gate)
        at("decided")
        _keep(store, version, decision)
        at("decision kept")
        _act(store, version, standing, decision, at)
    conclude(store, version, decision)
    return decision


def _act(
    store: OpenStore,
    version: ModelVersion,
    standing: Standing,
    decision: Decision,
    at: At,
) -> None:
    """Move the champion, or note the refusal; either way with an entry of history."""
    name, champion = version.name, standing.aliases.get(CHAMPION)
    entry = Entry(
        when=time.time(),
        who=user_name(),
        action="promote" if decision.promote else "refuse",
        from_version=champion or "",
        to_version=str(version.version),
        reason=decision.reason,
        numbers=decision.numbers,
    )
    if decision.promote:
        aliases = standing.aliases
        move_champion(store, name, entry, way_back=champion, aliases=aliases, at=at)
        return
    audit.append(store, name, entry, standing.tags)
    at("refusal kept")
    offer_challenger(store.client, name, entry.to_version)
    at("challenger chosen")


def conclude(store: OpenStore, version: ModelVersion, decision: Decision) -> None:
    """Write the last tag: only with it is the version's publication complete."""
    name, number = version.name, str(version.version)
    store.client.set_model_version_tag(name, number, PROMOTED, str(decision.promote))


def recall(
    store: OpenStore, version: ModelVersion, standing: Standing
) -> Decision | None:
    """Return what was done about a version whose publication was cut short."""
    number = str(version.version)
    entries = audit.read_entries(standing.tags)
    mine = [e for e in entries if e.to_version == number and e.action != "rollback"]
    if mine:
        promoted = any(entry.action != "refuse" for entry in mine)
        if not promoted:
            offer_challenger(store.client, version.name, number)
        return Decision(promoted, mine[-1].reason, mine[-1].numbers)
    if standing.aliases.get(CHAMPION) == number:
        return Decision(True, "it is the champion already")
    return None


def _keep(store: OpenStore, version: ModelVersion, decision: Decision) -> None:
    """Write a decision to the version's tags, and in full to its run."""
    name, number = version.name, str(version.version)
    text = json.dumps(to_plain(decision.to_dict()), indent=1)
    if version.run_id:
        store.client.log_text(version.run_id, text, ARTIFACT)
    numbers = json.dumps(to_plain(decision.numbers))
    if len(numbers) <= MAX_TAG_CHARS:
        store.client.set_model_version_tag(name, number, NUMBERS, numbers)
    store.client.set_model_version_tag(name, number, DECISION, decision.reason)

"""Bring candidate and champion before the gate."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from sweepkit.errors import RegistryError, SweepkitError
from sweepkit.evaluation.metrics import find_metric
from sweepkit.evaluation.resampling import compare_paired
from sweepkit.evaluation.slices import compare_slices
from sweepkit.registry.callers import Signature, find_break, read_signature
from sweepkit.registry.evidence import Evidence
from sweepkit.registry.facts import VersionFacts, find_facts
from sweepkit.registry.gate import HOW_TO_OVERRIDE, Decision, Gate, Scorecard, judge
from sweepkit.registry.limits import MEDIAN, SHARES, Findings
from sweepkit.registry.rival import Rival, recall
from sweepkit.registry.scores import read_scorecard
from sweepkit.tracking.store import OpenStore

CHAMPION_VERSION = "champion_version"


def decide(
    store: OpenStore,
    model_name: str,
    champion_number: str | None,
    scorecard: Scorecard,
    evidence: Evidence | None,
    gate: Gate,
) -> Decision:
    """Compare a candidate with the champion; changes nothing in the store.

    Args:
        store: An opened store; call this within its `guard()`.
        model_name: Registered model.
        champion_number: Version of the champion, or None before the first one.
        scorecard: What the candidate achieved.
        evidence: Its holdout rows; without them only the scores are compared.
        gate: Rules of promotion.
    """
    findings = Findings()
    if evidence is not None:
        findings = Findings(
            floor=evidence.floor,
            floor_guess=SHARES if evidence.classes else MEDIAN,
            latency_ms=evidence.latency_ms,
            size_mb=evidence.size_mb,
        )
    decision = judge(scorecard, None, gate, findings)
    if decision.promote and champion_number is not None and gate.mode != "off":
        version = find_facts(store, model_name, champion_number)
        if evidence is None:
            decision = _judge_scores(version, scorecard, gate)
        else:
            alone = decision.numbers
            decision = _judge_rows(store, version, scorecard, evidence, findings, gate)
            decision = replace(decision, numbers={**alone, **decision.numbers})
    return _add(decision, {CHAMPION_VERSION: champion_number})


def _judge_scores(version: VersionFacts, scorecard: Scorecard, gate: Gate) -> Decision:
    rival = read_scorecard(version.tags)
    if rival is None:
        found = f"the champion, version {version.version}, has no score"
        return Decision(False, f"{found}; {HOW_TO_OVERRIDE}")
    return judge(scorecard, rival, gate)


def _judge_rows(
    store: OpenStore,
    version: VersionFacts,
    scorecard: Scorecard,
    evidence: Evidence,
    findings: Findings,
    gate: Gate,
) -> Decision:
    try:
        with store.guard():
            signature = read_signature(store, version)
            _check_target(signature, evidence)
            rival = recall(store, version, evidence, scorecard.holdout)
    except SweepkitError as error:
        found = f"the champion, version {version.version}, cannot be compared"
        return Decision(False, f"{found}: {error} Or {HOW_TO_OVERRIDE}")
    breaks = find_break(evidence.columns, signature.inputs)
    findings = replace(findings, break_with_callers=breaks)
    decision = _judge_pair(scorecard, evidence, rival, findings, gate)
    if rival.how:
        decision = replace(decision, reason=f"{decision.reason}; {rival.how}")
    left_out = int((~rival.compared).sum())
    return _add(decision, {"scored_again": rival.how, "rows_left_out": left_out})


def _judge_pair(
    scorecard: Scorecard,
    evidence: Evidence,
    rival: Rival,
    findings: Findings,
    gate: Gate,
) -> Decision:
    metric = find_metric(scorecard.metric.removeprefix("holdout_"))
    rows = rival.compared
    said = (evidence.outputs.take(rows), rival.predicted.take(rows))
    pair = (evidence.actual[rows], *map(metric.pick, said))
    comparison = compare_paired(
        metric, *pair, confidence=gate.confidence, seed=evidence.seed
    )
    limit = gate.limits.max_slice_loss
    slices = compare_slices(
        metric,
        evidence.sliced[rows],
        *pair,
        limit=math.inf if limit is None else limit,
        columns=evidence.slices,
        confidence=gate.confidence,
        seed=evidence.seed,
    )
    findings = replace(findings, slices=tuple(slices))
    return judge(scorecard, scorecard, gate, findings, comparison)


def _check_target(signature: Signature, evidence: Evidence) -> None:
    if signature.target and signature.target != evidence.target:
        raise RegistryError(
            f"It predicts {signature.target!r}, the candidate {evidence.target!r}. "
            f"Give the candidate a name of its own with `registry.model_name=...`."
        )
    if signature.output and (signature.output == "double") != (not evidence.classes):
        says = "a number" if evidence.classes else "a class"
        wants = "a class" if evidence.classes else "a number"
        raise RegistryError(
            f"It predicts {says}, the candidate {wants}. Give the candidate a name of "
            f"its own with `registry.model_name=...`."
        )


def _add(decision: Decision, numbers: dict[str, Any]) -> Decision:
    return replace(decision, numbers={**decision.numbers, **numbers})

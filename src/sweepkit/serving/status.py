"""What the server says of itself: is it ready, which model, how much used."""

from __future__ import annotations

import re
from typing import Any

from sweepkit.serving.champion import Champion, Slot
from sweepkit.serving.drift import FEWEST_ROWS
from sweepkit.serving.service import Service
from sweepkit.serving.state import State

# Reasons come from anywhere: a folder or an address says more than callers may know.
_FOLDERS = re.compile(r"(?<!\w)(?:\w+:)?/+(?:[^\s/'\"]+/)+")


def tell_ready(slot: Slot, *, in_full: bool) -> dict[str, Any]:
    """Return whether predictions are answered, and with what.

    Args:
        slot: What is in service.
        in_full: Whether the caller may know more than a load balancer needs.
    """
    champion = slot.champion
    brief = {"ready": champion is not None}
    if not in_full:
        return brief
    return {
        **brief,
        "model": champion and champion.name,
        "version": champion and champion.version,
        "form": champion and champion.form,
        "loaded_at": slot.loaded_at or None,
        "registry": {
            "reachable": slot.registry_reachable,
            "message": hide_folders(slot.registry_message),
        },
        "refused": _tell_refused(slot),
    }


def tell_model(champion: Champion) -> dict[str, Any]:
    """Return all that is known of a champion."""
    facts = champion.facts
    return {
        "name": champion.name,
        "version": champion.version,
        "aliases": list(facts.get("aliases", ())),
        "form": champion.form,
        "metrics": dict(facts.get("metrics", {})),
        "facts": {**facts, **_tell_offer(champion)},
        "profile": champion.profile.to_dict(),
    }


def _tell_offer(champion: Champion) -> dict[str, Any]:
    """Return what may be asked for beside predictions."""
    explainer = champion.contributions
    told: dict[str, Any] = {
        "intervals": champion.intervals is not None,
        "prediction_sets": champion.sets is not None,
        "contributions": explainer is not None,
    }
    if explainer is not None:
        told["contributions_unit"] = explainer.unit
        told["contributions_ms"] = round(1_000 * explainer.row_s, 3)
    return told


def tell_usage(state: State) -> dict[str, Any]:
    """Return the last minute's use, and how recent rows compare with training."""
    service = state.find_service()
    return {
        **state.usage.report(),
        "queue": state.batcher.waiting,
        "drift": _tell_drift(service),
        "ready": service is not None,
        "notes": _tell_notes(state, service),
    }


def hide_folders(text: str) -> str:
    """Return a text with paths and addresses cut down to their last part."""
    return _FOLDERS.sub(".../", text)


def _tell_refused(slot: Slot) -> dict[str, Any] | None:
    refused = slot.refused
    if refused is None:
        return None
    reason = hide_folders(refused.reason)
    return {"version": refused.version, "reason": reason, "when": refused.when}


def _tell_drift(service: Service | None) -> dict[str, Any]:
    if service is None:
        return {"rows": 0, "columns": [], "predictions": None}
    columns = [
        {"name": column.name, "psi": column.psi, "level": column.level}
        for column in service.window.report()
    ]
    return {
        "rows": service.window.n_rows,
        "columns": columns,
        "predictions": _tell_predictions(service),
    }


def _tell_predictions(service: Service) -> dict[str, Any] | None:
    """Return how the classes told compare with those of training, once enough were."""
    labeller = service.labeller
    drift = None if labeller is None else labeller.report()
    if labeller is None or drift is None:
        return None
    both = zip(labeller.texts, labeller.expected, drift.shares, strict=True)
    return {
        "rows": labeller.window.n_rows,
        "psi": drift.psi,
        "level": drift.level,
        "classes": [
            {"label": label, "training": before, "now": now}
            for label, before, now in both
        ],
    }


def _tell_notes(state: State, service: Service | None) -> list[str]:
    slot, notes = state.slot, []
    if state.settings.workers > 1:
        notes.append(
            f"These numbers are of one of {state.settings.workers} processes; "
            f"/metrics has those of all."
        )
    if service is not None and service.window.n_rows < FEWEST_ROWS:
        notes.append(f"Drift is judged from {FEWEST_ROWS} rows on.")
    if slot.registry_reachable is False:
        notes.append(f"Registry out of reach. {hide_folders(slot.registry_message)}")
    if slot.refused is not None:
        notes.append(
            f"Version {slot.refused.version} was refused: "
            f"{hide_folders(slot.refused.reason)}"
        )
    return notes

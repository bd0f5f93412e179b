"""Commands that only look: models, show, history."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sweepkit.cli.place import opened
from sweepkit.cli.printing import print_facts, print_json, print_table, write_time
from sweepkit.registry import audit
from sweepkit.registry.catalog import find_aliases, list_facts
from sweepkit.registry.facts import VersionFacts, find_facts
from sweepkit.registry.labels import TASK, read_classes
from sweepkit.registry.scores import read_scorecard
from sweepkit.registry.versions import SWEEP
from sweepkit.tasks import Task
from sweepkit.tracking.links import run_url, version_url

_PREFIXES = ("holdout_", "cv_")
_SHOWN_VERSIONS = 50


def list_models(words: Sequence[str], conf: Path, *, as_json: bool) -> None:
    """Print the versions of the configured model, newest first."""
    with opened(words, conf) as place:
        versions = list_facts(place.store, place.model_name)
    if as_json:
        print_json([_as_record(facts) for facts in versions])
        return
    shown = [*versions[:_SHOWN_VERSIONS], *_live_among(versions[_SHOWN_VERSIONS:])]
    columns = ("version", "lifecycle", "aliases", "model", "score", "data", "when")
    print_table(
        place.model_name,
        (*columns, "run", "sweep"),
        [
            (
                facts.version,
                facts.lifecycle,
                list(facts.aliases),
                facts.tags.get("model", ""),
                _write_score(facts),
                facts.tags.get("data.fingerprint", "")[:8],
                write_time(facts.created_at),
                facts.run_id[:8],
                facts.tags.get(SWEEP, "")[:8],
            )
            for facts in shown
        ],
    )
    if len(shown) < len(versions):
        print(f"{len(versions) - len(shown)} older versions: `--json` lists them all.")


def show_version(ref: str, words: Sequence[str], conf: Path, *, as_json: bool) -> None:
    """Print what the registry knows about one version."""
    with opened(words, conf) as place:
        facts = find_facts(place.store, place.model_name, ref)
        store = place.store
    pages = {
        "page": version_url(store.uri, facts.model_name, facts.version),
        "run": run_url(store.uri, store.experiment_id, facts.run_id),
    }
    if as_json:
        print_json(_as_record(facts) | {"description": facts.description, **pages})
        return
    print_facts(
        {
            "model": facts.model_name,
            "version": facts.version,
            "lifecycle": facts.lifecycle,
            "aliases": list(facts.aliases),
            "made": write_time(facts.created_at),
            "gate": facts.tags.get("decision", ""),
            **_read_task(facts),
            **_read_metrics(facts),
            "data fingerprint": facts.tags.get("data.fingerprint", ""),
            "config hash": facts.tags.get("config.hash", ""),
            "git commit": facts.tags.get("git.commit", ""),
            "uncommitted changes": facts.tags.get("git.dirty", ""),
            "files under seal": len(facts.manifest),
            "sweep": facts.tags.get(SWEEP, ""),
            **pages,
        }
    )


def show_history(words: Sequence[str], conf: Path, *, as_json: bool) -> None:
    """Print every decision about the champion, oldest first."""
    with opened(words, conf) as place:
        find_aliases(place.store, place.model_name)  # refuses an unknown model
        entries = audit.read(place.store, place.model_name)
    if as_json:
        print_json([entry.to_dict() for entry in entries])
        return
    print_table(
        f"{place.model_name}: decisions about the champion",
        ("when", "who", "action", "from", "to", "why"),
        [
            (
                write_time(entry.when),
                entry.who,
                entry.action,
                entry.from_version,
                entry.to_version,
                entry.reason,
            )
            for entry in entries
        ],
    )


def _live_among(versions: Sequence[VersionFacts]) -> list[VersionFacts]:
    return [facts for facts in versions if facts.aliases]


def _as_record(facts: VersionFacts) -> dict[str, Any]:
    return {
        "model_name": facts.model_name,
        "version": facts.version,
        "lifecycle": facts.lifecycle,
        "aliases": list(facts.aliases),
        "model": facts.tags.get("model"),
        "task": facts.tags.get(TASK, str(Task.REGRESSION)),
        "classes": read_classes(facts.tags),
        "metrics": _read_metrics(facts),
        "data_fingerprint": facts.tags.get("data.fingerprint"),
        "created_at": facts.created_at,
        "run_id": facts.run_id,
        "model_id": facts.model_id,
        "sweep_run_id": facts.tags.get(SWEEP),
        "decision": facts.tags.get("decision"),
        "tags": dict(facts.tags),
        "manifest": dict(facts.manifest),
    }


def _read_task(facts: VersionFacts) -> dict[str, Any]:
    if TASK not in facts.tags:
        return {}  # a regression
    labels = [str(label) for label in read_classes(facts.tags)]
    return {"task": facts.tags[TASK], "classes": labels}


def _read_metrics(facts: VersionFacts) -> dict[str, float]:
    metrics = {}
    for key, value in facts.tags.items():
        if key.startswith(_PREFIXES) and "." not in key:
            try:
                metrics[key] = float(value)
            except ValueError:
                continue  # a tag of somebody else's
    return metrics


def _write_score(facts: VersionFacts) -> str:
    card = read_scorecard(facts.tags)
    return f"{card.metric} {card.value:,.6g}" if card else ""

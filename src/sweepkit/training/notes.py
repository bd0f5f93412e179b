"""Facts and links in words, for the terminal and the report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sweepkit.data.schema import TableSchema
from sweepkit.tasks import Task
from sweepkit.tracking import Run
from sweepkit.tracking.links import ui_address, version_url
from sweepkit.training.choosing import Choice
from sweepkit.training.rows import Rows
from sweepkit.training.settings import Settings

if TYPE_CHECKING:  # it imports MLflow
    from sweepkit.registry.publish import Published

Notes = dict[str, str]


def describe_rows(settings: Settings, rows: Rows) -> Notes:
    """Say what the numbers hang on: task, table, split, seed."""
    holdout = settings["evaluation"]["holdout"]
    return {
        "task": _describe_task(settings["task"], rows.schema),
        "table fingerprint": rows.table_fingerprint[:16],
        "holdout": f"{holdout['fraction']:.0%} of the rows, seed {holdout['seed']}",
        "folds": str(settings["evaluation"]["splitter"]["_target_"]).split(".")[-1],
        "seed": str(settings["seed"]),
        "features": ", ".join(settings["features"]["steps"]) or "the table's own",
    }


def note_task(settings: Settings, rows: Rows) -> Notes:
    """Say which task it was, unless a person chose a regression."""
    inferred = settings["task"]["choices"] is not None
    if not inferred and rows.schema.task is Task.REGRESSION:
        return {}
    return {"task": _describe_task(settings["task"], rows.schema)}


def note_features(choice: Choice | None, metric: str) -> Notes:
    """Say which features were chosen, and what the others came to in the probe."""
    if choice is None or choice.name is None or not choice.scores:
        return {}
    others = ", ".join(f"{name} {score:.4g}" for name, score in choice.scores.items())
    return {"features": f"{choice.name}, of {others} ({metric} of a quick probe)"}


def _describe_task(task: Settings, schema: TableSchema) -> str:
    """Name the task, which of its labels is which, and whether anybody chose it."""
    words = str(schema.task)
    if schema.task is Task.BINARY:
        words += f", positive is {schema.classes[-1]!r}"
    elif schema.classes:
        words += f" of {len(schema.classes)} labels"
    inferred = task["choices"] is not None
    how = "inferred from the target's values; choose with task=<name>"
    return f"{words} ({how})" if inferred else words


def note_links(report: Path, run: Run) -> Notes:
    """Say where to look: the report, and the run in MLflow's user interface."""
    notes = {"report": str(_shortest(report))}
    if run.store is not None:
        notes["run"] = run.url
        local = run.store.uri.startswith("sqlite:")
        if local and ui_address(run.store.uri) in run.url:
            notes["to see it"] = "mlflow ui"
    return notes


def note_version(published: Published, uri: str) -> Notes:
    """Say which version the model became and what the gate decided."""
    name, version = published.model_name, published.version
    decision = published.decision
    verb = "is the champion now" if decision.promote else "the champion stays"
    if not decision.promote and decision.numbers.get("champion_version", "") is None:
        verb = "still no champion"
    return {
        "registered": f"{name} version {version}",
        "gate": f"{verb}: {decision.reason}",
        "version": version_url(uri, name, version),
    }


def _shortest(path: Path) -> Path:
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path

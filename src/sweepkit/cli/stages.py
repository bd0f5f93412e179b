"""The commands of `dvc.yaml` beside train.py: prepare, evaluate, register."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from sweepkit.cli.composing import composed
from sweepkit.cli.own_metrics import learn_metrics
from sweepkit.cli.place import opened
from sweepkit.cli.printing import print_facts, print_json
from sweepkit.cli.stage_files import Facts, write_facts
from sweepkit.data.column_profile import TableProfile
from sweepkit.data.profiling import profile_table
from sweepkit.tracking.columns import read_columns
from sweepkit.training.check import check_settings
from sweepkit.training.rows import Rows, read_rows
from sweepkit.training.run_file import RunFile
from sweepkit.training.settings import Settings, resolve


def prepare_table(
    words: Sequence[str],
    conf: Path,
    folder: Path,
    trust: Sequence[str] = (),
    *,
    as_json: bool,
) -> None:
    """Read, check and split the table, and write what is known of it.

    Writes `table.json` (fingerprints, rows), `schema.json` (roles of the columns) and
    `profile.json` (what the training rows hold).

    Raises:
        ConfigError: If the configuration cannot work.
        DataError: If the table cannot be read, typed, split or folded.
        DiskError: If a file cannot be written.
    """
    with composed(words, conf, trust=trust) as cfg:
        settings = resolve(cfg)
        learn_metrics(cfg, trust)
        check_settings(settings)
        rows = read_rows(cfg)
    facts = _describe(settings, rows)
    write_facts(folder / "schema.json", rows.schema.to_dict())
    write_facts(folder / "profile.json", _profile(settings, rows).to_dict())
    write_facts(folder / "table.json", facts)
    _show(facts, as_json)


def evaluate_run(
    run: Path, words: Sequence[str], conf: Path, folder: Path, *, as_json: bool
) -> None:
    """Write a recorded run's scores as flat numbers and its figures' data as tables.

    Raises:
        ConfigError: If `run` is no `run.json`.
        RegistryError: If the store has no such run, or the run lost its files.
        DiskError: If a file cannot be written.
    """
    from sweepkit.cli.stage_plots import write_plots
    from sweepkit.cli.stage_run import fetch_verdict

    with opened(words, conf) as place:
        verdict = fetch_verdict(place, RunFile.load(run))
        write_plots(verdict, folder, seed=place.settings["seed"])
    numbers = verdict.numbers
    write_facts(folder / "metrics.json", numbers)
    _show(numbers, as_json)


def register_run(
    run: Path,
    words: Sequence[str],
    conf: Path,
    path: Path,
    trust: Sequence[str] = (),
    *,
    as_json: bool,
) -> None:
    """Make a recorded run's model a version, and let the gate decide on the alias.

    A run that is registered already keeps its version and its decision.

    Raises:
        ConfigError: If `run` is no `run.json`.
        DataError: If the table is not the one the run was trained on.
        RegistryError: If the store has no such run or model.
        DiskError: If the file cannot be written.
    """
    from sweepkit.cli.stage_register import publish_run

    with opened(words, conf, trust=trust) as place:
        learn_metrics(place.cfg, trust)
        recorded = RunFile.load(run)
        published = publish_run(place, recorded)
    facts = {
        "model_name": published.model_name,
        "version": published.version,
        "promoted": published.decision.promote,
        "reason": published.decision.reason,
        "run_id": recorded.run_id,
        "model_id": recorded.model_id,
    }
    write_facts(path, facts)
    _show(facts, as_json)


def _profile(settings: Settings, rows: Rows) -> TableProfile:
    schema = rows.schema
    profile = profile_table(
        rows.train,
        read_columns(rows.train),
        target=schema.target,
        target_unit=settings["data"]["target_unit"],
    )
    codes = range(len(schema.classes))
    shares = tuple(float(np.mean(rows.train_target == code)) for code in codes)
    task = str(schema.task)
    return replace(profile, task=task, classes=schema.classes, class_shares=shares)


def _describe(settings: Settings, rows: Rows) -> Facts:
    return {
        "name": settings["data"]["name"],
        "target": rows.schema.target,
        "task": str(rows.schema.task),
        "classes": list(rows.schema.classes),
        "table_fingerprint": rows.table_fingerprint,
        "holdout_fingerprint": rows.holdout_fingerprint,
        "n_rows": len(rows.table),
        "n_train": len(rows.train),
        "n_holdout": len(rows.holdout),
        "n_folds": len(rows.folds),
    }


def _show(facts: Facts, as_json: bool) -> None:
    if as_json:
        print_json(facts)
    else:
        print_facts(facts)

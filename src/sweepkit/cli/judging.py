"""A registered version before the gate once more, on its own table's holdout."""

import math
from pathlib import Path
from tempfile import TemporaryDirectory

from omegaconf import DictConfig
from sklearn.pipeline import Pipeline

from sweepkit.cli.place import Place
from sweepkit.cli.recorded import read_recorded
from sweepkit.errors import DataError
from sweepkit.evaluation.metrics import find_metric
from sweepkit.registry.aliases import champion_version
from sweepkit.registry.deciding import decide
from sweepkit.registry.evidence import Evidence
from sweepkit.registry.facts import VersionFacts
from sweepkit.registry.gate import Decision, Scorecard
from sweepkit.registry.loading import fetch_version
from sweepkit.tracking.card import LoggedModel
from sweepkit.tracking.model_files import load_folder
from sweepkit.tracking.recording import MlflowRun
from sweepkit.training.check import build_gate
from sweepkit.training.evidence import gather_evidence
from sweepkit.training.judging import judge
from sweepkit.training.rows import Rows, read_rows
from sweepkit.training.settings import resolve
from sweepkit.training.trial import Trial

FINGERPRINT = "data.fingerprint"


def judge_version(place: Place, facts: VersionFacts) -> Decision:
    """Ask the gate whether a version may replace the champion of today.

    Args:
        place: The store, the model and today's rules, `registry`.
        facts: The version.

    Raises:
        DataError: If the table is not the one the version was trained on.
        SweepkitError: Another of its subclasses, if files are not what they were.
    """
    cfg = read_recorded(place.store, facts.run_id).cfg
    rows = read_rows(cfg)
    _check_table(facts, rows)
    model = load_version(place, facts)
    trial = Trial(model, judge(cfg, rows, model, ()))
    metric = trial.judgement.metric
    scorecard = Scorecard(
        metric=f"holdout_{metric}",
        # These rows may have no such score; the gate says so.
        value=trial.judgement.holdout.get(metric, math.nan),
        direction=find_metric(metric).direction,
        holdout=rows.holdout_fingerprint,
    )
    evidence = _gather(place, facts, cfg, rows, trial)
    with place.store.guard():
        champion = champion_version(place.store.client, place.model_name)
        return decide(
            *(place.store, place.model_name, champion, scorecard, evidence),
            build_gate(place.settings),
        )


def load_version(place: Place, facts: VersionFacts) -> Pipeline:
    """Return a version's model, if its files are those published.

    Raises:
        IntegrityError: If they are not, or are more than data.
        ConfigError: If it holds a type that the configuration does not trust.
    """
    trusted = place.trusted_types
    with TemporaryDirectory(prefix="sweepkit-") as name:
        return load_folder(
            fetch_version(place.store, facts, Path(name), trusted), trusted
        )


def _gather(
    place: Place, facts: VersionFacts, cfg: DictConfig, rows: Rows, trial: Trial
) -> Evidence:
    settings = resolve(cfg)
    settings["model"] |= {"trusted_types": place.trusted_types}
    return gather_evidence(
        MlflowRun(place.store, facts.run_id),
        settings | {"registry": place.settings["registry"]},
        rows,
        trial,
        LoggedModel(facts.model_id, f"models:/{facts.model_id}", ""),
    )


def _check_table(facts: VersionFacts, rows: Rows) -> None:
    # Of another table's holdout the version may have learned the answers.
    if facts.tags.get(FINGERPRINT) != rows.table_fingerprint:
        raise DataError(
            f"The table is not the one that version {facts.version} was trained on, so "
            f"the gate cannot judge it. Bring the table back, train on the new one, or "
            f"pass the gate by: `sweepkit promote {facts.version} --force "
            f"--reason '...'`."
        )

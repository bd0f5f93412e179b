"""A registered version before the gate once more, on its own table's holdout."""

from pathlib import Path
from tempfile import TemporaryDirectory

from sweepkit.cli.place import Place
from sweepkit.cli.recorded import read_recorded
from sweepkit.evaluation.metrics import find_metric
from sweepkit.registry.aliases import champion_version
from sweepkit.registry.deciding import decide
from sweepkit.registry.facts import VersionFacts
from sweepkit.registry.gate import Decision, Scorecard
from sweepkit.registry.loading import fetch_version
from sweepkit.tracking.card import LoggedModel
from sweepkit.tracking.model_files import load_folder
from sweepkit.tracking.recording import MlflowRun
from sweepkit.training.check import build_gate
from sweepkit.training.evidence import gather_evidence
from sweepkit.training.rows import read_rows
from sweepkit.training.settings import resolve
from sweepkit.training.trial import Trial, judge


def judge_version(place: Place, facts: VersionFacts) -> Decision:
    """Ask the gate whether a version may replace the champion of today.

    Args:
        place: The store, the model and today's rules, `registry`.
        facts: The version.

    Raises:
        SweepkitError: One of its subclasses, if table or files are not what they were.
    """
    cfg = read_recorded(place.store, facts.run_id).cfg
    rows = read_rows(cfg)
    trusted = cfg.model.trusted_types
    with TemporaryDirectory(prefix="sweepkit-") as name:
        folder = fetch_version(place.store, facts, Path(name), trusted)
        model = load_folder(folder, trusted)
    trial = Trial(model, judge(cfg, rows, model, ()))
    metric = trial.judgement.metric
    evidence = gather_evidence(
        MlflowRun(place.store, facts.run_id),
        resolve(cfg) | {"registry": place.settings["registry"]},
        rows,
        trial,
        LoggedModel(facts.model_id, f"models:/{facts.model_id}", ""),
    )
    scorecard = Scorecard(
        metric=f"holdout_{metric}",
        value=trial.judgement.holdout[metric],
        direction=find_metric(metric).direction,
        holdout=rows.holdout_fingerprint,
    )
    with place.store.guard():
        champion = champion_version(place.store.client, place.model_name)
        return decide(
            *(place.store, place.model_name, champion, scorecard, evidence),
            build_gate(place.settings),
        )

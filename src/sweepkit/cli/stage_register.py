"""Publish a recorded run's model, as train.py would have done at its end."""

from omegaconf import DictConfig

from sweepkit.cli.place import Place
from sweepkit.cli.recorded import read_recorded
from sweepkit.cli.stage_run import Verdict, fetch_verdict
from sweepkit.errors import DataError
from sweepkit.registry.loading import model_folder
from sweepkit.registry.publish import Published
from sweepkit.tracking.card import LoggedModel
from sweepkit.tracking.model_files import load_folder
from sweepkit.tracking.recording import MlflowRun
from sweepkit.training.judging import judge
from sweepkit.training.record import register
from sweepkit.training.rows import Rows, read_rows
from sweepkit.training.run_file import RunFile
from sweepkit.training.settings import Settings, resolve
from sweepkit.training.trial import Trial


def publish_run(place: Place, run: RunFile) -> Published:
    """Bring a run's model before the gate, on the holdout of the table it learned from.

    Args:
        place: The store and today's rules, `registry`; the model's name is the run's.
        run: The run and its model.

    Raises:
        DataError: If the table is not the one the run was trained on.
        RegistryError: If the store has no such run or model.
        IntegrityError: If the model's files are not what this package saves.
    """
    cfg = read_recorded(place.store, run.run_id).cfg
    verdict = fetch_verdict(place, run)
    rows = read_rows(cfg)
    _check_table(place, run, rows)
    trial = _judge(place, run, cfg, rows, verdict)
    return register(
        MlflowRun(place.store, run.run_id),
        _settings(place, cfg),
        rows,
        trial,
        LoggedModel(run.model_id, f"models:/{run.model_id}", run.url),
    )


def _check_table(place: Place, run: RunFile, rows: Rows) -> None:
    with place.store.guard():
        tags = place.store.client.get_run(run.run_id).data.tags
    if tags.get("data.fingerprint") != rows.table_fingerprint:
        raise DataError(
            f"The table is not the one that run {run.run_id} was trained on: its "
            f"fingerprint was {tags.get('data.fingerprint', 'not recorded')} and is "
            f"{rows.table_fingerprint} now. Train again, or bring the table back."
        )


def _judge(
    place: Place, run: RunFile, cfg: DictConfig, rows: Rows, verdict: Verdict
) -> Trial:
    trusted = cfg.model.trusted_types
    with model_folder(place.store, run.model_id) as folder:
        model = load_folder(folder, trusted)
    return Trial(model, judge(cfg, rows, model, verdict.folds))


def _settings(place: Place, cfg: DictConfig) -> Settings:
    """Return the run's settings under today's rules of promotion."""
    settings = resolve(cfg)
    name = settings["registry"]["model_name"]
    rules = place.settings["registry"] | {"model_name": name}
    return settings | {"registry": rules}

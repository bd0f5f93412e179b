"""Say beside a sweep's best model which run it is of."""

from pathlib import Path

from sweepkit.tracking.recording import MlflowRun
from sweepkit.tracking.store import OpenStore
from sweepkit.training.run_file import RunFile


def write_run_file(store: OpenStore, run_id: str, folder: Path) -> None:
    """Write `run.json` for the trial that was refitted, now or in an earlier session.

    Args:
        store: The opened store.
        run_id: The trial's run.
        folder: The sweep's folder `best`.

    Raises:
        StoreError: If the store cannot be reached.
        DiskError: If the file cannot be written.
    """
    with store.guard():
        outputs = store.client.get_run(run_id).outputs
    models = outputs.model_outputs if outputs is not None else []
    if models:
        # A trial refitted again after a crash has several; the last was published.
        url = MlflowRun(store, run_id).url
        RunFile(run_id=run_id, model_id=models[-1].model_id, url=url).save(folder)

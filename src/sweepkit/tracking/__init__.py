"""Recording what was done: the only door from sweepkit to MLflow's tracking.

    with start_run(Store(uri="sqlite:////tmp/mlflow.db"), "first try") as run:
        run.log_params(config)
        run.log_metrics({"cv_rmse": fold_scores, "holdout_rmse": 42_000.0})
        run.log_model(pipeline, card)

Importing this does not import MLflow, which takes more than a second.
"""

from sweepkit.tracking.redact import find_secret, redact
from sweepkit.tracking.run import NoRun, Run, start_run
from sweepkit.tracking.store import OpenStore, Store, open_store

__all__ = [
    "NoRun",
    "OpenStore",
    "Run",
    "Store",
    "find_secret",
    "open_store",
    "redact",
    "start_run",
]

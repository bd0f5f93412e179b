"""`train.py` that also notes when each worker fits, into `fits.<pid>` of the folder."""

import functools
import os
import sys
import time
from pathlib import Path

from sweepkit.sweep.early import preload_workers

if __name__ == "__main__":
    preload_workers(sys.argv)  # as train.py begins

import hydra
from omegaconf import DictConfig

from sweepkit.config import register
from sweepkit.exits import reports_errors, run_command

register()


def noting(fit):
    @functools.wraps(fit)
    def timed(*arguments):
        begun = time.time()
        fitted = fit(*arguments)
        with open(f"fits.{os.getpid()}", "a") as file:
            file.write(f"{begun!r} {time.time()!r}\n")
        return fitted

    return timed


@hydra.main(
    config_path=str(Path(__file__).parents[1] / "conf"),
    config_name="train",
    execution_whitelist=["sweepkit.*", "sklearn.*", "lightgbm.*"],
)
@reports_errors
def main(cfg: DictConfig) -> float:
    """Return the objective of one trial."""
    from sweepkit.sweep.pruning import fold_reporter
    from sweepkit.training import folding, train

    if not hasattr(folding.fit_fresh, "__wrapped__"):
        folding.fit_fresh = noting(folding.fit_fresh)
    return train(cfg, on_fold=fold_reporter(cfg.evaluation.metric))


if __name__ == "__main__":
    run_command(main)

"""Train one model: from a table to a tracked, registered version."""

import sys

from sweepkit.sweep.early import preload_workers

if __name__ == "__main__":
    preload_workers(sys.argv)  # they import while this process still does

import hydra
from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig

from sweepkit import config
from sweepkit.exits import reports_errors, run_command

# What a YAML `_target_` may name; add packages of your own, such as "xgboost.*".
TRUSTED = [*config.TRUSTED]

config.register()


@hydra.main(config_path="conf", config_name="train", execution_whitelist=TRUSTED)
@reports_errors
def main(cfg: DictConfig) -> float:
    """Return the objective, so that a sweeper can optimize it."""
    # Imported here: `--help` must not wait for pandas and scikit-learn.
    from sweepkit.sweep.mode import refuse_single_run
    from sweepkit.sweep.pruning import fold_reporter
    from sweepkit.training import train

    refuse_single_run(HydraConfig.get(), cfg.time_budget)
    return train(cfg, on_fold=fold_reporter(cfg.evaluation.metric))


if __name__ == "__main__":
    run_command(main)

"""Serve the champion: `python serve.py`, then http://127.0.0.1:5001."""

import sys

import hydra
from omegaconf import DictConfig

from sweepkit import config
from sweepkit.exits import reports_errors, run_command

# What a YAML `_target_` may name; add packages of your own, such as "xgboost.*".
TRUSTED = [*config.TRUSTED]

config.register()


@hydra.main(config_path="conf", config_name="serve", execution_whitelist=TRUSTED)
@reports_errors
def main(cfg: DictConfig) -> None:
    """Answer until a signal says to end, or print calls that can be tried."""
    # Imported here: `--help` must not wait for anything.
    from sweepkit.config.serving import read_serving
    from sweepkit.serving.command import print_examples, serve

    choices = read_serving(cfg)
    if cfg.serving.examples:
        print_examples(choices.settings, choices.store, choices.model_name)
    else:
        serve(*choices)


if __name__ == "__main__":
    # Hydra knows no flags but its own.
    sys.argv = ["serving.examples=true" if w == "--examples" else w for w in sys.argv]
    run_command(main)

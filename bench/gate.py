"""How often the gate promotes an equally good model, and how often a better one.

    python bench/gate.py --pairs 1000
    python bench/gate.py --pairs 1000 --real
    python bench/gate.py --pairs 500 --task binary

Each pair is two models' errors on the same 4,128 rows, drawn anew: equally good ones,
and ones whose candidate is better by 2 % RMSE. A pair counts as promoted if the gate's
own test says so (2,000 resamples, confidence 0.95, no minimum gain). `--real` fits
models on the default table and draws from their errors on its holdout, with roles
swapped at random, so that both are equally good. `--task binary` draws two models'
probabilities for 300 and 4,128 rows of two classes, one of them common or rare; a
better model's log odds are off by a third less.
Results: docs/registry.md.
"""

import argparse
import itertools
import math
from pathlib import Path

import numpy as np

from sweepkit.evaluation.metrics import METRICS
from sweepkit.evaluation.predicted import Predicted
from sweepkit.evaluation.resampling import compare_paired
from sweepkit.tasks import decide

N_ROWS = 4_128
OF_CLASSES = ("roc_auc", "average_precision", "log_loss", "brier", "f1")
OFF, LESS_OFF = 0.9, 0.6  # by how much a model's log odds are
SHARED = 0.9  # correlation of what two models are off by
BETTER = 0.98  # candidate's errors as a share of what they would be
FREEDOM = (
    5.6  # Student errors of the kurtosis, 10.5, that errors on the default table have
)
CONF = Path(__file__).resolve().parents[1] / "conf"
# Overrides of models a person might compare: one family, and two families.
MODELS = {
    "gradient_boosting": ["model=gradient_boosting"],
    "other seed": ["model=gradient_boosting", "seed=7"],
    "fewer leaves": ["model=gradient_boosting", "model.estimator.num_leaves=15"],
    "fewer trees": ["model=gradient_boosting", "model.estimator.n_estimators=300"],
    "hist_gradient_boosting": ["model=hist_gradient_boosting"],
    "random_forest": ["model=random_forest"],
}


def simulate(rng, correlation, heavy):
    """Errors of two equally good models, both of shape (N_ROWS,)."""
    shared, own = rng.normal(size=(2, N_ROWS))
    size = np.sqrt((FREEDOM - 2) / rng.chisquare(FREEDOM, N_ROWS)) if heavy else 1.0
    other = correlation * shared + math.sqrt(1 - correlation**2) * own
    return size * shared, size * other


def draw_real(rng, first, second):
    """The same from the errors of two fitted models."""
    second = second * np.sqrt(np.mean(first**2) / np.mean(second**2))
    rows = rng.integers(0, first.size, N_ROWS)
    swapped = rng.random(N_ROWS) < 0.5
    first, second = first[rows], second[rows]
    return np.where(swapped, second, first), np.where(swapped, first, second)


def count(draw, n_pairs, seed=0):
    """Share promoted of equally good candidates, and of those better by 2 %."""
    rng = np.random.default_rng(seed)
    zeros, promoted = np.zeros(N_ROWS), np.zeros(2)
    for _ in range(n_pairs):
        candidate, champion = draw(rng)
        for place, shrink in enumerate((1.0, BETTER)):
            compared = compare_paired(
                METRICS["rmse"], zeros, shrink * candidate, champion
            )
            promoted[place] += compared.low > 0
    return promoted / n_pairs


def fit_models():
    """Errors on the default table's holdout by model, each of shape (4128,)."""
    from hydra import compose, initialize_config_dir
    from hydra.core.hydra_config import HydraConfig
    from hydra.utils import execution_whitelist
    from omegaconf import open_dict

    from sweepkit.config import register
    from sweepkit.training.rows import read_rows
    from sweepkit.training.trial import fit_fresh, unfitted_model

    register()
    errors = {}
    trusted = execution_whitelist(["sweepkit.*", "sklearn.*", "lightgbm.*"])
    with trusted, initialize_config_dir(str(CONF)):
        for name, words in MODELS.items():
            cfg = compose("train", [*words, "tracking=off"], return_hydra_config=True)
            HydraConfig.instance().set_config(cfg)
            with open_dict(cfg):
                del cfg["hydra"]
            rows = read_rows(cfg)
            pipeline = unfitted_model(cfg, rows)
            model = fit_fresh(pipeline, cfg.threads, rows.train, rows.train_target)
            errors[name] = model.predict(rows.holdout) - rows.holdout_target
            print(f"{name}: RMSE {np.sqrt(np.mean(errors[name] ** 2)):,.0f}")
    return errors


def simulate_classes(rng, n_rows, share, off):
    """Codes of two classes, and what two models say of them."""
    truth = rng.normal(math.log(share / (1 - share)) * 1.6, 2.0, n_rows)
    codes = (rng.random(n_rows) < 1 / (1 + np.exp(-truth))).astype(float)
    shared, own = rng.normal(size=(2, n_rows))
    other = SHARED * shared + math.sqrt(1 - SHARED**2) * own
    said = []
    for error, size in ((shared, off), (other, OFF)):
        positive = 1 / (1 + np.exp(-(truth + size * error)))
        shares = np.column_stack([1 - positive, positive])
        said.append(Predicted(decide(shares, None).astype(float), shares))
    return codes, said


def count_classes(n_pairs):
    """Print the share promoted of equally good candidates and of better ones."""
    print("| metric | rows | positive | equal promoted | better promoted |")
    print("|---|---:|---:|---:|---:|")
    for n_rows, share in itertools.product((300, N_ROWS), (0.5, 0.1, 0.03)):
        promoted, found = {name: np.zeros(2) for name in OF_CLASSES}, 0.0
        rng = np.random.default_rng(0)
        for _ in range(n_pairs):
            for place, off in enumerate((OFF, LESS_OFF)):
                codes, said = simulate_classes(rng, n_rows, share, off)
                found += codes.mean() / n_pairs / 2
                for name, counts in promoted.items():
                    pair = map(METRICS[name].pick, said)
                    compared = compare_paired(METRICS[name], codes, *pair)
                    counts[place] += compared.low > 0
        for name, (equal, better) in promoted.items():
            print(
                f"| {name} | {n_rows} | {found:.1%} | {equal / n_pairs:.1%} | "
                f"{better / n_pairs:.1%} |",
                flush=True,
            )


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--pairs", type=int, default=200)
    parser.add_argument("--real", action="store_true")
    parser.add_argument(
        "--task", choices=("regression", "binary"), default="regression"
    )
    options = parser.parse_args()
    if options.task == "binary":
        count_classes(options.pairs)
        return
    print("| errors | correlation | equal promoted | 2 % better promoted |")
    print("|---|---:|---:|---:|")
    for heavy, correlation in itertools.product(
        (False, True), (0.9, 0.95, 0.97, 0.98, 0.99)
    ):
        equal, better = count(
            lambda rng, c=correlation, h=heavy: simulate(rng, c, h), options.pairs
        )
        tails = "heavy tails" if heavy else "normal"
        print(f"| {tails} | {correlation} | {equal:.1%} | {better:.1%} |", flush=True)
    if not options.real:
        return
    errors = fit_models()
    for (name, first), (other, second) in itertools.combinations(errors.items(), 2):
        correlation = np.corrcoef(first, second)[0, 1]
        equal, better = count(
            lambda rng, a=first, b=second: draw_real(rng, a, b), options.pairs
        )
        print(
            f"| {name}, {other} | {correlation:.3f} | {equal:.1%} | {better:.1%} |",
            flush=True,
        )


if __name__ == "__main__":
    main()

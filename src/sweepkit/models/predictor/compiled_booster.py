"""A LightGBM model walked by our own compiled walk instead of by its library.

LightGBM goes tree after tree, each step waiting for the one before; see `walk`.
"""

import logging
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from sweepkit.models.predictor.compiled import load_walk
from sweepkit.models.predictor.lightgbm_links import find_link
from sweepkit.models.predictor.lightgbm_trees import read_lightgbm
from sweepkit.models.predictor.plugs import NotPlain
from sweepkit.models.predictor.rows import Floats
from sweepkit.models.predictor.trees import Tree, Trees

Run = Callable[[Floats], Floats]

_PROBE_ROWS = 256
_SEED = 20_640
_ODD = (np.nan, 0.0, -0.0, 1e-36, -1e-36, 1e300, np.inf, -np.inf)

log = logging.getLogger(__name__)


def compile_booster(booster: Any) -> Run | None:
    """Return what predicts as a Booster does, to the last bit, only faster.

    Compared with the Booster on rows made of the trees' own thresholds, where a step
    in the wrong direction is likeliest.

    Args:
        booster: Trees after its best round are left out.

    Returns:
        From features (n_rows, n_features) to (n_rows,), or of several classes
        (n_rows, n_classes); None without a compiler, or if the model has no such form.
    """
    if load_walk() is None:
        return None
    try:
        run, trees = rebuild(booster.model_to_string())
    except NotPlain as error:
        log.info("LightGBM itself predicts: %s.", error)
        return None
    except (LookupError, ValueError) as error:
        # A LightGBM that writes another text.
        log.warning("LightGBM itself predicts, its trees cannot be read: %r.", error)
        return None
    rows = probe_rows(trees, booster.num_feature())
    if not np.array_equal(run(rows), booster.predict(rows, num_threads=1)):
        log.warning("LightGBM itself predicts: its compiled trees said otherwise.")
        return None
    return run


def rebuild(text: str) -> tuple[Run, list[Tree]]:
    """Return what predicts as the model of a text does, and its trees.

    Args:
        text: From `Booster.model_to_string()`.

    Raises:
        NotPlain: If it has no such form.
    """
    boosted = read_lightgbm(text)
    link = find_link(boosted.objective)
    parts = [Trees(trees, boosted.n_features, 0.0) for trees in boosted.scores]
    n_rounds = len(boosted.scores[0]) if boosted.averages else 1

    def run_one(features: Floats) -> Floats:
        return link(parts[0].add_up(features)[:, None] / n_rounds)[:, 0]

    def run(features: Floats) -> Floats:
        sums = [trees.add_up(features) for trees in parts]
        return link(np.stack(sums, axis=1) / n_rounds)

    trees = [tree for score in boosted.scores for tree in score]
    return run if len(parts) > 1 else run_one, trees


def probe_rows(trees: Sequence[Tree], n_features: int) -> Floats:
    """Return rows on and beside the trees' thresholds, with blanks and extremes.

    Args:
        trees: Some of which look at each feature, or none does.
        n_features: Features of a row.
    """
    rng = np.random.default_rng(_SEED)
    inner = [tree.left >= 0 for tree in trees]
    pairs = list(zip(trees, inner, strict=True))
    features = np.concatenate([tree.feature[which] for tree, which in pairs])
    thresholds = np.concatenate([tree.threshold[which] for tree, which in pairs])
    rows = np.empty((_PROBE_ROWS, n_features))
    for feature in range(n_features):
        on = np.unique(thresholds[features == feature])
        beside = [np.nextafter(on, -np.inf), np.nextafter(on, np.inf)]
        cells = np.concatenate([on, *beside, on, _ODD])
        rows[:, feature] = rng.choice(cells, _PROBE_ROWS)
    return rows

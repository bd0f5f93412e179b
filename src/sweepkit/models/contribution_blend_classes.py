"""Contributions of a weighted mean of classifiers, as parts of probabilities.

What a member's features add to its log-odds is turned into what they add to its
probabilities; those have a weighted mean. Each feature keeps its share of the way from
the member's base to its answer: for two classes the rescale rule of Chen, Lundberg and
Lee (2022), "Explaining a series of models by propagating Shapley values", Nature
Communications 13, 4512, https://doi.org/10.1038/s41467-022-31384-3; for more, slopes
averaged along that way: Sundararajan, Taly and Yan (2017), "Axiomatic attribution for
deep networks", https://arxiv.org/abs/1703.01365, which for two comes to the same.

They add up exactly. They are SHAP values of the members and not of the whole.
"""

from typing import Any

import numpy as np

from sweepkit.models.contribution_forms import (
    LOG_ODDS,
    PROBABILITY,
    RAW_FORMS,
    SCORE,
    Column,
    Floats,
    Raw,
    find_raw,
)
from sweepkit.models.predictor.plugs import NotPlain

# Places along the way at which slopes are taken, and their weights.
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(48)
_PLACES, _SHARES = (_NODES + 1) / 2, _WEIGHTS / 2


@RAW_FORMS.add("sweepkit.models.blend", "BlendClassifier")
def _blend(fitted: Any, columns: list[Column]) -> Raw:
    slices, weights = fitted.slices_, fitted.weights_
    members = [
        find_raw(member, columns[where])
        for member, where in zip(fitted.members_, slices, strict=True)
    ]
    for member in fitted.members_:
        if not np.array_equal(member.classes_, fitted.classes_):
            raise NotPlain(
                f"{type(member).__name__}, a member of this ensemble, does not know "
                f"all classes. Leave it out of `model.estimator.members`."
            )
    n_classes = len(fitted.classes_)
    codes = tuple(range(n_classes)) if n_classes > 2 else (1,)

    def run(features: Floats) -> Floats:
        found = np.zeros((len(features), len(codes), features.shape[1] + 1))
        for member, where, weight in zip(members, slices, weights, strict=True):
            said = member.run(np.ascontiguousarray(features[:, where]))
            part = weight * share_out(said, member.unit)
            found[..., where] += part[..., :-1]
            found[..., -1] += part[..., -1]
        return found if n_classes > 2 else found[:, 0]

    row_ms = sum(member.row_ms for member in members)
    return Raw(run=run, unit=PROBABILITY, codes=codes, row_ms=row_ms)


def share_out(said: Floats, unit: str) -> Floats:
    """Turn what features add to log-odds into what they add to probabilities.

    Args:
        said: (n_rows, n_features + 1) or, of several classes, (n_rows, n_classes,
            n_features + 1).
        unit: What it adds up to.

    Returns:
        (n_rows, n_classes, n_features + 1); of two classes the second alone.
    """
    if unit == PROBABILITY:
        return said if said.ndim == 3 else said[:, None]
    if unit == LOG_ODDS:
        return _share_two(said)[:, None]
    assert unit == SCORE, "all that estimators of classes say"
    return _share_many(said)


def _share_two(said: Floats) -> Floats:
    from scipy.special import expit

    base, way = said[:, -1], said[:, :-1].sum(axis=1)
    start, end = expit(base), expit(base + way)
    # Where the way is nothing, it is as steep as at its start.
    still = np.abs(way) < 1e-9
    steepness = (end - start) / np.where(still, 1.0, way)
    steepness = np.where(still, start * (1 - start), steepness)
    return np.concatenate([said[:, :-1] * steepness[:, None], start[:, None]], axis=1)


def _share_many(said: Floats) -> Floats:
    from scipy.special import softmax

    parts, base = said[..., :-1], said[..., -1]
    way = parts.sum(axis=2)
    found = np.zeros(said.shape)
    for place, share in zip(_PLACES, _SHARES, strict=True):
        chances = softmax(base + place * way, axis=1)[..., None]
        # The slopes of softmax: each class gains what it adds more than the mean.
        found[..., :-1] += share * chances * (parts - (chances * parts).sum(1)[:, None])
    start, end = softmax(base, axis=1), softmax(base + way, axis=1)
    # The sum over places is nearly the integral; what is left goes to each by its size.
    left = end - start - found[..., :-1].sum(axis=2)
    sizes = np.abs(found[..., :-1]) + 1e-300
    found[..., :-1] += left[..., None] * sizes / sizes.sum(axis=2, keepdims=True)
    found[..., -1] = start
    return found

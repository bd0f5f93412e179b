"""Plain forms of blends: members' kernels, each on its own columns."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from sweepkit.evaluation.mixing import mix
from sweepkit.models.blend_members import clip_said, take_columns
from sweepkit.models.classify import spread_classes
from sweepkit.models.predictor.class_kernels import CLASS_KERNELS
from sweepkit.models.predictor.kernels import KERNELS, Kernel
from sweepkit.models.predictor.rows import Floats

Say = Callable[[Floats], Floats]


@KERNELS.add("sweepkit.models.blend", "BlendRegressor")
def _blend(fitted: Any) -> Kernel:
    kernels = [KERNELS.find(member)(member) for member in fitted.members_]
    low, high = fitted.low_, fitted.high_

    def clipped(run: Say) -> Say:
        return lambda features: clip_said(run(features), low, high)

    return _join(fitted, kernels, [clipped(kernel.run) for kernel in kernels])


@CLASS_KERNELS.add("sweepkit.models.blend", "BlendClassifier")
def _blend_of_classes(fitted: Any) -> Kernel:
    kernels = [CLASS_KERNELS.find(member)(member) for member in fitted.members_]
    n_classes = len(fitted.classes_)

    def spread(run: Say, known: Any) -> Say:
        places = np.searchsorted(fitted.classes_, known)
        return lambda features: spread_classes(run(features), places, n_classes)

    says = [
        spread(kernel.run, member.classes_)
        for kernel, member in zip(kernels, fitted.members_, strict=True)
    ]
    return _join(fitted, kernels, says)


def _join(fitted: Any, kernels: Sequence[Kernel], says: Sequence[Say]) -> Kernel:
    """Return the kernel of the weighted mean of what members say."""
    weights = np.asarray(fitted.weights_, dtype=np.float64)
    spans = list(dict.fromkeys((one.start, one.stop) for one in fitted.slices_))
    blocks = [slice(*span) for span in spans]
    places = [spans.index((one.start, one.stop)) for one in fitted.slices_]
    pairs = list(zip(says, places, strict=True))

    def run(features: Floats) -> Floats:
        taken = [take_columns(features, where) for where in blocks]
        return mix([says_of(taken[place]) for says_of, place in pairs], weights)

    forms = dict.fromkeys(kernel.form for kernel in kernels)
    return Kernel(
        f"weighted mean of {len(kernels)}: {'; '.join(forms)}",
        run,
        # Members read copies, rows contiguous, however the features lie. What such a
        # sum still depends on is how many rows there are.
        sums_by_rows=any(one.sums_by_layout or one.sums_by_rows for one in kernels),
    )

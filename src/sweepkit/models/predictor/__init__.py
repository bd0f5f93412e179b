"""A fitted pipeline as a plain callable: rows in, predictions out, no tables between.

Public: `build_predictor`, `Predictor`, `Rows`. Transformers and estimators are plugs,
one function each: `STEPS` in `steps`, `KERNELS` in `kernels` and, for classifiers,
`CLASS_KERNELS` in `class_kernels`.
"""

from sweepkit.models.predictor.build import build_predictor
from sweepkit.models.predictor.rows import Predictor, Rows

__all__ = ["Predictor", "Rows", "build_predictor"]

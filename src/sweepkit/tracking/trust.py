"""Which types a saved model may be made of, by the way in which they are restored."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from importlib import import_module

# A saved model carries its own list of trusted types, so that list protects nobody from
# a crafted file; this one and `model.trusted_types` do. Nothing here runs code or opens
# files when it is restored.
TRUSTED_TYPES = frozenset(
    {
        "numpy.dtype",
        "collections.OrderedDict",
        "sklearn.tree._tree.Tree",
        "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
        "sklearn._loss.link.IdentityLink",
        "sklearn._loss.link.Interval",
        "sklearn._loss.link.LogitLink",
        "sklearn._loss.link.MultinomialLogit",
        "sklearn._loss.loss.HalfBinomialLoss",
        "sklearn._loss.loss.HalfMultinomialLoss",
        "sklearn._loss.loss.HalfSquaredError",
        "lightgbm.basic.Booster",
        "lightgbm.sklearn.LGBMClassifier",
        "lightgbm.sklearn.LGBMRegressor",
        "sweepkit.features.categories.ByCardinality",
        "sweepkit.features.categories.NamedBlanks",
        "sweepkit.features.dates.DateParts",
        "sweepkit.features.geo.GeoFeatures",
        "sweepkit.features.geo_knn.GeoKnn",
        "sweepkit.features.geo_lag.GeoLag",
        "sweepkit.features.on_columns.OnColumns",
        "sweepkit.features.ratios.Ratios",
        "sweepkit.features.target_means.TargetMeans",
        "sweepkit.features.text.Condenser",
        "sweepkit.features.text.TextParts",
        "sweepkit.models.blend.BlendClassifier",
        "sweepkit.models.blend.BlendRegressor",
        "sweepkit.models.calibrators.IsotonicCalibrator",
        "sweepkit.models.calibrators.SigmoidCalibrator",
        "sweepkit.models.calibrators.TemperatureCalibrator",
        "sweepkit.models.classify.LabelClassifier",
        "sweepkit.models.clip.ClippedRegressor",
        "sweepkit.models.feature_sets.FeatureSets",
        "sweepkit.models.interval_numbers.NumberIntervals",
        "sweepkit.models.prediction_sets.ClassSets",
    }
)
_LOSSES = (
    "AbsoluteError",
    "HalfGammaLoss",
    "HalfPoissonLoss",
    "HuberLoss",
    "PinballLoss",
)
_OBJECTS = frozenset(
    {
        *(TRUSTED_TYPES - {"numpy.dtype", "sklearn.tree._tree.Tree"}),
        "sklearn._loss.link.LogLink",
        "sklearn.ensemble._hist_gradient_boosting.binning._BinMapper",
        *(f"sklearn._loss.loss.{name}" for name in _LOSSES),
    }
)
_SCALARS = frozenset(
    f"numpy.{name}"
    for name in (
        *("bool", "bool_", "str_", "datetime64", "timedelta64"),
        *("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
        *("float16", "float32", "float64"),
    )
)
_PLAIN = frozenset(f"builtins.{name}" for name in ("bool", "float", "int", "str"))
_UFUNCS = ("exp", "expm1", "log", "log1p", "log10", "log2", "sqrt", "square", "cbrt")
# How skops restores a thing decides what its name can do: a class whose attributes are
# set is harmless where the same class, called with a file's arguments, is not.
_ALLOWED: Mapping[str, frozenset[str]] = {
    "DTypeNode": frozenset({"numpy.dtype"}),
    "DefaultDictNode": frozenset({"collections.defaultdict"}),
    "DictNode": frozenset({"builtins.dict", "collections.OrderedDict"}),
    "FunctionNode": frozenset(
        f"{module}.{name}"
        for module in ("numpy", "numpy._core.umath", "numpy._core._multiarray_umath")
        for name in _UFUNCS
    ),
    "JsonNode": frozenset({"builtins.str"}),
    "ListNode": frozenset({"builtins.list"}),
    "LossNode": frozenset(
        f"sklearn._loss._loss.Cy{name}"
        for name in (
            *(*_LOSSES, "HalfSquaredError"),
            *("HalfBinomialLoss", "HalfMultinomialLoss"),
        )
    ),
    "NdArrayNode": _SCALARS | {"numpy.ndarray"},
    "ObjectNode": _OBJECTS,
    "RandomGeneratorNode": frozenset({"numpy.random._generator.Generator"}),
    "RandomStateNode": frozenset({"numpy.random.mtrand.RandomState"}),
    "SetNode": frozenset({"builtins.set"}),
    "SliceNode": frozenset({"builtins.slice"}),
    "SparseMatrixNode": frozenset(
        f"scipy.sparse._{form}.{form}_{kind}"
        for form in ("csr", "csc", "coo")
        for kind in ("matrix", "array")
    ),
    "TreeNode": frozenset({"sklearn.tree._tree.Tree"}),
    "TupleNode": frozenset({"builtins.tuple"}),
    "TypeNode": _PLAIN | _SCALARS | {"collections.OrderedDict"},
}
_KNOWN = frozenset().union(*_ALLOWED.values())
# Where a person's own names count. A bound method is never restored: its name may be
# any attribute of the object.
_EXTENSIBLE = frozenset(
    {
        *("ConstructorFromReduceNode", "FunctionNode", "ObjectNode"),
        *("OperatorFuncNode", "PartialNode", "TypeNode"),
    }
)
_ESTIMATOR = re.compile(
    r"sklearn\.(calibration|compose|cross_decomposition|decomposition"
    r"|discriminant_analysis|dummy|ensemble|feature_selection|gaussian_process|impute"
    r"|isotonic|kernel_approximation|kernel_ridge|linear_model|naive_bayes|neighbors"
    r"|neural_network|pipeline|preprocessing|random_projection|svm|tree)(\.(?!tests)[a-z_]+){0,3}\.[A-Z]\w+"
)


def is_trusted(loader: str, name: str, also: Iterable[str] = ()) -> bool:
    """Tell whether skops may restore a type in a certain way.

    Args:
        loader: How: skops' name of the node, such as `ObjectNode`.
        name: Module and name of the type or function.
        also: What a person trusts beyond this package's list.
    """
    if name in _ALLOWED.get(loader, ()):
        return True
    # Names of our own list keep the way they have there.
    if loader in _EXTENSIBLE and name not in _KNOWN and name in also:
        return True
    return loader == "ObjectNode" and _is_estimator(name)


def _is_estimator(name: str) -> bool:
    """Tell whether a name is a class of scikit-learn that fits and predicts."""
    if not _ESTIMATOR.fullmatch(name):
        return False
    from sklearn.base import BaseEstimator

    module, _, own = name.rpartition(".")
    try:
        found = getattr(import_module(module), own, None)
    except ImportError:
        return False
    # What a module has merely imported is not its own.
    return (
        isinstance(found, type)
        and issubclass(found, BaseEstimator)
        and found.__module__ == module
    )

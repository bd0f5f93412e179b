"""Which types a saved model may be made of."""

from collections.abc import Iterable
from pathlib import Path

from sweepkit.errors import ConfigError

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
        "sklearn._loss.loss.HalfSquaredError",
        "lightgbm.basic.Booster",
        "lightgbm.sklearn.LGBMRegressor",
        "sweepkit.features.categories.NamedBlanks",
        "sweepkit.features.dates.DateParts",
        "sweepkit.features.geo.GeoFeatures",
        "sweepkit.features.ratios.Ratios",
        "sweepkit.models.clip.ClippedRegressor",
    }
)


def check_types(file: Path, trusted_types: Iterable[str]) -> list[str]:
    """Return the types of a skops file that need trust, if all of them have it.

    Args:
        file: A model written by skops.
        trusted_types: Types allowed beyond `TRUSTED_TYPES`.

    Raises:
        ConfigError: If a type is not allowed.
    """
    from skops.io import get_untrusted_types

    found = set(get_untrusted_types(file=file))
    strangers = sorted(found - TRUSTED_TYPES - set(trusted_types))
    if strangers:
        raise ConfigError(
            f"The model is made of types that are not trusted: {', '.join(strangers)}. "
            f"If you trust the code behind these names, add them to "
            f"`model.trusted_types`."
        )
    return sorted(found)

"""A person's own metrics, by the paths under which Python imports them."""

from collections.abc import Sequence
from importlib import import_module

from sweepkit.errors import ConfigError
from sweepkit.evaluation.metric import Metric
from sweepkit.evaluation.metrics import METRICS

KEY = "evaluation.metrics"


def add_metrics(paths: Sequence[str], allowed: Sequence[str]) -> None:
    """Make metrics known, so that they are scored, logged, searched by and compared.

    One that is known already, by this very path or another, is left as it is.

    Args:
        paths: Such as `my_package.scores.PINBALL`, each an object of type `Metric`.
        allowed: What may be imported, as in `TRUSTED`: a path, or `my_package.*`.

    Raises:
        ConfigError: If a path is not allowed, leads to no metric, or to one whose name
            another one has.
    """
    for path in paths:
        metric = _import(path, allowed)
        known = METRICS.setdefault(metric.name, metric)
        if known != metric:
            raise ConfigError(
                f"{KEY} names {path}, a metric called {metric.name!r}, and there is "
                f"another one of this name. Give it a name of its own."
            )


def _import(path: str, allowed: Sequence[str]) -> Metric:
    if not any(_matches(path, pattern) for pattern in allowed):
        package = path.partition(".")[0]
        raise ConfigError(
            f"{KEY} names {path!r}, which `TRUSTED` in train.py does not allow. If you "
            f"trust its code, add '{package}.*' to `TRUSTED`; a `sweepkit` command is "
            f"told by `--trust '{package}.*'`."
        )
    module, _, name = path.rpartition(".")
    try:
        found = getattr(import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise ConfigError(
            f"{KEY} names {path!r}, which cannot be imported: {error} It must be the "
            f"path of an object, such as my_package.scores.PINBALL."
        ) from error
    if not isinstance(found, Metric):
        raise ConfigError(
            f"{KEY} names {path!r}, which is a {type(found).__name__} and not a "
            f"sweepkit.evaluation.metrics.Metric."
        )
    return found


def _matches(path: str, pattern: str) -> bool:
    """Tell whether a pattern of Hydra's execution whitelist allows a path."""
    if pattern.endswith(".*"):
        return path.startswith(pattern[:-1])
    return path == pattern

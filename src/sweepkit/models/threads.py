"""How many threads an estimator works on."""

from typing import Any

from joblib import effective_n_jobs


def set_threads(estimator: Any, threads: int) -> None:
    """Set how many threads an estimator uses, in place.

    Args:
        estimator: Without wrappers; fitted or not.
        threads: 1 or more.
    """
    # Nothing set means one thread to scikit-learn, and all cores to others.
    is_one = type(estimator).__module__.startswith("sklearn.")
    names = [
        name
        for name, value in estimator.get_params().items()
        if name.endswith("n_jobs") and not (is_one and value is None)
    ]
    estimator.set_params(**dict.fromkeys(names, threads))


def share_threads(n_jobs: int | None, n_parts: int) -> tuple[int, int]:
    """Deal threads to parts of the work that can go side by side.

    Args:
        n_jobs: Threads in all, as scikit-learn counts them.
        n_parts: Independent parts.

    Returns:
        How many parts work at once, and on how many threads each.
    """
    threads = int(effective_n_jobs(n_jobs))
    at_once = max(1, min(threads, n_parts))
    return at_once, max(1, threads // at_once)

"""OpenMP's threads are limited where an estimator has no parameter for them."""

import sklearn.ensemble  # noqa: F401 - brings a library that uses OpenMP
from threadpoolctl import threadpool_info

from sweepkit.models.openmp import limit_openmp


def openmp() -> list[int]:
    found = (one for one in threadpool_info() if one["user_api"] == "openmp")
    return [one["num_threads"] for one in found]


def test_the_limit_holds_within_its_block_only():
    """Also the second time, when libraries are not looked for again."""
    before = openmp()
    assert before
    for threads in (1, 2, 1):
        with limit_openmp(threads):
            assert openmp() == [threads] * len(before)
        assert openmp() == before

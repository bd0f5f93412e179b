"""Where a table's rows lie thickest."""

import numpy as np
from threadpoolctl import threadpool_limits

from sweepkit.features.distance import Floats

_MOST_ROWS = 20_000  # they tell where the others lie
_DECIMALS = 2  # about 1 km; finer ones would tell runs apart that need not be
_SEED = 20_640


def find_centres(degrees: Floats, n_centres: int) -> Floats:
    """Find the middle of each of the groups in which positions lie, by k-means.

    Args:
        degrees: Latitude and longitude, shape (n_rows, 2); rows with a blank are left
            out.
        n_centres: How many to find.

    Returns:
        Latitude and longitude in degrees, from north to south, shape (n_found, 2);
        fewer where there are fewer positions.
    """
    known = degrees[~np.isnan(degrees).any(axis=1)]
    known = known[:: max(1, -(-len(known) // _MOST_ROWS))]
    n_found = min(n_centres, len(np.unique(known, axis=0)))
    if not n_found:
        return np.empty((0, 2))
    # Loads scikit-learn's clustering, which other tables have no use for.
    from sklearn.cluster import KMeans

    # On a flat map a degree of longitude is shorter than one of latitude.
    scale = np.array([1.0, np.cos(np.radians(known[:, 0].mean()))])
    kmeans = KMeans(n_found, n_init=3, random_state=_SEED)
    # Threads would add up in whatever order they finish.
    with threadpool_limits(1, user_api="openmp"):
        found = kmeans.fit(known * scale).cluster_centers_ / scale
    rounded = np.unique(found.round(_DECIMALS), axis=0)
    return np.asarray(rounded[::-1], dtype=np.float64)

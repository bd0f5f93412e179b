"""The key somebody meant, found by the one they typed."""

import difflib
from collections.abc import Collection


def nearest_key(wanted: str, known: Collection[str]) -> str | None:
    """Return the known key most like `wanted`: a sibling, a namesake, or any.

    Example:
        >>> nearest_key("model.estimator.num_leafs", {"model.estimator.num_leaves"})
        'model.estimator.num_leaves'
        >>> nearest_key("num_leaves", {"seed", "model.estimator.num_leaves"})
        'model.estimator.num_leaves'
    """
    parent, leaf = _split(wanted)
    namesakes = {_split(key)[1]: key for key in known}
    siblings = {_split(key)[1]: key for key in known if _split(key)[0] == parent}
    whole = {key: key for key in known}
    for word, keys in ((leaf, siblings), (leaf, namesakes), (wanted, whole)):
        near = difflib.get_close_matches(word, sorted(keys), n=1)
        if near:
            return keys[near[0]]
    return None


def _split(key: str) -> tuple[str, str]:
    parent, _, leaf = key.rpartition(".")
    return parent, leaf

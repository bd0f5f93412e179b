"""Prose as a few numbers: which bits of words it holds, condensed."""

from collections.abc import Sequence
from threading import Lock
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer
from sklearn.utils.sparsefuncs_fast import inplace_csr_row_normalize_l2
from threadpoolctl import threadpool_limits

Floats = NDArray[np.float64]
# Bits of words that fall into the same bucket count as one. With this many the
# condensed numbers were as good as with a vocabulary, which a model would carry along.
_N_BUCKETS = 2**14
_BIT_LENGTHS = (3, 4)  # characters; whole words would tell misspelt ones apart
_MOST_TEXTS = 20_000  # they tell which bits go together
_SEED = 20_640
_LOCK = Lock()


class Condenser:
    """What turns texts into numbers, on plain arrays.

    Args:
        rarity: Weight of each bucket, the more the fewer texts it occurs in, shape
            (n_buckets,).
        directions: Weights of the buckets in each number, shape (n_buckets, n_numbers).
    """

    def __init__(self, rarity: Floats, directions: Floats) -> None:
        self._rarity = rarity
        self._directions = directions

    def describe(self, texts: Sequence[str | None]) -> Floats:
        """Return length in characters and numbers, shape (n_texts, 1 + n_numbers).

        A missing text has no length (NaN) and, like one of strange letters only, zeros.
        """
        features = np.empty((len(texts), 1 + self._directions.shape[1]))
        lengths = [np.nan if text is None else len(text) for text in texts]
        features[:, 0] = lengths
        features[:, 1:] = weigh(count_bits(texts), self._rarity) @ self._directions
        return features


def count_bits(texts: Sequence[str | None]) -> Any:
    """Count the bits of words in texts; a sparse matrix (n_texts, n_buckets)."""
    counter = HashingVectorizer(
        analyzer="char_wb",
        ngram_range=_BIT_LENGTHS,
        n_features=_N_BUCKETS,
        norm=None,
        alternate_sign=False,
    )
    return counter.transform([_spell(text) for text in texts])


def weigh(counts: Any, rarity: Floats) -> Any:
    """Weigh counts by rarity and bring every text to length 1 (tf-idf)."""
    counts.data = (np.log(counts.data) + 1) * rarity[counts.indices]
    # `normalize` does no more, and takes half as long again for one text.
    inplace_csr_row_normalize_l2(counts)
    return counts


class TextParts(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Replace every column of prose by its length and a few numbers on its words.

    Latent semantic analysis of groups of 3 and 4 characters, which needs no language,
    forgives misspelling, and learns from training texts only. Input is a DataFrame of
    texts; see `Condenser.describe` for what becomes of each column.

    Args:
        components: Numbers a column; fewer where there are fewer training texts.

    Attributes:
        rarities_: For each column the weights of the buckets, shape (n_buckets,).
        directions_: For each column the weights of the numbers in it, shape
            (n_buckets, n_numbers).
    """

    def __init__(self, components: int = 30) -> None:
        self.components = components

    def fit(self, X: pd.DataFrame, y: Any = None) -> Self:
        """Learn the weights; the target plays no part."""
        self.feature_names_in_ = np.asarray(X.columns, dtype=object)
        self.n_features_in_ = X.shape[1]
        fitted = [self._learn(list_texts(X[name])) for name in X.columns]
        self.rarities_ = [rarity for rarity, _ in fitted]
        self.directions_ = [directions for _, directions in fitted]
        return self

    def transform(self, X: pd.DataFrame) -> Floats:
        """Return lengths and numbers, column by column."""
        return np.hstack(
            [
                Condenser(rarity, directions).describe(list_texts(X[name]))
                for name, rarity, directions in zip(
                    X.columns, self.rarities_, self.directions_, strict=True
                )
            ]
        )

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[np.object_]:
        """Return names such as `review_characters` and `review_topic_1`."""
        names = []
        for name, directions in zip(
            self.feature_names_in_, self.directions_, strict=True
        ):
            names.append(f"{name}_characters")
            names += [f"{name}_topic_{i + 1}" for i in range(directions.shape[1])]
        return np.asarray(names, dtype=object)

    def _learn(self, texts: list[str | None]) -> tuple[Floats, Floats]:
        counts = count_bits(texts[:: max(1, -(-len(texts) // _MOST_TEXTS))])
        rarity = np.asarray(TfidfTransformer().fit(counts).idf_)
        if not counts.nnz:
            return rarity, np.empty((_N_BUCKETS, 0))
        reducer = TruncatedSVD(self.components, random_state=_SEED)
        # The last bit hangs on how many threads multiply matrices, which is set for
        # the whole process: two folds at once would undo each other's setting.
        with _LOCK, threadpool_limits(1, user_api="blas"), np.errstate(all="ignore"):
            # Where all texts are one it divides by their variance, for nothing.
            reducer.fit(weigh(counts, rarity))
        return rarity, np.ascontiguousarray(reducer.components_.T)


def list_texts(column: pd.Series) -> list[str | None]:
    """Return cells as texts, every kind of blank as None."""
    return [None if blank else str(text) for text, blank in _cells(column)]


def _spell(text: str | None) -> str:
    """Return what can be hashed: half of a pair of surrogates is no character."""
    if text is None or text.isascii():
        return text or ""
    return text.encode(errors="replace").decode()


def _cells(column: pd.Series) -> Any:
    return zip(column.astype(object), column.isna(), strict=True)

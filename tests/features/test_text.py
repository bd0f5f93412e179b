import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from sweepkit.features.text import TextParts, list_texts

RNG = np.random.default_rng(0)
SUNNY = ["bright sunny rooms", "a sunny bright flat", "rooms bright and sunny"]
DARK = ["damp dark basement", "dark and damp cellar", "a cellar, damp"]
ADVERTS = pd.DataFrame({"advert": [*SUNNY, *DARK] * 20}).astype("str")


def features(step, *texts):
    return step.transform(pd.DataFrame({"advert": pd.Series(texts, dtype=object)}))


def test_texts_about_the_same_lie_close_together():
    """That is what a model learns from; wording and spelling vary."""
    is_sunny = np.tile([True] * 3 + [False] * 3, 20)
    step = TextParts(components=4).fit(ADVERTS)
    model = LogisticRegression().fit(step.transform(ADVERTS)[:, 1:], is_sunny)

    got = model.predict(features(step, "sunnny, brigt", "dampness, darkness")[:, 1:])

    assert got.tolist() == [True, False]


def test_names_tell_column_and_what():
    """Length first, which often tells as much as the words."""
    step = TextParts(components=2).fit(ADVERTS)

    names = list(step.get_feature_names_out())

    assert names == ["advert_characters", "advert_topic_1", "advert_topic_2"]
    assert features(step, "damp")[0, 0] == 4


@pytest.mark.parametrize("blank", [None, np.nan, pd.NA], ids=repr)
def test_every_kind_of_blank_is_the_same(blank):
    """Tables hold NaN, requests None: both mean that nothing was written."""
    (got,) = features(TextParts(components=2).fit(ADVERTS), blank)

    assert np.isnan(got[0])
    assert got[1:].tolist() == [0, 0]


def test_an_empty_text_is_not_a_missing_one():
    """Somebody was asked and wrote nothing."""
    (got,) = features(TextParts(components=2).fit(ADVERTS), "")

    assert got.tolist() == [0, 0, 0]


@pytest.mark.parametrize("text", ["海の見える家", "straße", "🏠🏡", "\x00\ud800 odd"])
def test_any_writing_is_taken(text):
    """Requests come in every language, and not all of them are well-formed."""
    (got,) = features(TextParts(components=2).fit(ADVERTS), text)

    assert np.isfinite(got).all()


@pytest.mark.parametrize(
    "texts",
    [
        pytest.param(["damp", "bright"], id="fewer texts than components"),
        pytest.param(["", "", ""], id="nothing written"),
        pytest.param([None, None], id="all blank"),
        pytest.param(["damp"] * 20, id="always the same"),
    ],
)
def test_poor_columns_are_no_obstacle(texts):
    """A fold may hold next to nothing; the sweep goes on."""
    table = pd.DataFrame({"advert": pd.Series(texts, dtype=object)})
    step = TextParts(components=30).fit(table)

    got = features(step, "damp", None)

    assert got.shape == (2, len(step.get_feature_names_out()))
    assert not np.isinf(got).any()


def test_cells_of_any_type_are_texts():
    """A column of notes may hold a number here and there."""
    assert list_texts(pd.Series([1.5, "x", None], dtype=object)) == ["1.5", "x", None]

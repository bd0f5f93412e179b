"""The role `text`: a column of prose that a model learns from by its words."""

import pandas as pd
import pytest

from sweepkit.data.roles import Role, infer_role
from sweepkit.data.schema import infer_schema
from sweepkit.data.sources import CsvSource
from sweepkit.errors import DataError

ADVERTS = [f"a bright flat with {i} rooms near the sea" for i in range(30)]


def table(adverts):
    return pd.DataFrame({"advert": adverts, "price": [float(i) for i in range(30)]})


def test_the_refusal_of_prose_offers_it():
    """Whoever meets the refusal must not have to look the word up."""
    with pytest.raises(DataError, match=r"learn from its words with .*advert=text"):
        infer_role(pd.Series(ADVERTS, name="advert"))


def test_a_column_of_prose_is_conformed_to_texts_and_blanks():
    """A number among the texts is a text; a blank stays one."""
    adverts = [*ADVERTS[:28], 7, None]
    schema = infer_schema(table(adverts), target="price", overrides={"advert": "text"})

    conformed = schema.conform(table(adverts))["advert"]

    assert schema.columns_of(Role.TEXT) == ["advert"]
    assert conformed.dtype == "str"
    assert conformed.iloc[28] == "7"
    assert conformed.isna().sum() == 1


def test_numbers_in_a_file_stay_texts_where_they_are_called_so(tmp_path):
    """One comment may be a bare number, or all of them."""
    path = tmp_path / "comments.csv"
    path.write_text("comment,price\n" + "007,1\n12,2\n" * 15)

    comments = CsvSource(path, roles={"comment": "text"}).read()["comment"]

    assert set(comments) == {"007", "12"}

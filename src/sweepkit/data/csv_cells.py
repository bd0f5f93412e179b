"""Turn the text of CSV cells into numbers where a whole column is numeric."""

import io
import re
from collections.abc import Mapping

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from sweepkit.data.csv_checks import CsvFile
from sweepkit.data.csv_text import StrictCsv
from sweepkit.data.lookup import quote_setting, set_role
from sweepkit.errors import DataError

BLANK_WORDS = ("", "na", "n/a", "#n/a", "nan", "null", "none", "?")
"""Cells that hold nothing, whatever their case and the blanks around them."""

_TEXT_ROLES = {"categorical", "boolean", "date", "identifier", "ignored"}
_NUMBER = r"^[+-]?((\d+{mark}?\d*|{mark}\d+)([eE][+-]?\d+)?|(?i:inf|infinity))$"
_OTHER_MARK = {".": ",", ",": "."}
_INTEGER = r"^[+-]?\d+$"
# 02139 and 4000123412341234 are codes: as numbers they would lose digits.
_CODE = r"^(0\d+|\d{16,})$"


def read_cells(file: CsvFile, names: list[str]) -> pd.DataFrame:
    """Read every cell as text, without blanks around it.

    Args:
        file: A file whose records have been checked.
        names: The column names, in file order.

    Returns:
        Text of shape (n_rows, n_columns); cells with a blank word are missing.
    """
    cells = pd.read_csv(
        io.StringIO(file.text, newline=""),
        sep=file.delimiter,
        names=names,
        header=0,
        index_col=False,
        dtype=str,
        keep_default_na=False,
        na_filter=False,
        skipinitialspace=StrictCsv.skipinitialspace,
    )
    return cells.apply(_blank_out)


def read_numbers(
    file: CsvFile, cells: pd.DataFrame, *, decimal: str, roles: Mapping[str, str]
) -> pd.DataFrame:
    """Make numbers of the columns that hold nothing else.

    Args:
        file: Where the cells come from, for the line of a bad one.
        cells: Text of shape (n_rows, n_columns).
        decimal: The decimal mark, `.` or `,`.
        roles: Roles a person chose, by column; most of them keep text as it is.

    Returns:
        The same table; integers without blanks become int64, other numbers float64.
        Codes, such as integers with a leading zero, stay text.

    Raises:
        DataError: If at least half of a column is numbers, but not all of it.
    """
    columns = {}
    for name, column in cells.items():
        texts, role = pa.array(column), roles.get(str(name))
        columns[name] = column
        if role in _TEXT_ROLES:
            continue
        is_number = _matches(texts, _NUMBER.format(mark=re.escape(decimal)))
        n_filled = len(texts) - texts.null_count
        if _count(is_number) < n_filled:
            other = _NUMBER.format(mark=re.escape(_OTHER_MARK[decimal]))
            n_like = _count(pc.or_(is_number, _matches(texts, other)))
            if role == "numeric" or 2 * n_like >= n_filled:
                row = pc.index(is_number, False).as_py()
                raise _stray_text(file, str(name), row, texts[row].as_py(), decimal)
        elif n_filled and (role == "numeric" or not _count(_matches(texts, _CODE))):
            columns[name] = _to_numbers(texts, decimal)
    return pd.DataFrame(columns)


def _blank_out(column: pd.Series) -> pd.Series:
    texts = pc.utf8_trim_whitespace(pa.array(column))
    blank = pc.is_in(pc.utf8_lower(texts), pa.array(BLANK_WORDS, texts.type))
    filled = pc.if_else(blank, pa.scalar(None, texts.type), texts)
    return pd.Series(filled.to_pandas(), dtype="str")


def _matches(texts: pa.Array, pattern: str) -> pa.Array:
    return pc.match_substring_regex(texts, pattern)


def _count(truths: pa.Array) -> int:
    return int(pc.sum(truths).as_py() or 0)


def _to_numbers(texts: pa.Array, decimal: str) -> pd.Series:
    is_integer = not texts.null_count and pc.all(_matches(texts, _INTEGER)).as_py()
    is_long = _count(_matches(texts, _CODE))
    plain = pc.replace_substring(texts, decimal, ".")
    # Arrow rounds a decimal to the nearest float; pandas may be one bit off.
    kind = pa.int64() if is_integer and not is_long else pa.float64()
    return pd.Series(pc.cast(plain, kind).to_pandas())


def _stray_text(
    file: CsvFile, column: str, row: int, found: str, decimal: str
) -> DataError:
    where = f"{file.path}, line {file.line_of(row)}, column {column!r}"
    mark = _OTHER_MARK[decimal]
    if mark in found and found.replace(mark, "").lstrip("+-").isdecimal():
        return DataError(
            f"{where}: {found!r} where numbers have the decimal mark {decimal!r}. "
            f"Set `{quote_setting('data.decimal', mark)}`, or remove {mark!r} from the "
            f"file if it marks thousands."
        )
    return DataError(
        f"{where}: {found!r} in a column of numbers. Correct the cell or leave it "
        f"blank; or keep the column as text with {set_role(column, 'categorical')}, "
        f"or drop it with {set_role(column, 'ignored')}."
    )

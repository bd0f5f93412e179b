"""Refuse Parquet columns that have no plain value per row."""

from pathlib import Path

import pyarrow as pa

from sweepkit.errors import DataError


def plain_schema(path: Path, schema: pa.Schema) -> pa.Schema:
    """Return the schema with dictionaries as text and decimals as float64.

    Args:
        path: The file, for messages.
        schema: What the file declares.

    Raises:
        DataError: If names are doubled or blank, or a type is not plain.
    """
    doubled = sorted({name for name in schema.names if schema.names.count(name) > 1})
    if doubled:
        raise DataError(
            f"{path}: {schema.names.count(doubled[0])} columns are called "
            f"{doubled[0]!r}. Rename or remove all but one in the file."
        )
    if "" in (name.strip() for name in schema.names):
        raise DataError(f"{path}: a column has no name. Name it in the file.")
    return pa.schema([field.with_type(_plain_type(path, field)) for field in schema])


def _plain_type(path: Path, field: pa.Field) -> pa.DataType:
    kind = field.type
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    if pa.types.is_decimal(kind):
        return pa.float64()
    plain = (
        pa.types.is_integer,
        pa.types.is_floating,
        pa.types.is_boolean,
        pa.types.is_string,
        pa.types.is_large_string,
        pa.types.is_string_view,
        pa.types.is_date,
        pa.types.is_timestamp,
        pa.types.is_null,
    )
    if any(test(kind) for test in plain):
        return kind
    raise DataError(
        f"{path}, column {field.name!r}: {kind} values; numbers, text, truth values or "
        f"dates are needed. Flatten or remove the column in the file."
    )

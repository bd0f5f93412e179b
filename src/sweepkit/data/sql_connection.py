"""Open a database for reading, or say why not."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, Engine
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from sweepkit.data.lookup import require_file
from sweepkit.data.sql_errors import explain, name_database
from sweepkit.errors import DataError

_PATIENCE_S = 10
_EXAMPLES = "sqlite:///houses.db or postgresql://user@host/name"
_EXTRAS = {"psycopg": "postgresql", "pymysql": "mysql"}
# Of what begins a connection, only these two know the option.
_WITH_PATIENCE = ("postgresql", "mysql")


@contextmanager
def connect(text: str) -> Iterator[Connection]:
    """Lend a connection on which nothing can be written, or is undone.

    Args:
        text: The address; no message ever shows its user, password or options.

    Raises:
        DataError: If the address is none, its driver is missing, or the database
            cannot be reached or refuses something within the block.
    """
    url = _read_url(text)
    engine = _make_engine(url)
    try:
        with engine.connect() as connection:
            _forbid_writing(connection)
            yield connection
            connection.rollback()
    except SQLAlchemyError as error:
        raise explain(url, error) from None
    finally:
        engine.dispose()


def _read_url(text: str) -> URL:
    try:
        url = sa.make_url(text)
    except (ArgumentError, ValueError):
        # The error would show what was given, password and all.
        raise DataError(
            f"data.url is no address of a database; needed is one such as {_EXAMPLES}. "
            f"Percent-encode signs such as @ and / in a password."
        ) from None
    if url.get_backend_name() == "sqlite" and _is_file(url):
        try:
            require_file(str(url.database))
        except DataError as error:
            # sqlite would make an empty database of this name.
            message = str(error).replace("data.path", "data.url")
            raise DataError(message) from None
    return url


def _is_file(url: URL) -> bool:
    return bool(url.database) and not str(url.database).startswith(
        (":memory:", "file:")
    )


def _make_engine(url: URL) -> Engine:
    options: dict[str, Any] = {}
    if url.get_backend_name() in _WITH_PATIENCE and "connect_timeout" not in url.query:
        options["connect_timeout"] = _PATIENCE_S
    try:
        return sa.create_engine(url, connect_args=options, poolclass=NullPool)
    except NoSuchModuleError:
        raise DataError(
            f"data.url begins with {url.drivername!r}, which SQLAlchemy does not know; "
            f"needed is an address such as {_EXAMPLES}."
        ) from None
    except ModuleNotFoundError as error:
        extra = _EXTRAS.get(str(error.name))
        cure = f"'sweepkit[{extra}]'" if extra else str(error.name)
        raise DataError(
            f"{name_database(url)} needs the driver {error.name!r}, which is not "
            f"installed: pip install {cure}."
        ) from None


def _forbid_writing(connection: Connection) -> None:
    dialect = connection.dialect.name
    if dialect == "postgresql":
        connection.execution_options(postgresql_readonly=True)
    elif dialect == "sqlite":
        connection.exec_driver_sql("PRAGMA query_only = ON")

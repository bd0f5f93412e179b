"""A lock that a shared database holds for all machines, and frees when we are gone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import TYPE_CHECKING

from sweepkit.errors import StoreError
from sweepkit.tracking.redact import redact

if TYPE_CHECKING:
    from sqlalchemy import Connection

DATABASE_LOCKS = ("postgresql", "mysql")
# PostgreSQL's code for a lock that was waited for too long.
_NOT_AVAILABLE = "55P03"


@contextmanager
def lock_database(uri: str, name: str, seconds: float) -> Iterator[None]:
    """Hold an advisory lock of a database for a block, in a session of its own.

    A session's lock ends with its connection, also that of a killed process. Behind a
    pooler that hands sessions round (PgBouncer in transaction mode) it holds nothing.

    Args:
        uri: The database's own address.
        name: What is locked.
        seconds: How long to wait for another holder.

    Raises:
        StoreError: If another process keeps it so long, or the database fails.
    """
    from sqlalchemy import create_engine
    from sqlalchemy.exc import SQLAlchemyError
    from sqlalchemy.pool import NullPool

    from sweepkit.tracking.guard import explain

    engine = create_engine(uri, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    try:
        connection = engine.connect()
    except SQLAlchemyError as error:
        raise explain(error, uri) from None
    with connection:
        try:
            held = _acquire(connection, engine.dialect.name, name, seconds)
        except SQLAlchemyError as error:
            raise explain(error, uri) from None
        if not held:
            raise StoreError(
                f"The model {name!r} in tracking.uri={redact(uri)} has been locked by "
                f"another process for {seconds:.0f} s. Wait for it, or end it if it "
                f"hangs; the lock goes with its connection."
            )
        yield


def _acquire(connection: Connection, dialect: str, name: str, seconds: float) -> bool:
    from sqlalchemy import text
    from sqlalchemy.exc import OperationalError

    digest = sha256(f"sweepkit {name}".encode()).digest()
    if dialect == "mysql":
        words = text("SELECT GET_LOCK(:name, :seconds)")
        key = f"sweepkit-{digest.hex()[:40]}"
        return bool(connection.scalar(words, {"name": key, "seconds": seconds}) == 1)
    number = int.from_bytes(digest[:8], signed=True)
    connection.execute(text(f"SET lock_timeout = {int(1000 * seconds)}"))
    try:
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": number})
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) != _NOT_AVAILABLE:
            raise
        return False
    return True

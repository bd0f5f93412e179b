"""Say what a database refused, without what its address keeps secret."""

from urllib.parse import quote, quote_plus

from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from sweepkit.errors import DataError

MASK = "***"


def name_database(url: URL) -> str:
    """Return an address without user, password and options, such as `mysql://db/shop`.

    A file of sqlite is named by its path.
    """
    host = "" if url.host is None else url.host
    port = "" if url.port is None else f":{url.port}"
    return f"{url.get_backend_name()}://{host}{port}/{url.database or ''}"


def explain(url: URL, error: SQLAlchemyError) -> DataError:
    """Return what a person can do about an error of the database or its driver."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    lines = str(cause).strip().splitlines() or [type(error).__name__]
    reason = _mask(url, lines[0].rstrip("."))
    return DataError(
        f"{name_database(url)} refuses: {reason}. Check data.query or data.table; or "
        f"whether the database runs and data.url leads to it."
    )


def _mask(url: URL, text: str) -> str:
    secrets = [str(url.password or ""), *map(str, url.query.values())]
    for secret in filter(None, secrets):
        for spelling in (secret, quote(secret, safe=""), quote_plus(secret)):
            text = text.replace(spelling, MASK)
    return text

"""Turn what MLflow, SQLAlchemy and requests raise into errors a person can act on."""

from collections.abc import Iterator
from contextlib import contextmanager

from sweepkit.errors import DiskError, StoreError, SweepkitError
from sweepkit.tracking.redact import redact, secrets_in

_DISK = (
    "readonly database",
    "database or disk is full",
    "disk i/o error",
    "unable to open database file",
)
_BROKEN = ("not a database", "malformed")
_SCHEMA = ("out-of-date database schema", "locate revision identified")
_MAX_CHARS = 500


@contextmanager
def guard(uri: str) -> Iterator[None]:
    """Raise StoreError or DiskError, without secrets, for all that fails in a block."""
    try:
        yield
    except _failures(uri) as error:
        # `from None`: the original's text may show the password of the URI.
        raise explain(error, uri) from None


def _failures(uri: str) -> tuple[type[Exception], ...]:
    from mlflow.exceptions import MlflowException

    if uri.lower().startswith("http"):
        # The libraries of databases take half a second to import.
        return MlflowException, OSError
    from alembic.util import CommandError
    from sqlalchemy.exc import SQLAlchemyError

    return MlflowException, SQLAlchemyError, CommandError, OSError


def explain(error: Exception, uri: str) -> SweepkitError:
    """Say in our words what went wrong with a store.

    Args:
        error: What was raised on the way to the store.
        uri: Its tracking URI.
    """
    from requests import RequestException

    text = say(error, uri)
    if isinstance(error, OSError) and not isinstance(error, RequestException):
        return DiskError(
            f"{error.filename or 'A file'}: {error.strerror or text}. Free space or "
            f"change the permissions, or tracking.artifact_location."
        )
    return explain_text(text, uri)


def explain_text(text: str, uri: str) -> SweepkitError:
    """Choose error and advice by a message that no longer holds secrets."""
    address = redact(uri)
    found = text.lower()
    if any(words in found for words in _DISK):
        return DiskError(
            f"{address}: the tracking store cannot be written ({text}). Free space or "
            f"change the permissions of its folder, or tracking.uri."
        )
    if any(words in found for words in _BROKEN):
        return StoreError(
            f"tracking.uri={address} is damaged or no database ({text}). Move the file "
            f"away and a new one is made, or name another one."
        )
    if any(words in found for words in _SCHEMA):
        return StoreError(
            f"tracking.uri={address} was written by another version of MLflow "
            f"({text}). Take a copy of it, then run `mlflow db upgrade {address}`, or "
            f"install that version, or name another file."
        )
    return StoreError(f"tracking.uri={address}: {text} {advice(uri)}")


def say(error: Exception, uri: str) -> str:
    """Return what an exception says, in short and without secrets."""
    # SQLAlchemy appends the statement and its values, which may be a whole config.
    text = str(error).partition("\n[SQL:")[0].partition("\n(Background on")[0]
    text = text.strip() or type(error).__name__
    text = " ".join(redact(text, also=secrets_in(uri)).split())
    return text if len(text) <= _MAX_CHARS else f"{text[:_MAX_CHARS]} ..."


def advice(uri: str) -> str:
    """Return what to do about a store that does not answer."""
    if uri.lower().startswith("http"):
        return (
            "Start the server (`mlflow server --backend-store-uri sqlite:///mlflow.db "
            "--port 5000`), correct tracking.uri, or run with tracking=local."
        )
    return "Start the database, correct tracking.uri, or run with tracking=local."

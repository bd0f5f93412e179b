"""Ask a server or database for a sign of life, and wait no longer than it deserves."""

import json
from collections.abc import Callable
from http import HTTPStatus
from multiprocessing import TimeoutError
from multiprocessing.pool import ThreadPool
from typing import TypeVar

from mlflow.exceptions import MlflowException
from mlflow.utils.credentials import get_default_host_creds
from mlflow.utils.rest_utils import http_request
from requests import Response

from sweepkit.errors import ConfigError, StoreError
from sweepkit.tracking.guard import advice, explain, say
from sweepkit.tracking.redact import redact

ANSWER_WITHIN_S = 5.0
# Name resolution and a server that sends one byte a second know no time-out.
GIVE_UP_AFTER_S = 7.0

_PROBE = "/api/2.0/mlflow/experiments/get-by-name"
# What the libraries mean by half a page of text.
_REASONS = {
    "Connection refused": "nobody listens there",
    "Read timed out": f"it does not answer within {ANSWER_WITHIN_S:g} s",
    "Connection timed out": "its host does not answer",
    "ConnectTimeout": "its host does not answer",
    "NameResolutionError": "its host name is not known",
}
_Answer = TypeVar("_Answer")


def check_server(uri: str, seconds: float = GIVE_UP_AFTER_S) -> None:
    """Make sure that an MLflow server answers at this address.

    Raises:
        StoreError: If nobody does, or it is no MLflow server, or it wants a password.
    """
    response = wait_for(lambda: _ask(uri), uri, seconds)
    status = response.status_code
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        raise StoreError(
            f"tracking.uri={redact(uri)} refuses access ({status}: "
            f"{_first_words(response, uri)}). Set MLFLOW_TRACKING_USERNAME and "
            f"MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN, in the environment."
        )
    if not _speaks_mlflow(response):
        raise StoreError(
            f"tracking.uri={redact(uri)} answers {status}, which is not what an MLflow "
            f"server says ({_first_words(response, uri)}). {advice(uri)}"
        )


def check_database(uri: str, seconds: float = GIVE_UP_AFTER_S) -> None:
    """Make sure that a database accepts a connection.

    Raises:
        ConfigError: If the URI cannot be read.
        StoreError: If the database or its driver does not answer.
    """
    from sqlalchemy.exc import ArgumentError, SQLAlchemyError

    try:
        wait_for(lambda: _connect(uri), uri, seconds)
    except ModuleNotFoundError as error:
        raise StoreError(
            f"tracking.uri={redact(uri)} needs the Python package {error.name!r}: "
            f"install it (PostgreSQL: `pip install 'psycopg[binary]'`; MySQL: `pip "
            f"install pymysql` and mysql+pymysql://), or run with tracking=local."
        ) from None
    except (ArgumentError, ValueError) as error:
        raise ConfigError(f"tracking.uri={redact(uri)}: {say(error, uri)}") from None
    except SQLAlchemyError as error:
        raise explain(error, uri) from None


def wait_for(ask: Callable[[], _Answer], uri: str, seconds: float) -> _Answer:
    """Return the answer, or raise what asking raised.

    Raises:
        StoreError: If there is neither after so many seconds.
    """
    # Its threads are daemons: one that waits for ever does not keep the process.
    pool = ThreadPool(1)
    try:
        return pool.apply_async(ask).get(timeout=seconds)
    except TimeoutError:
        raise StoreError(
            f"tracking.uri={redact(uri)} does not answer within {seconds:g} s. "
            f"{advice(uri)}"
        ) from None
    finally:
        pool.terminate()


def _ask(uri: str) -> Response:
    try:
        answer: Response = http_request(  # type: ignore[no-untyped-call]
            get_default_host_creds(uri),  # type: ignore[no-untyped-call]
            _PROBE,
            "GET",
            params={"experiment_name": "Default"},
            max_retries=0,
            timeout=ANSWER_WITHIN_S,
            raise_on_status=False,
        )
        return answer
    except MlflowException as error:
        raise StoreError(
            f"tracking.uri={redact(uri)} cannot be reached: "
            f"{_reason(say(error, uri))}. {advice(uri)}"
        ) from None


def _reason(text: str) -> str:
    known = (plain for sign, plain in _REASONS.items() if sign in text)
    return next(known, text.rstrip("."))


def _connect(uri: str) -> None:
    from sqlalchemy import create_engine
    from sqlalchemy.pool import NullPool

    key = "timeout" if uri.startswith("mssql") else "connect_timeout"
    arguments = {key: int(ANSWER_WITHIN_S)}
    create_engine(uri, poolclass=NullPool, connect_args=arguments).connect().close()


def _speaks_mlflow(response: Response) -> bool:
    try:
        body = json.loads(response.text)
    except ValueError:
        return False
    if response.status_code == HTTPStatus.OK:
        return isinstance(body, dict) and "experiment" in body
    # A server whose default experiment was deleted says so, and is well.
    return isinstance(body, dict) and body.get("error_code", "") in (
        "RESOURCE_DOES_NOT_EXIST",
        "RESOURCE_ALREADY_EXISTS",
    )


def _first_words(response: Response, uri: str) -> str:
    return say(ValueError(response.text[:200] or "an empty page"), uri)

"""The steps of opening a store, apart from the lock that holds them together."""

import logging
from typing import Any

from mlflow import MlflowClient, set_registry_uri, set_tracking_uri
from mlflow.environment_variables import (
    MLFLOW_DISABLE_TELEMETRY,
    MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR,
    MLFLOW_HTTP_REQUEST_MAX_RETRIES,
    MLFLOW_HTTP_REQUEST_TIMEOUT,
    MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT,
)
from mlflow.exceptions import MlflowException
from mlflow.telemetry import set_telemetry_client

from sweepkit.errors import ConfigError, StoreError
from sweepkit.tracking.redact import redact
from sweepkit.tracking.sqlite import prepare_file
from sweepkit.tracking.store import SERVERS, Store

# Ours where the environment has no other wish.
_SETTINGS: tuple[tuple[Any, object], ...] = (
    # A server that goes down in mid-run would otherwise hold each call for 247 s.
    (MLFLOW_HTTP_REQUEST_MAX_RETRIES, 2),
    (MLFLOW_HTTP_REQUEST_TIMEOUT, 30),
    # It would print the tracking URI with its password.
    (MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT, True),
    # To report a person's use of MLflow to others is theirs to switch on.
    (MLFLOW_DISABLE_TELEMETRY, True),
    # A model's few files arrive before a bar could be read.
    (MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR, False),
)

log = logging.getLogger(__name__)


def reach(store: Store) -> None:
    """Make sure that a server or database answers, before MLflow waits for minutes.

    Raises:
        StoreError: If it does not within ten seconds.
    """
    from sweepkit.tracking import reaching

    if store.uri is None or store.file is not None:
        return
    if store.kind in SERVERS:
        reaching.check_server(store.uri)
    else:
        reaching.check_database(store.uri)


def open_client(store: Store) -> MlflowClient:
    """Return a client of a store whose tables exist; call it under the store's lock."""
    _calm_mlflow()
    if store.file is not None:
        prepare_file(store.file, store.new_location)
    # Not only the client: loading a model and making a version ask the global one.
    set_tracking_uri(store.uri or "")
    set_registry_uri(store.uri or "")
    return MlflowClient(store.uri, store.uri)


def open_experiment(client: MlflowClient, store: Store) -> str:
    """Return the id of the store's experiment, which is made if need be.

    Raises:
        ConfigError: If it was deleted.
    """
    name = store.experiment
    found = client.get_experiment_by_name(name)
    if found is None:
        try:
            return client.create_experiment(name, store.new_location)
        except MlflowException as error:
            if error.error_code != "RESOURCE_ALREADY_EXISTS":
                raise
            found = client.get_experiment_by_name(name)  # made by another machine
    if found is None:
        raise StoreError(f"The experiment {name!r} appears and vanishes; try again.")
    if found.lifecycle_stage != "active":
        raise ConfigError(
            f"tracking.experiment {name!r} was deleted in MLflow; take another name, "
            f"or run `mlflow experiments restore -x {found.experiment_id}`."
        )
    _compare_location(found.artifact_location, store)
    return str(found.experiment_id)


def _compare_location(location: str, store: Store) -> None:
    wanted = store.artifact_location
    if wanted is not None and location.rstrip("/") != wanted.rstrip("/"):
        log.warning(
            "Experiment %r keeps its files in %s since it was made, and not in "
            "tracking.artifact_location=%s; a new tracking.experiment would.",
            store.experiment,
            redact(location),
            redact(wanted),
        )


def _calm_mlflow() -> None:
    for setting, value in _SETTINGS:
        if not setting.is_set():
            setting.set(value)
    # It logs whole tracebacks of errors that reach the person through our guard.
    logging.getLogger("mlflow.store.db.utils").setLevel(logging.CRITICAL)
    set_telemetry_client()  # type: ignore[no-untyped-call]

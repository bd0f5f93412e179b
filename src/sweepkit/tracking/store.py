"""Where runs are recorded: the settings of a tracking store, and the opened store."""

from __future__ import annotations

import logging
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from sweepkit.errors import ConfigError
from sweepkit.tracking.redact import redact

if TYPE_CHECKING:
    from mlflow import MlflowClient

log = logging.getLogger(__name__)

SERVERS = ("http", "https")
DATABASES = ("postgresql", "mysql", "mssql")


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """The node `tracking` of the configuration.

    Attributes:
        uri: Tracking URI, also of the model registry; None records nothing.
        experiment: Name of the experiment that holds the runs.
        artifact_location: Folder or URI of figures and models; None leaves it to
            the server, or for a local store to the folder `mlartifacts` beside it.
    """

    uri: str | None
    experiment: str = "default"
    artifact_location: str | None = None

    def __post_init__(self) -> None:
        if self.uri is None:
            return
        if self.kind not in ("sqlite", *SERVERS, *DATABASES):
            raise ConfigError(
                f"tracking.uri is {redact(self.uri)!r}; it must begin with sqlite:///, "
                f"http:// or https:// (a server), or a database's postgresql://, "
                f"mysql:// or mssql://. tracking=local gives a file in this folder."
            )
        if not self.experiment:
            raise ConfigError("tracking.experiment is empty; give it a name.")

    @property
    def kind(self) -> str:
        """The URI's scheme without its driver, such as `sqlite` or `http`."""
        return (self.uri or "").partition(":")[0].partition("+")[0].lower()

    @property
    def file(self) -> Path | None:
        """Absolute path of a local store's database file, None for all others."""
        if self.uri is None or self.kind != "sqlite":
            return None
        name = self.uri.partition(":///")[2].partition("?")[0]
        if not name or name == ":memory:":
            raise ConfigError(
                f"tracking.uri is {self.uri!r}, a database that ends with its process; "
                f"name a file: sqlite:////absolute/path/mlflow.db."
            )
        return Path(name).absolute()

    @property
    def new_location(self) -> str | None:
        """Where a new experiment keeps its files; None leaves it to the server.

        MLflow would put those of a local store into `mlruns` in whatever folder the
        process happens to run.
        """
        if self.artifact_location is not None or self.file is None:
            return self.artifact_location
        return (self.file.parent / "mlartifacts").as_uri()

    def absolute(self) -> Store:
        """Return the same store by addresses that hold in any working directory."""
        uri = self.uri if self.file is None else f"sqlite:///{self.file}"
        location = self.artifact_location
        if location is not None and "://" not in location:
            # As a URI, since MLflow takes `%` and `#` in a bare path for escapes.
            location = Path(location).absolute().as_uri()
        return replace(self, uri=uri, artifact_location=location)


@dataclass(frozen=True, slots=True)
class OpenStore:
    """A store that has answered.

    Attributes:
        client: MLflow's client; call it within `guard()` only.
        uri: Absolute tracking URI, with its password if it has one.
        experiment_id: Experiment of the settings, which exists.
    """

    client: MlflowClient
    uri: str
    experiment_id: str

    def guard(self) -> AbstractContextManager[None]:
        """Turn MLflow's exceptions in a block into StoreError or DiskError."""
        from sweepkit.tracking.guard import guard

        return guard(self.uri)

    def lock(self) -> AbstractContextManager[None]:
        """Keep other processes of this machine out of a block on the same store."""
        from sweepkit.tracking.locks import lock_store

        return lock_store(Store(uri=self.uri))


def open_store(settings: Store) -> OpenStore:
    """Reach a store, making what does not exist yet: file, tables, experiment.

    Processes may do this at the same time: the first one to come makes the tables,
    which MLflow alone would let all of them do at once and break the file.

    Raises:
        ConfigError: If the settings name no store or a deleted experiment.
        StoreError: If the store does not answer properly within ten seconds.
        DiskError: If a local store's file cannot be made or written.
    """
    from sweepkit.tracking.guard import guard
    from sweepkit.tracking.locks import lock_store
    from sweepkit.tracking.opening import open_client, open_experiment, reach

    if settings.uri is None:
        raise ConfigError("tracking.uri is null: with tracking=off there is no store.")
    store = settings.absolute()
    uri = store.uri or ""
    reach(store)
    with lock_store(store), guard(uri):
        client = open_client(store)
        return OpenStore(client, uri, open_experiment(client, store))

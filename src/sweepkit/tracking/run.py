"""One run and its face: what the rest of sweepkit may say to MLflow's tracking."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from sweepkit.tracking.metrics import Value
from sweepkit.tracking.store import OpenStore, Store, open_store

if TYPE_CHECKING:
    from sweepkit.tracking.dataset import Table
    from sweepkit.tracking.model import LoggedModel, ModelCard

Status = Literal["FINISHED", "FAILED", "KILLED"]


class Run(Protocol):
    """One record of one piece of work, open for writing.

    Attributes:
        run_id: MLflow's id of the run; empty if nothing is recorded.
        url: Page of the run in MLflow's user interface; empty likewise.
        store: Where it is recorded; None likewise.
    """

    run_id: str
    url: str
    store: OpenStore | None

    def log_params(self, params: Mapping[str, object]) -> None:
        """Record a nested config as flat parameters, its secrets masked."""

    def log_metrics(
        self, metrics: Mapping[str, Value], step: int | None = None
    ) -> None:
        """Record numbers at one step; a sequence is a curve that counts from there."""

    def log_model(self, pipeline: object, card: ModelCard) -> LoggedModel | None:
        """Record a fitted pipeline; None if nothing is recorded."""

    def log_artifact(self, path: Path, into: str = "") -> None:
        """Record a copy of one file, in the folder `into` of the run's artifacts."""

    def log_artifacts(self, folder: Path, into: str = "") -> None:
        """Record a copy of a whole folder's content, but for files with nothing in."""

    def log_text(self, text: str, name: str) -> None:
        """Record a text as the file `name`, its secrets masked."""

    def log_dataset(self, table: Table, context: str = "training") -> None:
        """Record which table the run read, not the table itself."""

    def set_tags(self, tags: Mapping[str, object]) -> None:
        """Record facts about the run, their secrets masked."""

    def end_run(self, status: Status = "FINISHED") -> None:
        """Close the record; the first status stands."""


class NoRun:
    """A run that is recorded nowhere, for `tracking=off`."""

    run_id = ""
    url = ""
    store: OpenStore | None = None

    def log_params(self, params: Mapping[str, object]) -> None:
        """Do nothing."""

    def log_metrics(
        self, metrics: Mapping[str, Value], step: int | None = None
    ) -> None:
        """Do nothing."""

    def log_model(self, pipeline: object, card: ModelCard) -> LoggedModel | None:
        """Do nothing."""
        return None

    def log_artifact(self, path: Path, into: str = "") -> None:
        """Do nothing."""

    def log_artifacts(self, folder: Path, into: str = "") -> None:
        """Do nothing."""

    def log_text(self, text: str, name: str) -> None:
        """Do nothing."""

    def log_dataset(self, table: Table, context: str = "training") -> None:
        """Do nothing."""

    def set_tags(self, tags: Mapping[str, object]) -> None:
        """Do nothing."""

    def end_run(self, status: Status = "FINISHED") -> None:
        """Do nothing."""

    def __enter__(self) -> NoRun:
        return self

    def __exit__(self, *_: object) -> None:
        return None


def start_run(
    store: Store | OpenStore,
    name: str,
    *,
    tags: Mapping[str, object] | None = None,
    parent: str = "",
    checkout: Path | None = None,
) -> AbstractContextManager[Run]:
    """Open a run for a `with` block, which closes it whatever happens inside.

    It ends FINISHED; or FAILED, with the traceback as `traceback.txt`, after an
    exception; or KILLED after Ctrl-C or a signal. The exception goes on either way.

    Args:
        store: Where to record, opened or not; with the URI None nothing is, and
            MLflow not imported.
        name: Name of the run; 16 characters show in MLflow's table.
        tags: Facts known at the start.
        parent: Run id of the sweep this run is a trial of.
        checkout: Folder whose git commit is recorded; the current one by default.

    Raises:
        StoreError: If the store cannot be reached.
        DiskError: If a local store cannot be written.
    """
    if store.uri is None:
        return NoRun()
    from sweepkit.tracking.recording import record_run

    opened = store if isinstance(store, OpenStore) else open_store(store)
    return record_run(
        opened, name, tags or {}, parent=parent, checkout=checkout or Path.cwd()
    )

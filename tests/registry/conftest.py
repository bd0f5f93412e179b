"""Registered models that cost nothing to train, for the tests of the registry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression

from sweepkit.registry.aliases import read_aliases
from sweepkit.registry.gate import Gate, Scorecard
from sweepkit.registry.publish import Published, publish
from sweepkit.tracking import OpenStore, Store, open_store, start_run
from sweepkit.tracking.model import ModelCard

NAME = "predictor"


@dataclass
class Shop:
    """A store with one logged model, of which any run may be published."""

    store: OpenStore
    settings: Store
    model_id: str
    run_id: str

    def run(self, parent: str = "") -> str:
        """Return a new run."""
        tags = {"mlflow.parentRunId": parent} if parent else {}
        run = self.store.client.create_run(self.store.experiment_id, tags=tags)
        return str(run.info.run_id)

    def offer(self, value: float, run_id: str = "", **changes: Any) -> Published:
        """Publish the model as if it had this score; less is better."""
        card = Scorecard(
            metric="holdout_rmse",
            value=value,
            direction="minimize",
            holdout=changes.pop("holdout", "rows"),
        )
        plain = {"gate": Gate(), "model_id": self.model_id, "model_name": NAME}
        return publish(
            self.store,
            run_id=run_id or self.run(),
            scorecard=card,
            **plain | changes,
        )

    def aliases(self) -> dict[str, str]:
        return read_aliases(self.store.client, NAME)

    def stages(self) -> dict[str, str]:
        """Return the stage of each version."""
        found = self.store.client.search_model_versions(f"name='{NAME}'")
        return {str(one.version): one.tags["lifecycle"] for one in found}

    def files(self) -> Path:
        """Return the folder of the model in the store."""
        model = self.store.client.get_logged_model(self.model_id)
        return Path(model.artifact_location.removeprefix("file://"))


@pytest.fixture
def make_shop() -> Callable[[Store], Shop]:
    """A factory of stores with a logged model."""

    def make(settings: Store) -> Shop:
        table = pd.DataFrame({"a": np.arange(5.0)})
        model = LinearRegression().fit(table, table["a"])
        with start_run(settings, "run") as run:
            logged = run.log_model(
                model, ModelCard(name="linear", inputs=table, target="y")
            )
        assert logged is not None
        return Shop(open_store(settings), settings, logged.model_id, run.run_id)

    return make


@pytest.fixture
def shop(make_store: Callable[..., Store], make_shop: Callable[[Store], Shop]) -> Shop:
    return make_shop(make_store())

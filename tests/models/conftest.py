"""Small fitted pipelines of every choice in conf/, and rows to serve them with."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hydra import compose, initialize_config_dir
from hydra.core.global_hydra import GlobalHydra
from hydra.utils import execution_whitelist, instantiate
from omegaconf import OmegaConf
from sklearn.pipeline import Pipeline
from threadpoolctl import threadpool_limits

from sweepkit.config import register
from sweepkit.data.column_profile import TableProfile
from sweepkit.data.example import load_california_housing
from sweepkit.data.profiling import profile_table
from sweepkit.data.schema import infer_schema
from sweepkit.features.preprocess import Inputs
from sweepkit.models.pipeline import build_pipeline, use_threads
from sweepkit.tracking.columns import fit_rows, read_columns

CONF = Path(__file__).parents[2] / "conf"
N_ROWS = 400
N_TREES = 25


@dataclass
class Served:
    """A fitted pipeline with the rows it was fitted on, in both forms."""

    pipeline: Pipeline
    profile: TableProfile
    frame: pd.DataFrame
    rows: list[list[Any]]


Fit = Callable[..., Served]


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> Iterator[None]:
    """On a busy machine threads that wait for each other take most of the time."""
    with threadpool_limits(1):
        yield


@pytest.fixture(scope="session")
def choose() -> Callable[..., Any]:
    """Look a choice of a group up, resolved, with few trees."""

    def look_up(group: str, choice: str, task: str = "regression") -> Any:
        GlobalHydra.instance().clear()
        register()
        chosen = [f"{group}={choice}", f"task={task}", "threads=1"]
        with initialize_config_dir(str(CONF)):
            cfg = compose("train", overrides=chosen)
        # A model's name comes from the running Hydra job, which there is none of.
        parts = [key for key in ("estimator", "inputs", "steps") if key in cfg[group]]
        node = {
            key: OmegaConf.to_container(cfg[group][key], resolve=True) for key in parts
        }
        plant_few(node.get("estimator", {}))
        return node

    return look_up


def plant_few(estimator: Any) -> None:
    """Let an estimator's node, and those of its members, grow few trees."""
    for key in {"n_estimators", "max_iter"} & set(estimator):
        estimator[key] = N_TREES
    for member in estimator.get("members", {}).values():
        plant_few(member["estimator"])


@pytest.fixture(scope="session")
def mixed_table() -> pd.DataFrame:
    """Every role, with and without blanks, and more categories than are kept apart."""
    table = load_california_housing().sample(N_ROWS, random_state=0, ignore_index=True)
    rng = np.random.default_rng(0)
    blank = rng.random((4, N_ROWS)) < 0.1
    days = rng.integers(-9_000, 20_000, N_ROWS)
    return table.assign(
        total_bedrooms=table["total_bedrooms"].mask(blank[0]),
        agent=pd.Series([f"agent {i}" for i in rng.zipf(1.3, N_ROWS) % 90]).mask(
            blank[1]
        ),
        renovated=rng.random(N_ROWS) < 0.5,
        pool=pd.Series(rng.random(N_ROWS) < 0.5, dtype="boolean").mask(blank[2]),
        sold_on=pd.Series(days.astype("M8[D]").astype("M8[s]")).mask(blank[3]),
    )


@pytest.fixture(scope="session")
def fit(choose: Callable[..., Any], mixed_table: pd.DataFrame) -> Fit:
    """Fit the choices of both groups to a table; each pair of choices once."""
    kept: dict[tuple[str, str], Served] = {}
    nodes: dict[tuple[str, str], Any] = {}

    def node_of(group: str, choice: str) -> Any:
        key = (group, choice)
        nodes.setdefault(key, None)
        nodes[key] = nodes[key] or choose(group, choice)
        return nodes[key]

    def make(model: str, features: str, table: pd.DataFrame | None = None) -> Served:
        if table is None and (model, features) in kept:
            return kept[model, features]
        node, steps = node_of("model", model), node_of("features", features)["steps"]
        estimator = make_estimator(node)
        with execution_whitelist(["lightgbm.*", "sklearn.*", "sweepkit.*"]):
            steps = {name: instantiate(step) for name, step in steps.items()}
        inputs = Inputs(**node.get("inputs", {}))
        rows = mixed_table if table is None else table
        served = fit_estimator(rows, estimator, steps=steps, inputs=inputs)
        return kept.setdefault((model, features), served) if table is None else served

    return make


@pytest.fixture(scope="session")
def labelled_table(mixed_table: pd.DataFrame) -> pd.DataFrame:
    """The same with labels for prices: `sold` of two, `band` of four, one of them rare.

    Of 400 houses 2 are palaces, and none of the first 300.
    """
    price = mixed_table["median_house_value"].to_numpy()
    names = np.array(["cheap", "fair", "dear"])
    band = names[np.digitize(price, np.quantile(price, [0.3, 0.7]))].astype(object)
    band[-2:] = "a palace"
    table = mixed_table.drop(columns="median_house_value")
    sold = np.where(price > np.median(price), "yes", "no")
    return table.assign(sold=sold, band=band.astype(str))


@pytest.fixture(scope="session")
def fit_classes(choose: Callable[..., Any], labelled_table: pd.DataFrame) -> Fit:
    """Fit a model's choice to labels; each pair of choices once."""
    kept: dict[tuple[str, str], Served] = {}

    def make(model: str, task: str) -> Served:
        if (model, task) not in kept:
            target, other = ("sold", "band") if task == "binary" else ("band", "sold")
            node = choose("model", model, task)
            kept[model, task] = fit_estimator(
                labelled_table.drop(columns=other),
                make_estimator(node),
                inputs=Inputs(**node.get("inputs", {})),
                target=target,
            )
        return kept[model, task]

    return make


def make_estimator(node: Any) -> Any:
    """Build what a model's node describes."""
    with execution_whitelist(["lightgbm.*", "sklearn.*", "sweepkit.*"]):
        return instantiate(node["estimator"])


@pytest.fixture(scope="session")
def fit_table() -> Fit:
    """Fit any estimator to any table."""
    return fit_estimator


def fit_estimator(
    table: pd.DataFrame,
    estimator: Any,
    *,
    steps: Any = None,
    inputs: Any = None,
    target: str = "median_house_value",
) -> Served:
    """Fit one estimator to a table, as training does."""
    roles = {"agent": "categorical"} if "agent" in table else {}
    schema = infer_schema(table, target=target, overrides=roles)
    conformed, y = schema.conform(table), schema.target_values(table)
    pipeline = build_pipeline(
        estimator,
        schema,
        steps=steps or {},
        inputs=inputs or Inputs(),
        clip_predictions=True,
    ).fit(conformed, y)
    columns = read_columns(conformed)
    return Served(
        pipeline=use_threads(pipeline, 1),
        profile=replace(
            profile_table(conformed, columns, target=target),
            task=schema.task,
            classes=schema.classes,
        ),
        frame=fit_rows(conformed, columns),
        rows=to_rows(conformed),
    )


def to_rows(table: pd.DataFrame) -> list[list[Any]]:
    """Return a table as a request's reader hands it over."""
    columns = [[to_cell(cell) for cell in table[name]] for name in table.columns]
    return [list(row) for row in zip(*columns, strict=True)]


def to_cell(cell: Any) -> Any:
    """Return a cell as a plain value; a blank as None."""
    if pd.isna(cell):
        return None
    return cell.to_pydatetime() if isinstance(cell, pd.Timestamp) else cell

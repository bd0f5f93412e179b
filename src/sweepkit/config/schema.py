"""The types of the configuration, checked by Hydra when it composes."""

from dataclasses import dataclass, field
from typing import Any

from hydra.core.config_store import ConfigStore
from omegaconf import MISSING


@dataclass
class DataConfig:
    """Where the table comes from and what its columns mean (`conf/data/`)."""

    name: str = MISSING
    model_name: str = "${data.name}_predictor"
    target: str = MISSING
    target_unit: str = ""
    roles: dict[str, str] = field(default_factory=dict)
    ignored: list[str] = field(default_factory=list)
    accept: list[str] = field(default_factory=list)
    latitude: str | None = None
    longitude: str | None = None
    source: Any = MISSING


@dataclass
class FileConfig(DataConfig):
    """A table in one file, or several."""

    name: str = "${stem:${data.path}}"
    path: str = MISSING
    columns: list[str] | None = None
    sha256: str | None = None
    cache: str | None = None


@dataclass
class SqlConfig(DataConfig):
    """A table in a database."""

    name: str = "${table:${data.table}}"
    url: str = MISSING
    query: str | None = None
    table: str | None = None
    columns: list[str] | None = None


@dataclass
class CsvConfig(FileConfig):
    """A table in one text file with delimiters."""

    delimiter: str | None = None
    encoding: str = "utf-8"
    decimal: str = "."


@dataclass
class TaskConfig:
    """What is predicted, and how classes are decided on (`conf/task/`)."""

    name: str = MISSING
    kind: str = MISSING
    metric: str = MISSING
    stratified: str = ""
    floor: str = "median"
    positive: Any = None
    class_weight: Any = None
    calibration: str = "none"
    threshold: Any = 0.5
    choices: Any = None


@dataclass
class FeaturesConfig:
    """Columns derived from the table's own (`conf/features/`)."""

    steps: Any = MISSING
    chosen: str | None = None
    candidates: Any = None


@dataclass
class InputsConfig:
    """What a model's estimator can digest (`model.inputs`)."""

    missing: str = "keep"
    scale: bool = False
    max_categories: int = 64
    high_cardinality: str = "target"
    cyclic_dates: bool = False
    text_components: int = 30


@dataclass
class ModelConfig:
    """An estimator and what it needs around it (`conf/model/`)."""

    name: str = "${hydra:runtime.choices.model}"
    regressor: str | None = None
    classifier: str | None = None
    estimator: Any = MISSING
    inputs: InputsConfig = field(default_factory=InputsConfig)
    clip_predictions: bool = True
    early_stopping: int | None = None
    requirements: list[str] = field(default_factory=list)
    trusted_types: list[str] = field(default_factory=list)


@dataclass
class HoldoutConfig:
    """Rows that no selection sees (`evaluation.holdout`)."""

    fraction: float = 0.2
    seed: int = 42


@dataclass
class ImportanceConfig:
    """How permutation importance is estimated (`evaluation.importance`)."""

    repeats: int = 3
    max_rows: int = 1000


@dataclass
class EvaluationConfig:
    """How a model is judged (`conf/evaluation/`)."""

    metric: str = "${task.metric}"
    objectives: list[str] = field(default_factory=lambda: ["${evaluation.metric}"])
    n_splits: int = 5
    splitter: Any = MISSING
    metrics: list[str] = field(default_factory=list)
    slices: list[str] | None = None
    requires: list[str] = field(default_factory=list)
    group: str | None = None
    time: str | None = None
    holdout: HoldoutConfig = field(default_factory=HoldoutConfig)
    importance: ImportanceConfig = field(default_factory=ImportanceConfig)


@dataclass
class TrackingConfig:
    """Where runs are recorded (`conf/tracking/`)."""

    uri: str | None = MISSING
    experiment: str = "${data.name}"
    artifact_location: str | None = None


@dataclass
class RegistryConfig:
    """Whether and under which name the model is registered (`conf/registry/`)."""

    publish: bool = True
    model_name: str = "${data.model_name}"
    gate: str = "better"
    min_gain: float = 0.0
    confidence: float = 0.95
    max_slice_loss: float | None = 0.10
    max_latency_ms: float | None = None
    max_size_mb: float | None = None
    signature: str = "compatible"


@dataclass
class TrainConfig:
    """Everything `train.py` reads."""

    seed: int = 42
    threads: int = MISSING
    time_budget: float | None = None
    ensemble: bool | None = None
    task: TaskConfig = field(default_factory=TaskConfig)
    data: Any = MISSING
    features: FeaturesConfig = field(default_factory=FeaturesConfig)
    model: ModelConfig = field(default_factory=ModelConfig)
    evaluation: EvaluationConfig = field(default_factory=EvaluationConfig)
    tracking: TrackingConfig = field(default_factory=TrackingConfig)
    registry: RegistryConfig = field(default_factory=RegistryConfig)


def register_schemas() -> None:
    """Store the types; their names never equal that of a YAML file.

    They stand outside the groups, so that `--help` offers no type as a choice.
    """
    store = ConfigStore.instance()
    store.store(name="train_types", node=TrainConfig, replace=True)
    store.store(name="table_types", node=DataConfig, replace=True)
    store.store(name="file_types", node=FileConfig, replace=True)
    store.store(name="csv_types", node=CsvConfig, replace=True)
    store.store(name="sql_types", node=SqlConfig, replace=True)

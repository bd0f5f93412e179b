"""The types of what `serve.py` reads, checked by Hydra when it composes."""

from dataclasses import dataclass, field
from typing import Any

from hydra.core.config_store import ConfigStore

from sweepkit.config.schema import FeaturesConfig, TaskConfig, TrackingConfig


@dataclass
class ServedConfig:
    """Which registered model is served (`registry`)."""

    model_name: str = "${data.model_name}"


@dataclass
class ServingConfig:
    """How it is served (`conf/serving/`); see `serving.settings.ServerSettings`."""

    host: str = "127.0.0.1"
    port: int = 5001
    workers: int = 1
    alias: str = "champion"
    version: str | None = None
    reload_every_s: float = 5.0
    folder: str = "${absolute:outputs/serving}"
    trusted_types: list[str] = field(default_factory=list)
    max_bytes: int = 1_048_576
    max_rows: int = 10_000
    max_queue: int = 1_000
    batch_rows: int = 256
    unknown_category: str = "warn"
    extra_columns: str = "warn"
    token: str | None = None
    token_file: str | None = None
    allowed_hosts: list[str] = field(default_factory=list)
    cors_origins: list[str] = field(default_factory=list)
    tls_certificate: str | None = None
    tls_key: str | None = None
    header_timeout_s: float = 5.0
    body_timeout_s: float = 10.0
    predict_timeout_s: float = 30.0
    keep_alive_s: float = 75.0
    drain_s: float = 30.0
    access_log: str = "text"
    examples: bool = False


@dataclass
class ServeConfig:
    """Everything `serve.py` reads."""

    task: TaskConfig = field(default_factory=TaskConfig)
    data: Any = None
    features: FeaturesConfig = field(default_factory=FeaturesConfig)
    tracking: TrackingConfig = field(default_factory=TrackingConfig)
    registry: ServedConfig = field(default_factory=ServedConfig)
    serving: ServingConfig = field(default_factory=ServingConfig)


def register_serve_schema() -> None:
    """Store the types; their name equals that of no YAML file."""
    ConfigStore.instance().store(name="serve_types", node=ServeConfig, replace=True)

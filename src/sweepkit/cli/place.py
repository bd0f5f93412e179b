"""Which registered model a command is about, in which store."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from omegaconf import DictConfig

from sweepkit.cli.composing import composed
from sweepkit.errors import ConfigError
from sweepkit.tracking import OpenStore, Store, open_store
from sweepkit.training.settings import Settings, resolve


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A registered model in an opened store.

    Attributes:
        store: The opened store.
        model_name: Name of the registered model.
        cfg: The configuration that named both.
        settings: The same, resolved to plain values.
    """

    store: OpenStore
    model_name: str
    cfg: DictConfig
    settings: Settings


@contextmanager
def opened(words: Sequence[str], conf: Path) -> Iterator[Place]:
    """Open the store and name the model that these words describe, for a block.

    Raises:
        ConfigError: If the words do not compose, or name no store.
        StoreError: If the store cannot be reached.
    """
    with composed(words, conf) as cfg:
        settings = resolve(cfg)
        store = Store(**settings["tracking"])
        if store.uri is None:
            raise ConfigError(
                "tracking.uri is null, and registered models live in the tracking "
                "store. Say where: tracking=local or tracking=server."
            )
        yield Place(
            store=open_store(store),
            model_name=settings["registry"]["model_name"],
            cfg=cfg,
            settings=settings,
        )

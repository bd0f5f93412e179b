"""Which registered model a command is about, in which store."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from omegaconf import DictConfig

from sweepkit.cli.composing import composed
from sweepkit.errors import ConfigError, RegistryError
from sweepkit.tracking import OpenStore, Store, open_store
from sweepkit.training.settings import Settings, resolve

# Parts that commands ask for. The table's own need not be complete: `data=csv
# data.path=houses.csv` names a model without saying which column is its target.
_PARTS = ("tracking", "registry", "serving")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A registered model in an opened store.

    Attributes:
        store: The opened store.
        model_name: Name of the registered model.
        cfg: The configuration that named both.
        settings: Its parts `tracking`, `registry`, `serving` and `seed`, as far as it
            has them, and `model.trusted_types`, resolved to plain values.
    """

    store: OpenStore
    model_name: str
    cfg: DictConfig
    settings: Settings

    @property
    def trusted_types(self) -> list[str]:
        """Types a model may hold beyond our own list: this configuration's word only.

        What a run on record said of itself would let a crafted one trust itself.
        """
        part = self.settings.get("serving") or self.settings["model"]
        return list(part["trusted_types"])


@contextmanager
def opened(
    words: Sequence[str],
    conf: Path,
    *,
    name: str = "train",
    trust: Sequence[str] = (),
) -> Iterator[Place]:
    """Open the store and name the model that these words describe, for a block.

    Args:
        words: Overrides as `train.py` takes them.
        conf: Folder of the configuration.
        name: The primary file: `train`, or `serve`.
        trust: Packages beyond `TRUSTED` whose classes the configuration may name.

    Raises:
        ConfigError: If the words do not compose, or name no store.
        RegistryError: If the store is a file that is not there.
        StoreError: If the store cannot be reached.
    """
    with composed(words, conf, name=name, trust=trust) as cfg:
        settings = {part: resolve(cfg[part]) for part in _PARTS if part in cfg}
        settings["seed"] = cfg.get("seed")
        if "model" in cfg:
            # All of it would ask for the task, which may have to be read off the table.
            settings["model"] = {"trusted_types": list(cfg.model.trusted_types)}
        store = Store(**settings["tracking"])
        _check_there(store)
        yield Place(
            store=open_store(store),
            model_name=settings["registry"]["model_name"],
            cfg=cfg,
            settings=settings,
        )


def _check_there(store: Store) -> None:
    if store.uri is None:
        raise ConfigError(
            "tracking.uri is null, and registered models live in the tracking store. "
            "Say where: tracking=local or tracking=server."
        )
    # To open it would make it, and a look at the wrong folder is to leave no trace.
    if store.file is not None and not store.file.exists():
        raise RegistryError(
            f"There is no tracking store {store.file} yet. `python train.py` makes it; "
            f"run `sweepkit` in the same folder, or name another one: tracking=..."
        )

"""A pool of real workers on a small configuration of its own."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from hydra import initialize_config_dir
from hydra._internal.callbacks import Callbacks
from hydra.core.global_hydra import GlobalHydra
from hydra.core.hydra_config import HydraConfig
from hydra.types import HydraContext, RunMode
from omegaconf import DictConfig

from sweepkit.sweep.pool import PoolLauncher

MakePool = Callable[..., PoolLauncher]
CONF = {
    "config.yaml": """
defaults:
  - _self_
  - db: mysql
  - optional more: null
x: 1
y: 0.5
name: ${db.kind}-${x}
when: ${now:%f}
items: [1, 2]
tree: {a: 1, b: {c: 2}}
hydra:
  sweep:
    dir: FOLDER/out
    subdir: ${hydra.job.num}-${db.kind}
  job:
    env_set: {SWEEPKIT_TEST: "job ${hydra.job.num}"}
""",
    "db/mysql.yaml": "kind: mysql\nport: 3306\n",
    "db/postgres.yaml": "kind: postgres\nport: 5432\nhost: null\n",
    "more/words.yaml": "text: 'on'\nlines: |\n  first\n  second\n",
}


@pytest.fixture
def hydra_app(tmp_path: Path) -> Iterator[tuple[HydraContext, DictConfig]]:
    """What Hydra hands to a launcher in `-m`: its context and the configuration."""
    for name, text in CONF.items():
        path = tmp_path / "conf" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace("FOLDER", str(tmp_path)))
    before = HydraConfig.instance().cfg
    with initialize_config_dir(str(tmp_path / "conf"), job_name="app"):
        loader = GlobalHydra.instance().config_loader()
        config = loader.load_configuration(
            "config", ["hydra.mode=MULTIRUN"], RunMode.MULTIRUN
        )
        HydraConfig.instance().set_config(config)
        assert config.when, "jobs share the moments that the sweep has looked at"
        yield HydraContext(loader, Callbacks(), ("builtins.dict",)), config
    HydraConfig.instance().cfg = before


@pytest.fixture
def make_pool(hydra_app: tuple[HydraContext, DictConfig]) -> Iterator[MakePool]:
    """A factory of pools; tasks must be local functions that import what they use."""
    context, config = hydra_app
    with ExitStack() as stack:

        def make(task: Callable[[Any], Any], **settings: Any) -> PoolLauncher:
            pool = PoolLauncher(**{"n_workers": 1} | settings)
            pool.setup(hydra_context=context, task_function=task, config=config)
            stack.callback(pool.close, kill=True)
            return pool

        yield make

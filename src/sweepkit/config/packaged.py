"""The project's own configuration, for folders that only add to it.

A wheel carries `conf/`, `train.py` and `serve.py` in `sweepkit/project`; an editable
installation has them in the repository, beside `src`.
"""

import multiprocessing
from pathlib import Path

from hydra.core.config_search_path import ConfigSearchPath
from hydra.core.plugins import Plugins
from hydra.plugins.search_path_plugin import SearchPathPlugin

_PACKAGE = Path(__file__).parents[1]
_HOMES = (_PACKAGE / "project", _PACKAGE.parents[1])


def find_packaged(name: str) -> Path | None:
    """Return where a file or folder of the project lies, or None if it does not.

    Args:
        name: Its path within the project: `conf`, `train.py`, `conf/serve.yaml`.
    """
    for home in _HOMES:
        # Above an installed package is no project, whatever else may be called so.
        if (home / "conf" / "train.yaml").is_file() and (home / name).exists():
            return home / name
    return None


class PackagedConf(SearchPathPlugin):
    """Lets Hydra find the project's files after those of an own `conf/`."""

    def manipulate_search_path(self, search_path: ConfigSearchPath) -> None:
        """Append the project's `conf/`, unless it is the one Hydra starts from."""
        conf = find_packaged("conf")
        if conf is None:
            return
        known = [element.path for element in search_path.get_path() if element.path]
        if not any(Path(path.removeprefix("file://")) == conf for path in known):
            search_path.append("sweepkit", f"file://{conf}")


def register_packaged_conf() -> None:
    """Make the project's `conf/` known to Hydra in this process; twice changes nothing.

    Not by an entry point, as those count in every Hydra program of the environment.
    """
    # A sweep's worker runs `train.py` too, and is then given its parent's plugins:
    # looking for them itself would only delay it.
    if multiprocessing.current_process().name == "MainProcess":
        Plugins.instance().register(PackagedConf)

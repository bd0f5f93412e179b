"""Verified copies of models on this machine: what a start without the registry serves.

The folder of a model, `outputs/serving/<model>`, holds a folder for each version, a
file `<version>.json` with what the registry said of it, and `current.json`, which
names for each alias or pinned version the one that served last and the one before.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import threading
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

CURRENT = "current.json"
# Pins come and go; the copies of the latest few are enough.
MOST_REFS = 4

log = logging.getLogger(__name__)

Facts = Mapping[str, Any]


class Cache:
    """The copies of one model's versions.

    Attributes:
        folder: Where they are.
    """

    def __init__(self, root: Path, model_name: str) -> None:
        # A name of dots only would be another folder than it says.
        name = quote(model_name, safe=" ") if model_name.strip(".") else "_"
        self.folder = root.absolute() / name

    def folder_of(self, version: str) -> Path:
        """Return where a version's files are, or would be."""
        return self.folder / version

    def remember(self, ref: str, facts: Facts) -> None:
        """Note that a version serves, and drop copies that nobody will ask for.

        A disk that takes no note costs only the start without a registry.

        Args:
            ref: The alias or version number it serves for.
            facts: What the registry said of it, JSON values with `version`.
        """
        version = str(facts["version"])
        try:
            self._write(f"{version}.json", dict(facts))
            listed = self._list()
            before = [old for old in listed.pop(ref, []) if old != version]
            listed[ref] = [version, *before[:1]]
            kept = dict(list(listed.items())[-MOST_REFS:])
            self._write(CURRENT, kept)
            self._prune({version for versions in kept.values() for version in versions})
        except OSError as error:
            log.warning(
                "%s cannot be written (%s): a later start needs the registry.",
                self.folder,
                error.strerror,
            )

    def recall(self, ref: str, *, but: Collection[str] = ()) -> dict[str, Any] | None:
        """Return the facts of the version that served last, or None.

        Args:
            ref: The alias or version number it served for.
            but: Versions that turned out to be no good.
        """
        for version in self._list().get(ref, []):
            facts = self._read(f"{version}.json")
            if version not in but and facts and self.folder_of(version).is_dir():
                return facts
        return None

    def _list(self) -> dict[str, list[str]]:
        return self._read(CURRENT)

    def _read(self, name: str) -> dict[str, Any]:
        try:
            found = json.loads((self.folder / name).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            log.warning("%s cannot be read: %s", self.folder / name, error)
            return {}
        return found if isinstance(found, dict) else {}

    def _write(self, name: str, values: dict[str, Any]) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        mine = f"{os.getpid()}-{threading.get_ident()}"
        unfinished = self.folder / f".{name}.{mine}"
        unfinished.write_text(json.dumps(values, indent=1), encoding="utf-8")
        unfinished.replace(self.folder / name)

    def _prune(self, kept: set[str]) -> None:
        for path in self.folder.iterdir():
            if path.name.isdecimal() and path.is_dir() and path.name not in kept:
                shutil.rmtree(path, ignore_errors=True)
                (self.folder / f"{path.name}.json").unlink(missing_ok=True)

"""Which files of a folder are worth a copy, and where in the run they belong."""

from collections.abc import Iterator
from pathlib import Path, PurePosixPath


def list_artifacts(folder: Path, into: str = "") -> Iterator[tuple[Path, str]]:
    """Yield each file with something in it, and the run's folder that it goes to.

    Args:
        folder: Searched to its last subfolder.
        into: Folder of the run's artifacts for all of them; the root unless given.
    """
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.stat().st_size:
            place = PurePosixPath(into, *path.parent.relative_to(folder).parts)
            yield path, "" if place == PurePosixPath() else str(place)

"""Write an artifact, or say why it cannot be written."""

from pathlib import Path

from sweepkit.errors import DiskError


def write_file(path: Path, content: bytes) -> Path:
    """Write `content`, making missing folders first, and return the path.

    Raises:
        DiskError: If the folder or file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        raise DiskError(
            f"Cannot write {path}: {error.strerror or error}. Free space, make the "
            f"folder writable, or set another `hydra.run.dir`."
        ) from error
    return path

"""Refuse a table that cannot fit into memory, before it is read."""

from pathlib import Path

from sweepkit.errors import DataError

# The table as read, and once more in the types a model learns from.
COPIES = 2
# A limit beyond this is none: what kernels write where nothing was set.
_NO_LIMIT = 1 << 60


def refuse_too_large(what: str, n_bytes: float, available: int | None) -> None:
    """Refuse a table that would take more memory than there is.

    Args:
        what: The table, for the message.
        n_bytes: About how many bytes it will take in memory.
        available: Bytes that are free; None if nobody knows.

    Raises:
        DataError: If twice the table does not fit.
    """
    need = COPIES * n_bytes
    if available is None or need <= available:
        return
    raise DataError(
        f"{what} would take about {_gigabytes(n_bytes)} in memory and as much again "
        f"in the types a model learns from; {_gigabytes(available)} are available. "
        f"Read fewer columns with `data.columns=[...]`, give fewer rows, or use a "
        f"machine with more memory."
    )


def count_available(root: Path = Path("/")) -> int | None:
    """Return the bytes this process may still take: the machine's and its groups'.

    Args:
        root: Where `proc` and `sys` lie.

    Returns:
        None where the system does not say.
    """
    found = [_read_meminfo(root), *map(_read_group, _list_groups(root))]
    known = [bytes_left for bytes_left in found if bytes_left is not None]
    return min(known) if known else None


def _read_meminfo(root: Path) -> int | None:
    text = _read(root / "proc/meminfo") or ""
    for line in text.splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 1024
    return None


def _list_groups(root: Path) -> list[Path]:
    """Return the folders of the control groups this process is in, and above."""
    folders = []
    for line in (_read(root / "proc/self/cgroup") or "").splitlines():
        _, controllers, path = line.split(":", 2)
        if controllers not in ("", "memory"):
            continue
        top = root / "sys/fs/cgroup" / controllers
        inner = top / path.strip("/")
        folders += [top, inner]
        folders += [one for one in inner.parents if top in one.parents]
    return folders


def _read_group(folder: Path) -> int | None:
    for limit, usage, files in (
        ("memory.max", "memory.current", "inactive_file"),
        ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
    ):
        most, used = _read(folder / limit), _read(folder / usage)
        if most is None or used is None or not most.strip().isdecimal():
            continue
        if int(most) < _NO_LIMIT:
            return int(most) - int(used) + _read_stat(folder, files)
    return None


def _read_stat(folder: Path, name: str) -> int:
    """Return what the kernel gives back when asked: files it only remembers."""
    for line in (_read(folder / "memory.stat") or "").splitlines():
        key, _, value = line.partition(" ")
        if key == name:
            return int(value)
    return 0


def _read(path: Path) -> str | None:
    try:
        return path.read_text()
    except OSError:
        return None  # not this kind of system


def _gigabytes(n_bytes: float) -> str:
    if n_bytes < 1e8:
        return f"{n_bytes / 1e6:,.0f} MB"
    return f"{n_bytes / 1e9:,.1f} GB"

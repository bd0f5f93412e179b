"""Which process keeps a run open, and whether it still lives."""

import hashlib
import os
import platform
import uuid
from pathlib import Path

OWNER = "sweepkit.owner"
# In the first octet of an address that Python made up for want of a network card.
_MADE_UP = 1 << 40
_DEAD = ("Z", "X")


def describe_owner() -> str:
    """Return this process as a tag's value: its machine, number and time of birth.

    The machine is a digest that tells machines apart without naming them.
    """
    return f"{_machine()} {os.getpid()} {_birth(os.getpid())}"


def is_alive(owner: str) -> bool | None:
    """Tell whether the process of a tag still runs; None if it cannot be known here.

    Args:
        owner: What `describe_owner` returned there; anything else tells nothing.
    """
    machine, _, rest = owner.partition(" ")
    pid, _, birth = rest.partition(" ")
    if machine != _machine() or not (pid.isascii() and pid.isdigit()):
        return None
    try:
        os.kill(int(pid), 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        pass  # somebody else's, but there
    # A number is given again some day; the time of birth is not.
    return _birth(int(pid)) == birth


def _machine() -> str:
    # Containers may share a host's name and card, and count their processes alone.
    address = uuid.getnode()
    known = "" if address & _MADE_UP else str(address)
    text = f"{platform.node()} {known} {_namespace()}"
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _namespace() -> str:
    try:
        return str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        return ""


def _birth(pid: int) -> str:
    """Return when a process began, for comparison; empty if nobody tells or it ended.

    Ticks since the machine's start, so the start is part of it.
    """
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii")
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    # Its name, in brackets, may hold anything.
    fields = text.rpartition(")")[2].split()
    # One whose parent has not asked for its end still has a number.
    return "ended" if fields[0] in _DEAD else f"{boot[:8]}-{fields[19]}"

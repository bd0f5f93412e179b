"""Which process keeps a run open, and whether it still lives."""

import hashlib
import os
import platform
import uuid
from pathlib import Path

OWNER = "sweepkit.owner"


def describe_owner() -> str:
    """Return this process as a tag's value: its machine, number and time of birth.

    The machine is a digest that tells machines apart without naming them.
    """
    return f"{_machine()} {os.getpid()} {_birth(os.getpid())}"


def is_alive(owner: str) -> bool | None:
    """Tell whether the process of a tag still runs; None if it is on another machine.

    Args:
        owner: What `describe_owner` returned there.
    """
    machine, _, rest = owner.partition(" ")
    pid, _, birth = rest.partition(" ")
    if machine != _machine() or not pid.isdigit():
        return None
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # somebody else's, but there
    # A number is given again some day; the time of birth is not.
    return _birth(int(pid)) == birth


def _machine() -> str:
    text = f"{platform.node()} {uuid.getnode()}"
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _birth(pid: int) -> str:
    """Return the process's start in ticks since boot; empty where nobody tells."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    # Its name, in brackets, may hold anything.
    return text.rpartition(")")[2].split()[19]

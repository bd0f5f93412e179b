"""Which commit the code stands at, if it stands in a git checkout at all."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

_TIMEOUT_S = 5.0


@dataclass(frozen=True, slots=True)
class GitState:
    """The state of a checkout.

    Attributes:
        commit: Full hash of the checked-out commit.
        dirty: Whether files differ from it or are new; None if git took too long.
    """

    commit: str
    dirty: bool | None


def read_git(folder: Path) -> GitState | None:
    """Return the state of the checkout around `folder`, or None where there is none.

    A missing git, a folder outside any checkout and a checkout without commits are
    all ordinary places to train a model, so none of them is an error.
    """
    commit = _ask(folder, "rev-parse", "--verify", "HEAD")
    if commit is None:
        return None
    changes = _ask(folder, "status", "--porcelain")
    return GitState(commit, None if changes is None else changes != "")


def _ask(folder: Path, *words: str) -> str | None:
    # Parallel workers must not fight over git's index lock.
    command = ["git", "--no-optional-locks", "-C", str(folder), *words]
    try:
        answer = subprocess.run(
            command, capture_output=True, text=True, timeout=_TIMEOUT_S, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.strip()

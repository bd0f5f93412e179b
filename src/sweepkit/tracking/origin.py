"""Who and what started a run, in the tags MLflow's user interface knows."""

import getpass
import sys
from pathlib import Path

from sweepkit.tracking.git import read_git
from sweepkit.tracking.owner import OWNER, describe_owner


def describe_origin(checkout: Path, parent: str = "") -> dict[str, str]:
    """Return MLflow's own tags for a new run.

    Args:
        checkout: Folder whose git commit is recorded, if it is in a checkout.
        parent: Run id of the sweep the run belongs to.
    """
    tags = {
        "mlflow.user": user_name(),
        "mlflow.source.name": Path(sys.argv[0]).name or "python",
        "mlflow.source.type": "LOCAL",
        OWNER: describe_owner(),
    }
    if parent:
        tags["mlflow.parentRunId"] = parent
    state = read_git(checkout)
    if state is not None:
        tags["mlflow.source.git.commit"] = state.commit
        tags["git.dirty"] = "unknown" if state.dirty is None else str(state.dirty)
    return tags


def user_name() -> str:
    """Return who started this process, by the name the machine knows."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        return "unknown"

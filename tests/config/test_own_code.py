"""What the server's workers may import: what `serve.py` can, from beside it."""

import os
import subprocess
import sys
from pathlib import Path

from sweepkit.config.serving import with_own_code


def test_a_worker_imports_what_lies_beside_the_script(tmp_path):
    """Classes of a model of one's own are there, and nowhere else."""
    (tmp_path / "my_classes.py").write_text("HERE = 1\n")
    environment = with_own_code(os.environ, tmp_path / "serve.py")

    # As workers are started: `-P` looks into no folder by itself.
    subprocess.run(
        [sys.executable, "-P", "-c", "import my_classes"],
        env=environment,
        cwd="/",
        check=True,
        timeout=60,
    )


def test_a_path_that_was_set_comes_first(tmp_path, monkeypatch):
    """Whoever sets PYTHONPATH means it."""
    monkeypatch.chdir(tmp_path)

    changed = with_own_code({"PYTHONPATH": "/first", "A": "1"}, Path("serve.py"))

    assert changed == {"PYTHONPATH": f"/first{os.pathsep}{tmp_path}", "A": "1"}


def test_without_a_script_nothing_is_added():
    """As in a notebook, or under `python -P`, which asks for just that."""
    assert with_own_code({"A": "1"}, None) == {"A": "1"}

import subprocess
import sys

SCRIPT = """
import sys
from sweepkit.tracking import Store, start_run

with start_run(Store(uri=None), "quick look") as run:
    run.log_params({"a": 1})
    run.log_metrics({"cv_rmse": [1.0, 2.0]})
    run.log_model(object(), None)
    run.log_text("text", "notes.txt")
    run.set_tags({"b": 2})
    run.end_run()
    assert run.run_id == run.url == ""
heavy = {"mlflow", "pandas", "sklearn", "sqlalchemy", "alembic"} & set(sys.modules)
sys.exit(f"imported {heavy}" if heavy else 0)
"""


def test_without_tracking_mlflow_is_never_imported(tmp_path):
    """It takes more than a second, and `--help` imports this package too."""
    subprocess.run([sys.executable, "-c", SCRIPT], check=True, cwd=tmp_path)

    assert list(tmp_path.iterdir()) == []

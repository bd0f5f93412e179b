"""The file `run.json` in an output folder: which recorded run its content is of."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from sweepkit.errors import ConfigError
from sweepkit.evaluation.files import write_file

RUN_FILE = "run.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFile:
    """Where a trained model is on record.

    Attributes:
        run_id: MLflow's id of the run.
        model_id: MLflow's id of the model logged with it.
        url: Page of the run in MLflow's user interface, without secrets.
    """

    run_id: str
    model_id: str
    url: str

    def save(self, folder: Path) -> Path:
        """Write `run.json` into a folder and return it.

        Raises:
            DiskError: If it cannot be written.
        """
        text = json.dumps(asdict(self), indent=2)
        return write_file(folder / RUN_FILE, f"{text}\n".encode())

    @classmethod
    def load(cls, path: Path) -> RunFile:
        """Read what `save` wrote.

        Raises:
            ConfigError: If there is no such file, or it is another one.
        """
        try:
            return cls(**json.loads(path.read_text(encoding="utf-8")))
        except OSError as error:
            raise ConfigError(
                f"{path} cannot be read: {error.strerror or error}. `python train.py` "
                f"writes it into its output folder, if it records a run; name it with "
                f"--run."
            ) from error
        except (TypeError, ValueError) as error:
            raise ConfigError(
                f"{path} is not what train.py writes ({error}); name its run.json "
                f"with --run."
            ) from error

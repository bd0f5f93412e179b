"""What jobs say in a worker: set up once, into each job's file and to the parent."""

import logging
import sys
from pathlib import Path
from typing import Any

from hydra.core.utils import configure_log
from omegaconf import DictConfig

from sweepkit.sweep.channel import Line
from sweepkit.sweep.jobs import JobConfig
from sweepkit.sweep.messages import Said


class ToParent(logging.Handler):
    """Hands records to the parent, which alone writes to the terminal."""

    def __init__(self, line: Line, level: int) -> None:
        super().__init__(level)
        self.line = line

    def emit(self, record: logging.LogRecord) -> None:
        """Send one record as text."""
        self.line.send(
            Said(
                number=self.line.number,
                logger=record.name,
                level=record.levelno,
                text=self.format(record),
                created=record.created,
            )
        )


class JobLogs:
    """Logging of a worker, as `hydra.job_logging` wants it.

    Hydra configures it anew for each job; here it is configured by the first job, and
    its files then follow the jobs' folders. A file appears with its first line.
    """

    def __init__(self, line: Line, whitelist: Any) -> None:
        self._line = line
        self._whitelist = whitelist
        self._files: dict[logging.FileHandler, Path] | None = None

    def turn_to(self, config: JobConfig) -> None:
        """Let what is logged from now on belong to this job."""
        folder = config.folder
        if self._files is None:
            folder.mkdir(parents=True, exist_ok=True)
            self._files = self._configure(config.whole.hydra, folder)
        for handler, name in self._files.items():
            handler.close()
            # Else a file opened to be overwritten could not be opened again.
            handler.mode = "a"
            handler.baseFilename = str(folder / name)

    def write_failure(self) -> None:
        """Write the current exception into the job's file; the parent tells it anyway.

        Must be called while the exception is handled.
        """
        record = logging.LogRecord(
            __name__, logging.ERROR, "", 0, "Job failed", (), sys.exc_info()
        )
        for handler in self._files or ():
            if handler.level <= record.levelno:
                handler.handle(record)

    def _configure(
        self, hydra: DictConfig, folder: Path
    ) -> dict[logging.FileHandler, Path]:
        configure_log(hydra.job_logging, hydra.verbose, self._whitelist)
        root = logging.getLogger()
        consoles = [handler for handler in root.handlers if _is_console(handler)]
        for handler in consoles:
            root.removeHandler(handler)
        level = min((one.level for one in consoles), default=logging.WARNING)
        root.addHandler(ToParent(self._line, level))
        logging.captureWarnings(True)
        files = [one for one in root.handlers if isinstance(one, logging.FileHandler)]
        return {
            handler: Path(handler.baseFilename).relative_to(folder)
            for handler in files
            if Path(handler.baseFilename).is_relative_to(folder)
        }


def _is_console(handler: logging.Handler) -> bool:
    return isinstance(handler, logging.StreamHandler) and handler.stream in (
        sys.stdout,
        sys.stderr,
    )


def repeat(said: Said) -> None:
    """Log in the parent what a worker has said, with the number of its job."""
    logger = logging.getLogger(said.logger)
    if logger.isEnabledFor(said.level):
        text = said.text if said.number is None else f"#{said.number} {said.text}"
        record = {
            "name": said.logger,
            "levelno": said.level,
            "levelname": logging.getLevelName(said.level),
            "msg": text,
            "created": said.created,
        }
        logger.handle(logging.makeLogRecord(record))

"""What a sweep's parent process and its workers say to each other."""

from dataclasses import dataclass

from hydra.core.utils import JobReturn

from sweepkit.errors import SweepkitError


class WorkersCannotStart(SweepkitError):
    """Workers end before they begin a job: repair what the message names."""


class TrialLost(SweepkitError):
    """A trial's worker died or took too long: the trial failed, others go on."""


@dataclass(frozen=True, slots=True)
class Job:
    """Parent to worker: run the task once.

    Attributes:
        number: Hydra's `job.num`, also the trial's number.
        overrides: Words that change the configuration for this job.
    """

    number: int
    overrides: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """Parent to worker: call a function that is no job.

    Attributes:
        number: Which of the calls it is.
        packed: The function and its arguments, from `calls.pack`.
    """

    number: int
    packed: bytes


@dataclass(frozen=True, slots=True)
class Returned:
    """Worker to parent: what came of a call.

    Attributes:
        number: Which of the calls it was.
        packed: What it returned or raised, for `calls.unpack`.
    """

    number: int
    packed: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """Parent to worker: whether the trial that has just reported shall end."""

    prune: bool


@dataclass(frozen=True, slots=True)
class Ready:
    """Worker to parent: set up, waiting for jobs."""


@dataclass(frozen=True, slots=True)
class Begun:
    """Worker to parent: this job has been taken up, from here on its death is mine."""

    number: int


@dataclass(frozen=True, slots=True)
class Unable:
    """Worker to parent: the task cannot be loaded.

    Attributes:
        cause: Why, in one line.
        details: The traceback.
    """

    cause: str
    details: str


@dataclass(frozen=True, slots=True)
class Said:
    """Worker to parent: a line for the log.

    Attributes:
        number: The job that said it; None between jobs.
        logger: Name of its logger.
        level: Its level as a number of `logging`.
        text: The formatted message.
        created: Seconds since 1970.
    """

    number: int | None
    logger: str
    level: int
    text: str
    created: float


@dataclass(frozen=True, slots=True)
class Report:
    """Worker to parent: a fold has ended; the worker waits for the answer.

    Attributes:
        number: The trial.
        step: Index of the fold, from 0.
        value: Objective after this fold.
    """

    number: int
    step: int
    value: float


@dataclass(frozen=True, slots=True)
class Finished:
    """A job has ended, well or not.

    Attributes:
        number: The job.
        job_return: What Hydra calls the result. `cfg` and `hydra_cfg` are None; both
            are in the job's folder.
        pid: Process that ran it.
        started_at: Seconds since 1970.
        seconds: Wall time, from taking up the job to the end of the task.
    """

    number: int
    job_return: JobReturn
    pid: int
    started_at: float
    seconds: float

"""Every error this package raises on purpose, one class per thing a person can do."""

from typing import ClassVar


class SweepkitError(Exception):
    """Base of all deliberate errors; catch this to tell a bug from a refusal.

    Attributes:
        exit_code: What a command that ends with this error returns to the shell.
    """

    exit_code: ClassVar[int] = 1


class Departure(SystemExit):
    """Carries a deliberate error past Hydra, which prints tracebacks of exceptions.

    Attributes:
        error: What is told to the person, by whoever started the command.
    """

    def __init__(self, error: SweepkitError) -> None:
        super().__init__(error.exit_code)
        self.error = error


class ConfigError(SweepkitError):
    """The YAML or an override is wrong: edit the config and run again."""

    exit_code = 2


class DataError(SweepkitError):
    """The table is unusable: fix the source, the schema, or the split."""

    exit_code = 2


class StoreError(SweepkitError):
    """A tracking store cannot be reached or read: start it or change its address."""

    exit_code = 4


class DiskError(SweepkitError):
    """A file cannot be written: free space or change the folder's permissions."""

    exit_code = 5


class NoTrialSucceeded(SweepkitError):
    """No trial of a sweep ended with a result: read the cause, mend it, run again."""

    exit_code = 3


class StudyLocked(SweepkitError):
    """Another process works on this study: wait for it, or name another study."""

    exit_code = 6


class RegistryError(SweepkitError):
    """A model version or alias is not where it should be: look at the registry."""

    exit_code = 2


class FitError(SweepkitError):
    """An estimator refuses its settings or the rows: change either."""

    exit_code = 2


class IntegrityError(SweepkitError):
    """A model's files are not what was published: train or publish it again."""

    exit_code = 2


class AddressError(SweepkitError):
    """The server may not or cannot listen there: change host, port or token."""

    exit_code = 2


class NotReproduced(SweepkitError):
    """A model made again differs from its record: read what differs."""

    exit_code = 7

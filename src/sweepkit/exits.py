"""How a command ends: one message for a person, one exit code for the shell."""

import logging
import os
import signal
import sys
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, NoReturn

from sweepkit.errors import ConfigError, Departure, SweepkitError
from sweepkit.interruption import hear_signals
from sweepkit.tracking.redact import find_secret, redact

Task = Callable[[Any], float | None]

EXIT_CONFIG = ConfigError.exit_code
_SIGNALS = 128
EXIT_INTERRUPTED = _SIGNALS + signal.SIGINT
_begun: set[str] = set()


def reports_errors(task: Task) -> Task:
    """Turn a deliberate error of a single job into its message and exit code.

    In a sweep the error goes on to the sweeper, which decides whether others may
    still run. Anything else is a bug and keeps its traceback.
    """

    @wraps(task)
    def reporting(cfg: Any) -> float | None:
        _begun.add(task.__name__)
        try:
            return task(cfg)
        except SweepkitError as error:
            if _is_multirun():
                raise
            raise Departure(error) from error

    return reporting


def run_command(
    main: Callable[[], Any], arguments: Sequence[str] | None = None
) -> None:
    """Run a Hydra main to its end and leave with the documented exit code.

    Args:
        main: Function decorated by `hydra.main`; it reads `sys.argv` itself.
        arguments: Words of the command line, for the check that none is a secret.

    Raises:
        SystemExit: With 2 where Hydra refuses the configuration, 130 after Ctrl-C,
            143 after SIGTERM, and otherwise what the task asked for.
    """
    hear_signals()
    try:
        refuse_secrets(sys.argv[1:] if arguments is None else arguments)
        main()
    except SweepkitError as error:
        _fail(error)
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        _leave_at_once(EXIT_INTERRUPTED)
    except Departure as departure:
        _fail(departure.error)
    except SystemExit as stop:
        # Hydra leaves with 1 both for a config it refuses and for a task that raised.
        if stop.code == 1 and not _begun:
            sys.exit(EXIT_CONFIG)
        if isinstance(stop.code, int) and stop.code > _SIGNALS:
            _leave_at_once(stop.code)
        raise


def refuse_secrets(arguments: Sequence[str]) -> None:
    """Refuse a password among the words typed: Hydra would save it under `outputs/`.

    Raises:
        ConfigError: If an argument holds a URL with a password, or a token.
    """
    for argument in arguments:
        if find_secret(argument):
            raise ConfigError(
                f"{redact(argument)!r} holds a password, and the command line is saved "
                f"with every run. Put the address into an environment variable and "
                f"type its name: {_name_variable(argument)}."
            )


def _name_variable(argument: str) -> str:
    key = argument.partition("=")[0]
    if key != "tracking.uri":
        return f"{key}='${{oc.env:NAME_OF_THE_VARIABLE}}'"
    return (
        "tracking.uri='${oc.env:MLFLOW_TRACKING_URI}', or leave user and password to "
        "MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD"
    )


def _fail(error: SweepkitError) -> NoReturn:
    print(f"{type(error).__name__}: {redact(str(error))}", file=sys.stderr)
    sys.exit(error.exit_code)


def _leave_at_once(code: int) -> NoReturn:
    # A thread within a fit cannot be stopped, and Python would wait for it to end.
    # Whatever had to be written was written on the way here.
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _is_multirun() -> bool:
    from hydra.core.hydra_config import HydraConfig
    from hydra.types import RunMode

    return HydraConfig.initialized() and HydraConfig.get().mode == RunMode.MULTIRUN

"""The pool's settings, checked before any process is started."""

from dataclasses import dataclass

from sweepkit.errors import ConfigError


@dataclass(frozen=True, slots=True)
class PoolSettings:
    """What is set under `hydra.launcher`.

    Attributes:
        n_workers: Number of processes.
        timeout_s: Longest time for a job; None is no limit.
        start_method: `forkserver` or `spawn`.
        preload: Modules that a fork server imports for all.
        warm_up: Function that a worker calls with the configuration of a job to come;
            None if there is nothing to prepare.
    """

    n_workers: int
    timeout_s: float | None = None
    start_method: str = "forkserver"
    preload: tuple[str, ...] = ()
    warm_up: str | None = None

    def check(self) -> None:
        """Refuse what makes no sense.

        Raises:
            ConfigError: Naming the key and what it may be.
        """
        if self.n_workers < 1:
            raise ConfigError(
                f"hydra.launcher.n_workers={self.n_workers}: at least 1 worker is "
                f"needed."
            )
        if self.timeout_s is not None and self.timeout_s <= 0:
            raise ConfigError(
                f"hydra.launcher.timeout_s={self.timeout_s}: give seconds above 0, or "
                f"null for no limit."
            )
        if self.start_method not in ("forkserver", "spawn"):
            raise ConfigError(
                f"hydra.launcher.start_method={self.start_method}: choose forkserver "
                f"or spawn."
            )

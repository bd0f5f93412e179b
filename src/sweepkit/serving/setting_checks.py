"""What the values of single settings may be, and what is said of others."""

from __future__ import annotations

from typing import Any, Literal, get_args

from sweepkit.errors import ConfigError

Notice = Literal["warn", "refuse", "ignore"]
AccessLog = Literal["text", "json", "off"]
_CHOICES = {
    "unknown_category": get_args(Notice),
    "extra_columns": get_args(Notice),
    "access_log": get_args(AccessLog),
}
# Keys and the smallest value each may have.
_AT_LEAST = {
    "port": 0,
    "workers": 1,
    "reload_every_s": 0.1,
    "max_bytes": 1,
    "max_rows": 1,
    "max_queue": 1,
    "batch_rows": 1,
    "header_timeout_s": 0.1,
    "body_timeout_s": 0.1,
    "predict_timeout_s": 0.1,
    "keep_alive_s": 0.1,
    "drain_s": 0.0,
}
_AT_MOST = {"port": 65_535, "workers": 256}


def check_values(settings: Any) -> None:
    """Check each value for itself.

    Args:
        settings: Has the keys of the node `serving` as attributes.

    Raises:
        ConfigError: If one is too small, too large, or none of those to choose from.
    """
    for key, least in _AT_LEAST.items():
        value = getattr(settings, key)
        if not value >= least:
            raise ConfigError(f"serving.{key} is {value}; it must be {least} or more.")
    for key, most in _AT_MOST.items():
        value = getattr(settings, key)
        if value > most:
            raise ConfigError(f"serving.{key} is {value}; it must be {most} or less.")
    for key, choices in _CHOICES.items():
        value = getattr(settings, key)
        if value not in choices:
            raise ConfigError(
                f"serving.{key} is {value!r}; it must be one of {', '.join(choices)}."
            )

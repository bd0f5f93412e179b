"""What a registered model may be called."""

from sweepkit.errors import ConfigError


def check_name(name: str) -> None:
    """Refuse a name that MLflow does not take.

    Raises:
        ConfigError: If it has a forbidden sign or none at all.
    """
    if not name.strip() or any(sign in name for sign in "/:%"):
        raise ConfigError(
            f"registry.model_name is {name!r}; give a name without `/`, `:` and `%`."
        )

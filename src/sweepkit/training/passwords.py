"""Keep passwords out of configurations and of what is recorded of them."""

from copy import deepcopy

from sweepkit.errors import ConfigError
from sweepkit.tracking import find_secret, redact
from sweepkit.training.settings import Settings, flatten

# Addresses that may come with a password out of the environment.
_ADDRESSES = ("tracking.uri", "data.url", "data.source.url")


def refuse_passwords(settings: Settings) -> None:
    """Refuse a password written into a YAML file, except in an address.

    Passwords belong into the environment; `tracking.uri` and `data.url` may name the
    variable with `${oc.env:...}` and are never recorded as they are.

    Raises:
        ConfigError: If a value holds a URL with a password, or a token.
    """
    # The shortest key first: others may only refer to it.
    for key, value in sorted(flatten(settings).items(), key=lambda item: len(item[0])):
        if key not in _ADDRESSES and isinstance(value, str) and find_secret(value):
            raise ConfigError(
                f"{key} holds a password. Put it into an environment variable and "
                f"write {key}: ${{oc.env:NAME_OF_THE_VARIABLE}}."
            )


def without_passwords(settings: Settings) -> Settings:
    """Return a copy fit to be recorded: no tracking address, no password in others."""
    kept = {key: value for key, value in settings.items() if key != "tracking"}
    kept = deepcopy(kept)
    for node in (kept.get("data", {}), kept.get("data", {}).get("source", {})):
        if isinstance(node, dict) and isinstance(node.get("url"), str):
            node["url"] = redact(node["url"])
    return kept

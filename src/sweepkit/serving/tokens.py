"""The bearer token: from a file or the settings, long enough, never shown."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from sweepkit.errors import AddressError
from sweepkit.serving.settings import ServerSettings

SHORTEST = 32


def with_token(settings: ServerSettings) -> ServerSettings:
    """Return the settings with the token in place, that of the file before all others.

    Raises:
        AddressError: If the file cannot be read, or the token is too short or cannot
            stand in a header.
    """
    token, where = settings.token, "SWEEPKIT_SERVING_TOKEN"
    if settings.token_file is not None:
        where = f"serving.token_file={settings.token_file}"
        token = _read(Path(settings.token_file).expanduser(), where)
    if token is None or (token == "" and settings.token_file is None):
        return replace(settings, token=None)
    _check(token, where)
    return replace(settings, token=token)


def _read(path: Path, where: str) -> str:
    try:
        return path.read_text(encoding="ascii").strip()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise AddressError(f"{where} cannot be read: {reason}.") from None
    except UnicodeDecodeError:
        raise AddressError(
            f"{where} holds more than plain letters, digits and signs (ASCII)."
        ) from None


def _check(token: str, where: str) -> None:
    if len(token) < SHORTEST:
        raise AddressError(
            f"The token of {where} has {len(token)} characters; it needs {SHORTEST} or "
            f"more: python -c 'import secrets; print(secrets.token_urlsafe(32))'"
        )
    if not (token.isascii() and token.isprintable() and " " not in token):
        raise AddressError(
            f"The token of {where} has a sign that no HTTP header can carry; use "
            f"letters, digits, `-` and `_`."
        )

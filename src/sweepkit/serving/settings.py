"""What may be set on the server: the node `serving` of the configuration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from ipaddress import ip_address
from typing import Any

from sweepkit.errors import ConfigError
from sweepkit.serving.setting_checks import AccessLog, Notice, check_values

ANY_HOST = "*"
LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")
_LISTS = ("allowed_hosts", "cors_origins", "trusted_types")


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSettings:
    """The node `serving`, checked.

    Attributes:
        host: Address to listen at; any but a loopback one needs a token.
        port: Its port; 0 lets the system choose.
        workers: Processes that share the port.
        alias: Alias whose version serves, watched for changes.
        version: One version that serves instead, and is not watched.
        reload_every_s: Seconds between two looks at the alias.
        max_bytes: Largest body of a request, also after unpacking.
        max_rows: Most rows of a request.
        max_queue: Requests that may wait for the model; more get 503.
        batch_rows: Rows scored at once when requests queue up; a request of more
            rows is scored beside the event loop.
        unknown_category: What to do with a category training did not see.
        extra_columns: What to do with a column the model does not take.
        token: Bearer token every request but those for health must carry.
        token_file: File that holds it.
        allowed_hosts: Values of the Host header that are served, without port; empty
            stands for the loopback names, or with a token for any; `*` is any.
        cors_origins: Origins whose pages may call from a browser.
        header_timeout_s: Seconds within which a request's head must be here.
        body_timeout_s: The same for its body.
        predict_timeout_s: Seconds a request may wait for its predictions.
        keep_alive_s: Seconds an idle connection stays open.
        drain_s: Seconds that requests in flight get when the server is told to stop.
        access_log: One line for each request as `text` or `json`, or `off`.
        tls_certificate: PEM file of the certificate; None serves plain HTTP.
        tls_key: PEM file of its key.
        folder: Where verified copies of models are kept.
        trusted_types: Types a model may be made of beyond this package's list.
    """

    host: str = "127.0.0.1"
    port: int = 5001
    workers: int = 1
    alias: str = "champion"
    version: str | None = None
    reload_every_s: float = 5.0
    max_bytes: int = 1_048_576
    max_rows: int = 10_000
    max_queue: int = 1_000
    batch_rows: int = 256
    unknown_category: Notice = "warn"
    extra_columns: Notice = "warn"
    token: str | None = field(default=None, repr=False)
    token_file: str | None = None
    allowed_hosts: tuple[str, ...] = ()
    cors_origins: tuple[str, ...] = ()
    header_timeout_s: float = 5.0
    body_timeout_s: float = 10.0
    predict_timeout_s: float = 30.0
    keep_alive_s: float = 75.0
    drain_s: float = 30.0
    access_log: AccessLog = "text"
    tls_certificate: str | None = None
    tls_key: str | None = None
    folder: str = "outputs/serving"
    trusted_types: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check_values(self)
        self._check_texts()

    def _check_texts(self) -> None:
        if not self.host.strip():
            raise ConfigError("serving.host is empty; name an address: 127.0.0.1.")
        if self.version is None and not self.alias.strip():
            raise ConfigError("serving.alias is empty; name one: champion.")
        if (self.tls_certificate is None) != (self.tls_key is None):
            raise ConfigError(
                "serving.tls_certificate and serving.tls_key go together: give the PEM "
                "files of both, or of none for plain HTTP."
            )

    @property
    def is_loopback(self) -> bool:
        """Whether only programs of this machine can reach the address."""
        if self.host.lower() == "localhost":
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def is_pinned(self) -> bool:
        """Whether one version serves, whatever becomes of the alias."""
        return self.version is not None

    @property
    def ref(self) -> str:
        """What the registry is asked for: a version's number or an alias."""
        return self.alias if self.version is None else self.version

    @property
    def hosts(self) -> tuple[str, ...]:
        """Values of the Host header that are served, in lower case; `*` is any."""
        if self.allowed_hosts:
            return tuple(host.lower().strip("[]") for host in self.allowed_hosts)
        # A page of somebody else's, which a Host check keeps out, has no token either.
        if self.token is not None:
            return (ANY_HOST,)
        return tuple(dict.fromkeys((*LOOPBACK_NAMES, self.host.lower())))

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values for JSON, the token too: never log this."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> ServerSettings:
        """Read what `to_dict` returned, or the node `serving` as plain values.

        Raises:
            ConfigError: If a value is not one the key can have.
        """
        lists = {key: tuple(values[key]) for key in _LISTS if key in values}
        return cls(**{**values, **lists})

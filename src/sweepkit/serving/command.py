"""What `python serve.py` does, from its settings to its end."""

from __future__ import annotations

import asyncio
import logging
import os
import ssl
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from sweepkit.errors import AddressError, ConfigError
from sweepkit.serving.address import bind, check_exposure, url_of
from sweepkit.serving.cache import Cache
from sweepkit.serving.greeting import write_greeting
from sweepkit.serving.logs import set_up_logs
from sweepkit.serving.messages import Loaded
from sweepkit.serving.metrics_folder import shared_metrics
from sweepkit.serving.registry_source import RegistrySource
from sweepkit.serving.settings import ServerSettings
from sweepkit.serving.supervisor import Supervisor
from sweepkit.serving.tokens import with_token
from sweepkit.tracking import Store

if TYPE_CHECKING:
    from sweepkit.registry.loading import VersionFacts


def serve(
    settings: ServerSettings,
    store: Store,
    model_name: str,
    environment: Mapping[str, str],
) -> None:
    """Serve a registered model until a signal ends it.

    Args:
        settings: The node `serving`.
        store: The store with the registry.
        model_name: Registered model.
        environment: Environment variables for the workers.

    Raises:
        AddressError: If the address cannot be had, or is open to others without a
            token.
        ConfigError: If the certificate cannot be read, or there is no store.
        RegistryError: If there is no version to begin with.
        StoreError: If the registry does not answer, nor is there a local copy.
        IntegrityError: If the version cannot serve, nor is there one before it.
    """
    set_up_logs()
    settings = with_token(settings)
    check_exposure(settings)
    _check_certificate(settings)
    source = find_source(settings, store, model_name)
    # First of all: whoever waits for MLflow only to hear that the port is in use?
    listening = bind(settings.host, settings.port)
    url = url_of(listening, settings)

    def greet(facts: VersionFacts, report: Loaded) -> None:
        print(write_greeting(facts, report, url), flush=True)

    with shared_metrics(settings.workers, environment) as shared:
        supervisor = Supervisor(settings, listening, source, shared, greet)
        asyncio.run(supervisor.run())
    logging.getLogger(__name__).info("The server has ended.")


def print_examples(settings: ServerSettings, store: Store, model_name: str) -> None:
    """Print ready calls for the model that would serve; see `show_examples`."""
    text = show_examples(settings, store, model_name)
    try:
        print(text, flush=True)
    except BrokenPipeError:
        # As with `| head`: who reads has read enough. Python flushes once more at the
        # end, which must not fail either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def show_examples(settings: ServerSettings, store: Store, model_name: str) -> str:
    """Return ready calls for the model that would serve.

    Raises:
        RegistryError: If there is no version.
        StoreError: If the registry does not answer.
        IntegrityError: If the version's files are not what was published.
    """
    from sweepkit.serving.examples import write_examples
    from sweepkit.serving.model_profile import read_profile

    source = find_source(settings, store, model_name)
    profile = read_profile(source.fetch(source.find()))
    scheme = "http" if settings.tls_certificate is None else "https"
    url = f"{scheme}://{settings.host}:{settings.port}"
    return write_examples(profile, model_name, url)


def find_source(
    settings: ServerSettings, store: Store, model_name: str
) -> RegistrySource:
    """Return what is asked for versions; nothing is asked yet.

    Raises:
        ConfigError: If the settings name no store.
    """
    if store.uri is None:
        raise ConfigError(
            "tracking.uri is null: with tracking=off there is no registry to serve "
            "from. Take tracking=local or tracking=server."
        )
    cache = Cache(Path(settings.folder), model_name)
    return RegistrySource(
        store.absolute(), model_name, settings.ref, cache, settings.trusted_types
    )


def _check_certificate(settings: ServerSettings) -> None:
    if settings.tls_certificate is None or settings.tls_key is None:
        return
    try:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(settings.tls_certificate, settings.tls_key, "")
    except OSError as error:  # ssl.SSLError is one
        raise AddressError(
            f"serving.tls_certificate={settings.tls_certificate} "
            f"serving.tls_key={settings.tls_key} cannot be used "
            f"({error.strerror or error}); give a PEM certificate and its PEM key "
            f"without a passphrase."
        ) from None

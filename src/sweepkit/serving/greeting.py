"""What a person reads on the terminal once the server answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sweepkit.serving.messages import Loaded

if TYPE_CHECKING:
    from sweepkit.registry.loading import VersionFacts


def write_greeting(facts: VersionFacts, report: Loaded, url: str) -> str:
    """Return a few lines: where, what, how to try it, how to end it."""
    aliases = f" ({', '.join(facts.aliases)})" if facts.aliases else ""
    return "\n".join(
        [
            f"{facts.model_name} version {facts.version}{aliases} answers at {url}",
            f"  predicts by  {report.form}",
            f"  checked      {report.agreement}",
            "  try it       open the address in a browser, or: python serve.py "
            "--examples",
            "  stop         Ctrl-C; requests in flight are answered first",
        ]
    )

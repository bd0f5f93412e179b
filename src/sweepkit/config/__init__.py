"""The shape of the configuration: what may be set, and of which type."""

from sweepkit.config.resolvers import register_resolvers
from sweepkit.config.schema import register_schemas

__all__ = ["register"]


def register() -> None:
    """Make types and resolvers known to Hydra; call before `hydra.main` runs."""
    register_schemas()
    register_resolvers()

"""The shape of the configuration: what may be set, and of which type."""

from sweepkit.config.packaged import register_packaged_conf
from sweepkit.config.resolvers import register_resolvers
from sweepkit.config.schema import register_schemas
from sweepkit.config.serve_schema import register_serve_schema

__all__ = ["TRUSTED", "register"]

# What a `_target_` may name unless somebody adds to it. Hydra 1.5 will require a list.
TRUSTED = ("sweepkit.*", "sklearn.*", "lightgbm.*")


def register() -> None:
    """Tell Hydra of types, resolvers and files; call before `hydra.main` runs."""
    register_schemas()
    register_serve_schema()
    register_resolvers()
    register_packaged_conf()

"""Which package versions a run was made with."""

import platform
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, distributions, version

from sweepkit.errors import ConfigError


def describe_environment() -> str:
    """Return the versions of Python and of all packages, one `name==version` a line.

    Names and versions only: no paths, hosts or users, so that it may be shared.
    """
    packages = {
        dist.name.lower(): f"{dist.name}=={dist.version}"
        for dist in distributions()
        if dist.name
    }
    lines = [packages[name] for name in sorted(packages)]
    return "\n".join([f"python=={platform.python_version()}", *lines, ""])


def pin_requirements(names: Iterable[str]) -> list[str]:
    """Return `name==version` as installed here for each package, each of them once.

    Raises:
        ConfigError: If a package is not installed.
    """
    return [f"{name}=={_installed(name)}" for name in dict.fromkeys(names)]


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        raise ConfigError(
            f"model.requirements names {name!r}, which is not installed here; write "
            f"the name of a package alone, as pip knows it, or install it."
        ) from None

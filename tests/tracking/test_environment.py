import platform
import socket
from importlib.metadata import version

import pytest

from sweepkit.errors import ConfigError
from sweepkit.tracking.environment import describe_environment, pin_requirements


def test_the_environment_names_python_and_packages_only():
    """It is kept with a run that others read."""
    lines = describe_environment().splitlines()

    assert lines[0] == f"python=={platform.python_version()}"
    assert f"scikit-learn=={version('scikit-learn')}" in lines
    assert all(line.count("==") == 1 and "/" not in line for line in lines)
    assert socket.gethostname() not in lines


def test_requirements_are_exact_and_named_once():
    """A model restored by another version of its library may predict other values."""
    assert pin_requirements(["numpy", "pandas", "numpy"]) == [
        f"numpy=={version('numpy')}",
        f"pandas=={version('pandas')}",
    ]


def test_an_unknown_requirement_is_refused_by_its_key():
    """Found out before the model is saved, not when it is served."""
    with pytest.raises(ConfigError, match=r"model\.requirements names 'no-such-thing'"):
        pin_requirements(["no-such-thing"])

"""The text files beside a saved model: read as data, compared with what we write."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]

from sweepkit.errors import IntegrityError

MLMODEL = "MLmodel"
MAX_TEXT_BYTES = 8 * 2**20
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,100}")
_REQUIREMENT = re.compile(
    r"[A-Za-z0-9][\w.-]*(\[[\w,. -]+\])?\s*([=<>!~]=?=?\s*[\w.*+!-]+\s*,?\s*)*"
)
# Whatever else MLflow may act on is unknown to this list and refused by it.
_PYFUNC = {"env", "loader_module", "model_path", "predict_fn", "python_version"}
_SKLEARN = {
    *("code", "pickled_model", "serialization_format", "sklearn_version"),
    "skops_trusted_types",
}


def read_description(folder: Path) -> Mapping[str, Any]:
    """Return a model's `MLmodel` if it describes what this package saves.

    Raises:
        IntegrityError: If it would make MLflow load something else.
    """
    content = _read_yaml(folder / MLMODEL)
    flavors = content.get("flavors")
    if not isinstance(flavors, dict) or set(flavors) != {"python_function", "sklearn"}:
        raise _refusal("names other flavors than python_function and sklearn")
    pyfunc, sklearn = flavors["python_function"], flavors["sklearn"]
    if not isinstance(pyfunc, dict) or not isinstance(sklearn, dict):
        raise _refusal("describes its flavors by something else than a mapping")
    _check_pyfunc(pyfunc)
    _check_sklearn(sklearn)
    if pyfunc.get("model_path") != sklearn["pickled_model"]:
        raise _refusal("names two different model files")
    return content


def model_file(description: Mapping[str, Any]) -> str:
    """Return the name of the skops file that a checked `MLmodel` names."""
    return str(description["flavors"]["sklearn"]["pickled_model"])


def _check_pyfunc(flavor: Mapping[str, Any]) -> None:
    loader = flavor.get("loader_module")
    if loader != "mlflow.sklearn":
        raise _refusal(f"wants loader_module {loader!r}, which would run")
    if flavor.get("code"):
        raise _refusal("brings code of its own")
    _refuse_others(flavor, _PYFUNC)
    if flavor.get("predict_fn", "predict") != "predict":
        raise _refusal(f"wants to be asked by {flavor['predict_fn']!r}")


def _check_sklearn(flavor: Mapping[str, Any]) -> None:
    form = flavor.get("serialization_format")
    if form != "skops":
        raise _refusal(
            f"says that it is not saved by skops but as {form}, which may run any code "
            f"when loaded"
        )
    if flavor.get("code"):
        raise _refusal("brings code of its own")
    _refuse_others(flavor, _SKLEARN)
    name = flavor.get("pickled_model")
    if not isinstance(name, str) or not _PLAIN_NAME.fullmatch(name):
        raise _refusal(f"names the model file {name!r}, which leaves the folder")


def _refuse_others(flavor: Mapping[str, Any], known: set[str]) -> None:
    others = sorted(str(key) for key in set(flavor) - known)
    if others:
        raise _refusal(f"has entries that this package never writes: {others}")


def check_environment(folder: Path) -> None:
    """Refuse requirements that install from anywhere but a package's name.

    Raises:
        IntegrityError: If a line is more than a name and versions.
    """
    path = folder / "requirements.txt"
    lines = _read_text(path).splitlines() if path.exists() else []
    _check_requirements(path.name, (line.strip() for line in lines))
    for name in ("conda.yaml", "python_env.yaml"):
        path = folder / name
        if path.exists():
            content = _read_yaml(path)
            lists = (content.get(k) for k in ("dependencies", "build_dependencies"))
            _check_requirements(name, _flatten(lists))


def _check_requirements(file: str, lines: Iterable[str]) -> None:
    for line in lines:
        known = not line or line == "-r requirements.txt"
        if not known and not _REQUIREMENT.fullmatch(line):
            raise IntegrityError(
                f"The model's {file} wants {line!r}; only names and versions of "
                f"packages belong there. Train it again with this package."
            )


def _flatten(values: Iterable[Any]) -> Iterable[str]:
    for value in values:
        if isinstance(value, dict):
            yield from _flatten(value.values())
        elif isinstance(value, list):
            yield from _flatten(value)
        elif value is not None:
            yield str(value)


def _read_yaml(path: Path) -> Mapping[str, Any]:
    try:
        content = yaml.safe_load(_read_text(path))
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        words = " ".join(str(error).split())[:200]
        raise IntegrityError(
            f"The model's {path.name} cannot be read as plain data ({words})."
        ) from None
    if not isinstance(content, dict):
        raise IntegrityError(f"The model's {path.name} is not a mapping.")
    return content


def _read_text(path: Path) -> str:
    if path.stat().st_size > MAX_TEXT_BYTES:
        raise IntegrityError(f"The model's {path.name} is larger than 8 MiB.")
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise IntegrityError(f"The model's {path.name} is not text.") from None


def _refusal(found: str) -> IntegrityError:
    return IntegrityError(
        f"The model's MLmodel {found}. Nothing was loaded; train it again with this "
        f"package."
    )

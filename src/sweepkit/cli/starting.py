"""The command `init`: a folder of one's own that uses the installed package."""

import re
from collections.abc import Sequence
from pathlib import Path

from sweepkit.cli.printing import print_json
from sweepkit.config.packaged import find_packaged
from sweepkit.errors import ConfigError, DiskError

_SCRIPTS = ("train.py", "serve.py")
_TRUSTED = "TRUSTED = [*config.TRUSTED]"
_PATTERN = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*(\.\*)?")
_EXAMPLE = """\
# @package _global_
# Choices of this folder that go together. Change them, or copy this file for others:
#   python train.py experiment=first
# A file here is found before the package's own of the same name; all that there are:
#   python train.py --help
defaults:
  - override /model: linear
  - override /evaluation: kfold

evaluation:
  n_splits: 3
"""
_IGNORED = """\
# What commands write.
outputs/
mlflow.db*
__pycache__/
"""


def start_folder(folder: Path, trust: Sequence[str] = (), *, as_json: bool) -> None:
    """Write what an own folder needs, and nothing over what is there.

    Args:
        folder: It is made if need be.
        trust: Packages that its configuration may name, such as `my_package.*`.
        as_json: Whether to print JSON.

    Raises:
        ConfigError: If one of the files is there already, or a name is no package's.
        DiskError: If the folder cannot be written.
    """
    texts = compose_files(trust)
    taken = [name for name in texts if (folder / name).exists()]
    if taken:
        raise ConfigError(
            f"{folder} has {', '.join(taken)} already, and nothing is overwritten. "
            f"Name another folder, or move what is there."
        )
    try:
        for name, text in texts.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            # Never over a file that came to be in between.
            with path.open("x", encoding="utf-8") as file:
                file.write(text)
    except OSError as error:
        raise DiskError(
            f"{folder} cannot be written ({error.strerror or error}); name another "
            f"folder, or change its permissions."
        ) from None
    if as_json:
        print_json({"folder": str(folder.absolute()), "files": list(texts)})
    else:
        _print(folder, list(texts))


def compose_files(trust: Sequence[str] = ()) -> dict[str, str]:
    """Return the files of a new folder: path within it to text.

    Raises:
        ConfigError: If a pattern in `trust` names no package.
    """
    for pattern in trust:
        if not _PATTERN.fullmatch(pattern):
            raise ConfigError(
                f"--trust {pattern!r} names no package; write 'my_package.*', or the "
                f"path of one class."
            )
    scripts = {name: _read_script(name, trust) for name in _SCRIPTS}
    example = {"conf/experiment/first.yaml": _EXAMPLE, ".gitignore": _IGNORED}
    return scripts | example


def _read_script(name: str, trust: Sequence[str]) -> str:
    path = find_packaged(name)
    assert path is not None, f"{name} belongs to every installation"
    text = path.read_text(encoding="utf-8")
    assert text.count(_TRUSTED) == 1, f"{name} says once what is trusted"
    own = "".join(f', "{pattern}"' for pattern in trust)
    return text.replace(_TRUSTED, f"{_TRUSTED[:-1]}{own}]")


def _print(folder: Path, files: Sequence[str]) -> None:
    print(f"{folder} has {', '.join(files)}. Go on with")
    if folder.absolute() != Path.cwd():
        print(f"  cd {folder}")
    print("  python train.py experiment=first")
    print("  python train.py data=csv data.path=my.csv data.target=price")

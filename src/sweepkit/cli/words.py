"""The words that commands have in common, as Typer reads them."""

from pathlib import Path
from typing import Annotated

import typer

Words = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="OVERRIDE",
        help="Settings as train.py takes them, such as tracking=server.",
        show_default=False,
    ),
]


def check_version(version: str) -> str:
    """Refuse an override where a version belongs, which was forgotten then."""
    if "=" in version:
        raise typer.BadParameter(f"{version!r} is an override; a version comes first.")
    return version


Version = Annotated[
    str,
    typer.Argument(
        metavar="VERSION",
        help="A number, or an alias: champion.",
        callback=check_version,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
Conf = Annotated[
    Path, typer.Option("--conf", help="Folder of the configuration.", metavar="FOLDER")
]
Reason = Annotated[str, typer.Option("--reason", help="Why; kept in the history.")]
Trust = Annotated[
    list[str] | None,
    typer.Option(help="A package whose classes the config may name: 'xgboost.*'."),
]
CONF = Path("conf")

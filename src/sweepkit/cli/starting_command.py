"""The words of `sweepkit init`; what it does is imported when it is typed."""

from pathlib import Path
from typing import Annotated

import typer

from sweepkit.cli.words import AsJson

EPILOG = "Example: sweepkit init houses --trust 'my_package.*'"
Folder = Annotated[
    Path, typer.Argument(metavar="FOLDER", help="The folder; it may be there already.")
]
Trusted = Annotated[
    list[str] | None,
    typer.Option("--trust", help="A package of your own that YAML may name: 'mine.*'."),
]


def init(folder: Folder, trust: Trusted = None, as_json: AsJson = False) -> None:
    """Begin a folder of your own: train.py, serve.py, and a conf/ to add to."""
    from sweepkit.cli.starting import start_folder

    start_folder(folder, trust or (), as_json=as_json)

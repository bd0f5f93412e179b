"""The words of `sweepkit profile`; what it does is imported when it is typed."""

from pathlib import Path
from typing import Annotated

import typer

from sweepkit.cli.words import CONF, AsJson, Conf, Trust, Words

EPILOG = "Example: sweepkit profile data=csv data.path=houses.csv data.target=price"
Html = Annotated[
    Path | None,
    typer.Option("--html", help="A page to write, too.", metavar="FILE"),
]


def profile(
    words: Words = None,
    conf: Conf = CONF,
    html: Html = None,
    trust: Trust = None,
    as_json: AsJson = False,
) -> None:
    """Describe the table, and say what is wrong with it before time is spent."""
    from sweepkit.cli.profiling import profile_source

    profile_source(words or [], conf, html, trust or (), as_json=as_json)

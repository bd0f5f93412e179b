"""The words of the stages of dvc.yaml; what they do is imported when one is typed."""

from pathlib import Path
from typing import Annotated

import typer

from sweepkit.cli.words import CONF, AsJson, Conf, Trust, Words

Run = Annotated[
    Path,
    typer.Option("--run", help="The run.json that train.py wrote.", metavar="FILE"),
]
RUN = Path("outputs", "dvc", "train", "best", "run.json")


def prepare(
    words: Words = None,
    conf: Conf = CONF,
    output: Annotated[
        Path, typer.Option("--output", help="Folder of the files.", metavar="FOLDER")
    ] = Path("outputs", "dvc", "prepare"),
    trust: Trust = None,
    as_json: AsJson = False,
) -> None:
    """Check and split the table; write fingerprints, schema and profile."""
    from sweepkit.cli.stages import prepare_table

    prepare_table(words or [], conf, output, trust or (), as_json=as_json)


def evaluate(
    words: Words = None,
    conf: Conf = CONF,
    run: Run = RUN,
    output: Annotated[
        Path, typer.Option("--output", help="Folder of the files.", metavar="FOLDER")
    ] = Path("outputs", "dvc", "evaluate"),
    as_json: AsJson = False,
) -> None:
    """Write a recorded run's scores and the data of its figures, for dvc."""
    from sweepkit.cli.stages import evaluate_run

    evaluate_run(run, words or [], conf, output, as_json=as_json)


def register(
    words: Words = None,
    conf: Conf = CONF,
    run: Run = RUN,
    output: Annotated[
        Path, typer.Option("--output", help="A .json file to write.", metavar="FILE")
    ] = Path("outputs", "dvc", "register", "registered.json"),
    trust: Trust = None,
    as_json: AsJson = False,
) -> None:
    """Register a recorded run's model; the gate decides whether it is the champion."""
    from sweepkit.cli.stages import register_run

    register_run(run, words or [], conf, output, trust or (), as_json=as_json)

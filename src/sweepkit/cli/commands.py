"""The commands and their words; what they do is imported only when one is typed."""

from pathlib import Path
from typing import Annotated

import typer

from sweepkit.cli import profiling_command, stage_commands, starting_command
from sweepkit.cli.words import CONF, AsJson, Conf, Reason, Trust, Version, Words

app = typer.Typer(
    name="sweepkit",
    help="Look at registered models, change which one is live, rebuild and use them.",
    epilog="Exit codes: 0 done, 2 settings or data, 4 store, 5 disk, 7 differences.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.command(epilog="Example: sweepkit models tracking=server")
def models(words: Words = None, conf: Conf = CONF, as_json: AsJson = False) -> None:
    """List the versions of the registered model, newest first."""
    from sweepkit.cli.looking import list_models

    list_models(words or [], conf, as_json=as_json)


@app.command(epilog="Example: sweepkit show champion")
def show(
    version: Version, words: Words = None, conf: Conf = CONF, as_json: AsJson = False
) -> None:
    """Show one version: scores, decision, data, code, files."""
    from sweepkit.cli.looking import show_version

    show_version(version, words or [], conf, as_json=as_json)


@app.command(epilog="Example: sweepkit compare champion 7")
def compare(
    first: Version,
    second: Version,
    words: Words = None,
    conf: Conf = CONF,
    trust: Trust = None,
    as_json: AsJson = False,
) -> None:
    """Compare two versions: scores, settings, and whether chance explains the gap."""
    from sweepkit.cli.comparing import compare_versions

    compare_versions(first, second, words or [], conf, trust or (), as_json=as_json)


@app.command(epilog="Example: sweepkit promote 7 --reason 'agreed with sales'")
def promote(
    version: Version,
    words: Words = None,
    conf: Conf = CONF,
    force: Annotated[
        bool, typer.Option("--force", help="Promote even if the gate refuses.")
    ] = False,
    reason: Reason = "",
    trust: Trust = None,
    as_json: AsJson = False,
) -> None:
    """Make a version the champion, if the gate agrees."""
    from sweepkit.cli.changing import promote_version

    promote_version(
        *(version, words or [], conf),
        force=force,
        reason=reason,
        trust=trust or (),
        as_json=as_json,
    )


@app.command(epilog="Example: sweepkit rollback --reason 'complaints about 7'")
def rollback(
    words: Words = None,
    conf: Conf = CONF,
    reason: Reason = "",
    as_json: AsJson = False,
) -> None:
    """Make the champion before this one the champion again."""
    from sweepkit.cli.changing import roll_back_champion

    roll_back_champion(words or [], conf, reason=reason, as_json=as_json)


@app.command(epilog="Example: sweepkit history --json")
def history(words: Words = None, conf: Conf = CONF, as_json: AsJson = False) -> None:
    """Show every change of the champion: when, who, from, to, why."""
    from sweepkit.cli.looking import show_history

    show_history(words or [], conf, as_json=as_json)


@app.command(epilog="Example: sweepkit reproduce 7")
def reproduce(
    version: Version,
    words: Words = None,
    conf: Conf = CONF,
    trust: Trust = None,
    as_json: AsJson = False,
) -> None:
    """Train a version again from its record and say what differs."""
    from sweepkit.cli.reproducing import reproduce_version

    reproduce_version(version, words or [], conf, trust or [], as_json=as_json)


@app.command(epilog="Example: sweepkit doctor --fix")
def doctor(
    words: Words = None,
    conf: Conf = CONF,
    fix: Annotated[bool, typer.Option("--fix", help="Repair what is safe.")] = False,
    as_json: AsJson = False,
) -> None:
    """Check registry, runs, studies and databases for what should never be."""
    from sweepkit.cli.doctoring import examine

    examine(words or [], conf, fix=fix, as_json=as_json)


@app.command(
    epilog="Example: sweepkit predict --input rows.csv --output scored.parquet"
)
def predict(
    source: Annotated[Path, typer.Option("--input", help="A table: .csv or .parquet.")],
    target: Annotated[
        Path, typer.Option("--output", help="Where to write: .csv or .parquet.")
    ],
    words: Words = None,
    conf: Conf = CONF,
    version: Annotated[
        str | None,
        typer.Option(
            "--version", help="A number, or an alias; the champion unless given."
        ),
    ] = None,
    probabilities: Annotated[
        bool,
        typer.Option("--probabilities", help="Add a column for each class."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Score a table of any size with the champion; rows are checked like requests."""
    from sweepkit.cli.predicting import predict_table

    predict_table(
        *(source, target, version, words or [], conf),
        as_json=as_json,
        with_probabilities=probabilities,
    )


# In this order they are listed.
app.command(epilog=profiling_command.EPILOG)(profiling_command.profile)
app.command(epilog=starting_command.EPILOG)(starting_command.init)
app.command(epilog="Example: sweepkit prepare data=csv data.path=t.csv data.target=y")(
    stage_commands.prepare
)
app.command(epilog="Example: sweepkit evaluate --run outputs/dvc/train/best/run.json")(
    stage_commands.evaluate
)
app.command(epilog="Example: sweepkit register --run outputs/dvc/train/best/run.json")(
    stage_commands.register
)

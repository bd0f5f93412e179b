"""The command `sweepkit`: look at registered models, change, rebuild and use them."""


def main() -> None:
    """Run the command line; the words are read from `sys.argv`."""
    from sweepkit.cli.commands import app
    from sweepkit.exits import run_command

    run_command(app)

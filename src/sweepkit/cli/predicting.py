"""The command `predict`: score a table of any size with a registered version."""

import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from sweepkit.cli.chunks import check_input
from sweepkit.cli.place import Place, opened
from sweepkit.cli.printing import print_json
from sweepkit.cli.scored import check_output
from sweepkit.cli.scorer import Tally
from sweepkit.cli.scoring import score_file
from sweepkit.errors import ConfigError
from sweepkit.registry.facts import find_facts
from sweepkit.registry.loading import fetch_version
from sweepkit.serving.champion import Champion
from sweepkit.serving.loader import load_champion
from sweepkit.serving.settings import ServerSettings


def predict_table(
    source: Path,
    target: Path,
    ref: str | None,
    words: Sequence[str],
    conf: Path,
    *,
    as_json: bool,
    with_probabilities: bool = False,
) -> None:
    """Score the rows of one file into another, with all its columns and new ones.

    The configuration is that of `serve.py`: what a request may hold, a row may.

    Args:
        source: The table.
        target: The file to be written.
        ref: A version's number or alias; what `serving` says unless given.
        words: Overrides as `serve.py` takes them.
        conf: Folder of the configuration.
        as_json: Whether to print JSON.
        with_probabilities: Whether each class gets a column of its own.

    Raises:
        ConfigError: If the configuration or an option does not fit.
        DataError: If a row is not what the model takes; nothing is written then.
        RegistryError: If there is no such version.
        DiskError: If the output cannot be written.
    """
    check_input(source)
    check_output(target)
    if target.exists() and target.samefile(source):
        raise ConfigError(f"--output is --input, {source}; name another file.")
    with opened(words, conf, name="serve") as place:
        settings = _read_settings(place)
        champion = _load(place, ref or settings.version or settings.alias)
    tally = score_file(
        source, target, champion, settings, with_probabilities=with_probabilities
    )
    if as_json:
        print_json(
            {
                "model_name": champion.name,
                "version": champion.version,
                "rows": tally.rows,
                "unknown_categories": tally.strangers.total,
                "warnings": tally.strangers.notes(),
                "output": str(target),
            }
        )
    else:
        _print(tally, champion, target)


def _read_settings(place: Place) -> ServerSettings:
    named = {**place.settings["serving"]}
    named.pop("examples", None)  # a word to serve.py itself
    return ServerSettings.from_dict(named)


def _load(place: Place, ref: str) -> Champion:
    facts = find_facts(place.store, place.model_name, ref)
    trusted = place.trusted_types
    with TemporaryDirectory(prefix="sweepkit-") as name:
        folder = fetch_version(place.store, facts, Path(name), trusted)
        return load_champion(folder, facts.to_dict(), trusted).champion


def _print(tally: Tally, champion: Champion, target: Path) -> None:
    for note in tally.strangers.notes():
        print(f"note: {note}", file=sys.stderr)
    print(
        f"{tally.rows:,} rows scored by {champion.name} version {champion.version}: "
        f"{target}"
    )

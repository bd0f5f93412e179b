"""From the words of YAML files and the command line to the search space they mean."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sweepkit.errors import ConfigError
from sweepkit.sweep.entries import COMMAND_LINE
from sweepkit.sweep.parsing import key_of, parse, read_entry
from sweepkit.sweep.space import MODEL, SearchSpace
from sweepkit.sweep.spelling import spell

if TYPE_CHECKING:
    from hydra.core.override_parser.types import Override


def read_space(
    params: Mapping[str, Any],
    arguments: Sequence[str],
    spaces: Mapping[str, Mapping[str, Any]] | None = None,
) -> SearchSpace:
    """Read what a sweep searches and what all of its trials have in common.

    What is typed wins: a range replaces an entry of the same key, a value removes it
    from the search. Where models are searched, both concern every model with the key.

    Args:
        params: `hydra.sweeper.params`, key to range; null takes a key out.
        arguments: Overrides of the command line.
        spaces: `hydra.sweeper.spaces`, model to key to range, to search the model too.

    Raises:
        ConfigError: If an entry is no range, a model has no space, or nothing is left.
    """
    typed = [parse(words) for words in arguments]
    written = _parse_all(params, "hydra.sweeper.params")
    space = _merge(written, typed)
    if spaces:
        space = _with_models(spaces, written, typed)
    if not space.words:
        raise ConfigError(
            "There is nothing to search. Type a range, such as "
            "'model.estimator.learning_rate=interval(0.01,0.1)', or choose a model "
            "with a file in conf/search_space."
        )
    return space


def _parse_all(written: Mapping[str, Any], source: str) -> "list[tuple[Override, str]]":
    texts = {
        key: value if isinstance(value, str) else spell(value)
        for key, value in written.items()
        if value is not None
    }
    return [(parse(f"{key}={text}", source), source) for key, text in texts.items()]


def _merge(
    written: "Iterable[tuple[Override, str]]", typed: "Iterable[Override]"
) -> SearchSpace:
    """Return the space of one model: what is typed stands in for what is written."""
    typed = list(typed)
    keys = {key_of(override) for override in typed}
    kept = [(o, source) for o, source in written if key_of(o) not in keys]
    both = kept + [(override, COMMAND_LINE) for override in typed]
    ranges = [read_entry(o, source) for o, source in both if o.is_sweep_override()]
    fixed = (str(o.input_line) for o, _ in both if not o.is_sweep_override())
    return SearchSpace(entries={e.key: e for e in ranges}, fixed=tuple(fixed))


def _with_models(
    spaces: Mapping[str, Mapping[str, Any]],
    written: "list[tuple[Override, str]]",
    typed: "list[Override]",
) -> SearchSpace:
    """Return the space over models, each asked only for its own settings."""
    choice, models = _chosen_models(spaces, typed)
    own = {m: _parse_all(spaces[m], f"hydra.sweeper.spaces.{m}") for m in models}
    if choice is not None and not choice.is_sweep_override():
        return _merge([*written, *own[models[0]]], typed)
    known = {key_of(o) for entries in own.values() for o, _ in entries}
    theirs = [
        o for o in typed if key_of(o) in known or key_of(o).startswith(f"{MODEL}.")
    ]
    common = _merge(written, [o for o in typed if o not in [choice, *theirs]])
    each = {m: _merge(own[m], theirs) for m in models}
    return SearchSpace(
        entries=common.entries,
        models={m: space.entries for m, space in each.items()},
        fixed=common.fixed,
        fixed_for={m: space.fixed for m, space in each.items()},
    )


def _chosen_models(
    spaces: Mapping[str, Any], typed: "list[Override]"
) -> "tuple[Override | None, list[str]]":
    """Return what was typed for `model`, and the models that are meant."""
    choice = next((o for o in reversed(typed) if key_of(o) == MODEL), None)
    if choice is None:
        return None, list(spaces)
    values = (
        read_entry(choice).edges if choice.is_sweep_override() else [choice.value()]
    )
    for model in values:
        if model not in spaces:
            raise ConfigError(
                f"{MODEL}={spell(model)} has no space in this search, only "
                f"{', '.join(spaces)} have. Give it one with "
                f"'+search_space@hydra.sweeper.spaces.{model}={model}'."
            )
    return choice, [str(model) for model in values]

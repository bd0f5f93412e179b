"""Resolved settings kept for configurations that differ only in plain values.

Trials of a sweep differ in a handful of numbers on which no reference depends.
Resolving all references of a configuration takes 5 ms, setting these numbers into a
copy of what another one resolved to takes 1. Where that is not certain to be the same,
nothing is known here.
"""

import pickle
import re
from typing import Any, NamedTuple

from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig, ListConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from sweepkit.errors import Departure

Path = tuple[str | int, ...]
Raw = dict[Path, Any]

_PLAIN = (str, int, float, bool, type(None))
_INNERMOST = re.compile(r"\$\{([^${}]*)\}")
_NODE = re.compile(r"(\.*)([\w-]+(?:\.[\w-]+)*)")
# `${hydra:...}`, alone or beside text: a function of what it names and nothing else.
_OF_HYDRA = re.compile(r"(?:[^${}\\]|\$\{hydra:[\w.]+\})*")
_HYDRA = re.compile(r"\$\{hydra:([\w.]+)\}")
_UNKNOWN = "\0"
_KEPT_AT_ONCE = 16


class _Known(NamedTuple):
    """What a configuration resolved to.

    Attributes:
        plain: Values without references.
        needed: Paths that references lead to.
        asked: Values that are not made of the configuration alone, to be asked again.
        facts: Of `hydra`, likewise.
        settings: Pickled, which is the fastest way to copy them.
    """

    plain: Raw
    needed: tuple[tuple[str, ...], ...]
    asked: Raw
    facts: dict[str, Any]
    settings: bytes


class KnownSettings:
    """Remembers what configurations resolved to."""

    def __init__(self) -> None:
        self._known: dict[Any, _Known] = {}

    def find(self, cfg: DictConfig) -> dict[str, Any] | None:
        """Return a configuration's settings if they follow from known ones, or None."""
        raw = _read(cfg)
        known = None if raw is None else self._known.get(_shape(raw))
        if raw is None or known is None:
            return None
        changed = [
            path for path, value in known.plain.items() if _differ(raw[path], value)
        ]
        if any(_depends(need, path) for path in changed for need in known.needed):
            return None
        if not _is_still_so(cfg, known):
            return None
        settings: dict[str, Any] = pickle.loads(known.settings)
        for path in changed:
            _put(settings, path, raw[path])
        return settings

    def keep(self, cfg: DictConfig, resolved: Any, settings: Any) -> None:
        """Remember settings, if others can be certain to follow from them.

        Args:
            cfg: A whole configuration.
            resolved: Its values.
            settings: What `find` is to return in this case.
        """
        raw = _read(cfg)
        known = None if raw is None else _study(raw, resolved, settings)
        if raw is None or known is None:
            return
        while len(self._known) >= _KEPT_AT_ONCE:
            del self._known[next(iter(self._known))]
        self._known[_shape(raw)] = known


def _read(cfg: DictConfig) -> Raw | None:
    """Return every value as it is written, containers as `{` and `[`."""
    raw: Raw = {}
    is_known = cfg._get_parent() is None and _collect(cfg, (), raw)
    return raw if is_known else None


def _collect(node: Any, path: Path, raw: Raw) -> bool:
    value = node._value()
    items: Any
    if isinstance(node, DictConfig) and isinstance(value, dict):
        raw[path], items = dict, value.items()
    elif isinstance(node, ListConfig) and isinstance(value, list):
        raw[path], items = list, enumerate(value)
    else:
        raw[path] = value
        return type(value) in _PLAIN
    return all(
        type(key) in (str, int) and _collect(child, (*path, key), raw)
        for key, child in items
    )


def _is_plain(value: Any) -> bool:
    """Tell whether a value stands for itself."""
    if isinstance(value, str):
        return "${" not in value and "???" not in value
    return not isinstance(value, type)


def _shape(raw: Raw) -> tuple[Any, ...]:
    """Return what equal configurations have in common, but for plain values."""
    values = (None if _is_plain(value) else value for value in raw.values())
    return (*raw, *values)


def _study(raw: Raw, resolved: Any, settings: Any) -> _Known | None:
    plain = {path: value for path, value in raw.items() if _is_plain(value)}
    needed: set[tuple[str, ...]] = set()
    asked: Raw = {}
    facts: dict[str, Any] = {}
    for path, text in raw.items():
        if not isinstance(text, str) or path in plain:
            continue
        references = _trace(path, text, resolved)
        if references is None:
            return None
        needed |= references
        if _OF_HYDRA.fullmatch(text):
            facts |= {key: _ask_hydra(key) for key in _HYDRA.findall(text)}
        elif ":" in text:
            asked[path] = _get(resolved, path)
    if not all(type(value) in _PLAIN for value in (*asked.values(), *facts.values())):
        return None
    return _Known(plain, tuple(needed), asked, facts, pickle.dumps(settings))


def _trace(path: Path, text: str, resolved: Any) -> set[tuple[str, ...]] | None:
    """Return where a value's references lead, or None if that is not certain."""
    found = set()
    if "\\" in text or _UNKNOWN in text:
        return None
    while match := _INNERMOST.search(text):
        value: Any = _UNKNOWN
        if ":" not in match[1]:
            target = _follow(path, match[1])
            if target is None:
                return None
            found.add(target)
            try:
                value = _get(resolved, target)
            except (LookupError, TypeError, ValueError):
                return None
        is_name = type(value) in (str, int) and re.fullmatch(r"[\w-]+", str(value))
        text = text.replace(match[0], str(value) if is_name else _UNKNOWN, 1)
    return None if "${" in text else found


def _follow(path: Path, reference: str) -> tuple[str, ...] | None:
    node = _NODE.fullmatch(reference)
    if node is None or len(node[1]) > len(path):
        return None
    dots, names = len(node[1]), tuple(node[2].split("."))
    return (*map(str, path[:-dots]), *names) if dots else names


def _depends(need: tuple[str, ...], path: Path) -> bool:
    """Tell whether one of two paths leads through or to the other's end."""
    return all(one == str(other) for one, other in zip(need, path, strict=False))


def _is_still_so(cfg: DictConfig, known: _Known) -> bool:
    try:
        return not any(
            _differ(_ask_hydra(key), value) for key, value in known.facts.items()
        ) and not any(
            _differ(_get(cfg, path), value) for path, value in known.asked.items()
        )
    except (OmegaConfBaseException, Departure):
        return False  # which the whole way then explains


def _differ(one: Any, other: Any) -> bool:
    if type(one) is not type(other) or one != other:
        return True
    return one == 0 and str(one) != str(other)  # a negative zero


def _ask_hydra(key: str) -> Any:
    if not HydraConfig.initialized():
        return _UNKNOWN
    facts: Any = HydraConfig.get()
    return OmegaConf.select(facts, key)


def _get(values: Any, path: Path) -> Any:
    for key in path:
        values = values[int(key) if isinstance(values, list | ListConfig) else key]
    return values


def _put(settings: dict[str, Any], path: Path, value: Any) -> None:
    _get(settings, path[:-1])[path[-1]] = value

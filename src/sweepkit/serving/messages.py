"""What the supervisor and its workers say to each other: one JSON line a message."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class Begin:
    """To a worker, first of all: what it is.

    Attributes:
        settings: `ServerSettings.to_dict()`, with the token.
        number: Which of the workers, from 0.
    """

    KEY: ClassVar = ("do", "begin")
    settings: dict[str, Any]
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """To a worker: load this verified folder and answer with it from then on.

    Attributes:
        folder: Absolute path of the model's files.
        facts: `VersionFacts.to_dict()`.
    """

    KEY: ClassVar = ("do", "load")
    folder: str
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepare:
    """To a worker: load this verified folder, but answer with it only when told to.

    It served last, so that it will probably serve; only the registry can say so, and
    asking it takes as long as loading.
    """

    KEY: ClassVar = ("do", "prepare")
    folder: str
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """To a worker: whether the registry answers, and what to say if it does not."""

    KEY: ClassVar = ("do", "registry")
    reachable: bool
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reject:
    """To a worker: a version was refused, by the supervisor or another worker."""

    KEY: ClassVar = ("do", "reject")
    version: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Drain:
    """To a worker: accept nothing more, answer what is in flight, end."""

    KEY: ClassVar = ("do", "drain")


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """From a worker: this version answers now.

    Attributes:
        version: Its number.
        form: What predicts, in words.
        agreement: How it was compared with the pipeline, in words.
    """

    KEY: ClassVar = ("did", "loaded")
    version: str
    form: str = ""
    agreement: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """From a worker: this version cannot serve; the one before goes on."""

    KEY: ClassVar = ("did", "refused")
    version: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WantsCheck:
    """From a worker: somebody asked for a look at the registry."""

    KEY: ClassVar = ("did", "wants_check")


Order = Begin | Prepare | Load | Registry | Reject | Drain
Report = Loaded | Refused | WantsCheck
_KINDS: dict[tuple[str, str], type[Order | Report]] = {
    kind.KEY: kind
    for kind in (
        *(Begin, Prepare, Load, Registry, Reject, Drain),
        *(Loaded, Refused, WantsCheck),
    )
}


def encode(message: Order | Report) -> bytes:
    """Return a message as one line of UTF-8 JSON with its line end."""
    verb, name = message.KEY
    text = json.dumps({verb: name, **asdict(message)}, ensure_ascii=False)
    return text.encode() + b"\n"


def decode(line: bytes) -> Order | Report:
    """Return the message of a line.

    Raises:
        ValueError: If it is none; both ends come from one installation, so that this
            is a bug and not for a person to mend.
    """
    values = json.loads(line)
    verb = next((verb for verb in ("do", "did") if verb in values), "")
    kind = _KINDS.get((verb, str(values.pop(verb, ""))))
    if kind is None:
        raise ValueError(f"no such message: {line[:80]!r}")
    return kind(**values)

"""How fitted parts find the function that builds their plain form."""

import sys
from collections.abc import Callable
from typing import Generic, TypeVar

Builder = TypeVar("Builder", bound=Callable[..., object])


class NotPlain(Exception):
    """A fitted part has no plain form; caught by `build_predictor`, which falls back.

    It says which part and why, for `Predictor.reason`.
    """


class Plugs(Generic[Builder]):
    """Builders by the public name of the type whose fitted objects they take.

    Types are found by name among the modules already loaded: whoever loaded a pipeline
    has loaded theirs, and no other library is imported to compare with. A subclass is
    another type: it may override whatever its builder relies on.
    """

    def __init__(self) -> None:
        self._builders: dict[tuple[str, str], Builder] = {}

    def add(self, module: str, *names: str) -> Callable[[Builder], Builder]:
        """Register the decorated builder for types of a module."""

        def register(builder: Builder) -> Builder:
            self._builders.update(((module, name), builder) for name in names)
            return builder

        return register

    def find(self, fitted: object) -> Builder:
        """Return the builder for a fitted object.

        Raises:
            NotPlain: If nobody has registered one for exactly its type.
        """
        for (module, name), builder in self._builders.items():
            if type(fitted) is getattr(sys.modules.get(module), name, None):
                return builder
        raise NotPlain(f"{type(fitted).__qualname__} has no form on plain arrays")

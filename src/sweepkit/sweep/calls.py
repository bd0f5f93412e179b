"""Functions that a worker calls for its parent, besides its jobs."""

import pickle
import pkgutil
import traceback
from typing import Any

import cloudpickle


def call(name: str, *arguments: Any) -> Any:
    """Call a function named as `package.module:function`; imports its module."""
    return pkgutil.resolve_name(name)(*arguments)


def pack(name: str, *arguments: Any) -> bytes:
    """Pickle a call to be made elsewhere."""
    packed: bytes = cloudpickle.dumps((name, arguments), pickle.HIGHEST_PROTOCOL)
    return packed


def run(packed: bytes) -> bytes:
    """Make a call and pickle what it returns or raises."""
    try:
        name, arguments = pickle.loads(packed)
        return _pack_result(call(name, *arguments), None)
    except BaseException as error:  # noqa: BLE001 - the caller is to see whatever it is
        return _pack_error(error)


def unpack(packed: bytes) -> Any:
    """Return what a call has returned, or raise what it has raised."""
    value, error = pickle.loads(packed)
    if error is not None:
        raise error
    return value


def _pack_result(value: Any, error: BaseException | None) -> bytes:
    packed: bytes = cloudpickle.dumps((value, error), pickle.HIGHEST_PROTOCOL)
    return packed


def _pack_error(error: BaseException) -> bytes:
    error.add_note("In a worker:\n" + "".join(traceback.format_exception(error)))
    try:
        packed = _pack_result(None, error)
        pickle.loads(packed)
    except Exception:  # noqa: BLE001 - whatever an exception's class does when pickled
        return _pack_result(None, RuntimeError(f"{type(error).__name__}: {error}"))
    return packed

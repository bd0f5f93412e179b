"""Looking at the registry: each thing is told once, and nothing is missed."""

import queue
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from sweepkit.errors import IntegrityError, RegistryError, StoreError
from sweepkit.serving import watch as w


@dataclass
class Facts:
    version: str
    manifest: dict = field(default_factory=dict)


class Registry:
    """A source whose answers a test sets."""

    def __init__(self, version="1"):
        self.answer = Facts(version)
        self.files = None

    def find(self):
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def fetch(self, facts):
        if self.files is not None:
            raise self.files
        return Path("copies") / facts.version


@pytest.fixture
def registry():
    return Registry()


@pytest.fixture
def looker(registry):
    return w.Looker(registry)


def test_a_version_is_told_once(looker, registry):
    """Each telling costs a load of the model."""
    assert looker.look() == w.Found(registry.answer, Path("copies/1"))
    assert looker.look() == w.Same()


def test_an_alias_that_moves_is_told(looker, registry):
    """This is what hot reload hangs on."""
    looker.look()
    registry.answer = Facts("2")
    assert looker.look().facts.version == "2"


def test_a_new_manifest_of_the_same_version_is_told(looker, registry):
    """A version that was mended in place gets another chance."""
    looker.look()
    looker.refuse()
    registry.answer = Facts("1", {"model.skops": "ab"})
    assert isinstance(looker.look(), w.Found)


def test_a_refused_version_is_tried_again_only_when_asked(looker):
    """Every five seconds the same failure would fill the log and the processor."""
    looker.look()
    looker.refuse()
    assert looker.look() == w.Same()
    assert isinstance(looker.look(is_asked=True), w.Found)


def test_a_version_that_serves_is_not_loaded_again_when_asked(looker):
    """Who asks wants news."""
    looker.look()
    assert looker.look(is_asked=True) == w.Same()


def test_changed_files_are_told_once_and_tried_again_when_asked(looker, registry):
    """A download of a large bad model every five seconds helps nobody."""
    registry.files = IntegrityError("changed: model.skops")
    assert looker.look() == w.Unusable("1", registry.files)
    assert looker.look() == w.Same()
    registry.files = None
    assert isinstance(looker.look(is_asked=True), w.Found)


def test_a_registry_that_is_down_is_asked_again(looker, registry):
    """The version that came while it was down must not be lost."""
    registry.answer = StoreError("nobody listens there")
    assert looker.look() == w.Trouble(registry.answer)
    registry.answer = Facts("2")
    registry.files = StoreError("gone again, in mid-download")
    assert looker.look() == w.Trouble(registry.files)
    registry.files = None
    assert looker.look().facts.version == "2"


def test_an_alias_that_nobody_has_is_told_as_such(looker, registry):
    """This is not a registry that is down: waiting does not mend it."""
    registry.answer = RegistryError("no champion")
    assert looker.look() == w.Nothing(registry.answer)


def test_the_watch_looks_at_once_and_whenever_it_is_asked(looker, registry):
    """A webhook must not wait for the next turn; here there is none at all."""
    told = queue.Queue()
    watch = w.Watch(looker, told.put, every_s=None)
    watch.start()
    assert told.get(timeout=10).facts.version == "1"
    registry.answer = Facts("2")
    watch.check_now()
    assert told.get(timeout=10).facts.version == "2"


def test_the_watch_looks_again_by_itself(looker, registry):
    """Nobody need tell the server of a promotion."""
    told = queue.Queue()
    w.Watch(looker, told.put, every_s=0.01).start()
    told.get(timeout=10)
    registry.answer = Facts("2")
    while (news := told.get(timeout=10)) == w.Same():
        pass
    assert news.facts.version == "2"


def test_a_watch_that_ends_says_so(registry):
    """A bug in there must not look like a registry without news."""
    registry.answer = ZeroDivisionError("a bug")
    told = queue.Queue()
    with pytest.raises(ZeroDivisionError):
        w.Watch(w.Looker(registry), told.put, every_s=None).run()
    assert told.get(timeout=10) == w.Ended()

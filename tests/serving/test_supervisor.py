"""Who serves: each turn that versions, workers and the registry can take."""

import logging
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from sweepkit.errors import IntegrityError, RegistryError, StoreError, SweepkitError
from sweepkit.serving import messages as m
from sweepkit.serving import watch as w
from sweepkit.serving.cache import Cache
from sweepkit.serving.crew_events import Died, Said, Started
from sweepkit.serving.succession import MOST_DEATHS, Succession

DOWN = StoreError("nobody listens there")


@dataclass(frozen=True)
class Facts:
    version: str
    manifest: dict = field(default_factory=dict)

    def to_dict(self):
        return {"version": self.version, "manifest": self.manifest}


class Crew:
    """Workers that keep what they are told."""

    def __init__(self, *numbers):
        self.told = {number: [] for number in numbers}
        self.replaced = []

    @property
    def present(self):
        return sorted(self.told)

    def send(self, number, order):
        self.told[number].append(order)

    def send_all(self, order, *, but=None):
        for number in self.told:
            if number != but:
                self.send(number, order)

    def replace(self, number):
        self.replaced.append(number)

    def loads(self, number):
        return [o.facts["version"] for o in self.told[number] if isinstance(o, m.Load)]

    def last(self, number, kind):
        return next(o for o in reversed(self.told[number]) if isinstance(o, kind))


class Copies:
    """Local copies, of which a test spoils some."""

    ref = "champion"

    def __init__(self, folder):
        self.cache = Cache(folder, "prices")
        self.spoilt = set()

    def keep(self, version):
        self.cache.folder_of(version).mkdir(parents=True)
        self.cache.remember(self.ref, {"version": version, "manifest": {}})

    def recall(self, *, but=()):
        facts = self.cache.recall(self.ref, but=but)
        return None if facts is None else Facts(**facts)

    def find_copy(self):
        facts = self.cache.recall(self.ref)
        if facts is None or facts["version"] in self.spoilt:
            return None
        return self.cache.folder_of(facts["version"]), facts

    def verify(self, facts):
        if facts.version in self.spoilt:
            raise IntegrityError(f"version {facts.version} was changed")
        return self.cache.folder_of(facts.version)


class Lookout:
    def __init__(self):
        self.checks, self.refusals = [], 0

    def check_now(self, *, anew=False):
        self.checks.append(anew)

    def refuse(self):
        self.refusals += 1


class Scene:
    """A succession among fakes, with words for what happens to it."""

    def __init__(self, folder, workers):
        self.crew, self.copies = Crew(*range(workers)), Copies(folder)
        self.lookout, self.greeted = Lookout(), []
        self.succession = Succession(
            self.copies, self.crew, self.lookout, lambda f, _: self.greeted.append(f)
        )
        self.hear = self.succession.hear

    def find(self, version):
        self.hear(w.Found(Facts(version), Path("copies") / version))

    def load(self, version, number=0):
        self.hear(Said(number, m.Loaded(version=version)))

    def refuse(self, version, number=0):
        self.hear(Said(number, m.Refused(version=version, reason="it is bad")))

    def serve(self, version):
        self.find(version)
        self.load(version)

    @property
    def version(self):
        return self.succession.serving and self.succession.serving.facts.version


@pytest.fixture(params=[1, 2], ids=["one worker", "two workers"])
def scene(request, tmp_path):
    return Scene(tmp_path, request.param)


@pytest.fixture
def two(tmp_path):
    return Scene(tmp_path, 2)


def test_the_first_version_is_greeted_once_it_answers(scene):
    """What is printed must be true: somebody will call at once."""
    scene.find("1")
    assert (scene.version, scene.greeted) == (None, [])
    scene.load("1")
    assert (scene.version, scene.greeted) == ("1", [Facts("1")])
    scene.serve("2")
    assert len(scene.greeted) == 1


def test_one_worker_tries_a_version_before_the_others_hear_of_it(two):
    """A version that no worker can load must not stop them all."""
    two.serve("1")
    two.find("2")
    assert (two.crew.loads(0), two.crew.loads(1)) == (["1", "2"], ["1"])
    two.load("2")
    assert two.crew.loads(1) == ["1", "2"]


def test_a_bad_new_version_is_refused_and_the_old_one_goes_on(scene, caplog):
    """The reason a registry's mistake is not an outage."""
    scene.serve("1")
    scene.find("2")
    scene.refuse("2")
    assert (scene.version, scene.lookout.refusals) == ("1", 1)
    assert "Version 2 is refused, version 1 goes on" in caplog.text
    assert scene.copies.cache.recall("champion") is None or (
        scene.copies.cache.recall("champion")["version"] == "1"
    )


def test_all_workers_know_of_a_refused_version(two):
    """Whichever worker answers /ready, it tells the same."""
    two.serve("1")
    two.find("2")
    two.refuse("2")
    assert two.crew.last(1, m.Reject) == m.Reject(version="2", reason="it is bad")
    assert not any(isinstance(o, m.Reject) for o in two.crew.told[0])  # it said so
    two.hear(w.Unusable("3", IntegrityError("changed")))
    assert two.crew.last(0, m.Reject).version == "3"
    assert two.crew.last(1, m.Reject).version == "3"


def test_a_version_that_kills_its_worker_is_refused(scene):
    """A model that crashes in C code must not take one worker after another."""
    scene.serve("1")
    scene.find("2")
    scene.hear(Died(0, "SIGSEGV", 1))
    assert (scene.version, scene.lookout.refusals) == ("1", 1)
    scene.hear(Started(0))
    assert scene.crew.loads(0)[-1] == "1"
    assert "SIGSEGV" in scene.crew.last(0, m.Reject).reason


def test_a_replaced_worker_loads_what_serves(scene):
    """A killed worker costs its own requests and no more."""
    scene.copies.keep("1")
    scene.serve("1")
    scene.hear(Died(0, "SIGKILL", 1))
    before = len(scene.crew.loads(0))
    scene.hear(Started(0))
    assert scene.crew.loads(0)[before:] == ["1"]


def test_a_replaced_worker_never_loads_a_copy_that_was_changed(scene):
    """Files on a disk are not what they were verified to be an hour ago."""
    scene.serve("1")
    scene.copies.spoilt.add("1")
    before = len(scene.crew.loads(0))
    scene.hear(Started(0))
    assert scene.crew.loads(0)[before:] == []
    assert scene.lookout.checks == [True]


def test_a_worker_that_cannot_load_what_another_could_is_replaced(two):
    """Two workers that answer differently are worse than one."""
    two.serve("1")
    two.refuse("1", number=1)
    assert (two.version, two.crew.replaced) == ("1", [1])


def test_a_version_found_before_any_worker_is_there_is_offered_to_the_first(tmp_path):
    """The registry may be quicker than a process."""
    scene = Scene(tmp_path, 0)
    scene.find("1")
    scene.crew.told = {1: []}
    scene.hear(Started(1))
    assert scene.crew.loads(1) == ["1"]
    scene.load("1", number=1)
    assert scene.version == "1"


def test_the_version_that_served_last_is_prepared_but_does_not_serve(scene):
    """Loading takes as long as asking the registry, which alone may say who serves."""
    scene.copies.keep("4")
    scene.hear(Started(0))
    assert scene.crew.last(0, m.Prepare).facts["version"] == "4"
    assert (scene.version, scene.crew.loads(0)) == (None, [])


def test_without_a_champion_nothing_begins(scene):
    """There is nothing to wait for: somebody has to train first."""
    with pytest.raises(RegistryError, match="train"):
        scene.hear(w.Nothing(RegistryError("train first")))


def test_an_alias_that_is_taken_away_ends_nothing(scene):
    """Answering goes on; whoever took it away sees it in /ready."""
    scene.serve("1")
    scene.hear(w.Nothing(RegistryError("no champion")))
    assert scene.version == "1"
    assert scene.crew.last(0, m.Registry).message == "no champion"


def test_without_registry_the_version_that_served_last_begins(scene, caplog):
    """A restart in the middle of the night must not depend on another server."""
    scene.copies.keep("4")
    scene.hear(w.Trouble(DOWN))
    scene.load("4")
    assert scene.version == "4"
    assert "local copy of version 4" in caplog.text
    assert not scene.crew.last(0, m.Registry).reachable


def test_without_registry_and_copy_the_registrys_error_ends_it(scene):
    """Nothing to serve: say so at once rather than answer 503 for ever."""
    with pytest.raises(StoreError, match="nobody listens"):
        scene.hear(w.Trouble(DOWN))


def test_a_changed_local_copy_does_not_begin(scene):
    """The registry cannot vouch for it now, so its manifest must."""
    scene.copies.keep("4")
    scene.copies.spoilt.add("4")
    with pytest.raises(StoreError, match="nobody listens"):
        scene.hear(w.Trouble(DOWN))


def test_a_registry_that_goes_down_is_told_once_and_ends_nothing(scene, caplog):
    """Every five seconds the same line would bury all others."""
    caplog.set_level(logging.INFO)
    scene.serve("1")
    for _ in range(3):
        scene.hear(w.Trouble(DOWN))
    assert caplog.text.count("nobody listens") == 1
    scene.hear(w.Same())
    assert scene.crew.last(0, m.Registry) == m.Registry(reachable=True)
    assert "answers again" in caplog.text


def test_a_version_found_during_a_trial_waits_for_its_end(two):
    """Or what a worker says of the one would be taken for the other."""
    two.serve("1")
    for version in "234":
        two.find(version)
    assert two.crew.loads(0) == ["1", "2"]
    two.load("2")
    assert (two.version, two.crew.loads(0)) == ("2", ["1", "2", "4"])
    two.load("4")
    assert (two.version, two.crew.loads(1)) == ("4", ["1", "2", "4"])


def test_a_refused_trial_does_not_refuse_the_version_after_it(two):
    """The registry's mistake was mended while the workers still tried it."""
    two.serve("1")
    two.find("2")
    two.find("3")
    two.refuse("2")
    assert (two.version, two.lookout.refusals) == ("1", 0)
    two.load("3")
    assert two.version == "3"


def test_a_bad_first_version_gives_way_to_one_found_meanwhile(scene):
    """There is no need for an older copy, nor a reason to end."""
    scene.find("1")
    scene.find("2")
    scene.refuse("1")
    scene.load("2")
    assert scene.version == "2"


def test_a_bad_first_version_gives_way_to_the_one_that_served_last(scene):
    """A restart is no reason to be stricter than a reload."""
    scene.copies.keep("4")
    scene.hear(w.Unusable("5", IntegrityError("changed: model.skops")))
    scene.load("4")
    assert scene.version == "4"


@pytest.mark.parametrize("copies", [(), ("5",), ("4", "5")], ids=["none", "it", "two"])
def test_versions_that_all_fail_end_it_with_the_reason(tmp_path, copies):
    """Two bad versions must not be tried in turns for ever."""
    scene = Scene(tmp_path, 1)
    for version in copies:
        scene.copies.keep(version)
    scene.find("5")
    with pytest.raises(IntegrityError, match="it is bad"):
        for version in ("5", "4"):
            scene.refuse(version)


def test_workers_that_cannot_start_end_it(scene):
    """Three deaths in a row before the first answer will not get better."""
    for deaths in range(1, MOST_DEATHS):
        scene.hear(Died(0, "exit code 1", deaths))
    with pytest.raises(SweepkitError, match="Workers cannot start"):
        scene.hear(Died(0, "exit code 1", MOST_DEATHS))


def test_workers_that_die_later_never_end_it(scene):
    """What answered once will be brought back as often as it takes."""
    scene.serve("1")
    for deaths in range(1, MOST_DEATHS + 3):
        scene.hear(Died(0, "SIGKILL", deaths))
    assert scene.version == "1"


def test_a_request_for_a_look_reaches_the_watch(scene):
    """POST /reload is answered by a worker, which knows no registry."""
    scene.hear(Said(0, m.WantsCheck()))
    assert scene.lookout.checks == [False]


def test_a_watch_that_ended_is_told_to_everybody(scene):
    """A server that looks at nothing any more must not look healthy."""
    scene.serve("1")
    scene.hear(w.Ended())
    assert not scene.crew.last(0, m.Registry).reachable
    assert scene.version == "1"


def test_a_new_version_after_a_refused_one_clears_it(scene):
    """The fault that was mended must not be reported for ever."""
    scene.serve("1")
    scene.find("2")
    scene.refuse("2")
    scene.serve("3")
    scene.crew.told[0].clear()
    scene.hear(Started(0))
    assert not any(isinstance(order, m.Reject) for order in scene.crew.told[0])

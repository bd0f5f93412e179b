"""The pump: who begins when, and who waits for whom."""

from dataclasses import dataclass, field

from sweepkit.sweep.loop import Job, run_batches, run_trials
from sweepkit.sweep.messages import Finished, Report


@dataclass
class Trials:
    """Counts to `n` and keeps a log of what happened in which order."""

    n: int
    log: list = field(default_factory=list)
    running: set = field(default_factory=set)
    begun: int = 0
    owed: list = field(default_factory=list)
    is_over: bool = False

    @property
    def n_running(self):
        return len(self.running)

    def begin(self):
        if self.begun == self.n:
            return None
        number, self.begun = self.begun, self.begun + 1
        self.running.add(number)
        self.log.append(("begin", number))
        return Job(number, (f"x={number}",))

    def report(self, number, step, value):
        return value > 1

    @property
    def n_behind(self):
        return len(self.owed)

    def end(self, number, finished):
        self.running.remove(number)
        self.log.append(("end", number))
        self.owed.append(number)

    def rest_s(self):
        return 0.0 if self.owed else None

    def catch_up(self):
        if self.owed:
            self.log.append(("after", self.owed.pop(0)))

    def hurry(self):
        self.catch_up()
        self.catch_up()

    def finish(self):
        while self.owed:
            self.catch_up()


@dataclass
class Pool:
    """Workers whose jobs end in the order a script gives."""

    size: int
    script: list
    at_once: bool = False  # whether the next event comes before anyone can catch up
    busy: set = field(default_factory=set)
    most_busy: int = 0
    answers: list = field(default_factory=list)

    @property
    def idle(self):
        return self.size - len(self.busy)

    def submit(self, number, overrides):
        assert overrides == (f"x={number}",)
        self.busy.add(number)
        self.most_busy = max(self.most_busy, len(self.busy))

    def poll(self, timeout_s=None):
        if timeout_s == 0 and not self.at_once:
            return []
        event = self.script.pop(0)
        if isinstance(event, Finished):
            assert event.number in self.busy, "it was begun"
            self.busy.remove(event.number)
        return [event]

    def answer(self, number, *, prune):
        self.answers.append((number, prune))

    def dismiss_idle(self):
        assert self.busy, "the last worker stays"
        self.size = len(self.busy)


def finished(number):
    return Finished(number=number, job_return=None, pid=1, started_at=0.0, seconds=1.0)


def test_one_slow_trial_does_not_hold_up_the_others():
    """Trial 0 ends last of five; a batch of two would have waited for it."""
    pool = Pool(2, [finished(n) for n in (1, 2, 3, 4, 0)])

    run_trials(Trials(5), pool)

    assert pool.script == []
    assert pool.most_busy == 2


def test_a_worker_is_busy_again_before_anything_is_written():
    """Storage, display and record may wait; a core may not."""
    trials = Trials(3)

    run_trials(trials, Pool(1, [finished(0), finished(1), finished(2)]))

    log = trials.log
    assert log.index(("end", 0)) < log.index(("begin", 1)), "the sampler knows 0"
    assert log.index(("begin", 1)) < log.index(("after", 0)) < log.index(("end", 1))
    assert log[-1] == ("after", 2), "nobody is forgotten at the end"


def test_a_worker_that_waits_goes_before_what_is_owed():
    """Two that end at the same time are both busy again before the first is written."""
    trials = Trials(4)

    run_trials(trials, Pool(2, [finished(n) for n in range(4)], at_once=True))

    log = trials.log
    assert log.index(("begin", 3)) < log.index(("after", 0))


def test_the_record_does_not_fall_behind_without_end():
    """Where trials are quicker than their record, a kill must not cost all of them."""
    trials = Trials(40)

    run_trials(trials, Pool(1, [finished(n) for n in range(40)], at_once=True))

    owed = 0
    for event, _ in trials.log:
        owed += {"end": 1, "after": -1}.get(event, 0)
        assert owed <= 3


def test_reports_are_answered_with_the_pruners_verdict():
    """The worker waits for it after every fold."""
    script = [Report(0, 0, 0.5), Report(0, 1, 2.0), finished(0)]
    pool = Pool(1, script)

    run_trials(Trials(1), pool)

    assert pool.answers == [(0, False), (0, True)]


def test_batches_are_as_large_as_asked_and_lose_nobody():
    """Seven trials by three: 3, 3, 1."""
    sizes = []

    def launch(batch):
        sizes.append(len(batch))
        return [finished(job.number) for job in batch]

    trials = Trials(7)
    run_batches(trials, launch, 3)

    assert sizes == [3, 3, 1]
    assert [n for event, n in trials.log if event == "after"] == list(range(7))

"""The pump: who begins when, and who waits for whom."""

from dataclasses import dataclass, field

from sweepkit.sweep.loop import Job, run_batches, run_trials
from sweepkit.sweep.messages import Finished, Report
from sweepkit.sweep.outcome import Outcome, State


@dataclass
class Trials:
    """Counts to `n` and keeps a log of what happened in which order."""

    n: int
    log: list = field(default_factory=list)
    running: set = field(default_factory=set)
    begun: int = 0

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

    def keep(self, number):
        self.log.append(("keep", number))

    def report(self, number, step, value):
        return value > 1

    def end(self, number, finished):
        self.running.remove(number)
        self.log.append(("end", number))
        return Outcome(number=number, state=State.COMPLETE, params={})

    def after(self, outcome):
        self.log.append(("after", outcome.number))


@dataclass
class Pool:
    """Workers whose jobs end in the order a script gives."""

    size: int
    script: list
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
        event = self.script.pop(0)
        if isinstance(event, Finished):
            assert event.number in self.busy, "it was begun"
            self.busy.remove(event.number)
        return [event]

    def answer(self, number, *, prune):
        self.answers.append((number, prune))


def finished(number):
    return Finished(number=number, job_return=None, pid=1, started_at=0.0, seconds=1.0)


def test_one_slow_trial_does_not_hold_up_the_others():
    """Trial 0 ends last of five; a batch of two would have waited for it."""
    pool = Pool(2, [finished(n) for n in (1, 2, 3, 4, 0)])

    run_trials(Trials(5), pool)

    assert pool.script == []
    assert pool.most_busy == 2


def test_a_worker_is_busy_again_before_anything_is_logged():
    """The record may wait; a core may not."""
    trials = Trials(3)

    run_trials(trials, Pool(1, [finished(0), finished(1), finished(2)]))

    log = trials.log
    assert log.index(("begin", 1)) < log.index(("after", 0))
    assert log.index(("keep", 1)) < log.index(("after", 0))
    assert log.index(("end", 0)) < log.index(("begin", 1)), "the sampler knows 0"
    assert log[-1] == ("after", 2), "nobody is forgotten at the end"


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

"""Requests are scored in company without waiting for it, and none at another's cost."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from sweepkit.serving.batching import Batcher
from sweepkit.serving.scoring import ScoringFailed

WAIT_S = 10


def quickly(n_rows):
    return 0.0


def slowly(n_rows):
    return 1.0


class Model:
    """Doubles; remembers how many rows each call had and in which thread it was."""

    def __init__(self):
        self.calls = []
        self.threads = set()
        self.entered = threading.Event()
        self.go_on = threading.Event()
        self.go_on.set()

    def predict(self, rows):
        self.calls.append(len(rows))
        self.threads.add(threading.current_thread().name)
        self.entered.set()
        assert self.go_on.wait(WAIT_S)
        if any(row[0] < 0 for row in rows):
            raise ValueError("negative")
        return np.array([2.0 * row[0] for row in rows])


@pytest.fixture
def model():
    return Model()


@pytest.fixture
def executor():
    with ThreadPoolExecutor(1, thread_name_prefix="predict") as pool:
        yield pool


@pytest.fixture
def make_batcher(executor):
    def make(batch_rows=100, max_queue=100, timeout_s=WAIT_S):
        return Batcher(
            executor, batch_rows=batch_rows, max_queue=max_queue, timeout_s=timeout_s
        )

    return make


def table(*values):
    return [(float(value),) for value in values]


def score_all(batcher, predict, tables, estimate_s):
    async def scenario():
        scores = [batcher.score(predict, rows, estimate_s) for rows in tables]
        found = await asyncio.gather(*scores, return_exceptions=True)
        return [f if isinstance(f, Exception) else f.tolist() for f in found]

    return asyncio.run(scenario())


def test_quick_requests_of_one_turn_are_scored_in_one_call(make_batcher, model):
    """One call for sixteen connections costs little more than for one."""
    tables = [table(1), table(2, 3), table(4)]
    found = score_all(make_batcher(), model.predict, tables, quickly)
    assert found == [[2.0], [4.0, 6.0], [8.0]]
    assert model.calls == [4]
    assert model.threads == {"MainThread"}


def test_a_lone_request_is_scored_without_waiting_for_company(make_batcher, model):
    """There is no timer: the next two turns of the loop bring the answer."""
    batcher = make_batcher()

    async def scenario():
        asked = asyncio.ensure_future(batcher.score(model.predict, table(1), quickly))
        for _ in range(3):
            await asyncio.sleep(0)
        return asked.done()

    assert asyncio.run(scenario())


@pytest.mark.parametrize("pace", [quickly, slowly], ids=["quick", "slow"])
def test_rows_that_must_be_alone_are_never_merged(make_batcher, model, pace):
    """A linear model's last bit depends on the rows beside; answers must not."""
    batcher = make_batcher()

    async def scenario():
        scores = [
            batcher.score(model.predict, table(i, i), pace, alone=True)
            for i in (1, 2, 3)
        ]
        return [found.tolist() for found in await asyncio.gather(*scores)]

    assert asyncio.run(scenario()) == [[2.0, 2.0], [4.0, 4.0], [6.0, 6.0]]
    assert model.calls == [2, 2, 2]


def test_slow_requests_gather_while_a_call_runs(make_batcher, model):
    """The first goes at once, alone; those that came meanwhile go together."""
    batcher = make_batcher()
    model.go_on.clear()

    async def scenario():
        first = asyncio.ensure_future(batcher.score(model.predict, table(1), slowly))
        await asyncio.to_thread(model.entered.wait, WAIT_S)
        rest = [batcher.score(model.predict, table(i), slowly) for i in (2, 3, 4)]
        rest = [asyncio.ensure_future(one) for one in rest]
        await asyncio.sleep(0)
        model.go_on.set()
        return [f.tolist() for f in await asyncio.gather(first, *rest)]

    assert asyncio.run(scenario()) == [[2.0], [4.0], [6.0], [8.0]]
    assert model.calls == [1, 3]
    assert all(name.startswith("predict") for name in model.threads)


def test_quick_requests_pass_a_long_call(make_batcher, model):
    """Ten thousand rows of one caller must not hold up one row of another."""
    batcher = make_batcher()
    model.go_on.clear()
    other = Model()

    async def scenario():
        long = asyncio.ensure_future(batcher.score(model.predict, table(1), slowly))
        await asyncio.to_thread(model.entered.wait, WAIT_S)
        quick = await batcher.score(other.predict, table(5), quickly)
        was_running = not long.done()
        model.go_on.set()
        await long
        return was_running, quick.tolist()

    assert asyncio.run(scenario()) == (True, [10.0])


@pytest.mark.parametrize(
    "estimate_s", [quickly, slowly], ids=["on the loop", "in a thread"]
)
def test_a_call_has_at_most_so_many_rows(make_batcher, model, estimate_s):
    """What is scored together waits together."""
    tables = [table(*range(3)) for _ in range(5)]
    found = score_all(make_batcher(batch_rows=7), model.predict, tables, estimate_s)
    assert found == [[0.0, 2.0, 4.0]] * 5
    assert max(model.calls) <= 7 and sum(model.calls) == 15


def test_a_call_on_the_loop_is_never_a_long_one(make_batcher, model):
    """Each request alone is quick; all of them together would stop the loop."""
    tables = [table(i) for i in range(40)]
    found = score_all(make_batcher(), model.predict, tables, lambda n: 0.001 * n)
    assert found == [[2.0 * i] for i in range(40)]
    assert max(model.calls) <= 5
    assert model.threads == {"MainThread"}


def test_a_request_of_more_rows_is_scored_beside_the_loop(make_batcher, model):
    """However quick the model, ten thousand rows are not."""
    rows = table(*range(50))
    score_all(make_batcher(batch_rows=7), model.predict, [rows], quickly)
    assert model.calls == [50]
    assert all(name.startswith("predict") for name in model.threads)


@pytest.mark.parametrize(
    "estimate_s", [quickly, slowly], ids=["on the loop", "in a thread"]
)
def test_a_failing_request_fails_alone(make_batcher, model, estimate_s):
    """Its company gets its own predictions all the same."""
    tables = [table(1), table(-1), table(2)]
    found = score_all(make_batcher(), model.predict, tables, estimate_s)
    assert (found[0], found[2]) == ([2.0], [4.0])
    assert isinstance(found[1], ScoringFailed)


@pytest.mark.parametrize(
    "estimate_s", [quickly, slowly], ids=["on the loop", "in a thread"]
)
def test_requests_of_two_models_are_never_scored_together(make_batcher, estimate_s):
    """During a swap the queue holds requests of both."""
    batcher = make_batcher()
    old, new = Model(), Model()

    async def scenario():
        models = [old, old, new, old]
        scores = [batcher.score(m.predict, table(1), estimate_s) for m in models]
        await asyncio.gather(*scores)

    asyncio.run(scenario())
    assert (sum(old.calls), new.calls) == (3, [1])


def test_who_waits_too_long_is_told(make_batcher, model):
    """The running one and those behind it: the thread cannot be stopped."""
    batcher = make_batcher(timeout_s=0.05)
    model.go_on.clear()
    tables = [table(1), table(2)]
    found = score_all(batcher, model.predict, tables, slowly)
    model.go_on.set()
    assert [type(error) for error in found] == [TimeoutError, TimeoutError]


def test_after_a_time_out_the_lane_goes_on(make_batcher, model):
    """One slow call must not be the end of all others."""
    batcher = make_batcher(timeout_s=0.05)
    model.go_on.clear()

    async def scenario():
        with pytest.raises(TimeoutError):
            await batcher.score(model.predict, table(1), slowly)
        batcher._timeout_s = WAIT_S
        model.go_on.set()
        return (await batcher.score(model.predict, table(2), slowly)).tolist()

    assert asyncio.run(scenario()) == [4.0]


def test_the_queue_counts_rows_and_empties(make_batcher, model):
    """Ten thousand rows take the place of many requests of one row."""
    batcher = make_batcher(batch_rows=10, max_queue=5)
    model.go_on.clear()

    async def scenario():
        one = asyncio.ensure_future(batcher.score(model.predict, table(1), slowly))
        await asyncio.sleep(0)
        full = [batcher.is_full]
        many = table(*range(40))
        two = asyncio.ensure_future(batcher.score(model.predict, many, slowly))
        await asyncio.sleep(0)
        full.append(batcher.is_full)
        model.go_on.set()
        await asyncio.gather(one, two)
        return full

    assert asyncio.run(scenario()) == [False, True]
    assert batcher.waiting == 0


def test_a_request_given_up_by_its_caller_is_not_scored(make_batcher, model):
    """Its connection is gone; its rows would delay others."""
    batcher = make_batcher()
    model.go_on.clear()

    async def scenario():
        first = asyncio.ensure_future(batcher.score(model.predict, table(1), slowly))
        await asyncio.to_thread(model.entered.wait, WAIT_S)
        gone = asyncio.ensure_future(batcher.score(model.predict, table(2), slowly))
        stays = asyncio.ensure_future(batcher.score(model.predict, table(3), slowly))
        await asyncio.sleep(0)
        gone.cancel()
        await asyncio.sleep(0)
        model.go_on.set()
        return [f.tolist() for f in await asyncio.gather(first, stays)]

    assert asyncio.run(scenario()) == [[2.0], [6.0]]
    assert model.calls == [1, 1] and batcher.waiting == 0

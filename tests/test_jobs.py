import threading
import time

import pytest

from musicdesk.jobs import Cancelled, Job, Progress


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_progress_tells_rate_and_time_to_go():
    step = Progress("Listening", done=30, total=120, elapsed_s=60.0)
    assert step.per_minute == 30
    assert step.eta_s == 180


def test_nothing_is_foretold_before_the_first_item():
    assert Progress("x", 0, 10, 0.0).eta_s is None
    assert Progress("x", 5, None, 3.0).eta_s is None
    assert Progress("x", 0, 10, 0.0).per_minute == 0


def test_every_item_is_counted_and_the_last_is_always_told():
    told: list[Progress] = []
    clock = Clock()
    job = Job(told.append, clock=clock)
    for _ in job.each(range(1000), text="Counting"):
        clock.now += 0.001
    assert told[-1].done == told[-1].total == 1000
    assert len(told) < 20  # at most ten a second


def test_cancel_stops_the_next_item():
    job = Job()
    seen = []
    with pytest.raises(Cancelled):
        for item in job.each(range(10), text="x"):
            seen.append(item)
            if item == 3:
                job.cancel()
    assert seen == [0, 1, 2, 3]


def test_a_paused_job_waits_and_goes_on():
    job = Job()
    job.pause()
    done = threading.Event()

    def work() -> None:
        job.check()
        done.set()

    thread = threading.Thread(target=work)
    thread.start()
    assert not done.wait(0.1)
    job.resume()
    assert done.wait(5)
    thread.join()


def test_a_paused_job_can_be_cancelled():
    job = Job()
    job.pause()
    threading.Timer(0.05, job.cancel).start()
    with pytest.raises(Cancelled):
        job.check()


def test_time_spent_paused_does_not_count_as_work():
    told: list[Progress] = []
    job = Job(told.append)
    job.begin("x", total=1)
    job.pause()
    threading.Timer(0.3, job.resume).start()
    job.check()
    began = time.monotonic()
    job.advance()
    assert told[-1].elapsed_s < 0.2 + time.monotonic() - began

"""Workers may crash, hang, raise or vanish: their item is lost, nothing else is."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import chores
import pytest

from musicdesk.audio.worker import Crash, Pool, first_of
from musicdesk.errors import ModelUnavailable, UserFacing

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals")


def results(orders: list[tuple[str, int]], *, workers: int = 2, limit_s: float = 30.0) -> dict[tuple[str, int], object]:
    with Pool(chores.chore, workers=workers, limit_s=limit_s) as pool:
        return dict(pool.run(orders))


def test_every_item_comes_back_with_its_result() -> None:
    orders = [("square", n) for n in range(50)]
    assert results(orders) == {("square", n): n * n for n in range(50)}


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("segfault", "SIGSEGV"),
        ("exit", "exit code 3"),
        ("os exit", "exit code 4"),
        ("bug", "KeyError: 'no such key'"),
        ("unreadable", "“x.mp3” is empty (0 bytes)."),
    ],
)
def test_a_worker_that_goes_wrong_costs_its_own_item(word: str, told: str) -> None:
    got = results([("square", 1), (word, 0), ("square", 2), ("square", 3)], workers=1)
    crash = got.pop((word, 0))
    assert isinstance(crash, Crash)
    assert told in crash.reason
    assert got == {("square", 1): 1, ("square", 2): 4, ("square", 3): 9}


@pytest.mark.parametrize("word", ["hang", "hang in C"])
def test_a_worker_that_hangs_is_stopped_after_its_time(word: str) -> None:
    got = results([(word, 0), ("square", 2), ("square", 3)], workers=1, limit_s=1.0)
    assert got.pop((word, 0)) == Crash("It took longer than 1 seconds and was stopped.")
    assert got == {("square", 2): 4, ("square", 3): 9}


def test_what_a_worker_prints_does_not_get_between_the_answers() -> None:
    assert results([("print", 5)]) == {("print", 5): 25}


def test_a_result_that_cannot_be_sent_is_told() -> None:
    with Pool(chores.unsendable, workers=1, limit_s=30) as pool:
        ((_, crash),) = pool.run([1])
    assert isinstance(crash, Crash)
    assert "cannot be sent" in crash.reason


def test_memory_is_bounded_by_what_an_item_takes_beyond_the_worker_itself() -> None:
    with Pool(chores.greedy, workers=1, start=chores.hold, start_args=(700,), limit_s=30, memory_mb=500) as pool:
        got = dict(pool.run([10, 4000, 300]))
    assert got == {10: 10 * 2**20, 4000: Crash("It needs more memory than a worker may use."), 300: 300 * 2**20}


def test_a_worker_that_has_grown_is_replaced() -> None:
    # far enough within the bound for what else a process reserves: a new thread's heap takes 128 MB of addresses
    with Pool(chores.grow, workers=1, limit_s=30, memory_mb=600) as pool:
        pids = [pid for _, pid in pool.run([110] * 6)]
    assert [pids.index(pid) for pid in pids] == [0, 0, 0, 3, 3, 3]


def test_a_paced_worker_rests_after_work() -> None:
    with Pool(chores.moments, workers=1, limit_s=30, pace=0.25) as pool:
        _, *spans = [span for _, span in pool.run([0.1, 0.1, 0.1, 0.1])]  # the first may have begun before it was known
    for (began, ended), (following, _) in pairwise(spans):  # type: ignore[arg-type]
        assert following - ended >= 3 * (ended - began) * 0.99


def test_a_rest_does_not_delay_what_ends_the_run() -> None:
    checks = 0

    def check() -> None:
        nonlocal checks
        checks += 1
        if checks > 5:
            raise KeyboardInterrupt

    with Pool(chores.moments, workers=1, limit_s=30, pace=0.001) as pool, pytest.raises(KeyboardInterrupt):
        list(pool.run([1.0, 1.0], check))  # a rest of more than a minute would be due


def test_while_a_check_waits_no_item_is_begun_and_none_is_lost() -> None:
    begun: list[int] = []

    def orders() -> Iterator[tuple[str, int]]:
        for number in range(6):
            begun.append(number)
            yield "square", number

    seen: list[int] = []

    def check() -> None:
        if len(begun) == 4 and not seen:
            time.sleep(1.5)  # longer than an item may take: what is done by then counts
            seen.append(len(begun))

    with Pool(chores.chore, workers=2, limit_s=1.0) as pool:
        got = dict(pool.run(orders(), check))
    assert seen == [4]
    assert got == {("square", n): n * n for n in range(6)}


def test_pools_beside_each_other_make_a_pipeline() -> None:
    squares = Pool(chores.chore, workers=2, limit_s=30)
    spans = Pool(chores.moments, workers=1, limit_s=30, beside=squares)
    with squares, spans:
        squares.give(("square", 3))
        spans.give(0.01)
        squares.give(("segfault", 0))
        done = {}
        while len(done) < 3:
            if finished := first_of([squares, spans], 0.2):
                done[finished.item] = (finished.pool, finished.result)
    assert done["square", 3] == (squares, 9)
    assert done[0.01][0] is spans
    assert isinstance(done["segfault", 0][1], Crash)


def test_a_fresh_worker_is_quiet_polite_and_light() -> None:
    with Pool(chores.surroundings, workers=1, start=chores.mark_started, start_args=("yes",), limit_s=30) as pool:
        ((_, seen),) = pool.run([0])
    assert isinstance(seen, dict)
    assert (seen["omp"], seen["started"], seen["heavy"]) == ("1", "yes", [])
    assert seen["nice"] == min(19, os.nice(0) + 10)
    assert seen["session"] != os.getsid(0)  # Ctrl-C goes to the terminal's session


def test_a_start_that_fails_says_its_own_sentence() -> None:
    with (
        Pool(chores.chore, workers=1, start=chores.no_model, start_args=("",), limit_s=30) as pool,
        pytest.raises(ModelUnavailable, match="musicdesk models install"),
    ):
        list(pool.run([("square", 1)]))


def test_a_worker_that_was_killed_while_it_started_gets_another_start(tmp_path: Path) -> None:
    with Pool(chores.chore, workers=1, start=chores.die_once, start_args=(str(tmp_path / "died"),), limit_s=30) as pool:
        assert list(pool.run([("square", 3)])) == [(("square", 3), 9)]
    assert (tmp_path / "died").exists()


def test_a_worker_that_dies_while_starting_is_no_endless_loop() -> None:
    with (
        Pool(chores.chore, workers=2, start=chores.die_at_once, start_args=("",), limit_s=30) as pool,
        pytest.raises(UserFacing, match="exit code 7"),
    ):
        list(pool.run([("square", 1), ("square", 2)]))


def test_items_are_taken_only_when_a_worker_is_free_and_a_run_may_stop_early() -> None:
    taken: list[int] = []

    def endless() -> Iterator[tuple[str, int]]:
        for number in range(10**9):
            taken.append(number)
            yield ("square", number)

    with Pool(chores.chore, workers=2, limit_s=30) as pool:
        run = pool.run(endless())
        for _ in range(5):
            next(run)
        run.close()  # type: ignore[attr-defined]
        assert len(taken) <= 8
        again = dict(pool.run([("square", 7)]))  # nothing of the first run comes up in the second
    assert again == {("square", 7): 49}


def test_workers_stay_for_the_next_run() -> None:
    with Pool(chores.surroundings, workers=1, limit_s=30) as pool:
        assert [seen["session"] for _, seen in pool.run([1])] == [seen["session"] for _, seen in pool.run([2])]  # type: ignore[index]


def test_a_function_of_main_is_refused() -> None:
    def stray(_: int) -> int:
        return 0

    stray.__module__ = "__main__"
    with pytest.raises(ValueError, match="__main__"):
        Pool(stray, workers=1, limit_s=1)


def test_no_worker_outlives_a_killed_parent(tmp_path: Path) -> None:
    here = str(Path(chores.__file__).parent)
    code = f"import sys; sys.path.insert(0, {here!r}); import chores; chores.parent({str(tmp_path)!r})"
    with subprocess.Popen([sys.executable, "-c", code]) as program:
        wait_until(lambda: len(list(tmp_path.iterdir())) == 2)
        program.send_signal(signal.SIGKILL)
    pids = [int(path.name) for path in tmp_path.iterdir()]
    wait_until(lambda: not any(alive(pid) for pid in pids))


def test_closing_leaves_no_process(tmp_path: Path) -> None:
    pool = Pool(chores.leave_pid, workers=2, limit_s=0.5)
    assert all(isinstance(got, Crash) for _, got in pool.run([str(tmp_path)] * 2))
    pool.close()
    assert not any(alive(int(path.name)) for path in tmp_path.iterdir())


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(")")[1].split()[0] != "Z"
    except OSError:
        return False


def wait_until(true: object, *, seconds: float = 60.0) -> None:
    assert callable(true)
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)

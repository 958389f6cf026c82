"""Work behind the window: order, newest answer only, errors as sentences, nothing left behind."""

import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QThread
from pytestqt.qtbot import QtBot

from musicdesk.errors import NotFound
from musicdesk.events import Events
from musicdesk.jobs import Job, Progress
from musicdesk.ui.bridge import Bridge
from musicdesk.ui.tasks import BUG, Tasks


@pytest.fixture
def tasks(qtbot: QtBot) -> Iterator[Tasks]:
    made = Tasks()
    yield made
    made.close()


def test_work_runs_elsewhere_and_its_answer_comes_to_the_windows_thread(tasks: Tasks, qtbot: QtBot) -> None:
    where: list[object] = []
    tasks.read(lambda: where.append(threading.current_thread()), lambda _: where.append(threading.current_thread()))
    assert not where[1:], "never inside the call that asked"
    qtbot.waitUntil(lambda: len(where) == 2)
    assert where[0] is not threading.main_thread()
    assert where[1] is threading.main_thread()
    assert not tasks.busy


def test_writes_are_done_one_after_the_other_in_order(tasks: Tasks, qtbot: QtBot) -> None:
    done: list[int] = []
    for number in range(20):
        tasks.write(lambda number=number: done.append(number))
    qtbot.waitUntil(lambda: not tasks.busy)
    assert done == list(range(20))


def test_only_the_newest_answer_of_a_key_counts(tasks: Tasks, qtbot: QtBot) -> None:
    gate, answers = threading.Event(), []
    tasks.read(gate.wait, lambda _: answers.append("old"), key="list")
    tasks.read(lambda: None, lambda _: answers.append("new"), key="list")
    gate.set()
    qtbot.waitUntil(lambda: not tasks.busy)
    assert answers == ["new"]


def test_a_sentence_reaches_whoever_asked_and_a_bug_gets_a_sentence_of_its_own(tasks: Tasks, qtbot: QtBot) -> None:
    told, asked = [], []
    tasks.problem.connect(told.append)

    def missing() -> None:
        raise NotFound("No such folder.")

    def bug() -> None:
        raise ZeroDivisionError

    tasks.read(missing, failed=asked.append)
    tasks.write(missing)
    tasks.write(bug)
    qtbot.waitUntil(lambda: len(told) == 2)
    assert asked == ["No such folder."]
    assert told == ["No such folder.", BUG]


def test_a_job_reports_pauses_and_stops(tasks: Tasks, qtbot: QtBot) -> None:
    steps, ended = [], []
    tasks.progressed.connect(lambda progress: steps.append(progress.done))

    def work(job: Job) -> None:
        job.begin("Walking", total=None)
        while True:
            job.advance()
            QThread.msleep(1)

    job = tasks.run(work, stopped=lambda: ended.append("stopped"))
    qtbot.waitUntil(lambda: len(steps) > 2)
    job.pause()
    job.resume()
    job.cancel()
    qtbot.waitUntil(lambda: ended == ["stopped"])


def test_a_job_with_a_lane_of_its_own_waits_for_nobody_and_tells_whom_it_was_asked_to(
    tasks: Tasks, qtbot: QtBot
) -> None:
    gate, everybody, own, threads, ended = threading.Event(), [], [], [], []
    tasks.progressed.connect(lambda progress: everybody.append(progress.text))
    tasks.run(lambda job: gate.wait())

    def work(job: Job) -> None:
        job.begin("Fetching")
        tasks.tell(own.append, "half way")
        job.begin("Checking")

    def hear(progress: Progress) -> None:
        own.append(progress.text)
        threads.append(threading.current_thread())

    tasks.run(work, lambda _: ended.append("done"), lane="install", told=hear)
    qtbot.waitUntil(lambda: ended == ["done"])
    gate.set()
    assert own == ["Fetching", "half way", "Checking"], "in order, and before the end"
    assert set(threads) == {threading.main_thread()}
    assert not everybody


def test_closing_ends_a_paused_job_and_no_answer_comes_any_more(qtbot: QtBot) -> None:
    tasks, answers = Tasks(), []
    job = tasks.run(lambda job: [job.advance() for _ in iter(int, 1)], answers.append)
    job.pause()
    tasks.read(lambda: 1, answers.append)
    tasks.close()
    qtbot.wait(50)
    assert not answers


def test_events_of_any_thread_are_heard_on_the_windows(qtbot: QtBot) -> None:
    events, heard = Events(), []
    bridge = Bridge(events)
    bridge.feedback_changed.connect(lambda hashes: heard.append((hashes, threading.current_thread())))
    bridge.taste_changed.connect(lambda: heard.append("taste"))
    thread = threading.Thread(target=lambda: events.feedback_changed.emit(frozenset({"a"})))
    thread.start()
    thread.join()
    events.taste_changed.emit(None)
    assert not heard
    qtbot.waitUntil(lambda: len(heard) == 2)
    assert heard == [(frozenset({"a"}), threading.main_thread()), "taste"]
    bridge.close()
    events.taste_changed.emit(None)
    qtbot.wait(20)
    assert len(heard) == 2

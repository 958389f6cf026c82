"""Folders become due when the storm is over and their files are complete; every time is the test's own."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from musicdesk.library.settling import Settling, settled, topmost
from musicdesk.library.walk import walk
from musicdesk.records import FoundFile


def make(path: Path, content: bytes = b"x") -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return str(path)


def grow(path: str) -> None:
    with open(path, "ab") as file:
        file.write(b"more")


@pytest.fixture
def settling() -> Settling:
    return Settling(quiet_s=2, stable_s=3, patience_s=60)


def test_a_complete_file_makes_its_folder_due_once(tmp_path: Path, settling: Settling) -> None:
    settling.note(make(tmp_path / "a/1.mp3"), 10.0)
    assert settling
    assert settling.ready(12.9) == ()
    assert settling.ready(13.0) == (str(tmp_path / "a"),)
    assert not settling
    assert settling.ready(99.0) == ()


def test_a_growing_file_holds_its_folder_and_those_above_but_no_others(tmp_path: Path, settling: Settling) -> None:
    slow = make(tmp_path / "a/deep/slow.mp3")
    for path in (slow, make(tmp_path / "a/1.mp3"), make(tmp_path / "b/1.mp3")):
        settling.note(path, 0.0)
    for now in (2.9, 5.9, 8.9):  # each look finds it longer
        grow(slow)
        due = settling.ready(now + 0.1)
        assert due == ((str(tmp_path / "b"),) if now == 2.9 else ())
    assert settling.ready(11.9) == ()
    assert settling.ready(12.0) == (str(tmp_path / "a"),)


def test_a_file_of_the_same_size_with_another_time_is_growing(tmp_path: Path, settling: Settling) -> None:
    path = make(tmp_path / "a/1.mp3")  # as when the room is taken first and filled then
    settling.note(path, 0.0)
    os.utime(path, ns=(5, 5))
    assert settling.ready(3.0) == ()
    assert settling.ready(6.0) == (str(tmp_path / "a"),)


def test_a_storm_is_one_request(tmp_path: Path, settling: Settling) -> None:
    due: list[str] = []
    for number in range(500):
        settling.note(make(tmp_path / f"{number // 10}/{number}.mp3"), number * 0.1)
        due += settling.ready(number * 0.1)
    assert due == []
    assert len(settling.ready(55.0)) == 50


def test_patience_ends_a_storm_that_does_not_end(tmp_path: Path, settling: Settling) -> None:
    settling.note(make(tmp_path / "done/1.mp3"), 0.0)
    due: list[tuple[float, tuple[str, ...]]] = []
    log = make(tmp_path / "busy/1.mp3")
    for now in range(1, 130):
        grow(log)
        settling.note(log, float(now))
        if ready := settling.ready(float(now)):
            due.append((now, ready))
    assert due == [(60, (str(tmp_path / "done"),))]


def test_a_file_that_went_makes_its_folder_due_without_waiting_to_be_stable(tmp_path: Path, settling: Settling) -> None:
    path = make(tmp_path / "a/1.mp3")
    settling.note(path, 0.0)
    os.remove(path)
    settling.note(path, 0.0)
    assert settling.ready(1.9) == ()
    assert settling.ready(2.0) == (str(tmp_path / "a"),)


def test_a_file_that_goes_while_it_is_waited_for_is_done(tmp_path: Path, settling: Settling) -> None:
    path = make(tmp_path / "a/1.mp3")
    settling.note(path, 0.0)
    os.remove(path)
    assert settling.ready(3.0) == (str(tmp_path / "a"),)


def test_both_ends_of_a_move_are_due_together(tmp_path: Path, settling: Settling) -> None:
    old, new = tmp_path / "a/1.mp3", tmp_path / "b/1.mp3"
    settling.note(str(old), 0.0)
    settling.note(make(new), 0.0)
    assert settling.ready(2.5) == ()
    assert settling.ready(3.0) == (str(old.parent), str(new.parent))


def test_a_folder_asked_for_by_the_clock_does_not_wait_for_quiet(tmp_path: Path, settling: Settling) -> None:
    settling.ask("/other")
    assert settling.ready(0.1) == ("/other",)
    settling.note(make(tmp_path / "a/1.mp3"), 1.0)
    settling.ask("/other")
    settling.ask("/other")
    assert settling.ready(4.0) == ("/other", str(tmp_path / "a"))


def test_a_folder_as_a_whole_covers_those_below(tmp_path: Path, settling: Settling) -> None:
    settling.note(make(tmp_path / "a/b/1.mp3"), 0.0)
    settling.ask(str(tmp_path / "a"), 0.0)
    assert settling.ready(2.5) == ()
    assert settling.ready(3.0) == (str(tmp_path / "a"),)


def test_topmost_folders() -> None:
    assert topmost(["/m/a", "/m/ab", "/m/a/b/c", "/n", "/m/a"]) == ("/m/a", "/m/ab", "/n")
    assert topmost(["/", "/a"]) == ("/",)
    assert topmost([]) == ()


# ------------------------------------------------------------------------------------------- of one walk


def found_in(folder: Path) -> tuple[FoundFile, ...]:
    return tuple(walk([str(folder)], on_skip=lambda *_: None))


def test_of_a_walk_old_files_are_complete_without_a_second_look(tmp_path: Path) -> None:
    path = make(tmp_path / "a.mp3")
    os.utime(path, ns=(5, 5))
    found = found_in(tmp_path)
    assert settled(found, wait=lambda _: pytest.fail("waited")) == (found, ())


def test_of_a_walk_young_files_are_looked_at_again_after_one_wait(tmp_path: Path) -> None:
    for name in ("a", "b", "c", "d"):
        make(tmp_path / f"{name}.mp3")
    os.utime(tmp_path / "a.mp3", ns=(5, 5))
    found, waits = found_in(tmp_path), []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        grow(str(tmp_path / "c.mp3"))
        os.remove(tmp_path / "d.mp3")

    now = max(file.mtime_ns for file in found)
    complete, growing = settled(found, stable_s=3.0, now_ns=lambda: now + 1_000_000_000, wait=wait)
    assert complete == found[:2]
    assert growing == found[2:]
    assert waits == [2.0]


def test_a_time_to_come_or_no_time_at_all_keeps_no_file_waiting(tmp_path: Path) -> None:
    make(tmp_path / "a.mp3")
    (file,) = found_in(tmp_path)
    later = replace(file, mtime_ns=file.mtime_ns + 3600 * 10**9)
    assert settled([later], wait=lambda _: pytest.fail("waited")) == ((later,), ())
    assert settled([file], stable_s=0.0, wait=lambda _: pytest.fail("waited")) == ((file,), ())

"""The store follows the disk, and what the disk does not show now is not lost."""

import os
import shutil
import threading
import time
from pathlib import Path

import chores
import pytest
import sounds
from three_kinds import open_desk

from musicdesk.jobs import Job
from musicdesk.records import State


def test_an_empty_mount_point_is_offline_and_nothing_of_it_is_missing(desk, analysed, tmp_path):
    place = tmp_path / "usb"
    shutil.copytree(analysed / "music" / "Bells", place)
    desk.indexing.scan([str(place)], job=Job())
    before = {t.path for t in desk.indexing.tracks()}
    place.rename(tmp_path / "unplugged")
    place.mkdir()
    report = desk.indexing.scan(job=Job())
    assert report.offline == (str(place),)
    assert report.missing == 0
    assert {t.path for t in desk.indexing.tracks()} == before
    assert {s.path: s.online for s in desk.indexing.sources()}[str(place)] is False
    place.rmdir()
    (tmp_path / "unplugged").rename(place)
    again = desk.indexing.scan(job=Job())
    assert (again.offline, again.missing, again.added, again.changed) == ((), 0, 0, 0)


def test_a_folder_whose_music_was_deleted_is_not_offline(desk, tmp_path):
    place = tmp_path / "few"
    place.mkdir()
    sounds.tone(place / "a.wav")
    (place / "cover.jpg").write_bytes(b"picture")
    desk.indexing.scan([str(place)], job=Job())
    (place / "a.wav").unlink()
    report = desk.indexing.scan(job=Job())
    assert (report.missing, report.offline) == (1, ())


def test_a_file_that_grows_waits_for_the_next_scan(analysed, tmp_path):
    place = tmp_path / "few"
    place.mkdir()
    sounds.tone(place / "whole.wav")
    growing = sounds.tone(place / "growing.wav")
    stop = threading.Event()

    def copy_on() -> None:
        while not stop.wait(0.05):
            with growing.open("ab") as file:
                file.write(bytes(1000))

    copying = threading.Thread(target=copy_on)
    copying.start()
    try:
        with open_desk(tmp_path / "data", now=time.time) as desk:
            report = desk.indexing.scan([str(place)], job=Job())
            assert (report.added, report.waiting) == (1, (str(growing),))
            stop.set()
            copying.join()
            again = desk.indexing.scan(job=Job())
            assert (again.added, again.waiting) == (1, ())
    finally:
        stop.set()
        copying.join()


def test_a_folder_inside_a_known_one_does_not_become_another_source(desk, analysed):
    desk.indexing.scan([str(analysed / "music" / "Bells")], job=Job())
    assert [s.path for s in desk.indexing.sources()] == [str(analysed / "music")]


@pytest.mark.parametrize("name", ["crash.flac", "hang.flac"])
def test_a_file_that_kills_its_reader_costs_itself_alone(desk, tmp_path, monkeypatch, name):
    place = tmp_path / "few"
    place.mkdir()
    for number in range(3):
        sounds.tone(place / f"{number}.wav", hz=300 + 50 * number)
    shutil.copy(place / "0.wav", place / name)
    monkeypatch.setattr("musicdesk.desk.scanning.scan_file", chores.scan_or_die)
    monkeypatch.setattr("musicdesk.desk.scanning.FILE_LIMIT_S", 10.0 if name == "hang.flac" else 60.0)
    report = desk.indexing.scan([str(place)], job=Job())
    assert report.added == 4
    assert [Path(p.file.path).name for p in report.problems] == [name]
    failures = {Path(f.path).name: f for f in desk.indexing.coverage().failures}
    assert failures[name].state is State.FAILED
    assert failures[name].reason


def test_a_file_that_could_not_be_read_is_read_again_when_asked(desk, tmp_path):
    place = tmp_path / "few"
    place.mkdir()
    path = sounds.tone(place / "a.wav")
    whole, facts = path.read_bytes(), os.stat(path)
    path.write_bytes(b"x" * len(whole))
    os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    desk.indexing.scan([str(place)], job=Job())
    path.write_bytes(whole)
    os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))  # as a repaired disk shows it: nothing looks new
    assert desk.indexing.scan(job=Job()).changed == 0
    (failure,) = desk.indexing.coverage().failures
    assert desk.indexing.retry(failures=[failure]) == 1
    assert desk.indexing.scan(job=Job()).changed == 1
    assert not desk.indexing.coverage().failures

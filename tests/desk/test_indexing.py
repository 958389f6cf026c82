"""The library follows the disk, and nothing that was learned is lost."""

import itertools
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
import sounds
from mutagen.flac import FLAC
from three_kinds import open_desk

from musicdesk.errors import Ambiguous, NotFound, NothingYet
from musicdesk.jobs import Cancelled, Job


def small_library(folder: Path, count: int = 4) -> Path:
    folder.mkdir(parents=True)
    for number in range(count):
        sounds.write(folder / f"{number}.flac", sounds.chord(220, 300 + 60 * number, length_s=4), 44_100)
    return folder


@pytest.fixture
def fresh(tmp_path):
    with open_desk(tmp_path / "data") as desk:
        yield desk


def index(desk, folder) -> None:
    desk.indexing.scan([str(folder)], job=Job())
    desk.indexing.analyze(workers=1, job=Job())


def test_bad_files_cost_themselves_alone_and_the_count_adds_up(fresh, tmp_path):
    music = small_library(tmp_path / "music", 2)
    sounds.empty(music / "empty.flac")
    sounds.text_called_mp3(music / "list.mp3")
    sounds.silence(music / "silence.wav", length_s=10)
    sounds.truncated(music / "half.wav", keep=0.5, length_s=40)
    sounds.tone(music / "second.wav", length_s=1)
    sounds.misnamed(music / "really-flac.mp3", "flac")
    sounds.tone(music / "cafe.ogg", hz=600).rename(music / os.fsdecode(b"caf\xe9.ogg"))
    index(fresh, music)
    coverage = fresh.indexing.coverage()
    assert coverage.found == 9
    assert coverage.found == sum(
        getattr(coverage, s) for s in ("ok", "partial", "silent", "failed", "excluded", "pending", "stale")
    )
    states = {Path(f.path).name: f.state.value for f in coverage.failures}
    assert states["empty.flac"] == "failed"
    assert states["list.mp3"] == "failed"
    assert states["silence.wav"] == "silent"
    assert coverage.partial == 1
    assert coverage.pending == 0
    assert all(f.reason for f in coverage.failures)


def test_a_bad_file_is_not_tried_again_until_asked_or_changed(fresh, tmp_path):
    music = small_library(tmp_path / "music", 1)
    sounds.silence(music / "silence.wav", length_s=5)
    index(fresh, music)
    assert fresh.indexing.coverage().pending == 0
    assert fresh.indexing.retry() >= 1
    assert fresh.indexing.coverage().pending == 1
    index(fresh, music)
    sounds.tone(music / "silence.wav", length_s=6)
    index(fresh, music)
    assert fresh.indexing.coverage().ok == 2


def test_a_moved_and_a_retagged_file_keep_analysis_likes_and_number(fresh, tmp_path):
    music = small_library(tmp_path / "music")
    index(fresh, music)
    track = fresh.indexing.find(str(music / "2.flac"))
    fresh.listening.like([track])
    (music / "elsewhere").mkdir()
    shutil.move(music / "2.flac", music / "elsewhere" / "renamed.flac")
    tags = FLAC(music / "elsewhere" / "renamed.flac")
    tags["title"] = "A New Name"
    tags.save()
    report = fresh.indexing.scan(job=Job())
    assert (report.moved, report.added, report.missing) == (1, 0, 0)
    found = fresh.indexing.find("a new name")
    assert (found.id, found.audio_hash) == (track.id, track.audio_hash)
    assert fresh.listening.feedback()[found.audio_hash].liked
    assert fresh.indexing.coverage().pending == 0


def test_a_deleted_file_leaves_the_lists_and_comes_back_with_everything(fresh, tmp_path):
    music = small_library(tmp_path / "music")
    index(fresh, music)
    shutil.move(music / "1.flac", tmp_path / "1.flac")
    assert fresh.indexing.scan(job=Job()).missing == 1
    assert len(fresh.recommending.rank().hashes) <= 3
    assert fresh.indexing.coverage().missing == 1
    shutil.move(tmp_path / "1.flac", music / "1.flac")
    fresh.indexing.scan(job=Job())
    assert (fresh.indexing.coverage().ok, fresh.indexing.coverage().pending) == (4, 0)


def test_an_unplugged_drive_loses_nothing(fresh, tmp_path):
    music = small_library(tmp_path / "music")
    index(fresh, music)
    music.rename(tmp_path / "unplugged")
    report = fresh.indexing.scan(job=Job())
    assert report.missing == 0
    assert not fresh.indexing.sources()[0].online
    (tmp_path / "unplugged").rename(music)
    assert fresh.indexing.coverage().ok == 4


def test_a_second_scan_reads_nothing_again(fresh, tmp_path):
    music = small_library(tmp_path / "music")
    assert fresh.indexing.scan([str(music)], job=Job()).added == 4
    report = fresh.indexing.scan([str(music)], job=Job())
    assert (report.found, report.added, report.changed, report.moved) == (4, 0, 0, 0)


def test_stopping_keeps_what_is_done_and_the_next_run_does_the_rest(fresh, tmp_path):
    music = small_library(tmp_path / "music", 6)
    fresh.indexing.scan([str(music)], job=Job())
    ticks = itertools.count()  # a clock that moves at every look, so that every step is told
    job = Job(lambda step: job.cancel() if step.text.startswith("Listening") and step.done >= 2 else None,
              clock=lambda: float(next(ticks)))  # fmt: skip
    with pytest.raises(Cancelled):
        fresh.indexing.analyze(workers=1, job=job)
    done = fresh.indexing.coverage()
    assert 2 <= done.ok < 6
    seen = []
    fresh.indexing.analyze(workers=1, job=Job(seen.append))
    assert [p for p in seen if p.text.startswith("Listening")][-1].total == 6 - done.ok
    assert fresh.indexing.coverage().ok == 6


def test_a_kill_in_the_middle_loses_at_most_the_batch_in_flight(tmp_path):
    music = small_library(tmp_path / "music", 40)
    data = tmp_path / "data"
    with open_desk(data) as desk:
        desk.indexing.scan([str(music)], job=Job())
    command = [sys.executable, "-m", "musicdesk", "--data", str(data), "analyze", "--encoder", "handcrafted"]
    process = subprocess.Popen([*command, "--workers", "1"], stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    with open_desk(data) as desk:
        deadline = time.monotonic() + 120
        while not desk.indexing.coverage().ok and time.monotonic() < deadline:
            time.sleep(0.05)
    process.kill()
    process.wait()
    with open_desk(data) as desk:
        kept = desk.indexing.coverage()
        assert kept.ok >= 1
        desk.indexing.analyze(workers=1, job=Job())
        assert desk.indexing.coverage().ok == 40


def test_excluded_tracks_leave_lists_and_analysis_until_taken_back(fresh, tmp_path):
    music = small_library(tmp_path / "music")
    index(fresh, music)
    track = fresh.indexing.find(str(music / "3.flac"))
    fresh.indexing.exclude([track])
    assert fresh.indexing.coverage().excluded == 1
    assert track.audio_hash not in fresh.recommending.rank().hashes
    fresh.indexing.exclude([track], False)
    assert fresh.indexing.coverage().ok == 4


def test_a_forgotten_folder_leaves_the_library_and_returns_analysed(fresh, tmp_path):
    music = small_library(tmp_path / "music")
    index(fresh, music)
    fresh.indexing.forget(str(music))
    assert fresh.indexing.coverage().found == 0
    fresh.indexing.scan([str(music)], job=Job())
    assert fresh.indexing.coverage().ok == 4


def test_a_missing_folder_is_a_sentence(fresh, tmp_path):
    with pytest.raises(NotFound, match="no folder"):
        fresh.indexing.scan([str(tmp_path / "nowhere")], job=Job())


def test_an_empty_library_says_what_to_do(fresh):
    with pytest.raises(NothingYet, match="analyze"):
        fresh.recommending.taste()
    assert fresh.indexing.coverage().found == 0


def test_words_that_fit_several_tracks_ask_back(fresh, tmp_path):
    music = small_library(tmp_path / "music")
    fresh.indexing.scan([str(music)], job=Job())
    with pytest.raises(Ambiguous, match="number"):
        fresh.indexing.find("music")
    with pytest.raises(NotFound):
        fresh.indexing.find("no such words")


def test_copies_of_a_file_are_analysed_once_and_listed_once(fresh, tmp_path):
    music = small_library(tmp_path / "music", 3)
    shutil.copy(music / "0.flac", music / "copy of 0.flac")
    index(fresh, music)
    coverage = fresh.indexing.coverage()
    assert (coverage.found, coverage.ok) == (4, 4)
    assert len(set(fresh.recommending.rank().hashes)) == len(fresh.recommending.rank().hashes) <= 3

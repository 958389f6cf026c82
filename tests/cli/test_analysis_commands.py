"""Listening, its failures and what the library holds, from the command line."""

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import sounds
from cli.test_commands import call, read
from three_kinds import open_desk

from musicdesk.jobs import Job


@pytest.fixture
def troubled(tmp_path: Path) -> Path:
    """A data folder over two good files, a silent one and one that is none."""
    music = tmp_path / "music"
    music.mkdir()
    for number in range(2):
        sounds.write(music / f"{number}.flac", sounds.chord(220, 300 + 60 * number, length_s=4), 44_100)
    sounds.silence(music / "silence.wav", length_s=5)
    sounds.text_called_mp3(music / "list.mp3")
    with open_desk(tmp_path / "data") as desk:
        desk.indexing.scan([str(music)], job=Job())
        desk.indexing.analyze(workers=1, job=Job())
    return tmp_path / "data"


def test_failures_are_listed_with_reason_and_written_as_csv(troubled, tmp_path, capsys):
    table = tmp_path / "failures.csv"
    status = read(troubled, "status", "--failures", "--csv", str(table), capsys=capsys)
    assert {Path(f["path"]).name: f["state"] for f in status["failures"]} == {
        "list.mp3": "failed",
        "silence.wav": "silent",
    }
    rows = list(csv.DictReader(table.open(encoding="utf-8")))
    assert [row["path"] for row in rows] == [f["path"] for f in status["failures"]]
    assert all(row["reason"] for row in rows)
    assert status["found"] == sum(
        status[s] for s in ("ok", "partial", "silent", "failed", "excluded", "pending", "stale")
    )


def test_a_selection_of_failures_is_tried_again_and_no_other(troubled, capsys):
    said = read(troubled, "retry", "silence", capsys=capsys)
    assert [Path(path).name for path in said["files"]] == ["silence.wav"]
    after = read(troubled, "status", capsys=capsys)
    assert (after["pending"], after["failed"], after["silent"]) == (1, 1, 0)
    code, _, err = call(troubled, "retry", "nothing like it", capsys=capsys)
    assert code == 1
    assert "nothing like it" in err


def test_every_encoder_has_its_own_coverage(troubled, capsys):
    status = read(troubled, "status", capsys=capsys)
    assert status["encoder"] == "handcrafted"
    assert all(other["encoder"] != "handcrafted" for other in status["others"])


def test_two_names_for_one_recording_are_found_and_listed_once(troubled, capsys):
    music = troubled.parent / "music"
    shutil.copy(music / "0.flac", music / "again.flac")
    read(troubled, "scan", capsys=capsys)
    (group,) = read(troubled, "duplicates", capsys=capsys)["groups"]
    assert {Path(t["path"]).name for t in group["tracks"]} == {"0.flac", "again.flac"}


def test_kinds_can_be_kept_out_and_taken_back(troubled, capsys):
    music = troubled.parent / "music"
    gap = np.concatenate([sounds.chord(220, 330, length_s=10), sounds.hush(length_s=60)])
    sounds.write(music / "gap.wav", gap, 44_100)
    read(troubled, "scan", capsys=capsys)
    read(troubled, "analyze", capsys=capsys)
    assert [Path(t["path"]).name for t in read(troubled, "kinds", capsys=capsys)["silence"]] == ["gap.wav"]
    assert len(read(troubled, "exclude", "--kind", "silence", capsys=capsys)["tracks"]) == 1
    assert read(troubled, "status", capsys=capsys)["excluded"] == 1
    read(troubled, "exclude", "--kind", "silence", "--undo", capsys=capsys)
    assert read(troubled, "status", capsys=capsys)["excluded"] == 0
    assert call(troubled, "exclude", capsys=capsys)[0] == 2


def test_quick_only_and_full_after_it(troubled, capsys):
    music = troubled.parent / "music"
    sounds.write(music / "new.flac", sounds.chord(500, 700, length_s=60), 44_100)
    read(troubled, "scan", capsys=capsys)
    assert read(troubled, "analyze", "--quick", "--workers", "1", capsys=capsys)["quick"] == 1
    assert read(troubled, "analyze", "--full", "--pace", "0.5", capsys=capsys)["quick"] == 0


def test_watching_takes_in_a_new_file_and_ends_with_ctrl_c(troubled):
    command = [sys.executable, "-m", "musicdesk", "--data", str(troubled), "watch", "--json"]
    watching = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert watching.stdout is not None
    try:
        first = json.loads(watching.stdout.readline())
        assert (first["added"], first["coverage"]["found"]) == (0, 4)
        time.sleep(1)
        sounds.write(troubled.parent / "music" / "new.flac", sounds.chord(500, 700, length_s=6), 44_100)
        second = json.loads(watching.stdout.readline())
        assert (second["added"], second["coverage"]["ok"]) == (1, 3)
        watching.send_signal(signal.SIGINT)
        assert watching.wait(30) == 130
    finally:
        watching.kill()
        watching.communicate()


def test_a_command_that_writes_says_who_has_the_library(troubled, capsys):
    with open_desk(troubled) as desk:
        assert desk.claim()
        code, _, err = call(troubled, "like", "0", capsys=capsys)
        assert code == 1
        assert str(os.getpid()) in err
        assert read(troubled, "tracks", capsys=capsys)["tracks"]

"""The command line as a person and as a program meets it, over real files and a real encoder."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import sounds
from three_kinds import open_desk

from musicdesk.cli.main import run


@pytest.fixture
def data(analysed: Path, tmp_path: Path) -> Path:
    shutil.copytree(analysed / "data", tmp_path / "data")
    return tmp_path / "data"


def call(data: Path, *arguments: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    code = run(["--data", str(data), *arguments])
    out, err = capsys.readouterr()
    return code, out, err


def read(data: Path, *arguments: str, capsys: pytest.CaptureFixture[str]) -> Any:
    code, out, err = call(data, *arguments, "--json", capsys=capsys)
    assert code == 0, err
    return json.loads(out)


def test_status_adds_up(data, capsys):
    status = read(data, "status", capsys=capsys)
    parts = ("ok", "partial", "silent", "failed", "excluded", "pending")
    assert status["found"] == sum(status[part] for part in parts) == 24


def test_tracks_are_listed_and_found_by_words(data, capsys):
    assert len(read(data, "tracks", capsys=capsys)["tracks"]) == 24
    (track,) = read(data, "tracks", "bells", "3", capsys=capsys)["tracks"][:1]
    assert {"id", "path", "title", "artist", "album"} <= set(track)


def test_the_main_job_without_a_window(data, capsys, tmp_path):
    said = read(data, "like", "Clicks 0", "Clicks 3", "Clicks 6", "Bells 0", "Bells 4", capsys=capsys)
    assert said["taste"]["liked"] == 5
    first = read(data, "recommend", "--limit", "4", capsys=capsys)["tracks"]
    awake = [p["name"] for p in read(data, "taste", "show", capsys=capsys)["prototypes"] if p["gain"] == 1]
    taste = read(data, "taste", "set", awake[0], "-1", capsys=capsys)
    assert {p["name"]: p["gain"] for p in taste["prototypes"]}[awake[0]] == -1
    second = read(data, "recommend", "--limit", "4", capsys=capsys)["tracks"]
    assert [t["id"] for t in first] != [t["id"] for t in second]
    for track in second:
        assert sum(part["contribution"] for part in track["why"]) == pytest.approx(track["score"], abs=1e-3)
    why = read(data, "why", str(second[0]["id"]), capsys=capsys)
    assert sum(part["contribution"] for part in why["parts"]) == pytest.approx(why["score"], abs=1e-3)
    written = read(data, "export", str(tmp_path / "e.m3u8"), "--limit", "4", capsys=capsys)
    assert written["written"] == 4
    lines = (tmp_path / "e.m3u8").read_text().splitlines()
    assert [t["title"] in line for t, line in zip(second, [s for s in lines if s.startswith("#EXTINF")], strict=True)]


def test_a_negative_gain_is_no_option(data, capsys):
    taste = read(data, "taste", "set", "1", "-0.5", capsys=capsys)
    assert taste["prototypes"][0]["gain"] == -0.5


def test_mute_solo_lock_undo_redo(data, capsys):
    assert read(data, "taste", "mute", "1", capsys=capsys)["prototypes"][0]["counts"] == 0
    assert read(data, "taste", "mute", "1", "--off", capsys=capsys)["prototypes"][0]["counts"] == 1
    solo = read(data, "taste", "solo", "2", capsys=capsys)
    assert [p["counts"] for p in solo["prototypes"]].count(0) == len(solo["prototypes"]) - 1
    assert read(data, "taste", "lock", "1", capsys=capsys)["prototypes"][0]["locked"]
    assert "lock" in read(data, "taste", "undo", capsys=capsys)["undo"]
    assert "lock" in read(data, "taste", "redo", capsys=capsys)["redo"]


@pytest.mark.parametrize("ending", ["m3u8", "xspf", "jspf", "pls"])
def test_every_format_is_written_and_imported(data, capsys, tmp_path, ending):
    path = tmp_path / f"list.{ending}"
    written = read(data, "export", str(path), "--limit", "5", capsys=capsys)["written"]
    imported = read(data, "playlists", "import", str(path), "--name", "back", capsys=capsys)
    assert len(imported["tracks"]) == written
    assert read(data, "playlists", "list", capsys=capsys)["playlists"][0]["name"] == "back"


def test_people_read_text_and_programs_read_json(data, capsys):
    for command in (["status"], ["tracks"], ["taste", "show"], ["recommend"], ["models", "list"], ["why", "Bells 1"]):
        code, text, _ = call(data, *command, capsys=capsys)
        assert code == 0
        with pytest.raises(json.JSONDecodeError):
            json.loads(text)


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["scan", "/no/such/folder"], 1, "no folder"),
        (["recommend"], 1, "analyze"),
        (["similar", "something"], 1, "No track fits"),
        (["analyze", "--encoder", "nonsense"], 1, "nonsense"),
        (["analyze"], 1, "scan"),
        (["taste", "undo"], 1, "nothing to undo"),
        (["export", "x.docx"], 1, ""),
        (["rate", "x", "9"], 2, ""),
        (["nonsense"], 2, ""),
        (["taste", "set", "a", "7"], 2, ""),
        (["vectors", "import", "/no/file.npz"], 2, "no file"),
        (["models", "install", "nonsense"], 1, "nonsense"),
    ],
)
def test_what_cannot_be_done_is_a_sentence_and_a_code(tmp_path, capsys, arguments, code, sentence):
    got, out, err = call(tmp_path / "empty", *arguments, capsys=capsys)
    assert got == code
    assert not out
    assert sentence in err
    assert "Traceback" not in err


def test_a_data_folder_that_is_a_file_is_told(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    code, _, err = call(tmp_path / "file", "status", capsys=capsys)
    assert code in (1, 2)
    assert err
    assert "Traceback" not in err


def test_a_database_of_a_newer_musicdesk_is_left_alone(data, capsys):
    import sqlite3

    with sqlite3.connect(data / "musicdesk.db") as database:
        database.execute("pragma user_version = 999")
    before = (data / "musicdesk.db").stat().st_size
    code, _, err = call(data, "status", capsys=capsys)
    assert code == 1
    assert "newer" in err
    assert (data / "musicdesk.db").stat().st_size == before


def test_names_that_are_no_utf8_come_through_json_unharmed(tmp_path, capsys):
    name = os.fsdecode(b"caf\xe9 \xff.flac")
    (tmp_path / "music").mkdir()
    sounds.tone(tmp_path / "music" / "a.flac", length_s=4).rename(tmp_path / "music" / name)
    read(tmp_path / "data", "scan", str(tmp_path / "music"), capsys=capsys)
    (track,) = read(tmp_path / "data", "tracks", capsys=capsys)["tracks"]
    assert Path(track["path"]).name == name
    assert call(tmp_path / "data", "tracks", capsys=capsys)[0] == 0


def command(data: Path, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "musicdesk", "--data", str(data), *arguments]


def test_ctrl_c_keeps_what_is_done(tmp_path):
    music = tmp_path / "music"
    music.mkdir()
    for number in range(60):
        sounds.write(music / f"{number}.flac", sounds.chord(200 + 10 * number, length_s=4), 44_100)
    subprocess.run(command(tmp_path / "data", "scan", str(music)), check=True, capture_output=True)
    process = subprocess.Popen(
        command(tmp_path / "data", "analyze", "--encoder", "handcrafted", "--workers", "1"),
        stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    deadline = time.monotonic() + 120
    with open_desk(tmp_path / "data") as watching:
        while not watching.indexing.coverage("handcrafted").ok and time.monotonic() < deadline:
            time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in err
    assert 0 < status_of(tmp_path / "data")["ok"] < 60


def status_of(data: Path) -> Any:
    done = subprocess.run(
        command(data, "status", "--encoder", "handcrafted", "--json"), capture_output=True, check=True
    )
    return json.loads(done.stdout)


def test_a_reader_that_goes_away_is_no_error(data):
    done = subprocess.run(
        f"{sys.executable} -m musicdesk --data {data} tracks --json | head -c 10",
        shell=True,
        capture_output=True,
        text=True,
    )
    assert done.stderr == ""


def test_progress_goes_to_stderr_and_data_to_stdout(tmp_path, capsys):
    (tmp_path / "music").mkdir()
    sounds.tone(tmp_path / "music" / "a.flac", length_s=4)
    code, out, err = call(tmp_path / "data", "scan", str(tmp_path / "music"), "--json", capsys=capsys)
    assert code == 0
    assert json.loads(out)["found"] == 1
    assert "Looking for music" in err

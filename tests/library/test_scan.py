"""One file read whole, and what a walk changed."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import mutagen
import pytest
import sounds

from musicdesk.library import scan
from musicdesk.library.scan import Changes, changes, scan_file
from musicdesk.library.walk import walk
from musicdesk.records import FoundFile, ScannedFile, Track

Make = Callable[..., Path]


def found(path: Path) -> FoundFile:
    facts = path.stat()
    return FoundFile(str(path), facts.st_size, facts.st_mtime_ns)


def track(file: FoundFile, number: int = 1) -> Track:
    return Track(number, file.path, size_bytes=file.size_bytes, mtime_ns=file.mtime_ns)


def test_a_scanned_file_has_identity_tags_length_and_codec(make: Make) -> None:
    path = make("flac", length_s=1.5)
    file = mutagen.File(path)
    file["title"] = "Stille"
    file.save()
    scanned = scan_file(found(path))
    assert scanned.audio_hash.startswith("1:")
    assert (scanned.tags.title, scanned.codec, scanned.problem) == ("Stille", "flac", "")
    assert scanned.length_s == pytest.approx(1.5)


@pytest.mark.parametrize("kind", sounds.FORMATS)
def test_every_format_is_read(kind: str, make: Make) -> None:
    scanned = scan_file(found(make(kind, length_s=2.0)))
    assert not scanned.problem
    assert scanned.codec
    assert scanned.length_s == pytest.approx(2.0, abs=0.15)


def test_a_wrong_ending_does_not_matter(tmp_path: Path) -> None:
    for ending, other in (("flac", "mp3"), ("wav", "mp3"), ("m4a", "wav"), ("ogg", "wma")):
        scanned = scan_file(found(sounds.misnamed(tmp_path / f"{ending}.{other}", ending)))
        assert not scanned.problem, scanned
        assert scanned.length_s == pytest.approx(3.0, abs=0.15)


def test_a_text_called_mp3_is_a_problem_in_a_sentence(tmp_path: Path) -> None:
    scanned = scan_file(found(sounds.text_called_mp3(tmp_path / "list.mp3")))
    assert not scanned.audio_hash
    assert "list.mp3" in scanned.problem
    assert scanned.problem.endswith(".")


def test_an_empty_file_is_a_problem_in_a_sentence(tmp_path: Path) -> None:
    assert scan_file(found(sounds.empty(tmp_path / "a.ogg"))).problem == "a.ogg is empty (0 bytes)."


def test_random_bytes_and_a_file_that_went_away_are_problems(tmp_path: Path) -> None:
    assert scan_file(found(sounds.random_bytes(tmp_path / "a.flac"))).problem
    assert "could not be read" in scan_file(FoundFile(str(tmp_path / "gone.mp3"), 10, 10)).problem


def test_a_truncated_file_is_still_a_track(tmp_path: Path) -> None:
    for ending in ("mp3", "flac", "ogg", "wav"):
        scanned = scan_file(found(sounds.truncated(tmp_path / f"a.{ending}")))
        assert scanned.audio_hash
        assert not scanned.problem


def test_a_parser_that_breaks_costs_that_file_alone(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: str) -> str:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr(scan, "audio_hash", broken)
    scanned = scan_file(found(make("wav")))
    assert scanned.problem == "song.wav could not be understood (ZeroDivisionError: division by zero)."


def test_a_name_that_is_no_utf8_is_scanned_and_told(tmp_path: Path) -> None:
    raw = os.fsencode(tmp_path) + b"/caf\xe9.mp3"
    with open(raw, "wb") as file:
        file.write(b"no music")
    scanned = scan_file(next(walk([str(tmp_path)], on_skip=lambda *_: None)))
    assert "caf\ufffd.mp3" in scanned.problem
    scanned.problem.encode()
    assert os.fsencode(scanned.file.path) == raw


def test_what_a_walk_changed() -> None:
    a, b, c, d = (FoundFile(name, 10, 10) for name in "abcd")
    known = [track(a, 1), track(b, 2), track(c, 3)]
    bigger, touched = replace(b, size_bytes=11), replace(c, mtime_ns=11)
    assert changes([a, bigger, touched, d], known) == Changes((d,), (bigger, touched), (), (known[0],))
    assert changes([], known) == Changes((), (), tuple(known), ())


def test_what_is_missing_is_not_gone_twice_and_can_come_back() -> None:
    a, b = FoundFile("a", 10, 10), FoundFile("b", 10, 10)
    here, away = track(a), replace(track(b, 2), missing=True)
    assert changes([a], [here, away]).gone == ()
    assert changes([a, b], [here, away]).back == (away,)


def test_what_lies_in_a_folder_that_could_not_be_read_is_not_gone() -> None:
    known = [track(FoundFile(path, 10, 10), n) for n, path in enumerate(("/m/a/1", "/m/a/b/2", "/m/ab/3", "/m/4"))]
    assert changes([], known, unread=["/m/a", "/m/4"]).gone == tuple(known[2:])
    assert changes([], known, unread=["/m"]).gone == ()
    assert changes([], known, unread=["/"]).gone == ()


def test_a_scanned_file_travels_between_processes(make: Make) -> None:
    import pickle

    scanned = scan_file(found(make("ogg")))
    assert isinstance(scanned, ScannedFile)
    assert pickle.loads(pickle.dumps(scanned)) == scanned


def test_a_wav_with_a_lying_byte_rate_keeps_its_real_length(tmp_path):
    path = sounds.tone(tmp_path / "a.wav", length_s=4.0)
    data = bytearray(path.read_bytes())
    at = data.index(b"fmt ") + 16
    data[at : at + 4] = (44_100 * 400).to_bytes(4, "little")
    path.write_bytes(bytes(data))
    scanned = scan_file(FoundFile(str(path), path.stat().st_size, path.stat().st_mtime_ns))
    assert scanned.length_s == pytest.approx(4.0, abs=0.01)

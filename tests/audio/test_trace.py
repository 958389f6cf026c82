"""Whoever wants to know which files were listened to, is told: each once, also of odd names and killed processes."""

import os
import shutil
from pathlib import Path

import pytest
import sounds

from musicdesk.audio import trace
from musicdesk.audio.windows import spread


def test_every_listening_is_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = str(tmp_path / "a\nb\udce9.wav")
    shutil.move(sounds.tone(tmp_path / "a.wav"), path)
    monkeypatch.setenv(trace.VARIABLE, str(tmp_path / "trace"))
    for _ in range(2):
        spread(path, rate_hz=16_000, window_s=1, count=2)
    assert list(trace.visits(tmp_path / "trace")) == [trace.Visit(os.getpid(), path)] * 2


def test_nothing_is_written_unless_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(trace.VARIABLE, raising=False)
    trace.note("a.mp3")
    assert list(trace.visits(tmp_path / "trace")) == []


def test_a_line_that_was_never_finished_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "trace").write_bytes(b'[1, "a.mp3"]\n[2, "b.m')
    assert list(trace.visits(tmp_path / "trace")) == [trace.Visit(1, "a.mp3")]

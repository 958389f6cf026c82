"""Listening closely, in processes that may die of one file and go on with the next."""

import numpy as np
import odd_encoders
import pytest
import sounds

from musicdesk.audio.worker import Crash
from musicdesk.encoders.close_listening import MOST, CloseListener, Plan, Request
from musicdesk.jobs import Cancelled, Job
from musicdesk.records import Passages


@pytest.fixture
def plan(tmp_path, monkeypatch):
    with odd_encoders.installed(tmp_path, monkeypatch):
        yield Plan("odd", tmp_path, 2, device="cpu", nice=0)


def pitched(tmp_path, *hz, length_s=5.0):
    samples = np.concatenate([sounds.sine(hz=one, length_s=length_s, rate_hz=8000) for one in hz])
    path = sounds.write(tmp_path / f"{'-'.join(map(str, hz))}.wav", samples, 8000)
    return Request(str(path), f"1:{hz[0]}")


def test_every_window_of_a_track_has_a_vector_of_its_own(plan, tmp_path):
    request = pitched(tmp_path, 300, 600, 900)
    with CloseListener(plan) as listener:
        ((asked, found),) = listener.run([request])
    assert asked == request
    assert isinstance(found, Passages)
    assert len(found.starts_s) == len(found.vectors) == 29  # of a second each, every half second of fifteen
    pitches = found.vectors[:, 2] * odd_encoders.RATE_HZ / 2
    for start, hz in zip(found.starts_s, pitches, strict=True):
        if start % 5 <= 4:
            assert hz == pytest.approx(300 * (1 + start // 5), rel=0.05)
    assert len(found) <= MOST


def test_a_file_that_kills_its_process_costs_itself_alone(plan, tmp_path):
    broken = Request(str(sounds.random_bytes(tmp_path / "broken.mp3")), "1:broken")
    gone = Request(str(tmp_path / "gone.wav"), "1:gone")
    silent = Request(str(sounds.silence(tmp_path / "silent.wav")), "1:silent")
    requests = [pitched(tmp_path, odd_encoders.CRASHES_HZ), broken, gone, silent, pitched(tmp_path, 440)]
    with CloseListener(plan) as listener:
        found = {request.audio_hash: result for request, result in listener.run(requests)}
    assert isinstance(found.pop(f"1:{odd_encoders.CRASHES_HZ}"), Crash)
    assert {name: len(passages) for name, passages in found.items()} == {
        "1:broken": 0, "1:gone": 0, "1:silent": 0, "1:440": 9,
    }  # fmt: skip


def test_a_cancelled_listen_ends_at_once(plan, tmp_path):
    job = Job()
    job.cancel()
    with CloseListener(plan) as listener, pytest.raises(Cancelled):
        list(listener.run([pitched(tmp_path, 440)], job.check))

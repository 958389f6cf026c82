"""Every window of a track, without the silence."""

from pathlib import Path

import numpy as np
import pytest
import sounds

from musicdesk.audio.throughout import throughout
from musicdesk.errors import BadRequest, UnreadableAudio

RATE = 8_000


def written(tmp_path: Path, samples: sounds.Samples, name: str = "track.flac") -> str:
    return str(sounds.write(tmp_path / name, samples, RATE))


def heard(path: str, *, window_s: float = 3.0, hop_s: float = 1.5, most: int = 200):
    return throughout(path, rate_hz=RATE, window_s=window_s, hop_s=hop_s, most=most)


def test_windows_overlap_from_the_first_second_to_the_last(tmp_path):
    found = heard(written(tmp_path, sounds.noise(length_s=90, rate_hz=RATE)))
    assert found.starts_s[0] == 0
    assert found.starts_s[-1] == pytest.approx(87)
    assert np.diff(found.starts_s).max() <= 1.5 + 1e-6
    assert {len(samples) for samples in found.samples} == {3 * RATE}


def test_each_window_holds_what_is_heard_where_it_begins(tmp_path):
    steps = [sounds.sine(hz=200 + 50 * i, length_s=6, rate_hz=RATE) for i in range(20)]
    found = heard(written(tmp_path, np.concatenate(steps)))
    for start, samples in zip(found.starts_s, found.samples, strict=True):
        if start % 6 <= 3:
            assert sounds.pitch(samples, RATE) == pytest.approx(200 + 50 * (start // 6), rel=0.02)


def test_a_long_track_is_listened_to_at_as_many_places_as_asked_for(tmp_path):
    found = heard(written(tmp_path, sounds.noise(length_s=300, rate_hz=RATE)), most=20)
    assert len(found.samples) == 20
    assert found.starts_s[-1] == pytest.approx(297)


def test_silent_ends_and_gaps_are_left_out(tmp_path):
    quiet, loud = sounds.hush(length_s=20, rate_hz=RATE), sounds.noise(length_s=20, rate_hz=RATE)
    found = heard(written(tmp_path, np.concatenate([quiet, loud, quiet, loud, quiet])))
    assert found.samples
    assert all(18 <= start <= 39 or 58 <= start <= 79 for start in found.starts_s)
    assert 0.4 < found.silence < 0.8


def test_music_with_rests_is_no_silence(tmp_path):
    found = heard(written(tmp_path, sounds.clicks(bpm=60, length_s=30, rate_hz=RATE)))
    assert len(found.samples) > 15


def test_silence_is_silent_and_a_short_sound_one_window(tmp_path):
    silent = heard(written(tmp_path, sounds.hush(length_s=20, rate_hz=RATE)))
    assert (silent.silent, silent.samples) == (True, ())
    assert len(heard(written(tmp_path, sounds.noise(length_s=2, rate_hz=RATE), "short.flac")).samples) == 1


def test_a_damaged_file_gives_what_can_be_heard_and_a_broken_one_a_sentence(tmp_path):
    cut = heard(str(sounds.truncated(tmp_path / "cut.mp3", length_s=60)))
    assert 0 < cut.starts_s[-1] < 40
    with pytest.raises(UnreadableAudio):
        heard(str(sounds.random_bytes(tmp_path / "noise.mp3")))


def test_windows_that_cannot_be_are_refused(tmp_path):
    with pytest.raises(BadRequest):
        heard("nowhere.flac", hop_s=0.0)

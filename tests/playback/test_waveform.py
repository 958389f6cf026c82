"""The outline of a track shows where it is loud, to the length that was decoded."""

import numpy as np
import pytest
import sounds

from musicdesk.errors import BadRequest, UnreadableAudio
from musicdesk.jobs import Cancelled, Job
from musicdesk.playback.waveform import peaks


@pytest.fixture
def steps(tmp_path):
    """Two seconds each of 0.1, 0.8, nothing and 0.4."""
    parts = [sounds.sine(length_s=2, level=0.1), sounds.sine(length_s=2, level=0.8), sounds.hush(length_s=2),
             sounds.sine(length_s=2, level=0.4)]  # fmt: skip
    return np.concatenate(parts)


@pytest.mark.parametrize("ending", ["wav", "flac", "ogg", "mp3", "m4a"])
def test_every_stretch_has_its_peak(tmp_path, steps, ending):
    outline = peaks(str(sounds.write(tmp_path / f"steps.{ending}", steps)), bins=40)
    assert (outline.shape, outline.dtype) == ((40,), np.float32)
    assert outline[[5, 15, 25, 35]] == pytest.approx([0.1, 0.8, 0.0, 0.4], abs=0.02)


def test_the_default_has_600_bins_within_0_and_1(tmp_path, steps):
    outline = peaks(str(sounds.write(tmp_path / "steps.wav", steps)))
    assert outline.shape == (600,)
    assert 0 <= outline.min() <= outline.max() <= 1


def test_sound_out_of_phase_is_seen(tmp_path):
    left = sounds.sine(length_s=1, level=0.5)
    outline = peaks(str(sounds.write(tmp_path / "phase.wav", np.column_stack([left, -left]))), bins=10)
    assert outline.min() > 0.49


def test_one_loud_sample_is_not_lost(tmp_path):
    samples = sounds.hush(length_s=30)
    samples[700_000] = 0.9
    outline = peaks(str(sounds.write(tmp_path / "click.wav", samples)), bins=100)
    assert np.count_nonzero(outline > 0.85) in (1, 2)
    assert outline[int(700_000 / len(samples) * 100)] > 0.85


def test_the_very_last_sample_counts(tmp_path):
    samples = sounds.hush(length_s=10.001)
    samples[-1] = 0.9
    assert peaks(str(sounds.write(tmp_path / "end.wav", samples)), bins=7)[-1] > 0.85


def test_a_file_with_fewer_frames_than_bins_is_stretched(tmp_path):
    samples = np.array([0.1] * 100 + [0.6] * 100, dtype=np.float32)
    outline = peaks(str(sounds.write(tmp_path / "short.wav", samples)), bins=600)
    assert outline[[0, 299, 300, 599]] == pytest.approx([0.1, 0.1, 0.6, 0.6], abs=0.01)


def test_a_truncated_file_fills_the_outline_with_what_it_has(tmp_path):
    outline = peaks(str(sounds.truncated(tmp_path / "half.wav", length_s=10)), bins=50)
    assert outline.min() > 0.4


def test_it_can_be_cancelled(tmp_path, steps):
    job = Job()
    job.cancel()
    with pytest.raises(Cancelled):
        peaks(str(sounds.write(tmp_path / "steps.wav", steps)), job=job)


def test_what_is_no_sound_is_a_sentence(tmp_path):
    with pytest.raises(UnreadableAudio):
        peaks(str(sounds.text_called_mp3(tmp_path / "list.mp3")))


def test_no_bins_are_a_wrong_call(tmp_path):
    with pytest.raises(BadRequest):
        peaks("song.wav", bins=0)

"""Decibels, one gain a track, and gains for playback that never clip."""

import math

import numpy as np
import pytest
import sounds
from hypothesis import given
from hypothesis import strategies as st

from musicdesk.audio.loudness import factor, level, rms_db, sounding, trim
from musicdesk.records import ReplayGain


def test_a_full_sine_has_minus_three_decibels() -> None:
    assert rms_db(sounds.sine(level=1)) == pytest.approx(-3.01, abs=0.01)
    assert rms_db(sounds.sine(level=0.1)) == pytest.approx(-23.01, abs=0.01)
    assert rms_db(np.ones((100, 2), dtype=np.float32)) == 0


def test_silence_and_nothing_have_the_lowest_level() -> None:
    assert rms_db(sounds.hush()) == rms_db(np.zeros(0, dtype=np.float32)) == -120


def test_all_windows_get_one_gain() -> None:
    loud, quiet = sounds.noise(level=0.2), sounds.noise(level=0.02, seed=1)
    a, b = level([loud, quiet])
    assert rms_db(np.concatenate([a, b])) == pytest.approx(-20, abs=0.01)
    assert rms_db(a) - rms_db(b) == pytest.approx(rms_db(loud) - rms_db(quiet), abs=0.01)


@given(st.floats(-40, 10))
def test_the_level_of_a_file_does_not_matter(decibels: float) -> None:
    windows = [sounds.noise(length_s=0.1), sounds.sine(length_s=0.1)]
    turned = [window * np.float32(10 ** (decibels / 20)) for window in windows]
    for a, b in zip(level(windows), level(turned), strict=True):
        assert a.dtype == np.float32
        np.testing.assert_allclose(a, b, atol=1e-6)


def test_silence_stays_silence() -> None:
    assert not np.any(level([sounds.hush()])[0])
    assert level([]) == ()


def test_silence_is_trimmed_and_found() -> None:
    samples = np.concatenate([sounds.hush(length_s=1), sounds.sine(length_s=2), sounds.hush(length_s=1)])
    trimmed, start_s = trim(samples, 44_100)
    assert (len(trimmed), start_s) == (88_200, 1.0)
    assert sounding(samples, 44_100).tolist() == [False] * 10 + [True] * 20 + [False] * 10
    assert len(trim(sounds.hush(), 44_100)[0]) == 0


TAGGED = ReplayGain(track_db=-6.0, track_peak=1.0, album_db=-8.0, album_peak=1.0)


@pytest.mark.parametrize(
    ("gain", "mode", "decibels"),
    [
        (TAGGED, "track", -6),
        (TAGGED, "album", -8),
        (TAGGED, "off", 0),
        (ReplayGain(track_db=-6.0), "album", -6),
        (ReplayGain(album_db=-8.0), "track", -8),
        (ReplayGain(), "track", 0),
        (ReplayGain(track_db=float("nan")), "track", 0),
        (ReplayGain(track_db=9000.0), "track", 0),
        (ReplayGain(track_db=6.0, track_peak=0.25), "track", 6),
        (ReplayGain(track_db=6.0, track_peak=1.0), "track", 0),  # would clip
        (ReplayGain(track_db=6.0), "track", 0),  # might clip
    ],
)
def test_replay_gain(gain: ReplayGain, mode: str, decibels: float) -> None:
    assert 20 * math.log10(factor(gain, mode)) == pytest.approx(decibels, abs=1e-6)


def test_preamp_and_fallback_count() -> None:
    assert 20 * math.log10(factor(TAGGED, "track", 2.0)) == pytest.approx(-4)
    assert 20 * math.log10(factor(ReplayGain(), "track", fallback_db=-7.0)) == pytest.approx(-7)


@given(
    st.one_of(st.none(), st.floats()), st.one_of(st.none(), st.floats()), st.sampled_from(["track", "album", "off"]),
    st.floats(-20, 20),
)  # fmt: skip
def test_no_tag_makes_a_gain_that_is_none(db: float | None, peak: float | None, mode: str, preamp: float) -> None:
    value = factor(ReplayGain(db, peak, db, peak), mode, preamp)
    assert value > 0
    assert math.isfinite(value)

"""Sounds made of numbers have the pitch, tempo, level and length that was asked for."""

import numpy as np
import pytest
import sounds

from musicdesk.audio import drums, instruments, synth
from musicdesk.audio.loudness import rms_db
from musicdesk.audio.lufs import loudness_lufs, replay_gain_db

RATE = 32_000


def rng() -> np.random.Generator:
    return np.random.default_rng(3)


def centroid_hz(samples: np.ndarray) -> float:
    size = np.abs(np.fft.rfft(samples)) ** 2
    return float((size * np.fft.rfftfreq(len(samples), 1 / RATE)).sum() / size.sum())


def note(name: str, midi: int = 60, *, hardness: float = 0.5, length_s: float = 1.0) -> np.ndarray:
    return instruments.INSTRUMENTS[name].voice(synth.midi_hz(midi), length_s, RATE, hardness, rng())


def test_midi_notes_have_their_frequencies() -> None:
    assert synth.midi_hz(69) == 440
    assert synth.midi_hz(57) == pytest.approx(220)


@pytest.mark.parametrize("hz", [27.5, 440.0, 3951.1])
def test_a_sine_keeps_its_pitch_and_purity(hz: float) -> None:
    samples = synth.sine(hz, 20.0, rate_hz=RATE)
    exact = np.sin(2 * np.pi * hz * np.arange(len(samples)) / RATE)
    assert np.abs(samples - exact).max() < 2e-3


def test_a_tone_has_its_length_level_and_type() -> None:
    samples = synth.tone(hz=1000, length_s=0.5, rate_hz=RATE, level=0.25)
    assert samples.dtype == np.float32
    assert len(samples) == RATE // 2
    assert np.abs(samples).max() == pytest.approx(0.25, abs=1e-3)


def test_clicks_lie_on_the_beats() -> None:
    samples = synth.clicks(bpm=90, length_s=10, rate_hz=RATE)
    loud = np.flatnonzero(np.abs(samples) > 0.3) / RATE
    starts = loud[np.diff(loud, prepend=-1) > 0.1]
    np.testing.assert_allclose(starts, np.arange(15) * 60 / 90, atol=0.001)


def test_a_chord_holds_its_notes() -> None:
    samples = synth.chord([60, 64, 67], length_s=2, rate_hz=RATE)
    size = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    bins = np.fft.rfftfreq(len(samples), 1 / RATE)
    peaks = [bins[(size > 0.3 * size.max()) & (np.abs(bins - synth.midi_hz(n)) < 2)] for n in (60, 64, 67)]
    assert all(len(found) for found in peaks)


def test_a_bright_oscillator_does_not_alias() -> None:
    hz = 3000.0
    samples = synth.oscillator(synth.wave_table(synth.saw_levels(hz, rate_hz=RATE)), hz, 1.0, rate_hz=RATE)
    size = np.abs(np.fft.rfft(samples * np.blackman(len(samples))))
    away = np.abs((np.arange(len(size)) + 1500) % 3000 - 1500) > 20
    assert size[away].max() < size.max() / 1000


@pytest.mark.parametrize("hz", [41.2, 110.0, 196.0, 659.3])
def test_a_plucked_string_is_in_tune_and_dies_away(hz: float) -> None:
    samples = synth.plucked(hz, 3.0, rate_hz=RATE, rng=rng(), brightness=0.5, decay_s=3.0)
    size = np.abs(np.fft.rfft(samples * np.hanning(len(samples)), 1 << 19))
    bins = np.fft.rfftfreq(1 << 19, 1 / RATE)
    near = (bins > 0.94 * hz) & (bins < 1.06 * hz)
    assert bins[near][size[near].argmax()] == pytest.approx(hz, rel=0.0015)  # 2.6 cents
    assert rms_db(samples[-RATE:]) < rms_db(samples[:RATE]) - 12


def test_noise_follows_its_generator() -> None:
    one, two = (synth.noise(1.0, rate_hz=RATE, rng=np.random.default_rng(seed)) for seed in (1, 1))
    np.testing.assert_array_equal(one, two)
    assert one.std() == pytest.approx(1, abs=0.02)


def test_filters_take_away_what_they_should() -> None:
    hiss = synth.noise(2.0, rate_hz=RATE, rng=rng())
    assert centroid_hz(synth.lowpass(hiss, 500, rate_hz=RATE)) < 2000
    assert centroid_hz(synth.highpass(hiss, 8000, rate_hz=RATE)) > 10_000
    assert 1000 < centroid_hz(synth.bandpass(hiss, 1500, 2500, rate_hz=RATE, order=2)) < 3500


def test_a_room_rings_for_its_time() -> None:
    click = np.zeros((3 * RATE, 2), dtype=np.float32)
    click[0] = 1
    echo = synth.room(click, decay_s=2.0, rate_hz=RATE, rng=rng())
    early, late = (rms_db(echo[int(s * RATE) : int((s + 0.2) * RATE)]) for s in (0.1, 1.1))
    assert early - late == pytest.approx(30, abs=5)
    assert np.corrcoef(echo.T)[0, 1] < 0.2


def test_fades_begin_and_end_in_silence_and_leave_the_middle() -> None:
    samples = synth.faded(np.ones((RATE, 2), dtype=np.float32), rate_hz=RATE, in_s=0.1, out_s=0.2)
    assert abs(samples[0]).max() == 0
    assert abs(samples[-1]).max() < 1e-6
    assert (samples[int(0.11 * RATE) : int(0.79 * RATE)] == 1).all()
    assert len(synth.faded(np.ones(10, dtype=np.float32), rate_hz=RATE, in_s=1, out_s=1)) == 10


def test_adding_outside_is_left_out() -> None:
    total = np.zeros(4, dtype=np.float32)
    synth.add(total, np.ones(3, dtype=np.float32), at=-2)
    synth.add(total, np.ones(3, dtype=np.float32), at=3)
    synth.add(total, np.ones(3, dtype=np.float32), at=9)
    assert total.tolist() == [1, 0, 0, 1]


def test_levels_and_peaks_are_kept() -> None:
    wild = synth.noise(2.0, rate_hz=RATE, rng=rng())[:, None] * np.ones(2, dtype=np.float32)
    wild[5000] *= 20
    held = synth.levelled(wild, rms_db=-15, ceiling_db=-2, rate_hz=RATE)
    assert rms_db(held) == pytest.approx(-15, abs=0.2)
    assert np.abs(held).max() <= 10 ** (-2 / 20) + 1e-6
    silence = np.zeros((100, 2), dtype=np.float32)
    assert not synth.levelled(silence, rms_db=-15, ceiling_db=-2, rate_hz=RATE).any()


class TestLoudness:
    def test_the_reference_tone_of_the_standard(self) -> None:
        """BS.1770: a sine of 997 Hz at full scale in one channel reads -3.01 LUFS."""
        for rate in (22_050, 32_000, 44_100, 48_000):
            assert loudness_lufs(synth.sine(997, 5, rate_hz=rate), rate_hz=rate) == pytest.approx(-3.01, abs=0.05)

    def test_two_channels_are_three_louder_and_gain_is_the_distance(self) -> None:
        tone = synth.sine(997, 5, rate_hz=RATE) * np.float32(0.1)
        both = np.column_stack([tone, tone])
        assert loudness_lufs(both, rate_hz=RATE) == pytest.approx(-20, abs=0.05)
        assert replay_gain_db(both, rate_hz=RATE) == pytest.approx(2, abs=0.05)

    def test_silence_between_does_not_count(self) -> None:
        tone = synth.sine(997, 5, rate_hz=RATE)
        gaps = np.concatenate([tone, np.zeros(10 * RATE, dtype=np.float32)])
        assert loudness_lufs(gaps, rate_hz=RATE) == pytest.approx(-3.01, abs=0.3)

    def test_silence_and_a_blink_are_silent(self) -> None:
        assert loudness_lufs(np.zeros(RATE, dtype=np.float32), rate_hz=RATE) == -70
        assert loudness_lufs(synth.sine(997, 0.2, rate_hz=RATE), rate_hz=RATE) == -70


@pytest.mark.parametrize("name", instruments.INSTRUMENTS)
def test_every_instrument_plays_in_tune(name: str) -> None:
    midi = 45 if "bass" in name else 57
    for hardness in (0.2, 0.9):
        samples = note(name, midi, hardness=hardness)
        assert samples.dtype == np.float32
        assert len(samples) == RATE
        assert np.isfinite(samples).all()
        assert 0.2 < np.abs(samples).max() < 2.5
        size = np.abs(np.fft.rfft(samples * np.hanning(RATE), 1 << 18))
        bins = np.fft.rfftfreq(1 << 18, 1 / RATE)
        near = np.abs(1200 * np.log2(np.maximum(bins, 1) / synth.midi_hz(midi))) < 100
        cents = 1200 * np.log2(bins[near][size[near].argmax()] / synth.midi_hz(midi))
        assert abs(cents) < 15


@pytest.mark.parametrize("name", ["piano", "acoustic guitar", "strings", "organ", "vibraphone", "synth lead"])
def test_a_harder_stroke_is_not_darker(name: str) -> None:
    assert centroid_hz(note(name, 52, hardness=0.9)) > centroid_hz(note(name, 52, hardness=0.1)) * 0.99


def test_instruments_differ_in_how_they_begin_and_last() -> None:
    def start_s(name: str) -> float:
        level = np.sqrt(np.convolve(note(name, 57, length_s=2.0) ** 2, np.ones(640) / 640, "same"))
        return float(np.argmax(level > 0.5 * level.max()) / RATE)

    def falls_db(name: str) -> float:
        samples = note(name, 57, length_s=2.0)
        return rms_db(samples[RATE // 4 : RATE // 2]) - rms_db(samples[-RATE // 4 :])

    assert max(start_s(name) for name in ("piano", "acoustic guitar", "vibraphone")) < 0.03
    assert start_s("synth pad") > 0.1
    assert min(falls_db(name) for name in ("piano", "acoustic guitar", "vibraphone", "bells")) > 4
    assert max(abs(falls_db(name)) for name in ("organ", "strings", "flute")) < 4


@pytest.mark.parametrize("kit", drums.KITS)
def test_every_drum_sounds_at_any_rate(kit: str) -> None:
    for name, hit in drums.KITS[kit].items():
        assert name in drums.LEVELS
        for rate in (22_050, RATE):
            samples = hit(rate, rng())
            assert samples.dtype == np.float32
            assert np.isfinite(samples).all()
            assert 0.5 < np.abs(samples).max() < 1.5
            assert rms_db(samples[-200:]) < -35


def test_kicks_are_low_and_hats_are_high() -> None:
    for kit in ("acoustic", "electronic", "brushes"):
        sounds_of = drums.KITS[kit]
        assert sounds.pitch(sounds_of["kick"](RATE, rng()), RATE) < 130
        assert centroid_hz(sounds_of["hat"](RATE, rng())) > 6000

import librosa
import numpy as np
import pytest

from musicdesk.features import descriptors as measure
from musicdesk.features.mel import MelSpec, apply_filters, mel_spectrogram, spectrogram

RATE_HZ = 16_000
TONE = MelSpec(RATE_HZ, n_fft=2048, hop=1024, n_mels=128)
BEAT = MelSpec(RATE_HZ, n_fft=512, hop=256, n_mels=40)
FRAME_RATE_HZ = RATE_HZ / BEAT.hop


def tones(*pitches_hz: float, seconds: float = 4.0) -> np.ndarray:
    time = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    return (0.2 * sum(np.sin(2 * np.pi * hz * time) for hz in pitches_hz)).astype(np.float32)


def clicks(bpm: float, *, seconds: float = 10.0) -> np.ndarray:
    samples = np.random.default_rng(1).standard_normal(round(seconds * RATE_HZ)) * 1e-3
    for at in np.arange(0.1, seconds - 0.1, 60 / bpm):
        start = round(at * RATE_HZ)
        samples[start : start + 400] += np.exp(-np.arange(400) / 60) * np.sin(np.arange(400))
    return samples.astype(np.float32)


@pytest.fixture(scope="module")
def power() -> np.ndarray:
    noise = np.random.default_rng(2).standard_normal(4 * RATE_HZ) * 0.05
    return spectrogram((tones(440, 554.4) + clicks(100, seconds=4) + noise).astype(np.float32), n_fft=2048, hop=1024)


def test_timbre_is_librosas(power: np.ndarray) -> None:
    mel = apply_filters(power, TONE)
    expected = librosa.feature.mfcc(S=librosa.power_to_db(mel.T), n_mfcc=20).T
    np.testing.assert_allclose(measure.mfcc(measure.decibels(mel), 20), expected, atol=1e-3)


def test_brightness_is_librosas(power: np.ndarray) -> None:
    magnitude = np.sqrt(power)
    reference = librosa.feature
    pairs = [
        (measure.centroid_hz(magnitude, RATE_HZ), reference.spectral_centroid(S=magnitude.T, sr=RATE_HZ)),
        (measure.bandwidth_hz(magnitude, RATE_HZ), reference.spectral_bandwidth(S=magnitude.T, sr=RATE_HZ)),
        (measure.rolloff_hz(magnitude, RATE_HZ), reference.spectral_rolloff(S=magnitude.T, sr=RATE_HZ)),
        (measure.flatness(power), reference.spectral_flatness(S=magnitude.T)),
    ]
    for ours, expected in pairs:
        np.testing.assert_allclose(ours, expected[0], rtol=1e-4)


def test_chroma_is_librosas(power: np.ndarray) -> None:
    expected = librosa.feature.chroma_stft(S=power.T, sr=RATE_HZ, n_fft=2048, tuning=0).T
    np.testing.assert_allclose(measure.chroma(power, RATE_HZ), expected, atol=1e-5)


def test_onsets_are_librosas(power: np.ndarray) -> None:
    levels_db = measure.decibels(apply_filters(power, TONE))
    expected = librosa.onset.onset_strength(S=levels_db.T, sr=RATE_HZ, hop_length=1024, center=False)
    np.testing.assert_allclose(measure.onset_strength(levels_db), expected, atol=1e-4)


def tempo_of(samples: np.ndarray) -> measure.Tempo:
    onsets = measure.onset_strength(measure.decibels(mel_spectrogram(samples, BEAT)))
    return measure.tempo(measure.self_similarity(onsets), FRAME_RATE_HZ)


@pytest.mark.parametrize("bpm", [72, 90, 100, 117, 128, 140, 160])
def test_the_tempo_of_clicks_is_found(bpm: float) -> None:
    found = tempo_of(clicks(bpm))
    assert found.bpm == pytest.approx(bpm, rel=0.02)
    assert found.clarity > 0.6


@pytest.mark.parametrize("bpm", [45, 220])
def test_an_extreme_tempo_is_found_up_to_the_octave(bpm: float) -> None:
    octaves = np.log2(tempo_of(clicks(bpm, seconds=12)).bpm / bpm)
    assert abs(octaves - round(octaves)) < 0.03


def test_noise_has_a_less_clear_beat_than_clicks() -> None:
    noise = np.random.default_rng(3).standard_normal(10 * RATE_HZ).astype(np.float32)
    assert tempo_of(noise).clarity < 0.3


def test_what_does_not_move_has_no_tempo() -> None:
    assert measure.tempo(measure.self_similarity(np.zeros(600, np.float32)), FRAME_RATE_HZ) == measure.Tempo(0, 0)
    assert measure.tempo(measure.self_similarity(np.ones(4, np.float32)), FRAME_RATE_HZ) == measure.Tempo(0, 0)


@pytest.mark.parametrize(
    ("steps", "name"),
    [
        ((0, 4, 7, 5, 9, 0, 7, 11, 2), "C major"),
        ((9, 0, 4, 2, 5, 9, 4, 8, 11), "A minor"),
        ((7, 11, 2, 0, 4, 7, 2, 6, 9), "G major"),
    ],
)
def test_the_key_of_three_chords_is_found(steps: tuple[int, ...], name: str) -> None:
    samples = np.concatenate([tones(*[261.63 * 2 ** (s / 12) for s in steps[at : at + 3]]) for at in (0, 3, 6)])
    pitches = measure.chroma(spectrogram(samples, n_fft=2048, hop=1024), RATE_HZ).mean(axis=0)
    key = measure.key(pitches)
    assert key.name == name
    assert (key.majorness > 0) == name.endswith("major")


def test_intervals_do_not_depend_on_the_key() -> None:
    pitches = np.random.default_rng(4).random(12).astype(np.float32)
    expected = measure.intervals(pitches)
    for shift in range(12):
        np.testing.assert_allclose(measure.intervals(np.roll(pitches, shift)), expected, atol=1e-6)


def test_silence_gives_finite_numbers() -> None:
    power = np.zeros((10, 1025), np.float32)
    for curve in (
        measure.centroid_hz(power, RATE_HZ), measure.bandwidth_hz(power, RATE_HZ), measure.rolloff_hz(power, RATE_HZ),
        measure.flatness(power), measure.chroma(power, RATE_HZ), measure.decibels(power),
    ):  # fmt: skip
        assert np.isfinite(curve).all()
    assert np.isfinite(measure.key(np.zeros(12, np.float32)).fit)

import subprocess
import sys
from dataclasses import replace

import librosa
import numpy as np
import pytest

from musicdesk.errors import BadRequest
from musicdesk.features.mel import MelSpec, decibels, mel_filters, mel_spectrogram, spectrogram

MUSICNN = MelSpec(rate_hz=16_000, n_fft=512, hop=256, n_mels=96)
SPECS = [
    MUSICNN,
    MelSpec(rate_hz=22_050, n_fft=2048, hop=512, n_mels=128),
    MelSpec(rate_hz=16_000, n_fft=1024, hop=320, n_mels=64, fmin=50.0, fmax=7_000.0, power=1.0),
    MelSpec(rate_hz=22_050, n_fft=2048, hop=1024, n_mels=96),
    MelSpec(rate_hz=22_050, n_fft=512, hop=256, n_mels=40),
]


def noisy_tone(rate_hz: int, seconds: float = 2.0) -> np.ndarray:
    time = np.arange(round(seconds * rate_hz)) / rate_hz
    noise = np.random.default_rng(5).standard_normal(len(time))
    return (0.5 * np.sin(2 * np.pi * 440 * time) + 0.05 * noise).astype(np.float32)


@pytest.mark.parametrize("spec", SPECS)
def test_the_mel_spectrogram_is_librosas(spec: MelSpec) -> None:
    samples = noisy_tone(spec.rate_hz)
    expected = librosa.feature.melspectrogram(
        y=samples, sr=spec.rate_hz, n_fft=spec.n_fft, hop_length=spec.hop, n_mels=spec.n_mels,
        fmin=spec.fmin, fmax=spec.fmax, power=spec.power,
    ).T  # fmt: skip
    ours = mel_spectrogram(samples, spec)
    assert ours.dtype == np.float32
    assert ours.shape == expected.shape == (1 + len(samples) // spec.hop, spec.n_mels)
    np.testing.assert_allclose(ours, expected, rtol=1e-5, atol=1e-5 * expected.max())


@pytest.mark.parametrize("spec", SPECS)
def test_the_filters_are_librosas(spec: MelSpec) -> None:
    expected = librosa.filters.mel(
        sr=spec.rate_hz, n_fft=spec.n_fft, n_mels=spec.n_mels, fmin=spec.fmin, fmax=spec.fmax
    )
    np.testing.assert_array_equal(mel_filters(spec), expected)


def test_a_process_that_analyses_needs_no_librosa() -> None:
    script = (
        "import sys, numpy as np; from musicdesk.encoders import musicnn;"
        "musicnn.front_end([np.ones(48_000, np.float32)]); print({'librosa', 'numba', 'torch'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_a_tone_is_loudest_in_its_own_band() -> None:
    time = np.arange(16_000) / 16_000
    mel = mel_spectrogram(np.sin(2 * np.pi * 1_000 * time).astype(np.float32), MUSICNN)
    band = mel_filters(MUSICNN)[:, round(1_000 * 512 / 16_000)].argmax()
    assert (mel.argmax(axis=1)[2:-2] == band).all()


def test_sound_shorter_than_a_frame_still_gives_one() -> None:
    assert mel_spectrogram(noisy_tone(16_000, 0.005), MUSICNN).shape == (1, 96)


def test_silence_is_zero() -> None:
    assert not mel_spectrogram(np.zeros(4_000, np.float32), MUSICNN).any()


@pytest.mark.parametrize(
    "samples",
    [np.zeros(0, np.float32), np.zeros((2, 100), np.float32), np.array([0, np.nan], np.float32)],
    ids=["empty", "stereo", "not a number"],
)
def test_what_is_no_mono_sound_is_refused(samples: np.ndarray) -> None:
    with pytest.raises(BadRequest, match="mono"):
        spectrogram(samples, n_fft=512, hop=256)


TORCHAUDIO = MelSpec(
    rate_hz=24_000, n_fft=2048, hop=240, n_mels=128, scale="htk", triangles="height", ends="mirrored"
)  # fmt: skip


@pytest.mark.parametrize("area", [False, True], ids=["equal height", "equal area"])
def test_the_htk_scale_and_mirrored_ends_are_librosas_too(area: bool) -> None:
    spec = replace(TORCHAUDIO, triangles="area" if area else "height", fmin=20.0, fmax=11_000.0)
    samples = noisy_tone(spec.rate_hz)
    norm = "slaney" if area else None
    filters = librosa.filters.mel(
        sr=spec.rate_hz, n_fft=spec.n_fft, n_mels=spec.n_mels, fmin=spec.fmin, fmax=spec.fmax, htk=True, norm=norm
    )
    np.testing.assert_allclose(mel_filters(spec), filters, atol=1e-6 * filters.max())
    spectrum = np.abs(librosa.stft(samples, n_fft=spec.n_fft, hop_length=spec.hop, pad_mode="reflect")) ** 2
    expected = (filters @ spectrum).T
    np.testing.assert_allclose(mel_spectrogram(samples, spec), expected, rtol=1e-4, atol=1e-6 * expected.max())


def test_triangles_of_equal_height_reach_one() -> None:
    filters = mel_filters(TORCHAUDIO)
    assert filters.max() <= 1
    assert (filters[64:].max(axis=1) > 0.9).all()
    np.testing.assert_allclose(filters[:, 200:900].sum(axis=0), 1, atol=1e-5)


def test_mirrored_ends_hold_what_the_sound_holds() -> None:
    tone = np.cos(2 * np.pi * 1_000 * np.arange(24_000) / 24_000).astype(np.float32)
    zeros, mirrored = (mel_spectrogram(tone, replace(TORCHAUDIO, ends=ends)) for ends in ("zeros", "mirrored"))
    np.testing.assert_array_equal(zeros[10:-10], mirrored[10:-10])
    np.testing.assert_allclose(mirrored[0], mirrored[50], atol=1e-3 * mirrored.max())
    assert zeros[0].max() < 0.5 * mirrored[0].max()


def test_decibels_are_librosas_without_a_ceiling() -> None:
    power = np.array([[0, 1e-12, 1e-10], [1e-3, 1, 1e6]], dtype=np.float32)
    found = decibels(power)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, librosa.power_to_db(power, amin=1e-10, top_db=None), atol=1e-4)
    np.testing.assert_allclose(found, [[-100, -100, -100], [-30, 0, 60]], atol=1e-4)

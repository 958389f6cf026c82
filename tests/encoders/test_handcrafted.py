from pathlib import Path

import numpy as np
import pytest
from encoders.encoder_contract import EncoderContract, heard

from musicdesk.encoders.handcrafted import SPEC, VOCABULARY, Handcrafted

LENGTH = round(SPEC.window_s * SPEC.rate_hz)
TIME = np.arange(LENGTH) / SPEC.rate_hz


@pytest.fixture(scope="module")
def encoder() -> Handcrafted:
    return Handcrafted(Path())


class TestContract(EncoderContract):
    pass


def pad(*pitches_hz: float) -> np.ndarray:
    swell = 0.6 + 0.4 * np.sin(2 * np.pi * 0.2 * TIME)
    return np.asarray(0.1 * swell * sum(np.sin(2 * np.pi * hz * TIME) for hz in pitches_hz), dtype=np.float32)


def drums(bpm: float) -> np.ndarray:
    phase = (TIME * bpm / 60) % 1
    noise = np.random.default_rng(6).standard_normal(LENGTH)
    return np.asarray(0.3 * noise * np.exp(-18 * phase) + 0.005 * noise, dtype=np.float32)


def tag(encoder: Handcrafted, samples: np.ndarray, word: str) -> float:
    return float(heard(encoder, [samples]).tags[0, VOCABULARY.index(word)])


@pytest.mark.parametrize("factor", [0.5, 0.1, 0.01])
def test_the_level_of_playback_does_not_matter(encoder: Handcrafted, factor: float) -> None:
    loud = drums(120) + pad(220, 277, 330)
    expected, found = heard(encoder, [loud]), heard(encoder, [loud * np.float32(factor)])
    np.testing.assert_allclose(found.vectors, expected.vectors, atol=2e-3)
    np.testing.assert_allclose(found.tags, expected.tags, atol=2e-3)


@pytest.mark.parametrize(
    ("more", "less", "word", "opposite"),
    [
        (drums(480), pad(110, 165), "fast", "slow"),  # sixteenths at 120
        (drums(120), pad(110, 165), "percussive", "smooth"),
        (drums(120), pad(110, 165), "bright", "dark"),
        (drums(120), pad(110, 165), "noisy", "melodic"),
        (drums(240), pad(110, 165), "energetic", "calm"),
        (pad(261.6, 329.6, 392.0), pad(220.0, 261.6, 329.6), "major", "minor"),
    ],
)
def test_a_word_holds_where_it_should(
    encoder: Handcrafted, more: np.ndarray, less: np.ndarray, word: str, opposite: str
) -> None:
    assert tag(encoder, more, word) > 0.5 > tag(encoder, less, word)
    assert tag(encoder, more, word) == pytest.approx(1 - tag(encoder, more, opposite))


def test_the_faster_the_drums_the_faster_the_word(encoder: Handcrafted) -> None:
    shares = [tag(encoder, drums(bpm), "fast") for bpm in (66, 90, 120, 160)]
    assert shares == sorted(shares)


def test_the_key_does_not_make_the_vector(encoder: Handcrafted) -> None:
    chord = np.array([261.6, 329.6, 392.0])
    rows = heard(encoder, [pad(*chord), pad(*chord * 2 ** (1 / 12)), drums(100)]).vectors
    assert np.linalg.norm(rows[0] - rows[1]) < 0.3 * np.linalg.norm(rows[0] - rows[2])

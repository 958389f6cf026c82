"""What every encoder promises; each implementation subclasses this with its own fixture ``encoder``."""

import subprocess
import sys
from collections.abc import Sequence

import numpy as np
import pytest
from encoders.golden_sounds import SOUNDS

from musicdesk.encoders import registry
from musicdesk.encoders.base import Encoded, Encoder
from musicdesk.errors import BadRequest


def heard(encoder: Encoder, windows: Sequence[np.ndarray]) -> Encoded:
    """Front end, then network, as the analysis does it."""
    return encoder.encode(registry.plugin(encoder.spec.key.name).front_end(windows))


class EncoderContract:
    @pytest.fixture
    def windows(self, encoder: Encoder) -> list[np.ndarray]:
        length = round(encoder.spec.window_s * encoder.spec.rate_hz)
        return [np.resize(make(), length) for make in SOUNDS.values()]

    def test_it_gives_a_row_of_finite_numbers_for_every_window(
        self, encoder: Encoder, windows: list[np.ndarray]
    ) -> None:
        encoded = heard(encoder, windows)
        assert encoded.vectors.shape == (len(windows), encoder.spec.dim)
        assert encoded.tags.shape == (len(windows), len(encoder.spec.vocabulary))
        assert encoded.vectors.dtype == encoded.tags.dtype == np.float32
        assert np.isfinite(encoded.vectors).all()

    def test_tags_are_probabilities(self, encoder: Encoder, windows: list[np.ndarray]) -> None:
        tags = heard(encoder, windows).tags
        assert ((tags >= 0) & (tags <= 1)).all()

    def test_its_words_are_distinct_and_lower_case(self, encoder: Encoder) -> None:
        words = encoder.spec.vocabulary
        assert len(set(words)) == len(words)
        assert all(word and word == word.lower().strip() for word in words)

    def test_the_same_sound_gives_the_same_numbers(self, encoder: Encoder, windows: list[np.ndarray]) -> None:
        first, second = heard(encoder, windows), heard(encoder, windows)
        np.testing.assert_array_equal(first.vectors, second.vectors)
        np.testing.assert_array_equal(first.tags, second.tags)

    def test_a_row_depends_on_its_own_window_alone(self, encoder: Encoder, windows: list[np.ndarray]) -> None:
        together, turned = heard(encoder, windows), heard(encoder, windows[::-1])
        alone = [heard(encoder, [window]) for window in windows]
        np.testing.assert_allclose(turned.vectors[::-1], together.vectors, atol=1e-5)
        np.testing.assert_allclose(np.concatenate([one.vectors for one in alone]), together.vectors, atol=1e-5)
        np.testing.assert_allclose(np.concatenate([one.tags for one in alone]), together.tags, atol=1e-5)

    def test_different_sounds_give_different_vectors(self, encoder: Encoder, windows: list[np.ndarray]) -> None:
        vectors = heard(encoder, windows).vectors
        distances = np.linalg.norm(vectors[:, None] - vectors[None], axis=2)
        assert (distances[~np.eye(len(vectors), dtype=bool)] > 0.1).all()

    def test_float16_keeps_the_vector(self, encoder: Encoder, windows: list[np.ndarray]) -> None:
        vectors = heard(encoder, windows).vectors
        assert np.abs(vectors).max() < 1_000
        np.testing.assert_allclose(vectors.astype(np.float16), vectors, rtol=1e-3, atol=1e-3)

    def test_short_sound_is_repeated(self, encoder: Encoder, windows: list[np.ndarray]) -> None:
        short = windows[0][: encoder.spec.rate_hz]
        expected = heard(encoder, [np.resize(short, len(windows[0]))])
        np.testing.assert_array_equal(heard(encoder, [short]).vectors, expected.vectors)

    def test_silence_and_a_single_sample_are_no_trouble(self, encoder: Encoder) -> None:
        encoded = heard(encoder, [np.zeros(encoder.spec.rate_hz, np.float32), np.ones(1, np.float32)])
        assert np.isfinite(encoded.vectors).all()
        assert np.isfinite(encoded.tags).all()

    def test_the_front_end_needs_no_torch(self, encoder: Encoder) -> None:
        code = f"""
import sys
import numpy as np
from musicdesk.encoders import registry
features = registry.plugin({encoder.spec.key.name!r}).front_end([np.ones(16000, np.float32)])
assert features.dtype == np.float32 and len(features) == 1
assert "torch" not in sys.modules
"""
        subprocess.run([sys.executable, "-c", code], check=True, timeout=120)

    def test_no_windows_give_no_rows(self, encoder: Encoder) -> None:
        encoded = heard(encoder, [])
        assert encoded.vectors.shape == (0, encoder.spec.dim)
        assert encoded.tags.shape == (0, len(encoder.spec.vocabulary))

    @pytest.mark.parametrize("bad", [[], [np.nan] * 9, [[0.0] * 9] * 2], ids=["empty", "not a number", "stereo"])
    def test_what_is_no_mono_sound_is_refused(self, encoder: Encoder, bad: Sequence[object]) -> None:
        with pytest.raises(BadRequest, match="mono"):
            heard(encoder, [np.array(bad, dtype=np.float32)])

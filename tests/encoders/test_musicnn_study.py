"""MusiCNN as Tamm & Aljanaki ran it: one network, half a minute, the mean over patches."""

from pathlib import Path

import numpy as np
import pytest
from encoders import slow_musicnn
from encoders.encoder_contract import EncoderContract, heard
from encoders.golden_sounds import beats, chords
from safetensors.numpy import load_file

from musicdesk.encoders.base import Loudness
from musicdesk.encoders.musicnn import MSD_TAGS, PLUGIN, STUDY, StudyMusicnn, study_front_end

RATE_HZ = 16_000


@pytest.fixture(scope="module")
def encoder(musicnn_folder: Path) -> StudyMusicnn:
    return StudyMusicnn(musicnn_folder)


class TestContract(EncoderContract):
    @pytest.fixture
    def windows(self) -> list[np.ndarray]:
        return [np.resize(make(), 30 * RATE_HZ) for make in (chords, beats)]


def test_a_vector_is_the_mean_of_the_slow_pass_over_ten_patches(musicnn_folder: Path, encoder: StudyMusicnn) -> None:
    window = np.concatenate([chords(), beats()])
    window = np.concatenate([window * gain for gain in (0.5, 1.0, 0.25)])[: 30 * RATE_HZ]
    tensors = load_file(musicnn_folder / "msd.safetensors")
    rows = [slow_musicnn.tags_and_embedding(tensors, patch) for patch in slow_musicnn.patches(window)]
    assert len(rows) == 10
    encoded = heard(encoder, [window])
    np.testing.assert_allclose(encoded.vectors[0], np.mean([row for _, row in rows], axis=0), atol=1e-4)
    np.testing.assert_allclose(encoded.tags[0], np.mean([tags for tags, _ in rows], axis=0), atol=1e-4)


def test_every_patch_counts_not_the_first_alone(encoder: StudyMusicnn) -> None:
    """The package of 0.1.0 repeats its first row; that is not the setting."""
    begin = np.resize(chords(), 30 * RATE_HZ)
    changed = np.concatenate([begin[: 15 * RATE_HZ], np.resize(beats(), 15 * RATE_HZ)])
    first, second = heard(encoder, [begin, changed]).vectors
    assert np.abs(first - second).max() > 0.1


def test_what_a_gpu_runs_gives_the_same_vectors(
    musicnn_folder: Path, encoder: StudyMusicnn, monkeypatch: pytest.MonkeyPatch
) -> None:
    from musicdesk.encoders import musicnn

    on = musicnn._on
    monkeypatch.setattr(musicnn, "_on", lambda networks, device, *, batched: on(networks, "cpu", batched=True))
    in_torch = StudyMusicnn(musicnn_folder, "cuda")
    features = study_front_end([beats()])
    np.testing.assert_allclose(in_torch.encode(features).vectors, encoder.encode(features).vectors, atol=1e-4)
    np.testing.assert_allclose(in_torch.encode(features).tags, encoder.encode(features).tags, atol=1e-4)


def test_it_listens_with_the_weights_of_musicnn_at_the_level_as_decoded() -> None:
    assert STUDY.spec.weights == PLUGIN.spec.weights
    assert STUDY.spec.weights_name == "musicnn"
    assert STUDY.spec.key != PLUGIN.spec.key
    assert STUDY.spec.vocabulary == MSD_TAGS
    assert (STUDY.spec.loudness, STUDY.spec.windows, STUDY.spec.window_s) == (Loudness.RAW, 1, 30.0)

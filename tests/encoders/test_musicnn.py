"""MusiCNN against numbers from outside: the slow numpy pass, librosa's mel, and the example its authors published."""

import os
from pathlib import Path

import numpy as np
import pytest
from encoders import slow_musicnn
from encoders.encoder_contract import EncoderContract, heard
from encoders.golden_sounds import SOUNDS, chords
from safetensors.numpy import load_file

from musicdesk.audio.decode import read
from musicdesk.encoders import musicnn
from musicdesk.encoders.musicnn import MSD_TAGS, MTT_TAGS, VOCABULARY, Musicnn, log_mel_patches, merge_tags
from musicdesk.encoders.nets.musicnn_net import MusicnnNet

PUBLISHED = ("techno", "electronic", "synth", "fast", "beat", "drums", "no vocals", "no vocal", "dance", "ambient")
"""Top ten tags of joram-moments_of_clarity-08-solipsism-59-88.mp3 by MTT_musicnn, from the package's README."""


@pytest.fixture(scope="module")
def encoder(musicnn_folder: Path) -> Musicnn:
    return Musicnn(musicnn_folder)


@pytest.fixture(scope="module")
def batched_encoder(musicnn_folder: Path) -> Musicnn:
    return Musicnn(musicnn_folder, batched=True)


@pytest.fixture(scope="module")
def golden() -> dict[str, np.ndarray]:
    with np.load(Path(__file__).with_name("musicnn_golden.npz")) as file:
        return dict(file)


def listened(folder: Path, network: str, samples: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Embeddings [n, 200] and probabilities [n, 50] by one of the networks alone."""
    embeddings, logits = MusicnnNet([musicnn.open_network(folder, network)])(log_mel_patches(samples))
    return embeddings[:, 0], 1 / (1 + np.exp(-logits[:, 0]))


class TestContract(EncoderContract):
    pass


class TestBatchedContract(EncoderContract):
    """What a GPU runs, on the CPU."""

    @pytest.fixture
    def encoder(self, batched_encoder: Musicnn) -> Musicnn:
        return batched_encoder


@pytest.mark.parametrize("network", ["msd", "mtt"])
@pytest.mark.parametrize("sound", SOUNDS)
def test_the_network_gives_the_numbers_of_the_slow_pass(
    musicnn_folder: Path, golden: dict[str, np.ndarray], network: str, sound: str
) -> None:
    embedding, tags = listened(musicnn_folder, network, SOUNDS[sound]())
    np.testing.assert_allclose(embedding, golden[f"{network}_{sound}_embedding"], atol=1e-4)
    np.testing.assert_allclose(tags, golden[f"{network}_{sound}_tags"], atol=1e-4)


def test_the_golden_numbers_are_those_of_the_slow_pass(musicnn_folder: Path, golden: dict[str, np.ndarray]) -> None:
    tensors = {
        name: values.astype(np.float64) for name, values in load_file(musicnn_folder / "msd.safetensors").items()
    }
    tags, embedding = slow_musicnn.tags_and_embedding(tensors, slow_musicnn.patches(chords())[1])
    np.testing.assert_allclose(embedding, golden["msd_chords_embedding"][1], atol=1e-5)
    np.testing.assert_allclose(tags, golden["msd_chords_tags"][1], atol=1e-6)


def test_the_front_end_is_librosas() -> None:
    for make in SOUNDS.values():
        np.testing.assert_allclose(log_mel_patches(make()), slow_musicnn.patches(make()), atol=1e-4)


def test_a_window_has_the_embeddings_and_words_of_both_networks(
    encoder: Musicnn, golden: dict[str, np.ndarray]
) -> None:
    encoded = heard(encoder, [chords()])
    msd, mtt = golden["msd_chords_tags"][0], golden["mtt_chords_tags"][0]
    np.testing.assert_allclose(encoded.vectors[0, :200], golden["msd_chords_embedding"][0], atol=1e-4)
    np.testing.assert_allclose(encoded.vectors[0, 200:], golden["mtt_chords_embedding"][0], atol=1e-4)
    words = dict(zip(VOCABULARY, encoded.tags[0].tolist(), strict=True))
    assert words["jazz"] == pytest.approx(msd[MSD_TAGS.index("jazz")], abs=1e-4)
    assert words["piano"] == pytest.approx(mtt[MTT_TAGS.index("piano")], abs=1e-4)
    assert words["rock"] == pytest.approx((msd[0] + mtt[MTT_TAGS.index("rock")]) / 2, abs=1e-4)


def test_the_words_are_both_lists_without_repetition_and_negation() -> None:
    assert len(MSD_TAGS) == len(set(MSD_TAGS)) == len(MTT_TAGS) == len(set(MTT_TAGS)) == 50
    assert VOCABULARY[:50] == MSD_TAGS
    assert {"quiet", "piano", "slow", "strings", "classical"} <= set(VOCABULARY)
    assert not [word for word in VOCABULARY if word.startswith("no ")]


def test_merging_keeps_every_probability_in_its_place() -> None:
    msd, mtt = np.linspace(0, 0.5, 50, dtype=np.float32), np.linspace(0.5, 1, 50, dtype=np.float32)
    merged = merge_tags(msd[None], mtt[None])[0]
    assert merged[VOCABULARY.index("jazz")] == msd[MSD_TAGS.index("jazz")]
    assert merged[VOCABULARY.index("harp")] == mtt[MTT_TAGS.index("harp")]
    both = (msd[MSD_TAGS.index("metal")] + mtt[MTT_TAGS.index("metal")]) / 2
    assert merged[VOCABULARY.index("metal")] == pytest.approx(both)


@pytest.mark.skipif("MUSICDESK_MUSICNN_EXAMPLE" not in os.environ, reason="MUSICDESK_MUSICNN_EXAMPLE names no file")
def test_the_published_example_gives_the_published_tags(musicnn_folder: Path) -> None:
    clip = read(os.environ["MUSICDESK_MUSICNN_EXAMPLE"], rate_hz=16_000)
    _, tags = listened(musicnn_folder, "mtt", clip.samples)
    order = np.argsort(-tags.mean(axis=0))[:10]
    assert tuple(MTT_TAGS[at] for at in order) == PUBLISHED

"""MuQ-MuLan: both halves of the published checkpoint load, and the numbers are those of its authors' code."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import sounds
import torch
from encoders import as_foreign
from encoders import tiny_conformers as tiny
from encoders.encoder_contract import EncoderContract
from encoders.golden_sounds import SOUNDS, beats, chords
from transformers import XLMRobertaModel

from musicdesk.encoders import muq_mulan, registry
from musicdesk.encoders.analysing import Engine, Plan, Request
from musicdesk.encoders.base import Encoder, EncoderPlugin, Loudness
from musicdesk.encoders.nets.conformer_config import MulanConfig
from musicdesk.encoders.nets.muq_mulan_checkpoint import halves, roberta_shapes
from musicdesk.encoders.nets.muq_mulan_text import MulanText, TextEncoder, roberta
from musicdesk.errors import BadRequest, ModelUnavailable
from musicdesk.records import Analysis

torch.set_num_threads(1)
TEXTS = ("calm piano", "loud guitars and a drum", "a piano at dawn")
PUBLISHED_BYTES = 2_653_954_401
ATOL = {"chords": 2e-4}  # between its tones is nothing but the rounding of either transform, 90 dB down


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("published")
    tiny.publish_muq_mulan(folder)
    return folder


@pytest.fixture(scope="module")
def converted(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    models = tmp_path_factory.mktemp("models")
    for plugin in (tiny.MUQ_MULAN, tiny.MUQ_MULAN_STUDY):
        folder = models / plugin.spec.key.name
        folder.mkdir()
        convert(plugin, published, folder)
    return models


@pytest.fixture
def models(converted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of weights, while the registry knows the tiny encoders."""
    with as_foreign.installed(tiny.POINTS, tmp_path, monkeypatch):
        yield converted


@pytest.fixture(scope="module")
def words(converted: Path) -> TextEncoder:
    return muq_mulan.open_text(converted / "tiny-muq-mulan", config=tiny.MULAN)


def convert(plugin: EncoderPlugin, source: Path, folder: Path) -> None:
    assert plugin.convert is not None
    plugin.convert(source, folder)


class TestMuqMulan(EncoderContract):
    @pytest.fixture
    def encoder(self, models: Path) -> Encoder:
        return registry.load("tiny-muq-mulan", models=models)


@pytest.mark.parametrize("sound", SOUNDS)
def test_ten_seconds_have_the_vector_that_the_authors_code_gives(converted: Path, sound: str) -> None:
    encoder, at = tiny.MUQ_MULAN.load(converted / "tiny-muq-mulan", "cpu"), list(SOUNDS).index(sound)
    vectors = encoder.encode(tiny.MUQ_MULAN.front_end([np.resize(SOUNDS[sound](), 240_000)])).vectors
    expected = np.load(tiny.GOLDEN)["muq-mulan"][at]
    np.testing.assert_allclose(vectors[0], expected, atol=ATOL.get(sound, 1e-5))
    np.testing.assert_allclose(np.linalg.norm(vectors), 1, atol=1e-6)


def test_half_a_minute_is_the_mean_of_three_clips_as_in_the_authors_code(converted: Path) -> None:
    encoder = tiny.MUQ_MULAN_STUDY.load(converted / "tiny-muq-mulan-study", "cpu")
    windows = [np.resize(make(), 720_000) for make in (chords, beats)]
    vectors = encoder.encode(tiny.MUQ_MULAN_STUDY.front_end(windows)).vectors
    expected = np.load(tiny.GOLDEN)["muq-mulan-study"]
    np.testing.assert_allclose(vectors[1], expected[1], atol=1e-5)
    np.testing.assert_allclose(vectors[0], expected[0], atol=ATOL["chords"])
    alone = encoder.encode(tiny.MUQ_MULAN_STUDY.front_end(windows[1:])).vectors
    np.testing.assert_allclose(alone[0], vectors[1], atol=1e-6)


def test_texts_have_the_vectors_that_the_authors_code_gives(words: TextEncoder) -> None:
    expected = np.load(tiny.GOLDEN)["muq-mulan text"]
    vectors = words.encode_text(TEXTS)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(vectors, expected, atol=1e-5)
    assert np.abs(vectors[0] - vectors[1]).max() > 0.01


def test_a_texts_vector_depends_on_no_other_text(words: TextEncoder) -> None:
    together = words.encode_text(TEXTS)
    for text, expected in zip(TEXTS, together, strict=True):
        np.testing.assert_array_equal(words.encode_text([f" {text}\n"])[0], expected)
    assert words.encode_text([]).shape == (0, 16)


def test_a_text_that_is_too_long_is_cut_and_an_empty_one_refused(words: TextEncoder) -> None:
    most = tiny.MULAN.text.positions - 2
    cut = words.encode_text(["piano " * 50])
    np.testing.assert_array_equal(cut, words.encode_text(["piano " * (most - 2)]))
    with pytest.raises(BadRequest, match="at least one word"):
        words.encode_text(["piano", " "])


def test_words_without_their_library_or_their_files_are_a_sentence(
    converted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ModelUnavailable, match="cannot be read"):
        muq_mulan.open_text(tmp_path, config=tiny.MULAN)
    monkeypatch.delitem(sys.modules, "musicdesk.encoders.nets.muq_mulan_text")
    monkeypatch.setitem(sys.modules, "transformers", None)
    with pytest.raises(ModelUnavailable, match=r"musicdesk\[transformers\]"):
        muq_mulan.open_text(converted / "tiny-muq-mulan", config=tiny.MULAN)


def test_every_tensor_of_the_published_checkpoint_has_its_place() -> None:
    shapes = tiny.shapes("muq-mulan")
    tensors = {name: torch.empty(shape, device="meta") for name, shape in shapes.items()}
    positions = "mulan.audio.model.model.conformer.embed_positions.inv_freq"
    tensors[positions] = 1 / 10_000 ** (torch.arange(0, 64, 2) / 64)
    audio, text = halves(tensors, {"stat": tiny.STATISTICS}, config=MulanConfig(), spec=muq_mulan.SPEC)
    assert audio["mulan.audio.proj.weight"].shape == (768, 1024)
    assert audio["mulan.audio_to_latents.weight"].shape == (512, 768)
    assert not any(name.startswith("mulan.audio.transformer") for name in audio)
    assert text["mulan.text.transformer.layers.7.1.4.weight"].shape == (768, 2048)
    assert text["mulan.text.model.encoder.layer.11.output.dense.weight"].shape == (768, 3072)
    numbers = [sum(tensor.numel() for tensor in half.values()) for half in (audio, text)]
    assert numbers == [317_554_946, 328_191_744]  # 316.4 M of MuQ, 277.5 M of XLM-RoBERTa, and what lies above them


def test_the_published_file_is_as_long_as_these_tensors() -> None:
    numbers = sum(int(np.prod(shape)) for shape in tiny.shapes("muq-mulan").values())
    assert 0 < PUBLISHED_BYTES - 4 * numbers < 400_000  # names and places, and nothing else
    assert muq_mulan.SPEC.weights is not None
    assert muq_mulan.SPEC.weights.downloads[0].size_bytes == PUBLISHED_BYTES


@pytest.mark.parametrize("config", [tiny.MULAN, MulanConfig()], ids=["tiny", "published"])
def test_the_words_network_is_known_without_its_library(config: MulanConfig) -> None:
    with torch.device("meta"):
        library = XLMRobertaModel(roberta(config), add_pooling_layer=False)
        whole = MulanText(config)
    assert roberta_shapes(config) == {name: tuple(tensor.shape) for name, tensor in library.state_dict().items()}
    assert all(name.startswith(("mulan.text.", "mulan.text_to_latents.")) for name in whole.state_dict())


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("missing", r"mulan\.audio_to_latents\.bias is missing"),
        ("words missing", r"mulan\.text_to_latents\.bias is missing"),
        ("left over", r"mulan\.text\.proj\.weight is left over"),
        ("another layer", "setting audio_model.use_layer_idx is 7, not -1"),
        ("more layers", "setting audio_transformer.tf_depth is 8, not 1"),
        ("no tokens", "tokenizer.json is missing"),
    ],
)
def test_another_checkpoint_is_refused(published: Path, tmp_path: Path, change: str, says: str) -> None:
    tensors, settings = tiny.tensors("tiny-muq-mulan"), tiny.mulan_settings()
    for name in (muq_mulan.MUQ_SETTINGS, muq_mulan.TOKENS):
        (tmp_path / name).write_bytes((published / name).read_bytes())
    match change:
        case "missing":
            del tensors["mulan.audio_to_latents.bias"]
        case "words missing":
            del tensors["mulan.text_to_latents.bias"]
        case "left over":
            tensors["mulan.text.proj.weight"] = torch.zeros(24, 24)
        case "another layer":
            settings["audio_model"]["use_layer_idx"] = 7
        case "more layers":
            settings["audio_transformer"]["tf_depth"] = 8
        case "no tokens":
            (tmp_path / muq_mulan.TOKENS).unlink()
    torch.save(tensors, tmp_path / muq_mulan.CHECKPOINT)
    (tmp_path / muq_mulan.SETTINGS).write_text(json.dumps(settings))
    out = tmp_path / "out"
    out.mkdir()
    with pytest.raises(ModelUnavailable, match=says):
        convert(tiny.MUQ_MULAN, tmp_path, out)


def test_a_file_goes_the_whole_way(models: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    sounds.write(path, sounds.sweep(length_s=35.0), 44_100)
    with Engine(Plan("tiny-muq-mulan-study", models, 1, nice=0, device="cpu")) as engine:
        ((_, outcome),) = engine.run([Request(str(path), "a")])
    assert isinstance(outcome, Analysis)
    assert outcome.windows == 1
    assert outcome.vector.shape == (16,)
    assert np.isfinite(outcome.vector).all()


def test_the_spec_says_what_the_study_did_and_what_the_licence_is() -> None:
    spec = muq_mulan.STUDY_SPEC
    assert (spec.loudness, spec.windows, spec.window_s, spec.weights_name) == (Loudness.RAW, 1, 30.0, "muq-mulan")
    assert muq_mulan.SPEC.weights is not None
    assert muq_mulan.SPEC.weights.accept
    assert muq_mulan.SPEC.licence == "CC BY-NC 4.0"
    assert {file.url.split("/")[4] for file in muq_mulan.SPEC.weights.downloads} == {
        "MuQ-MuLan-large", "MuQ-large-msd-iter", "xlm-roberta-base",
    }  # fmt: skip

"""MusicFM and MuQ: the published checkpoints load, and the numbers are those of their authors' code."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import sounds
import torch
from encoders import as_foreign
from encoders import tiny_conformers as tiny
from encoders.encoder_contract import EncoderContract
from encoders.golden_sounds import SOUNDS, beats, loud_noise
from safetensors.torch import load_file, save_file
from transformers import Wav2Vec2ConformerConfig
from transformers.models.wav2vec2_conformer.modeling_wav2vec2_conformer import Wav2Vec2ConformerEncoder

from musicdesk.encoders import muq, musicfm, registry
from musicdesk.encoders.analysing import Engine, Plan, Request
from musicdesk.encoders.base import Encoder, EncoderPlugin, Loudness
from musicdesk.encoders.nets.conformer import Conformer, one_by_one
from musicdesk.encoders.nets.conformer_checkpoint import conformer_part, fitting, shapes_of
from musicdesk.encoders.nets.conformer_config import ConformerConfig, log_mel
from musicdesk.encoders.nets.conformer_encoder import ConformerNet
from musicdesk.errors import ModelUnavailable
from musicdesk.records import Analysis

torch.set_num_threads(1)
PUBLISHED_BYTES = {"musicfm": 1_316_802_088, "muq": 1_333_825_096}
ATOL = {"chords": 1e-3}  # between its tones is nothing but the rounding of either transform, 90 dB down


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The folders of downloads, by encoder."""
    folders = {name: tmp_path_factory.mktemp(name) for name in ("musicfm", "muq")}
    tiny.publish_musicfm(folders["musicfm"])
    tiny.publish_muq(folders["muq"])
    return folders


@pytest.fixture(scope="module")
def converted(published: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    models = tmp_path_factory.mktemp("models")
    for name, plugin in (("musicfm", tiny.MUSICFM), ("muq", tiny.MUQ)):
        for folder in (models / f"tiny-{name}", models / f"tiny-{name}-study"):
            folder.mkdir()
            convert(plugin, published[name], folder)
    return models


@pytest.fixture
def models(converted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of weights, while the registry knows the tiny encoders."""
    with as_foreign.installed(tiny.POINTS, tmp_path, monkeypatch):
        yield converted


def convert(plugin: EncoderPlugin, source: Path, folder: Path) -> None:
    assert plugin.convert is not None
    plugin.convert(source, folder)


def opened(name: str, converted: Path) -> Encoder:
    plugin = {"tiny-musicfm": tiny.MUSICFM, "tiny-muq": tiny.MUQ}[name]
    return plugin.load(converted / name, "cpu")


class TestMusicfm(EncoderContract):
    @pytest.fixture
    def encoder(self, models: Path) -> Encoder:
        return registry.load("tiny-musicfm", models=models)


class TestMuq(EncoderContract):
    @pytest.fixture
    def encoder(self, models: Path) -> Encoder:
        return registry.load("tiny-muq", models=models)


# ------------------------------------------------------------------------------------------- the authors' numbers


@pytest.mark.parametrize("sound", SOUNDS)
@pytest.mark.parametrize(("name", "golden"), [("tiny-musicfm", "musicfm 2"), ("tiny-muq", "muq")])
def test_a_sound_has_the_vector_that_the_authors_code_gives(
    converted: Path, name: str, golden: str, sound: str
) -> None:
    encoder, at = opened(name, converted), list(SOUNDS).index(sound)
    features = log_mel([SOUNDS[sound]()[:24_000]], replace(encoder.spec, window_s=1.0))
    expected = np.load(tiny.GOLDEN)[golden][at].mean(axis=0)
    np.testing.assert_allclose(encoder.encode(features).vectors[0], expected, atol=ATOL.get(sound, 2e-5))
    assert np.abs(expected).max() > 1


@pytest.mark.parametrize("layer", [0, 2, 3])
def test_every_layers_states_are_those_of_the_authors_code(converted: Path, layer: int) -> None:
    network = ConformerNet(tiny.CONFORMER)
    network.load_state_dict(load_file(converted / "tiny-musicfm" / "weights.safetensors"))
    features = log_mel([beats()[:24_000], loud_noise()[:24_000]], replace(tiny.MUSICFM.spec, window_s=1.0))
    with torch.inference_mode():
        states = network.states(torch.from_numpy(features), layer).numpy()
    np.testing.assert_allclose(states, np.load(tiny.GOLDEN)[f"musicfm {layer}"][[1, 2]], atol=1e-4)


def test_the_studys_musicfm_is_one_number_a_moment(converted: Path) -> None:
    network = ConformerNet(tiny.CONFORMER)
    network.load_state_dict(load_file(converted / "tiny-musicfm" / "weights.safetensors"))
    features = tiny.MUSICFM_STUDY.front_end([beats()])
    with torch.inference_mode():
        states = network.states(torch.from_numpy(features)).numpy()
    vectors = tiny.MUSICFM_STUDY.load(converted / "tiny-musicfm-study", "cpu").encode(features).vectors
    assert vectors.shape == (1, 750)
    np.testing.assert_allclose(vectors, states.mean(axis=2), atol=1e-6)


def test_the_layers_are_those_of_the_library_that_the_authors_took() -> None:
    settings = tiny.muq_settings()["w2v2_config"] | {"num_hidden_layers": 3}
    library = Wav2Vec2ConformerEncoder(Wav2Vec2ConformerConfig(**settings)).eval()
    with torch.no_grad():
        for name, tensor in library.state_dict().items():
            if not name.endswith("inv_freq"):
                tensor.copy_(torch.from_numpy(tiny.value(name, tuple(tensor.shape))))
    ours = Conformer(tiny.CONFORMER)
    known = library.state_dict()
    ours.load_state_dict({name: known[name] for name in ours.state_dict()})
    states = torch.randn(2, 40, 32, generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        np.testing.assert_allclose(ours(states), library(states).last_hidden_state, atol=1e-5)


# ---------------------------------------------------------------------------------------------- the published size


@pytest.mark.parametrize("name", PUBLISHED_BYTES)
def test_every_tensor_of_the_published_checkpoint_has_its_place(name: str) -> None:
    settings = {"stat": tiny.STATISTICS}
    config, prefix = ConformerConfig(), "model."
    tensors = without_memory(tiny.shapes(name))
    assert f"{prefix}conformer.embed_positions.inv_freq" in tiny.shapes(name)
    kept = conformer_part(tensors, settings, prefix, config=config, spec=musicfm.SPEC)
    shapes = shapes_of(lambda: ConformerNet(config))
    assert fitting(kept, shapes, spec=musicfm.SPEC).keys() == shapes.keys()
    assert shapes["model.conv.linear.weight"] == (1024, 512 * 32)
    assert shapes["model.conformer.layers.11.self_attn.linear_q.weight"] == (1024, 1024)
    assert shapes["model.conformer.layers.6.conv_module.depthwise_conv.weight"] == (1024, 1, 31)
    assert shapes["model.conformer.layers.0.ffn1.intermediate_dense.weight"] == (4096, 1024)
    assert sum(int(np.prod(shape)) for shape in shapes.values()) == 316_374_018


@pytest.mark.parametrize("name", PUBLISHED_BYTES)
def test_the_published_file_is_as_long_as_these_tensors(name: str) -> None:
    numbers = sum(int(np.prod(shape)) for shape in tiny.shapes(name).values())
    assert 0 < PUBLISHED_BYTES[name] - 4 * numbers < 150_000  # names and places, and nothing else
    assert PUBLISHED_BYTES[name] == registry.plugin(name).spec.weights.downloads[0].size_bytes  # type: ignore[union-attr]


def without_memory(shapes: dict[str, tuple[int, ...]]) -> dict[str, torch.Tensor]:
    """Tensors of these shapes, but for those that are compared, which need numbers."""
    tensors = {name: torch.empty(shape, device="meta") for name, shape in shapes.items()}
    inside = {name: 1 / 10_000 ** (torch.arange(0, 64, 2) / 64) for name in shapes if name.endswith("inv_freq")}
    return (
        tensors
        | inside
        | {
            name: torch.from_numpy(tiny.value(name, shape))
            for name, shape in shapes.items()
            if name.endswith(tiny.COMPUTED[1:])
        }
    )


# ------------------------------------------------------------------------------------------------ what is refused


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("missing", r"model\.conformer\.layers\.1\.ffn2\.output_dense\.bias is missing"),
        ("left over", r"model\.extra\.weight is left over"),
        ("shape", r"output_dense\.bias is \(3,\) instead of \(32,\)"),
        ("positions", "inv_freq is not what musicdesk computes"),
        ("filters", "fb is not what musicdesk computes"),
    ],
)
def test_a_checkpoint_of_another_network_is_refused(tmp_path: Path, change: str, says: str) -> None:
    tensors, bias = tiny.tensors("tiny-musicfm"), "model.conformer.layers.1.ffn2.output_dense.bias"
    match change:
        case "missing":
            del tensors[bias]
        case "left over":
            tensors["model.extra.weight"] = torch.zeros(3)
        case "shape":
            tensors[bias] = torch.zeros(3)
        case "positions":
            tensors["model.conformer.embed_positions.inv_freq"] *= 0.99
        case "filters":
            tensors["model.preprocessor_melspec_2048.mel_stft.mel_scale.fb"] *= 0.99
    torch.save({"state_dict": tensors}, tmp_path / musicfm.CHECKPOINT)
    (tmp_path / musicfm.STATISTICS).write_text(json.dumps(tiny.STATISTICS))
    assert_refused(tiny.MUSICFM, tmp_path, says)


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ("{", "config.json is missing or damaged"),
        ("[]", "config.json holds no table"),
        ("{}", "statistic melspec_2048_mean is missing"),
        ('{"stat": {"melspec_2048_mean": 1, "melspec_2048_std": 0}}', "melspec_2048_std is not above zero"),
        ('{"config": {"label_rate": 50}}', "setting label_rate is 50, not 25"),
        ('{"w2v2_config": {"num_attention_heads": 16}}', "num_attention_heads is 16, not 4"),
        ('{"w2v2_config": {"position_embeddings_type": "relative"}}', "'relative', not 'rotary'"),
    ],
)
def test_settings_that_say_otherwise_are_refused(
    published: dict[str, Path], tmp_path: Path, settings: str, says: str
) -> None:
    (tmp_path / muq.CHECKPOINT).write_bytes((published["muq"] / muq.CHECKPOINT).read_bytes())
    (tmp_path / muq.SETTINGS).write_text(settings)
    assert_refused(tiny.MUQ, tmp_path, says)


def test_what_is_no_checkpoint_is_refused(tmp_path: Path) -> None:
    (tmp_path / muq.SETTINGS).write_text(json.dumps(tiny.muq_settings()))
    assert_refused(tiny.MUQ, tmp_path, "no safetensors file")
    (tmp_path / musicfm.STATISTICS).write_text(json.dumps(tiny.STATISTICS))
    (tmp_path / musicfm.CHECKPOINT).write_bytes(b"garbage")
    assert_refused(tiny.MUSICFM, tmp_path, "no checkpoint")


def assert_refused(plugin: EncoderPlugin, source: Path, says: str) -> None:
    (source / "out").mkdir(exist_ok=True)
    with pytest.raises(ModelUnavailable, match=says):
        convert(plugin, source, source / "out")
    assert not list((source / "out").iterdir())


def test_weights_of_another_size_are_a_sentence(converted: Path, tmp_path: Path) -> None:
    save_file({"model.nothing": torch.zeros(1)}, tmp_path / "weights.safetensors")
    with pytest.raises(ModelUnavailable, match="do not fit"):
        tiny.MUQ.load(tmp_path, "cpu")
    with pytest.raises(ModelUnavailable, match="do not fit"):
        muq.load(converted / "tiny-muq", "cpu")


# --------------------------------------------------------------------------------------------------- the whole way


def test_a_file_goes_the_whole_way(models: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    sounds.write(path, sounds.sweep(length_s=35.0), 44_100)
    spec = registry.plugin("tiny-musicfm").spec
    with Engine(Plan("tiny-musicfm", models, 1, nice=0, device="cpu")) as engine:
        ((_, outcome),) = engine.run([Request(str(path), "a")])
    assert isinstance(outcome, Analysis)
    assert outcome.windows == spec.windows
    assert outcome.vector.shape == (spec.dim,)
    assert np.isfinite(outcome.vector).all()


def test_on_the_cpu_windows_go_one_by_one() -> None:
    seen: list[int] = []

    def network(features: torch.Tensor) -> torch.Tensor:
        seen.append(len(features))
        return features * 2

    features = torch.arange(6.0).reshape(3, 2)
    np.testing.assert_array_equal(one_by_one(network)(features), features * 2)
    assert seen == [1, 1, 1]


def test_the_same_checkpoint_gives_the_same_file(published: dict[str, Path], converted: Path, tmp_path: Path) -> None:
    convert(tiny.MUQ, published["muq"], tmp_path)
    again = (tmp_path / "weights.safetensors").read_bytes()
    assert again == (converted / "tiny-muq" / "weights.safetensors").read_bytes()


def test_the_published_encoders_are_described_and_heard_without_torch() -> None:
    code = """
import sys
import numpy as np
from musicdesk.encoders import registry
for name in ("musicfm", "muq", "muq-mulan", "musicfm-study", "muq-study", "muq-mulan-study"):
    print(*registry.plugin(name).front_end([np.ones(24_000, np.float32)]).shape)
assert not {"torch", "transformers", "tokenizers"} & set(sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], check=True, timeout=120, capture_output=True, text=True)
    assert done.stdout.splitlines() == ["1 1000 128"] * 3 + ["1 3000 128"] * 2 + ["1 3 1000 128"]


def test_the_specs_say_what_the_study_did_and_what_the_licence_is() -> None:
    for spec, dim in ((musicfm.STUDY_SPEC, 750), (muq.STUDY_SPEC, 1024)):
        assert (spec.loudness, spec.windows, spec.window_s, spec.dim) == (Loudness.RAW, 1, 30.0, dim)
        assert spec.key.name == f"{spec.weights_name}-study"
        assert spec.heavy
    assert muq.SPEC.weights is not None
    assert muq.SPEC.weights.accept
    assert muq.SPEC.licence == "CC BY-NC 4.0"
    assert all(len(file.sha256) == 64 and file.size_bytes for file in muq.SPEC.weights.downloads)

"""MULE: the front end against librosa, the network against the package that it comes from, at a tiny size."""

from collections.abc import Iterator
from pathlib import Path

import librosa
import numpy as np
import pytest
import sounds
import torch
from encoders import as_foreign, tiny_mule
from encoders.encoder_contract import EncoderContract
from encoders.golden_sounds import SOUNDS, beats, chords, loud_noise
from mule_torch import MuleModel
from mule_torch.config import MuleConfig
from mule_torch.frontend import slice_mel
from mule_torch.layers import WSConv2d
from safetensors.torch import load_file, save_file

from musicdesk.encoders import mule, registry
from musicdesk.encoders.analysing import Engine, Plan, Request
from musicdesk.encoders.base import Encoder, Loudness
from musicdesk.encoders.nets.mule_net import MuleNet
from musicdesk.encoders.zoo import weights
from musicdesk.errors import ModelUnavailable
from musicdesk.jobs import Job
from musicdesk.records import Analysis

RATE_HZ = 16_000


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_mule.publish(tmp_path_factory.mktemp("published"))


@pytest.fixture(scope="module")
def converted(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of models, installed from a checkpoint in the published form as a person's copied folder is."""
    models = tmp_path_factory.mktemp("models")
    weights.install(tiny_mule.PLUGIN, models=models, job=Job(), from_dir=published, accept_licence=True)
    return models


@pytest.fixture
def models(converted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The same, while the registry knows the tiny encoder."""
    with as_foreign.installed(tiny_mule.POINTS, tmp_path, monkeypatch):
        yield converted


class TestContract(EncoderContract):
    @pytest.fixture
    def encoder(self, models: Path) -> Encoder:
        return registry.load("tiny-mule", models=models)


class TestStudyContract(EncoderContract):
    @pytest.fixture
    def encoder(self, models: Path) -> Encoder:
        return registry.load("tiny-mule-study", models=models)

    @pytest.fixture
    def windows(self) -> list[np.ndarray]:
        return [np.resize(make(), 7 * RATE_HZ) for make in (loud_noise, beats)]


@pytest.mark.parametrize("sound", SOUNDS)
def test_the_front_end_is_librosas_with_the_published_settings(sound: str) -> None:
    samples = SOUNDS[sound]()
    mel = librosa.feature.melspectrogram(
        y=samples, sr=RATE_HZ, n_fft=2048, hop_length=160, win_length=400, pad_mode="reflect", n_mels=96,
        fmin=0, fmax=8000, norm=2.0, htk=True,
    )  # fmt: skip
    np.testing.assert_allclose(mule.log_mel(samples), np.log10(10_000 * mel + 1), atol=2e-5)


@pytest.mark.parametrize("length_s", [3.0, 3.5, 4.0, 7.3, 30.0])
def test_slices_lie_where_the_package_has_them(length_s: float) -> None:
    mel = np.random.default_rng(2).random((96, 1 + round(length_s * 100)), dtype=np.float32)
    expected = slice_mel(torch.from_numpy(mel), MuleConfig())[:, 0].numpy()
    np.testing.assert_allclose(mule.normalised(mule.sliced(mel)), expected, atol=1e-5)


def test_half_a_minute_is_fifteen_slices_and_a_window_is_one() -> None:
    assert mule.front_end([beats()], spec=mule.STUDY_SPEC).shape == (1, 15, 96, 300)
    assert mule.front_end([beats()], spec=mule.SPEC).shape == (1, 1, 96, 300)


@pytest.mark.parametrize(("name", "length_s"), [("tiny-mule", 3), ("tiny-mule-study", 7)])
def test_a_window_has_the_vector_that_the_package_gives(
    models: Path, published: Path, name: str, length_s: int
) -> None:
    windows = np.stack([np.resize(make(), length_s * RATE_HZ) for make in (chords, beats)])
    upstream = MuleModel.from_pretrained(model_dir=published)
    with torch.inference_mode():
        expected = upstream(torch.from_numpy(windows)).numpy()
    encoder = registry.load(name, models=models)
    vectors = encoder.encode(registry.plugin(name).front_end(list(windows))).vectors
    np.testing.assert_allclose(vectors, expected, atol=1e-4)
    assert np.abs(expected).max() > 0.1


def test_a_file_goes_the_whole_way(models: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    sounds.write(path, sounds.sweep(length_s=12.0), 44_100)
    with Engine(Plan("tiny-mule", models, 1, nice=0, device="cpu")) as engine:
        ((_, outcome),) = engine.run([Request(str(path), "a")])
    assert isinstance(outcome, Analysis)
    assert outcome.windows == 3
    assert outcome.vector.shape == (24,)
    assert np.isfinite(outcome.vector).all()


def test_the_network_has_the_size_of_the_published_one() -> None:
    with torch.device("meta"):
        tensors = MuleNet({}).state_dict()
    assert sum(tensor.numel() for tensor in tensors.values()) == 62_345_742  # the authors say 62.4 million
    shapes = {
        "backbone.slow_stem.convs.0.weight": (16, 1, 3, 1),
        "backbone.fast_stem.convs.3.gain": (16,),
        "backbone.fusions.3.conv2.weight": (3072, 192, 1, 1),
        "backbone.slow_stages.3.blocks.0.skip_conv.weight": (1536, 4608, 1, 1),
        "backbone.slow_stages.2.blocks.5.skip_gain": (1,),
        "backbone.fast_stages.3.blocks.2.se.fc2.bias": (192,),
    }
    assert {key: tuple(tensors[key].shape) for key in shapes} == shapes
    assert mule.SPEC.dim == 1536 + 192


def test_the_kernels_are_standardised_once(models: Path) -> None:
    network = MuleNet(tiny_mule.SIZES)
    slices = torch.randn(2, 1, 96, 300, generator=torch.Generator().manual_seed(3))
    with torch.inference_mode():
        before = network(slices)
    network.settle()
    kernels = [layer for layer in network.modules() if isinstance(layer, WSConv2d)]
    assert all(layer.standardized_weight() is layer.weight for layer in kernels)
    with torch.inference_mode():
        np.testing.assert_allclose(network(slices), before, atol=1e-5)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("missing", r"slow_stem\.convs\.0\.bias is missing"),
        ("left over", r"backbone\.head\.weight is left over"),
        ("shape", r"slow_stem\.convs\.0\.bias is \(3,\)"),
        ("filters", r"mel_fb is missing or different"),
        ("garbage", "no safetensors file"),
    ],
)
def test_another_checkpoint_is_refused(published: Path, tmp_path: Path, change: str, says: str) -> None:
    tensors = load_file(published / "model.safetensors")
    bias = "backbone.slow_stem.convs.0.bias"
    if change == "missing":
        del tensors[bias]
    elif change == "shape":
        tensors[bias] = torch.zeros(3)
    elif change == "left over":
        tensors["backbone.head.weight"] = torch.zeros(3)
    elif change == "filters":
        tensors["frontend.mel_fb"] *= 1.01
    (tmp_path / "config.json").write_bytes((published / "config.json").read_bytes())
    save_file(tensors, tmp_path / "model.safetensors")
    if change == "garbage":
        (tmp_path / "model.safetensors").write_bytes(b"garbage")
    assert_refused(tmp_path, says)


@pytest.mark.parametrize("field", ["hop_length", "slow_stage_out", "weight_standardization"])
def test_a_config_that_says_otherwise_is_refused(published: Path, tmp_path: Path, field: str) -> None:
    for path in published.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    value = {"hop_length": 512, "slow_stage_out": [8, 8, 8, 8], "weight_standardization": False}[field]
    tiny_mule.changed_config(tmp_path, **{field: value})
    assert_refused(tmp_path, f"config.json says {field}")
    (tmp_path / "config.json").write_text("{")
    assert_refused(tmp_path, "config.json is missing or damaged")


def assert_refused(source: Path, says: str) -> None:
    assert tiny_mule.PLUGIN.convert is not None
    (source / "out").mkdir(exist_ok=True)
    with pytest.raises(ModelUnavailable, match=says):
        tiny_mule.PLUGIN.convert(source, source / "out")
    assert not list((source / "out").iterdir())


def test_the_spec_says_what_the_study_did_and_what_the_licence_is() -> None:
    assert mule.STUDY_SPEC.weights_name == "mule"
    assert (mule.STUDY_SPEC.loudness, mule.STUDY_SPEC.windows, mule.STUDY_SPEC.window_s) == (Loudness.RAW, 1, 30.0)
    assert mule.SPEC.weights is not None
    assert mule.SPEC.weights.accept
    assert mule.SPEC.licence == "CC BY-NC 4.0"
    assert all(file.url.startswith("https://huggingface.co/matteospanio/mule/") for file in mule.SPEC.weights.downloads)

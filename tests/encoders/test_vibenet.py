"""VibeNet: the front end against librosa, a tiny network against torch's layers, the real one against its package."""

from collections.abc import Iterator
from pathlib import Path

import librosa
import numpy as np
import pytest
import sounds
import torch
from encoders import as_foreign, tiny_vibenet
from encoders.encoder_contract import EncoderContract, heard
from encoders.golden_sounds import SOUNDS, beats, chords
from safetensors.numpy import load_file
from torch.nn import functional as layers

from musicdesk.encoders import registry, vibenet
from musicdesk.encoders.analysing import Engine, Plan, Request
from musicdesk.encoders.base import Encoder
from musicdesk.encoders.nets.vibenet_net import VibeNetNet, folded
from musicdesk.encoders.nets.vibenet_shape import B0
from musicdesk.encoders.zoo import weights
from musicdesk.errors import ModelUnavailable
from musicdesk.jobs import Job
from musicdesk.records import Analysis
from musicdesk.settings import Folders

LEVELS = (1.0, 0.1)


@pytest.fixture(scope="module")
def converted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of models, installed from a wheel in the published form."""
    place = tmp_path_factory.mktemp("vibenet")
    wheel = place / "vibenet-0.1.0-py3-none-any.whl"
    weights.install(tiny_vibenet.publish(wheel), models=place / "models", job=Job(), wheel=wheel)
    return place / "models"


@pytest.fixture
def models(converted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The same, while the registry knows the tiny encoder."""
    with as_foreign.installed(tiny_vibenet.POINTS, tmp_path, monkeypatch):
        yield converted


@pytest.fixture(scope="module")
def real() -> Encoder:
    """The published network, where a person has installed it."""
    folder = Folders.default().models
    if not weights.status(vibenet.PLUGIN, folder).installed:
        pytest.skip("the VibeNet weights are not installed (musicdesk models install vibenet)")
    return registry.load("vibenet", models=folder)


@pytest.fixture(scope="module")
def golden() -> dict[str, np.ndarray]:
    with np.load(Path(__file__).with_name("vibenet_golden.npz")) as file:
        return dict(file)


class TestContract(EncoderContract):
    @pytest.fixture
    def encoder(self, models: Path) -> Encoder:
        return registry.load("tiny-vibenet", models=models)


class TestRealContract(EncoderContract):
    @pytest.fixture
    def encoder(self, real: Encoder) -> Encoder:
        return real


@pytest.mark.parametrize("sound", SOUNDS)
def test_the_front_end_is_librosas_within_the_sound(sound: str) -> None:
    samples = SOUNDS[sound]()
    power = librosa.feature.melspectrogram(
        y=np.pad(samples, 192), sr=16_000, n_fft=1024, hop_length=320, win_length=640, center=False, n_mels=128,
        fmin=0, fmax=8000,
    )  # fmt: skip
    found = vibenet.log_mel(samples)
    assert found.shape == (128, 1 + (len(samples) - 640) // 320)
    np.testing.assert_allclose(found, librosa.power_to_db(power, top_db=80)[:, : found.shape[1]], atol=1e-3)


@pytest.mark.parametrize("sound", SOUNDS)
def test_the_front_end_is_that_of_the_package(golden: dict[str, np.ndarray], sound: str) -> None:
    found = vibenet.log_mel(SOUNDS[sound]())
    np.testing.assert_allclose(found[::8, ::5], golden[f"{sound}_mel"], atol=1e-3)


@pytest.mark.parametrize("sound", SOUNDS)
def test_the_real_network_tells_what_the_package_tells(
    real: Encoder, golden: dict[str, np.ndarray], sound: str
) -> None:
    encoded = real.encode(vibenet.log_mel(SOUNDS[sound]())[None])
    rounding = 2e-3 if sound == "near_silence" else 1e-5  # of the Fourier transform, 70 dB below a pure tone
    np.testing.assert_allclose(encoded.tags[0], golden[f"{sound}_attributes"], atol=rounding)
    np.testing.assert_allclose(encoded.vectors[0], golden[f"{sound}_trunk"], atol=10 * rounding)


def test_the_tiny_network_is_what_torchs_layers_make_of_its_tensors(models: Path) -> None:
    features = vibenet.front_end([chords(), beats()], spec=tiny_vibenet.SPEC)
    encoded = registry.load("tiny-vibenet", models=models).encode(features)
    trunk, attributes = told_by_layers(torch.from_numpy(features))
    np.testing.assert_allclose(encoded.vectors, trunk, atol=1e-4)
    for place, name in enumerate(vibenet.ATTRIBUTES):
        raw = attributes[:, place]
        likely = name in vibenet.LIKELIHOODS
        np.testing.assert_allclose(encoded.tags[:, place], torch.sigmoid(raw) if likely else raw.clip(0, 1), atol=1e-4)
    assert np.abs(trunk[0] - trunk[1]).max() > 0.01


def told_by_layers(heard: torch.Tensor) -> tuple[np.ndarray, torch.Tensor]:
    """Trunk and attributes of the tiny network, layer by layer, with normalisations of their own."""
    t = {name: torch.from_numpy(values) for name, values in tiny_vibenet.tensors().items()}

    def normed(x: torch.Tensor, at: str, *, bent: bool = True, stride: int = 1) -> torch.Tensor:
        kernel = t[at + "0.weight"]
        groups = x.shape[1] // kernel.shape[1]
        x = layers.conv2d(x, kernel, None, stride, kernel.shape[2] // 2, 1, groups)
        parts = (t[f"{at}1.{part}"] for part in ("running_mean", "running_var", "weight", "bias"))
        x = layers.batch_norm(x, *parts, eps=1e-5)
        return layers.silu(x) if bent else x

    def excited(x: torch.Tensor, at: str) -> torch.Tensor:
        mean = x.mean(dim=(2, 3), keepdim=True)
        mean = layers.silu(layers.conv2d(mean, t[at + "fc1.weight"], t[at + "fc1.bias"]))
        return x * torch.sigmoid(layers.conv2d(mean, t[at + "fc2.weight"], t[at + "fc2.bias"]))

    f = "backbone.features."
    x = normed(heard[:, None].repeat(1, 3, 1, 1), f + "0.", stride=2)
    x = x + normed(excited(normed(x, f + "1.0.block.0."), f + "1.0.block.1."), f + "1.0.block.2.", bent=False)
    for block in (0, 1):
        at = f"{f}2.{block}.block."
        seen = excited(normed(normed(x, at + "0."), at + "1.", stride=2 - block), at + "2.")
        x = normed(seen, at + "3.", bent=False) + (x if block else 0)
    mean = normed(x, f + "3.").mean(dim=(2, 3))
    mean = layers.layer_norm(mean, (24,), t["trunk.0.weight"], t["trunk.0.bias"])
    trunk = layers.gelu(layers.linear(mean, t["trunk.1.weight"], t["trunk.1.bias"]))
    heads = [layers.linear(trunk, t[f"heads.{n}.weight"], t[f"heads.{n}.bias"]) for n in vibenet.ATTRIBUTES]
    return trunk.numpy(), torch.cat(heads, dim=1)


def test_the_network_has_the_size_of_the_published_one() -> None:
    with torch.device("meta"):
        tensors = VibeNetNet(B0, vibenet.ATTRIBUTES).state_dict()
    learnt = sum(tensor.numel() for tensor in tensors.values())
    norms = sum(tensor.numel() for name, tensor in tensors.items() if name.endswith("0.bias") and "features" in name)
    assert learnt + 3 * norms == 4_381_859  # of four numbers a normalised channel, one is left
    shapes = {
        "backbone.features.1.0.block.1.fc1.weight": (8, 32, 1, 1),
        "backbone.features.6.3.block.1.0.weight": (1152, 1, 5, 5),
        "backbone.features.7.0.block.3.0.weight": (320, 1152, 1, 1),
        "trunk.1.weight": (256, 1280),
        "heads.valence.bias": (1,),
    }
    assert {name: tuple(tensors[name].shape) for name in shapes} == shapes


def test_a_file_goes_the_whole_way(models: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    sounds.write(path, sounds.sweep(length_s=12.0), 44_100)
    with Engine(Plan("tiny-vibenet", models, 1, nice=0, device="cpu")) as engine:
        ((_, outcome),) = engine.run([Request(str(path), "a")])
    assert isinstance(outcome, Analysis)
    assert (outcome.windows, outcome.vector.shape, outcome.tags.shape) == (3, (12,), (7,))


def test_the_licence_lies_beside_the_weights(converted: Path) -> None:
    folder = converted / "tiny-vibenet"
    assert "GNU" in (folder / "LICENSE").read_text()
    assert '"licence": "GPL-3.0-or-later"' in (folder / "config.json").read_text()
    assert not [name for name in load_file(folder / "weights.safetensors") if "running" in name or "val" in name[:4]]


@pytest.mark.parametrize(
    ("name", "values", "says"),
    [
        ("backbone.features.0.1.running_mean", None, "running_mean is missing"),
        ("backbone.features.0.0.weight", None, r"0\.0\.weight is missing"),
        ("backbone.features.0.1.weight", np.ones(3, np.float32), "another shape"),
        ("trunk.1.bias", None, r"trunk\.1\.bias is missing"),
        ("trunk.1.bias", np.ones(3, np.float32), r"trunk\.1\.bias is \(3,\)"),
        ("heads.loudness.weight", np.ones((1, 12), np.float32), "left over"),
    ],
)
def test_another_checkpoint_is_refused(tmp_path: Path, name: str, values: np.ndarray | None, says: str) -> None:
    found = tiny_vibenet.tensors()
    if values is None:
        del found[name]
    else:
        found[name] = values
    plugin = tiny_vibenet.publish(tmp_path / "w.whl", found)
    assert_refused(plugin, tmp_path / "w.whl", says)


def test_a_wheel_without_the_network_is_refused(tmp_path: Path) -> None:
    (tmp_path / "w.whl").write_bytes(b"no wheel")
    assert_refused(tiny_vibenet.PLUGIN, tmp_path / "w.whl", "damaged")


def assert_refused(plugin: object, wheel: Path, says: str) -> None:
    convert = plugin.convert  # type: ignore[attr-defined]
    (wheel.parent / "out").mkdir()
    with pytest.raises(ModelUnavailable, match=says):
        convert(wheel, wheel.parent / "out")
    assert not list((wheel.parent / "out").iterdir())


def test_folding_is_the_same_in_any_order() -> None:
    found = tiny_vibenet.tensors()
    turned = dict(reversed(found.items()))
    for name, values in folded(found).items():
        np.testing.assert_array_equal(folded(turned)[name], values)


def test_attributes_of_a_window_are_those_of_its_own_sound(models: Path) -> None:
    encoder = registry.load("tiny-vibenet", models=models)
    loud, soft = (heard(encoder, [np.float32(level) * beats()]).tags for level in LEVELS)
    assert np.isfinite(loud).all()
    assert soft.shape == loud.shape == (1, len(vibenet.ATTRIBUTES))

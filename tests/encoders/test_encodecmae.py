"""EncodecMAE, both versions, against golden numbers of the upstream code (tag v.1.0.0 and commit 2dd6759)."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sounds
import torch
from encoders import as_foreign, tiny_encodecmae
from encoders.encoder_contract import EncoderContract
from encoders.golden_sounds import beats, chords
from encoders.tiny_encodecmae import CONFIG, MEL, MEL_CONFIG, PLUGIN
from transformers import EncodecConfig, EncodecModel

from musicdesk.encoders import encodecmae, registry
from musicdesk.encoders.analysing import Engine, Plan, Request
from musicdesk.encoders.base import Encoder, EncoderPlugin, Loudness
from musicdesk.encoders.nets import encodecmae_mel
from musicdesk.encoders.nets.encodec_net import EncodecEncoder
from musicdesk.encoders.nets.encodecmae_net import TRAINING, MelMae, SoundMae
from musicdesk.encoders.zoo import weights
from musicdesk.errors import ModelUnavailable
from musicdesk.jobs import Job
from musicdesk.records import Analysis

RATE_HZ = 24_000
TRAINED_WITH = {"config": "MODEL_DIM=24", "imports": "a: b", "epoch": 7, "optimizer_states": [{}]}
SHARED = "visible_encoder.encoder_layers.2.ff_layer.0.weight"


@pytest.fixture(scope="module")
def golden() -> dict[str, np.ndarray]:
    with np.load(Path(__file__).with_name("encodecmae_golden.npz")) as file:
        return dict(file)


def shapes(golden: Mapping[str, np.ndarray], which: str) -> dict[str, tuple[int, ...]]:
    """Names and shapes of the upstream network: v1 and v2 are tiny, base and mel256 of full size."""
    pairs = zip(golden[f"{which}_names"], golden[f"{which}_shapes"], strict=True)
    return {str(name): tuple(int(n) for n in str(shape).split("x") if n) for name, shape in pairs}


@pytest.fixture(scope="module")
def converted(golden: dict[str, np.ndarray], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of models, installed from checkpoints in the published form as a person's copied folder is."""
    published, models = tmp_path_factory.mktemp("published"), tmp_path_factory.mktemp("models")
    tiny_encodecmae.publish(published / "model.pt", shapes(golden, "v1"), **TRAINED_WITH)
    tiny_encodecmae.publish(published / "mel256-ec-base_st.pt", shapes(golden, "v2"), **TRAINED_WITH)
    for plugin in (PLUGIN, MEL):
        weights.install(plugin, models=models, job=Job(), from_dir=published, accept_licence=True)
    return models


def convert(plugin: EncoderPlugin, source: Path, folder: Path) -> None:
    assert plugin.convert is not None
    plugin.convert(source, folder)


@pytest.fixture
def models(converted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The same, while the registry knows the tiny encoders."""
    with as_foreign.installed(tiny_encodecmae.POINTS, tmp_path, monkeypatch):
        yield converted


class TestContract(EncoderContract):
    @pytest.fixture
    def encoder(self, models: Path) -> Encoder:
        return registry.load("tiny-encodecmae", models=models)


class TestMelContract(EncoderContract):
    @pytest.fixture
    def encoder(self, models: Path) -> Encoder:
        return registry.load("tiny-encodecmae-mel", models=models)


class TestStudyContract(EncoderContract):
    @pytest.fixture
    def encoder(self, models: Path) -> Encoder:
        return registry.load("tiny-encodecmae-study", models=models)

    @pytest.fixture
    def windows(self) -> list[np.ndarray]:
        return [np.resize(make(), 10 * RATE_HZ) for make in (chords, beats)]


def filled(network: torch.nn.Module) -> torch.nn.Module:
    network.load_state_dict(
        {name: torch.from_numpy(np.array(tiny_encodecmae.numbers(name, tuple(tensor.shape))))
         for name, tensor in network.state_dict().items()}
    )  # fmt: skip
    return network.eval()


def test_the_first_version_gives_the_frames_of_the_upstream_code(golden: dict[str, np.ndarray]) -> None:
    """A chunk of 4 s and one of 2 s, as upstream's reader cuts 6 s."""
    network: Any = filled(SoundMae(CONFIG))
    sound = torch.from_numpy(np.concatenate([chords(), beats()])[None, : 6 * RATE_HZ])
    with torch.inference_mode():
        frames = torch.cat([network.frames(chunk) for chunk in torch.split(sound, 4 * RATE_HZ, dim=1)], dim=1)[0]
        vector = network(sound)[0]
    assert frames.shape == (450, 24)
    np.testing.assert_allclose(frames[::9], golden["v1_frames"], atol=2e-5)
    np.testing.assert_allclose(vector, golden["v1_frames_mean"], atol=2e-5)


def test_the_second_version_gives_the_vector_of_the_upstream_code(golden: dict[str, np.ndarray]) -> None:
    """From the sound on: torchaudio's Kaldi features, then upstream's network."""
    network = filled(MelMae(MEL_CONFIG))
    with torch.inference_mode():
        vector = network(torch.from_numpy(MEL.front_end([chords()])))[0]
    np.testing.assert_allclose(vector, golden["v2_frames_mean"], atol=1e-4)


@pytest.mark.parametrize(("bands", "name", "step"), [(32, "mel", 30), (256, "mel256", 60)])
def test_the_log_mel_is_that_of_torchaudio(golden: dict[str, np.ndarray], bands: int, name: str, step: int) -> None:
    for sound, expected in zip((chords(), beats()), golden[name], strict=True):
        mel = encodecmae_mel.log_mel(sound, bands)
        assert mel.shape == (300, bands)
        np.testing.assert_allclose(((mel + 6.12) / 4.82)[::step], expected, atol=1e-3)


def as_published(name: str) -> str:
    """The name of a tensor in EnCodec's own checkpoint, from the one that transformers gives it."""
    for theirs, own in {
        "layers.": "model.", "conv.bias": "conv.conv.bias",
        "conv.parametrizations.weight.original0": "conv.conv.weight_g",
        "conv.parametrizations.weight.original1": "conv.conv.weight_v",
    }.items():  # fmt: skip
        name = name.replace(theirs, own)
    return name


def test_the_encoder_of_encodec_is_that_of_transformers() -> None:
    torch.manual_seed(3)
    upstream = EncodecModel(EncodecConfig(num_filters=8)).eval().encoder
    ours = EncodecEncoder(filters=8, strides=(2, 4, 5, 8), dim=128).eval()
    ours.load_state_dict({as_published(name): tensor for name, tensor in upstream.state_dict().items()})
    for samples in (torch.randn(2, RATE_HZ), torch.randn(1, RATE_HZ + 123)):
        with torch.inference_mode():
            expected = upstream(samples[:, None]).transpose(1, 2)
            np.testing.assert_allclose(ours(samples), expected, atol=1e-5)


@pytest.mark.parametrize(("which", "config", "count"), [
    ("base", encodecmae.BASE, 37_446_401), ("mel256", encodecmae.MEL_BASE, 30_118_913),
])  # fmt: skip
def test_the_full_network_has_the_names_and_shapes_of_upstreams(
    golden: dict[str, np.ndarray], which: str, config: Any, count: int
) -> None:
    with torch.device("meta"):
        network = (MelMae if config.bands else SoundMae)(config)
    ours = {name: tuple(tensor.shape) for name, tensor in network.state_dict().items()}
    theirs = {
        name: shape
        for name, shape in shapes(golden, which).items()
        if not name.startswith(TRAINING) and not (".ff_layer." in name and ".0.ff_layer." not in name)
    }
    assert ours == theirs
    assert sum(int(np.prod(shape)) for shape in ours.values()) == count
    assert ours["visible_encoder.encoder_layers.9.att_layer.wq.weight"] == (768, 768)


def test_a_file_goes_the_whole_way(models: Path, tmp_path: Path) -> None:
    sounds.write(tmp_path / "a.wav", sounds.sweep(length_s=32.0, rate_hz=RATE_HZ), RATE_HZ)
    with Engine(Plan("tiny-encodecmae", models, 1, nice=0, device="cpu")) as engine:
        ((_, outcome),) = engine.run([Request(str(tmp_path / "a.wav"), "a")])
    assert isinstance(outcome, Analysis)
    assert outcome.windows == 2
    assert outcome.vector.shape == (24,)
    assert np.isfinite(outcome.vector).all()


def test_the_study_averages_over_frames_so_its_last_chunk_counts_half(models: Path) -> None:
    window = np.concatenate([chords(), beats()] * 4)[: 30 * RATE_HZ]
    encoder, one = (registry.load(name, models=models) for name in ("tiny-encodecmae-study", "tiny-encodecmae"))
    chunks = [window[at : at + 4 * RATE_HZ] for at in range(0, len(window), 4 * RATE_HZ)]
    assert [len(chunk) // RATE_HZ for chunk in chunks] == [4] * 7 + [2]
    vectors = [one.encode(chunk[None]).vectors[0] for chunk in chunks]
    expected = np.average(vectors, axis=0, weights=[300] * 7 + [150])
    np.testing.assert_allclose(encoder.encode(window[None]).vectors[0], expected, atol=1e-5)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("missing", "feat_projector.bias is missing"),
        ("left over", "surprise is left over"),
        ("shape", r"feat_projector.bias is \(5,\) instead of \(24,\)"),
        ("not shared", "differs from the first layer's"),
        ("no file", "model.pt is missing"),
        ("garbage", r"model\.pt"),
    ],
)
def test_another_checkpoint_is_refused(golden: dict[str, np.ndarray], tmp_path: Path, change: str, says: str) -> None:
    path = tiny_encodecmae.publish(tmp_path / "model.pt", shapes(golden, "v1"))
    tensors = torch.load(path, weights_only=True)["state_dict"]
    if change == "missing":
        del tensors["feat_projector.bias"]
    elif change == "shape":
        tensors["feat_projector.bias"] = torch.zeros(5)
    elif change == "left over":
        tensors["surprise"] = torch.zeros(5)
    elif change == "not shared":
        tensors[SHARED] = tensors[SHARED] + 1
    torch.save({"state_dict": tensors}, path)
    if change == "no file":
        path.unlink()
    elif change == "garbage":
        path.write_bytes(b"garbage")
    (tmp_path / "out").mkdir()
    with pytest.raises(ModelUnavailable, match=says):
        convert(PLUGIN, tmp_path, tmp_path / "out")
    assert not list((tmp_path / "out").iterdir())


def test_what_all_layers_share_is_kept_once(converted: Path) -> None:
    from safetensors.torch import load_file

    kept = load_file(weights.folder_of(PLUGIN.spec, converted) / "weights.safetensors")
    assert SHARED not in kept
    assert SHARED.replace(".2.", ".0.") in kept
    assert not [name for name in kept if name.startswith(TRAINING)]


def test_the_specs_say_what_the_study_did_and_where_weights_come_from() -> None:
    study = encodecmae.STUDY_SPEC
    assert study.weights_name == "encodecmae"
    assert (study.loudness, study.windows, study.window_s, study.rate_hz) == (Loudness.RAW, 1, 30.0, RATE_HZ)
    for spec in (encodecmae.SPEC, encodecmae.MEL_SPEC):
        assert spec.weights is not None
        assert spec.weights.accept
        assert spec.weights.downloads[0].url.startswith("https://huggingface.co/lpepino/")

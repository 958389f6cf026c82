"""The published HTCL: its front end, its tower, its checkpoint without a key missing, its words."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import librosa
import numpy as np
import pytest
import torch
from encoders import as_foreign, tiny_bert
from encoders import tiny_htcl as tiny
from encoders.encoder_contract import EncoderContract, heard
from encoders.golden_sounds import SOUNDS, beats
from torch.nn import functional

from musicdesk.encoders import htcl, registry
from musicdesk.encoders.base import Encoder
from musicdesk.encoders.nets.bert_sentences import BertSentences
from musicdesk.encoders.nets.htcl_checkpoint import gathered, halves
from musicdesk.encoders.nets.htcl_config import FULL, MEL, SMALL, VECTORS, HtclConfig, log_mel
from musicdesk.encoders.nets.htcl_net import HtclNet, Sounds
from musicdesk.encoders.zoo import weights
from musicdesk.encoders.zoo.unpickling import read_safetensors
from musicdesk.errors import BadRequest, ModelUnavailable
from musicdesk.jobs import Job

torch.set_num_threads(1)
PARAMETERS = 88_500_511
"""Of the published tower, as its authors' code counts them."""


@pytest.fixture(scope="module")
def converted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of weights that holds the tiny network."""
    published, models = tiny.publish(tmp_path_factory.mktemp("published")), tmp_path_factory.mktemp("models")
    (models / "tiny-htcl").mkdir()
    convert(published, models / "tiny-htcl")
    return models


@pytest.fixture
def models(converted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with as_foreign.installed(tiny.POINTS, tmp_path, monkeypatch):
        yield converted


def convert(source: Path, folder: Path) -> Path:
    assert tiny.PLUGIN.convert is not None
    folder.mkdir(exist_ok=True)
    tiny.PLUGIN.convert(source, folder)
    return folder


class TestHtcl(EncoderContract):
    @pytest.fixture
    def encoder(self, models: Path) -> Encoder:
        return registry.load("tiny-htcl", models=models)

    def test_short_sound_is_repeated(self, encoder: Encoder, windows: list[np.ndarray]) -> None:
        """It is not: as published, it is filled up with what lies 80 dB below its loudest."""
        image = heard_image(windows[1][:16_000])
        assert len(np.unique(image[13:])) == 1
        assert image[13:].max() == image.min()

    def test_different_sounds_give_different_vectors(self, encoder: Encoder, windows: list[np.ndarray]) -> None:
        vectors = heard(encoder, windows).vectors
        assert (
            np.linalg.norm(vectors[:, None] - vectors[None], axis=2)[~np.eye(len(vectors), dtype=bool)] > 1e-3
        ).all()

    def test_every_row_is_of_length_one(self, encoder: Encoder, windows: list[np.ndarray]) -> None:
        np.testing.assert_allclose(np.linalg.norm(heard(encoder, windows).vectors, axis=1), 1, atol=1e-6)


def heard_image(samples: np.ndarray) -> np.ndarray:
    return log_mel(samples, tiny.CONFIG)


# --------------------------------------------------------------------------------------------------------- the sound


@pytest.mark.parametrize("sound", SOUNDS)
def test_the_front_end_is_librosas_decibels_normalised_as_a_whole(sound: str) -> None:
    samples = SOUNDS[sound]()
    power = librosa.feature.melspectrogram(y=samples, sr=16_000, n_fft=2048, hop_length=1536, n_mels=128)
    decibels = librosa.power_to_db(power).T
    filled = np.full((1251, 128), decibels.max() - 80, np.float32)
    filled[: len(decibels)] = decibels
    expected = (filled - filled.mean()) / (filled.std() + 1e-8)
    np.testing.assert_allclose(log_mel(samples, FULL), expected, atol=2e-3 if sound == "near_silence" else 1e-4)


def test_two_minutes_are_1251_frames_and_155_moments() -> None:
    assert (MEL.n_fft / MEL.rate_hz, MEL.hop / MEL.rate_hz, MEL.n_mels) == (0.128, 0.096, 128)
    assert (FULL.frames, FULL.moments) == (1251, 155)
    assert htcl.front_end([np.ones(16_000 * 121, np.float32)]).shape == (1, 1251, 128)
    with torch.device("meta"):
        tower = Sounds(FULL).tower
        assert tower.states(torch.zeros(1, 1251, 128)).shape == (1, 156, 768)
        assert tower(torch.zeros(1, 1251, 128)).shape == (1, 768)


def test_the_level_of_a_sound_does_not_matter() -> None:
    np.testing.assert_allclose(log_mel(beats() * 0.5, SMALL), log_mel(beats(), SMALL), atol=1e-3)


def test_a_tower_is_what_its_description_says() -> None:
    """The sizes as published, taken apart by hand: convolutions, norms, places, mean over all outputs, head."""
    torch.manual_seed(3)
    network = Sounds(tiny.CONFIG).eval()
    tower, image = network.tower, torch.randn(1, tiny.CONFIG.frames, 128)
    with torch.inference_mode():
        states = image
        for convolution, stride in zip(tower.convolutions, (2, 2, 2), strict=True):
            weight, norm = convolution.convolution.weight, convolution.norm
            states = functional.conv1d(states.transpose(1, 2), weight, stride=stride).transpose(1, 2)
            states = functional.gelu(functional.layer_norm(states, norm.weight.shape, norm.weight, norm.bias))
        states = tower.project(tower.norm(states))
        places = tower.places.norm(tower.places.convolution(states.transpose(1, 2)).transpose(1, 2))
        states = tower.placed_norm(states + functional.gelu(places))
        states = torch.cat([tower.first, states], dim=1)
        for block in tower.blocks.layers:
            states = block.norm1(states + block.self_attn(states, states, states)[0])
            states = block.norm2(states + block.linear2(functional.gelu(block.linear1(states))))
        expected = network.audio_head(states.mean(dim=1))
        np.testing.assert_allclose(network.sounds(image).numpy(), expected.numpy(), atol=1e-5)


# ---------------------------------------------------------------------------------------------------- the checkpoint


def test_the_published_checkpoint_loads_with_no_key_missing() -> None:
    tensors = {name: torch.empty(shape, device="meta") for name, shape in tiny.shapes(FULL).items()}
    sounds, words = halves(tensors, config=FULL)
    with torch.device("meta"):
        network = Sounds(FULL)
    assert network.load_state_dict(sounds, strict=True).missing_keys == []
    assert words == {}
    tower = [name for name in tensors if name.startswith("audio_model.")]
    assert (len(tensors), sum(tensors[name].numel() for name in tower)) == (171, PARAMETERS)
    assert [tuple(tensors[f"audio_mlp.{n}.weight"].shape) for n in (0, 3, 6)] == [(384, 768), (192, 384), (100, 192)]


@pytest.mark.slow
def test_random_weights_of_the_full_shape_are_converted_and_load(tmp_path: Path) -> None:
    config = replace(FULL, text_inputs=16)
    folder = tiny.publish(tmp_path / "published", {"model-20.pth": tiny.tensors(config)})
    out = tmp_path / "out"
    out.mkdir()
    htcl.convert(folder, out, config=config)
    encoder = htcl.load(out, "cpu", config=config)
    vectors = encoder.encode(htcl.front_end([beats()])).vectors
    assert vectors.shape == (1, 100)
    np.testing.assert_allclose(np.linalg.norm(vectors), 1, atol=1e-5)
    assert htcl.open_text(out, config=config).encode_text(["slow piano"]).shape == (1, 100)


def test_numbers_stand_where_their_names_say(converted: Path) -> None:
    published, found = tiny.tensors(), read_safetensors(converted / "tiny-htcl" / "weights.safetensors")
    for theirs, ours in (
        ("audio_model.feature_extractor.layers.1.1.weight", "tower.convolutions.1.convolution.weight"),
        ("audio_model.feature_extractor.layers.1.3.bias", "tower.convolutions.1.norm.bias"),
        ("audio_model.feature_projection.projection.bias", "tower.project.bias"),
        ("audio_model.layer_norm.weight", "tower.placed_norm.weight"),
        ("audio_model.cls_token", "tower.first"),
        ("audio_model.transformer_encoder.layers.1.linear2.weight", "tower.blocks.layers.1.linear2.weight"),
        ("audio_mlp.6.bias", "audio_head.4.bias"),
    ):
        assert torch.equal(published[theirs], found[ours])
    text = read_safetensors(converted / "tiny-htcl" / "text.safetensors")
    assert torch.equal(published["text_mlp.3.weight"], text["text_head.2.weight"])
    assert torch.equal(published["text_model.pooler.dense.bias"], text["bert.pooler.dense.bias"])
    assert not any("fusion" in name or "tau" in name for name in (*found, *text))


def test_files_of_single_towers_are_put_together_and_the_second_stage_counts(tmp_path: Path) -> None:
    first, second = tiny.tensors(stage=1), tiny.tensors()
    files: dict[str, dict[str, torch.Tensor]] = {}
    for stage, tensors in ((1, first), (2, second)):
        for part, name in (("audio_model", "audio-model"), ("audio_mlp", "audio-mlp"), ("text_mlp", "text-mlp"),
                           ("text_model", "text-model")):  # fmt: skip
            own = {key.removeprefix(f"{part}."): value for key, value in tensors.items() if key.startswith(f"{part}.")}
            files[f"{name}-stage-{stage}.pth"] = {f"module.{key}": value for key, value in own.items()}
    found = gathered(tiny.publish(tmp_path, files))
    assert found.keys() == {name for name in second if not name.startswith(("tau", "fusion"))}
    assert all(torch.equal(found[name], second[name]) for name in found)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("missing", r"tower\.first is missing"),
        ("left over", r"audio_model\.evil is left over"),
        ("another shape", r"tower\.project\.weight is \(16, 13\) instead of \(16, 12\)"),
        ("no head", r"audio_head\.0\.weight is missing"),
        ("no bert", "a head for words and no BERT"),
        ("half a bert", r"encoder\.layer\.1\.output\.dense\.bias is missing"),
        ("nothing", "holds no checkpoint of HTCL"),
        ("something else", "no checkpoint of HTCL that musicdesk knows"),
        ("no tokens", "tokenizer.json is missing"),
        ("another family", "kind 'gpt2'"),
    ],
)
def test_another_checkpoint_is_refused(tmp_path: Path, change: str, says: str) -> None:
    tensors, files = tiny.tensors(), {"model-20.pth": {}}
    match change:
        case "missing":
            del tensors["audio_model.cls_token"]
        case "left over":
            tensors["audio_model.evil"] = torch.zeros(1)
        case "another shape":
            tensors["audio_model.feature_projection.projection.weight"] = torch.zeros(16, 13)
        case "no head":
            tensors = {name: tensor for name, tensor in tensors.items() if not name.startswith("audio_mlp")}
        case "no bert":
            tensors = {name: tensor for name, tensor in tensors.items() if not name.startswith("text_model")}
        case "half a bert":
            del tensors["text_model.encoder.layer.1.output.dense.bias"]
        case "something else":
            tensors = {"layers.weight": torch.zeros(3)}
    folder = tiny.publish(tmp_path / "source", files if change == "nothing" else {"model-20.pth": tensors})
    if change == "nothing":
        (folder / "model-20.pth").unlink()
    if change == "no tokens":
        (folder / "tokenizer.json").unlink()
    if change == "another family":
        (folder / "config.json").write_text(json.dumps({"model_type": "gpt2"}))
    with pytest.raises(ModelUnavailable, match=says):
        convert(folder, tmp_path / "out")


def test_a_pickle_that_wants_to_run_something_is_not_run(tmp_path: Path) -> None:
    class Evil:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return (Path.touch, (tmp_path / "run",))  # type: ignore[return-value]

    folder = tiny.publish(tmp_path / "source")
    torch.save({"model": tiny.tensors(), "args": Evil()}, folder / "model-20.pth")
    with pytest.raises(ModelUnavailable, match="none of it was run"):
        convert(folder, tmp_path / "out")
    assert not (tmp_path / "run").exists()


def test_where_only_sounds_are_published_words_say_so(tmp_path: Path) -> None:
    folder = convert(tiny.publish(tmp_path / "source", {"a.pth": tiny.tensors(words=False)}), tmp_path / "out")
    assert tiny.PLUGIN.load(folder, "cpu").encode(tiny.PLUGIN.front_end([beats()])).vectors.shape == (1, 5)
    with pytest.raises(ModelUnavailable, match="sounds alone"):
        htcl.open_text(folder, config=tiny.CONFIG)


# --------------------------------------------------------------------------------------------------------- the words


def test_words_are_berts_summary_through_their_head(converted: Path) -> None:
    folder, published = converted / "tiny-htcl", tiny.tensors()
    bert = {n.removeprefix("text_model."): t for n, t in published.items() if n.startswith("text_model.")}
    pooled = BertSentences(folder, name="a", pooling="pooler", tensors=bert).pooled(["slow piano"])
    states = torch.from_numpy(pooled)
    for number in (0, 3, 6):
        weight, bias = published[f"text_mlp.{number}.weight"], published[f"text_mlp.{number}.bias"]
        states = functional.linear(functional.relu(states) if number else states, weight, bias)
    expected = functional.normalize(states, dim=-1).numpy()
    found = htcl.open_text(folder, config=tiny.CONFIG).encode_text(["slow piano", "drive at night"])
    np.testing.assert_allclose(found[0], expected[0], atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, atol=1e-5)
    with pytest.raises(BadRequest, match="at least one word"):
        htcl.open_text(folder, config=tiny.CONFIG).encode_text([" "])


def test_the_licence_and_what_has_none_are_told() -> None:
    assert htcl.SPEC.licence.startswith("MIT")
    assert htcl.SPEC.weights is not None
    assert not htcl.SPEC.weights.accept
    assert htcl.SPEC.weights.listing.startswith("https://huggingface.co/api/models/Tharya/HTCL/")


# ------------------------------------------------------------------------------------------------------------ config


@pytest.mark.parametrize("config", [FULL, SMALL, VECTORS, tiny.CONFIG])
def test_a_config_survives_json(config: HtclConfig) -> None:
    assert HtclConfig.from_plain(json.loads(json.dumps(config.plain()))) == config


@pytest.mark.parametrize(
    "changes",
    [{"source": "smell"}, {"width": 0}, {"attention_heads": 3}, {"kernels": (5,)}, {"dropout": 1.0}, {"seconds": -1.0},
     {"layers": -1}, {"joint": 0}, {"audio_head": (0,)}],
)  # fmt: skip
def test_what_makes_no_tower_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(BadRequest):
        replace(SMALL, **changes)  # type: ignore[arg-type]
    with pytest.raises(ModelUnavailable):
        HtclConfig.from_plain(SMALL.plain() | changes)


def test_a_sound_too_short_for_the_convolutions_is_told() -> None:
    with pytest.raises(BadRequest, match="too short"):
        _ = replace(SMALL, seconds=0.5).moments


@pytest.mark.parametrize("preset", [FULL, SMALL, VECTORS], ids=["full", "small", "vectors"])
def test_every_preset_makes_a_network(preset: HtclConfig) -> None:
    with torch.device("meta"):
        network = HtclNet(preset)
        rows = torch.zeros(2, preset.inputs) if preset is VECTORS else torch.zeros(2, preset.frames, 128)
        sounds, words = network.sounds(rows), network.words(torch.zeros(2, preset.text_inputs))
        assert sounds.shape == words.shape == network.fused(sounds, words).shape == (2, 100)


def test_installing_needs_bert_beside_the_checkpoint(tmp_path: Path) -> None:
    source = tiny.publish(tmp_path / "brought")
    (source / "tokenizer.json").unlink()
    with pytest.raises(ModelUnavailable, match=r"lacks tokenizer\.json"):
        weights.install(htcl.PLUGIN, models=tmp_path / "models", job=Job(), from_dir=source)
    tiny_bert.publish(source)
    with pytest.raises(ModelUnavailable, match="not the checkpoint of htcl that musicdesk knows"):
        weights.install(htcl.PLUGIN, models=tmp_path / "models", job=Job(), from_dir=source)

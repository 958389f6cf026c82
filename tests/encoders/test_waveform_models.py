"""MERT and Music2Vec: the published checkpoints load, and the numbers are those of the library that runs them."""

import json
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import sounds
import tiny_waveform_models as tiny
from encoders.encoder_contract import EncoderContract
from encoders.golden_sounds import SOUNDS

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from musicdesk.encoders import mert, music2vec, registry  # noqa: E402
from musicdesk.encoders.analysing import Engine, Plan, Request  # noqa: E402
from musicdesk.encoders.base import Loudness  # noqa: E402
from musicdesk.encoders.zoo.unpickling import read_safetensors  # noqa: E402
from musicdesk.errors import ModelUnavailable  # noqa: E402
from musicdesk.records import Analysis  # noqa: E402

torch.set_num_threads(1)
REAL = (mert.SMALL, mert.LARGE, mert.STUDY, music2vec.PLUGIN, music2vec.STUDY)
EVERY_LAYER = ("tiny-mert-95m", "tiny-mert-330m", "tiny-music2vec")


@pytest.fixture
def models(tmp_path, monkeypatch):
    """A folder for weights, where the tiny encoders are known, here and in other processes."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), str(Path(tiny.__file__).parent)]))
    with tiny.offered(tmp_path, monkeypatch):
        yield tmp_path


def windows(name):
    spec = tiny.PLUGINS[name].spec
    return [np.resize(make(), spec.rate_hz) for make in SOUNDS.values()]


class TestTinyMert(EncoderContract):
    @pytest.fixture
    def encoder(self, models):
        tiny.install("tiny-mert-330m", models)
        return registry.load("tiny-mert-330m", models=models)


class TestTinyMusic2Vec(EncoderContract):
    @pytest.fixture
    def encoder(self, models):
        tiny.install("tiny-music2vec", models)
        return registry.load("tiny-music2vec", models=models)


@pytest.mark.parametrize("name", EVERY_LAYER)
def test_the_vector_is_the_mean_of_all_layers_as_the_library_gives_them(name, models):
    network, heard = tiny.install(name, models), windows(name)
    ours = registry.load(name, models=models).encode(tiny.PLUGINS[name].front_end(heard)).vectors
    for row, window in zip(ours, heard, strict=True):
        unit = (window - window.mean()) / np.sqrt(window.var() + 1e-7)
        with torch.inference_mode():
            out = network(torch.from_numpy(unit)[None], output_hidden_states=True)
        layers = torch.stack([*out.hidden_states[1:-1], out.last_hidden_state])
        assert len(layers) == 3
        np.testing.assert_allclose(row, layers.mean(dim=(0, 1, 2)).numpy(), atol=2e-5)


@pytest.mark.parametrize("name", ["tiny-mert-330m-study", "tiny-music2vec-study"])
def test_the_studys_vector_is_the_last_layer_of_the_samples_as_they_are(name, models):
    network, heard = tiny.install(name, models), windows(name)
    ours = registry.load(name, models=models).encode(tiny.PLUGINS[name].front_end(heard)).vectors
    with torch.inference_mode():
        theirs = network(torch.from_numpy(np.stack(heard))).last_hidden_state.mean(dim=1).numpy()
    np.testing.assert_allclose(ours, theirs, atol=2e-5)


def test_the_front_end_is_the_librarys_feature_extractor():
    from transformers import Wav2Vec2FeatureExtractor

    extractor = Wav2Vec2FeatureExtractor(feature_size=1, sampling_rate=24_000, do_normalize=True)
    heard = windows("tiny-mert-95m")
    theirs = extractor(heard, sampling_rate=24_000, return_tensors="np")["input_values"]
    np.testing.assert_allclose(tiny.MERT_95M.front_end(heard), theirs, atol=1e-4)


@pytest.mark.parametrize("name", tiny.NAMES)
def test_what_lies_beside_a_window_does_not_matter(name, models):
    tiny.install(name, models)
    encoder, plugin = registry.load(name, models=models), tiny.PLUGINS[name]
    short = windows(name)[0][:7000]
    alone = encoder.encode(plugin.front_end([short])).vectors[0]
    beside = encoder.encode(plugin.front_end([np.ones(3, np.float32), short, *windows(name)])).vectors[1]
    repeated = encoder.encode(plugin.front_end([np.resize(short, plugin.spec.rate_hz)])).vectors[0]
    np.testing.assert_array_equal(alone, beside)
    np.testing.assert_array_equal(alone, repeated)


@pytest.mark.parametrize("name", ["tiny-mert-330m", "tiny-music2vec-study"])
def test_a_file_goes_the_whole_way_through_the_engine(name, models):
    tiny.install(name, models)
    path = sounds.tone(models / "a.flac", hz=330, length_s=6, rate_hz=44_100)
    with Engine(Plan(name, models, 1, device="cpu", nice=0)) as engine:
        ((_, outcome),) = list(engine.run([Request(str(path), "a")]))
        ((_, again),) = list(engine.run([Request(str(path), "a")]))
    assert isinstance(outcome, Analysis)
    assert isinstance(again, Analysis)
    np.testing.assert_array_equal(outcome.vector, again.vector)
    assert outcome.vector.shape == (32,)
    assert outcome.windows == 3
    assert np.isfinite(outcome.vector).all()


# ------------------------------------------------------------------------------------------- checkpoints as published

SAMPLE = {
    mert.SMALL: ("encoder.layers.11.attention.q_proj.weight", (768, 768)),
    mert.LARGE: ("encoder.layers.23.feed_forward.intermediate_dense.weight", (4096, 1024)),
    music2vec.PLUGIN: ("encoder.pos_conv_embed.layers.4.conv.weight", (768, 48, 19)),
}


@pytest.mark.parametrize(
    ("plugin", "architecture", "millions"),
    [(mert.SMALL, mert.BASE, 94.371), (mert.LARGE, mert.BIG, 315.428), (music2vec.PLUGIN, music2vec.NETWORK, 93.164)],
    ids=["95M", "330M", "music2vec"],
)
def test_the_full_network_has_the_names_and_shapes_of_the_checkpoint(plugin, architecture, millions):
    from musicdesk.encoders.nets.hubert_net import built

    shapes = architecture.shapes()
    with torch.device("meta"):
        tensors = built(architecture).state_dict()
    names = {published_name(name): tuple(value.shape) for name, value in tensors.items()}
    assert names == shapes
    assert sum(np.prod(shape) for shape in shapes.values()) / 1e6 == pytest.approx(millions, abs=0.001)
    name, shape = SAMPLE[plugin]
    assert shapes[name] == shape
    assert shapes["feature_extractor.conv_layers.0.conv.weight"] == (512, 1, 10)


def published_name(name):
    for new, old in tiny.OLD_NAMES.items():
        name = name.replace(new, old)
    return name


@pytest.mark.parametrize("name", EVERY_LAYER)
def test_the_converted_file_keeps_the_published_names_but_for_what_only_training_needs(name, models):
    tiny.install(name, models)
    published = set(torch.load(models / f"{name}-published" / "pytorch_model.bin", weights_only=True))
    kept = read_safetensors(models / name / "weights.safetensors")
    assert published - set(kept) == {"masked_spec_embed"}
    assert {key: tuple(value.shape) for key, value in kept.items()} == tiny.ARCHITECTURES[name].shapes()


def test_a_checkpoint_with_the_newer_names_gives_the_same_file(models):
    network = tiny.install("tiny-mert-95m", models)
    source = models / "newer"
    source.mkdir()
    torch.save(network.state_dict(), source / "pytorch_model.bin")
    (source / "config.json").write_text((models / "tiny-mert-95m-published" / "config.json").read_text())
    (models / "again").mkdir()
    tiny.MERT_95M.convert(source, models / "again")
    names = ("again/weights.safetensors", "tiny-mert-95m/weights.safetensors")
    first, second = ((models / name).read_bytes() for name in names)
    assert first == second


def changed(folder, change):
    tensors = torch.load(folder / "pytorch_model.bin", weights_only=True)
    change(tensors)
    torch.save(tensors, folder / "pytorch_model.bin")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda t: t.pop("encoder.layers.1.final_layer_norm.bias"), r"layers\.1\.final_layer_norm\.bias is missing"),
        (lambda t: t.update({"lm_head.weight": torch.ones(2)}), r"lm_head\.weight belongs to no part"),
        (lambda t: t.update({"encoder.layer_norm.bias": torch.ones(2)}), r"layer_norm\.bias is of another shape"),
    ],
    ids=["missing", "left over", "another shape"],
)
def test_a_checkpoint_that_does_not_fit_is_refused_by_name(change, says, models):
    network = tiny.model(tiny.ARCHITECTURES["tiny-mert-95m"])
    source = tiny.publish(network, tiny.ARCHITECTURES["tiny-mert-95m"], models / "published")
    changed(source, change)
    with pytest.raises(ModelUnavailable, match=says):
        tiny.MERT_95M.convert(source, models)
    assert not (models / "weights.safetensors").exists()


@pytest.mark.parametrize(
    ("option", "value"),
    [("feature_extractor_cqt", True), ("do_stable_layer_norm", True), ("hidden_size", 1024), ("conv_stride", [5, 2])],
)
def test_the_config_of_another_network_is_refused(option, value, models):
    architecture = tiny.ARCHITECTURES["tiny-mert-95m"]
    source = tiny.publish(tiny.model(architecture), architecture, models / "published")
    config = json.loads((source / "config.json").read_text())
    (source / "config.json").write_text(json.dumps(config | {option: value}))
    with pytest.raises(ModelUnavailable, match=option):
        tiny.MERT_95M.convert(source, models)


@pytest.mark.parametrize("content", [None, b"{", b"\xff"], ids=["missing", "cut off", "no text"])
def test_a_config_that_cannot_be_read_is_a_sentence(content, models):
    architecture = tiny.ARCHITECTURES["tiny-mert-95m"]
    source = tiny.publish(tiny.model(architecture), architecture, models / "published")
    (source / "config.json").unlink()
    if content is not None:
        (source / "config.json").write_bytes(content)
    with pytest.raises(ModelUnavailable, match="Fetch it again"):
        tiny.MERT_95M.convert(source, models)


def test_weights_of_another_network_are_a_sentence(models):
    tiny.install("tiny-mert-95m", models)
    (models / "tiny-music2vec").mkdir()
    (models / "tiny-mert-95m" / "weights.safetensors").rename(models / "tiny-music2vec" / "weights.safetensors")
    with pytest.raises(ModelUnavailable, match="do not fit tiny-music2vec"):
        registry.load("tiny-music2vec", models=models)


# ------------------------------------------------------------------------------------------------- what is said of them


@pytest.mark.parametrize("plugin", REAL, ids=lambda p: p.spec.key.name)
def test_each_says_where_its_weights_come_from_and_what_they_forbid(plugin):
    spec = plugin.spec
    assert spec.licence == "CC BY-NC 4.0"
    assert spec.weights.accept
    checkpoint, config = spec.weights.downloads
    assert (checkpoint.name, config.name) == ("pytorch_model.bin", "config.json")
    assert len(checkpoint.sha256) == 64
    assert checkpoint.url.startswith("https://huggingface.co/m-a-p/")
    assert checkpoint.url.endswith(checkpoint.name)
    assert spec.weights.size_bytes > 300_000_000
    assert spec.heavy
    assert spec.extra == "transformers"
    assert "layer" in spec.setting
    assert spec.loudness is Loudness.RAW


def test_the_studys_variants_share_the_weights_and_nothing_else():
    for study, base in ((mert.STUDY, mert.LARGE), (music2vec.STUDY, music2vec.PLUGIN)):
        assert study.spec.weights_name == base.spec.key.name
        assert study.spec.weights == base.spec.weights
        assert study.spec.key != base.spec.key
        assert (study.spec.windows, study.spec.window_s, study.spec.rate_hz) == (1, 30.0, 24_000)
    assert music2vec.PLUGIN.spec.rate_hz == 16_000


def test_a_network_at_another_size_is_another_checkpoint():
    bigger = replace(mert.BASE, hidden_size=1536)
    assert bigger.shapes().keys() == mert.BASE.shapes().keys()
    assert bigger.shapes() != mert.BASE.shapes()

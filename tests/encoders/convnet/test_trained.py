"""A network that was trained here is an encoder like any other, and its report is what was measured."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import sounds
import torch
from encoders.encoder_contract import EncoderContract
from encoders.tiny_cnn import CONFIG, with_notes

from musicdesk.encoders import registry
from musicdesk.encoders.analysing import Engine, Plan, Request
from musicdesk.encoders.base import Encoder
from musicdesk.encoders.convnet import report as cnn_report
from musicdesk.encoders.convnet import trained as cnn_trained
from musicdesk.encoders.convnet.net import CnnNet
from musicdesk.encoders.convnet.trained import plugin_of
from musicdesk.encoders.zoo import weights
from musicdesk.errors import ModelUnavailable
from musicdesk.records import Analysis, ClassReport, Epoch, Measure, TrainedModel

CLASSES = ("bells", "drums", "noise")


def trained(folder: Path, *, notes: str = "none", name: str = "cnn-tiny") -> Path:
    """A network with weights of chance, lively enough that sounds differ."""
    config = with_notes(notes)
    torch.manual_seed(0)
    network = CnnNet(config, len(CLASSES)).eval()
    with torch.no_grad():
        network.dense[0].weight.mul_(4)
    place = folder / name
    place.mkdir(parents=True)
    cnn_trained.save(network, config, CLASSES, place)
    return place


@pytest.fixture
def models(tmp_path, monkeypatch) -> Path:
    trained(tmp_path)
    plugin = registry.plugin
    monkeypatch.setattr(registry, "plugin", lambda name, models=None: plugin(name, models or tmp_path))
    return tmp_path


class TestContract(EncoderContract):
    @pytest.fixture
    def encoder(self, models: Path) -> Encoder:
        return registry.load("cnn-tiny", models=models)

    def test_the_front_end_needs_no_torch(self, encoder: Encoder, models: Path) -> None:
        code = f"""
import sys
from pathlib import Path
import numpy as np
from musicdesk.encoders import registry
features = registry.plugin("cnn-tiny", Path({str(models)!r})).front_end([np.ones(8000, np.float32)])
assert features.shape == (1, 1, 16, 16)
assert "torch" not in sys.modules
"""
        subprocess.run([sys.executable, "-c", code], check=True, timeout=120)


def test_the_analysis_gives_the_layer_as_vector_and_the_mean_softmax_as_words(models, tmp_path):
    path = sounds.tone(tmp_path / "a.flac", hz=440, length_s=12)
    with Engine(Plan("cnn-tiny", models, 1, device="cpu")) as engine:
        ((_, found),) = engine.run([Request(str(path), "hash")])
    assert isinstance(found, Analysis)
    assert found.vector.shape == (CONFIG.dense,)
    assert found.tags.shape == (len(CLASSES),)
    assert found.tags.sum() == pytest.approx(1, abs=1e-4)


def test_its_spec_tells_what_it_is(models):
    spec = registry.plugin("cnn-tiny", models).spec
    assert (spec.dim, spec.rate_hz, spec.window_s, spec.vocabulary) == (32, 16_000, 1.0, CLASSES)
    assert not spec.heavy
    weights.verify(registry.plugin("cnn-tiny", models), models)


def test_other_weights_and_another_image_are_another_encoder(tmp_path):
    first = plugin_of(trained(tmp_path / "a"))
    second = plugin_of(trained(tmp_path / "b", notes="chroma"))
    assert first
    assert second
    assert first.spec.key.front_end != second.spec.key.front_end
    assert first.spec.key.version != second.spec.key.version


@pytest.mark.parametrize(
    "damage", ["no weights", "no config", "half a config", "another kind", "unknown field", "a list"]
)
def test_a_folder_that_holds_no_whole_network_is_no_encoder(tmp_path, damage):
    place = trained(tmp_path)
    config = place / cnn_trained.CONFIG
    told = json.loads(config.read_text())
    if damage == "no weights":
        (place / cnn_trained.WEIGHTS).unlink()
    if damage == "no config":
        config.unlink()
    if damage == "half a config":
        config.write_text(config.read_text()[:50])
    if damage == "another kind":
        config.write_text(json.dumps({**told, "kind": "cat"}))
    if damage == "unknown field":
        config.write_text(json.dumps({**told, "network": {**told["network"], "depth": 9}}))
    if damage == "a list":
        config.write_text("[]")
    assert plugin_of(place) is None
    assert "cnn-tiny" not in registry.names(tmp_path)


def test_damaged_weights_are_a_sentence(models):
    path = models / "cnn-tiny" / cnn_trained.WEIGHTS
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    with pytest.raises(ModelUnavailable, match="damaged"):
        registry.load("cnn-tiny", models=models)


# ------------------------------------------------------------------------------------------------------------ report

TRUTH = np.array([0, 0, 0, 1, 1, 2, 2, 2])
SAID = np.array([0, 0, 1, 1, 1, 0, 2, 2])


def test_confusion_and_reports_are_counted_by_class():
    counts = cnn_report.confusion(TRUTH, SAID, 3)
    assert counts.tolist() == [[2, 1, 0], [0, 2, 0], [1, 0, 2]]
    bells, drums, noise = cnn_report.per_class(counts, CLASSES)
    assert (bells.precision, bells.recall, bells.tracks) == (pytest.approx(2 / 3), pytest.approx(2 / 3), 3)
    assert (drums.precision, drums.recall) == (pytest.approx(2 / 3), 1.0)
    assert (noise.precision, noise.f1) == (1.0, pytest.approx(0.8))
    assert cnn_report.chance(counts) == 3 / 8


def test_a_class_that_was_never_named_has_no_precision():
    reports = cnn_report.per_class(np.array([[0, 3], [0, 5]]), ("a", "b"))
    assert reports[0] == ClassReport("a", 0.0, 0.0, 0.0, 3)


@pytest.fixture
def model(tmp_path) -> TrainedModel:
    counts = cnn_report.confusion(TRUTH, SAID, 3)
    epochs = tuple(Epoch(n, 2 / n, 0.3 * n, 2.1 / n + 0.4 * (n == 3), 0.25 * n, 1e-3, 1.5) for n in (1, 2, 3))
    return TrainedModel(
        "cnn-tiny", trained(tmp_path), CLASSES, Measure(0.75, 0.5, 1.0, 6), 0.375, counts,
        cnn_report.per_class(counts, CLASSES), epochs, 40, 20,
    )  # fmt: skip


def test_a_report_comes_back_as_it_was_written(model):
    cnn_report.write(model, CONFIG)
    found = cnn_report.read(model.path)
    np.testing.assert_array_equal(found.confusion, model.confusion)
    none = np.zeros((0, 0), np.int64)
    assert replace(found, confusion=none).__repr__() == replace(model, confusion=none).__repr__()


def test_pictures_and_a_card_lie_beside_it(model):
    cnn_report.write(model, CONFIG, notes=("polka is left out: 2 tracks by 1 artist.",))
    for name in (cnn_report.CURVES, cnn_report.CONFUSION):
        assert (model.path / name).read_bytes().startswith(b"\x89PNG")
    card = (model.path / cnn_report.CARD).read_text()
    for told in ("bells, drums and noise", "75.0 %", "number 2 was kept", "polka is left out", "4, 8, 8, 8 filters"):
        assert told in card


def test_a_report_that_cannot_be_read_is_a_sentence(model):
    (model.path / cnn_report.REPORT).write_text("{}")
    with pytest.raises(ModelUnavailable, match="Train it again"):
        cnn_report.read(model.path)

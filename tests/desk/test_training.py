"""A network of one's own: trained on what is there, kept as an encoder, stopped and gone on, forgotten."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import sounds
from encoders.tiny_cnn import CONFIG
from mutagen.flac import FLAC

from musicdesk.desk.training import Training
from musicdesk.encoders import registry
from musicdesk.errors import BadRequest, NotFound, NothingYet
from musicdesk.jobs import Cancelled, Job

QUICK = replace(CONFIG, epochs=3)
GENRES = {"Bells": "Classical", "Noise": "Harsh Noise; Noise", "Clicks": "Techno/Noise"}


@pytest.fixture
def music(analysed: Path, tmp_path: Path) -> Path:
    """The three kinds with genre tags, a text called mp3 among them."""
    shutil.copytree(analysed / "music", tmp_path / "music")
    for path in (tmp_path / "music").rglob("*.flac"):
        tags = FLAC(path)
        tags["genre"] = GENRES[path.parent.name]
        tags.save()
    sounds.text_called_mp3(tmp_path / "music" / "Bells" / "no.mp3")
    return tmp_path / "music"


@pytest.fixture
def training(desk) -> Training:
    return desk.training


def test_a_network_is_trained_kept_and_used_as_an_encoder(desk, training, music):
    seen, notes = [], []
    job = Job(lambda progress: notes.append(progress.note))
    model = training.train(data=music, labels="folders", config=QUICK, name="cnn-mine", job=job, each=seen.append)
    assert [epoch.number for epoch in seen] == [1, 2, 3]
    assert model.classes == ("bells", "clicks", "noise")
    assert (model.tracks, model.artists) == (24, 24)
    assert model.confusion.sum() == sum(report.tracks for report in model.reports) < 10
    assert any("no.mp3" in note for note in notes)
    assert "no.mp3 is left out" in (model.path / "README.md").read_text()
    assert {p.name for p in model.path.iterdir()} == {
        "config.json", "weights.safetensors", "report.json", "README.md", "curves.png", "confusion.png",
    }  # fmt: skip
    assert [known.name for known in training.trained()] == ["cnn-mine"]
    assert "cnn-mine" in registry.names(desk.folders.models)
    report = desk.indexing.analyze(encoder="cnn-mine", workers=1, job=Job())
    assert report.usable == 24
    training.forget("cnn-mine")
    assert training.trained() == ()
    assert not list(desk.folders.models.iterdir())
    with pytest.raises(NotFound, match="no trained network called cnn-mine"):
        training.forget("cnn-mine")


def test_the_library_is_learnt_by_its_genre_tags(desk, training, music):
    desk.indexing.scan([str(music)], job=Job())
    counts = {found.name: (found.tracks, found.artists) for found in training.classes()}
    assert counts == {"classical": (8, 8), "noise": (16, 16)}
    model = training.train(config=QUICK, job=Job())
    assert model.name == "cnn-own"
    assert model.tracks == 24
    assert model.chance >= 0.5


def test_a_table_gives_the_classes(training, music, tmp_path):
    lines = [f"{kind}/{n}.flac,{'plain' if kind == 'Noise' else 'tuned'}" for kind in GENRES for n in range(8)]
    (music / "labels.csv").write_text("\n".join(["path,label", *lines]))
    found = training.classes(data=music, labels=music / "labels.csv")
    assert [(c.name, c.tracks) for c in found] == [("plain", 8), ("tuned", 16)]


def test_a_training_that_was_stopped_goes_on_or_is_begun_anew(desk, training, music):
    job, seen = Job(), []
    with pytest.raises(Cancelled):
        training.train(data=music, labels="folders", config=QUICK, job=job, each=lambda epoch: job.cancel())
    assert training.trained() == ()
    assert [path.name for path in (desk.folders.models / "cnn-own").iterdir()] == ["checkpoint.safetensors"]
    first = training.train(data=music, labels="folders", config=QUICK, job=Job(), each=seen.append)
    assert [epoch.number for epoch in seen] == [1, 2, 3]
    again = training.train(data=music, labels="folders", config=QUICK, resume=False, job=Job())
    assert [replace(e, seconds=0) for e in first.epochs] == [replace(e, seconds=0) for e in again.epochs]
    np.testing.assert_array_equal(first.confusion, again.confusion)


@pytest.mark.parametrize("name", ["own", "cnn-", "cnn-../x", "cnn-Big", "cnn-a b", "musicnn", "cnn-" + "x" * 41])
def test_a_name_that_cannot_be_is_refused_before_anything_is_done(training, name):
    with pytest.raises(BadRequest, match="begins with cnn-"):
        training.train(labels="folders", config=QUICK, name=name, job=Job())
    with pytest.raises(BadRequest):
        training.forget(name)


def test_a_library_without_genres_says_what_to_do(training):
    with pytest.raises(NothingYet, match="Tag more of them"):
        training.train(config=QUICK, job=Job())


def test_a_folder_that_is_not_there_is_named(training, tmp_path):
    with pytest.raises(NotFound, match="nowhere"):
        training.classes(data=tmp_path / "nowhere")


def test_wishes_make_a_config_and_what_is_no_wish_stays_as_usual(training):
    usual = training.usual(epochs=7)
    wished = training.wished({"epochs": 7, "activation": "elu", "notes": "cqt", "seed": None})
    assert wished == replace(usual, activation="elu", image=replace(usual.image, notes="cqt"))
    assert training.wished({"start": "shipped"}).start == "shipped"
    with pytest.raises(BadRequest, match="has its image"):
        training.wished({"start": "shipped", "image": "mfcc"})

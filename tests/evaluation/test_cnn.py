"""The paper's comparison on sounds that are easily told apart: folds by artist, controls, and going on."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import sounds
import torch
from encoders.tiny_cnn import CONFIG
from mutagen.flac import FLAC

from musicdesk.encoders.convnet.config import CnnConfig
from musicdesk.errors import BadRequest, ModelUnavailable, NotFound
from musicdesk.evaluation import cnn
from musicdesk.evaluation.cnn import CONTROL, Method, class_vectors, draw_charts, measure, methods, paper
from musicdesk.jobs import Cancelled, Job

QUICK = replace(CONFIG, epochs=4, learning_rate=3e-3)


@pytest.fixture(scope="module")
def music(tmp_path_factory) -> Path:
    """Thirty short songs of two kinds by ten artists each, as emotify has them."""
    place = tmp_path_factory.mktemp("songs")
    for number in range(30):
        kind, own = ("low", "high")[number % 2], number // 2
        folder = place / "audio" / kind
        folder.mkdir(parents=True, exist_ok=True)
        hz = (200 if kind == "low" else 2000) * (1 + own / 30)
        tone = sounds.sine(hz=hz, length_s=4, rate_hz=16_000, level=0.2) + sounds.noise(
            length_s=4, rate_hz=16_000, level=0.03, seed=number
        )
        tags = FLAC(sounds.write(folder / f"{own}.flac", tone, 16_000))
        tags["artist"] = f"{kind} {own % 10}"
        tags.save()
    return place


@pytest.fixture(autouse=True)
def one_thread():
    torch.set_num_threads(1)


def test_every_method_is_measured_on_artists_it_never_heard_beside_its_control(music, tmp_path):
    compared = methods(QUICK, activations=("elu",), optimisers=("adam",))
    report = measure(music, compared, out=tmp_path, models=tmp_path, job=Job())
    assert (report.songs, report.artists, report.classes, report.majority) == (30, 20, ("high", "low"), 0.5)
    true, dealt = report.rows
    assert true.accuracy.mean > 0.9
    assert true.accuracy.n == 20
    assert dealt.method.shuffled
    assert dealt.accuracy.mean < 0.8
    assert true.confusion.sum() == dealt.confusion.sum() == 30
    assert len(true.folds) == 5
    pictures = draw_charts(report, tmp_path / "charts")
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in pictures)


def test_a_comparison_that_was_stopped_goes_on_and_repeats_nothing(music, tmp_path):
    (method,) = methods(QUICK, activations=("relu",), optimisers=("rmsprop",), control=False)
    whole = measure(music, [method], out=tmp_path / "whole", models=tmp_path, job=Job())
    job = Job()
    told: list[str] = []

    def stop(progress) -> None:
        told.append(progress.note)
        if "fold 3" in progress.note:
            job.cancel()

    job._on_progress = stop
    with pytest.raises(Cancelled):
        measure(music, [method], out=tmp_path / "part", models=tmp_path, job=job)
    (place,) = [path for path in (tmp_path / "part").iterdir() if path.name != "images"]
    assert {path.name for path in place.glob("*.json")} == {"fold-1-1.json", "fold-2-1.json"}
    part = measure(music, [method], out=tmp_path / "part", models=tmp_path, job=Job())
    assert part.rows[0].accuracy == whole.rows[0].accuracy
    done = {path: path.stat().st_mtime_ns for path in place.glob("*.json")}
    measure(music, [method], out=tmp_path / "part", models=tmp_path, job=Job())
    assert done == {path: path.stat().st_mtime_ns for path in place.glob("*.json")}
    assert not [path for path in place.iterdir() if path.is_dir()]


def test_members_of_an_ensemble_differ_and_their_softmax_is_averaged(music, tmp_path):
    report = measure(music, [Method("pair", QUICK, members=2)], out=tmp_path, models=tmp_path, job=Job())
    (place,) = [path for path in tmp_path.iterdir() if path.name.startswith("pair")]
    first, second = (json.loads((place / f"fold-1-{member}.json").read_text()) for member in (1, 2))
    assert first["test"] == second["test"]
    assert first["likely"] != second["likely"]
    assert report.rows[0].accuracy.mean > 0.9


def test_class_vectors_are_of_networks_that_never_heard_the_artist_and_cost_no_second_training(music, tmp_path):
    method = Method("pair", QUICK, members=2)
    report = measure(music, [method], out=tmp_path, models=tmp_path, job=Job())
    done = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("fold-*.json")}
    found = class_vectors(music, method, out=tmp_path, models=tmp_path, job=Job())
    assert done == {path: path.stat().st_mtime_ns for path in tmp_path.rglob("fold-*.json")}
    np.testing.assert_allclose(found.likely.sum(axis=1), 1, atol=1e-4)
    right = found.likely.argmax(axis=1) == found.labelled.codes
    assert right.mean() == pytest.approx(report.rows[0].accuracy.mean)
    parts = {(song.artist, int(fold)) for song, fold in zip(found.labelled.songs, found.folds, strict=True)}
    assert len(parts) == report.artists
    assert sorted(set(found.folds.tolist())) == [0, 1, 2, 3, 4]


def test_what_a_teacher_says_is_not_asked_for_where_all_folds_are_finished(music, tmp_path):
    """The teacher is not installed here: without the finished folds this would raise."""
    method = Method("plain", QUICK)
    measure(music, [method], out=tmp_path, models=tmp_path, job=Job())
    taught = Method("taught", QUICK, taught=True)
    with pytest.raises(ModelUnavailable):
        class_vectors(music, taught, out=tmp_path, models=tmp_path, job=Job())
    (place,) = [path for path in tmp_path.iterdir() if path.name.startswith("plain")]
    place.rename(tmp_path / cnn._slug(taught, cnn.songs_in(music), 0))
    assert len(class_vectors(music, taught, out=tmp_path, models=tmp_path, job=Job()).likely) == 30


def test_the_grid_is_every_combination_and_the_control_is_its_first():
    found = methods(paper(), notes=("none", "chroma"), images=("log-mel", "mfcc"))
    assert len(found) == 17
    assert [m.name for m in found[:4]] == [
        "elu adam, log-mel", "elu rmsprop, log-mel", "relu adam, log-mel", "relu rmsprop, log-mel",
    ]  # fmt: skip
    assert found[-2].config.image.kind == "mfcc"
    assert found[-2].config.image.notes == "chroma"
    assert found[-1].name.startswith(CONTROL)
    assert found[-1].config == found[0].config


def test_the_papers_network_is_the_papers():
    config = paper()
    plain = CnnConfig(segments=config.segments, epochs=config.epochs, patience=config.patience)
    assert config == plain
    assert paper(width=0.5).filters == (32, 64, 128, 256)


def test_every_variant_can_be_named():
    found = methods(paper(), activations=(), variants=tuple(cnn.VARIANTS), control=False)
    assert [method.name for method in found] == [variant.name for variant in cnn.VARIANTS.values()]
    with pytest.raises(BadRequest, match="no variant called 'better'"):
        methods(paper(), variants=("better",))
    with pytest.raises(BadRequest, match="Nothing is to be compared"):
        methods(paper(), activations=())


def test_only_the_training_songs_labels_are_shuffled():
    codes = np.arange(20) % 4
    test = np.array([0, 5, 9])
    dealt = cnn._shuffled(codes, test, seed=0)
    assert (dealt[test] == codes[test]).all()
    assert sorted(dealt) == sorted(codes)
    assert (dealt != codes).any()


def test_the_teacher_says_nothing_of_songs_that_are_tested():
    numbers = np.random.default_rng(0).random((10, 3, 4)).astype(np.float32)
    known = cnn.teacher(numbers, np.zeros((10, 3), np.int64), np.array([0, 1, 2, 3]))
    assert not known.numbers[4:].any()
    np.testing.assert_allclose(known.numbers[:4].reshape(-1, 4).mean(axis=0), 0, atol=1e-5)


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(NotFound, match="nowhere"):
        measure(tmp_path / "nowhere", methods(QUICK), out=tmp_path, models=tmp_path, job=Job())

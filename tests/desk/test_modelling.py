"""Encoders and carried analyses, through the desk."""

import shutil

import numpy as np
import pytest
from encoders import as_foreign
from encoders import toy_weights as toy
from three_kinds import open_desk

from musicdesk.errors import BadRequest, LicenceNotAccepted, NotFound, NothingYet
from musicdesk.jobs import Job


def test_an_analysis_is_carried_to_another_machine(desk, analysed, tmp_path):
    assert desk.modelling.export_vectors(tmp_path / "a.npz", encoder="handcrafted") == 24
    shutil.copytree(analysed / "music", tmp_path / "music")
    with open_desk(tmp_path / "other") as other:
        other.indexing.scan([str(tmp_path / "music")], job=Job())
        assert other.modelling.import_vectors(tmp_path / "a.npz", encoder="handcrafted") == 24
        assert other.indexing.coverage("handcrafted").ok == 24
        assert other.modelling.import_vectors(tmp_path / "a.npz", encoder="handcrafted") == 0
        track = other.indexing.find("Clicks 2")
        assert other.recommending.similar(track).hashes == desk.recommending.similar(track).hashes


def test_the_file_holds_ids_paths_matrix_and_hashes(desk, tmp_path):
    desk.modelling.export_vectors(tmp_path / "a.npz")
    with np.load(tmp_path / "a.npz", allow_pickle=False) as file:
        assert {"ids", "paths", "matrix", "hashes"} <= set(file.files)
        assert len(file["ids"]) == len(file["paths"]) == len(file["hashes"]) == len(file["matrix"]) == 24


@pytest.mark.parametrize("content", [b"", b"no analysis at all", b"PK\x03\x04 half an archive"])
def test_a_file_that_is_no_analysis_is_refused(desk, tmp_path, content):
    (tmp_path / "x.npz").write_bytes(content)
    with pytest.raises(BadRequest, match="not an analysis"):
        desk.modelling.import_vectors(tmp_path / "x.npz")


def test_an_analysis_with_objects_in_it_is_refused_unread(desk, tmp_path):
    np.savez(tmp_path / "x.npz", encoder=np.array([object()], dtype=object))
    with pytest.raises(BadRequest):
        desk.modelling.import_vectors(tmp_path / "x.npz")


def test_an_analysis_of_another_encoder_is_refused(desk, tmp_path):
    desk.modelling.export_vectors(tmp_path / "a.npz", encoder="handcrafted")
    with pytest.raises(BadRequest, match="handcrafted"):
        desk.modelling.import_vectors(tmp_path / "a.npz", encoder="musicnn")


def test_nothing_analysed_is_nothing_to_export(tmp_path):
    with open_desk(tmp_path / "data") as empty, pytest.raises(NothingYet):
        empty.modelling.export_vectors(tmp_path / "a.npz", encoder="handcrafted")


def test_an_unknown_encoder_is_told_with_those_there_are(desk):
    with pytest.raises(NotFound, match="handcrafted"):
        desk.indexing.analyze(encoder="wav2vec9000", job=Job())


def test_without_weights_what_comes_with_musicdesk_is_used(tmp_path):
    with open_desk(tmp_path / "data") as desk:
        desk.set(encoder="musicnn")
        assert desk.modelling.encoder() == "cnn"
        installed = {m.name: m.installed for m in desk.modelling.models()}
        assert installed["cnn"]
        assert not installed["musicnn"]


@pytest.fixture
def toys(tmp_path, monkeypatch):
    """A foreign encoder and its variant, whose weights lie in a folder; a desk that wants the variant."""
    monkeypatch.setattr(toy, "PLUGIN", toy.of_a_hub("http://127.0.0.1:9", accept=True))
    (tmp_path / "package").mkdir()
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "gains.bin").write_bytes(toy.GAINS)
    (tmp_path / "files" / "config.json").write_bytes(toy.CONFIG)
    points = {"toy": "encoders.toy_weights:PLUGIN", "toy-study": "encoders.toy_weights:STUDY"}
    with as_foreign.installed(points, tmp_path / "package", monkeypatch), open_desk(tmp_path / "data") as desk:
        desk.set(encoder="toy-study")
        yield desk


def test_variants_come_after_their_base(toys):
    names = [m.name for m in toys.modelling.models()]
    assert len(set(names)) == len(names)
    for model in toys.modelling.models():
        if model.variant_of:
            between = names[names.index(model.variant_of) + 1 : names.index(model.name)]
            assert all(toys.modelling.info(name).variant_of == model.variant_of for name in between)


def test_a_variant_shares_the_weights_of_its_base_and_can_be_the_one_in_use(toys, tmp_path):
    changes = []
    toys.events.analysis_changed.listen(changes.append)
    assert toys.modelling.encoder() == "cnn"
    with pytest.raises(LicenceNotAccepted, match=r"CC BY-NC 4\.0"):
        toys.modelling.install("toy-study", job=Job(), from_dir=tmp_path / "files")
    status = toys.modelling.install("toy-study", job=Job(), from_dir=tmp_path / "files", accept_licence=True)
    assert (status.name, status.installed) == ("toy-study", True)
    assert toys.modelling.encoder() == "toy-study"
    assert toys.modelling.info("toy").installed
    toys.modelling.verify("toy-study")
    assert len(changes) == 1
    assert toys.modelling.remove("toy")
    assert toys.modelling.encoder() == "cnn"
    assert len(changes) == 2
    assert not toys.modelling.remove("toy-study")


def test_the_licence_is_told_before_it_is_accepted(toys):
    text = toys.modelling.licence("toy")
    assert "CC BY-NC 4.0" in text
    assert "not for commercial purposes" in text


def test_what_an_encoder_took_here_is_part_of_what_is_known_of_it(desk):
    assert desk.modelling.info("handcrafted").cost.tracks >= 5
    assert desk.modelling.info("musicnn").cost is None


def test_an_encoder_that_nobody_knows_any_more_is_no_stumbling_block(toys):
    toys.set(encoder="uninstalled-plugin")
    assert toys.modelling.encoder() == "cnn"
    with pytest.raises(NotFound, match="handcrafted"):
        toys.modelling.info("uninstalled-plugin")


def test_weights_come_from_one_place(toys, tmp_path):
    with pytest.raises(BadRequest, match="not from both"):
        toys.modelling.install("toy", job=Job(), wheel=tmp_path / "a.whl", from_dir=tmp_path)

"""Encoders and carried analyses, through the desk."""

import shutil

import numpy as np
import pytest
from three_kinds import open_desk

from musicdesk.errors import BadRequest, NotFound, NothingYet
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


def test_without_weights_the_handcrafted_encoder_is_used(tmp_path):
    with open_desk(tmp_path / "data") as desk:
        desk.set(encoder="musicnn")
        assert desk.modelling.encoder() == "handcrafted"
        names = {m.name: m.installed for m in desk.modelling.models()}
        assert names == {"handcrafted": True, "musicnn": False}

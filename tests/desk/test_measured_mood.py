"""Steering measured in a desk's own library, and the cases that a person listens to."""

import numpy as np
import pytest
from made_up_moods import write_library
from three_kinds import open_desk

from musicdesk.desk import steering_cases
from musicdesk.errors import BadRequest, DataFolderError, NotFound
from musicdesk.jobs import Job
from musicdesk.playlists import files
from musicdesk.records import MOODS


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    data = tmp_path_factory.mktemp("moody")
    write_library(data)
    return data


@pytest.fixture
def desk(data):
    with open_desk(data) as desk:
        yield desk


def plan(desk, *methods):
    return desk.measuring.mood.plan(methods=methods, ablations=False, seeds=1, parts=4, labels=())


def test_a_library_is_measured_by_its_own_labels_and_what_was_not_chosen_by(desk, tmp_path):
    report = desk.measuring.mood.measure(
        None, plan(desk, "filter", "nearest"), labels="genre-tags", out=tmp_path, plot=tmp_path / "mood.svg", job=Job()
    )
    (setting,) = report.settings
    steered, still = setting.rows
    assert (report.tracks, report.artists) == (240, 30)
    assert steered.full["mood_p@1"].mean > 0.9 > still.full["mood_p@1"].mean
    assert still.full["genre_p@1"].mean > 0.9
    assert {claim.name: claim.moved.mean > 0.2 for claim in setting.claims}["filter"]
    assert all(claim.right is None for claim in setting.claims), "nobody knows the truth of a library"
    assert (tmp_path / "mood.svg").stat().st_size
    assert any(tmp_path.joinpath("lists").iterdir())


def test_what_is_no_data_set_is_a_sentence(desk, tmp_path):
    with pytest.raises(NotFound, match="neither Emotify, nor EMOPIA"):
        desk.measuring.mood.measure(tmp_path, plan(desk, "filter"), job=Job())


def test_clips_need_a_sound_font(desk, tmp_path):
    (tmp_path / "emopia.zip").touch()
    with pytest.raises(BadRequest, match="--font"):
        desk.measuring.mood.measure(tmp_path, plan(desk, "filter"), out=tmp_path / "out", job=Job())


def test_cases_ask_each_seed_for_what_it_is_not_and_take_other_artists(desk):
    found = steering_cases.cases(desk, count=20)
    moods = desk.moods.current()
    label = dict(zip(moods.hashes, moods.labels.tolist(), strict=True))
    for case in found:
        assert all(MOODS[label[case.seed.audio_hash]] is not mood for mood, _ in case.answer.steer.moods)
        assert len(case.answer.picks) == steering_cases.PICKS
    assert len({case.seed.artist for case in found}) == 20
    assert len({case.answer.label.partition(", but ")[2] for case in found}) == len(steering_cases.WISHES)
    assert [case.seed.id for case in found] == [case.seed.id for case in steering_cases.cases(desk, count=20)]


def test_a_case_is_a_list_to_play_and_a_page_to_write_on(desk, tmp_path):
    found = steering_cases.cases(desk, count=3)
    page, *lists = steering_cases.write(found, tmp_path)
    text = page.read_text()
    assert len(lists) == 3
    for case, path in zip(found, lists, strict=True):
        played = [entry.path for entry in files.read(path).entries]
        assert played == [case.seed.path, *(pick.track.path for pick in case.answer.picks)]
        assert case.answer.label in text
        assert all(pick.track.title in text for pick in case.answer.picks)
    assert text.count("in the mood?") == 3


def test_cases_that_cannot_be_are_sentences(desk, tmp_path):
    (tmp_path / "taken").touch()
    with pytest.raises(DataFolderError, match="cannot be written"):
        steering_cases.write(steering_cases.cases(desk, count=1), tmp_path / "taken")
    with pytest.raises(BadRequest, match="one case or more"):
        steering_cases.cases(desk, count=0)
    assert np.isfinite(desk.moods.current().shares).all()

"""What people felt: read as it is published, and told by the neighbours in a space."""

import csv
from pathlib import Path

import numpy as np
import pytest

from musicdesk.errors import BadRequest
from musicdesk.evaluation.emotify import TABLE, emotions_of
from musicdesk.evaluation.metrics import mean_correlation
from musicdesk.evaluation.retrieval import averaged_over_neighbours
from musicdesk.library.walk import music_in
from musicdesk.mood.axes import GEMS


@pytest.fixture
def folder(tmp_path):
    """Two files of two genres, and a table whose column ``genre`` is wrong, as in the published one."""
    for genre in ("classical", "pop"):
        (tmp_path / "audio" / genre).mkdir(parents=True)
        (tmp_path / "audio" / genre / "2.ogg").touch()
    with (tmp_path / TABLE).open("w", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(["track id", "genre", *GEMS])
        lines.writerow([2, "classical", *[0.1] * 9])
        lines.writerow([202, "pop", *[0.5] * 9])
        lines.writerow([302, "rock", *[0.9] * 9])
    return tmp_path


def test_emotions_are_found_by_the_number_of_the_track_and_not_by_the_genre_that_the_table_names(folder):
    found = {path.split("audio/")[1]: float(values[0]) for path, values in emotions_of(folder).items()}
    assert found == {"classical/2.ogg": pytest.approx(0.1), "pop/2.ogg": pytest.approx(0.9)}


def test_files_are_named_as_a_walk_names_them(folder, monkeypatch):
    for path in emotions_of(folder):
        Path(path).write_bytes(b"a sound")
    monkeypatch.chdir(folder / "audio")
    assert sorted(emotions_of(Path(".."))) == music_in(Path(".."))


def test_another_folder_has_none(tmp_path):
    assert emotions_of(tmp_path) == {}


def test_another_table_is_a_sentence(tmp_path):
    (tmp_path / TABLE).write_text("path,label\na.mp3,rock\n")
    with pytest.raises(BadRequest, match="not the table of Emotify"):
        emotions_of(tmp_path)


def test_neighbours_of_the_same_artist_tell_nothing():
    similarity = np.array([[1, 0.9, 0.1], [0.9, 1, 0.2], [0.1, 0.2, 1]], np.float32)
    values = np.array([[1.0], [2.0], [7.0]], np.float32)
    rng = np.random.default_rng(0)
    told = averaged_over_neighbours(similarity, values, apart=("a", "a", "b"), k=1, rng=rng)
    np.testing.assert_array_equal(told[:, 0], [7.0, 7.0, 2.0])


def test_what_is_not_known_is_not_asked_and_nobody_to_ask_is_no_number():
    values = np.array([[1.0], [np.nan]], np.float32)
    told = averaged_over_neighbours(
        np.eye(2, dtype=np.float32), values, apart=("a", "b"), k=3, rng=np.random.default_rng(0)
    )
    assert np.isnan(told[0, 0])
    assert told[1, 0] == 1.0


def test_a_correlation_is_one_for_the_truth_and_nothing_for_chance():
    rng = np.random.default_rng(1)
    true = rng.normal(size=(300, 9)).astype(np.float32)
    units = [number // 3 for number in range(300)]
    perfect = mean_correlation(2 * true + 1, true, rng=rng, units=units, repeats=200)
    assert perfect.mean == pytest.approx(1.0)
    chance = mean_correlation(rng.permutation(true), true, rng=rng, units=units, repeats=200)
    assert chance.low < 0 < chance.high
    assert chance.n == 100


def test_a_column_that_never_varies_tells_nothing():
    rng = np.random.default_rng(1)
    true = rng.normal(size=(50, 2)).astype(np.float32)
    told = np.stack([true[:, 0], np.ones(50, np.float32)], axis=1)
    assert mean_correlation(told, true, rng=rng, units=range(50), repeats=50).mean == pytest.approx(0.5)

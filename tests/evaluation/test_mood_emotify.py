"""A made-up folder like Emotify's as sounds to be steered among: what was felt is the truth, who knows the artist says
nothing.
"""

import csv
import os

import numpy as np
import pytest

from musicdesk.encoders.handcrafted import SPEC
from musicdesk.errors import BadRequest, NothingYet
from musicdesk.evaluation import mood_emotify
from musicdesk.evaluation.emotify import OFFSETS, TABLE
from musicdesk.evaluation.mood_library import library_data, midi_data
from musicdesk.evaluation.personal_library import GenreLibrary
from musicdesk.mood.axes import GEMS
from musicdesk.mood.labelling import moods
from musicdesk.records import MOODS, EncoderKey, Mood, Tags, Track, Vectors

EACH = 12
JOY, CALM = GEMS.index("joyful_activation"), GEMS.index("calmness")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Four genres; of each the even numbers make people joyful, the odd ones calm."""
    place = tmp_path_factory.mktemp("emotify")
    with (place / TABLE).open("w", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(["track id", "number_of_observations", *GEMS])
        for genre, offset in OFFSETS.items():
            (place / "audio" / genre).mkdir(parents=True)
            for number in range(1, EACH + 1):
                (place / "audio" / genre / f"{number}.ogg").touch()
                felt = np.full(9, 0.1)
                felt[CALM if number % 2 else JOY] = 0.8
                lines.writerow([number + offset, 20, *felt])
    return place


@pytest.fixture(scope="module")
def data(folder):
    vectors, tracks = heard(folder)
    return mood_emotify.mood_data(folder, vectors, measures_of(vectors), tracks)


def heard(folder, *, key="made-up", dim=12):
    paths = sorted((folder / "audio").glob("*/*.ogg"))
    rng = np.random.default_rng(0)
    joyful = np.array([path.stem[-1] in "02468" for path in paths])
    vectors = rng.normal(size=(len(paths), dim)).astype(np.float32)
    vectors[:, 0] += 3 * joyful
    hashes = tuple(f"{path.parent.name}{path.stem}" for path in paths)
    tracks = {
        sound: Track(id=n, path=os.path.abspath(path), tags=Tags(artists=(f"{path.parent.name} {n % 4}",)))
        for n, (sound, path) in enumerate(zip(hashes, paths, strict=True))
    }
    words = ("piano", "happy")
    tags = np.stack([np.full(len(paths), 0.5), 0.2 + 0.6 * joyful], axis=1).astype(np.float32)
    return Vectors(EncoderKey(key, "1", "x"), hashes, vectors, tags, words, np.zeros(len(paths), np.float32)), tracks


def measures_of(vectors):
    rows = np.random.default_rng(1).normal(size=(len(vectors), SPEC.dim)).astype(np.float32)
    order = np.arange(len(vectors))[::-1]  # in an order of their own
    return Vectors(SPEC.key, tuple(vectors.hashes[row] for row in order), rows[order],
                   np.zeros((len(vectors), 0), np.float32), (), np.zeros(len(vectors), np.float32))  # fmt: skip


def test_what_was_felt_is_the_truth_and_genres_are_the_folders(data, folder):
    vectors, tracks = heard(folder)
    assert len(data) == 4 * EACH
    assert set(data.genres) == set(OFFSETS)
    numbers = [int(tracks[sound].path.rpartition("/")[2].partition(".")[0]) for sound in vectors.hashes]
    told = [MOODS[mood] for mood in data.truth]
    assert told == [Mood.CALM if number % 2 else Mood.HAPPY for number in numbers]
    assert data.arousal[data.truth == MOODS.index(Mood.HAPPY)].min() > data.arousal[data.truth == 1].max()
    assert np.isfinite(data.lively).all()


def test_what_is_heard_is_right_without_knowing_the_artist(data):
    assert (data.heard.argmax(axis=1) == data.truth).mean() > 0.8
    assert len(np.unique(data.artists)) == 16


def test_a_sound_that_was_not_measured_or_is_of_no_listener_is_left_out(folder):
    vectors, tracks = heard(folder)
    measures = measures_of(vectors)
    some = Vectors(measures.key, measures.hashes[:40], measures.matrix[:40], measures.tags[:40], (), np.zeros(40))
    assert len(mood_emotify.mood_data(folder, vectors, some, tracks)) == 40
    with pytest.raises(NothingYet, match="could be analysed"):
        mood_emotify.mood_data(folder, vectors, measures, {})


def test_another_table_is_a_sentence(folder, tmp_path):
    assert mood_emotify.is_here(folder)
    (tmp_path / TABLE).write_text("path,label\na.mp3,rock\n")
    with pytest.raises(BadRequest, match="not the table of Emotify"):
        mood_emotify.listeners_of(tmp_path)


def test_a_rendered_clip_keeps_what_its_name_says_and_a_song_is_one_artist(tmp_path):
    names = [f"Q{q}_song{q}_0-{instrument}-slow" for q in (1, 2, 3, 4) for instrument in ("piano", "organ")]
    (tmp_path / "audio" / "x").mkdir(parents=True)
    for name in (*names, "no clip"):
        (tmp_path / "audio" / "x" / f"{name}.ogg").touch()
    vectors, tracks = heard(tmp_path)
    tracks = {s: Track(id=t.id, path=t.path.replace(".ogg", ".flac"), tags=t.tags) for s, t in tracks.items()}
    told = moods(vectors.hashes, vectors=vectors)
    data = midi_data(vectors, told, None, tracks)
    assert sorted(data.genres) == ["organ"] * 4 + ["piano"] * 4
    assert [MOODS[mood] for mood in data.truth[::2]] == [Mood.HAPPY, Mood.ENERGETIC, Mood.SAD, Mood.CALM]
    assert len(np.unique(data.artists)) == 4
    assert data.lively is None
    with pytest.raises(NothingYet, match="clips could be analysed"):
        midi_data(vectors, told, None, {})


def test_a_library_is_judged_by_what_the_program_hears(folder):
    vectors, _ = heard(folder)
    told = moods(vectors.hashes, vectors=vectors)
    library = GenreLibrary(vectors, ("folk", "") * (2 * EACH), ("a", "b", "c", "d") * EACH, "by hand")
    data = library_data(library, told, measures_of(vectors), name="mine")
    np.testing.assert_array_equal(data.truth, told.shares.argmax(axis=1))
    assert data.arousal is None
    assert np.isfinite(data.lively).all()

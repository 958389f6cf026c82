"""Sliders of tastes in a library: words that are there are followed, names are judged by labels, seeds agree."""

import numpy as np
import pytest

from musicdesk.errors import BadRequest, NothingYet
from musicdesk.evaluation import control_library
from musicdesk.evaluation.control_library import (
    COSINE,
    LABELS,
    SHUFFLED,
    TASTE,
    ControlLibrary,
    LibraryPlan,
    measure,
    says_the_same,
)
from musicdesk.evaluation.personal_library import FOLDERS, genre_library
from musicdesk.jobs import Job
from musicdesk.records import EncoderKey, Tags, Track, Vectors

WORDS = ("jazz", "metal", "techno", "folk")
LABEL = {"jazz": "jazz", "metal": "heavy metal", "techno": "house and techno", "folk": "folk songs"}
ARTISTS, EACH = 5, 6


def made(*, seed=0, told=True):
    """Sounds of four genres, by artists of their own; the encoder's words tell the genre, or are drawn by lot."""
    rng = np.random.default_rng(seed)
    names = [(word, artist) for word in WORDS for artist in range(ARTISTS) for _ in range(EACH)]
    centres = {name: rng.standard_normal(24) for name in sorted({*WORDS, *(f"{w} {a}" for w, a in names)})}
    matrix = np.array([3 * centres[w] + centres[f"{w} {a}"] + rng.standard_normal(24) for w, a in names], np.float32)
    odds = np.array([[1.5 if word == own else -2.0 for word in WORDS] for own, _ in names])
    odds = (odds if told else rng.permutation(odds)) + 0.4 * rng.standard_normal(odds.shape)
    tags = (1 / (1 + np.exp(-odds))).astype(np.float32)
    hashes = tuple(f"1:{row:032x}" for row in range(len(names)))
    vectors = Vectors(EncoderKey("made-up", "1", "x"), hashes, matrix, tags, WORDS, np.zeros(len(names), np.float32))
    tracks = {
        sound: Track(
            id=row + 1, path=f"/music/{LABEL[word]}/{row}.ogg", audio_hash=sound,
            tags=Tags(title=str(row), artists=(f"{word} {artist}",)),
        )
        for row, (sound, (word, artist)) in enumerate(zip(hashes, names, strict=True))
    }  # fmt: skip
    return vectors, tracks


@pytest.fixture(scope="module")
def library():
    vectors, tracks = made()
    return ControlLibrary(genre_library(vectors, tracks, FOLDERS), {}, vectors)


@pytest.fixture(scope="module")
def report(library):
    return measure(library, LibraryPlan(listeners=12, k=10), data="here", job=Job())


def row(report, way, witness="words of made-up", scope="all"):
    (found,) = (r for r in report.rows if (r.way, r.witness, r.scope) == (way, witness, scope))
    return found


def test_words_and_labels_follow_the_sliders_of_a_taste(report):
    for way in (TASTE, COSINE):
        for witness in ("words of made-up", LABELS):
            assert row(report, way, witness).follows_wide.mean > 0.7
    taste = row(report, TASTE)
    assert taste.doses[0].mean < taste.doses[-1].mean
    assert row(report, SHUFFLED).follows.mean < 0.3
    assert row(report, SHUFFLED).aim.mean < taste.aim.mean


def test_what_is_liked_can_be_taken_out_and_costs_what_is_found(report):
    strongest = row(report, TASTE, scope="strongest")
    removed = strongest.edits["removed"]
    assert removed.own.high < 0
    assert abs(removed.others.mean) < abs(removed.own.mean)
    assert removed.accuracy is not None
    assert removed.accuracy.mean < 0


def test_a_witness_who_hears_nothing_sees_nothing(library):
    deaf, _ = made(told=False)
    told = measure(
        ControlLibrary(library.genres, {}, deaf), LibraryPlan(listeners=8, k=10), data="here", job=Job()
    )  # fmt: skip
    assert abs(row(told, TASTE).follows.mean) < 0.5
    assert row(told, TASTE, LABELS).follows_wide.mean > 0.7, "labels know better"


def test_names_are_judged_by_labels(report):
    assert {(name.name, name.label) for name in report.naming} == set(LABEL.items())
    assert report.named is not None
    assert report.named.mean == pytest.approx(1, abs=0.05)
    assert all(name.base == pytest.approx(0.25) for name in report.naming)
    assert report.named_groups is not None
    assert report.named_groups.mean > 0.9
    assert report.heard is not None
    assert report.heard.mean > 0.7


def test_five_seeds_make_one_taste_where_the_kinds_are_clear(report):
    assert report.stability is not None
    assert report.stability.seeds == 5
    assert report.stability.cosine.mean > 0.8
    assert report.stability.same_list.mean > 0.7
    assert 0 <= report.stability.same_name.mean <= 1


def test_a_phrase_and_a_label_say_the_same_by_the_last_word_of_the_phrase():
    assert says_the_same("hard rock", "rock and metal")
    assert says_the_same("classic", "orchestral and classical")
    assert says_the_same("quiet piano · jazz", "Jazz")
    assert says_the_same("classic rock", "rock")
    assert not says_the_same("classic rock", "classical")
    assert not says_the_same("pop", "popcorn")
    assert not says_the_same("", "jazz")
    assert not says_the_same("guitar", "rock and metal")


def test_what_cannot_be_measured_is_told(library):
    with pytest.raises(NothingYet, match="likes"):
        measure(library, LibraryPlan(likes=100), data="here", job=Job())
    with pytest.raises(BadRequest):
        LibraryPlan(listeners=1)
    assert control_library.LABELS == "labels"

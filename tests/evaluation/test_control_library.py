"""Sliders of tastes in a library: words that are there are followed, names are judged by labels, seeds agree."""

from dataclasses import replace

import numpy as np
import pytest

from musicdesk.errors import BadRequest, NothingYet
from musicdesk.evaluation import control_belief, control_library
from musicdesk.evaluation.control_library import (
    BELIEVED,
    COSINE,
    DEALT,
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
from musicdesk.prototypes import belief
from musicdesk.prototypes.listeners import Seams
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


@pytest.fixture(scope="module")
def believing(library):
    """The report with networks of few lessons, for who likes two genres."""
    n = library.n
    seams = Seams(np.arange(n) // EACH, np.full(n, -1), library.witness.tags)
    with pytest.MonkeyPatch.context() as quick:
        quick.setattr(belief, "MADE_UP", 100)
        quick.setattr(belief, "ALONE", replace(belief.ALONE, width=16, epochs=2))
        quick.setattr(control_belief, "SEEDS", 2)
        quick.setattr(control_belief, "STABLE_LISTENERS", 3)
        return measure(replace(library, seams=seams), LibraryPlan(listeners=6, k=10), data="here", job=Job())


def test_believed_gains_find_no_less_and_keep_their_sliders(believing, report):
    assert report.believed is None, "without seams there is no network"
    assert {BELIEVED, DEALT} <= {r.way for r in believing.rows}
    assert row(believing, BELIEVED).follows_wide.mean > 0.7
    told = believing.believed
    assert told.seeds == 2
    assert told.awake.mean >= 2
    assert 0 < told.gains.mean <= 2
    assert 0 < told.apart.mean < told.gains.mean, "seeds agree"
    assert 0 <= told.same_top.mean <= 1
    assert {(who, what) for who, what, _ in told.beside_one} >= {("all", "ndcg@100"), ("2 genres", "precision@10")}
    assert all(one.measure.mean > -0.2 for _, _, one in told.beside_one)


def test_dealt_gains_are_those_of_other_prototypes(library, report):
    taste = library.taste(np.array([0, 1, 2, 40, 41, 80, 81]))
    awake = [p.id for p in taste.prototypes if belief.is_awake(p)]
    assert len(awake) > 1
    taste = belief.with_belief(taste, {name: 0.5 + 0.1 * n for n, name in enumerate(awake)})
    told = control_belief.dealt(taste, rng=np.random.default_rng(0))
    before, after = ({p.id: p.gain for p in one.prototypes} for one in (taste, told))
    assert sorted(before.values()) == sorted(after.values())
    assert all(after[name] != before[name] for name in awake)
    assert all(after[p.id] == p.gain for p in taste.prototypes if p.id not in awake)


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

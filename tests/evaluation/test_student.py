"""The test of a student: what is known of made-up answers comes out, and one who knows nothing is at chance."""

import numpy as np
import pytest

from musicdesk.encoders import handcrafted, musicnn
from musicdesk.evaluation.student import PLAIN, STUDENT, TEACHER, Fold, Heard, report

N_TAGS = len(musicnn.VOCABULARY)
ALBUMS, EACH = 6, 5


def fold(rng: np.random.Generator, *, knows: float, number: int = 0) -> Fold:
    """A fold in which the teacher tells albums apart, and the student knows so much of what it says."""
    albums = np.repeat(np.arange(ALBUMS), EACH)
    taught = rng.standard_normal((ALBUMS, 40))[albums] + 0.3 * rng.standard_normal((len(albums), 40))
    tags = 1 / (1 + np.exp(-rng.standard_normal((ALBUMS, N_TAGS))[albums]))
    guess = rng.standard_normal(taught.shape), rng.uniform(0, 1, tags.shape)
    told = knows * taught + (1 - knows) * guess[0], knows * tags + (1 - knows) * guess[1]
    plain = rng.standard_normal((len(albums), 8))
    heard = {
        TEACHER: Heard(taught.astype(np.float32), tags.astype(np.float32), 0.09),
        STUDENT: Heard(told[0].astype(np.float32), told[1].astype(np.float32), 0.01),
        PLAIN: Heard(plain.astype(np.float32), np.zeros((len(albums), 0), np.float32), 0.02),
    }
    usual = rng.uniform(0, 1, N_TAGS).astype(np.float32)
    return Fold(tuple(f"{number}-{album}" for album in albums), heard, usual)


def test_a_student_that_says_what_the_teacher_says_agrees_in_everything() -> None:
    rng = np.random.default_rng(0)
    found = report([fold(rng, knows=1.0, number=n) for n in range(3)], rng=rng)
    assert (found.folds, found.tracks) == (3, 3 * ALBUMS * EACH)
    assert found.top_words.mean == pytest.approx(1)
    assert found.word_pearson == pytest.approx(1, abs=1e-5)
    assert found.word_rank == pytest.approx(1, abs=1e-5)
    assert found.distance_rank == pytest.approx(1, abs=1e-5)
    assert found.albums[STUDENT].map.mean == found.albums[TEACHER].map.mean > 0.95
    assert found.cpu_s == pytest.approx({STUDENT: 0.01, TEACHER: 0.09, PLAIN: 0.02})


def test_a_student_that_knows_nothing_is_at_chance() -> None:
    rng = np.random.default_rng(1)
    found = report([fold(rng, knows=0.0, number=n) for n in range(3)], rng=rng)
    assert found.top_words.mean < 0.25
    assert abs(found.word_pearson) < 0.1
    assert abs(found.distance_rank) < 0.1
    for name in (STUDENT, PLAIN):
        assert found.albums[name].map.mean < 0.5 * found.albums[TEACHER].map.mean


def test_half_a_student_lies_between() -> None:
    rng = np.random.default_rng(2)
    found = report([fold(rng, knows=0.6, number=n) for n in range(3)], rng=rng)
    assert 0.3 < found.word_pearson < 0.95
    assert found.top_words_always_the_same.mean < found.top_words.mean < 1


def test_tracks_of_other_folds_are_no_rivals() -> None:
    """Two folds whose albums look the same are not confused with each other."""
    twins = [fold(np.random.default_rng(3), knows=1.0, number=number) for number in (0, 1)]
    rng = np.random.default_rng(0)
    both, alone = report(twins, rng=rng), report(twins[:1], rng=rng)
    assert both.albums[TEACHER].map.mean == pytest.approx(alone.albums[TEACHER].map.mean)


def test_handcrafted_measures_have_a_name_here() -> None:
    assert handcrafted.PLUGIN.spec.key.name == PLAIN

"""Made-up listeners of genres: who they are, what a good list is, and that the experiment finds what is known."""

from dataclasses import replace

import numpy as np
import pytest

from musicdesk.encoders.convnet.labels import Labelled, Song
from musicdesk.errors import BadRequest
from musicdesk.evaluation import genre_claims, genre_listeners
from musicdesk.evaluation.cnn import ClassVectors
from musicdesk.evaluation.genre_listeners import compare, draw_chart
from musicdesk.evaluation.genre_ways import COMPREHENSIVE, MULTICATEGORY, RANDOM, RATED, REGRESSED, Trial
from musicdesk.evaluation.resampling import Difference
from musicdesk.evaluation.score_regression import own_scores, popularity
from musicdesk.evaluation.simulated_listeners import (
    KINDS,
    METRICS,
    ONE,
    SEVERAL,
    UNRATED,
    Listener,
    Population,
    history,
    listeners,
    outcome,
)
from musicdesk.jobs import Job
from musicdesk.records import Measure

CLASSES, EACH, FOLDS = 4, 40, 5
CODES = np.repeat(np.arange(CLASSES), EACH)
PARTS = np.tile(np.arange(FOLDS), CLASSES * EACH // FOLDS)
FEW = Population(listeners=50, heard=20)
TRIAL = Trial(FEW, places=4)


def vectors(purity: float = 0.9, *, seed: int = 0) -> ClassVectors:
    """Songs of four genres, forty each, by artists who have eight in a row of one genre and one fold."""
    rng = np.random.default_rng(seed)
    noise = rng.dirichlet(np.ones(CLASSES), size=len(CODES))
    likely = purity * np.eye(CLASSES)[CODES] + (1 - purity) * noise
    names = tuple(f"genre {k}" for k in range(CLASSES))
    songs = tuple(Song(f"{i}", names[k], f"{k} {p}") for i, (k, p) in enumerate(zip(CODES, PARTS, strict=True)))
    return ClassVectors(Labelled(songs, names), likely.astype(np.float32), PARTS, ("A sentence.",))


def people(population: Population = FEW, *, seed: int = 0) -> tuple[Listener, ...]:
    return listeners(CODES, PARTS, population, rng=np.random.default_rng(seed))


@pytest.fixture(scope="module")
def report() -> genre_listeners.ListenersReport:
    return compare(vectors(), network="a network", trial=TRIAL, job=Job())


def liked(report: genre_listeners.ListenersReport, method: str, kind: str, metric: str = "liked") -> float:
    (row,) = [row for row in report.rows if (row.method, row.kind) == (method, kind)]
    return row.measures[metric].mean


def point(report: genre_listeners.ListenersReport, method: str, kind: str, at: float) -> float:
    (found,) = [p for p in report.ratings if (p.method, p.kind, p.at) == (method, kind, at)]
    return found.liked.mean


def test_nobody_chooses_among_artists_that_they_heard():
    for listener in people():
        assert not set(PARTS[listener.heard]) & {listener.fold}
        assert set(PARTS[listener.choice]) == {listener.fold}
        assert len(set(listener.choice.tolist())) == (listener.fold == PARTS).sum()


def test_every_genre_pair_and_three_come_as_often_in_every_fold():
    one = [listener.unit for listener in people(replace(FEW, listeners=40)) if listener.kind == ONE]
    assert {one.count(unit) for unit in one} == {2}
    several = [listener.unit for listener in people() if listener.kind == SEVERAL]
    assert len(set(several)) == FOLDS * (6 + 4)
    assert {len(unit) - 1 for unit in several} == {2, 3}


def test_what_is_heard_follows_the_shares_and_strays():
    found = people(Population(listeners=100, heard=20, stray=0.2))
    own = [np.bincount(CODES[one.heard], minlength=CLASSES)[one.shares > 0].sum() / 20 for one in found]
    several = np.array([share for share, one in zip(own, found, strict=True) if one.kind == SEVERAL])
    assert several.mean() == pytest.approx(0.8, abs=0.03)
    for one in found:
        assert one.shares.sum() == pytest.approx(1, abs=1e-5)
        assert one.shares[one.shares > 0].min() >= 0.5 / 3
        assert len(set(one.heard.tolist())) == 20


def test_opinions_follow_the_genre_but_for_whims():
    found = people(Population(listeners=100, heard=20, whims=0.1))
    agreeing = np.mean([(one.liked == (one.shares[CODES] > 0)).mean() for one in found])
    assert agreeing == pytest.approx(0.9, abs=0.01)
    certain = people(Population(listeners=4, heard=20, whims=0))
    assert all((one.liked == (one.shares[CODES] > 0)).all() for one in certain)
    assert {int(star) for one in certain for star in one.stars} == {1, 2, 4, 5}


def test_a_history_has_the_first_ratings_and_the_rest_unrated():
    one = people()[0]
    some = history(one, 3, all_heard=True)
    np.testing.assert_allclose(some.degrees[:3], one.stars[one.heard[:3]] / 5)
    assert (some.degrees[3:] == np.float32(UNRATED)).all()
    assert len(some) == FEW.heard
    assert history(one, 3, all_heard=False).items.tolist() == one.heard[:3].tolist()
    assert len(history(one, 0, all_heard=False)) == 0


def test_a_good_list_is_liked_of_the_genres_and_by_their_shares():
    codes = np.array([0, 0, 0, 0, 1, 1, 1, 2])
    stars = np.array([5, 5, 5, 1, 4, 4, 4, 1])
    shares = np.array([0.5, 0.5, 0], np.float32)
    one = Listener(SEVERAL, shares, np.array([0]), stars, np.arange(8), 0)
    np.testing.assert_allclose(outcome(one, [0, 1, 4, 5], codes, count=4), [1, 1, 1])
    np.testing.assert_allclose(outcome(one, [0, 1, 2, 3], codes, count=4), [0.75, 1, 0.5])
    np.testing.assert_allclose(outcome(one, [7, 7, 7, 7], codes, count=4), [0, 0, 0])
    np.testing.assert_allclose(outcome(one, [0, 4], codes, count=4), [0.5, 0.5, 0.5])
    np.testing.assert_allclose(outcome(one, [], codes, count=4), [0, 0, 0])


def test_regression_finds_the_liked_class_and_knows_nothing_without_ratings():
    classes = vectors().likely
    one = people(Population(listeners=4, heard=20, whims=0, stray=0.5))[1]
    (genre,) = np.flatnonzero(one.shares)
    told = own_scores(one, classes, ratings=20)
    assert told[genre == CODES].min() > told[genre != CODES].max()
    assert not own_scores(one, classes, ratings=0).any()


def test_popularity_is_the_mean_of_what_all_rated():
    """Two listeners of one genre outvote one of another."""
    classes = np.eye(CLASSES, dtype=np.float32)[CODES]
    certain = people(Population(listeners=8, heard=30, whims=0, stray=0.5))
    by_genre = [one for genre in (0, 0, 1) for one in certain if one.shares[genre] == 1][:5]
    told = popularity(by_genre, classes, ratings=30)
    assert told[CODES == 0].mean() > told[CODES == 2].mean()
    assert not popularity(by_genre, classes, ratings=0).any()


def test_sure_vectors_serve_nearly_everyone_and_shuffled_ones_nobody(report):
    for kind in KINDS:
        best = 1 - FEW.whims
        for method in (COMPREHENSIVE, MULTICATEGORY, REGRESSED):
            assert liked(report, method, kind) == pytest.approx(best, abs=0.06), method
        chance = liked(report, RANDOM, kind)
        for method in (COMPREHENSIVE, MULTICATEGORY):
            assert liked(report, f"{method}, shuffled vectors", kind) == pytest.approx(chance, abs=0.12)
            assert liked(report, f"{method}, true genres", kind) == pytest.approx(best, abs=0.06)
    assert liked(report, RANDOM, ONE) == pytest.approx(0.9 / 4 + 0.1 * 3 / 4, abs=0.05)


def test_vectors_that_know_no_genre_leave_everything_to_chance():
    """No way to recommend may learn the genres from anything but the class vectors and the ratings."""
    mixed = replace(vectors(), likely=np.random.default_rng(1).permutation(vectors().likely))
    found = compare(mixed, network="shuffled", trial=TRIAL, job=Job())
    for kind in KINDS:
        for method in (COMPREHENSIVE, MULTICATEGORY, REGRESSED):
            assert liked(found, method, kind) == pytest.approx(liked(found, RANDOM, kind), abs=0.12), method
    assert found.accuracy == pytest.approx(0.25, abs=0.1)


def test_one_by_one_a_list_has_the_shares_of_several_genres(report):
    assert liked(report, MULTICATEGORY, SEVERAL, "balance") > 0.8
    assert liked(report, COMPREHENSIVE, SEVERAL, "balance") < 0.75


def test_few_ratings_hurt_regression_and_not_who_knows_what_was_heard(report):
    for kind in KINDS:
        assert point(report, COMPREHENSIVE, kind, 0) > point(report, COMPREHENSIVE, kind, 20) - 0.1
        assert point(report, REGRESSED, kind, 0) < point(report, REGRESSED, kind, 20) - 0.2
        assert point(report, COMPREHENSIVE + RATED, kind, 20) == point(report, COMPREHENSIVE, kind, 20)
        assert point(report, COMPREHENSIVE, kind, 20) == pytest.approx(liked(report, COMPREHENSIVE, kind))


def test_every_threshold_and_number_of_ratings_is_there(report):
    assert {p.at for p in report.thresholds} == {0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4}
    assert {p.at for p in report.ratings} == {0, 1, 2, 5, 10, 20}
    assert len(report.thresholds) == 8 * 2 * 2
    assert set(report.rows[0].measures) == set(METRICS)
    assert (report.songs, report.artists, report.left_out) == (160, 20, ("A sentence.",))


def test_claims_are_paired_differences_with_their_folds(report):
    for claim in report.claims:
        told = claim.difference.measure
        assert told.low <= told.mean <= told.high
        assert len(claim.folds) == FOLDS
        assert claim.verdict in {genre_claims.HOLDS, genre_claims.OPPOSITE, genre_claims.FAILS, genre_claims.OPEN}
    (second,) = [claim for claim in report.claims if claim.metric == "balance"]
    assert second.verdict == genre_claims.HOLDS
    first = report.claims[0]
    expected = liked(report, COMPREHENSIVE, ONE) - liked(report, MULTICATEGORY, ONE)
    assert first.difference.measure.mean == pytest.approx(expected)
    assert np.mean(first.folds) == pytest.approx(expected, abs=0.02)
    assert first.difference.measure.n == len({one.unit for one in people() if one.kind == ONE})


@pytest.mark.parametrize(
    ("low", "high", "same", "verdict"),
    [
        (0.01, 0.1, False, genre_claims.HOLDS),
        (-0.01, 0.1, False, genre_claims.OPEN),
        (-0.1, -0.01, False, genre_claims.OPPOSITE),
        (-0.04, 0.04, True, genre_claims.HOLDS),
        (-0.04, -0.01, True, genre_claims.HOLDS),
        (-0.09, -0.01, True, genre_claims.FAILS),
        (-0.09, 0.01, True, genre_claims.OPEN),
    ],
)
def test_a_verdict_says_what_the_interval_says(low, high, same, verdict):
    found = Difference(Measure((low + high) / 2, low, high, 10), 0.5)
    assert genre_claims._verdict(found, same=same, contrary=genre_claims.OPPOSITE) == verdict


def test_the_same_seed_makes_the_same_report_and_another_another():
    small = Trial(Population(listeners=10, heard=8), places=4)
    trials = (small, small, replace(small, seed=1))
    first, again, other = (compare(vectors(), network="a network", trial=trial, job=Job()) for trial in trials)
    for told in ("rows", "thresholds", "ratings", "claims"):
        assert getattr(first, told) == getattr(again, told) != getattr(other, told)


def test_the_chart_is_drawn(report, tmp_path):
    draw_chart(report, tmp_path / "listeners.png")
    assert (tmp_path / "listeners.png").read_bytes().startswith(b"\x89PNG")


def test_what_cannot_be_tried_is_told():
    with pytest.raises(BadRequest, match="three genres"):
        listeners(CODES % 2, PARTS, FEW, rng=np.random.default_rng(0))
    with pytest.raises(BadRequest, match="heard 150 of 160"):
        people(Population(heard=150))
    with pytest.raises(BadRequest, match="least"):
        Population(listeners=1)
    with pytest.raises(BadRequest, match="taste"):
        Population(whims=0.5)
    with pytest.raises(BadRequest, match="places"):
        Trial(places=0)

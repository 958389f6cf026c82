from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_libraries import grouped
from made_up_shelves import board, everything, shelf, unit

from musicdesk.prototypes.columns import prototype_columns
from musicdesk.prototypes.profile import taste_from
from musicdesk.ranking import listing
from musicdesk.ranking.filters import Allowed, allowed
from musicdesk.ranking.listing import passed_over, rank
from musicdesk.ranking.scores import Board, Slide
from musicdesk.records import Feedback, Query

OPEN = Query(limit=10, max_per_artist=0, max_per_album=0)


def made(n, k, seed, *, artists=None, albums=None):
    rng = np.random.default_rng(seed)
    space = unit(rng.standard_normal((n, 6)))
    return shelf(space, artists=artists, albums=albums), board(rng.exponential(size=(k, n)))


def listed(shelf, board, gains, *, query=OPEN, variety=0.0, may=None):
    gains = np.asarray(gains, np.float32)
    may = may or everything(len(shelf))
    return rank(shelf, board, board.scores(gains), gains=gains, query=query, variety=variety, allowed=may)


@settings(max_examples=60, deadline=None)
@given(
    n=st.integers(1, 120), k=st.integers(1, 9), seed=st.integers(0, 999), limit=st.integers(1, 130),
    variety=st.sampled_from([0.0, 0.2, 1.0]), cap=st.integers(0, 3),
)  # fmt: skip
def test_every_list_keeps_its_promises(n, k, seed, limit, variety, cap):
    rng = np.random.default_rng(seed)
    stock, mixed = made(n, k, seed, artists=rng.integers(-1, 9, n), albums=rng.integers(-1, 30, n))
    gains = rng.uniform(-1, 2, k)
    may = Allowed(rng.random(n) < 0.8, ())
    query = Query(limit=limit, max_per_artist=cap, max_per_album=cap)
    ranking = listed(stock, mixed, gains, query=query, variety=variety, may=may)
    rows = [stock.rows[key] for key in ranking.hashes]
    assert len(set(rows)) == len(rows) <= min(limit, may.considered)
    assert may.mask[rows].all()
    assert np.array_equal(ranking.contributions.sum(axis=1), ranking.scores)
    assert ranking.contributions == pytest.approx((gains[:, None] * mixed.columns[:, rows]).T, rel=1e-6)
    assert ranking.scores == pytest.approx(mixed.scores(gains)[rows], rel=1e-5, abs=1e-5)
    if variety == 0:
        assert (np.diff(ranking.scores) <= 0).all()
    if cap:
        known = stock.artist_ids[rows][stock.artist_ids[rows] >= 0]
        assert np.bincount(known, minlength=1).max() <= cap
    assert ranking.track_ids == tuple(row + 1 for row in rows)


def test_without_caps_the_list_is_the_sorted_library():
    stock, mixed = made(500, 4, 0)
    ranking = listed(stock, mixed, np.ones(4))
    best = np.argsort(-mixed.columns.sum(axis=0))[:10]
    assert ranking.hashes == tuple(f"h{row}" for row in best)
    assert ranking.match[0] == 1
    assert (np.diff(ranking.match) <= 0).all()


def test_the_best_comes_first_whatever_the_variety():
    stock, mixed = made(300, 3, 1)
    firsts = {listed(stock, mixed, np.ones(3), variety=variety).hashes[0] for variety in (0, 0.2, 0.5, 1)}
    assert len(firsts) == 1


def test_a_flood_of_one_artist_does_not_leave_the_list_short():
    artists = np.where(np.arange(3000) < 2980, 0, np.arange(3000))
    stock, _ = made(3000, 1, 2, artists=artists)
    mixed = board(np.arange(3000, 0, -1)[None])
    ranking = listed(stock, mixed, [1.0], query=Query(limit=20, max_per_artist=3, max_per_album=0))
    assert len(ranking) == 20
    assert sorted(ranking.track_ids) == [1, 2, 3, *range(2981, 2998)]
    assert ranking.left_out["more than 3 by one artist"] == 2977


def test_the_same_recording_comes_once_and_the_better_copy_stays():
    space = unit(np.random.default_rng(0).standard_normal((50, 8)))
    space[7] = space[3]
    stock, mixed = shelf(space), board(np.arange(50, 0, -1)[None])
    ranking = listed(stock, mixed, [1.0])
    assert "h3" in ranking.hashes
    assert "h7" not in ranking.hashes
    assert len(ranking) == 10
    assert ranking.left_out == {listing.DUPLICATE: 1}


def test_what_was_compared_by_ear_comes_once_whatever_its_vector():
    space = unit(np.random.default_rng(0).standard_normal((50, 8)))
    space[9] = space[8]
    recordings = np.arange(50)
    recordings[[7, 30]] = 3
    stock, mixed = replace(shelf(space), recordings=recordings), board(np.arange(50, 0, -1)[None])
    ranking = listed(stock, mixed, [1.0], query=Query(limit=50, max_per_artist=0, max_per_album=0))
    assert set(range(50)) - {stock.rows[key] for key in ranking.hashes} == {7, 30}
    assert ranking.left_out == {listing.DUPLICATE: 2}
    may = everything(50)
    said = [passed_over(stock, mixed.scores(np.ones(1)), row, query=OPEN, allowed=may) for row in (3, 7, 9)]
    assert said == [(), ("It is the same recording as a better track.",), ()]


def test_a_list_of_the_whole_library_is_in_order_behind_the_pool(monkeypatch):
    monkeypatch.setattr(listing, "POOL_MOST", 16)
    stock, mixed = made(100, 2, 5)
    ranking = listed(stock, mixed, np.ones(2), query=Query(limit=100, max_per_artist=0, max_per_album=0), variety=0.5)
    assert len(ranking) == 100
    assert (np.diff(ranking.scores[16:]) <= 0).all()
    assert ranking.scores[:16].min() >= ranking.scores[16:].max()


def test_nothing_to_pick_is_an_empty_list_with_reasons():
    stock, mixed = made(10, 1, 0)
    may = allowed(stock, Query(min_length_s=500), {}, now=0)
    ranking = listed(stock, mixed, [1.0], may=may)
    assert len(ranking) == 0
    assert ranking.considered == 0
    assert ranking.contributions.shape == (0, 1)
    assert ranking.left_out == {"shorter than 8.33333 min": 10}


def test_what_passes_a_track_over_is_said():
    artists = [0, 0, 0, 0, 1, 2, 3, 4]
    space = unit(np.random.default_rng(3).standard_normal((8, 5)))
    space[5] = space[4]
    stock, mixed = shelf(space, artists=artists, albums=artists), board(np.arange(8, 0, -1)[None])
    scores, may = mixed.scores(np.ones(1)), allowed(shelf(space), Query(), {"h7": Feedback(never=True)}, now=0)

    def said(row, **query):
        return passed_over(stock, scores, row, query=Query(**query), allowed=may)

    assert said(3, max_per_artist=3, max_per_album=0) == ("3 better tracks by its artist took its place.",)
    assert said(3, max_per_artist=0, max_per_album=1) == ("1 better track from its album took its place.",)
    assert said(5) == ("It is the same recording as a better track.",)
    assert said(0) == said(4) == said(6) == said(7) == ()


# ---------------------------------------------------------------------------------------- the promise of the product


@pytest.fixture(scope="module")
def two_kinds():
    return grouped((100, 100), dim=24, noise=0.4)


def mixing(library, taste):
    columns, shares = prototype_columns(library.space, np.stack([p.vector for p in taste.prototypes]))
    return Board(columns, shares, tuple(p.name for p in taste.prototypes), tuple(p.slot for p in taste.prototypes))


def taste_of(library, likes, previous=None):
    return taste_from(library.vectors, library.space, likes, (), previous=previous, rng=np.random.default_rng(0))


def groups_of(library, ranking):
    return [int(library.group[track_id - 1]) for track_id in ranking.track_ids]


@pytest.mark.parametrize("variety", [0.0, 0.2])
def test_like_three_of_a_and_every_top_pick_is_in_a(two_kinds, variety):
    taste = taste_of(two_kinds, two_kinds.hashes(0, 3))
    ranking = listed(
        shelf(two_kinds.space), mixing(two_kinds, taste), taste.gains, variety=variety, query=Query(limit=50)
    )
    assert groups_of(two_kinds, ranking) == [0] * 50


def test_a_little_variety_brings_in_nothing_else_while_there_is_more_of_a():
    library = grouped((12, 30), dim=24, noise=0.4)
    taste = taste_of(library, library.hashes(0, 3))
    liked = {key: Feedback(liked=True) for key in library.hashes(0, 3)}
    stock = replace(shelf(library.space), rows={key: row for row, key in enumerate(library.vectors.hashes)})
    may = allowed(stock, Query(), liked, now=0)
    query = Query(limit=9, max_per_artist=0, max_per_album=0)
    ranking = listed(stock, mixing(library, taste), taste.gains, variety=0.2, query=query, may=may)
    assert groups_of(library, ranking) == [0] * 9


@pytest.mark.parametrize("variety", [0.0, 0.2])
def test_turn_a_down_and_b_up_and_the_picks_cross_over_monotonically(two_kinds, variety):
    taste = taste_of(two_kinds, two_kinds.hashes(0, 3) + two_kinds.hashes(1, 3), previous=taste_of(two_kinds, ()))
    a, b = (
        next(
            i for i, p in enumerate(taste.prototypes) if two_kinds.group[np.argmax(two_kinds.space @ p.vector)] == group
        )
        for group in (0, 1)
    )
    stock, mixed = shelf(two_kinds.space), mixing(two_kinds, taste)
    shares = []
    for turn in np.linspace(0, 1, 21):
        gains = np.zeros(len(taste.prototypes), np.float32)
        gains[a], gains[b] = 2 - 2 * turn, 2 * turn
        scores = Slide(mixed, gains, b).move(2 * turn)
        ranking = rank(stock, mixed, scores, gains=gains, query=OPEN, variety=variety, allowed=everything(200))
        shares.append(np.mean(groups_of(two_kinds, ranking)))
    assert (shares[0], shares[-1]) == (0, 1)
    assert shares == sorted(shares)

"""Made-up listeners: they like what a library itself says belongs together."""

import numpy as np
import pytest

from musicdesk.errors import BadRequest, NothingYet
from musicdesk.prototypes.listeners import LEAST, MOST, Seams, draw

N = 200


def seams(**changes):
    rng = np.random.default_rng(1)
    told = {
        "artists": np.repeat(np.arange(20), 10), "albums": np.repeat(np.arange(40), 5),
        "tags": rng.random((N, 6)).astype(np.float32), "playlists": (np.arange(0, N, 10),),
    }  # fmt: skip
    return Seams(**{**told, **changes})


def drawn(told, count=300, seed=0):
    return draw(told, count=count, rng=np.random.default_rng(seed))


def together(matrix, codes):
    """The share of pairs in a listener's likes that have one code."""
    shares = []
    for row in matrix:
        found = codes[row.indices]
        same = (found[:, None] == found[None, :]).sum() - len(found)
        shares.append(same / max(1, len(found) * (len(found) - 1)))
    return float(np.mean(shares))


def test_everyone_likes_some_tracks_and_not_too_many():
    matrix = drawn(seams())
    sizes = np.diff(matrix.indptr)
    assert matrix.shape == (300, N)
    assert (sizes >= 3).all()
    assert (sizes <= 2 * MOST).all()
    assert set(matrix.data.tolist()) == {1.0}


@pytest.mark.parametrize("name", ["artists", "albums"])
def test_what_belongs_together_is_liked_together(name):
    told = seams()
    codes = getattr(told, name)
    even = together(drawn(seams(artists=np.full(N, -1), albums=np.full(N, -1), tags=np.zeros((N, 0)), playlists=())),
                    codes)  # fmt: skip
    assert together(drawn(told), codes) > 2 * even


def test_tracks_in_which_a_word_stands_out_are_liked_together():
    word = np.zeros((N, 2), np.float32)
    word[::4, 0], word[1::4, 1] = 1, 1
    nothing = {"artists": np.full(N, -1), "albums": np.full(N, -1), "playlists": ()}
    spoken = drawn(seams(tags=word, **nothing))
    silent = drawn(seams(tags=np.zeros((N, 0), np.float32), **nothing))
    codes = np.where(word[:, 0] > 0, 1, np.where(word[:, 1] > 0, 2, 0))
    marked = codes > 0
    assert spoken[:, np.flatnonzero(marked)].sum() / spoken.sum() > 1.3 * silent[:, np.flatnonzero(marked)].sum() / (
        silent.sum()
    )


def test_some_share_what_the_person_here_likes():
    liked = np.arange(0, N, 20)
    plain, mine = drawn(seams()), drawn(seams(liked=liked))
    assert mine[:, liked].sum() / mine.sum() > 1.2 * plain[:, liked].sum() / plain.sum()


def test_the_same_luck_draws_the_same():
    assert (drawn(seams()) != drawn(seams())).nnz == 0
    assert (drawn(seams()) != drawn(seams(), seed=1)).nnz > 0


def test_a_library_without_any_tags_has_listeners_too():
    told = Seams(np.full(30, -1), np.full(30, -1), np.zeros((30, 0), np.float32))
    assert drawn(told, count=5).shape == (5, 30)


def test_too_little_is_told():
    few = Seams(np.zeros(LEAST - 1, np.int64), np.zeros(LEAST - 1, np.int64), np.zeros((LEAST - 1, 0), np.float32))
    with pytest.raises(NothingYet, match="too few"):
        drawn(few)
    with pytest.raises(BadRequest):
        drawn(seams(), count=0)
    with pytest.raises(BadRequest, match="same tracks"):
        seams(albums=np.zeros(3, np.int64))

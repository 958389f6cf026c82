import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_libraries import grouped

from musicdesk.errors import BadRequest
from musicdesk.prototypes import bank


def unit(matrix):
    return (matrix / np.linalg.norm(matrix, axis=1, keepdims=True)).astype(np.float32)


def test_every_group_becomes_one_cluster():
    library = grouped((40, 30, 20))
    clusters = bank.build(library.space, None, count=3, rng=np.random.default_rng(0))
    assert [len(c.members) for c in clusters] == [40, 30, 20]
    assert all(len(set(library.group[c.members])) == 1 for c in clusters)


def test_five_likes_give_two_prototypes_and_none_six():
    library = grouped((100, 100, 100))
    rng = np.random.default_rng(0)
    assert len(bank.build(library.space, np.array([0, 1, 2, 120, 121]), rng=rng)) == 2
    assert len(bank.build(library.space, None, rng=rng)) == 6


@pytest.mark.parametrize(("members", "count"), [(1, 1), (2, 2), (3, 2), (5, 2), (10, 3), (50, 7), (5000, 8)])
def test_more_likes_can_bear_more_prototypes(members, count):
    assert bank.fitting_count(members) == count


@pytest.mark.parametrize("kinds", [2, 3, 5])
def test_liked_tracks_give_as_many_prototypes_as_they_have_kinds(kinds):
    library = grouped((40,) * kinds)
    likes = np.concatenate([np.flatnonzero(library.group == kind)[:9] for kind in range(kinds)])
    clusters = bank.build(library.space, likes, rng=np.random.default_rng(0))
    assert [len(c.members) for c in clusters] == [9] * kinds
    assert len(bank.build(library.space, likes, most=1, rng=np.random.default_rng(0))) == 1


def test_the_same_seed_gives_the_same_clusters():
    library = grouped((50, 50, 50), noise=0.9)
    first, second = (bank.build(library.space, None, rng=np.random.default_rng(5)) for _ in range(2))
    assert all(np.array_equal(a.members, b.members) for a, b in zip(first, second, strict=True))


def test_exemplars_are_members_first_and_never_the_same_sound_twice():
    library = grouped((30, 30))
    space = np.vstack([library.space, library.space[:5]])  # rows 60 to 64 repeat rows 0 to 4
    cluster = bank.build(space, np.array([0, 60, 1]), count=1, rng=np.random.default_rng(0))[0]
    assert len(cluster.exemplars) == 3
    assert {0, 1} <= {row % 60 for row in cluster.exemplars.tolist()}
    chosen = space[cluster.exemplars]
    assert (chosen @ chosen.T - np.eye(3)).max() < bank.TWINS


def test_a_single_liked_track_is_its_own_first_exemplar():
    library = grouped()
    cluster = bank.build(library.space, np.array([7]), rng=np.random.default_rng(0))[0]
    assert cluster.exemplars[0] == 7
    assert np.allclose(cluster.vector, library.space[7], atol=1e-6)


def test_equal_vectors_give_fewer_clusters():
    space = unit(np.ones((9, 4)))
    clusters = bank.build(space, None, count=4, rng=np.random.default_rng(0))
    assert [len(c.members) for c in clusters] == [9]
    assert len(clusters[0].exemplars) == 1


def test_nothing_to_group_is_said_in_a_sentence():
    with pytest.raises(BadRequest, match="no tracks"):
        bank.build(np.zeros((0, 4), np.float32), None, rng=np.random.default_rng(0))


def test_opposite_vectors_still_have_a_direction():
    space = unit(np.array([[1.0, 0.0], [-1.0, 0.0]]))
    assert np.isfinite(bank.direction(space)).all()


def test_a_library_larger_than_the_sample_is_assigned_whole(monkeypatch):
    monkeypatch.setattr(bank, "FIT_ROWS", 50)
    library = grouped((100, 100))
    clusters = bank.build(library.space, None, count=2, rng=np.random.default_rng(0))
    assert sorted(np.concatenate([c.members for c in clusters]).tolist()) == list(range(200))


@settings(max_examples=40, deadline=None)
@given(n=st.integers(1, 40), dim=st.integers(2, 8), count=st.integers(1, 12), seed=st.integers(0, 1000))
def test_clusters_share_out_the_members_whatever_they_are(n, dim, count, seed):
    rng = np.random.default_rng(seed)
    space = unit(rng.standard_normal((n, dim)))
    space = space[rng.integers(n, size=n)]  # with repeats
    clusters = bank.build(space, None, count=count, rng=rng)
    assert 1 <= len(clusters) <= min(count, n, bank.MOST)
    assert sorted(row for c in clusters for row in c.members.tolist()) == list(range(n))
    for cluster in clusters:
        assert np.linalg.norm(cluster.vector) == pytest.approx(1, abs=1e-5)
        assert 1 <= len(cluster.exemplars) <= bank.EXEMPLARS
        assert set(cluster.members.tolist()) & set(cluster.exemplars.tolist())

import numpy as np
import pytest
from made_up_libraries import grouped

from musicdesk.errors import BadRequest
from musicdesk.evaluation.retrieval import (
    cosine,
    ranks_of_originals,
    same_group_map,
    similarity_of,
    told_by_neighbours,
)


def rng():
    return np.random.default_rng(0)


def test_separate_groups_are_found_perfectly_and_chance_is_their_share():
    library = grouped((20, 20, 20), noise=0.2)
    found = same_group_map(cosine(library.space), [f"g{g}" for g in library.group], rng=rng())
    assert found.map.mean == pytest.approx(1)
    assert found.chance.mean == pytest.approx(1 / 3, abs=0.06)
    assert (found.queries, found.map.n) == (60, 3)


def test_noise_finds_no_more_than_chance():
    space = rng().standard_normal((90, 30)).astype(np.float32)
    space /= np.linalg.norm(space, axis=1, keepdims=True)
    found = same_group_map(cosine(space), [f"g{row % 9}" for row in range(90)], rng=rng())
    assert found.map.mean == pytest.approx(found.chance.mean, abs=0.04)


def test_tracks_alone_or_without_a_group_are_no_queries():
    near = np.array([[1, 0.1, 0.9, 0.8], [0.1, 1, 0.2, 0.3], [0.9, 0.2, 1, 0.5], [0.8, 0.3, 0.5, 1]], np.float32)
    found = same_group_map(near, ["a", "a", "alone", ""], rng=rng())
    assert found.queries == 2
    assert found.map.mean == pytest.approx((1 / 3 + 1 / 3) / 2)


def test_ties_are_luck_not_the_order_of_the_files():
    groups = [f"g{row // 10}" for row in range(100)]
    found = same_group_map(np.ones((100, 100), np.float32), groups, rng=rng())
    assert found.map.mean == pytest.approx(found.chance.mean, abs=0.05)


def test_no_group_of_two_is_refused():
    with pytest.raises(BadRequest, match="two tracks"):
        same_group_map(np.eye(3, dtype=np.float32), ["a", "b", ""], rng=rng())


def test_any_measure_can_be_tried():
    near = similarity_of(["mp3", "ogg", "mp3"], lambda a, b: float(a == b))
    assert near.tolist() == [[1, 0, 1], [0, 1, 0], [1, 0, 1]]


def test_a_copy_finds_its_original():
    library = np.eye(4, dtype=np.float32)
    copies = np.array([[0.1, 0.9, 0.2, 0], [0.9, 0.3, 0.2, 0], [0.5, 0.5, 0, 0]], np.float32)
    assert ranks_of_originals(copies, library, np.array([1, 1, 0])).tolist() == [1, 2, 2]


def test_an_artist_is_looked_for_on_other_albums_alone():
    groups, albums = ["a", "a", "a", "b", "b"], ["one", "one", "two", "three", "three"]
    near = np.array(
        [[1, 0.9, 0.1, 0.5, 0.5], [0.9, 1, 0.1, 0.5, 0.5], [0.1, 0.1, 1, 0, 0], [0.5, 0.5, 0, 1, 0.9],
         [0.5, 0.5, 0, 0.9, 1]], np.float32,
    )  # fmt: skip
    everywhere = same_group_map(near, groups, rng=rng())
    elsewhere = same_group_map(near, groups, apart=albums, rng=rng())
    assert everywhere.queries == 5
    assert elsewhere.queries == 3
    assert elsewhere.map.mean == pytest.approx((1 / 3 + 1 / 3 + 1) / 3)
    with pytest.raises(BadRequest, match="two tracks"):
        same_group_map(near, albums, apart=albums, rng=rng())


def test_neighbours_tell_the_label_but_never_those_of_the_same_artist():
    near = np.array(
        [[1, 0.9, 0.8, 0.7, 0.1], [0.9, 1, 0.8, 0.1, 0.1], [0.8, 0.8, 1, 0.6, 0.5], [0.7, 0.1, 0.6, 1, 0.5],
         [0.1, 0.1, 0.5, 0.5, 1]], np.float32,
    )  # fmt: skip
    labels, artists = ["rock", "rock", "jazz", "rock", ""], ["x", "x", "y", "z", "w"]
    told = told_by_neighbours(near, labels, apart=artists, k=1, rng=rng())
    assert told == ("jazz", "jazz", "rock", "rock", "")
    told = told_by_neighbours(near, labels, apart=artists, k=3, rng=rng())
    assert told == ("jazz", "jazz", "rock", "rock", "")
    assert told_by_neighbours(near[:2, :2], labels[:2], apart=artists[:2], k=5, rng=rng()) == ("", "")

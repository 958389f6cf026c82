"""The map keeps apart what is apart, is the same twice, begins where the old one ended, and knows where it lies."""

import numpy as np
import pytest
from made_up_maps import clusters, mostly_alone

from musicdesk.errors import BadRequest
from musicdesk.jobs import Cancelled, Job, Progress
from musicdesk.prototypes import distortion, projection, tsne
from musicdesk.prototypes.projection import Projection, project
from musicdesk.records import FloatArray


def made(space: FloatArray, *, start: FloatArray | None = None, job: Job | None = None) -> Projection:
    return project(space, order=np.arange(len(space)), rng=np.random.default_rng(1), start=start, job=job)


@pytest.fixture(scope="module")
def three() -> tuple[FloatArray, np.ndarray, Projection]:
    space, which = clusters(50)
    return space, which, made(space)


def test_three_clusters_stay_apart_and_the_map_says_that_it_can_be_believed(three) -> None:
    _, which, found = three
    assert mostly_alone(found.places, which) > 0.99
    assert found.trustworthiness > 0.9
    assert 0.35 < found.shuffled < 0.65
    assert np.abs(found.places).max() == pytest.approx(1)
    assert np.allclose(found.places.mean(axis=0), 0, atol=1e-5)


def test_the_trust_of_a_shuffled_map_is_far_below(three) -> None:
    space, _, found = three
    alike = space @ space.T
    np.fill_diagonal(alike, -1)
    near, marks = np.argsort(-alike, axis=1)[:, :10], np.arange(len(space))
    assert np.allclose(distortion.trust(found.places, marks, near), found.trust)
    dealt = distortion.trust(np.random.default_rng(0).permutation(found.places), marks, near)
    assert found.trust.mean() > dealt.mean() + 0.3


def test_near_on_the_map_are_the_forty_nearest_and_not_the_track_itself() -> None:
    line = np.column_stack([np.arange(400), np.zeros(400)]).astype(np.float32)
    for ranks, share in ((range(31, 41), 1.0), (range(36, 46), 0.5), (range(41, 51), 0.0)):
        near = np.tile(np.array(ranks), (400, 1))
        assert distortion.trust(line, np.arange(400), near)[0] == share


def test_a_track_torn_from_its_neighbours_is_known_by_its_trust(three) -> None:
    space, which, found = three
    alike = space @ space.T
    np.fill_diagonal(alike, -1)
    near = np.argsort(-alike, axis=1)[:, :10]
    elsewhere = found.places.copy()
    elsewhere[0] = found.places[which == 1].mean(axis=0)
    assert distortion.trust(elsewhere, np.arange(len(space)), near)[0] < 0.1
    assert found.trust[0] > 0.3


def test_the_same_library_gives_the_same_map(three) -> None:
    space, _, found = three
    again = made(space)
    assert np.array_equal(again.places, found.places)
    assert np.array_equal(again.trust, found.trust)


def test_a_map_made_anew_keeps_everything_about_where_it_was(three) -> None:
    space, _, found = three
    more = np.concatenate([space, clusters(7, seed=5)[0]])
    start = np.full((len(more), 2), np.nan, np.float32)
    start[: len(space)] = found.places * found.span
    again = made(more, start=start)
    moved = np.linalg.norm(again.places[: len(space)] - found.places, axis=1)
    fresh = made(more[::-1].copy()).places[::-1][: len(space)]
    assert np.median(moved) < 0.1
    assert np.median(moved) < np.median(np.linalg.norm(fresh - found.places, axis=1)) / 2
    assert mostly_alone(again.places, np.concatenate([clusters(50)[1], clusters(7)[1]])) > 0.99


def test_a_map_of_mostly_new_music_begins_from_nothing_but_lies_as_the_old_one_lay(three) -> None:
    space, which, found = three
    start = np.full((len(space), 2), np.nan, np.float32)
    start[:50] = found.places[:50] @ np.array([[0, 1], [-1, 0]], np.float32)
    turned = made(space, start=start).places
    for group in range(3):
        here, there = turned[:50][which[:50] == group].mean(axis=0), start[:50][which[:50] == group].mean(axis=0)
        assert np.linalg.norm(here - there) < 0.5


def test_the_grid_lays_a_library_out_as_well_as_all_pairs_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tsne, "PAIRS", 0)
    space, which = clusters(50)
    found = made(space)
    assert mostly_alone(found.places, which) > 0.99
    assert found.trustworthiness > 0.9


def test_beyond_the_landmarks_every_track_lies_among_its_nearest_landmarks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(projection, "LANDMARKS", 120)
    space, which = clusters(100)
    found = made(space)
    assert found.landmarks == 120
    assert mostly_alone(found.places, which) > 0.98
    assert found.trust[120:].mean() > 0.3


def test_a_track_between_two_groups_is_put_into_one_of_them() -> None:
    marks = np.array([[0, 0], [0, 1], [1, 0], [90, 90], [91, 90]], np.float32)
    place = projection.placed(marks, np.arange(5)[None], np.full((1, 5), 0.5, np.float32))[0]
    assert np.linalg.norm(place - [0.3, 0.3]) < 2


@pytest.mark.parametrize("count", [0, 1, 3, 4, 6])
def test_a_handful_of_tracks_is_a_map_too(count: int) -> None:
    space, _ = clusters(4, dim=8)
    found = made(space[:count])
    assert found.places.shape == (count, 2)
    assert np.isfinite(found.places).all()
    assert np.isfinite(found.trust).all()
    assert 0 <= found.trustworthiness <= 1


def test_a_library_of_one_sound_is_no_reason_to_fail() -> None:
    found = made(np.repeat(clusters(1)[0][:1], 60, axis=0))
    assert np.isfinite(found.places).all()


def test_vectors_that_are_no_numbers_are_refused_with_a_sentence() -> None:
    space, _ = clusters(10)
    space[3, 1] = np.nan
    with pytest.raises(BadRequest, match="analyse"):
        made(space)


def test_it_tells_how_far_it_is_and_can_be_stopped() -> None:
    told: list[Progress] = []
    job = Job(told.append, clock=lambda: float(len(told)))
    space, _ = clusters(30)
    made(space, job=job)
    assert {progress.text for progress in told} >= {"Comparing tracks", "Laying the map out", "Checking the map"}
    stopped = Job()
    stopped.cancel()
    with pytest.raises(Cancelled):
        made(space, job=stopped)


def test_the_repulsion_on_the_grid_is_that_of_all_pairs() -> None:
    rng = np.random.default_rng(3)
    for wide in (1e-3, 3.0, 25.0):
        points = (rng.standard_normal((400, 2)) * wide).astype(np.float32)
        exact = tsne.by_pairs(points)
        assert np.linalg.norm(tsne.on_grid(points) - exact) < 0.15 * np.linalg.norm(exact)


def test_neighbourhoods_have_as_many_members_as_asked() -> None:
    distances = np.random.default_rng(0).uniform(0.1, 2, (20, 60)).astype(np.float32)
    shares = tsne.neighbourhoods(distances, perplexity=12)
    assert np.allclose(np.exp(-(shares * np.log(np.maximum(shares, 1e-30))).sum(axis=1)), 12, rtol=0.02)


def test_trustworthiness_is_that_of_the_book() -> None:
    sklearn = pytest.importorskip("sklearn.manifold")
    space, _ = clusters(40)
    places = np.random.default_rng(2).standard_normal((len(space), 2)).astype(np.float32)
    places[:, 0] += 3 * space[:, 0]
    ours = distortion.trustworthiness(space, places)
    assert ours == pytest.approx(sklearn.trustworthiness(space, places, n_neighbors=10), abs=1e-3)

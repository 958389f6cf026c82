"""What lies a few choices away."""

import numpy as np
import pytest

from musicdesk.records.meaning import PreferencePairs
from musicdesk.semantic.walks import walked


def pairs(*told: tuple[int, int], weights: tuple[float, ...] = ()) -> PreferencePairs:
    ends = np.array(told, np.int64).reshape(-1, 2)
    return PreferencePairs(ends[:, 0], ends[:, 1], np.array(weights or [1.0] * len(told), np.float32), ())


def ends(found: PreferencePairs) -> dict[tuple[int, int], float]:
    return {
        (int(one), int(other)): float(weight)
        for one, other, weight in zip(found.triggers, found.accepted, found.weights, strict=True)
    }


def test_two_that_were_taken_after_a_third_become_partners_both_ways() -> None:
    found = ends(walked(pairs((0, 1), (0, 2)), np.arange(4), steps=2))
    assert set(found) == {(0, 1), (1, 0), (0, 2), (2, 0), (1, 2), (2, 1)}


def test_it_counts_how_often_walks_end_there() -> None:
    found = ends(walked(pairs((0, 1), (1, 2), weights=(3.0, 1.0)), np.arange(3), steps=2))
    visits = {(0, 1): 1.0, (1, 0): 0.75, (1, 2): 0.25, (2, 1): 1.0, (0, 2): 0.25, (2, 0): 0.75}  # P + P², off itself
    mean = sum(visits.values()) / len(visits)
    assert found == pytest.approx({pair: visit / mean for pair, visit in visits.items()})


def test_walks_go_no_further_than_their_steps_and_never_to_where_no_choice_leads() -> None:
    chain = pairs((0, 1), (1, 2), (2, 3), (5, 6))
    assert (0, 3) not in ends(walked(chain, np.arange(7), steps=2))
    far = ends(walked(chain, np.arange(7), steps=3))
    assert (0, 3) in far
    assert not any((one < 4) != (other < 4) or 4 in (one, other) for one, other in far)


def test_one_step_leaves_the_pairs_as_they_were_told() -> None:
    told = pairs((0, 1), (2, 1))
    assert walked(told, np.arange(3), steps=1) is told
    nothing = pairs()
    assert walked(nothing, np.arange(3), steps=4) is nothing


def test_the_same_recording_is_no_partner() -> None:
    copies = np.array([0, 1, 0])  # rows 0 and 2 are one recording
    assert set(ends(walked(pairs((0, 1), (2, 1)), copies, steps=2))) == {(0, 1), (1, 0), (1, 2), (2, 1)}


def test_each_track_keeps_its_likeliest_partners_alone() -> None:
    star = pairs(*[(0, other) for other in range(1, 30)], weights=tuple(range(1, 30)))
    found = ends(walked(star, np.arange(30), steps=2, partners=3))
    assert {other for one, other in found if one == 0} == {27, 28, 29}
    assert all(sum(one == start for one, _ in found) == 3 for start in range(30))


def test_a_large_library_is_walked_in_parts_with_the_same_answer() -> None:
    rng = np.random.default_rng(0)
    told = PreferencePairs(*rng.integers(1300, size=(2, 1500)), np.ones(1500, np.float32), ())
    told = PreferencePairs(
        *(x[told.triggers != told.accepted] for x in (told.triggers, told.accepted, told.weights)), ()
    )
    found = walked(told, np.arange(1300), steps=3, partners=2000)
    near = np.zeros((1300, 1300))
    np.add.at(near, (told.triggers, told.accepted), 1.0)
    near += near.T
    step = near / np.maximum(near.sum(axis=1, keepdims=True), 1e-12)
    wanted = step + step @ step + step @ step @ step
    np.fill_diagonal(wanted, 0)
    assert len(found) == (wanted > 0).sum()
    shares = found.weights / found.weights.sum()
    np.testing.assert_allclose(shares, wanted[found.triggers, found.accepted] / wanted.sum(), rtol=1e-4)

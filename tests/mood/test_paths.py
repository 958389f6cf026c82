import numpy as np
import pytest
from made_up_mood_space import made_up

from musicdesk.errors import BadRequest, NothingYet
from musicdesk.mood.paths import great_circle, unevenness, walk
from musicdesk.records import unit_rows

NOBODY = np.full(2000, -1)


def quarter(count: int = 91, *, noise: float = 0.0, seed: int = 0):
    """Sounds along a quarter of a circle, one a degree, and as many far from it."""
    rng = np.random.default_rng(seed)
    angles = np.linspace(0, np.pi / 2, count)
    on = np.stack([np.cos(angles), np.sin(angles), *np.zeros((6, count))], axis=1)
    off = np.concatenate([on[:, :2] * 0.3, rng.normal(size=(count, 6))], axis=1)
    return unit_rows((np.concatenate([on, off]) + noise * rng.normal(size=(2 * count, 8))).astype(np.float32))


class TestWalk:
    def test_the_steps_are_those_of_the_shortest_way(self):
        found = walk(quarter(), 0, 90, length=10, artists=np.arange(182))
        np.testing.assert_array_equal(found.rows, np.arange(0, 91, 10))
        np.testing.assert_allclose(found.at, np.arange(10) / 9, atol=1e-6)
        assert found.unevenness == pytest.approx(1, abs=0.02)

    def test_the_ends_may_be_places(self):
        space = quarter()
        found = walk(space, space[0] * 3, space[90], length=10, artists=np.arange(182))
        np.testing.assert_allclose(found.rows, np.arange(0, 91, 10), atol=1)

    def test_nothing_comes_twice_even_where_there_is_just_enough(self):
        space = unit_rows(np.random.default_rng(0).normal(size=(12, 5)).astype(np.float32))
        found = walk(space, 3, 7, length=12, artists=NOBODY[:12])
        assert sorted(found.rows) == list(range(12))
        assert (found.rows[0], found.rows[-1]) == (3, 7)

    def test_no_artist_stands_twice_within_the_window(self):
        catalogue, _ = made_up()
        for start, end in ((0, 479), (30, 200), (100, 101)):
            artists = catalogue.artists
            found = artists[walk(catalogue.space, start, end, length=15, artists=artists, apart=3).rows]
            near = [found[i] in found[max(0, i - 3) : i] for i in range(15)]
            assert not any(near[1:-1])
            assert near[-1] == (artists[start] == artists[end] and False)

    def test_whoever_stands_at_the_end_does_not_stand_before_it(self):
        artists = np.arange(182)
        artists[20:91] = 20  # more than are looked at for a step
        found = artists[walk(quarter(), 0, 90, length=10, artists=artists).rows]
        assert found[-1] == 20
        assert 20 not in found[-4:-1]

    def test_an_artist_comes_again_where_there_is_nobody_else(self):
        found = walk(quarter(), 0, 90, length=8, artists=np.zeros(182, int))
        assert len(set(found.rows)) == 8

    def test_only_what_is_allowed_is_on_the_way(self):
        allowed = np.arange(182) % 2 == 1
        found = walk(quarter(), 0, 90, length=10, artists=np.arange(182), allowed=allowed)
        assert (found.rows[1:-1] % 2 == 1).all()

    def test_all_steps_together_are_evener_than_each_by_itself(self):
        rng = np.random.default_rng(1)
        together, greedy = [], []
        for seed in range(10):
            space = unit_rows(np.random.default_rng(seed).normal(size=(300, 10)).astype(np.float32))
            start, end = rng.choice(300, 2, replace=False)
            together.append(walk(space, int(start), int(end), length=12, artists=NOBODY[:300]))
            greedy.append(walk(space, int(start), int(end), length=12, artists=NOBODY[:300], beam=1, even=0.0))
        assert np.mean([one.unevenness for one in together]) < np.mean([one.unevenness for one in greedy])

    def test_the_largest_step_is_what_evenness_is_about(self):
        catalogue, _ = made_up()
        ends = np.random.default_rng(1).choice(480, (10, 2), replace=False)
        uneven = [
            np.mean([walk(catalogue.space, int(a), int(b), length=12, artists=NOBODY[:480], even=even).unevenness
                     for a, b in ends]) for even in (1.0, 0.0)
        ]  # fmt: skip
        assert uneven[0] < uneven[1] - 0.1

    def test_a_beam_costs_no_more_than_a_greedy_walk(self):
        space = quarter(noise=0.1)
        near = {}
        for beam in (1, 48):
            found = walk(space, 0, 90, length=12, artists=np.arange(182) // 3, beam=beam, even=0.0)
            near[beam] = (space[found.rows] * great_circle(space[0], space[90], found.at)).sum()
        assert near[48] >= near[1] - 1e-5


class TestArc:
    def test_axes_change_evenly_too(self):
        rng = np.random.default_rng(2)
        space = unit_rows(rng.normal(size=(800, 12)).astype(np.float32))
        axes = rng.random((800, 1), np.float32)
        axes[0], axes[1] = 0.0, 1.0
        plain = walk(space, 0, 1, length=9, artists=NOBODY[:800])
        arched = walk(space, 0, 1, length=9, artists=NOBODY[:800], axes=axes)
        off = {way: np.abs(axes[found.rows, 0] - found.at).mean() for way, found in (("plain", plain), ("arc", arched))}
        assert off["arc"] < 0.1
        assert off["arc"] < off["plain"] / 2

    def test_they_change_by_no_jumps_and_hardly_back(self):
        space = unit_rows(np.random.default_rng(2).normal(size=(800, 12)).astype(np.float32))
        axes = np.random.default_rng(3).random((800, 1), np.float32)
        together, each, ends = [], [], np.argsort(axes[:, 0])
        for start, end in zip(ends[:8].tolist(), ends[-8:].tolist(), strict=True):
            for even, steps in ((1.0, together), (0.0, each)):
                found = walk(space, start, end, length=15, artists=NOBODY[:800], axes=axes, even=even)
                steps.append(np.diff(axes[found.rows, 0]))
        assert np.max(together) < 3 / 14, "an even step is a fourteenth"
        assert np.min(together) > -0.1
        assert np.abs(together).max() < np.abs(each).max()

    def test_a_long_path_through_a_small_library_is_found(self):
        space = unit_rows(np.random.default_rng(0).normal(size=(200, 8)).astype(np.float32))
        axes = np.random.default_rng(1).random((200, 2), np.float32)
        found = walk(space, 0, 199, length=200, artists=np.arange(200) // 5, axes=axes)
        assert sorted(found.rows) == list(range(200))

    def test_they_may_follow_an_arc_of_their_own(self):
        rng = np.random.default_rng(2)
        space = unit_rows(rng.normal(size=(800, 12)).astype(np.float32))
        axes = rng.random((800, 1), np.float32)
        arc = np.sin(np.linspace(0, np.pi, 9, dtype=np.float32))[:, None]
        found = walk(space, space[0], space[1], length=9, artists=NOBODY[:800], axes=axes, wanted=arc)
        assert np.corrcoef(axes[found.rows, 0], arc[:, 0])[0, 1] > 0.9


class TestDoor:
    @pytest.mark.parametrize("length", [0, 1, 501])
    def test_lengths_that_are_no_path(self, length):
        with pytest.raises(BadRequest):
            walk(quarter(), 0, 90, length=length, artists=np.arange(182))

    def test_ends_that_are_none(self):
        with pytest.raises(BadRequest, match="same"):
            walk(quarter(), 5, 5, length=5, artists=np.arange(182))
        with pytest.raises(BadRequest):
            walk(quarter(), 5, 500, length=5, artists=np.arange(182))

    def test_too_few_sounds_are_said(self):
        with pytest.raises(NothingYet, match="shorter"):
            walk(quarter(), 0, 90, length=10, artists=np.arange(182), allowed=np.arange(182) < 6)

    def test_two_tracks_are_a_path(self):
        np.testing.assert_array_equal(walk(quarter(), 0, 90, length=2, artists=np.arange(182)).rows, [0, 90])

    def test_places_that_face_each_other_still_have_a_way(self):
        space = quarter()
        found = walk(space, space[0], -space[0], length=5, artists=np.arange(182))
        assert len(set(found.rows)) == 5

    def test_evenness_of_what_does_not_move_is_one(self):
        assert unevenness(np.ones((3, 1), np.float32)) == 1.0

"""What a path says of itself, and what may be on it: by the desk's own picture of a library."""

from dataclasses import replace

import numpy as np
import pytest
from three_kinds import open_desk

from musicdesk.desk.departures import departure
from musicdesk.desk.paths import walked
from musicdesk.errors import NothingYet
from musicdesk.records import AXES, Axis

AROUSAL = AXES.index(Axis.AROUSAL)


@pytest.fixture(scope="module")
def ends(felt):
    with open_desk(felt) as desk:
        seeds = [desk.steering.seed(name) for name in ("folk calm 1", "techno energetic 1")]
        bearings = desk.steering.live(seeds[0]).bearings
        yield bearings, *(departure(bearings, seed) for seed in seeds)


def everything(bearings):
    return np.ones(bearings.count, bool)


def on_the_way(bearings, path):
    return [bearings.snapshot.shelf.rows[step.track.audio_hash] for step in path.steps]


def with_recordings(bearings, groups):
    snapshot = bearings.snapshot
    return replace(bearings, snapshot=replace(snapshot, shelf=replace(snapshot.shelf, recordings=groups)))


def with_energy(bearings, energy):
    axes = bearings.moods.axes.copy()
    axes[:, AROUSAL] = energy
    return replace(bearings, moods=replace(bearings.moods, axes=axes))


def test_a_recording_of_which_there_are_copies_comes_once(ends):
    bearings, start, end = ends
    plain = on_the_way(bearings, walked(bearings, start, end, length=8, allowed=everything(bearings)))
    groups = np.arange(bearings.count)
    groups[plain[2:5]] = groups[plain[2]]
    groups[plain[6]] = groups[plain[0]]
    known = with_recordings(bearings, groups)
    found = on_the_way(known, walked(known, start, end, length=8, allowed=everything(known)))
    assert len(set(groups[found].tolist())) == 8
    assert (found[0], found[-1]) == (plain[0], plain[-1]), "an end is the file that was asked for, not its copy"


def test_a_jump_of_energy_is_told_and_measured(ends):
    bearings, start, end = ends
    energy = np.where(bearings.moods.axes[:, AROUSAL] > 0.5, 0.9, 0.1).astype(np.float32)
    split = with_energy(bearings, energy)
    low, high = (departure(split, at.seed) for at in (start, end))
    found = walked(split, low, high, length=9, allowed=everything(split))
    assert found.jump == pytest.approx(0.8)
    assert "energy jumps by 80 of 100" in found.sentence


def test_of_even_energy_nothing_is_said(ends):
    bearings, start, end = ends
    rising = np.random.default_rng(0).random(bearings.count, np.float32)
    rising[start.rows], rising[end.rows] = 0.0, 1.0
    rising = with_energy(bearings, rising)
    low, high = (departure(rising, at.seed) for at in (start, end))
    found = walked(rising, low, high, length=9, allowed=everything(rising))
    energy = np.array([dict(step.axes)[Axis.AROUSAL] for step in found.steps])
    assert found.jump == pytest.approx(np.abs(np.diff(energy)).max())
    assert "energy" not in found.sentence


def test_where_there_are_fewer_tracks_than_steps_the_path_is_shorter_and_says_so(ends):
    bearings, start, end = ends
    allowed = np.zeros(bearings.count, bool)
    allowed[:4] = True
    allowed[[start.rows[0], end.rows[0]]] = False  # an end may be on its own path whatever is allowed
    found = walked(bearings, start, end, length=15, allowed=allowed)
    assert len(found.steps) == int(allowed.sum()) + 2
    assert f"Only {len(found.steps)} tracks" in found.sentence
    with pytest.raises(NothingYet, match="needs 3"):
        walked(bearings, start, end, length=15, allowed=np.zeros(bearings.count, bool))


def test_two_tracks_of_one_artist_are_ends_and_nobody_else_comes_twice(ends):
    bearings, start, _ = ends
    shelf = bearings.snapshot.shelf
    own = np.flatnonzero(shelf.artist_ids == shelf.artist_ids[start.rows[0]])
    other = next(int(row) for row in own if row != start.rows[0])
    end = departure(bearings, replace(start.seed, sounds=(shelf.hashes[other],)))
    artists = shelf.artist_ids[
        on_the_way(bearings, walked(bearings, start, end, length=5, allowed=everything(bearings)))
    ]
    assert artists[0] == artists[-1]
    assert len(set(artists[:-1].tolist())) == 4

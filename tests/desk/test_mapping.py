"""The map over a real desk: made once, kept, found again, made anew when it is broken or out of date."""

from pathlib import Path

import numpy as np
import pytest
from three_kinds import EACH, KINDS, kind_of, open_desk

from musicdesk.desk.desk import Desk
from musicdesk.errors import NothingYet, ReadOnlyData
from musicdesk.jobs import Cancelled, Job
from musicdesk.kept import ARRAYS, CONFIG
from musicdesk.records import MapPoints


def made(desk: Desk) -> MapPoints:
    desk.mapping.make(Job())
    points = desk.mapping.points()
    assert points is not None
    return points


def test_without_an_analysis_there_is_nothing_to_lay_out(tmp_path: Path) -> None:
    with open_desk(tmp_path / "data") as empty, pytest.raises(NothingYet, match="musicdesk analyze"):
        empty.mapping.make(Job())


def test_a_map_names_for_every_track_its_place_its_prototype_and_how_far_to_believe_it(desk: Desk) -> None:
    assert desk.mapping.current() is None
    assert desk.mapping.points() is None
    assert desk.mapping.wanting
    points = made(desk)
    assert not desk.mapping.wanting
    taste = desk.recommending.taste()
    assert points.names == tuple(p.name for p in taste.prototypes)
    assert points.slots == tuple(p.slot for p in taste.prototypes)
    assert len(points) == EACH * len(KINDS)
    assert points.places.shape == (len(points), 2)
    assert set(points.nearest.tolist()) <= set(range(len(points.names)))
    assert ((points.trust >= 0) & (points.trust <= 1)).all()
    tracks = desk.recommending.by_hash(points.hashes)
    kinds = np.array([kind_of(tracks[sound].title) for sound in points.hashes])
    apart = ((points.places[:, None] - points.places[None]) ** 2).sum(axis=2)
    nearest = np.argsort(apart, axis=1)[:, 1:4]
    assert (kinds[nearest] == kinds[:, None]).mean() > 0.8


def test_a_kept_map_is_found_again_and_one_that_is_broken_is_made_anew(desk: Desk) -> None:
    before = made(desk)
    folder = desk.folders.data / "map" / "handcrafted"
    with open_desk(desk.folders.data) as again:
        found = again.mapping.points()
        assert found is not None
        assert np.array_equal(found.places, before.places)
        assert found.trustworthiness == before.trustworthiness
    whole = (folder / ARRAYS).read_bytes()
    for name, rubbish in ((ARRAYS, whole[: len(whole) // 2]), (ARRAYS, b"\0" * 64), (CONFIG, b'{"kind": 1}')):
        kept = (folder / name).read_bytes()
        (folder / name).write_bytes(rubbish)
        with open_desk(desk.folders.data) as broken:
            assert broken.mapping.current() is None
            assert broken.mapping.wanting
        (folder / name).write_bytes(kept)
    (folder / ARRAYS).write_bytes(whole[:-40])
    desk.close()
    with open_desk(desk.folders.data) as mended:
        assert len(made(mended)) == len(before)


def test_the_map_of_another_version_of_the_encoder_is_none_of_ours(desk: Desk) -> None:
    made(desk)
    config = desk.folders.data / "map" / "handcrafted" / CONFIG
    told = config.read_text()
    version = desk.mapping.current().key.version
    config.write_text(told.replace(f'"version": "{version}"', '"version": "older"'))
    assert config.read_text() != told
    with open_desk(desk.folders.data) as again:
        assert again.mapping.current() is None


def test_what_goes_leaves_the_map_at_once_and_much_of_it_makes_it_stale(desk: Desk) -> None:
    whole = made(desk)
    desk.indexing.exclude([desk.indexing.find("Noise 1")], True)
    fewer = desk.mapping.points()
    assert len(fewer) == len(whole) - 1
    assert not fewer.stale
    desk.indexing.exclude([desk.indexing.find(f"Bells {n}") for n in range(5)], True)
    assert desk.mapping.points().stale
    assert desk.mapping.wanting
    small = made(desk)
    assert len(small) == len(whole) - 6
    desk.indexing.exclude([desk.indexing.find(f"Bells {n}") for n in range(5)], False)
    grown = desk.mapping.points()
    assert grown.added == 5
    assert grown.stale


def test_a_map_made_anew_begins_where_the_old_one_ended(desk: Desk) -> None:
    first, second = made(desk), made(desk)
    assert first.hashes == second.hashes
    moved = np.linalg.norm(second.places - first.places, axis=1)
    assert np.median(moved) < 0.15


def test_the_colours_follow_the_taste_without_a_new_map(desk: Desk) -> None:
    before = made(desk)
    desk.recommending.rename("1", "my own kind")
    after = desk.mapping.points()
    assert after.names[0] == "my own kind"
    assert np.array_equal(after.places, before.places)


def test_a_map_that_is_stopped_leaves_the_one_before(desk: Desk) -> None:
    before = made(desk)
    job = Job()
    job.cancel()
    with pytest.raises(Cancelled):
        desk.mapping.make(job)
    assert np.array_equal(desk.mapping.points().places, before.places)


def test_where_another_process_writes_no_map_is_made(desk: Desk) -> None:
    assert desk.claim()
    with open_desk(desk.folders.data) as second, pytest.raises(ReadOnlyData):
        second.mapping.make(Job())

"""The picture of the library is true to the store, and made of what is there already."""

import numpy as np
import pytest

from musicdesk.desk.snapshot import Snapshots
from musicdesk.encoders import registry
from musicdesk.errors import NothingYet
from musicdesk.evaluation.made_library import made_analyses, made_centres, made_files
from musicdesk.events import Events
from musicdesk.store.database import Database
from musicdesk.store.tracks import TrackStore
from musicdesk.store.vectors import VectorStore

SPEC = registry.plugin("handcrafted").spec
N = 1200


def handcrafted():
    return registry.plugin("handcrafted").spec


class Room:
    """Stores with files and vectors, and the snapshots over them."""

    def __init__(self, database):
        self.rng = np.random.default_rng(1)
        self.tracks, self.vectors, self.events = TrackStore(database), VectorStore(database), Events()
        self.files = made_files(0, N, self.rng)
        self.centres = made_centres(SPEC, self.rng)
        self.tracks.save(self.files, now=1.0)
        self.snapshots = Snapshots(tracks=self.tracks, vectors=self.vectors, spec=handcrafted, events=self.events)

    def analyse(self, start, stop):
        made = made_analyses(self.files[start:stop], SPEC, self.centres, self.rng)
        self.vectors.add(made, key=SPEC.key, vocabulary=SPEC.vocabulary, now=1.0)
        self.events.analysis_changed.emit(None)


@pytest.fixture
def room(tmp_path):
    with Database.open(tmp_path) as database:
        yield Room(database)


def fresh(room):
    """The picture that a program started now would make."""
    return Snapshots(
        tracks=TrackStore(room.tracks._db), vectors=VectorStore(room.tracks._db), spec=handcrafted,
        events=Events(),
    ).current()  # fmt: skip


def test_nothing_analysed_is_a_sentence(room):
    with pytest.raises(NothingYet, match="musicdesk analyze"):
        room.snapshots.current()


def test_while_nothing_changes_it_is_the_same_picture(room):
    room.analyse(0, 900)
    first = room.snapshots.current()
    assert room.snapshots.current() is first
    room.events.analysis_changed.emit(None)
    room.events.library_changed.emit(None)
    assert room.snapshots.current() is first


def test_a_batch_of_an_analysis_is_there_at_once_and_the_rest_is_taken_over(room):
    room.analyse(0, 900)
    before = room.snapshots.current()
    _ = before.crowd
    kept = before.space.rows.copy()
    room.analyse(900, 910)
    after, truth = room.snapshots.current(), fresh(room)
    assert after.shelf.hashes == truth.shelf.hashes
    assert after.shelf.track_ids == truth.shelf.track_ids
    assert after.shelf.present.all()
    assert np.array_equal(before.space.rows, kept)
    assert np.array_equal(after.space.rows[:900], kept)
    assert np.einsum("ij,ij->i", after.space.rows, truth.space.rows).min() > 0.999
    direction = truth.space.rows[5]
    agreement = np.corrcoef(after.column(direction)[0], truth.column(direction)[0])[0, 1]
    assert agreement > 0.999


def test_a_track_that_is_left_out_or_gone_is_not_present_and_the_columns_are_kept(room):
    room.analyse(0, 900)
    before = room.snapshots.current()
    column = before.column(before.space.rows[0])
    room.tracks.set_excluded([4], True)
    room.tracks.mark_missing([7])
    room.events.library_changed.emit(None)
    after = room.snapshots.current()
    assert after.space is before.space
    assert after.column(before.space.rows[0]) is column
    assert np.flatnonzero(~after.shelf.present).tolist() == [3, 6]
    assert after.tracks[room.files[3].audio_hash].excluded
    assert room.files[6].audio_hash not in after.tracks
    assert np.flatnonzero(~before.shelf.present).tolist() == []


def test_recordings_are_known_to_the_shelf_and_sounds_without_one_stand_alone(room):
    room.analyse(0, 20)
    assert room.snapshots.current().shelf.recordings is None
    known = {room.files[row].audio_hash: group for row, group in ((0, 7), (5, 7), (6, 8))}
    room.vectors.set_recordings(SPEC.key, known)
    room.events.analysis_changed.emit(None)
    groups = room.snapshots.current().shelf.recordings
    assert groups[[0, 5, 6]].tolist() == [7, 7, 8]
    assert len(set(groups.tolist())) == 19
    room.analyse(20, 30)
    assert len(set(room.snapshots.current().shelf.recordings.tolist())) == 29

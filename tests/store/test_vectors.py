import dataclasses
import os
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from store.samples import KEY, NEXT, WORDS, analysis, scanned, sound

from musicdesk.errors import BadRequest
from musicdesk.records import Analysis, EncoderKey, Skipped, State, Timings
from musicdesk.store.database import Database
from musicdesk.store.tracks import TrackStore
from musicdesk.store.vectors import VectorStore, fault

OTHER = EncoderKey("handcrafted", "1", "none")


@pytest.fixture
def tracks(database):
    return TrackStore(database)


@pytest.fixture
def vectors(database):
    return VectorStore(database)


def save(tracks, *numbers):
    tracks.save([scanned(f"/m/{number}.flac", number) for number in numbers], now=1.0)


def add(vectors, *analyses, key=KEY, vocabulary=WORDS):
    vectors.add(analyses, key=key, vocabulary=vocabulary, now=2.0)


def skip(vectors, number, state=State.FAILED, *, path=None, key=KEY):
    vectors.skip([Skipped(sound(number), path or f"/m/{number}.flac", state, "Half of it.")], key=key, now=2.0)


def pending(vectors, key=KEY):
    return [track.path for track in vectors.pending(key)]


# ------------------------------------------------------------------------------------------------------ add and load


def test_vectors_come_back_in_float16_precision_in_the_order_they_came(tracks, vectors):
    save(tracks, 1, 2, 3)
    given_ = [analysis(3), analysis(1), analysis(2)]
    add(vectors, *given_[:2])
    add(vectors, given_[2])
    loaded = vectors.load(KEY)
    assert loaded.hashes == (sound(3), sound(1), sound(2))
    assert loaded.vocabulary == WORDS
    assert loaded.matrix.dtype == loaded.tags.dtype == loaded.typical_s.dtype == np.float32
    np.testing.assert_allclose(loaded.matrix, [one.vector for one in given_], rtol=2**-10)
    np.testing.assert_array_equal(loaded.tags, [[0.5, 0.25]] * 3)
    np.testing.assert_array_equal(loaded.typical_s, [12.5] * 3)


def test_nothing_known_is_an_empty_matrix(tracks, vectors):
    loaded = vectors.load(KEY)
    assert (len(loaded), loaded.matrix.shape, loaded.tags.shape, loaded.vocabulary) == (0, (0, 0), (0, 0), ())
    save(tracks, 1)
    skip(vectors, 1)
    assert vectors.load(KEY).matrix.shape == (0, 0)
    add(vectors, analysis(9))
    assert vectors.load(KEY).matrix.shape == (0, 4)


def test_an_encoder_without_words_is_kept_too(tracks, vectors):
    save(tracks, 1)
    add(vectors, analysis(1, tags=()), key=OTHER, vocabulary=())
    assert vectors.load(OTHER).tags.shape == (1, 0)


def test_an_analysis_made_anew_replaces_the_old_one_in_its_place(tracks, vectors):
    save(tracks, 1, 2)
    add(vectors, analysis(1), analysis(2))
    new = dataclasses.replace(analysis(5), audio_hash=sound(1), typical_s=3.0, state=State.PARTIAL)
    add(vectors, new)
    loaded = vectors.load(KEY)
    assert loaded.hashes == (sound(1), sound(2))
    np.testing.assert_allclose(loaded.matrix[0], new.vector, rtol=2**-10)
    assert vectors.coverage(KEY).partial == 1


@given(st.lists(st.floats(-1, 1, width=32), min_size=3, max_size=8), st.floats(-30, 30))
@settings(max_examples=50, deadline=None)
def test_no_vector_loses_more_than_a_thousandth_of_its_size(values, exponent):
    vector = np.array([*values, values[0] + 1], dtype=np.float32)
    vector = (vector / max(np.abs(vector).max(), 1e-30) * 10**exponent).astype(np.float32)
    one = Analysis(sound(1), vector, np.zeros(0, dtype=np.float32), 1, 0.0)
    plain = Analysis(sound(2), np.arange(len(vector), dtype=np.float32), np.zeros(0, dtype=np.float32), 1, 0.0)
    if fault(one):
        return
    with tempfile.TemporaryDirectory() as folder, Database.open(Path(folder)) as database:
        save(TrackStore(database), 1, 2)
        add(VectorStore(database), one, plain, vocabulary=())
        loaded = VectorStore(database).load(KEY).matrix
    assert np.abs(loaded[0] - vector).max() <= np.abs(vector).max() / 1000
    np.testing.assert_array_equal(loaded[1], plain.vector)


def test_a_removed_folder_does_not_count_in_the_matrix_but_a_missing_file_does(tracks, vectors):
    tracks.add_source("/m")
    save(tracks, 1, 2)
    add(vectors, analysis(1), analysis(2))
    tracks.mark_missing([1])
    assert len(vectors.load(KEY)) == 2
    tracks.remove_source("/m")
    assert len(vectors.load(KEY)) == 0
    save(tracks, 1, 2)
    assert len(vectors.load(KEY)) == 2


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"vector": np.array([1, np.nan, 2, 3], dtype=np.float32)}, "finite"),
        ({"vector": np.array([1, np.inf, 2, 3], dtype=np.float32)}, "finite"),
        ({"vector": np.zeros(4, dtype=np.float32)}, "constant"),
        ({"vector": np.full(4, 7, dtype=np.float32)}, "constant"),
        ({"vector": np.zeros(0, dtype=np.float32)}, "finite"),
        ({"vector": np.eye(2, dtype=np.float32)}, "finite"),
        ({"vector": np.arange(5, dtype=np.float32)}, "have 4 numbers"),
        ({"tags": np.zeros(3, dtype=np.float32)}, "words"),
        ({"tags": np.array([np.nan, 0], dtype=np.float32)}, "words"),
        ({"state": State.SILENT}, "not silent"),
        ({"audio_hash": ""}, "identity"),
        ({"typical_s": float("nan")}, "excerpt"),
    ],
)
def test_what_is_no_vector_is_refused_with_its_whole_batch(tracks, vectors, change, says):
    save(tracks, 1, 2, 3)
    add(vectors, analysis(1))
    with pytest.raises(BadRequest, match=says):
        add(vectors, analysis(2), dataclasses.replace(analysis(3), **change))
    assert vectors.load(KEY).hashes == (sound(1),)


def test_other_words_under_the_same_key_are_refused(tracks, vectors):
    save(tracks, 1, 2)
    add(vectors, analysis(1))
    with pytest.raises(BadRequest, match="other words"):
        add(vectors, analysis(2), vocabulary=("drums", "bass"))


def test_what_was_measured_of_an_analysis_is_kept(tracks, vectors, database):
    add(vectors, analysis(1, reason="It ends\udce9 early.", timings=Timings(0.1, 0.2, 0.3)))
    (row,) = database.sql["vectors"].rows
    assert (row["windows"], row["reason"], row["analysed"]) == (3, "It ends\ufffd early.", 2.0)
    assert (row["decode_s"], row["features_s"], row["encode_s"]) == (0.1, 0.2, 0.3)
    assert len(row["vector"]) == 2 * 4


# ---------------------------------------------------------------------------------------------- pending and failures


def test_copies_of_a_file_are_one_sound_to_analyse(tracks, vectors):
    tracks.save([scanned("/m/a.flac", 1), scanned("/m/b.flac", 1), scanned("/m/c.flac", 2)], now=1.0)
    assert pending(vectors) == ["/m/a.flac", "/m/c.flac"]
    add(vectors, analysis(1))
    assert pending(vectors) == ["/m/c.flac"]
    coverage = vectors.coverage(KEY)
    assert (coverage.found, coverage.ok, coverage.pending) == (3, 2, 1)


def test_only_present_identified_files_that_are_not_excluded_are_pending(tracks, vectors):
    save(tracks, 1, 2, 3)
    tracks.save([scanned("/m/broken.flac", None, problem="It is empty.")], now=1.0)
    tracks.mark_missing([1])
    tracks.set_excluded([2], True)
    assert pending(vectors) == ["/m/3.flac"]
    tracks.set_excluded([2], False)
    assert pending(vectors) == ["/m/2.flac", "/m/3.flac"]


def test_a_copy_is_analysed_when_its_original_is_missing_or_excluded(tracks, vectors):
    tracks.save([scanned("/m/a.flac", 1), scanned("/m/b.flac", 1), scanned("/m/c.flac", 1)], now=1.0)
    tracks.mark_missing([1])
    tracks.set_excluded([2], True)
    assert pending(vectors) == ["/m/c.flac"]


def test_a_failure_is_not_tried_again_until_the_file_changes(tracks, vectors):
    save(tracks, 1)
    skip(vectors, 1)
    assert pending(vectors) == []
    tracks.save([scanned("/m/1.flac", 1, mtime=2)], now=3.0)
    assert pending(vectors) == ["/m/1.flac"]
    skip(vectors, 1)
    assert pending(vectors) == []


def test_a_failed_file_that_moved_is_still_failed(tracks, vectors):
    save(tracks, 1)
    skip(vectors, 1)
    tracks.save([scanned("/n/1.flac", 1)], now=2.0, gone=[1])
    assert pending(vectors) == []
    assert [failure.path for failure in vectors.coverage(KEY).failures] == ["/n/1.flac"]


def test_a_failure_counts_for_its_encoder_and_version_alone(tracks, vectors):
    save(tracks, 1)
    skip(vectors, 1)
    assert pending(vectors, NEXT) == pending(vectors, OTHER) == ["/m/1.flac"]


def test_failures_are_told_with_path_state_and_reason(tracks, vectors):
    name = os.fsdecode(b"/m/\xe9.flac")
    tracks.save([scanned(name, 1), scanned("/m/2.flac", None, problem="It is empty.")], now=1.0)
    tracks.save([scanned("/m/3.flac", None)], now=1.0)
    skip(vectors, 1, State.SILENT, path=name)
    failures = vectors.coverage(KEY).failures
    assert [(f.path, f.state, f.reason, f.encoder) for f in failures] == [
        ("/m/2.flac", "failed", "It is empty.", "musicnn"),
        ("/m/3.flac", "failed", "The file could not be identified. Scan its folder again.", "musicnn"),
        (name, "silent", "Half of it.", "musicnn"),
    ]


def test_cleared_failures_are_tried_again(tracks, vectors):
    save(tracks, 1, 2)
    skip(vectors, 1)
    skip(vectors, 2, key=OTHER)
    assert vectors.clear_failures(KEY) == 1
    assert vectors.clear_failures(NEXT) == 0
    assert pending(vectors) == ["/m/1.flac", "/m/2.flac"]
    assert pending(vectors, OTHER) == ["/m/1.flac"]


def test_an_analysis_that_worked_after_all_ends_the_failure(tracks, vectors, database):
    save(tracks, 1)
    skip(vectors, 1)
    add(vectors, analysis(1))
    assert vectors.coverage(KEY).ok == 1
    assert database.sql["failures"].count == 0


def test_a_failure_of_a_file_that_is_gone_from_the_library_is_dropped(vectors, database):
    skip(vectors, 1)
    vectors.skip([Skipped("", "/nowhere.flac", State.FAILED, "Gone.")], key=KEY, now=1.0)
    vectors.skip([], key=KEY, now=1.0)
    assert database.sql["failures"].count == 0


def test_a_failure_without_identity_is_found_by_its_path(tracks, vectors):
    save(tracks, 1)
    vectors.skip([Skipped("", "/m/1.flac", State.FAILED, "Gone.")], key=KEY, now=1.0)
    assert pending(vectors) == []


def test_only_silent_and_failed_can_be_skipped(tracks, vectors):
    save(tracks, 1)
    with pytest.raises(BadRequest, match="not ok"):
        skip(vectors, 1, State.OK)


# ---------------------------------------------------------------------------------------------------------- versions


def test_rows_of_an_older_version_are_stale_and_stay_until_their_successors_are_there(tracks, vectors):
    save(tracks, 1, 2, 3)
    add(vectors, analysis(1), analysis(2))
    coverage = vectors.coverage(NEXT)
    assert (coverage.pending, coverage.stale, coverage.ok) == (3, 2, 0)
    assert vectors.forget_stale(NEXT) == 0
    add(vectors, analysis(1), key=NEXT)
    assert vectors.coverage(NEXT).stale == 1
    assert vectors.forget_stale(NEXT) == 1
    assert vectors.load(KEY).hashes == (sound(2),)
    assert vectors.load(NEXT).hashes == (sound(1),)
    assert vectors.coverage(OTHER).stale == 0


# ---------------------------------------------------------------------------------------------------------- coverage


def test_an_empty_library_adds_up_to_nothing(vectors):
    coverage = vectors.coverage(KEY)
    assert (coverage.encoder, coverage.found, coverage.failures) == ("musicnn", 0, ())


class Library(RuleBasedStateMachine):
    """Whatever happens to a library, its coverage adds up, and says what a plain model of it says."""

    paths, sounds = st.integers(0, 5), st.integers(0, 3)
    keys = st.sampled_from([KEY, NEXT])

    def __init__(self):
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.database = Database.open(Path(self.folder.name))
        self.tracks, self.vectors = TrackStore(self.database), VectorStore(self.database)
        self.tracks.add_source("/m/odd")
        self.analysed, self.failed = {}, {}

    def teardown(self):
        self.database.close()
        self.folder.cleanup()

    def path(self, number):
        return f"/m/{'odd' if number % 2 else 'even'}/{number}.flac"

    @rule(path=paths, number=st.none() | sounds, mtime=st.integers(1, 3))
    def scan(self, path, number, mtime):
        self.tracks.save([scanned(self.path(path), number, mtime=mtime)], now=1.0)

    @rule(ids=st.sets(st.integers(1, 8)))
    def lose(self, ids):
        self.tracks.mark_missing(ids)

    @rule(ids=st.sets(st.integers(1, 8)), excluded=st.booleans())
    def exclude(self, ids, excluded):
        self.tracks.set_excluded(ids, excluded)

    @rule()
    def remove(self):
        self.tracks.remove_source("/m/odd")
        self.tracks.add_source("/m/odd")

    @rule(number=sounds, state=st.sampled_from([State.OK, State.PARTIAL]), key=keys)
    def analyse(self, number, state, key):
        add(self.vectors, analysis(number, state=state), key=key)
        self.analysed[key, sound(number)] = state
        self.failed.pop((key, sound(number)), None)

    @rule(key=keys, state=st.sampled_from([State.SILENT, State.FAILED]))
    def fail_all_that_is_pending(self, key, state):
        for track in self.vectors.pending(key):
            self.vectors.skip([Skipped(track.audio_hash, track.path, state, "No.")], key=key, now=1.0)
            self.failed[key, track.audio_hash] = (state, track.mtime_ns)

    @rule(key=keys)
    def clear(self, key):
        self.vectors.clear_failures(key)
        self.failed = {(other, number): why for (other, number), why in self.failed.items() if other != key}

    def state_of(self, track, key, present):
        if track.excluded:
            return State.EXCLUDED
        if not track.audio_hash:
            return State.FAILED
        if done := self.analysed.get((key, track.audio_hash)):
            return done
        state, mtime = self.failed.get((key, track.audio_hash), (State.PENDING, None))
        held = any(t.audio_hash == track.audio_hash and t.mtime_ns == mtime for t in present)
        return state if held else State.PENDING

    @invariant()
    def coverage_adds_up(self):
        present = self.tracks.all()
        for key in (KEY, NEXT):
            coverage = self.vectors.coverage(key)
            states = [self.state_of(track, key, present) for track in present]
            assert coverage.found == len(present)
            for state in State:
                assert getattr(coverage, state) == states.count(state)
            assert coverage.missing == len(self.tracks.all(include_missing=True)) - len(present)
            assert len(coverage.failures) == coverage.silent + coverage.failed
            assert coverage.stale <= coverage.pending
            wanted = {t.audio_hash for t, state in zip(present, states, strict=True) if state is State.PENDING}
            listed = [track.audio_hash for track in self.vectors.pending(key)]
            assert sorted(listed) == sorted(wanted)


Library.TestCase.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)
TestLibrary = Library.TestCase

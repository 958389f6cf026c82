import dataclasses
import os
import tempfile
import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from store.samples import KEY, NEXT, WORDS, analysis, scanned, sound

from musicdesk.errors import BadRequest
from musicdesk.records import Analysis, EncoderKey, Skipped, State, Timings
from musicdesk.store import loading
from musicdesk.store.database import Database
from musicdesk.store.ledger import COOLDOWN_S
from musicdesk.store.tracks import TrackStore
from musicdesk.store.vectors import VectorStore, fault

OTHER = EncoderKey("handcrafted", "1", "none")
NOW = 5.0


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


def skip(vectors, number, state=State.FAILED, *, path=None, key=KEY, passing=False, now=2.0):
    skipped = Skipped(sound(number), path or f"/m/{number}.flac", state, "Half of it.", passing)
    vectors.skip([skipped], key=key, now=now)


def pending(vectors, key=KEY, *, now=NOW, deeper=False):
    found = vectors.pending(key, now=now, deeper=deeper)
    assert deeper or vectors.count_pending(key, now=now) == len(found)
    return [sound.path for sound in found]


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
    assert vectors.coverage(KEY, now=NOW).partial == 1


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
        ({"speech": float("nan")}, "shares"),
        ({"silence": 1.5}, "shares"),
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
    coverage = vectors.coverage(KEY, now=NOW)
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
    assert [failure.path for failure in vectors.coverage(KEY, now=NOW).failures] == ["/n/1.flac"]


def test_a_failure_counts_for_its_encoder_and_version_alone(tracks, vectors):
    save(tracks, 1)
    skip(vectors, 1)
    assert pending(vectors, NEXT) == pending(vectors, OTHER) == ["/m/1.flac"]


def test_failures_are_told_with_path_state_and_reason(tracks, vectors):
    name = os.fsdecode(b"/m/\xe9.flac")
    tracks.save([scanned(name, 1), scanned("/m/2.flac", None, problem="It is empty.")], now=1.0)
    tracks.save([scanned("/m/3.flac", None)], now=1.0)
    skip(vectors, 1, State.SILENT, path=name)
    failures = vectors.coverage(KEY, now=NOW).failures
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
    assert vectors.coverage(KEY, now=NOW).ok == 1
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
    coverage = vectors.coverage(NEXT, now=NOW)
    assert (coverage.pending, coverage.stale, coverage.ok, coverage.todo) == (1, 2, 0, 3)
    assert pending(vectors, NEXT) == ["/m/1.flac", "/m/2.flac", "/m/3.flac"]
    assert vectors.forget_stale(NEXT) == 0
    add(vectors, analysis(1), key=NEXT)
    assert vectors.coverage(NEXT, now=NOW).stale == 1
    assert vectors.forget_stale(NEXT) == 1
    assert vectors.load(KEY).hashes == (sound(2),)
    assert vectors.load(NEXT).hashes == (sound(1),)
    assert vectors.coverage(OTHER, now=NOW).stale == 0


def test_what_failed_in_the_new_version_is_failed_and_not_stale(tracks, vectors):
    save(tracks, 1, 2)
    add(vectors, analysis(1), analysis(2))
    skip(vectors, 1, key=NEXT)
    coverage = vectors.coverage(NEXT, now=NOW)
    assert (coverage.failed, coverage.stale, coverage.pending) == (1, 1, 0)
    tracks.save([scanned("/m/1.flac", 1, mtime=2)], now=3.0)
    coverage = vectors.coverage(NEXT, now=NOW)
    assert (coverage.failed, coverage.stale, coverage.pending) == (0, 2, 0)


def test_with_the_stale_rows_goes_all_that_hung_on_them(tracks, vectors, database):
    save(tracks, 1, 2)
    add(vectors, analysis(1, fingerprint=b"1"), analysis(2, fingerprint=b"2"))
    vectors.set_recordings(KEY, {sound(1): 7, sound(2): 8})
    skip(vectors, 1, key=OTHER)
    add(vectors, analysis(1), key=NEXT)
    assert vectors.forget_stale(NEXT) == 1
    assert vectors.fingerprints(KEY, [sound(1), sound(2)]) == {sound(2): b"2"}
    assert vectors.recordings(KEY) == {sound(2): 8}
    assert database.sql["failures"].count == 1


# -------------------------------------------------------------------------------------------------- failures that pass


def test_a_failure_that_may_pass_is_tried_again_after_a_day_then_two_then_four_and_at_most_thirty(tracks, vectors):
    save(tracks, 1)
    now = 0.0
    for days in (1, 2, 4, 8, 16, 30, 30):
        skip(vectors, 1, passing=True, now=now)
        (failure,) = vectors.coverage(KEY, now=now).failures
        assert failure.retry_after == now + days * COOLDOWN_S
        assert pending(vectors, now=failure.retry_after - 1) == []
        assert pending(vectors, now=failure.retry_after) == ["/m/1.flac"]
        coverage = vectors.coverage(KEY, now=failure.retry_after)
        assert (coverage.pending, coverage.failed, coverage.failures) == (1, 0, ())
        now = failure.retry_after
    assert failure.attempts == 7


def test_a_sound_that_failed_for_good_after_a_crash_is_not_tried_again(tracks, vectors):
    save(tracks, 1)
    skip(vectors, 1, passing=True)
    skip(vectors, 1, State.SILENT)
    (failure,) = vectors.coverage(KEY, now=1e12).failures
    assert (failure.state, failure.attempts, failure.retry_after) == ("silent", 2, 0.0)
    assert pending(vectors, now=1e12) == []


def test_the_attempts_are_counted_anew_when_the_file_changed(tracks, vectors):
    save(tracks, 1)
    skip(vectors, 1, passing=True)
    skip(vectors, 1, passing=True)
    tracks.save([scanned("/m/1.flac", 1, mtime=2)], now=3.0)
    skip(vectors, 1, passing=True)
    assert vectors.coverage(KEY, now=NOW).failures[0].attempts == 1


def test_a_file_of_the_same_time_and_another_size_is_tried_again(tracks, vectors, database):
    save(tracks, 1)
    skip(vectors, 1)
    one = scanned("/m/1.flac", 1)
    tracks.save([dataclasses.replace(one, file=dataclasses.replace(one.file, size_bytes=1001))], now=3.0)
    assert pending(vectors) == ["/m/1.flac"]
    database.sql.execute("UPDATE failures SET size_bytes = -1")  # noted before sizes were
    assert pending(vectors) == []


def test_a_failure_tells_its_file_and_when_it_was_tried_and_will_be(tracks, vectors):
    save(tracks, 1)
    tracks.save([scanned("/m/2.flac", None, problem="It is empty.")], now=1.0)
    skip(vectors, 1, passing=True, now=3.0)
    one, two = vectors.coverage(KEY, now=NOW).failures
    assert (one.track_id, one.audio_hash, one.noted, one.attempts, one.retry_after) == (
        1, sound(1), 3.0, 1, 3.0 + COOLDOWN_S
    )  # fmt: skip
    assert (two.track_id, two.audio_hash, two.noted, two.attempts, two.retry_after) == (2, "", 0.0, 1, 0.0)


def test_chosen_failures_are_cleared_alone(tracks, vectors):
    save(tracks, *range(1, 6))
    for number in range(1, 6):
        skip(vectors, number)
    assert vectors.clear_failures(KEY, [sound(2), sound(4), sound(99)]) == 2
    assert pending(vectors) == ["/m/2.flac", "/m/4.flac"]
    assert vectors.clear_failures(KEY, []) == 0
    assert vectors.clear_failures(KEY) == 3


# ---------------------------------------------------------------------------------------------------- quick and deeper


def test_what_was_heard_quickly_is_usable_and_waits_for_the_deeper_listening(tracks, vectors):
    save(tracks, 1, 2, 3)
    add(vectors, analysis(1, quick=True), analysis(2, quick=True, state=State.PARTIAL), analysis(3))
    coverage = vectors.coverage(KEY, now=NOW)
    assert (coverage.ok, coverage.partial, coverage.quick, coverage.todo) == (2, 1, 2, 0)
    assert pending(vectors) == []
    assert pending(vectors, deeper=True) == ["/m/1.flac", "/m/2.flac"]
    add(vectors, analysis(2))
    assert vectors.coverage(KEY, now=NOW).quick == 1
    assert pending(vectors, deeper=True) == ["/m/1.flac"]


def test_a_quick_analysis_never_takes_the_place_of_a_full_one(tracks, vectors):
    save(tracks, 1)
    add(vectors, analysis(1, speech=0.5, fingerprint=b"full"))
    quick = dataclasses.replace(analysis(9, quick=True, speech=0.1, fingerprint=b"quick"), audio_hash=sound(1))
    add(vectors, quick)
    np.testing.assert_allclose(vectors.load(KEY).matrix[0], analysis(1).vector, rtol=2**-10)
    assert vectors.coverage(KEY, now=NOW).quick == 0
    assert vectors.traits(KEY).speech == [0.5]
    assert vectors.fingerprints(KEY, [sound(1)]) == {sound(1): b"full"}


def test_a_full_analysis_takes_the_quick_ones_place_and_keeps_the_order(tracks, vectors):
    save(tracks, 1, 2)
    add(vectors, analysis(1, quick=True), analysis(2, quick=True))
    before = vectors.load(KEY)
    add(vectors, dataclasses.replace(analysis(9), audio_hash=sound(1)))
    after = vectors.load(KEY)
    assert after.hashes == before.hashes == (sound(1), sound(2))
    np.testing.assert_allclose(after.matrix[0], analysis(9).vector, rtol=2**-10)
    np.testing.assert_allclose(before.matrix[0], analysis(1).vector, rtol=2**-10)


def test_a_deeper_listening_that_failed_is_not_tried_for_ever_and_the_quick_vector_stays(tracks, vectors):
    save(tracks, 1)
    add(vectors, analysis(1, quick=True))
    skip(vectors, 1, passing=True, now=0.0)
    assert vectors.coverage(KEY, now=NOW).ok == 1
    assert pending(vectors, deeper=True) == []
    assert pending(vectors, deeper=True, now=COOLDOWN_S) == ["/m/1.flac"]


def test_files_that_are_gone_or_excluded_are_not_heard_deeper(tracks, vectors):
    save(tracks, 1, 2, 3)
    add(vectors, *(analysis(number, quick=True) for number in (1, 2, 3)))
    tracks.mark_missing([1])
    tracks.set_excluded([2], True)
    assert pending(vectors, deeper=True) == ["/m/3.flac"]
    assert vectors.coverage(KEY, now=NOW).quick == 1


# ------------------------------------------------------------------------------------------- traits and recordings


def test_traits_come_in_the_order_of_the_vectors_with_the_length_of_the_longest_copy(tracks, vectors):
    tracks.add_source("/m")
    tracks.save([scanned("/m/1.flac", 1, length_s=100.0), scanned("/m/copy.flac", 1, length_s=101.0)], now=1.0)
    tracks.save([scanned("/m/2.flac", 2, length_s=3600.0)], now=1.0)
    assert [len(column) for column in dataclasses.astuple(vectors.traits(KEY))] == [0, 0, 0, 0]
    add(vectors, analysis(2, speech=0.875, silence=0.25), analysis(5), analysis(1, quick=True))
    traits = vectors.traits(KEY)
    assert traits.hashes == vectors.load(KEY).hashes == (sound(2), sound(1))
    np.testing.assert_array_equal([traits.speech, traits.silence], [[0.875, 0], [0.25, 0]])
    np.testing.assert_array_equal(traits.length_s, [3600, 101])
    assert traits.length_s.dtype == np.float32


def test_fingerprints_come_for_the_sounds_that_have_one(tracks, vectors):
    add(vectors, analysis(1, fingerprint=b"\0one"), analysis(2), analysis(3, fingerprint=b"three"))
    assert vectors.fingerprints(KEY, [sound(1), sound(2), sound(9)]) == {sound(1): b"\0one"}
    add(vectors, analysis(1, fingerprint=b"new"))
    assert vectors.fingerprints(KEY, [sound(3), sound(1)]) == {sound(1): b"new", sound(3): b"three"}
    assert vectors.fingerprints(OTHER, [sound(1)]) == {}
    assert len(vectors.fingerprints(KEY, [sound(1)] * 50_000)) == 1


def test_recordings_are_kept_by_encoder_and_added_to(vectors):
    vectors.set_recordings(KEY, {sound(1): 4})
    assert vectors.recordings(KEY) == {}  # nothing is known of the encoder
    add(vectors, analysis(1), analysis(2))
    vectors.set_recordings(KEY, {sound(1): 4, sound(2): 4})
    vectors.set_recordings(KEY, {sound(2): 5, sound(3): 4})
    assert vectors.recordings(KEY) == {sound(1): 4, sound(2): 5, sound(3): 4}
    assert vectors.recordings(NEXT) == {}


# -------------------------------------------------------------------------------------------------- loading again


def assert_as_read_anew(vectors, database, key=KEY):
    held, anew = vectors.load(key), VectorStore(database).load(key)
    assert (held.key, held.hashes, held.vocabulary) == (anew.key, anew.hashes, anew.vocabulary)
    for name in ("matrix", "tags", "typical_s"):
        np.testing.assert_array_equal(getattr(held, name), getattr(anew, name))
    return held


def test_nothing_is_read_again_while_nothing_changed(tracks, vectors):
    save(tracks, 1, 2)
    add(vectors, analysis(1), analysis(2))
    loaded = vectors.load(KEY)
    skip(vectors, 2, key=OTHER)
    assert vectors.load(KEY) is loaded


def test_of_three_encoders_that_are_asked_in_turn_none_is_read_again(tracks, vectors, database):
    save(tracks, 1, 2, 3)
    add(vectors, analysis(1), analysis(2))
    add(vectors, analysis(1, tags=()), key=OTHER, vocabulary=())
    first, other = vectors.load(KEY), vectors.load(OTHER)
    assert vectors.load(KEY) is first
    assert vectors.load(OTHER) is other
    add(vectors, analysis(3))
    assert vectors.load(OTHER) is other
    assert assert_as_read_anew(vectors, database).matrix.base is first.matrix.base
    vectors.load(NEXT)
    assert vectors.load(OTHER) is other
    for version in ("3", "4"):
        vectors.load(dataclasses.replace(NEXT, version=version))
    vectors.load(KEY)
    assert vectors.load(OTHER) is not other, "four are not kept"


def test_rows_that_are_added_lie_behind_the_others_in_the_same_memory(tracks, vectors, database):
    save(tracks, *range(1, 40))
    add(vectors, analysis(1))
    first = vectors.load(KEY)
    for number in range(2, 40):
        add(vectors, analysis(number))
        assert_as_read_anew(vectors, database)
    last = vectors.load(KEY)
    assert last.matrix.base is first.matrix.base
    assert (len(first), len(last)) == (1, 39)


def test_memory_that_became_too_small_is_moved(tracks, vectors, database, monkeypatch):
    monkeypatch.setattr(loading, "CHUNK", 4)
    save(tracks, *range(100))
    for start in range(0, 100, 10):
        add(vectors, *(analysis(number) for number in range(start, start + 10)))
        assert len(assert_as_read_anew(vectors, database)) == start + 10


def test_what_was_handed_out_cannot_be_changed_and_does_not_change(tracks, vectors):
    save(tracks, 1, 2)
    add(vectors, analysis(1, quick=True))
    before = vectors.load(KEY)
    copy = before.matrix.copy()
    add(vectors, dataclasses.replace(analysis(9), audio_hash=sound(1)), analysis(2))
    vectors.load(KEY)
    np.testing.assert_array_equal(before.matrix, copy)
    for array in (before.matrix, before.tags, before.typical_s):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


def test_sounds_that_leave_and_come_back_are_seen(tracks, vectors, database):
    tracks.add_source("/m")
    save(tracks, 1, 2, 3)
    add(vectors, analysis(1), analysis(2), analysis(3), analysis(7))
    assert len(assert_as_read_anew(vectors, database)) == 3
    tracks.save([scanned("/m/2.flac", 7, mtime=2)], now=3.0)  # another sound at its place
    assert assert_as_read_anew(vectors, database).hashes == (sound(1), sound(3), sound(7))
    tracks.remove_source("/m")
    assert len(assert_as_read_anew(vectors, database)) == 0
    save(tracks, 1, 2)
    assert len(assert_as_read_anew(vectors, database)) == 2


def test_rows_that_another_process_wrote_or_dropped_are_seen(tracks, vectors, database):
    save(tracks, 1, 2, 3)
    add(vectors, analysis(1), analysis(2))
    vectors.load(KEY)
    other = VectorStore(database)
    add(other, analysis(3))
    assert len(assert_as_read_anew(vectors, database)) == 3
    add(other, analysis(3), key=NEXT)
    assert other.forget_stale(NEXT) == 1
    assert assert_as_read_anew(vectors, database).hashes == (sound(1), sound(2))


def test_a_row_that_takes_the_number_of_one_that_was_dropped_is_seen(tracks, vectors, database):
    save(tracks, 1, 2, 3)
    add(vectors, analysis(2), key=NEXT)
    add(vectors, analysis(1), analysis(2))
    vectors.load(KEY)
    assert vectors.forget_stale(NEXT) == 1
    add(vectors, analysis(3))
    assert assert_as_read_anew(vectors, database).hashes == (sound(1), sound(3))


def test_a_sound_that_comes_back_while_another_is_dropped_is_seen(tracks, vectors, database):
    save(tracks, 1, 2)
    add(vectors, analysis(1), analysis(2), analysis(3))
    add(vectors, analysis(2), key=NEXT)
    assert vectors.load(KEY).hashes == (sound(1), sound(2))
    save(tracks, 3)
    vectors.forget_stale(NEXT)
    assert assert_as_read_anew(vectors, database).hashes == (sound(1), sound(3))


def test_several_threads_load_and_write_at_once(tracks, vectors, database):
    save(tracks, *range(200))
    errors = []

    def read():
        try:
            for _ in range(20):
                loaded = vectors.load(KEY)
                numbers = [int(name[2:], 16) for name in loaded.hashes]
                expected = np.array([analysis(number).vector for number in numbers]).reshape(-1, 4)
                np.testing.assert_allclose(loaded.matrix.reshape(-1, 4), expected, rtol=2**-10)
        except Exception as error:
            errors.append(error)

    readers = [threading.Thread(target=read) for _ in range(3)]
    [reader.start() for reader in readers]
    for number in range(200):
        add(vectors, analysis(number))
    [reader.join() for reader in readers]
    assert not errors
    assert len(assert_as_read_anew(vectors, database)) == 200


def test_rows_in_half_and_in_single_precision_lie_in_one_matrix(tracks, vectors):
    save(tracks, *range(1, 5))
    huge = dataclasses.replace(analysis(2), vector=analysis(2).vector * np.float32(1e9))
    add(vectors, analysis(1), huge, analysis(3))
    loaded = vectors.load(KEY)
    np.testing.assert_array_equal(loaded.matrix[1], huge.vector)
    np.testing.assert_allclose(loaded.matrix[2], analysis(3).vector, rtol=2**-10)


# ---------------------------------------------------------------------------------------------------------- coverage


def test_the_coverage_of_several_encoders_comes_in_their_order(tracks, vectors):
    save(tracks, 1, 2)
    add(vectors, analysis(1))
    skip(vectors, 2, key=NEXT)
    assert vectors.coverages([NEXT, KEY, OTHER], now=NOW) == tuple(
        vectors.coverage(key, now=NOW) for key in (NEXT, KEY, OTHER)
    )
    assert [coverage.found for coverage in vectors.coverages([NEXT, KEY, OTHER], now=NOW)] == [2, 2, 2]


def test_an_empty_library_adds_up_to_nothing(vectors):
    coverage = vectors.coverage(KEY, now=NOW)
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
        self.holding = {key: VectorStore(self.database) for key in (KEY, NEXT)}
        self.tracks.add_source("/m/odd")
        self.analysed, self.failed, self.now = {}, {}, 1.0

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

    @rule(number=sounds, state=st.sampled_from([State.OK, State.PARTIAL]), key=keys, quick=st.booleans(), seed=sounds)
    def analyse(self, number, state, key, quick, seed):
        one = dataclasses.replace(analysis(seed, state=state, quick=quick), audio_hash=sound(number))
        add(self.vectors, one, key=key)
        if not quick or self.analysed.get((key, sound(number)), (state, True))[1]:
            self.analysed[key, sound(number)] = (state, quick)
        self.failed.pop((key, sound(number)), None)

    @rule(key=keys, state=st.sampled_from([State.SILENT, State.FAILED]), passing=st.booleans(), deeper=st.booleans())
    def fail_all_that_is_pending(self, key, state, passing, deeper):
        times = {(track.path, track.audio_hash): track.mtime_ns for track in self.tracks.all()}
        for path, audio_hash in map(dataclasses.astuple, self.vectors.pending(key, now=self.now, deeper=deeper)):
            self.vectors.skip([Skipped(audio_hash, path, state, "No.", passing)], key=key, now=self.now)
            mtime, (_, before, attempts, _) = times[path, audio_hash], self.failed.get((key, audio_hash), (0, 0, 0, 0))
            attempts = attempts + 1 if mtime == before else 1
            until = self.now + COOLDOWN_S * min(2 ** (attempts - 1), 30) if passing else np.inf
            self.failed[key, audio_hash] = (state, mtime, attempts, until)

    @rule(days=st.integers(1, 3))
    def wait(self, days):
        self.now += days * COOLDOWN_S

    @rule(key=keys, numbers=st.none() | st.sets(sounds))
    def clear(self, key, numbers):
        hashes = None if numbers is None else [sound(number) for number in numbers]
        self.vectors.clear_failures(key, hashes)
        for other, name in list(self.failed):
            if other == key and (hashes is None or name in hashes):
                del self.failed[other, name]

    @rule(key=keys)
    def forget(self, key):
        self.vectors.forget_stale(key)
        other = NEXT if key is KEY else KEY
        for name in [name for one, name in self.analysed if one == key]:
            self.analysed.pop((other, name), None)
            self.failed.pop((other, name), None)

    def held_back(self, track, key, present):
        """The state of the failure that keeps a file from being tried, or None."""
        state, mtime, _, until = self.failed.get((key, track.audio_hash), (None, None, 0, 0))
        there = any(t.audio_hash == track.audio_hash and t.mtime_ns == mtime for t in present)
        return state if there and self.now < until else None

    def state_of(self, track, key, present):
        if track.excluded:
            return State.EXCLUDED
        if not track.audio_hash:
            return State.FAILED
        if done := self.analysed.get((key, track.audio_hash)):
            return done[0]
        older = any((other, track.audio_hash) in self.analysed for other in (KEY, NEXT))
        return self.held_back(track, key, present) or (State.STALE if older else State.PENDING)

    def quick(self, track, key):
        return not track.excluded and self.analysed.get((key, track.audio_hash), (None, False))[1]

    @invariant()
    def coverage_adds_up(self):
        present = list(self.tracks.all())
        for key in (KEY, NEXT):
            coverage = self.vectors.coverage(key, now=self.now)
            states = [self.state_of(track, key, present) for track in present]
            assert coverage.found == len(present)
            for state in State:
                assert getattr(coverage, state) == states.count(state)
            assert coverage.missing == len(self.tracks.all(include_missing=True)) - len(present)
            assert coverage.quick == sum(self.quick(track, key) for track in present)
            assert len(coverage.failures) == coverage.silent + coverage.failed
            todo = (State.PENDING, State.STALE)
            wanted = {t.audio_hash for t, state in zip(present, states, strict=True) if state in todo}
            assert sorted(one.audio_hash for one in self.vectors.pending(key, now=self.now)) == sorted(wanted)
            assert self.vectors.count_pending(key, now=self.now) == len(wanted)
            deeper = {t.audio_hash for t in present if self.quick(t, key) and not self.held_back(t, key, present)}
            listed = self.vectors.pending(key, now=self.now, deeper=True)
            assert sorted(one.audio_hash for one in listed) == sorted(deeper)

    @invariant()
    def what_is_held_is_what_is_there(self):
        for key in (KEY, NEXT):
            loaded = assert_as_read_anew(self.holding[key], self.database, key)
            assert self.vectors.traits(key).hashes == loaded.hashes


Library.TestCase.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)
TestLibrary = Library.TestCase

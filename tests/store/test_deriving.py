"""Rows of an encoder that stands on another's: made of what is there, with all that is known beside them."""

import numpy as np
import pytest
from store.samples import KEY, WORDS, analysis, scanned, sound

from musicdesk.errors import BadRequest
from musicdesk.jobs import Cancelled
from musicdesk.records import EncoderKey, Skipped, State
from musicdesk.store import deriving
from musicdesk.store.tracks import TrackStore
from musicdesk.store.vectors import VectorStore

MINE = EncoderKey("htcl-mine", "abc", "mel96")
NOW = 9.0


@pytest.fixture
def tracks(database):
    return TrackStore(database)


@pytest.fixture
def vectors(database, tracks):
    """Four sounds that are heard: one partly, one quickly."""
    store = VectorStore(database)
    tracks.save([scanned(f"/m/{number}.flac", number) for number in range(1, 8)], now=1.0)
    told = [
        analysis(1, fingerprint=b"one", speech=0.25, silence=0.5),
        analysis(2, state=State.PARTIAL, reason="The end is missing."),
        analysis(3, fingerprint=b"three"),
        analysis(4, quick=True),
    ]
    store.add(told, key=KEY, vocabulary=WORDS, now=2.0)
    return store


def head(rows):
    """Seven numbers made of four."""
    return np.tile(rows, 2)[:, :7] * 0.5 + np.arange(7, dtype=np.float32)


def derive(vectors, **more):
    return vectors.derive(KEY, MINE, head, **({"vocabulary": WORDS, "now": NOW} | more))


def test_full_rows_become_rows_of_the_other_and_keep_what_is_known(vectors):
    assert derive(vectors) == 3
    base, mine = vectors.load(KEY), vectors.load(MINE)
    assert mine.hashes == base.hashes[:3]
    np.testing.assert_allclose(mine.matrix, head(base.matrix[:3]), atol=5e-3)
    np.testing.assert_array_equal(mine.tags, base.tags[:3])
    np.testing.assert_array_equal(mine.typical_s, base.typical_s[:3])
    assert (mine.vocabulary, mine.key) == (WORDS, MINE)
    traits = vectors.traits(MINE)
    assert (traits.hashes[0], traits.speech[0], traits.silence[0]) == (sound(1), 0.25, 0.5)
    assert vectors.fingerprints(MINE, [sound(n) for n in (1, 2, 3)]) == {sound(1): b"one", sound(3): b"three"}
    coverage = vectors.coverage(MINE, now=NOW)
    assert (coverage.ok, coverage.partial, coverage.quick) == (2, 1, 0)


def test_the_rest_is_still_to_be_heard(vectors):
    derive(vectors)
    assert [one.path for one in vectors.pending(MINE, now=NOW)] == [f"/m/{number}.flac" for number in (4, 5, 6, 7)]


def test_a_second_time_only_what_is_new_is_made(vectors):
    derive(vectors)
    assert derive(vectors) == 0
    vectors.add([analysis(4), analysis(5)], key=KEY, vocabulary=WORDS, now=3.0)
    asked = []
    assert derive(vectors, each=lambda done, total: asked.append((done, total))) == 2
    assert asked == [(0, 2), (2, 2)]
    assert set(vectors.load(MINE).hashes) == {sound(number) for number in range(1, 6)}


def test_a_quick_row_of_the_other_gives_way(vectors):
    quick = analysis(1, dim=7, quick=True)
    vectors.add([quick], key=MINE, vocabulary=WORDS, now=3.0)
    assert derive(vectors) == 3
    mine = vectors.load(MINE)
    np.testing.assert_allclose(mine.matrix[0], head(vectors.load(KEY).matrix[:1])[0], atol=5e-3)
    assert vectors.coverage(MINE, now=NOW).quick == 0


def test_batches_are_told_of_and_what_is_done_stays_when_it_is_stopped(vectors, monkeypatch):
    monkeypatch.setattr(deriving, "BATCH", 2)

    def stop(done, total):
        if done:
            raise Cancelled

    with pytest.raises(Cancelled):
        derive(vectors, each=stop)
    assert len(vectors.load(MINE)) == 2
    asked = []
    assert derive(vectors, each=lambda *told: asked.append(told)) == 1
    assert asked == [(0, 1), (1, 1)]


def test_files_of_which_nothing_can_be_made_are_not_tried_again_and_those_that_may_pass_are(vectors):
    lost = Skipped(sound(5), "/m/5.flac", State.SILENT, "Silence.")
    passing = Skipped(sound(6), "/m/6.flac", State.FAILED, "It crashed.", passing=True)
    vectors.skip([lost, passing], key=KEY, now=2.0)
    vectors.set_recordings(KEY, {sound(1): 7, sound(3): 7})
    derive(vectors)
    coverage = vectors.coverage(MINE, now=NOW)
    assert (coverage.silent, coverage.failed) == (1, 0)
    assert [one.path for one in vectors.pending(MINE, now=NOW)] == [f"/m/{number}.flac" for number in (4, 6, 7)]
    assert vectors.recordings(MINE) == {sound(1): 7, sound(3): 7}


def test_rows_that_say_nothing_are_left_to_be_heard(vectors):
    def odd(rows):
        made = head(rows)
        made[0], made[1, 0] = 1.0, np.nan
        return made

    assert vectors.derive(KEY, MINE, odd, vocabulary=WORDS, now=NOW) == 1
    assert vectors.load(MINE).hashes == (sound(3),)


def test_sounds_that_left_the_library_are_not_made(vectors, tracks):
    tracks.add_source("/m")
    tracks.remove_source("/m")
    assert derive(vectors) == 0


def test_rows_kept_in_full_precision_are_read_and_written(vectors):
    small = analysis(5)
    small = type(small)(small.audio_hash, small.vector * np.float32(1e-6), small.tags, 3, 12.5)
    vectors.add([small], key=KEY, vocabulary=WORDS, now=3.0)
    assert vectors.derive(KEY, MINE, lambda rows: rows * np.float32(1e6), vocabulary=WORDS, now=NOW) == 4
    mine = vectors.load(MINE).matrix
    np.testing.assert_allclose(mine[-1], analysis(5).vector, atol=2e-3)
    np.testing.assert_allclose(mine[0], analysis(1).vector * 1e6, rtol=2e-3)


def test_other_words_are_refused_and_nothing_is_nothing(vectors):
    with pytest.raises(BadRequest, match="other words"):
        derive(vectors, vocabulary=("guitar",))
    assert vectors.derive(EncoderKey("nobody", "1", "x"), MINE, head, vocabulary=WORDS, now=NOW) == 0


def test_the_matrix_that_is_held_is_brought_up_to_date(vectors):
    before = vectors.load(MINE)
    assert len(before) == 0
    derive(vectors)
    first = vectors.load(MINE)
    vectors.add([analysis(5)], key=KEY, vocabulary=WORDS, now=3.0)
    derive(vectors)
    second = vectors.load(MINE)
    assert second.hashes == (*first.hashes, sound(5))
    np.testing.assert_array_equal(second.matrix[:3], first.matrix)

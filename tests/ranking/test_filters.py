import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_shelves import shelf, unit

from musicdesk.ranking.filters import allowed, caps, duplicates, repeats
from musicdesk.records import Feedback, Query

SPACE = unit(np.random.default_rng(0).standard_normal((8, 4)))
NOW = 1_000.0


def reasons(given, **query):
    lengths = [200, 200, 200, 200, 200, 10, 2000, 0]
    artists = [0, 0, 1, 1, 2, 2, 3, 3]
    return allowed(shelf(SPACE, artists=artists, length_s=lengths), Query(**query), given, now=NOW)


def test_every_reason_keeps_its_tracks_out_and_the_counts_add_up():
    feedback = {
        "h0": Feedback(liked=True), "h1": Feedback(disliked=True), "h2": Feedback(never=True),
        "h3": Feedback(not_now_until=NOW + 1), "h4": Feedback(not_now_until=NOW - 1, plays=3),
        "gone": Feedback(never=True),
    }  # fmt: skip
    may = reasons(feedback)
    assert np.flatnonzero(may.mask).tolist() == [4, 7]
    assert may.left_out == {
        "shorter than 30 s": 1, "longer than 15 min": 1, "never to be suggested": 1, "disliked": 1, "not now": 1,
        "liked already": 1,
    }  # fmt: skip
    assert may.considered + sum(may.left_out.values()) == 8


def test_liked_tracks_come_if_asked_for():
    feedback = {"h0": Feedback(liked=True), "h1": Feedback(stars=5)}
    assert not reasons(feedback).mask[:2].any()
    assert reasons(feedback, include_known=True).mask[:2].all()


def test_an_artist_and_the_seed_can_be_left_out():
    may = reasons({}, not_artists=("Artist 1", "nobody"), seed="h0")
    assert np.flatnonzero(~may.mask).tolist() == [0, 2, 3, 5, 6]
    assert may.why_not(2) == ("by Artist 1",)
    assert may.why_not(0) == ("the track to start from",)
    assert may.why_not(1) == ()


def test_a_track_with_two_reasons_counts_once_and_names_both():
    may = reasons({"h5": Feedback(never=True)})
    assert may.left_out == {"shorter than 30 s": 1, "longer than 15 min": 1}
    assert may.why_not(5) == ("shorter than 30 s", "never to be suggested")


def test_an_unknown_length_is_no_reason():
    assert reasons({}).mask[7]


def test_missing_files_are_left_out():
    from dataclasses import replace

    some = replace(shelf(SPACE), present=np.arange(8) > 2)
    assert allowed(some, Query(), {}, now=NOW).left_out == {"not on the disk, or excluded": 3}


codes = st.lists(st.tuples(st.integers(-1, 4), st.integers(-1, 6)), min_size=0, max_size=60)


@settings(max_examples=100, deadline=None)
@given(codes, st.integers(0, 4), st.integers(0, 3), st.integers(1, 80))
def test_caps_hold_and_nothing_is_dropped_without_a_full_place(pairs, per_artist, per_album, count):
    artists = np.array([a for a, _ in pairs], np.int32)
    albums = np.array([b for _, b in pairs], np.int32)
    kept, left_out = caps(
        np.arange(len(pairs)), artists, albums, per_artist=per_artist, per_album=per_album, count=count
    )
    rows = kept.tolist()
    assert rows == sorted(rows)
    for row in range(rows[-1] + 1 if len(rows) == count else len(pairs)):
        before = [other for other in rows if other < row]
        of_artist = sum(artists[row] >= 0 and artists[other] == artists[row] for other in before)
        of_album = sum(albums[row] >= 0 and albums[other] == albums[row] for other in before)
        full = bool(per_artist and of_artist >= per_artist) or bool(per_album and of_album >= per_album)
        assert full == (row not in rows)
    if len(rows) < count:
        assert len(rows) + sum(left_out.values()) == len(pairs)


def test_unknown_artists_are_never_capped():
    kept, _ = caps(np.arange(9), np.full(9, -1, np.int32), np.full(9, -1, np.int32), per_artist=1, per_album=1, count=9)
    assert len(kept) == 9


def test_only_the_same_vector_and_the_same_length_are_a_duplicate():
    near = unit([[1, 0], [1, 0.001], [1, 0.001], [1, 0.001], [0, 1], [1, 0]])
    lengths = np.array([200, 201.5, 203, 260, 200, 0], np.float32)
    assert duplicates(near @ near.T, lengths).tolist() == [False, True, False, False, False, False]


def test_a_group_number_that_came_before_is_a_repeat_and_no_number_is_alone():
    assert repeats(np.array([5, 2, 5, -1, -1, 2, 7])).tolist() == [False, False, True, False, False, True, False]
    assert repeats(np.zeros(0, np.int64)).tolist() == []

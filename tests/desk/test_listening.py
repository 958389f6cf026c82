"""Playing and saying, through the desk."""

import pytest

from musicdesk.desk.listening import PlayerState
from musicdesk.errors import BadRequest, NotFound
from musicdesk.jobs import Job
from musicdesk.records import Query, Track


def test_an_excerpt_starts_where_the_track_is_typical_and_within_it(desk):
    for track in desk.indexing.tracks():
        assert 0 <= desk.listening.excerpt_start(track) <= track.length_s


def test_play_pause_and_seek(desk):
    track = desk.indexing.find("Bells 1")
    desk.listening.play(track, start_s=5.0)
    player = desk.listening.player
    assert player.state is PlayerState.PLAYING
    assert player.path == track.path
    player.pause()
    assert player.position_s == pytest.approx(5.0, abs=0.5)
    player.seek(20.0)
    assert player.position_s == pytest.approx(20.0, abs=0.1)
    player.stop()
    assert player.state is PlayerState.STOPPED


def test_a_play_is_counted_and_a_preview_is_not(desk):
    track = desk.indexing.find("Bells 1")
    desk.listening.play(track, excerpt=True)
    assert track.audio_hash not in desk.listening.feedback()
    desk.listening.played(track, 12.0)
    desk.listening.played(track, 30.0)
    said = desk.listening.feedback()[track.audio_hash]
    assert said.plays == 2
    assert not said.positive


def test_the_volume_follows_the_settings(desk):
    desk.set(volume=0.25)
    desk.listening.play(desk.indexing.find("Bells 1"))
    assert desk.listening.player.volume == 0.25


def test_the_waveform_shows_where_it_is_loud(desk):
    outline = desk.listening.waveform(desk.indexing.find("Noise 1"), job=Job())
    assert outline.min() >= 0
    assert 0 < outline.max() <= 1


def test_ratings_count_like_likes_and_dislikes(desk):
    tracks = [desk.indexing.find(f"Bells {i}") for i in range(3)]
    desk.listening.rate(tracks, 5)
    assert desk.recommending.taste().liked == 3
    desk.listening.rate(tracks, None)
    assert desk.recommending.taste().liked == 0


@pytest.mark.parametrize("stars", [-1, 5.5])
def test_a_rating_out_of_range_is_refused(desk, stars):
    with pytest.raises(BadRequest):
        desk.listening.rate([desk.indexing.find("Bells 1")], stars)


def test_not_now_passes_after_a_day_and_never_does_not(desk):
    now, never = desk.indexing.find("Bells 1"), desk.indexing.find("Bells 2")
    desk.listening.not_now([now])
    desk.listening.never([never])
    listed = desk.recommending.rank(Query(limit=24)).hashes
    assert not {now.audio_hash, never.audio_hash} & set(listed)
    desk.recommending._now = lambda: 1_800_000_000.0 + 86_401
    listed = desk.recommending.rank(Query(limit=24)).hashes
    assert now.audio_hash in listed
    assert never.audio_hash not in listed


def test_nothing_can_be_said_of_a_file_that_was_never_read(desk):
    with pytest.raises(NotFound, match="could not be read"):
        desk.listening.like([Track(id=99, path="/x.mp3")])


def test_what_is_said_is_announced_with_what_it_is_about(desk):
    told: list[frozenset[str]] = []
    desk.events.feedback_changed.listen(told.append)
    track = desk.indexing.find("Bells 1")
    desk.listening.like([track])
    assert told == [frozenset({track.audio_hash})]

"""What the library feels like: the same until something changes, the listener's word counts, what lacks is heard."""

import pytest
from three_kinds import open_desk

from musicdesk.errors import BadRequest, NothingYet, ReadOnlyData
from musicdesk.jobs import Cancelled, Job
from musicdesk.records import MOODS, Axis, Mood, Track


def test_moods_stand_in_the_order_of_the_sounds_and_are_found_once(desk):
    moods = desk.moods.current()
    assert moods.hashes == desk.recommending._snapshots.current().vectors.hashes
    assert moods.axes.shape == (24, 6)
    assert moods.shares.sum(axis=1) == pytest.approx(1, abs=1e-4)
    assert 0 <= moods.axes.min() <= moods.axes.max() <= 1
    assert desk.moods.current() is moods
    desk.events.analysis_changed.emit(None)
    assert desk.moods.current() is moods, "nothing came"


def test_the_listeners_word_counts_and_can_be_taken_back(desk):
    heard = []
    desk.events.moods_changed.listen(lambda _: heard.append(1))
    track = desk.indexing.find("Noise 3")
    before = desk.moods.of(track)
    desk.moods.correct([track], mood=Mood.CALM)
    desk.moods.correct([track], axes={Axis.TEMPO: 0.07})
    told = desk.moods.of(track)
    assert told.mood is Mood.CALM
    assert told.corrected
    assert {axis: place for axis, place, _ in told.axes}[Axis.TEMPO] == pytest.approx(0.07, abs=0.06)
    assert max(told.shares, key=lambda pair: pair[1])[0] is Mood.CALM
    assert desk.moods.uncorrect([track]) == 1
    assert desk.moods.of(track) == before
    assert len(heard) == 3
    assert desk.moods.uncorrect([track]) == 0
    assert len(heard) == 3, "nothing changed"


def test_it_is_kept_by_the_sound(desk):
    desk.moods.correct([desk.indexing.find("Noise 3")], mood=Mood.SAD)
    desk.close()
    with open_desk(desk.folders.data) as again:
        assert again.moods.of(again.indexing.find("Noise 3")).mood is Mood.SAD


def test_what_cannot_be_said_is_told(desk):
    track = desk.indexing.find("Noise 3")
    with pytest.raises(BadRequest, match="which mood"):
        desk.moods.correct([track])
    with pytest.raises(BadRequest, match="0 to 100"):
        desk.moods.correct([track], axes={Axis.TEMPO: 1.2})
    with pytest.raises(NothingYet, match="could not be read"):
        desk.moods.correct([Track(1, "/nowhere.mp3")], mood=Mood.SAD)
    with pytest.raises(NothingYet, match="not analysed"):
        desk.moods.of(Track(1, "/nowhere.mp3", "1:ff"))


def test_where_another_process_writes_nothing_is_said(desk):
    desk.claim()
    with open_desk(desk.folders.data) as other:
        with pytest.raises(ReadOnlyData):
            other.moods.correct([other.indexing.find("Noise 3")], mood=Mood.SAD)
        assert other.moods.current().labels.shape == (24,)


def test_what_was_not_measured_is_heard_and_an_interruption_keeps_what_is_done(analysed, tmp_path):
    with open_desk(tmp_path / "data") as desk:
        desk.indexing.scan([str(analysed / "music" / "Bells")], job=Job())
        assert desk.moods.wanting == 8
        stopped = Job()
        stopped.cancel()
        with pytest.raises(Cancelled):
            desk.moods.hear(stopped)
        assert desk.moods.wanting == 8
        assert desk.moods.hear(Job()).ok == 8
        assert desk.moods.wanting == 0
        assert len(desk.moods.current()) == 8


def test_a_tag_of_ones_own_is_heard_as_a_word(desk):
    tracks = [desk.indexing.find(f"Bells {number}") for number in range(4)]
    before = desk.moods.of(tracks[0])
    desk.tagging.add(tracks, "sad")
    after = desk.moods.of(tracks[0])
    place = MOODS.index(Mood.SAD)
    assert after.shares[place][1] > before.shares[place][1]

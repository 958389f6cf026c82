"""The listener's word on the axes: replaced as a whole, one step for several sounds, and what is heard without it."""

import pytest

from musicdesk.errors import BadRequest, NothingYet
from musicdesk.records import Axis, Mood, MoodCorrection, Track


def places(told):
    return {axis: place for axis, place, _ in told.axes}


def test_what_is_said_replaces_all_that_was_said_before_in_one_step(desk):
    one, two = desk.indexing.find("Noise 3"), desk.indexing.find("Bells 2")
    desk.moods.correct([one], mood=Mood.CALM, axes={Axis.TEMPO: 0.1})
    desk.moods.correct([two], mood=Mood.SAD)
    heard = []
    desk.events.moods_changed.listen(lambda _: heard.append(1))
    said = MoodCorrection(one.audio_hash, axes=((Axis.BRIGHTNESS, 0.9),))
    assert desk.moods.say([said, MoodCorrection(two.audio_hash)], of=[one, two]) == 2
    assert dict(desk.moods.corrections()) == {one.audio_hash: said}
    assert len(heard) == 1
    assert places(desk.moods.of(one))[Axis.BRIGHTNESS] == pytest.approx(0.9)
    assert desk.recommending.history().undo == "mood of 2 tracks"


def test_what_is_said_is_taken_back_and_said_again_in_the_one_history_of_the_desk(desk):
    one, heard = desk.indexing.find("Noise 3"), []
    before, taste = desk.moods.of(one), desk.recommending.taste()
    desk.listening.like([desk.indexing.find("Bells 2")])
    liked = desk.recommending.taste()
    desk.moods.correct([one], mood=Mood.CALM)
    said = dict(desk.moods.corrections())
    assert desk.recommending.taste() == liked, "the taste stays as it is"
    desk.events.moods_changed.listen(lambda _: heard.append(1))
    assert desk.recommending.undo() == "mood of Noise 3"
    assert (desk.moods.of(one), len(heard)) == (before, 1)
    assert desk.recommending.taste() == liked
    desk.recommending.undo()
    assert desk.recommending.taste() == taste
    desk.recommending.redo()
    assert desk.recommending.redo() == "mood of Noise 3"
    assert (dict(desk.moods.corrections()), len(heard)) == (said, 2)
    desk.recommending.undo()
    desk.moods.correct([one], mood=Mood.SAD)
    assert not desk.recommending.history().redo, "another step is made now"


def test_what_is_said_already_is_no_step(desk):
    one = desk.indexing.find("Noise 3")
    assert desk.moods.correct([one], mood=Mood.CALM, axes={Axis.TEMPO: 0.12345678}) == 1
    before = desk.recommending.history()
    assert desk.moods.correct([one], mood=Mood.CALM) == 0
    assert desk.moods.uncorrect([desk.indexing.find("Bells 2")]) == 0
    assert desk.recommending.history() == before


def test_what_is_heard_is_told_without_the_listeners_word(desk):
    one, two = desk.indexing.find("Noise 3"), desk.indexing.find("Bells 2")
    before = [desk.moods.of(one), desk.moods.of(two)]
    assert list(desk.moods.heard([one, two])) == before
    desk.moods.correct([one], mood=Mood.SAD, axes={Axis.TEMPO: 0.02})
    assert list(desk.moods.heard([one, two])) == before
    assert desk.moods.of(one) != before[0]


def test_what_others_were_said_to_be_still_counts_in_what_is_heard(desk):
    one, two = desk.indexing.find("Noise 3"), desk.indexing.find("Bells 2")
    desk.moods.correct([two], mood=Mood.ENERGETIC)
    now = desk.moods.of(one)
    desk.moods.correct([one], axes={Axis.TEMPO: 0.5})
    assert places(desk.moods.heard([one])[0]) == pytest.approx(places(now))


def test_what_cannot_be_said_or_heard_is_told(desk):
    with pytest.raises(BadRequest, match="0 to 100"):
        desk.moods.say([MoodCorrection("1:ff", axes=((Axis.TEMPO, 1.2),))], of=[])
    assert not desk.moods.corrections()
    with pytest.raises(NothingYet, match="not analysed"):
        desk.moods.heard([Track(1, "/nowhere.mp3", "1:ff")])

"""The listener's own tags: given, taken away and renamed as steps that can be undone; found; made prototypes of."""

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from three_kinds import kind_of, open_desk

from musicdesk.desk.desk import Desk
from musicdesk.desk.names import LONGEST, plain_name, plain_tag
from musicdesk.errors import BadRequest, NotFound, NothingYet, ReadOnlyData
from musicdesk.jobs import Job
from musicdesk.records import Origin, OwnTag, Tagged, Track


def found(desk: Desk, *titles: str) -> list[Track]:
    return [desk.indexing.find(title) for title in titles]


def bells(desk: Desk, count: int) -> list[Track]:
    return found(desk, *(f"Bells {n}" for n in range(count)))


def tags_of(desk: Desk, title: str) -> tuple[str, ...]:
    return desk.tagging.all().of.get(desk.indexing.find(title).audio_hash, ())


def step(desk: Desk) -> str:
    return desk.recommending.history().undo


# ---------------------------------------------------------------------------------------------- one step each


def test_tags_are_given_counted_and_told_of_tracks(desk):
    three = bells(desk, 3)
    assert desk.tagging.add(three, "rainy sunday") == Tagged("rainy sunday", 3)
    assert desk.tagging.add(three[:1], "dawn") == Tagged("dawn", 1)
    assert desk.tagging.tags() == (OwnTag("rainy sunday", 3), OwnTag("dawn", 1))
    assert desk.tagging.of(three[:2]) == (OwnTag("rainy sunday", 2), OwnTag("dawn", 1))
    assert desk.tagging.of(found(desk, "Noise 1")) == ()
    assert [t.title for t in desk.tagging.bearing("RAINY sunday")] == ["Bells 0", "Bells 1", "Bells 2"]


def test_every_edit_is_one_step_that_undo_takes_back_and_redo_makes_again(desk):
    three = bells(desk, 3)
    states = [desk.tagging.all().of]
    labels = []
    for edit in (
        lambda: desk.tagging.add(three, "rain"),
        lambda: desk.tagging.add(three[:1], "dawn"),
        lambda: desk.tagging.remove(three[1:], "rain"),
        lambda: desk.tagging.rename("rain", "Dawn"),
        lambda: desk.tagging.drop("dawn"),
    ):
        edit()
        states.append(desk.tagging.all().of)
        labels.append(step(desk))
    assert labels == [
        "tag 3 tracks “rain”", "tag Bells 0 “dawn”", "take “rain” from 2 tracks", "join tag “rain” to “dawn”",
        "drop tag “dawn”",
    ]  # fmt: skip
    for before in reversed(states[:-1]):
        desk.recommending.undo()
        assert desk.tagging.all().of == before
    for after in states[1:]:
        desk.recommending.redo()
        assert desk.tagging.all().of == after


def test_likes_and_tags_are_undone_in_the_order_in_which_they_were_made(desk):
    (track,) = bells(desk, 1)
    desk.listening.like([track])
    liked = desk.recommending.taste()
    desk.tagging.add([track], "rain")
    assert desk.recommending.taste() == liked
    desk.recommending.undo()
    assert desk.tagging.all().of == {}
    assert desk.listening.feedback()[track.audio_hash].liked
    desk.recommending.undo()
    assert not desk.listening.feedback()


def test_what_changed_is_announced_undo_and_redo_too(desk):
    told, steps = [], []
    desk.events.tags_changed.listen(told.append)
    desk.events.taste_changed.listen(steps.append)
    two = bells(desk, 2)
    hashes = frozenset(track.audio_hash for track in two)
    desk.tagging.add(two, "rain")
    desk.recommending.undo()
    desk.recommending.redo()
    assert told == [hashes] * 3
    assert len(steps) == 3


def test_an_edit_that_changes_nothing_is_no_step(desk):
    two, other = bells(desk, 2), found(desk, "Noise 1")
    desk.tagging.add(two, "rain")
    told = []
    desk.events.tags_changed.listen(told.append)
    assert desk.tagging.add(two, "RAIN") == Tagged("rain", 0)
    assert desk.tagging.remove(other, "rain") == Tagged("rain", 0)
    assert desk.tagging.rename("Rain", "rain") == Tagged("rain", 0)
    assert desk.tagging.add([], "rain") == Tagged("rain", 0)
    assert told == []
    desk.recommending.undo()
    assert step(desk) == ""


def test_the_other_tags_of_a_track_stay_as_they_are(desk):
    three = bells(desk, 3)
    for tag in ("a", "b", "c"):
        desk.tagging.add(three, tag)
    desk.tagging.remove(three[:1], "B")
    assert tags_of(desk, "Bells 0") == ("a", "c")
    desk.tagging.rename("a", "z")
    assert tags_of(desk, "Bells 0") == ("c", "z")
    assert tags_of(desk, "Bells 1") == ("b", "c", "z")
    desk.tagging.drop("c")
    assert tags_of(desk, "Bells 1") == ("b", "z")


# ---------------------------------------------------------------------------------------------- what a tag is


def test_in_another_case_it_is_the_same_tag_and_stays_as_it_was_written_first(desk):
    desk.tagging.add(bells(desk, 1), "Evening")
    assert desk.tagging.add(found(desk, "Noise 1"), "eVENING") == Tagged("Evening", 1)
    assert desk.tagging.tags() == (OwnTag("Evening", 2),)


def test_a_rename_can_change_the_case_and_joins_what_is_there_already(desk):
    desk.tagging.add(bells(desk, 2), "evening")
    assert desk.tagging.rename("EVENING", "Evening") == Tagged("Evening", 2)
    desk.tagging.add(found(desk, "Bells 1", "Noise 1"), "night")
    assert desk.tagging.rename("night", "evening") == Tagged("Evening", 2, joined=True)
    assert desk.tagging.tags() == (OwnTag("Evening", 3),)
    assert tags_of(desk, "Bells 1") == ("Evening",)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("  late \t night\r\n", "late night"),
        ("a\x00b\x1bc\x7fd", "abcd"),
        ("one\nline", "one line"),
        ("\u202eturned\u2066", "turned"),
        ("\ufeffbom", "bom"),
        ("日本語", "日本語"),
        ("مساء", "مساء"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
        ("\u200d🎹 🎻\u200d", "🎹 🎻"),
        ("\U0001fae8", "\U0001fae8"),
        ("e\u0301", "é"),
        ("<b>bold</b>", "<b>bold</b>"),
        ("=1+1", "=1+1"),
        ("*_[x](y)", "*_[x](y)"),
        ("a, b; c", "a, b; c"),
        ("12", "12"),
        ("-v", "-v"),
        ("x" * LONGEST, "x" * LONGEST),
        ("w\ud800rk", "w�rk"),
    ],
)
def test_any_script_and_sign_is_a_tag_on_one_line(desk, written, kept):
    done = desk.tagging.add(bells(desk, 1), written)
    assert done == Tagged(kept, 1)
    assert tags_of(desk, "Bells 0") == (kept,)
    assert desk.tagging.tag(written) == kept


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("", "needs a letter"),
        (" \t\n", "needs a letter"),
        ("\x00\x01", "needs a letter"),
        ("\u200d\u200c", "needs a letter"),
        ("\U0010ffff\ufdd0", "needs a letter"),
        ("x" * (LONGEST + 1), "at most 80 letters; this one has 81"),
        ("x" * 10_000, "this one has 10,000"),
    ],
)
def test_what_is_no_tag_is_a_sentence_and_changes_nothing(desk, written, told):
    desk.tagging.add(bells(desk, 1), "rain")
    for ask in (
        lambda: desk.tagging.add(bells(desk, 1), written),
        lambda: desk.tagging.remove(bells(desk, 1), written),
        lambda: desk.tagging.rename("rain", written),
        lambda: desk.tagging.drop(written),
    ):
        with pytest.raises(BadRequest, match=told):
            ask()
    assert desk.tagging.tags() == (OwnTag("rain", 1),)


def test_names_keep_what_joins_their_signs_too():
    assert plain_name("👨\u200d👩 \u202ex") == "👨\u200d👩 x"
    assert plain_tag("x") == plain_name("x")


def test_a_tag_that_is_not_there_is_told_with_those_that_are(desk):
    asks = (
        lambda: desk.tagging.remove(bells(desk, 1), "dusk"),
        lambda: desk.tagging.rename("dusk", "x"),
        lambda: desk.tagging.drop("dusk"),
        lambda: desk.tagging.bearing("dusk"),
    )
    for ask in asks:
        with pytest.raises(NotFound, match="None is given yet"):
            ask()
    desk.tagging.add(bells(desk, 1), "dawn")
    for ask in asks:
        with pytest.raises(NotFound, match=r"You have no tag “dusk”\. There are: dawn"):
            ask()


# ---------------------------------------------------------------------------------------------- what bears it


def test_a_track_without_identity_is_left_out_and_alone_it_is_a_sentence(desk):
    unread = replace(bells(desk, 1)[0], id=99, audio_hash="")
    with pytest.raises(NotFound, match="could not be read, so nothing can be kept about it"):
        desk.tagging.add([unread], "rain")
    assert desk.tagging.add([unread, *bells(desk, 2)], "rain") == Tagged("rain", 2, left_out=1)
    with pytest.raises(NotFound, match="could not be read"):
        desk.tagging.remove([unread], "rain")


def test_a_tag_follows_the_sound_when_its_file_is_renamed_and_outlives_its_absence(analysed: Path, tmp_path: Path):
    shutil.copytree(analysed / "music", tmp_path / "music")
    with open_desk(tmp_path / "data") as desk:
        desk.indexing.scan([str(tmp_path / "music")], job=Job())
        tracks = found(desk, "Bells 1", "Bells 2")
        desk.tagging.add(tracks, "rain")
        os.rename(tracks[0].path, tmp_path / "music" / "moved.flac")
        os.unlink(tracks[1].path)
        desk.indexing.scan([], job=Job())
        (here,) = desk.tagging.bearing("rain")
        assert here.path == str(tmp_path / "music" / "moved.flac")
        assert desk.tagging.tags() == (OwnTag("rain", 1, away=1),)


def test_a_copy_of_a_sound_bears_its_tags_and_counts(analysed: Path, tmp_path: Path):
    (tmp_path / "music").mkdir()
    for name in ("a", "b"):
        shutil.copy(analysed / "music" / "Bells" / "1.flac", tmp_path / "music" / f"{name}.flac")
    with open_desk(tmp_path / "data") as desk:
        desk.indexing.scan([str(tmp_path / "music")], job=Job())
        first, second = desk.indexing.tracks()
        assert desk.tagging.add([first], "rain") == Tagged("rain", 1)
        assert desk.tagging.of([first, second]) == desk.tagging.tags() == (OwnTag("rain", 2),)
        assert desk.tagging.bearing("rain") == (first, second)
        assert desk.tagging.add([first, second], "dawn") == Tagged("dawn", 2)
        assert desk.tagging.drop("rain") == Tagged("rain", 2)


def test_where_another_process_writes_it_is_a_sentence_and_the_other_sees_every_tag(desk):
    assert desk.claim()
    with open_desk(desk.folders.data) as second:
        with pytest.raises(ReadOnlyData):
            second.tagging.add(bells(second, 1), "rain")
        assert second.tagging.tags() == ()
        desk.tagging.add(bells(desk, 1), "rain")
        assert second.tagging.tags() == (OwnTag("rain", 1),)


# ---------------------------------------------------------------------------------------------- what it is good for


def test_a_word_of_a_tag_finds_its_tracks_beside_words_of_the_title(desk):
    desk.tagging.add(found(desk, "Bells 1", "Noise 2"), "Regentag für Zwei")
    assert [t.title for t in desk.indexing.tracks("regentag")] == ["Bells 1", "Noise 2"]
    assert [t.title for t in desk.indexing.tracks("fur bells")] == ["Bells 1"]
    assert not desk.indexing.tracks("regentag clicks")
    bearing = desk.tagging.all().bearing
    tracks = desk.indexing.tracks()
    for text in ("regentag", "fur bells", "regentag clicks", "player 3", "", "Zwei zwei"):
        rows = tracks.matching(text, bearing=bearing)
        assert [tracks[row].id for row in rows] == [t.id for t in desk.indexing.tracks(text)]


def test_a_tag_does_not_change_which_track_a_reference_means(desk):
    desk.tagging.add(bells(desk, 8), "Noise 3")
    assert desk.indexing.find("noise 3").title == "Noise 3"
    desk.tagging.add(bells(desk, 8), "noise")
    assert len(desk.indexing.tracks("noise player 5")) > 1
    assert desk.indexing.find("noise player 5").title == "Noise 5"


def test_three_tracks_make_a_tag_a_word_for_prototypes_at_once(desk):
    desk.tagging.add(bells(desk, 2), "sunday")
    assert "sunday" not in {choice.word for choice in desk.shaping.tags()}
    with pytest.raises(NothingYet, match="“sunday” is your tag of 2 analysed tracks; a prototype needs 3"):
        desk.shaping.add(tag="sunday")
    desk.tagging.add(found(desk, "Bells 5"), "sunday")
    (choice,) = (choice for choice in desk.shaping.tags() if choice.kind == "own")
    assert (choice.word, choice.tracks) == ("sunday", 3)
    made = desk.shaping.add(tag="SunDay").prototypes[-1]
    assert (made.name, made.word, made.origin) == ("sunday", "sunday", Origin.TAG)
    heard = desk.recommending.by_hash(made.exemplars).values()
    assert {kind_of(track.title) for track in heard} == {"Bells"}
    desk.recommending.undo()
    desk.tagging.drop("sunday")
    assert not [choice for choice in desk.shaping.tags() if choice.kind == "own"]
    with pytest.raises(NotFound, match="Nothing is known of “sunday”"):
        desk.shaping.add(tag="sunday")


def test_a_prototype_of_a_tag_stays_when_the_tag_goes(desk):
    desk.tagging.add(bells(desk, 4), "sunday")
    made = desk.shaping.add(tag="sunday")
    desk.tagging.drop("sunday")
    assert desk.recommending.taste() == made


def test_a_word_that_the_encoder_hears_is_told_apart_from_the_listeners(desk):
    heard = next(choice.word for choice in desk.shaping.tags() if choice.kind == "sound")
    desk.tagging.add(found(desk, "Noise 1", "Noise 2", "Noise 3"), heard.upper())
    kinds = {choice.word: choice.kind for choice in desk.shaping.tags()}
    assert kinds[heard] == "sound"
    assert kinds[f"my {heard.upper()}"] == "own"
    mine = desk.shaping.add(tag=f"My {heard}").prototypes[-1]
    assert mine.word == f"my {heard.upper()}"
    tracks = desk.recommending.by_hash(mine.exemplars).values()
    assert {kind_of(track.title) for track in tracks} == {"Noise"}


def test_a_tag_of_tracks_that_are_not_analysed_says_so(desk):
    desk.tagging.add([replace(track, audio_hash=f"1:{track.id}") for track in bells(desk, 5)], "unheard")
    with pytest.raises(NothingYet, match="“unheard” is your tag of 0 analysed tracks"):
        desk.shaping.add(tag="unheard")

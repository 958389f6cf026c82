"""Every edit of the taste is one step that can be taken back, and does what it says over real files."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from three_kinds import kind_of

from musicdesk.desk.desk import Desk
from musicdesk.errors import BadRequest, NotFound, NothingYet, UserFacing
from musicdesk.records import PROTOTYPE_SLOTS, Origin, Query, Taste


def like(desk: Desk, *titles: str) -> None:
    desk.listening.like([desk.indexing.find(title) for title in titles])


def liking_two_kinds(desk: Desk) -> Taste:
    like(desk, *(f"{kind} {n}" for kind in ("Bells", "Clicks") for n in (0, 2, 4, 6)))
    return desk.recommending.taste()


def of_kind(desk: Desk, kind: str) -> str:
    """The id of the prototype whose first exemplar is of a kind."""
    taste = desk.recommending.taste()
    tracks = desk.recommending.by_hash({p.exemplars[0] for p in taste.prototypes})
    return next(p.id for p in taste.prototypes if p.support and kind_of(tracks[p.exemplars[0]].title) == kind)


def step(desk: Desk) -> str:
    return desk.recommending.history().undo


def kinds(desk: Desk, limit: int = 5) -> list[str]:
    return [kind_of(p.track.title) for p in desk.recommending.picks(desk.recommending.rank(Query(limit=limit)))]


# ---------------------------------------------------------------------------------------------- how many there are


def test_a_split_does_what_its_preview_shows_in_one_step(desk):
    before = liking_two_kinds(desk)
    whole = desk.recommending.prototype(of_kind(desk, "Bells"))
    pieces = desk.shaping.pieces(whole.id)
    assert desk.recommending.taste() == before
    after = desk.shaping.split(whole.id)
    assert [p for p in after.prototypes if p not in before.prototypes] == list(pieces)
    assert step(desk) == f"split {whole.name} into {len(pieces)}"
    assert all(
        kind_of(t.title) == "Bells" for t in desk.recommending.by_hash(h for p in pieces for h in p.tracks).values()
    )
    desk.recommending.undo()
    assert desk.recommending.taste() == before


def test_what_was_split_stays_split_when_more_is_liked(desk):
    liking_two_kinds(desk)
    after = desk.shaping.split(of_kind(desk, "Bells"))
    pieces = {p.id: p for p in after.prototypes if p.tracks}
    like(desk, "Bells 1", "Noise 0")
    there = {p.id: p for p in desk.recommending.taste().prototypes if p.tracks}
    assert there.keys() == pieces.keys()
    assert all(np.array_equal(there[i].vector, p.vector) for i, p in pieces.items())


def test_merged_prototypes_are_one_under_the_name_that_was_given(desk):
    liking_two_kinds(desk)
    one, two = (desk.recommending.prototype(of_kind(desk, kind)) for kind in ("Bells", "Clicks"))
    after = desk.shaping.merge([one.name, two.id], name="  ringing\tand ticking ")
    assert [p.name for p in after.prototypes if p.tracks] == ["ringing and ticking"]
    assert len([p for p in after.prototypes if p.id in (one.id, two.id)]) == 1
    assert step(desk) == f"merge {one.name} and {two.name}"


def test_one_cannot_be_merged_with_itself(desk):
    liking_two_kinds(desk)
    bells = of_kind(desk, "Bells")
    with pytest.raises(BadRequest, match="two prototypes"):
        desk.shaping.merge([bells, bells])
    with pytest.raises(NotFound):
        desk.shaping.merge([bells, "nothing of that name"])


def test_what_was_taken_out_stays_away_when_more_is_liked_and_comes_back_with_a_reset(desk):
    liking_two_kinds(desk)
    gone = desk.recommending.prototype(of_kind(desk, "Bells"))
    after = desk.shaping.remove(gone.id)
    assert gone.id not in {p.id for p in after.prototypes}
    like(desk, "Clicks 1", "Clicks 5")
    there = desk.recommending.taste()
    assert all(float(p.vector @ gone.vector) < 0.8 for p in there.prototypes)
    reset = desk.recommending.reset()
    assert any(float(p.vector @ gone.vector) > 0.8 for p in reset.prototypes)


def test_the_last_prototype_cannot_be_taken_out(desk):
    taste = desk.recommending.taste()
    for p in taste.prototypes[1:]:
        desk.shaping.remove(p.id)
    with pytest.raises(BadRequest, match="only prototype"):
        desk.shaping.remove(taste.prototypes[0].id)


# ---------------------------------------------------------------------------------------------- adding


def test_tracks_make_a_prototype_that_ranks_their_kind_first(desk):
    liking_two_kinds(desk)
    noise = [desk.indexing.find(f"Noise {n}") for n in (1, 2, 3)]
    after = desk.shaping.add(tracks=noise, name="rain")
    made = desk.recommending.prototype("rain")
    assert (made.origin, made.support, made.gain, made.found) == (Origin.TRACKS, 3, 1.0, 1.0)
    assert set(made.tracks) == {t.audio_hash for t in noise}
    for p in after.prototypes:
        if p.id != made.id:
            desk.recommending.set_gain(p.id, 0)
    desk.recommending.set_variety(0)
    assert kinds(desk) == ["Noise"] * 5


def test_an_artist_a_playlist_and_words_make_prototypes_called_after_them(desk):
    desk.curating.save("Sunday", [desk.indexing.find("Bells 3"), desk.indexing.find("Bells 5")])
    word = desk.shaping.tags()[0].word
    desk.shaping.add(artist=" noise PLAYER 2 ", name="")
    desk.shaping.add(playlist="sunday")
    desk.shaping.add(tag=word.upper())
    desk.shaping.add(text=word)
    names = [p.name for p in desk.recommending.taste().prototypes]
    assert {"noise PLAYER 2", "sunday", word} <= set(names)
    assert len({name.casefold() for name in names}) == len(names)
    made = [p for p in desk.recommending.taste().prototypes if p.word == word]
    assert {p.origin for p in made} >= {Origin.TAG, Origin.TEXT}
    assert all(p.faithful is not None for p in made)


def test_a_word_that_is_on_offer_is_taken_up_and_not_doubled(desk):
    taste = desk.recommending.taste()
    word = replace(taste.prototypes[0], origin=Origin.TAG, word="flute", name="flute", gain=0.0, found=0.0)
    desk.recommending.apply(taste.edited(word), label="as if it were on offer")
    after = desk.shaping.add(tag=" Flute ")
    assert len(after.prototypes) == len(taste.prototypes)
    assert after.prototype("flute") == replace(word, gain=1.0)
    assert desk.recommending.history().undo == "add flute"


@pytest.mark.parametrize(
    ("what", "error"),
    [
        ({}, BadRequest),
        ({"artist": "a", "tag": "b"}, BadRequest),
        ({"artist": "nobody"}, NotFound),
        ({"playlist": "no such list"}, NotFound),
        ({"tag": "zydeco polka"}, NotFound),
        ({"text": "qwertz"}, NotFound),
        ({"text": "   "}, BadRequest),
    ],
)
def test_what_cannot_be_added_is_told_in_a_sentence(desk, what, error):
    before = desk.recommending.taste()
    with pytest.raises(error) as told:
        desk.shaping.add(**what)
    assert str(told.value).endswith((".", "?"))
    assert desk.recommending.taste() == before


def test_nothing_is_made_of_a_track_that_is_not_analysed(desk):
    silent = replace(desk.indexing.find("Bells 0"), audio_hash="1:silent")
    with pytest.raises(NothingYet, match="Bells 0 is analysed, or it is silent"):
        desk.shaping.add(tracks=[silent])
    heard = desk.indexing.find("Bells 1")
    desk.shaping.add(tracks=[silent, heard], name="one of two")
    assert desk.recommending.prototype("one of two").tracks == (heard.audio_hash,)


def test_two_prototypes_cannot_have_one_name(desk):
    first, second = desk.recommending.taste().prototypes[:2]
    track = desk.indexing.find("Bells 0")
    for take in (
        lambda: desk.recommending.rename(first.id, second.name.upper()),
        lambda: desk.shaping.add(tracks=[track], name=second.name),
    ):
        with pytest.raises(BadRequest, match="already"):
            take()
    desk.recommending.rename(first.id, first.name.upper())
    assert desk.recommending.taste().prototypes[0].name == first.name.upper()


def test_a_prototype_added_by_hand_stays_when_the_taste_follows_new_likes(desk):
    desk.shaping.add(tracks=[desk.indexing.find("Noise 1")], name="rain")
    liking_two_kinds(desk)
    assert desk.recommending.prototype("rain").origin is Origin.TRACKS


# ---------------------------------------------------------------------------------------------- colours, exemplars


def test_a_colour_in_use_is_swapped(desk):
    first, second = desk.recommending.taste().prototypes[:2]
    after = desk.shaping.recolour(first.id, second.slot)
    assert [p.slot for p in after.prototypes[:2]] == [second.slot, first.slot]
    desk.shaping.recolour(first.id, PROTOTYPE_SLOTS - 1)
    assert desk.recommending.prototype(first.id).slot == PROTOTYPE_SLOTS - 1
    with pytest.raises(BadRequest, match="0 to 39"):
        desk.shaping.recolour(first.id, PROTOTYPE_SLOTS)
    desk.recommending.undo()
    desk.recommending.undo()
    assert desk.recommending.taste().prototypes[:2] == (first, second)


def test_a_pinned_track_comes_first_and_a_refused_one_is_replaced(desk):
    p = desk.recommending.taste().prototypes[0]
    other = next(t for t in desk.indexing.tracks() if t.audio_hash not in p.exemplars)
    desk.shaping.pin(p.id, other.audio_hash)
    assert desk.recommending.prototype(p.id).exemplars[0] == other.audio_hash
    assert step(desk) == f"pin “{other.title}” to {p.name}"
    desk.shaping.refuse(p.id, p.exemplars[0])
    shown = desk.recommending.prototype(p.id)
    assert p.exemplars[0] not in shown.exemplars
    assert len(shown.exemplars) == 3
    np.testing.assert_array_equal(shown.vector, p.vector)
    desk.shaping.refuse(p.id, p.exemplars[0], on=False)
    desk.shaping.pin(p.id, other.audio_hash, on=False)
    assert desk.recommending.prototype(p.id) == p


def test_pinning_what_was_refused_ends_the_refusal_and_the_other_way_round(desk):
    p = desk.recommending.taste().prototypes[0]
    desk.shaping.refuse(p.id, p.exemplars[0])
    desk.shaping.pin(p.id, p.exemplars[0])
    assert (desk.recommending.prototype(p.id).pinned, desk.recommending.prototype(p.id).refused) == (
        p.exemplars[:1],
        (),
    )
    desk.shaping.refuse(p.id, p.exemplars[0])
    assert (desk.recommending.prototype(p.id).pinned, desk.recommending.prototype(p.id).refused) == (
        (),
        p.exemplars[:1],
    )


def test_what_is_not_analysed_cannot_be_pinned(desk):
    with pytest.raises(NothingYet, match="not analysed"):
        desk.shaping.pin("1", "1:nowhere")


# ---------------------------------------------------------------------------------------------- what is believed


def test_what_the_model_believes_is_told_first_and_then_set_but_for_the_locked(desk):
    first, second, *_ = desk.recommending.taste().prototypes
    assert desk.shaping.believed() == ()
    desk.recommending.set_gain(first.id, -0.5)
    desk.recommending.set_gain(second.id, 1.7)
    desk.recommending.lock(second.id)
    (change,) = desk.shaping.believed()
    assert (change.id, change.name, change.slot) == (first.id, first.name, first.slot)
    assert (change.before, change.after) == (-0.5, first.found)
    after = desk.shaping.believe()
    assert [p.gain for p in after.prototypes[:2]] == [first.found, 1.7]
    assert desk.shaping.believed() == ()
    assert step(desk) == "gains as the model believes"
    desk.shaping.believe()
    desk.recommending.undo()
    assert desk.recommending.prototype(first.id).gain == -0.5


# ---------------------------------------------------------------------------------------------- undo of everything


def edits(desk: Desk, kind: int, which: int, number: float) -> None:
    """One edit of any kind; what cannot be done is a sentence and no step."""
    taste = desk.recommending.taste()
    p = taste.prototypes[which % len(taste.prototypes)]
    other = taste.prototypes[(which + 1) % len(taste.prototypes)]
    track = desk.indexing.tracks()[which % 24]
    some = [
        lambda: desk.recommending.set_gain(p.id, round(3 * number - 1, 2)),
        lambda: desk.recommending.mute(p.id, not p.muted),
        lambda: desk.recommending.solo(p.id, not p.solo),
        lambda: desk.recommending.lock(p.id, not p.locked),
        lambda: desk.recommending.rename(p.id, f"name {which}"),
        lambda: desk.recommending.set_variety(number),
        lambda: desk.shaping.split(p.id),
        lambda: desk.shaping.merge([p.id, other.id]),
        lambda: desk.shaping.remove(p.id),
        lambda: desk.shaping.add(tracks=[track]),
        lambda: desk.shaping.recolour(p.id, which % PROTOTYPE_SLOTS),
        lambda: desk.shaping.pin(p.id, track.audio_hash),
        lambda: desk.shaping.refuse(p.id, track.audio_hash),
        lambda: desk.shaping.believe(),
        lambda: desk.tastes.apply_preset(("all equal", "only the first", "the rest")[which % 3]),
        lambda: desk.tastes.use("kept"),
        lambda: desk.listening.like([track]),
        lambda: desk.recommending.reset(),
    ]
    some[kind % len(some)]()


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 17), st.integers(0, 80), st.floats(0, 1)), min_size=4, max_size=14))
def test_undo_of_everything_is_the_first_taste_and_redo_of_everything_the_last(desk, steps):
    while desk.recommending.undo():
        pass
    if not desk.tastes.names():
        desk.tastes.save("kept")
    first = desk.recommending.taste()
    between = [first]
    for each in steps:
        try:
            edits(desk, *each)
        except UserFacing:
            assert desk.recommending.taste() == between[-1]
            continue
        if (now := desk.recommending.taste()) != between[-1]:
            between.append(now)
            assert len({p.slot for p in now.prototypes}) == len({p.id for p in now.prototypes}) == len(now.prototypes)
    last = desk.recommending.taste()
    while desk.recommending.undo():
        assert desk.recommending.taste() in between
    assert desk.recommending.taste() == first
    while desk.recommending.redo():
        pass
    assert desk.recommending.taste() == last

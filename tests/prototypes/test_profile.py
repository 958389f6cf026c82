from dataclasses import replace

import numpy as np
import pytest
from made_up_libraries import KEY, grouped

from musicdesk.errors import NothingYet
from musicdesk.prototypes import bank
from musicdesk.prototypes.profile import NEGATIVE_GAIN, offered_anew, taste_from
from musicdesk.prototypes.providers import Ground, from_tags
from musicdesk.records import PROTOTYPE_SLOTS, EncoderKey, Origin, Prototype, Taste, Vectors


@pytest.fixture(scope="module")
def library():
    return grouped((60, 60, 60))


def made(library, positives=(), negatives=(), *, previous=None, seed=0):
    rng = np.random.default_rng(seed)
    return taste_from(library.vectors, library.space, positives, negatives, previous=previous, rng=rng)


def group_of(library, prototype):
    return int(library.group[np.argmax(library.space @ prototype.vector)])


def test_without_feedback_the_library_itself_is_shown(library):
    taste = made(library)
    assert taste.liked == 0
    assert len(taste.prototypes) == bank.LIBRARY_COUNT
    assert {group_of(library, p) for p in taste.prototypes} == {0, 1, 2}
    assert taste.key == KEY


def test_likes_of_two_kinds_give_a_prototype_for_each(library):
    taste = made(library, library.hashes(0, 3) + library.hashes(1, 2))
    assert taste.liked == 5
    assert sorted(p.name for p in taste.prototypes) == ["loud guitar · metal", "quiet piano · classical"]
    assert sorted(p.support for p in taste.prototypes) == [2, 3]
    assert all(p.gain == 1 for p in taste.prototypes)


def test_every_prototype_has_three_exemplars_of_the_library_its_own_first(library):
    likes = library.hashes(0, 3) + library.hashes(1, 2)
    for prototype in made(library, likes).prototypes:
        assert len(set(prototype.exemplars)) == 3
        assert set(prototype.exemplars) <= set(library.vectors.hashes)
        assert prototype.exemplars[0] in likes


def test_dislikes_give_one_more_prototype_that_counts_against(library):
    taste = made(library, library.hashes(0, 3), library.hashes(1, 2))
    negative = taste.prototypes[-1]
    assert negative.name == "not: loud guitar · metal"
    assert negative.gain == NEGATIVE_GAIN
    assert sum(p.gain < 0 for p in taste.prototypes) == 1
    assert made(library, (), library.hashes(1, 2)).prototypes[-1].gain == NEGATIVE_GAIN
    assert not any(p.gain < 0 for p in made(library, library.hashes(0, 3), previous=taste).prototypes)


def test_what_a_person_set_survives_the_next_like(library):
    before = made(library, library.hashes(0, 3) + library.hashes(1, 3))
    turned = before
    for prototype in before.prototypes:
        turned = turned.edited(replace(prototype, gain=0.3 + prototype.slot, muted=prototype.slot == 0))
    after = made(library, library.hashes(0, 4) + library.hashes(1, 3), previous=turned)
    assert [(p.id, p.slot, p.gain, p.muted, p.name) for p in after.prototypes][:2] == [
        (p.id, p.slot, p.gain, p.muted, p.name) for p in turned.prototypes
    ][:2]


def test_a_given_name_survives_a_composed_one_follows_the_sound(library):
    before = made(library, library.hashes(0, 1))
    only = before.prototypes[0]
    halfway = library.hashes(0, 1) + library.hashes(2, 2)
    renamed = made(library, halfway, previous=before.edited(replace(only, name="Sunday morning")))
    assert "Sunday morning" in {p.name for p in renamed.prototypes if p.id == only.id}


def test_locked_prototypes_stay_exactly_and_are_not_doubled(library):
    before = made(library, library.hashes(0, 3))
    kept = replace(before.prototypes[0], locked=True, gain=-0.25, name="mine")
    after = made(library, library.hashes(1, 3), previous=before.edited(kept))
    assert kept in after.prototypes
    assert {group_of(library, p) for p in after.prototypes if p.id != kept.id} == {1}
    again = made(library, library.hashes(0, 4), previous=before.edited(kept))
    assert [p for p in again.prototypes if p.id != kept.id and not p.locked] == []


def test_slots_and_ids_and_names_are_never_shared(library):
    taste: Taste | None = None
    for step in range(1, 25, 4):
        likes = library.hashes(0, step) + library.hashes(1, step // 2) + library.hashes(2, step // 3)
        taste = made(library, likes, library.hashes(2, 2, start=40), previous=taste, seed=step)
        for values in zip(*((p.id, p.slot, p.name) for p in taste.prototypes), strict=True):
            assert len(set(values)) == len(values)
        assert {p.slot for p in taste.prototypes} <= set(range(PROTOTYPE_SLOTS))
        assert sum(p.gain > 0 for p in taste.prototypes) <= bank.MOST


def test_the_same_seed_never_gives_an_id_twice(library):
    before = made(library)
    for number in range(6):
        kept = replace(before.prototypes[number], locked=True)
        after = made(library, library.hashes(1, 9), previous=replace(before, prototypes=(kept,)))
        assert len({p.id for p in after.prototypes}) == len(after.prototypes)
        again = made(library, previous=replace(before, prototypes=(kept,)))
        assert len({p.id for p in again.prototypes}) == len(again.prototypes)


def test_forty_locked_prototypes_leave_no_room(library):
    first = made(library).prototypes[0]
    locked = tuple(replace(first, id=f"p{n}", name=f"part {n}", slot=n, locked=True) for n in range(PROTOTYPE_SLOTS))
    full = replace(made(library), prototypes=locked)
    after = made(library, library.hashes(0, 9), library.hashes(1, 2), previous=full)
    assert after.prototypes == full.prototypes


def test_another_encoder_takes_the_taste_over_by_its_exemplars(library):
    before = made(library, library.hashes(0, 3) + library.hashes(1, 3))
    turned = before.edited(replace(before.prototypes[0], gain=1.7, locked=True, name="mine"))
    rotation = np.linalg.qr(np.random.default_rng(1).standard_normal((24, 16)))[0].astype(np.float32)
    space = library.space @ rotation.T
    other = EncoderKey("other", "1", "none")
    vectors = Vectors(
        other, library.vectors.hashes, space, library.vectors.tags, library.vectors.vocabulary, space[:, 0]
    )
    rng = np.random.default_rng(0)
    after = taste_from(vectors, space, library.hashes(0, 3) + library.hashes(1, 3), (), previous=turned, rng=rng)
    kept = after.prototype("mine")
    assert kept is not None
    assert (kept.gain, kept.id, kept.vector.shape) == (1.7, turned.prototypes[0].id, (24,))
    assert library.group[np.argmax(space @ kept.vector)] == group_of(library, turned.prototypes[0])


def test_the_same_feedback_gives_the_same_taste_in_any_order(library):
    likes = library.hashes(0, 6) + library.hashes(1, 4)
    assert made(library, likes) == made(library, likes[::-1])


def test_the_rest_of_the_library_sleeps_beside_the_likes_and_wakes_when_liked(library):
    def with_others(likes, previous=None):
        rng = np.random.default_rng(0)
        return taste_from(library.vectors, library.space, likes, (), previous=previous, rng=rng, others=2)

    first = with_others(library.hashes(0, 1))
    asleep = [p for p in first.prototypes if p.support == 0]
    assert [p.gain for p in asleep] == [0, 0]
    assert sorted(group_of(library, p) for p in first.prototypes) == [0, 1, 2]
    second = with_others(library.hashes(0, 1) + library.hashes(1, 3), previous=first)
    awake = {group_of(library, p) for p in second.prototypes if p.support}
    assert awake == {0, 1}
    assert all(p.gain == 1 for p in second.prototypes if p.support)
    turned = first.edited(replace(asleep[0], gain=0.6))
    kept = with_others(library.hashes(0, 2), previous=turned).prototype(asleep[0].id)
    assert kept is not None
    assert kept.gain == 0.6


def test_variety_and_unknown_sounds(library):
    previous = replace(made(library), variety=0.7)
    taste = made(library, [*library.hashes(0, 2), "1:gone"], previous=previous)
    assert (taste.variety, taste.liked) == (0.7, 2)


def test_a_name_can_be_given_by_the_caller(library):
    rng = np.random.default_rng(0)
    names = iter("abcdefgh")
    taste = taste_from(library.vectors, library.space, (), (), rng=rng, describe=lambda rows, taken: next(names))
    assert {p.name for p in taste.prototypes} == set("abcdef")


def test_nothing_analysed_is_said_in_a_sentence():
    empty = np.zeros((0, 4), np.float32)
    vectors = Vectors(KEY, (), empty, empty, (), empty[:, 0])
    with pytest.raises(NothingYet, match="analyze"):
        taste_from(vectors, empty, (), (), rng=np.random.default_rng(0))


# ------------------------------------------------------------------------------------------------ words on offer


@pytest.fixture(scope="module")
def words(library):
    return from_tags(Ground(library.vectors, library.space))


def offered_to(library, words, likes=(), *, dislikes=(), previous=None, total=12):
    rng = np.random.default_rng(0)
    return taste_from(
        library.vectors, library.space, likes, dislikes, previous=previous, rng=rng, others=2, offers=words, total=total
    )


def asleep(taste):
    return [p for p in taste.prototypes if p.origin is Origin.TAG]


def test_words_fill_the_taste_up_and_sleep_behind_what_is_liked(library, words):
    taste = offered_to(library, words, library.hashes(0, 9))
    assert taste.prototypes[0].origin is Origin.LIKES
    assert {p.gain for p in taste.prototypes if p.origin is Origin.LIKES} == {1.0}
    assert asleep(taste)
    assert all((p.gain, p.found, p.word) == (0.0, 0.0, p.name) for p in asleep(taste))
    assert {group_of(library, p) for p in asleep(taste)} >= {1, 2}
    assert len({p.slot for p in taste.prototypes}) == len(taste.prototypes)
    assert len(offered_to(library, words, library.hashes(0, 9), total=2).prototypes) == 2
    shown = offered_to(library, words)
    assert [p.origin for p in shown.prototypes[: bank.LIBRARY_COUNT]] == [Origin.LIBRARY] * bank.LIBRARY_COUNT


def test_a_word_stays_what_it_was_while_likes_come(library, words):
    first = offered_to(library, words, library.hashes(0, 3))
    second = offered_to(library, words, library.hashes(0, 4), previous=first)
    places = {p.id: (n, p.slot, p.name, p.word) for n, p in enumerate(first.prototypes)}
    kept = [p for p in second.prototypes if p.id in places]
    assert [places[p.id] for p in kept] == [(n, p.slot, p.name, p.word) for n, p in enumerate(second.prototypes)]
    assert len(kept) == len(first.prototypes)


def test_a_word_that_a_person_turned_up_stays_with_its_gain_and_its_place(library, words):
    first = offered_to(library, words, library.hashes(0, 3))
    metal = next(p for p in asleep(first) if group_of(library, p) == 1)
    turned = first.edited(replace(metal, gain=-0.7, muted=True))
    after = offered_to(library, words, library.hashes(0, 9) + library.hashes(1, 9), previous=turned).prototype(metal.id)
    assert after is not None
    assert (after.gain, after.muted, after.slot, after.word) == (-0.7, True, metal.slot, metal.word)
    without_offers = offered_to(library, (), library.hashes(0, 9), previous=turned)
    assert without_offers.prototype(metal.id) is not None


def test_what_a_person_made_always_stays_as_it_is(library, words):
    first = offered_to(library, words, library.hashes(0, 3))
    vector = library.space[library.group == 1][0]
    hand = [
        Prototype("h1", "rainy", 30, vector, gain=0.4, origin=Origin.TRACKS, tracks=tuple(library.hashes(1, 2))),
        Prototype("h2", "like rain", 31, vector, gain=1.5, origin=Origin.TEXT, word="rain"),
        Prototype("h3", "metal, mine", 32, vector, origin=Origin.TAG, word="metal", tracks=tuple(library.hashes(1, 3))),
    ]
    previous = replace(first, prototypes=(*hand, *first.prototypes))
    for likes in ((), library.hashes(2, 9), library.hashes(0, 3) + library.hashes(1, 9)):
        after = offered_to(library, words, likes, previous=previous)
        assert all(p in after.prototypes for p in hand)
        assert [p.id for p in after.prototypes[:3]] == ["h1", "h2", "h3"]
    assert sum(p.word == "metal" for p in after.prototypes) == 1


def test_likes_that_a_hand_made_prototype_stands_for_make_no_second_one(library, words):
    vector = library.space[library.group == 1].mean(axis=0)
    mine = Prototype("h", "mine", 30, vector / np.linalg.norm(vector), origin=Origin.TRACKS, tracks=("x",))
    previous = Taste(KEY, (mine,))
    after = offered_to(library, words, library.hashes(1, 9), previous=previous)
    assert not [p for p in after.prototypes if p.origin is Origin.LIKES]
    turned_off = replace(previous, prototypes=(replace(mine, gain=0.0),))
    assert [p for p in offered_to(library, words, library.hashes(1, 9), previous=turned_off).prototypes if p.gain]


def test_nothing_like_what_was_taken_out_comes_back_and_no_other_word_takes_its_place(library, words):
    first = offered_to(library, words, library.hashes(0, 9))
    gone = next(p for p in asleep(first))
    taken = replace(first, prototypes=tuple(p for p in first.prototypes if p.id != gone.id), removed=(gone,))
    after = offered_to(library, words, library.hashes(0, 9), previous=taken, total=len(first.prototypes))
    assert gone.word not in {p.word for p in after.prototypes}
    assert len(after.prototypes) <= len(taken.prototypes)
    assert after.removed == (gone,)
    liked = next(p for p in first.prototypes if p.origin is Origin.LIKES)
    without = replace(first, prototypes=asleep(first), removed=(liked,))
    again = offered_to(library, words, library.hashes(0, 10), previous=without)
    assert not [p for p in again.prototypes if p.origin is Origin.LIKES]


def test_refused_tracks_never_stand_for_a_prototype_and_pinned_ones_come_first(library, words):
    first = offered_to(library, words, library.hashes(0, 6))
    for chosen in (first.prototypes[0], asleep(first)[0]):
        out, pinned = chosen.exemplars[0], library.hashes(2, 1, start=50)[0]
        shaped = first.edited(replace(chosen, refused=(out,), pinned=(pinned,)))
        after = offered_to(library, words, library.hashes(0, 7), previous=shaped).prototype(chosen.id)
        assert after is not None
        assert after.exemplars[0] == pinned
        assert out not in after.exemplars
        assert len(after.exemplars) == 3


def test_words_are_weighed_anew_without_touching_anything_else(library, words):
    first = offered_to(library, words, library.hashes(0, 3), dislikes=library.hashes(2, 2, start=30))
    word = asleep(first)[0]
    unheard = [replace(c, heard=0.1) if c.word == word.word else replace(c, heard=0.95) for c in words]
    after = offered_anew(
        first, library.vectors, library.space, unheard, library.hashes(0, 3), total=12, rng=np.random.default_rng(1)
    )
    assert word.word not in {p.word for p in after.prototypes}
    assert [p for p in after.prototypes if p.origin is not Origin.TAG] == [
        p for p in first.prototypes if p.origin is not Origin.TAG
    ]
    assert all(p.faithful == 0.95 for p in asleep(after))


def test_a_gain_that_nobody_moved_follows_what_was_found(library, words):
    first = offered_to(library, words, library.hashes(0, 3))
    believed = first.edited(replace(first.prototypes[0], gain=0.6, found=0.6))
    after = offered_to(library, words, library.hashes(0, 4), previous=believed).prototypes[0]
    assert (after.gain, after.found) == (0.6, 0.6)
    moved = believed.edited(replace(believed.prototypes[0], gain=1.7))
    assert offered_to(library, words, library.hashes(0, 4), previous=moved).prototypes[0].gain == 1.7

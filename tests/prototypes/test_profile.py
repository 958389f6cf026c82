from dataclasses import replace

import numpy as np
import pytest
from made_up_libraries import KEY, grouped

from musicdesk.errors import NothingYet
from musicdesk.prototypes import bank
from musicdesk.prototypes.profile import NEGATIVE_GAIN, taste_from
from musicdesk.records import EncoderKey, Taste, Vectors


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
        assert {p.slot for p in taste.prototypes} <= set(range(bank.MOST))
        assert len(taste.prototypes) <= bank.MOST


def test_the_same_seed_never_gives_an_id_twice(library):
    before = made(library)
    for number in range(6):
        kept = replace(before.prototypes[number], locked=True)
        after = made(library, library.hashes(1, 9), previous=replace(before, prototypes=(kept,)))
        assert len({p.id for p in after.prototypes}) == len(after.prototypes)
        again = made(library, previous=replace(before, prototypes=(kept,)))
        assert len({p.id for p in again.prototypes}) == len(again.prototypes)


def test_eight_locked_prototypes_leave_no_room():
    library = grouped((20,) * 8)
    everything = made(library, [key for group in range(8) for key in library.hashes(group, 8)])
    full = replace(everything, prototypes=tuple(replace(p, locked=True) for p in everything.prototypes))
    assert len(full.prototypes) == bank.MOST
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

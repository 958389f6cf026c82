from dataclasses import replace

import numpy as np
import pytest
from made_up_libraries import grouped

from musicdesk.errors import BadRequest, NothingYet
from musicdesk.prototypes import shaping
from musicdesk.prototypes.profile import taste_from
from musicdesk.prototypes.shaping import Workbench
from musicdesk.records import PROTOTYPE_SLOTS, EncoderKey, Origin, Taste


@pytest.fixture(scope="module")
def library():
    return grouped((60, 60, 60))


def bench(library, liked=()):
    rows = {h: row for row, h in enumerate(library.vectors.hashes)}
    nobody = np.empty(0, dtype=np.int64)
    return Workbench(library.vectors, library.space, rows, np.array([rows[h] for h in liked], dtype=np.int64), nobody)


def rng():
    return np.random.default_rng(1)


def group(library, *groups):
    return np.flatnonzero(np.isin(library.group, groups)).astype(np.int64)


def taste_of(library, *parts):
    """A taste with a prototype for each of these sets of groups."""
    made, taste = bench(library), Taste(library.vectors.key)
    for number, groups in enumerate(parts):
        p = shaping.from_rows(made, taste, group(library, *groups), name=f"part {number}")
        taste = replace(taste, prototypes=(*taste.prototypes, p))
    return taste


def test_a_prototype_of_two_kinds_falls_into_the_two(library):
    taste = taste_of(library, (0, 1), (2,))
    pieces = shaping.pieces(bench(library), taste, taste.prototypes[0], rng=rng())
    kinds = [set(library.group[bench(library).of(p.tracks)]) for p in pieces]
    assert len(pieces) >= 2
    assert all(len(kind) == 1 for kind in kinds)
    assert set.union(*kinds) == {0, 1}


def test_each_piece_has_exemplars_of_its_own_a_name_a_slot_and_the_gains_of_the_whole(library):
    taste = taste_of(library, (0, 1), (2,))
    whole = replace(taste.prototypes[0], gain=1.4, found=0.8, muted=True, locked=True)
    pieces = shaping.pieces(bench(library), taste.edited(whole), whole, rng=rng())
    assert {(p.gain, p.found, p.muted, p.locked) for p in pieces} == {(1.4, 0.8, True, True)}
    assert pieces[0].slot == whole.slot
    slots = [p.slot for p in (*pieces, taste.prototypes[1])]
    assert len(set(slots)) == len(slots)
    assert len({p.name for p in (*pieces, taste.prototypes[1])}) == len(slots)
    assert len({p.id for p in (*pieces, *taste.prototypes)}) == len(pieces) + 2
    for p in pieces:
        assert len(p.exemplars) == 3
        assert set(p.exemplars) <= set(p.tracks)


def test_what_sounds_all_alike_cannot_be_split(library):
    made = bench(library)
    one = shaping.from_rows(made, Taste(library.vectors.key), np.array([3]), name="one")
    with pytest.raises(NothingYet, match="alike"):
        shaping.pieces(made, Taste(library.vectors.key, (one,)), one, rng=rng())


def test_behind_a_prototype_of_likes_stand_the_likes_nearest_to_it(library):
    likes = library.hashes(0, 6) + library.hashes(1, 5)
    taste = taste_from(library.vectors, library.space, likes, (), rng=rng())
    made = bench(library, likes)
    for p in taste.prototypes:
        rows = shaping.behind(made, taste, p)
        assert len(rows) == p.support
        assert set(made.hashes(rows)) <= set(likes)


def test_behind_a_prototype_with_few_likes_stands_its_part_of_the_library(library):
    taste = taste_from(library.vectors, library.space, library.hashes(0, 2), (), rng=rng())
    made = bench(library, library.hashes(0, 2))
    rows = shaping.behind(made, taste, taste.prototypes[0])
    assert len(rows) > 2
    assert (library.group[rows] == 0).mean() > 0.9


def test_behind_a_group_of_the_library_stands_all_of_it(library):
    taste = taste_from(library.vectors, library.space, (), (), rng=rng())
    behind = [shaping.behind(bench(library), taste, p) for p in taste.prototypes]
    assert sum(map(len, behind)) == len(library.space)
    assert {len(rows) for rows in behind} == {p.support for p in taste.prototypes}


def test_merged_ones_stand_for_all_of_it_and_weigh_by_what_is_behind_them(library):
    taste = taste_of(library, (0,), (1,))
    small = replace(taste.prototypes[1], tracks=taste.prototypes[1].tracks[:20], gain=-1.0, found=0.0, pinned=("x",))
    one = shaping.merged(bench(library), taste, (taste.prototypes[0], small), name="both")
    assert (one.id, one.slot, one.name) == (taste.prototypes[0].id, taste.prototypes[0].slot, "both")
    assert one.gain == pytest.approx((60 * 1.0 - 20) / 80)
    assert one.found == pytest.approx(0.75)
    assert set(library.group[bench(library).of(one.tracks)]) == {0, 1}
    assert one.support == sum(p.support for p in taste.prototypes)
    assert one.exemplars[0] == "x"


def test_muted_is_what_is_muted_all_through(library):
    first, second = taste_of(library, (0,), (1,)).prototypes
    taste = Taste(library.vectors.key, (first, second))
    loud, quiet = replace(first, muted=True), replace(second, muted=True, locked=True)
    assert not shaping.merged(bench(library), taste, (loud, second)).muted
    assert shaping.merged(bench(library), taste, (loud, quiet)).muted
    assert shaping.merged(bench(library), taste, (loud, quiet)).locked


def test_pinned_come_first_and_refused_never_stand_for_it(library):
    made, taste = bench(library), taste_of(library, (0,))
    (p,) = taste.prototypes
    far = library.vectors.hashes[int(group(library, 2)[0])]
    changed = shaping.shown(made, replace(p, pinned=(far,), refused=p.exemplars[:1]), made.of(p.tracks))
    assert changed.exemplars[0] == far
    assert p.exemplars[0] not in changed.exemplars
    assert len(changed.exemplars) == 3
    assert shaping.shown(made, replace(changed, pinned=(), refused=()), made.of(p.tracks)) == p


def test_there_is_an_end_to_prototypes_but_words_on_offer_make_way(library):
    (p,) = taste_of(library, (0,)).prototypes
    word = replace(p, origin=Origin.TAG, tracks=(), word="w", name="w", gain=0.0, found=0.0)
    many = tuple(replace(p, id=f"p{n}", slot=n) for n in range(PROTOTYPE_SLOTS - 1))
    taste = Taste(library.vectors.key, (*many, replace(word, id="w", slot=PROTOTYPE_SLOTS - 1)))
    kept = shaping.making_room(taste.prototypes, 1)
    assert kept == many
    assert shaping.from_rows(bench(library), taste, group(library, 1), name="new").slot == PROTOTYPE_SLOTS - 1
    with pytest.raises(BadRequest, match="Merge or remove"):
        shaping.making_room(taste.prototypes, 2)
    with pytest.raises(BadRequest, match="Merge or remove"):
        shaping.pieces(
            bench(library), replace(taste, prototypes=(*many, replace(p, id="x", slot=39))), many[0], rng=rng()
        )


def test_another_encoder_finds_it_again_by_its_tracks(library):
    taste, other = taste_of(library, (0,), (1,)), grouped((60, 60, 60), seed=5)
    lost = replace(taste.prototypes[1], tracks=("gone",), exemplars=("gone",))
    elsewhere = replace(taste.edited(lost), key=EncoderKey("other", "1", "x"))
    (here,) = shaping.carried(bench(other), elsewhere)
    assert here.name == "part 0"
    assert other.group[int(np.argmax(other.space @ here.vector))] == 0
    assert shaping.carried(bench(library), taste) == taste.prototypes


def test_what_is_taken_out_beside_its_twin_is_remembered_by_its_word_alone(library):
    first, second = taste_of(library, (0,), (1,)).prototypes
    twin = replace(first, id="twin", word="piano")
    assert shaping.remembered(first, [second]) is first
    assert shaping.remembered(first, [twin]) is None
    memory = shaping.remembered(twin, [first])
    assert memory.word == "piano"
    assert not memory.vector.any()


def test_the_same_direction_gets_the_same_id_unless_it_is_taken(library):
    vector = library.space[0]
    first = shaping.fresh_id(vector, ())
    assert shaping.fresh_id(vector, ()) == first
    assert shaping.fresh_id(vector, {first}) not in ("", first)

"""The bank: nothing empty, nothing unfaithful, nothing twice, the most telling first."""

from dataclasses import replace

import numpy as np
import pytest
from made_up_libraries import grouped

from musicdesk.prototypes.providers import Ground, from_rows, from_tag, from_tags
from musicdesk.prototypes.redundancy import HEARD, Why, choose, fitting_total


@pytest.fixture(scope="module")
def library():
    return grouped((60, 60, 60))


@pytest.fixture(scope="module")
def ground(library):
    return Ground(library.vectors, library.space, {"game music": np.flatnonzero(library.group == 1)})


def test_of_words_that_lead_to_the_same_one_is_kept(library, ground):
    choice = choose(from_tags(ground), library.space, total=12)
    assert sorted(int(library.group[np.argmax(library.space @ c.vector)]) for c in choice.kept) == [0, 1, 2]
    twins = {d.candidate.word: d.like for d in choice.dropped if d.why is Why.REDUNDANT}
    kept = {c.word for c in choice.kept}
    assert twins
    assert set(twins.values()) <= kept
    assert len(choice.kept) + len(choice.dropped) == len(from_tags(ground))


def test_what_is_in_the_bank_already_is_not_offered_again(library, ground):
    standing = [from_rows(library.space, np.flatnonzero(library.group == group)).vector for group in (0, 1)]
    kept = choose(from_tags(ground), library.space, total=12, standing=standing).kept
    assert {int(library.group[np.argmax(library.space @ c.vector)]) for c in kept} == {2}


def test_empty_and_unfaithful_candidates_are_dropped_with_the_reason(library, ground):
    piano = from_tag(ground, "piano")
    empty = replace(piano, rows=piano.rows[:2], word="empty")
    told = replace(piano, faithful=HEARD - 0.01, word="only told")
    unheard = replace(piano, faithful=0.99, heard=0.2, word="unheard")
    choice = choose([empty, told, unheard, piano], library.space, total=12)
    assert [c.word for c in choice.kept] == ["piano"]
    assert {d.candidate.word: d.why for d in choice.dropped} == {
        "empty": Why.EMPTY, "only told": Why.UNFAITHFUL, "unheard": Why.UNFAITHFUL,
    }  # fmt: skip


def test_no_more_are_chosen_than_asked_for(library, ground):
    choice = choose(from_tags(ground), library.space, total=2)
    assert len(choice.kept) == 2
    assert Why.NO_ROOM in {d.why for d in choice.dropped}
    assert choose(from_tags(ground), library.space, total=0).kept == ()
    assert choose([], library.space, total=3).kept == ()


def test_what_stands_out_in_the_taste_comes_first(library, ground):
    for group in range(3):
        liked = np.flatnonzero(library.group == group)[:20]
        first = choose(from_tags(ground), library.space, total=3, liked=liked).kept[0]
        assert library.group[np.argmax(library.space @ first.vector)] == group


def test_without_likes_a_word_that_divides_the_library_comes_before_a_rare_one():
    library = grouped((100, 4, 100))
    ground = Ground(library.vectors, library.space)
    words = [c.word for c in choose(from_tags(ground), library.space, total=12).kept]
    assert "metal" not in words[:2]


@pytest.mark.parametrize(("tracks", "total"), [(0, 0), (24, 4), (60, 10), (72, 12), (200_000, 12)])
def test_small_libraries_are_offered_fewer(tracks, total):
    assert fitting_total(tracks) == total

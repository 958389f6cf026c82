"""Measuring search by words and preference, on made-up sounds whose truth is known."""

from dataclasses import replace

import numpy as np
import pytest
from made_up_meanings import TINY, HashedWords
from made_up_words import worded

from musicdesk.errors import BadRequest
from musicdesk.evaluation import semantic, semantic_tables
from musicdesk.evaluation.semantic_data import Remembered
from musicdesk.evaluation.semantic_finding import BOTH, MATCHING, SHUFFLED, SPACE_1
from musicdesk.evaluation.semantic_stages import BEFORE, STAGE_1, STAGE_2, VARIANTS, School, folds
from musicdesk.evaluation.semantic_tastes import Sessions, pairs_of
from musicdesk.jobs import Job
from musicdesk.records.meaning import PreferencePairs
from musicdesk.semantic.learning import learn
from musicdesk.semantic.material import Material


@pytest.fixture(scope="module")
def tables():
    plan = semantic.SemanticPlan(seeds=1, folds=2, config=TINY, sessions=Sessions(each=3, choices=8))
    return {one.name: one for one in semantic.measure(worded(), Remembered(HashedWords()), plan, job=Job())}


def test_both_ways_of_finding_probes_and_pairs_are_told(tables):
    assert set(tables) == {
        "text to audio, said", "text to audio, listed", "audio to text, said", "audio to text, listed",
        "linear probes", f"held-out pairs, {semantic.LIBRARY}", f"held-out pairs, {semantic.STRANGERS}",
    }  # fmt: skip


def test_a_space_that_was_learned_finds_what_tags_of_chance_do_not(tables):
    told = tables["text to audio, listed"]
    ways = {row.method: row.measures["recall@10"].mean for row in told.rows}
    assert ways[SPACE_1] > 2 * told.chance["recall@10"]
    assert ways[SPACE_1] > ways[MATCHING] + 0.1
    assert ways[BOTH] > ways[MATCHING]


def test_shuffled_texts_find_what_chance_finds(tables):
    told = tables["text to audio, listed"]
    row = semantic_tables.row_of(told, SHUFFLED)
    assert row.measures["recall@10"].mean < 1.8 * told.chance["recall@10"]


def test_every_ablation_stands_in_the_tables(tables):
    for name in ("linear probes", f"held-out pairs, {semantic.LIBRARY}"):
        assert {BEFORE, STAGE_1, STAGE_2, *VARIANTS} <= {row.method for row in tables[name].rows}


def test_probes_answer_genres_beside_what_the_commonest_gives(tables):
    told = tables["linear probes"]
    assert semantic_tables.row_of(told, BEFORE).measures["genre_accuracy"].mean > told.chance["genre_accuracy"] + 0.3


def test_tests_are_paired_over_artists(tables):
    row = semantic_tables.row_of(tables["text to audio, listed"], SPACE_1)
    assert row.measures["recall@10"].n == 24
    assert row.against[MATCHING]["recall@10"].measure.n == 24


def test_folds_keep_artists_together_and_are_of_a_size():
    artists = np.repeat(np.arange(12), 5)
    told = folds(artists, 4, 0)
    assert all(len(set(told[artists == artist])) == 1 for artist in range(12))
    assert np.bincount(told).tolist() == [15, 15, 15, 15]


def test_the_stages_are_those_of_the_program():
    data, sentences = worded(), Remembered(HashedWords())
    pairs = pairs_of(np.arange(96), data.shares, data.tempo, sessions=Sessions(), seed=1, asked=False)
    material = Material.of(data.sounds, data.facts, sentences, pairs=pairs, moods=data.shares)
    config = replace(TINY, guarded=False)
    school = School(material, config, job=Job())
    own = school.second(school.first()).sounds(material)
    np.testing.assert_array_equal(own, learn(material, config=config, job=Job()).joint)


def test_nobody_can_ask_for_what_nobody_felt():
    data = replace(worded(), shares=None)
    with pytest.raises(BadRequest, match="Nobody said"):
        semantic.taste_genres(data)


def test_a_plan_without_folds_is_refused():
    with pytest.raises(BadRequest, match="2 folds"):
        semantic.SemanticPlan(folds=1)


def test_what_was_taken_before_is_no_new_pair():
    from musicdesk.evaluation.semantic_tastes import new_pairs

    known = PreferencePairs(np.array([0, 1]), np.array([2, 3]), np.ones(2, np.float32))
    later = PreferencePairs(np.array([2, 0, 4]), np.array([0, 1, 5]), np.ones(3, np.float32))
    told = new_pairs(known, later)
    assert told.triggers.tolist() == [0, 4]
    assert told.accepted.tolist() == [1, 5]

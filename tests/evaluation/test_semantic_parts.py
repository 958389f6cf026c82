"""The parts of measuring search by words: places, pairs, tastes, words, tables and judged queries."""

import csv

import numpy as np
import pytest
from made_up_meanings import TINY, HashedWords
from made_up_words import worded

from musicdesk.errors import BadRequest, NothingYet
from musicdesk.evaluation import semantic_library, semantic_pairs, semantic_tables, semantic_words
from musicdesk.evaluation.semantic_data import FULL, Remembered
from musicdesk.evaluation.semantic_finding import MATCHING, SPACE_1, places_of_sounds, places_of_texts
from musicdesk.evaluation.semantic_queries import QUERIES, Judged
from musicdesk.evaluation.semantic_tastes import LIKINGS, TASTES, Sessions, fit, listener, pairs_of
from musicdesk.jobs import Job
from musicdesk.mood.axes import GEMS
from musicdesk.records.meaning import PreferencePairs
from musicdesk.semantic.captions import captions
from musicdesk.semantic.texts import Facts


def pairs(*told):
    one, other = zip(*told, strict=True)
    return PreferencePairs(np.array(one), np.array(other), np.ones(len(one), np.float32))


def test_the_best_sound_is_at_the_first_place_and_equal_ones_share_theirs():
    scores = np.array([[3, 1, 2], [0, 5, 7], [1, 1, 1]], np.float32)
    assert places_of_sounds(scores, np.arange(3)).tolist() == [1, 2, 2]


def test_a_text_that_two_sounds_share_is_right_for_both():
    scores = np.array([[9, 8, 0], [9, 8, 0], [0, 1, 9]], np.float32)
    assert places_of_texts(scores, ["calm", "calm", "loud"], np.arange(3)).tolist() == [1, 1, 1]


def test_a_text_that_is_near_to_everything_does_not_win():
    scores = np.array([[1.0, 0.0, 0.2], [5.0, 5.1, 5.2]], np.float32)
    assert places_of_texts(scores, ["calm", "loud"], np.array([0, 2]))[0] == 1


def test_a_text_whose_scores_are_larger_does_not_win():
    scores = np.array([[0.1, -0.1], [5.0, -5.0]], np.float32)
    assert places_of_texts(scores, ["calm", "loud"], np.array([0, 1]))[0] == 1


def test_pairs_by_hand():
    near = np.array([[1, 0.9, 0.8, 0.1], [0.9, 1, 0, 0], [0.8, 0, 1, 0], [0.1, 0, 0, 1]], np.float32)
    told, triggers = semantic_pairs.values(near, pairs((0, 2)), rng=np.random.default_rng(0))
    assert triggers.tolist() == [0]
    np.testing.assert_allclose(told, [[1, 1 / np.log2(3), 0.5]])


def test_what_was_taken_before_is_out_of_the_list():
    near = np.array([[1, 0.9, 0.8], [0.9, 1, 0], [0.8, 0, 1]], np.float32)
    told, _ = semantic_pairs.values(near, pairs((0, 2)), rng=np.random.default_rng(0), known=pairs((0, 1)))
    assert told[0, 2] == 1
    assert near[0, 1] == np.float32(0.9)


def test_ranks_as_measures():
    np.testing.assert_allclose(semantic_tables.of_ranks(np.array([1, 11])), [[1, 1, 1, 1], [0, 0, 1 / 11, 11]])


def test_chance_of_a_list():
    told = semantic_tables.by_chance([20, 20])
    assert told["recall@1"] == pytest.approx(0.05)
    assert told["recall@10"] == pytest.approx(0.5)


def test_a_listener_has_tastes_that_are_written_down_and_no_genre():
    assert len(listener(3)) == TASTES
    assert all(set(one.feels) <= set(GEMS) for one in LIKINGS)
    shares = np.random.default_rng(0).random((50, 9)).astype(np.float32)
    tempo = np.random.default_rng(1).standard_normal(50).astype(np.float32)
    best = fit(shares, tempo)[0].argmax()
    assert shares[best, GEMS.index("calmness")] + shares[best, GEMS.index("tenderness")] > 1


def test_other_sessions_are_asked_than_those_that_are_learned_from():
    data = worded()
    told = [
        pairs_of(np.arange(96), data.shares, data.tempo, sessions=Sessions(), seed=0, asked=asked)
        for asked in (False, True, True)
    ]
    assert not np.array_equal(told[0].triggers, told[1].triggers)
    np.testing.assert_array_equal(told[1].triggers, told[2].triggers)


def test_no_caption_of_the_learning_says_what_a_query_says():
    rng = np.random.default_rng(0)
    facts = Facts(genres=("Rock",), own_tags=semantic_words.tags(GEMS[:3]), heard=("loud", "guitar"))
    taught = " ".join(captions(facts, count=200, rng=rng))
    for emotion in GEMS:
        assert not [said for said in semantic_words.FEELS[emotion] if said in taught]
    for sentence in semantic_words.SENTENCES:
        assert sentence.split("{")[0].strip() not in taught or sentence.startswith("{")


def test_the_emotion_that_stands_out_is_said():
    shares = np.full((4, 9), 0.2, np.float32)
    shares[0, GEMS.index("power")] = 0.9
    assert semantic_words.felt(shares)[0] == ("power",)
    assert semantic_words.queries("rock", ["power"], rng=np.random.default_rng(0), count=1)[0].count("rock music") == 1


def test_there_are_fifty_queries_and_no_two_are_the_same():
    assert len(QUERIES) == len({one.query for one in QUERIES}) == 50


def judged_table(tmp_path, lines):
    table = tmp_path / "strong.csv"
    with table.open("w", newline="") as file:
        csv.writer(file).writerows([("path", "label"), *lines])
    return table


def test_strong_labels_are_those_of_the_files(tmp_path):
    table = judged_table(tmp_path, [("a.ogg", "metal"), ("b.ogg", "rock")])
    assert semantic_library.strong_labels(table, [str(tmp_path / "b.ogg"), "/c.ogg"]) == ("rock", "")


def test_a_table_of_other_files_is_a_sentence(tmp_path):
    with pytest.raises(BadRequest, match="names none"):
        semantic_library.strong_labels(judged_table(tmp_path, [("a.ogg", "metal")]), ["/c.ogg"])
    (tmp_path / "bare.csv").write_text("a,b\n1,2\n")
    with pytest.raises(BadRequest, match="path and label"):
        semantic_library.strong_labels(tmp_path / "bare.csv", ["/c.ogg"])


def test_queries_are_judged_by_labels_and_those_of_no_label_left_out():
    data = worded()
    asked = (Judged("classical", ("classical",)), Judged("rock music", ("rock",)), Judged("polka", ("polka",)))
    told = semantic_library.queries(
        data, data.genres, Remembered(HashedWords()), TINY, moods=None, seeds=[0], asked=asked, job=Job()
    )
    assert told.name == "2 queries"
    assert told.chance["precision@5"] == pytest.approx(0.25)
    precise = {row.method: row.measures["precision@5"].mean for row in told.rows}
    assert precise[semantic_library.FULL_TEXT] == 1  # the files say their genre
    assert precise[SPACE_1] > 0.6
    assert precise[MATCHING] < 0.8
    with pytest.raises(NothingYet, match="None of the queries"):
        semantic_library.queries(
            data, data.genres, Remembered(HashedWords()), TINY, moods=None, seeds=[0], asked=asked[2:], job=Job()
        )


def test_texts_find_sounds_of_artists_never_heard():
    data = worded()
    said = {FULL: tuple((f"{genre} {tags[0]}",) for genre, tags in ((f.genres[0], f.own_tags) for f in data.facts))}
    from dataclasses import replace

    told = semantic_library.finding(
        replace(data, queries=said), Remembered(HashedWords()), TINY, seeds=[0], parts=2, job=Job()
    )
    row = semantic_tables.row_of(told[0], SPACE_1)
    assert row.measures["recall@10"].mean > 1.5 * told[0].chance["recall@10"]

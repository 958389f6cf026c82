"""Kinds of music as class vectors."""

from types import SimpleNamespace

import numpy as np
import pytest

from musicdesk.desk.genres import genres


def snapshot(vocabulary, tags, dim=6):
    rng = np.random.default_rng(1)
    tags = np.asarray(tags, np.float32)
    matrix = rng.standard_normal((len(tags), dim)).astype(np.float32)
    return SimpleNamespace(vectors=SimpleNamespace(vocabulary=vocabulary, tags=tags, matrix=matrix))


def test_the_words_for_genres_count_synonyms_together_and_moods_not_at_all():
    found = genres(snapshot(("happy", "rock", "classic", "classical", "piano"), [[0.9, 0.6, 0.1, 0.2, 0.5]] * 3))
    assert found.names == ("rock", "classical")
    assert found.shares.sum(axis=1) == pytest.approx(np.ones(3))


def test_a_genre_that_is_never_far_is_outweighed_by_one_that_stands_out():
    found = genres(snapshot(("rock", "opera"), [[0.5, 0.4]] + [[0.5, 0.02]] * 9))
    assert found.shares[0].argmax() == 1
    assert set(found.shares[1:].argmax(axis=1)) == {0}


def test_the_classes_of_ones_own_network_are_kinds():
    assert genres(snapshot(("morning", "night"), np.eye(2).repeat(3, axis=0))).names == ("morning", "night")


def test_where_there_are_no_words_for_genres_kinds_are_made_of_the_sound_and_named_apart():
    tags = np.random.default_rng(2).random((60, 3))
    found = genres(snapshot(("quiet", "loud", "bright"), tags))
    assert len(found.names) == len(set(found.names)) > 1
    assert found.shares.shape == (60, len(found.names))
    assert found.shares.sum(axis=1) == pytest.approx(np.ones(60), abs=1e-4)


def test_a_row_without_anything_is_a_little_of_everything():
    found = genres(snapshot(("rock", "opera"), [[0.0, 0.0], [0.5, 0.1]]))
    assert np.isfinite(found.shares).all()

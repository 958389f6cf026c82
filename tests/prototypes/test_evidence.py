"""The best ten seconds of a track, and whether the word is in them."""

import numpy as np
import pytest
from made_up_libraries import TYPICAL, grouped

from musicdesk.encoders.pooling import Standardiser
from musicdesk.prototypes.evidence import EXCERPT_S, best_spot, excerpt, heard_out, measured, phrase_behind
from musicdesk.prototypes.providers import Ground, from_tag
from musicdesk.records import Excerpt, Passages, Prototype

WINDOW_S = 3.0


@pytest.fixture(scope="module")
def library():
    return grouped((60, 60, 60))


@pytest.fixture(scope="module")
def ground(library):
    return Ground(library.vectors, library.space, {"game music": np.flatnonzero(library.group == 1)})


@pytest.fixture(scope="module")
def scale(library):
    return Standardiser(np.zeros(16, np.float32), np.ones(16, np.float32))


def a_track(library, groups, *, hop_s=1.5, missing=()):
    """Window by window of the group that ``groups`` tells for each; some windows are silent and so not there."""
    centre = [library.space[library.group == g].mean(axis=0) for g in range(3)]
    kept = [i for i in range(len(groups)) if i not in missing]
    starts = np.array([hop_s * i for i in kept], np.float32)
    vectors = np.stack([centre[groups[i]] for i in kept]).astype(np.float32)
    tags = np.array([TYPICAL[groups[i]] for i in kept], np.float32)
    return Passages("1:track", starts, WINDOW_S, vectors, tags)


def of_group(library, group):
    vector = library.space[library.group == group].mean(axis=0)
    return (vector / np.linalg.norm(vector)).astype(np.float32)


def test_the_excerpt_is_where_the_prototype_is_and_not_in_the_middle(library, scale):
    groups = [0] * 40 + [1] * 8 + [0] * 12
    spot = best_spot(a_track(library, groups), of_group(library, 1), scale)
    assert spot is not None
    assert 60 - 3 <= spot.start_s <= 60 + 3
    assert EXCERPT_S - WINDOW_S / 2 <= spot.length_s <= EXCERPT_S
    assert spot.vector @ of_group(library, 1) > 0.95


def test_an_excerpt_that_would_run_into_silence_is_passed_over(library, scale):
    groups = [0] * 20 + [1] * 6 + [0] * 20 + [1] * 2
    silent = range(26, 30)
    passages = a_track(library, groups, missing=silent)
    spot = best_spot(passages, of_group(library, 1), scale)
    assert spot is not None
    assert spot.start_s + spot.length_s <= 26 * 1.5 + WINDOW_S
    assert best_spot(_nothing(), of_group(library, 1), scale) is None


def test_a_window_longer_than_the_excerpt_is_heard_in_its_middle(library, scale):
    passages = Passages(
        "1:t", np.array([0.0, 15.0], np.float32), 30.0, library.space[[0, 60]], library.vectors.tags[[0, 60]]
    )
    spot = best_spot(passages, of_group(library, 1), scale)
    assert spot is not None
    assert (spot.start_s, spot.length_s) == (25.0, EXCERPT_S)


def test_near_and_faithful_are_percentiles_of_the_library(library, ground, scale):
    groups = [0] * 20 + [1] * 10
    passages = a_track(library, groups)
    found = excerpt(passages, of_group(library, 1), "metal", ground=ground, scale=scale)
    assert found is not None
    assert found.audio_hash == "1:track"
    assert found.near > 0.66
    assert found.faithful > 0.6
    wrong = excerpt(passages, of_group(library, 1), "piano", ground=ground, scale=scale)
    assert wrong is not None
    assert wrong.faithful < 0.4
    given = excerpt(passages, of_group(library, 1), "game music", ground=ground, scale=scale)
    assert given is not None
    assert given.faithful > 0.6
    assert excerpt(passages, of_group(library, 1), "Sunday mood", ground=ground, scale=scale).faithful is None


def test_the_word_or_else_the_name_says_what_ought_to_be_heard():
    vector = np.ones(2, np.float32)
    assert phrase_behind(Prototype("1", "mine", 0, vector, word="piano")) == "piano"
    assert phrase_behind(Prototype("1", "not: quiet piano", 0, vector)) == "quiet piano"


def test_a_prototype_is_as_faithful_as_its_excerpts_are_on_the_mean():
    prototype = Prototype("1", "piano", 0, np.ones(2, np.float32))
    excerpts = [Excerpt("a", 0, 10, 1.0, 0.9), Excerpt("b", 0, 10, 1.0, 0.7), Excerpt("c", 0, 10, 1.0, None)]
    assert measured(prototype, excerpts).faithful == pytest.approx(0.8)
    assert measured(prototype, excerpts[2:]).faithful is None


def test_a_word_that_is_not_heard_in_a_track_gets_another_one(library, ground):
    piano = from_tag(ground, "piano")
    first = int(piano.exemplars[0])
    poor, fine = Excerpt("x", 0, 10, 0.9, 0.1), Excerpt("y", 0, 10, 0.9, 0.95)
    after = heard_out(piano, {first: poor, int(piano.exemplars[1]): fine}, library.space)
    assert first not in after.exemplars
    assert len(after.exemplars) == 3
    assert after.heard == pytest.approx(0.95)
    assert heard_out(piano, {first: None}, library.space).exemplars.tolist() == after.exemplars.tolist()


def test_a_word_that_is_heard_in_no_track_is_known_as_unheard(library, ground):
    piano = from_tag(ground, "piano")
    after = heard_out(piano, {int(row): Excerpt("x", 0, 10, 0.9, 0.1) for row in piano.rows[:9]}, library.space)
    assert after.agrees == pytest.approx(0.1)


def _nothing():
    return Passages(
        "1:t", np.zeros(0, np.float32), WINDOW_S, np.zeros((0, 16), np.float32), np.zeros((0, 10), np.float32)
    )

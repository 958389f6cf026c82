import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_shelves import board, shelf, unit

from musicdesk.ranking.explain import explain, parts
from musicdesk.ranking.filters import allowed
from musicdesk.records import Feedback, Query, Track


@settings(max_examples=60, deadline=None)
@given(k=st.integers(1, 24), n=st.integers(1, 80), seed=st.integers(0, 999))
def test_the_parts_add_up_to_the_score_and_the_rank_is_its_place(k, n, seed):
    rng = np.random.default_rng(seed)
    mixed, gains = board(rng.exponential(size=(k, n))), rng.uniform(-1, 2, k).astype(np.float32)
    scores = mixed.scores(gains)
    explanation = explain(mixed, gains, seed % n, track=Track(1, "/a"))
    assert math.fsum(part.contribution for part in explanation.parts) == explanation.score
    tolerance = 2 * (k + 1) * 2.0**-24 * sum(abs(part.contribution) for part in explanation.parts)
    assert explanation.score == pytest.approx(float(scores[seed % n]), abs=tolerance + 1e-12)
    assert (explanation.rank, explanation.of) == (1 + int((scores > scores[seed % n]).sum()), n)
    sizes = [abs(part.contribution) for part in explanation.parts]
    assert sizes == sorted(sizes, reverse=True)


def test_a_part_says_name_slot_gain_and_percentile():
    part = parts(board([[0.25, 0.5], [1, 0]]), np.array([1, -1]), 0)
    assert [(p.name, p.slot, p.gain, p.contribution, p.percentile) for p in part] == [
        ("part 1", 1, -1.0, -1.0, 1.0),
        ("part 0", 0, 1.0, 0.25, 0.25),
    ]


def test_the_best_matches_wholly():
    assert explain(board([[1, 3]]), np.ones(1), 1, track=Track(1, "/a")).match == 1
    assert explain(board([[1, 3]]), np.ones(1), 0, track=Track(1, "/a")).match == 0.5


def test_what_keeps_a_track_out_is_a_sentence():
    stock = shelf(unit(np.eye(3)))
    may = allowed(stock, Query(), {"h1": Feedback(liked=True)}, now=0)
    found = explain(
        board([[1, 2, 3]]), np.ones(1), 1, track=Track(1, "/a"), allowed=may, passed_over=("Caps.",), words=("x",)
    )
    assert found.left_out == ("It is left out: liked already.", "Caps.")
    assert found.words == ("x",)

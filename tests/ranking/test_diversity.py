import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_shelves import unit

from musicdesk.ranking.diversity import spread


def slow_mmr(scores, gram, weight, count):
    low, high = scores.min(), scores.max()
    worth = (scores - low) / (high - low) if high > low else np.ones_like(scores)
    chosen = [0]
    while len(chosen) < min(count, len(scores)):
        rest = [row for row in range(len(scores)) if row not in chosen]
        values = [(1 - weight) * worth[row] - weight * gram[row, chosen].max() for row in rest]
        chosen.append(rest[int(np.argmax(values))])
    return chosen


def candidates(n, seed):
    rng = np.random.default_rng(seed)
    space = unit(rng.standard_normal((n, 6)))
    return np.sort(rng.gumbel(size=n).astype(np.float32))[::-1].copy(), space @ space.T


@settings(max_examples=60, deadline=None)
@given(n=st.integers(1, 40), count=st.integers(1, 50), variety=st.floats(0.01, 0.99), seed=st.integers(0, 999))
def test_it_is_maximal_marginal_relevance(n, count, variety, seed):
    scores, gram = candidates(n, seed)
    chosen = spread(scores, gram, variety=variety, count=count)
    gram, weight = np.maximum(gram, 0), variety**2
    expected = slow_mmr(scores.astype(np.float64), gram.astype(np.float64), weight, count)
    assert len(set(chosen.tolist())) == len(chosen) == min(n, count)
    if chosen.tolist() != expected:  # float32 may turn a near tie: the pick must then be as good to six digits
        place = next(i for i, (a, b) in enumerate(zip(chosen, expected, strict=True)) if a != b)
        before = expected[:place]
        worth = (scores - scores[-1]) / max(scores[0] - scores[-1], 1e-9)
        value = [(1 - weight) * worth[r] - weight * gram[r, before].max() for r in (chosen[place], expected[place])]
        assert value[0] == pytest.approx(value[1], abs=1e-5)


def test_no_variety_keeps_the_order():
    scores, gram = candidates(20, 0)
    assert spread(scores, gram, variety=0, count=12).tolist() == list(range(12))


@pytest.mark.parametrize("variety", [0, 0.2, 0.7, 1])
def test_the_first_pick_is_always_the_best(variety):
    scores, gram = candidates(30, 1)
    assert spread(scores, gram, variety=variety, count=5)[0] == 0


def test_more_variety_makes_the_picks_less_alike():
    scores, gram = candidates(60, 2)
    alike = []
    for variety in (0, 0.3, 0.6, 1):
        chosen = spread(scores, gram, variety=variety, count=10)
        alike.append(gram[np.ix_(chosen, chosen)].mean())
    assert (np.diff(alike) < 1e-6).all()
    assert alike[0] > alike[-1] + 0.05


def test_equal_scores_and_an_empty_list():
    scores, gram = np.ones(4, np.float32), np.eye(4, dtype=np.float32)
    assert spread(scores, gram, variety=0.5, count=4).tolist() == [0, 1, 2, 3]
    assert spread(scores[:0], gram[:0, :0], variety=0.5, count=4).tolist() == []


def test_what_is_given_is_left_as_it_was():
    scores, gram = candidates(10, 3)
    kept, kept_gram = scores.copy(), gram.copy()
    spread(scores, gram, variety=0.5, count=5)
    assert np.array_equal(scores, kept)
    assert np.array_equal(gram, kept_gram)

import numpy as np
import pytest
import torch
from scipy.sparse import csr_matrix

from musicdesk.learning import luck
from musicdesk.recommend.bags import Bag, Choice, Judges, people_of

ROWS = csr_matrix(np.array([[3, 0, 4, 0, 0], [0, 0, 0, 0, 0], [0, 2, 0, 0, 0]], np.float32))


def test_a_bag_sums_rows_history_by_history_empty_ones_too():
    bag, table = Bag.of(ROWS), torch.arange(10.0).reshape(5, 2)
    assert len(bag) == 3
    assert bag.whose.tolist() == [0, 0, 2]
    assert bag.totals().tolist() == [7, 0, 2]
    np.testing.assert_allclose(bag.summed(table), ROWS.toarray() @ table.numpy())
    np.testing.assert_allclose(bag.unit().weights, [0.6, 0.8, 1.0], rtol=1e-6)


def test_what_is_forgotten_is_made_up_for_by_the_rest():
    bag = Bag.of(csr_matrix(np.ones((1, 4000), np.float32)))
    with luck(0):
        weights = bag.thinned(0.5).weights
    assert set(weights.tolist()) == {0.0, 2.0}
    assert float(weights.mean()) == pytest.approx(1, abs=0.05)


def test_the_cost_is_the_multinomial_likelihood():
    logits = torch.tensor([[0.0, 1.0, 2.0, 0.0, 0.0]] * 3)
    bag = Bag.of(ROWS)
    cost = Choice.of(bag, 5, whole=10, sampled=1).cost(logits, bag)
    told = torch.log_softmax(logits[0], dim=0)
    np.testing.assert_allclose(cost, [-3 * told[0] - 4 * told[2], 0, -2 * told[1]], rtol=1e-6)


def test_a_sample_of_the_items_costs_what_all_of_them_would_on_average():
    rng = np.random.default_rng(0)
    rows = csr_matrix((rng.random((4, 400)) < 0.02).astype(np.float32))
    bag, logits = Bag.of(rows), torch.from_numpy(rng.normal(size=(4, 400)).astype(np.float32))
    right = Choice.of(bag, 400, whole=400, sampled=1).cost(logits, bag)
    with luck(0):
        choices = [Choice.of(bag, 400, whole=10, sampled=150) for _ in range(50)]
    assert all(len(c.items) < 300 for c in choices)
    found = torch.stack([c.cost(logits[:, c.items], bag) for c in choices]).mean(dim=0)
    np.testing.assert_allclose(found, right, rtol=0.01)


def test_judges_want_what_was_hidden_and_do_not_count_what_was_shown():
    rng = np.random.default_rng(1)
    whole = (rng.random((30, 60)) < 0.2).astype(np.float32)
    judges = Judges(csr_matrix(whole), seed=0)
    seen = []

    def all_known(bag):
        rows = np.zeros((len(bag), 60), np.float32)
        rows[bag.whose, bag.items] = 1
        seen.append(rows)
        return torch.from_numpy(whole + rows)  # what was shown is named first, and must not be in the way

    assert judges.missed(all_known) == pytest.approx(0)
    assert judges.missed(lambda bag: -all_known(bag)) > 0.3
    hidden = whole - seen[0]
    assert (hidden >= 0).all()
    assert (hidden.sum(axis=1) >= 1).all()
    assert hidden.sum() == pytest.approx(0.2 * whole.sum(), rel=0.1)


def test_who_likes_one_thing_teaches_nothing():
    assert people_of(ROWS).tolist() == [0]

from typing import ClassVar

import numpy as np
import pytest
import torch
from recommend.recommender_contract import RecommenderContract

from musicdesk.errors import BadRequest, NothingYet
from musicdesk.jobs import Job
from musicdesk.recommend import reader
from musicdesk.recommend.bags import Bag, Choice
from musicdesk.recommend.log import Log
from musicdesk.recommend.mult_vae import MultVae, MultVaeConfig, MultVaeNet
from musicdesk.recommend.rows import sparse_rows


class TestMultVae(RecommenderContract):
    name = "mult-vae"
    config: ClassVar = {"width": 24, "latent": 4, "epochs": 12, "annealed": 200, "learning_rate": 0.01}

    def test_numpy_serves_what_torch_trained(self, method, crowds):
        network = MultVaeNet(method._sizes, method.config).eval()
        network.load_state_dict({name: torch.from_numpy(array) for name, array in method._weights.items()})
        history = crowds.history(0)
        row = history.row(crowds.log.n_items, power=method.config.power)[method._heard][None]
        with torch.inference_mode():
            wanted = network.logits(Bag.of(sparse_rows(row)))[0]
        np.testing.assert_allclose(self.scores(method, history)[0][method._heard], wanted, rtol=1e-4, atol=1e-4)

    def test_a_softmax_over_a_sample_finds_the_own_kind_too(self, crowds):
        scores = self.scores(self.fit(crowds, whole=10, sampled=20), crowds.history(0), crowds.history(1))
        assert scores[0][crowds.of(0)].mean() > scores[0][crowds.of(1)].mean()
        assert scores[1][crowds.of(1)].mean() > scores[1][crowds.of(0)].mean()

    def test_without_a_cloud_nothing_is_drawn_and_the_own_kind_is_found(self, crowds):
        method = self.fit(crowds, variational=False, latent=2, weight_decay=0.01)
        self.test_the_own_kind_comes_first(method, crowds)

    def test_another_seed_is_another_network(self, method, crowds):
        assert not np.array_equal(self.scores(self.fit(crowds, seed=1), crowds.history(0)),
                                  self.scores(method, crowds.history(0)))  # fmt: skip

    def test_a_short_log_gets_a_narrower_network(self, crowds):
        method = self.fit(crowds, width=600, latent=200, epochs=1)
        assert method._sizes == (60, reader.NARROWEST, reader.NARROWEST)


def test_the_prior_weighs_more_from_batch_to_batch_up_to_its_cap():
    config = MultVaeConfig(beta=0.5, annealed=4, forgotten=0.0)
    network = MultVaeNet((6, 4, 3), config)
    with torch.no_grad():
        network.taste.weight.zero_()
        network.taste.bias.copy_(torch.tensor([1.0, 1, 1, -60, -60, -60]))  # no spread: nothing is left to luck
    bag = Bag.of(sparse_rows(np.eye(6, dtype=np.float32)))
    choice = Choice.of(bag, 6, whole=6, sampled=1)
    costs = [float(network.cost(bag, choice).detach().mean()) for _ in range(6)]
    steps = np.diff(costs)
    np.testing.assert_allclose(steps[:3], steps[0], rtol=1e-3)
    assert steps[0] == pytest.approx(0.5 / 4 * 0.5 * 3 * 60, rel=1e-3)
    np.testing.assert_allclose(steps[3:], 0, atol=1e-3)


def test_a_catalogue_that_no_memory_holds_is_refused_with_a_sentence(monkeypatch):
    monkeypatch.setattr(reader, "MOST", 32 * 9)
    log = Log.of([0, 0, 0, 1, 1, 1] * 2, [*range(10), 0, 1], n_users=2, n_items=10)
    with pytest.raises(BadRequest, match="Choose item-knn"):
        MultVae().fit(log, None, job=Job())


def test_listeners_of_one_thing_each_are_told_that_nothing_follows():
    with pytest.raises(NothingYet, match="Choose another"):
        MultVae().fit(Log.of([0, 1, 2], [0, 1, 2], n_users=3, n_items=3), None, job=Job())


@pytest.mark.parametrize(
    "wrong", [{"width": 0}, {"forgotten": 1.0}, {"beta": -1.0}, {"power": 5.0}, {"epochs": 0}, {"sampled": 0}]
)
def test_settings_out_of_range_are_refused(wrong):
    with pytest.raises(BadRequest):
        MultVaeConfig(**wrong)

from typing import ClassVar

import numpy as np
import pytest
import torch
from recommend.recommender_contract import RecommenderContract

from musicdesk.errors import BadRequest
from musicdesk.recommend.bags import Bag, Choice
from musicdesk.recommend.recvae import RecVaeConfig, RecVaeNet
from musicdesk.recommend.rows import sparse_rows

BAG = Bag.of(sparse_rows(np.eye(8, dtype=np.float32) + np.eye(8, k=1, dtype=np.float32)))


class TestRecVae(RecommenderContract):
    name = "recvae"
    config: ClassVar = {"width": 24, "latent": 4, "epochs": 12, "learning_rate": 5e-3}

    def test_numpy_serves_what_torch_trained(self, method, crowds):
        network = RecVaeNet(method._sizes, method.config).eval()
        weights = {name: torch.from_numpy(array) for name, array in method._weights.items()}
        assert not network.load_state_dict(weights, strict=False).unexpected_keys
        history = crowds.history(0)
        row = history.row(crowds.log.n_items, power=method.config.power)[method._heard][None]
        with torch.inference_mode():
            wanted = network.logits(Bag.of(sparse_rows(row)))[0]
        np.testing.assert_allclose(self.scores(method, history)[0][method._heard], wanted, rtol=1e-3, atol=1e-4)

    def test_what_the_encoder_said_before_is_not_kept(self, method):
        assert not [name for name in method._weights if name.startswith("before")]


def test_encoder_and_decoder_learn_in_turns():
    network = RecVaeNet((8, 6, 4), RecVaeConfig(turns=2))
    choice = Choice.of(BAG, 8, whole=8, sampled=1)
    learned = []
    for _ in range(6):
        network.zero_grad(set_to_none=True)
        network.cost(BAG, choice).mean().backward()
        learned.append((network.encoder.read.grad is not None, network.items.grad is not None))
        network.turn()
    encoder_first = (True, True)  # before the first turn nothing is held still
    assert learned == [encoder_first, (True, False), (False, True), (True, False), (True, False), (False, True)]
    assert network.before.read.grad is None


def test_the_prior_remembers_the_encoder_as_it_was_at_the_end_of_its_turn():
    network = RecVaeNet((8, 6, 4), RecVaeConfig(turns=2))
    with torch.no_grad():
        network.encoder.taste.bias += 1
    assert not torch.equal(network.before.taste.bias, network.encoder.taste.bias)
    network.turn()
    assert not torch.equal(network.before.taste.bias, network.encoder.taste.bias)
    network.turn()
    assert torch.equal(network.before.taste.bias, network.encoder.taste.bias)


def test_the_prior_is_a_mixture_of_densities_that_adds_up_to_one():
    network = RecVaeNet((8, 6, 1), RecVaeConfig()).eval()
    at = torch.linspace(-800, 800, 1_600_001)[:, None]
    one = Bag.of(sparse_rows(np.eye(1, 8, dtype=np.float32)))
    with torch.inference_mode():
        density = network._prior(at, one.unit()).exp()
    assert float(density.sum()) * 0.001 == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize("wrong", [{"turns": 0}, {"gamma": -1.0}, {"forgotten": -0.1}, {"width": 0}])
def test_settings_out_of_range_are_refused(wrong):
    with pytest.raises(BadRequest):
        RecVaeConfig(**wrong)

from typing import ClassVar

import numpy as np
import pytest
import torch
from recommend.recommender_contract import RecommenderContract

from musicdesk.errors import BadRequest
from musicdesk.recommend.bags import Bag
from musicdesk.recommend.macridvae import MacridVaeConfig, MacridVaeNet
from musicdesk.recommend.rows import sparse_rows

SMALL = {"kinds": 2, "width": 8, "epochs": 14, "learning_rate": 1e-2, "annealed": 200}


class TestMacridVae(RecommenderContract):
    name = "macridvae"
    config: ClassVar = SMALL

    def test_numpy_serves_what_torch_trained(self, method, crowds):
        network = MacridVaeNet(method._sizes, method.config).eval()
        network.load_state_dict({name: torch.from_numpy(array) for name, array in method._weights.items()})
        history = crowds.history(0)
        row = history.row(crowds.log.n_items, power=method.config.power)[method._heard][None]
        with torch.inference_mode():
            wanted = network.logits(Bag.of(sparse_rows(row)))[0]
        np.testing.assert_allclose(self.scores(method, history)[0][method._heard], wanted, rtol=1e-3, atol=1e-3)

    def test_an_item_is_shared_out_among_the_kinds(self, method):
        assert method.shares.shape == (60, 2)
        np.testing.assert_allclose(method.shares.sum(axis=1), 1, rtol=1e-5)

    def test_a_profile_is_a_direction_for_each_kind(self, method, crowds):
        tastes = method.profile(crowds.history(0)).reshape(2, -1)
        np.testing.assert_allclose(np.linalg.norm(tastes, axis=1), 1, rtol=1e-5)

    def test_what_has_nothing_of_a_kind_does_not_move_the_taste_for_it(self, method, crowds):
        history, kind = crowds.history(0), 1
        before = method.profile(history).reshape(2, -1)[kind]
        kept, method.shares = method.shares, method.shares.copy()
        try:
            method.shares[:, kind] = 0
            without = method.profile(history).reshape(2, -1)[kind]
            np.testing.assert_array_equal(without, method.profile(crowds.history(1)).reshape(2, -1)[kind])
        finally:
            method.shares = kept
        assert not np.array_equal(without, before)


def test_kinds_are_drawn_in_training_if_so_wished_and_never_when_it_serves():
    network = MacridVaeNet((12, 4), MacridVaeConfig(drawn=True))
    first, second = network.shares(), network.shares()
    assert not torch.equal(first, second)
    np.testing.assert_allclose(first.detach().sum(dim=1), 1, rtol=1e-5)
    network.eval()
    assert torch.equal(network.shares(), network.shares())


@pytest.mark.parametrize(
    "wrong", [{"kinds": 0}, {"temperature": 0.0}, {"spread": 0.0}, {"forgotten": 1.0}, {"beta": -0.1}]
)
def test_settings_out_of_range_are_refused(wrong):
    with pytest.raises(BadRequest):
        MacridVaeConfig(**wrong)

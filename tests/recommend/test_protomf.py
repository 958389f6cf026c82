from typing import ClassVar

import numpy as np
import pytest
import torch
from recommend.recommender_contract import RecommenderContract

from musicdesk.errors import BadRequest
from musicdesk.recommend.bags import Bag, Choice
from musicdesk.recommend.log import History
from musicdesk.recommend.protomf import ProtoMfConfig, ProtoMfNet, nearness
from musicdesk.recommend.rows import sparse_rows

BAG = Bag.of(sparse_rows(np.eye(6, dtype=np.float32) + np.eye(6, k=1, dtype=np.float32)))


class TestProtoMf(RecommenderContract):
    name = "protomf"
    config: ClassVar = {"listener_types": 2, "item_types": 3, "width": 8, "epochs": 15, "learning_rate": 1e-2}

    def test_numpy_serves_what_torch_trained(self, method, crowds):
        network = ProtoMfNet(method._sizes, method.config).eval()
        network.load_state_dict({name: torch.from_numpy(array) for name, array in method._weights.items()})
        history = crowds.history(0)
        row = history.row(crowds.log.n_items, power=method.config.power)[method._heard][None]
        with torch.inference_mode():
            wanted = network.logits(Bag.of(sparse_rows(row)))[0]
        np.testing.assert_allclose(self.scores(method, history)[0][method._heard], wanted, rtol=1e-3, atol=1e-4)

    def test_a_profile_says_how_near_the_listener_is_to_each_type(self, method, crowds):
        profile = method.profile(crowds.history(0))
        assert profile.shape == (2 + 3,)
        assert (profile[:2] >= 0).all()
        assert (profile[:2] <= 2).all()

    def test_a_listener_is_the_mean_of_their_items_so_that_heard_twice_over_is_the_same_listener(self, method, crowds):
        items = crowds.history(0).items
        once, twice = (method.profile(History.of(items, np.full(len(items), degree))) for degree in (1.0, 2.0))
        np.testing.assert_allclose(once, twice, rtol=1e-5)

    def test_what_everybody_shares_by_type_adds_up_to_the_score(self, method, crowds):
        profile = method.profile(crowds.history(1))
        parts = profile * method._rows
        np.testing.assert_allclose(parts.sum(axis=1), method.scores(profile[None])[0][method._heard], rtol=1e-4)


def test_nearness_goes_from_nought_to_two():
    rows, types = torch.tensor([[1.0, 0.0], [0.0, 0.0]]), torch.tensor([[3.0, 0.0], [-1.0, 0.0], [0.0, 5.0]])
    np.testing.assert_allclose(nearness(rows, types), [[2, 0, 1], [1, 1, 1]])


@pytest.mark.parametrize("weight", ["near", "used"])
def test_each_regulariser_draws_prototypes_and_what_they_stand_for_together(weight):
    torch.manual_seed(0)
    config = ProtoMfConfig(**{"forgotten": 0.0, "near": 0.0, "used": 0.0, weight: 1e6})
    network = ProtoMfNet((6, 3), config)
    axis = 1 if weight == "near" else 0
    choice = Choice.of(BAG, 6, whole=6, sampled=1)
    adam = torch.optim.Adam(network.parameters(), lr=0.02)

    def apart():
        with torch.inference_mode():
            both = (network.people(BAG), network.listener_types), (network.items, network.item_types)
            return [float(2 - nearness(*pair).amax(dim=axis).mean()) for pair in both]

    before = apart()
    for _ in range(100):
        adam.zero_grad()
        network.cost(BAG, choice).mean().backward()
        adam.step()
    assert all(now < 0.5 * then for now, then in zip(apart(), before, strict=True))


@pytest.mark.parametrize("wrong", [{"listener_types": 0}, {"near": -1.0}, {"forgotten": 1.0}, {"width": 0}])
def test_settings_out_of_range_are_refused(wrong):
    with pytest.raises(BadRequest):
        ProtoMfConfig(**wrong)

from typing import ClassVar

import numpy as np
import pytest
import torch
from recommend.recommender_contract import RecommenderContract

from musicdesk.errors import BadRequest
from musicdesk.recommend.shallow import ShallowConfig, ShallowNet


class TestShallow(RecommenderContract):
    name = "shallow"
    config: ClassVar = {"epochs": 8, "margin": 0.5}

    def test_a_profile_is_a_direction(self, method, crowds):
        assert np.linalg.norm(method.profile(crowds.history(0))) == pytest.approx(1, abs=1e-5)


@pytest.fixture
def network():
    rng = np.random.default_rng(0)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return ShallowNet(rng.normal(size=(6, 4)).astype(np.float32), rng.normal(size=(5, 4)).astype(np.float32))


def rows(*numbers):
    return torch.tensor(numbers)


def test_listeners_learn_and_items_stay_as_they_sound(network):
    before = network.items.clone()
    adam = torch.optim.Adam(network.parameters())
    network.hinge(rows(0, 1), rows(2, 3), rows(0, 1, 4), margin=2.0).backward()
    adam.step()
    assert not network.items.requires_grad
    assert {name for name, _ in network.named_parameters()} == {"users", "shared.weight", "shared.bias"}
    assert network.users.grad.abs().sum(dim=1).gt(0).all()
    torch.testing.assert_close(network.items, before, rtol=0, atol=0)


def test_both_sides_share_one_projection(network):
    with torch.no_grad():
        network.users[0] = network.items[0]
    torch.testing.assert_close(network.project(network.users[0]), network.project(network.items[0]))


def test_the_hinge_costs_what_others_are_nearer_than_allowed(network):
    with torch.no_grad():
        network.users[0] = network.items[0]  # as near as can be
        network.users[1] = network.items[0]
        apart = float((network.project(network.items[0]) * network.project(network.users[2])).sum())
    near = network.hinge(rows(0), rows(0), rows(1), margin=0.2)
    assert near.item() == pytest.approx(0.2, abs=1e-5)
    costs = network.hinge(rows(0), rows(0), rows(2), margin=0.2)
    assert costs.item() == pytest.approx(max(0.0, 0.2 - 1 + apart), abs=1e-5)


@pytest.mark.parametrize("wrong", [{"margin": 0}, {"negatives": 0}, {"epochs": 0}, {"learning_rate": 0}])
def test_settings_out_of_range_are_refused(wrong):
    with pytest.raises(BadRequest):
        ShallowConfig(**wrong)

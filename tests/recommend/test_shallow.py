from typing import ClassVar

import numpy as np
import pytest
import torch
from recommend.recommender_contract import RecommenderContract
from recommend.two_crowds import two_crowds
from scipy.sparse import csr_matrix

from musicdesk.errors import BadRequest, NothingYet
from musicdesk.jobs import Job
from musicdesk.recommend.log import Log
from musicdesk.recommend.shallow import Shallow, ShallowConfig, ShallowNet, _hidden, _strangers, hinge


class TestShallow(RecommenderContract):
    name = "shallow"
    config: ClassVar = {"epochs": 12, "items": "learned"}

    def test_a_profile_is_a_direction(self, method, crowds):
        assert np.linalg.norm(method.profile(crowds.history(0))) == pytest.approx(1, abs=1e-5)


class TestShallowFrozen(TestShallow):
    config: ClassVar = {"epochs": 12, "items": "frozen"}

    def test_a_score_is_a_cosine(self, method, crowds):
        profile = method.profile(crowds.history(0))
        np.testing.assert_allclose(method.scores(profile[None])[0], method._projected @ profile, atol=1e-6)

    def test_an_item_says_in_a_history_how_it_sounds_and_no_more(self, method, crowds):
        assert not method._rows[:, crowds.vectors.shape[1] :].any()


@pytest.fixture
def network():
    return made(learned=True)


def made(*, learned):
    rng = np.random.default_rng(0)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        sounds = rng.normal(size=(6, 4)).astype(np.float32)
        return ShallowNet(sounds, np.array([1, 1, 1, 1, 0.5, 0], np.float32), learned=learned)


def rows(*numbers):
    return torch.tensor(numbers)


def step(network):
    adam = torch.optim.Adam([p for p in network.parameters() if p.requires_grad], lr=0.1)
    people = network.listeners(rows(0, 1, 2, 3, 4), rows(0, 2))
    cosines = network.project(network.rows(rows(3, 5))) @ people.T
    hinge(cosines, rows(0, 1), torch.ones(2, 2), margin=2.0).backward()
    adam.step()


def test_learned_items_move_and_cold_ones_stay_as_they_sound(network):
    before, sounds = network.rows(torch.arange(6)).detach().clone(), network.sounds.clone()
    torch.testing.assert_close(before, sounds, rtol=0, atol=0)
    step(network)
    after = network.rows(torch.arange(6)).detach()
    assert (after - before)[:5].abs().sum(dim=1).gt(0).all()
    torch.testing.assert_close(after[5], before[5], rtol=0, atol=0)
    torch.testing.assert_close(network.sounds, sounds, rtol=0, atol=0)


def test_of_frozen_items_the_projection_alone_learns():
    network = made(learned=False)
    before = network.shared.weight.detach().clone()
    step(network)
    assert {name for name, p in network.named_parameters() if p.requires_grad} == {"shared.weight", "shared.bias"}
    torch.testing.assert_close(network.rows(torch.arange(6)), network.sounds, rtol=0, atol=0)
    assert (network.shared.weight.detach() - before).abs().sum() > 0


def test_an_item_asked_for_alone_is_its_sound(network):
    step(network)
    alone = network.rows(rows(0, 1), torch.tensor([0.0, 1.0])).detach()
    torch.testing.assert_close(alone[0], network.sounds[0], rtol=0, atol=0)
    torch.testing.assert_close(alone[1], network.rows(rows(1)).detach()[0], rtol=0, atol=0)


def test_listeners_are_their_means_through_the_projection_of_the_items(network):
    people = network.listeners(rows(0, 1, 2), rows(0, 2))
    torch.testing.assert_close(people[0], network.project(network.sounds[0] + network.sounds[1]))
    torch.testing.assert_close(people[1], network.project(network.sounds[2]))


def test_the_hinge_costs_what_others_are_nearer_than_allowed():
    cosines = torch.tensor([[0.9, 0.8, 0.3], [0.5, 0.7, 0.1]])
    others = torch.tensor([[0.0, 1.0, 1.0], [0.0, 1.0, 0.0]])
    # .2 - .9 + .8, nothing, and .2 - .5 + .7
    assert hinge(cosines, rows(0, 0), others, margin=0.2).item() == pytest.approx((0.1 + 0 + 0.4) / 3, abs=1e-6)
    assert hinge(cosines, rows(0, 0), torch.zeros(2, 3), margin=0.2).item() == 0


def test_of_each_history_a_part_is_hidden_and_a_part_shown():
    heard = csr_matrix(np.array([[1, 1, 0, 0, 0], [1, 1, 1, 1, 1]], np.float32))
    who = np.array([0, 0, 1, 1, 1, 1, 1])
    for share in (0.01, 0.5, 0.99):
        hidden = _hidden(heard, who, share=share, rng=np.random.default_rng(0))
        assert hidden[:2].sum() == 1
        assert 1 <= hidden[2:].sum() <= 4


def test_who_heard_an_item_does_not_stand_against_it():
    heard = csr_matrix(np.array([[1, 0, 1], [0, 0, 1]], np.float32))
    np.testing.assert_array_equal(_strangers(heard, np.array([2, 0, 1, 0])), [[0, 0], [0, 1], [1, 1], [0, 1]])


def test_too_few_tracks_to_compare_are_told():
    log = Log.of([0, 1], [0, 1], n_users=2, n_items=68)
    with pytest.raises(NothingYet, match="Fewer than two people"):
        Shallow().fit(log, two_crowds().vectors, job=Job())


@pytest.mark.parametrize(
    "wrong",
    [
        {"margin": 0}, {"items": "molten"}, {"own": -1}, {"alone": 2}, {"hidden": 0}, {"hidden": 1},
        {"listens": 0}, {"epochs": 0}, {"learning_rate": 0},
    ],
)  # fmt: skip
def test_settings_out_of_range_are_refused(wrong):
    with pytest.raises(BadRequest):
        ShallowConfig(**wrong)

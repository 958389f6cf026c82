from typing import ClassVar

import numpy as np
import pytest
import torch
from recommend.recommender_contract import RecommenderContract

from musicdesk.errors import BadRequest
from musicdesk.jobs import Job
from musicdesk.recommend import registry
from musicdesk.recommend.bert4rec import PAD, Bert4RecConfig, Bert4RecNet, Cloze
from musicdesk.recommend.log import History, Log

QUICK = {"epochs": 12, "learning_rate": 3e-3, "dim": 32, "inner": 32, "length": 16}


class TestBert4Rec(RecommenderContract):
    name = "bert4rec"
    config: ClassVar = QUICK

    def test_a_sample_of_the_items_is_enough_to_learn_from(self, crowds):
        method = self.fit(crowds, whole=0, sampled=30)
        scores = self.scores(method, crowds.history(0))[0]
        assert scores[crowds.of(0)].mean() > scores[crowds.of(1)].mean()

    def test_without_a_clock_there_is_no_order(self, method, crowds):
        log = crowds.log
        timeless = registry.make(self.name, **QUICK)
        timeless.fit(Log.of(log.users, log.items, n_users=log.n_users, n_items=log.n_items), crowds.vectors, job=Job())
        items = crowds.of(0)[:5]
        there, back = History.of(items), History.of(items[::-1])
        np.testing.assert_allclose(timeless.profile(there), timeless.profile(back), atol=1e-5)
        assert np.abs(method.profile(there) - method.profile(back)).max() > 1e-4

    def test_only_the_latest_items_are_read(self, method, crowds):
        many = np.resize(np.concatenate([crowds.of(0), crowds.of(1)]), 40)
        np.testing.assert_array_equal(
            method.profile(History.of(many)), method.profile(History.of(many[-QUICK["length"] :]))
        )

    def test_what_nobody_heard_is_known_by_its_sound_alone(self, method, crowds):
        network = method._network
        rows = network.sound(network.vectors).detach().numpy()
        np.testing.assert_allclose(method._rows[~crowds.warm], rows[~crowds.warm], atol=1e-6)
        assert not method._bias[~crowds.warm].any()
        assert np.abs(method._rows - rows)[crowds.warm].max() > 1e-3


@pytest.fixture
def network():
    vectors = np.random.default_rng(0).normal(size=(8, 5)).astype(np.float32)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return Bert4RecNet(Bert4RecConfig(dim=8, length=4), vectors, np.arange(8) < 6, ordered=True)


def test_the_vectors_are_frozen(network):
    assert "vectors" not in dict(network.named_parameters())
    assert not network.vectors.requires_grad


def test_a_gap_is_made_in_every_sequence_and_never_where_there_is_nothing(network):
    sequences = np.array([[PAD, PAD, 0, 1], [2, 3, 4, 5]] * 50)
    cloze = Cloze(Bert4RecConfig(masked=0.2), network, sequences, np.arange(6))
    with torch.random.fork_rng():
        torch.manual_seed(0)
        gaps = cloze._gaps(torch.from_numpy(sequences)).numpy()
    assert gaps.any(axis=1).all()
    assert not gaps[sequences == PAD].any()
    assert 0.2 <= gaps[1::2].mean() <= 0.45


def test_what_stands_where_there_is_nothing_is_not_read(network):
    network.eval()
    rows, _ = network.rows()
    padded = network(torch.tensor([[PAD, PAD, 1, 2]]), rows)[0, 2:]
    torch.testing.assert_close(padded, network(torch.tensor([[1, 2]]), rows)[0], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("wrong", [{"dim": 5}, {"masked": 0}, {"alone": 2}, {"length": 0}, {"dropout": 1}])
def test_settings_out_of_range_are_refused(wrong):
    with pytest.raises(BadRequest):
        Bert4RecConfig(**wrong)

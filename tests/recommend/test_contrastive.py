from typing import ClassVar

import numpy as np
import pytest
import torch
from recommend.recommender_contract import RecommenderContract

from musicdesk.errors import BadRequest
from musicdesk.jobs import Job
from musicdesk.recommend import registry
from musicdesk.recommend.contrastive import ContrastiveConfig, Towers, decoupled

QUICK = {"dim": 64, "epochs": 15, "temperature": 0.5}


class TestContrastiveContent(RecommenderContract):
    name = "contrastive-content"
    config: ClassVar = QUICK


class TestContrastiveCollaborative(RecommenderContract):
    name = "contrastive-collaborative"
    config: ClassVar = QUICK


class TestContrastiveAverage(RecommenderContract):
    name = "contrastive-average"
    config: ClassVar = QUICK

    def test_it_lies_half_way_between_the_two_spaces(self, method, crowds):
        apart = [registry.make(f"contrastive-{space}", **QUICK) for space in ("content", "collaborative")]
        for space in apart:
            space.fit(crowds.log, crowds.vectors, job=Job())
        content, habits = (space._items for space in apart)
        np.testing.assert_allclose(method._items[crowds.warm], ((content + habits) / 2)[crowds.warm], atol=1e-6)
        np.testing.assert_allclose(method._items[~crowds.warm], content[~crowds.warm], atol=1e-6)


def test_the_right_pair_is_left_out_of_the_denominator():
    logits = torch.tensor([[5.0, 1.0, 2.0], [0.0, 3.0, 1.0], [1.0, -1.0, 4.0]])
    one_way = -logits.diag() + torch.stack([
        torch.logaddexp(logits[i, (i + 1) % 3], logits[i, (i + 2) % 3]) for i in range(3)
    ])  # fmt: skip
    other_way = -logits.diag() + torch.stack([
        torch.logaddexp(logits[(i + 1) % 3, i], logits[(i + 2) % 3, i]) for i in range(3)
    ])  # fmt: skip
    torch.testing.assert_close(decoupled(logits), ((one_way + other_way) / 2).mean())


def test_towers_that_agree_cost_less_than_towers_that_do_not():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        towers, views = Towers(4, 4, 8), torch.randn(6, 4)
    towers.habits.load_state_dict(towers.content.state_dict())
    agreed = towers.loss(views, views, temperature=0.1)
    assert agreed < towers.loss(views, views.roll(1, dims=0), temperature=0.1)


@pytest.mark.parametrize("wrong", [{"space": "outer"}, {"temperature": 0}, {"dim": 0}, {"power": -1}])
def test_settings_out_of_range_are_refused(wrong):
    with pytest.raises(BadRequest):
        ContrastiveConfig(**wrong)


def test_a_name_says_which_space_it_is():
    with pytest.raises(BadRequest, match="contrastive-average"):
        registry.make("contrastive-content", space="average")

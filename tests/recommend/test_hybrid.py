from typing import ClassVar

import numpy as np
import pytest
from recommend.recommender_contract import RecommenderContract

from musicdesk.errors import BadRequest
from musicdesk.jobs import Job
from musicdesk.recommend import registry
from musicdesk.recommend.hybrid import HybridConfig


class TestHybrid(RecommenderContract):
    name = "hybrid"
    config: ClassVar = {"factors": 16}

    def test_what_many_heard_speaks_for_itself_and_cold_items_by_their_sound(self, method, crowds):
        by_sound = self.fit(crowds, own=0.0)
        np.testing.assert_array_equal(by_sound._heard, method._heard)
        np.testing.assert_array_equal(by_sound._items[~crowds.warm], method._items[~crowds.warm])
        away = [
            np.linalg.norm((m._items - m._heard)[crowds.warm]) for m in (self.fit(crowds, own=1e-3), method, by_sound)
        ]
        assert away[0] < 0.01 < away[1] < away[2]


class TestHybridAsPublished(RecommenderContract):
    name = "hybrid"
    config: ClassVar = {"mapping": "network", "factors": 16, "width": 32, "epochs": 8}

    def test_factors_are_directions_that_sounds_make(self, method, crowds):
        np.testing.assert_allclose(np.linalg.norm(method._items, axis=1), 1, rtol=1e-5)
        np.testing.assert_array_equal(method._items, method._heard)

    def test_a_part_of_the_items_a_step_is_enough(self, crowds):
        method = registry.make(self.name, **{**self.config, "columns": 40})
        method.fit(crowds.log, crowds.vectors, job=Job())
        scores = self.scores(method, crowds.history(0))[0]
        assert scores[crowds.of(0, warm=False)].mean() > scores[crowds.of(1, warm=False)].mean()


@pytest.mark.parametrize("wrong", [{"mapping": "magic"}, {"own": -1}, {"landmarks": 0}, {"hidden": 1}, {"power": 5}])
def test_settings_out_of_range_are_refused(wrong):
    with pytest.raises(BadRequest):
        HybridConfig(**wrong)

import subprocess
import sys
from typing import ClassVar

import numpy as np
import pytest
from recommend.recommender_contract import RecommenderContract

from musicdesk.errors import BadRequest
from musicdesk.jobs import Cancelled, Job
from musicdesk.recommend.elsa import Elsa, ElsaConfig


class TestElsa(RecommenderContract):
    name = "elsa"
    config: ClassVar = {"hidden": 0.75, "learning_rate": 0.03}  # there are fifty listeners only

    def test_items_are_unit_vectors_and_unheard_ones_nothing(self, method, crowds):
        sizes = np.linalg.norm(method.factors, axis=1)
        np.testing.assert_allclose(sizes[crowds.warm], 1.0, rtol=1e-5)
        assert not sizes[~crowds.warm].any()

    def test_training_brings_a_kind_together(self, method, crowds):
        cosines = method.factors @ method.factors.T
        own = cosines[np.ix_(crowds.of(0)[:10], crowds.of(0)[10:])].mean()
        assert own > cosines[np.ix_(crowds.of(0), crowds.of(1))].mean() + 0.3

    def test_a_short_log_gets_fewer_factors(self, method, crowds):
        assert method.factors.shape[1] == crowds.log.n_users // 7
        assert self.fit(crowds, factors=3).factors.shape[1] == 3

    def test_another_seed_is_another_map(self, method, crowds):
        assert not np.array_equal(self.fit(crowds, seed=1).factors, method.factors)

    def test_it_stops_between_two_batches(self, crowds):
        job = Job(lambda progress: job.cancel() if progress.done else None)
        with pytest.raises(Cancelled):
            Elsa().fit(crowds.log, None, job=job)

    def test_a_short_log_is_still_learned_long_enough(self, crowds):
        told = []
        Elsa(config=ElsaConfig(factors=4, epochs=1, steps=30)).fit(crowds.log, None, job=Job(told.append))
        assert told[-1].done >= 30

    def test_serving_needs_no_torch(self, method, crowds, tmp_path):
        method.save(tmp_path)
        code = f"""
import sys, numpy as np
from pathlib import Path
from musicdesk.recommend import registry
from musicdesk.recommend.log import History
loaded = registry.load(Path({str(tmp_path)!r}))
assert loaded.scores(loaded.profile(History.of([0]))[None]).shape[1] == {crowds.log.n_items}
assert "torch" not in sys.modules
"""
        subprocess.run([sys.executable, "-c", code], check=True, timeout=60)

    @pytest.mark.parametrize("wrong", [{"factors": 0}, {"learning_rate": 0.0}, {"batch": 0}, {"power": -1.0}])
    def test_settings_out_of_bounds_are_refused(self, wrong):
        with pytest.raises(BadRequest):
            ElsaConfig(**wrong)

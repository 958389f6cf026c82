from typing import ClassVar

import numpy as np
import pytest
from recommend.recommender_contract import RecommenderContract
from recommend.two_crowds import N_ITEMS, two_crowds

from musicdesk.errors import BadRequest
from musicdesk.jobs import Job
from musicdesk.recommend import ease
from musicdesk.recommend.ease import Ease, EaseConfig
from musicdesk.recommend.log import Log


def by_the_paper(matrix: np.ndarray, weight: float) -> np.ndarray:
    """B as Steck's Algorithm 1 says it."""
    inverse = np.linalg.inv(matrix.T @ matrix + weight * np.eye(matrix.shape[1]))
    b = inverse / -np.diag(inverse)
    np.fill_diagonal(b, 0)
    return b


class TestEase(RecommenderContract):
    name = "ease"
    config: ClassVar = {"weight": 200.0}

    @pytest.mark.parametrize("n_users", [50, 300], ids=["fewer people than items", "fewer items than people"])
    def test_it_is_the_closed_form_from_either_side(self, n_users):
        crowds = two_crowds()
        log = Log.of(crowds.log.users, crowds.log.items, n_users=n_users, n_items=N_ITEMS)
        method = Ease(config=EaseConfig(weight=7.0))
        method.fit(log, None, job=Job())
        row = crowds.history(1).row(N_ITEMS)
        expected = row @ by_the_paper(log.matrix().toarray().astype(np.float64), 7.0)
        scores = method.scores(row[None])[0]
        np.testing.assert_allclose(scores[crowds.warm], expected[crowds.warm], atol=1e-4)

    def test_it_goes_block_by_block_to_the_same_end(self, method, crowds, monkeypatch):
        monkeypatch.setattr(ease, "BLOCK", 7)
        histories = method.profile(crowds.history(0))[None]
        np.testing.assert_allclose(self.fit(crowds).scores(histories), method.scores(histories), atol=1e-6)

    def test_what_is_too_large_is_refused_before_it_eats_the_memory(self):
        log = Log.of([0, 1], [0, 0], n_users=20_000, n_items=30_000)
        with pytest.raises(BadRequest, match="elsa"):
            Ease().fit(log, None, job=Job())

    def test_a_weight_of_nothing_is_refused(self):
        with pytest.raises(BadRequest):
            EaseConfig(weight=0)

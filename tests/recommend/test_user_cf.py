import numpy as np
import pytest
from recommend.recommender_contract import NOBODY, RecommenderContract

from musicdesk.jobs import Job
from musicdesk.recommend.log import History, Log
from musicdesk.recommend.user_cf import UserCf, UserCfConfig

PLAIN = {"shrink": 0.0, "power": 1.0, "rare": 0.0}


class TestUserCf(RecommenderContract):
    name = "user-cf"

    def test_it_is_the_formula(self):
        # R_AB = k Σ sim(A, a) R_aB, by hand
        log = Log.of([0, 0, 1, 1, 2], [0, 2, 1, 3, 0], [1.0, 0.5, 1.0, 0.8, 1.0], n_users=3, n_items=4)
        method = UserCf(config=UserCfConfig(neighbours=3, **PLAIN))
        method.fit(log, None, job=Job())
        scores = method.scores(method.profile(History.of([0]))[None])[0]
        near, nearest = 1 / np.sqrt(1.25), 1.0  # the cosines of person 0 and 2 with the asker; 1 has nothing in common
        k = 1 / (near + nearest)
        assert scores == pytest.approx([k * (near + nearest), 0, k * near * 0.5, 0], abs=1e-6)

    def test_the_nearest_alone_have_a_say(self, crowds):
        method = UserCf(config=UserCfConfig(neighbours=5))
        method.fit(crowds.log, None, job=Job())
        shares = method.profile(crowds.history(0))
        assert shares.sum() == pytest.approx(1.0)
        assert 5 <= (shares > 0).sum() <= 8  # ties come along

    @pytest.mark.parametrize("shrink", [0.0, 5.0])
    def test_who_shares_little_has_less_of_a_say(self, shrink):
        log = Log.of([0, 1, 1, 1], [0, 0, 1, 2], n_users=2, n_items=4)
        method = UserCf(config=UserCfConfig(**{**PLAIN, "shrink": shrink}))
        method.fit(log, None, job=Job())
        shares = method.profile(History.of([0, 1, 2]))
        expected = np.array([1 / np.sqrt(3) * 1 / (1 + shrink), 1 * 3 / (3 + shrink)])
        np.testing.assert_allclose(shares, expected / expected.sum(), rtol=1e-5)

    def test_nobody_is_told_what_people_like_on_average(self, method, crowds):
        shares = crowds.log.matrix(binary=True).mean(axis=0).A1
        scores = method.scores(method.profile(NOBODY)[None])[0]
        np.testing.assert_allclose(scores[crowds.warm], shares[crowds.warm], atol=1e-6)

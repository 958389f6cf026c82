import numpy as np
from recommend.recommender_contract import RecommenderContract

from musicdesk.jobs import Job
from musicdesk.recommend.item_knn import ItemKnn, ItemKnnConfig, neighbours
from musicdesk.recommend.log import History, Log

PLAIN = {"shrink": 0.0, "alpha": 0.5, "power": 1.0, "even": 0.0}


class TestItemKnn(RecommenderContract):
    name = "item-knn"

    def test_the_plain_form_is_the_cosine_of_the_columns(self, crowds):
        matrix = crowds.log.matrix()
        found = neighbours(matrix, ItemKnnConfig(neighbours=1000, **PLAIN), job=Job()).toarray()
        dense = matrix.toarray()
        sizes = np.maximum(np.linalg.norm(dense, axis=0), 1e-6)
        cosines = dense.T @ dense / sizes / sizes[:, None]
        np.fill_diagonal(cosines, 0)
        np.testing.assert_allclose(found, cosines, atol=1e-5)

    def test_each_candidate_keeps_its_nearest_alone(self, crowds):
        wide, narrow = (
            neighbours(crowds.log.matrix(), ItemKnnConfig(neighbours=n, **PLAIN), job=Job()).toarray()
            for n in (1000, 3)
        )
        assert ((narrow > 0).sum(axis=0) <= 3).all()
        np.testing.assert_allclose(narrow.max(axis=0), wide.max(axis=0), rtol=1e-6)

    def test_it_goes_block_by_block_to_the_same_end(self, crowds, monkeypatch):
        whole = neighbours(crowds.log.matrix(), ItemKnnConfig(), job=Job())
        monkeypatch.setattr("musicdesk.recommend.item_knn.BLOCK", 7)
        np.testing.assert_allclose(
            neighbours(crowds.log.matrix(), ItemKnnConfig(), job=Job()).toarray(), whole.toarray(), rtol=1e-6
        )

    def test_shrinkage_doubts_what_few_people_vouch_for(self):
        # 0 and 1 share all of ten people, 2 and 3 their only one
        users, items = [*range(10), *range(10), 10, 10], [0] * 10 + [1] * 10 + [2, 3]
        log = Log.of(users, items, n_users=11, n_items=4)
        for shrink, alike in ((0.0, True), (5.0, False)):
            found = neighbours(log.matrix(), ItemKnnConfig(**{**PLAIN, "shrink": shrink}), job=Job()).toarray()
            assert (abs(found[0, 1] - found[2, 3]) < 1e-6) == alike
            assert found[0, 1] >= found[2, 3] - 1e-6

    def test_alpha_tells_the_share_of_whose_listeners(self):
        # all who hear 0 hear 1, but few who hear 1 hear 0
        users, items = [0, 1, *range(8)], [0, 0] + [1] * 8
        log = Log.of(users, items, n_users=8, n_items=2)
        found = neighbours(log.matrix(), ItemKnnConfig(**{**PLAIN, "alpha": 1.0}), job=Job()).toarray()
        assert found[0, 1] == 1.0  # from 0 to 1: of those who hear 0
        assert found[1, 0] == 0.25

    def test_a_dislike_speaks_against_what_goes_with_it(self, method: ItemKnn, crowds):
        liked, other = crowds.of(0)[:3], crowds.of(1)
        plain = method.scores(method.profile(History.of(liked))[None])[0]
        against = History.of([*liked, *other[:2]], [1, 1, 1, -1, -1])
        assert method.scores(method.profile(against)[None])[0][other[2:]].mean() < plain[other[2:]].mean()

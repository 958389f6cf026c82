import numpy as np
from recommend.recommender_contract import RecommenderContract

from musicdesk.jobs import Job
from musicdesk.recommend.content import ContentLast, ContentLastConfig, ContentMean, ContentMeanConfig
from musicdesk.recommend.log import History


class TestContentMean(RecommenderContract):
    name = "content-mean"

    def test_scores_are_cosines_of_the_standardised_vectors(self, method, crowds):
        item = crowds.of(0)[0]
        scores = method.scores(method.profile(History.of([item]))[None])[0]
        z = (crowds.vectors - crowds.vectors.mean(axis=0)) / crowds.vectors.std(axis=0)
        cosines = z @ z[item] / np.linalg.norm(z, axis=1) / np.linalg.norm(z[item])
        np.testing.assert_allclose(scores, cosines, atol=1e-5)

    def test_a_dislike_pushes_away_what_sounds_like_it(self, method, crowds):
        liked, other = crowds.of(0)[:3], crowds.of(1)
        plain = method.scores(method.profile(History.of(liked))[None])[0]
        against = History.of([*liked, *other[:2]], [1, 1, 1, -1, -1])
        assert method.scores(method.profile(against)[None])[0][other[2:]].mean() < plain[other[2:]].mean()

    def test_the_better_liked_weighs_more(self, method, crowds):
        pair = [crowds.of(0)[0], crowds.of(1)[0]]
        scores = method.scores(method.profile(History.of(pair, [1.0, 0.1]))[None])[0]
        assert scores[pair[0]] > scores[pair[1]]

    def test_dislikes_can_be_left_out(self, crowds):
        deaf = ContentMean(config=ContentMeanConfig(against=0))
        deaf.fit(crowds.log, crowds.vectors, job=Job())
        liked, other = crowds.of(0)[:3], crowds.of(1)[:2]
        both = History.of([*liked, *other], [1, 1, 1, -1, -1])
        np.testing.assert_allclose(deaf.profile(both), deaf.profile(History.of(liked)), atol=1e-6)


class TestContentLast(RecommenderContract):
    name = "content-last"

    def test_only_the_latest_count(self, crowds):
        method = ContentLast(config=ContentLastConfig(last=3))
        method.fit(crowds.log, crowds.vectors, job=Job())
        long_ago, lately = crowds.of(0)[:10], crowds.of(1)[:3]
        np.testing.assert_array_equal(
            method.profile(History.of([*long_ago, *lately])), method.profile(History.of(lately))
        )

    def test_a_latest_item_without_a_vector_does_not_take_a_place(self, crowds):
        vectors = crowds.vectors.copy()
        vectors[crowds.of(1)[0]] = np.nan
        method = ContentLast(config=ContentLastConfig(last=1))
        method.fit(crowds.log, vectors, job=Job())
        item = crowds.of(0)[0]
        np.testing.assert_array_equal(
            method.profile(History.of([item, crowds.of(1)[0]])), method.profile(History.of([item]))
        )

from recommend.recommender_contract import NOBODY, RecommenderContract

from musicdesk.jobs import Job
from musicdesk.recommend.base import profiles
from musicdesk.recommend.log import Log


class TestPopularity(RecommenderContract):
    name = "popularity"
    personal = False

    def test_what_more_people_hear_stands_higher_for_everyone(self, method, crowds):
        counts = crowds.log.matrix(binary=True).sum(axis=0).A1
        for row in method.scores(profiles(method, [crowds.history(0), NOBODY])):
            assert (row[counts.argsort()] == sorted(row)).all()

    def test_people_count_and_not_how_much_each_of_them_likes_it(self):
        log = Log.of([0, 1, 2], [0, 0, 1], [0.1, 0.1, 1.0], n_users=3, n_items=2)
        method = self.make()
        method.fit(log, None, job=Job())
        scores = method.scores(method.profile(NOBODY)[None])[0]
        assert scores[0] > scores[1]

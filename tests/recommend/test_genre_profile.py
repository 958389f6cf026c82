"""The two genre profiles: the contract, both readings of what the paper leaves open, lists for one and for several."""

import numpy as np
import pytest
from recommend.recommender_contract import RecommenderContract
from recommend.two_crowds import TwoCrowds, genres

from musicdesk.errors import BadRequest, ModelUnavailable
from musicdesk.jobs import Job
from musicdesk.recommend import registry
from musicdesk.recommend.categories import are_probabilities, class_vectors, memberships, similarity
from musicdesk.recommend.genre_profile import (
    Comprehensive,
    ComprehensiveConfig,
    Multicategory,
    MulticategoryConfig,
)
from musicdesk.recommend.log import History, Log
from musicdesk.recommend.shared_list import Wish, merged, slots

PER_CLASS = 12


class TestComprehensive(RecommenderContract):
    name = "comprehensive"

    def vectors_of(self, crowds: TwoCrowds) -> np.ndarray:
        return genres(crowds)


class TestMulticategory(RecommenderContract):
    name = "multicategory"

    def vectors_of(self, crowds: TwoCrowds) -> np.ndarray:
        return genres(crowds)


class TestComprehensiveOfMadeCategories(RecommenderContract):
    name = "comprehensive"


class TestMulticategoryOfMadeCategories(RecommenderContract):
    name = "multicategory"


class TestMulticategoryBySong(TestMulticategory):
    config = {"reading": "song", "ratio": "components", "threshold": 0.3}  # noqa: RUF012


class TestComprehensiveByComponents(TestComprehensive):
    config = {"ratio": "components"}  # noqa: RUF012


def songs(purity: float = 0.85, seed: int = 0) -> np.ndarray:
    """Twelve songs of each of four classes, in their order, told apart as well as ``purity``.  # [48, 4]"""
    noise = np.random.default_rng(seed).dirichlet(np.ones(4), size=4 * PER_CLASS)
    return (purity * np.repeat(np.eye(4), PER_CLASS, axis=0) + (1 - purity) * noise).astype(np.float32)


def of(*classes: int, each: int = 3) -> np.ndarray:
    """The first songs of some classes."""
    return np.concatenate([PER_CLASS * k + np.arange(each) for k in classes])


def multicategory(classes: np.ndarray | None = None, **config) -> Multicategory:
    method = Multicategory(config=MulticategoryConfig(**config))
    rows = songs() if classes is None else classes
    method.fit(Log.of([], [], n_users=0, n_items=len(rows)), rows, job=Job())
    return method


def test_the_ratio_of_the_norms_is_1_for_equals_and_tells_mixed_from_pure():
    pure, mixed = np.array([[1.0, 0, 0, 0]], np.float32), np.array([[0.5, 0.5, 0, 0]], np.float32)
    assert similarity(pure, pure, ratio="norms")[0, 0] == pytest.approx(1)
    cosine = similarity(pure, mixed, ratio="none")[0, 0]
    assert cosine == pytest.approx(np.sqrt(0.5))
    assert similarity(pure, mixed, ratio="norms")[0, 0] == pytest.approx(cosine * np.sqrt(0.5))
    of_components = np.mean([0.5 / 1, 0 / 0.5, 1, 1])
    assert similarity(pure, mixed, ratio="components")[0, 0] == pytest.approx(cosine * of_components)


@pytest.mark.parametrize("ratio", ["norms", "components", "none"])
def test_similarity_is_symmetric_and_between_0_and_1(ratio):
    items, others = songs(0.3), songs(0.6, seed=1)[:7]
    there, back = similarity(items, others, ratio=ratio), similarity(others, items, ratio=ratio)
    np.testing.assert_allclose(there, back.T, rtol=1e-5)
    assert there.min() >= 0
    assert there.max() <= 1 + 1e-6


def test_the_comprehensive_profile_is_the_mean_weighted_by_preference():
    classes = songs()
    method = Comprehensive()
    method.fit(Log.of([], [], n_users=0, n_items=len(classes)), classes, job=Job())
    heard, degrees = np.array([0, 13, 30]), np.array([1.0, 0.5, -1.0])
    expected = (classes[0] + 0.5 * classes[13]) / 1.5
    np.testing.assert_allclose(method.profile(History.of(heard, degrees)), expected, rtol=1e-5)


def test_without_a_history_the_profile_is_everyones():
    classes = songs()
    method = Comprehensive()
    log = Log.of([0, 0, 1, 1], [0, 1, 14, 15], [1, 1, 1, -1], n_users=2, n_items=len(classes))
    method.fit(log, classes, job=Job())
    np.testing.assert_allclose(method.profile(History.of([], [])), classes[[0, 1, 14]].mean(axis=0), rtol=1e-5)


def test_a_category_is_preferred_from_the_threshold_up():
    heard = History.of(np.concatenate([of(0, each=8), of(1, each=2)]))  # shares of about .8 and .2
    for threshold, preferred in ((0.15, [0, 1]), (0.4, [0]), (0.03, [0, 1, 2, 3])):
        method = multicategory(threshold=threshold)
        assert np.flatnonzero(method.shares(method.profile(heard))).tolist() == preferred
    assert method.shares(method.profile(heard)).sum() == pytest.approx(1)


def test_a_listener_of_everything_still_prefers_something():
    method = multicategory(threshold=0.4)
    assert (method.shares(method.profile(History.of(of(0, 1, 2, 3)))) > 0).sum() == 1


def test_by_song_one_song_makes_a_category_preferred():
    heard = History.of(np.concatenate([of(0, each=12), of(1, each=1)]))
    by_share, by_song = multicategory(), multicategory(reading="song")
    assert by_share.shares(by_share.profile(heard))[1] == 0
    shares = by_song.shares(by_song.profile(heard))
    assert shares[1] == pytest.approx(1 / 13, abs=0.01)


def test_by_song_a_song_belongs_to_every_class_that_reaches_the_threshold():
    classes = np.array([[0.5, 0.3, 0.1, 0.1], [0.05, 0.05, 0.05, 0.85], [np.nan] * 4], np.float32)
    by_song = memberships(classes, threshold=0.15, reading="song")
    assert by_song.tolist() == [[True, True, False, False], [False, False, False, True], [False] * 4]
    assert memberships(classes, threshold=0.15, reading="share").sum(axis=1).tolist() == [1, 1, 0]


def test_each_category_is_served_by_its_own_part_of_the_history():
    """A listener of pure rock and of half-and-half pop gets both kinds; an average would find neither."""
    classes = np.array(
        [[1, 0, 0], [0.95, 0.05, 0], [0.5, 0.5, 0], [0, 0.6, 0.4], [0, 0.55, 0.45], [0, 1, 0]], np.float32
    )
    method = multicategory(classes)
    profile = method.profile(History.of([0, 3]))
    picks = method.shared(profile[None], 2, allowed=np.array([False, True, True, False, True, True]))
    assert [pick.item for pick in picks] == [1, 4]


def test_places_go_by_largest_remainder():
    assert slots([0.5, 0.3, 0.2], 10).tolist() == [5, 3, 2]
    assert slots([0.45, 0.35, 0.2], 10).tolist() == [5, 3, 2]
    assert slots([1, 1, 1], 10).tolist() == [4, 3, 3]
    assert slots([0.7, 0.3], 0).tolist() == [0, 0]
    assert slots([], 4).tolist() == []


def test_a_list_has_every_preferred_category_by_its_share():
    method = multicategory()
    heard = np.concatenate([of(0, each=6), of(2, each=3)])
    unheard = ~np.isin(np.arange(48), heard)
    picks = method.shared(method.profile(History.of(heard))[None], 9, allowed=unheard)
    assert [pick.category for pick in picks] == [0, 2, 0, 2, 0, 2, 0, 0, 0]
    assert {pick.item // PER_CLASS for pick in picks if pick.category == 2} == {2}
    assert len({pick.item for pick in picks}) == 9
    assert not set(heard) & {pick.item for pick in picks}


def test_every_beginning_of_the_order_has_the_shares():
    method = multicategory()
    heard = np.concatenate([of(0, each=6), of(2, each=3)])
    order = np.argsort(-method.scores(method.profile(History.of(heard))[None])[0], kind="stable")
    kinds = order // PER_CLASS
    for count in (3, 6, 9, 15):
        assert abs((kinds[:count] == 0).sum() - 2 * count / 3) <= 1
        assert set(kinds[:count].tolist()) == {0, 2}
    assert set(kinds[24:].tolist()) == {1, 3}


def test_a_small_share_is_among_the_first_three():
    """Other divisors (D'Hondt's) would let the large shares go first, and a short list forget the small ones."""
    method = multicategory()
    heard = np.concatenate([of(0, each=8), of(2, each=2)])
    order = np.argsort(-method.scores(method.profile(History.of(heard))[None])[0], kind="stable")
    assert 2 in (order[:3] // PER_CLASS).tolist()


def test_places_that_a_category_cannot_fill_go_to_the_others():
    method = multicategory()
    allowed = np.zeros(48, bool)
    allowed[[11, 12, 13, 14, 15, 16, 40]] = True
    profile = method.profile(History.of(np.concatenate([of(0, each=4), of(1)])))
    picks = method.shared(profile[None], 7, allowed=allowed)
    assert [pick.category for pick in picks] == [0, 1, 1, 1, 1, 1, -1]
    assert picks[-1].item == 40
    assert len(method.shared(profile[None], 20, allowed=allowed)) == 7


def test_in_a_group_everyone_gets_the_same_number_and_each_pick_says_whose():
    method = multicategory()
    tastes = [History.of(of(0, each=12)), History.of(of(1, 2, each=4)), History.of(of(2, each=2))]
    group = np.stack([method.profile(taste) for taste in tastes])
    picks = method.shared(group, 12)
    whose = [pick.listener for pick in picks]
    assert [whose.count(listener) for listener in range(3)] == [4, 4, 4]
    assert whose[:3] == [0, 1, 2]
    assert {pick.item // PER_CLASS for pick in picks if pick.listener == 0} == {0}
    assert sorted(pick.item // PER_CLASS for pick in picks if pick.listener == 1) == [1, 1, 2, 2]
    assert len({pick.item for pick in picks}) == 12
    for pick in picks:
        assert pick.also == {0: (), 1: (), 2: (2,) if pick.listener == 1 else (1,)}[pick.item // PER_CLASS]


def test_a_group_of_nobody_and_an_empty_list_are_no_trouble():
    method = multicategory()
    profile = method.profile(History.of(of(0)))
    assert method.shared(np.zeros((0, len(profile)), np.float32), 5) == ()
    assert method.shared(profile[None], 0) == ()
    assert method.shared(profile[None], 5, allowed=np.zeros(48, bool)) == ()
    assert method.scores(np.zeros((0, len(profile)), np.float32)).shape == (0, 48)


def test_an_item_that_two_wish_for_comes_once():
    rows, scores = np.array([5, 6, 7]), np.array([0.9, 0.8, 0.7], np.float32)
    picks = merged([Wish(0, 0, 1.0, rows, scores), Wish(1, 0, 1.0, rows, scores)], 3)
    assert [(pick.item, pick.listener) for pick in picks] == [(5, 0), (6, 1), (7, 0)]


def test_probabilities_stay_and_other_vectors_become_categories():
    rng = np.random.default_rng(0)
    classes = songs()
    np.testing.assert_array_equal(class_vectors(classes, count=8, seed=0), classes)
    kinds = np.repeat(np.arange(3), 30)
    vectors = (rng.normal(size=(3, 16))[kinds] + 0.3 * rng.normal(size=(90, 16))).astype(np.float32)
    vectors[4] = np.nan
    made = class_vectors(vectors, count=3, seed=0)
    assert are_probabilities(np.delete(made, 4, axis=0))
    assert np.isnan(made[4]).all()
    said = np.delete(made, 4, axis=0).argmax(axis=1)
    assert len({(kind, category) for kind, category in zip(np.delete(kinds, 4), said, strict=True)}) == 3
    assert class_vectors(vectors[:2], count=8, seed=0).shape == (2, 1)


def test_settings_out_of_bounds_are_named():
    for wrong, told in (({"ratio": "odd"}, "ratio"), ({"threshold": 0.0}, "threshold"), ({"reading": "x"}, "reading")):
        with pytest.raises(BadRequest, match=told):
            MulticategoryConfig(**wrong)
    with pytest.raises(BadRequest, match="categories"):
        ComprehensiveConfig(categories=1)


def test_a_kept_profile_of_another_length_is_refused(tmp_path):
    from safetensors.numpy import load_file, save_file

    method = multicategory()
    method.save(tmp_path)
    arrays = load_file(tmp_path / "arrays.safetensors")
    save_file({**arrays, "neutral": arrays["neutral"][:-1]}, tmp_path / "arrays.safetensors")
    with pytest.raises(ModelUnavailable, match="musicdesk recommenders fit"):
        registry.load(tmp_path)

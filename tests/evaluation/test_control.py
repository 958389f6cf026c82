"""What sliders do is measured rightly: made-up worlds in which the answer is known."""

import numpy as np
import pytest

from musicdesk.errors import BadRequest
from musicdesk.evaluation import control, control_report
from musicdesk.evaluation.control import EDITS, SLIDER, TOWARDS, Sliders, respond
from musicdesk.evaluation.control_report import ALL, STRONGEST

N, K = 300, 20
REMOVED, HALVED, DOUBLED = range(3)


def one_tag(*, strength=0.25, gain=1.0):
    """Every third item carries the tag, and its column is the tag; all carry a second one, none a third."""
    carried = np.zeros((3, N), bool)
    carried[0, ::3], carried[1] = True, True
    columns = np.zeros((3, N), np.float32)
    columns[0] = strength * carried[0]
    columns[1:] = 0.01
    rest = np.linspace(3, 0, N, dtype=np.float32)
    gains = np.array([gain, 0.5, 0.5], np.float32)
    return Sliders(columns, gains, carried, rest, np.arange(3), np.arange(0, 60, 3))


def many_tags(*, dealt=None, seed=0, tags=12, gain=1.0):
    """Tags by lot; columns that tell them, but for some noise; dealt: to other prototypes. Gains are about ``gain``."""
    rng = np.random.default_rng(seed)
    carried = rng.random((tags, N)) < 0.3
    columns = (carried + 0.3 * rng.standard_normal((tags, N))).astype(np.float32)
    gains = (gain * rng.uniform(0.2, 1.5, tags)).astype(np.float32)
    order = np.arange(tags) if dealt is None else dealt
    rest = (2 * rng.standard_normal(N)).astype(np.float32)
    return Sliders(columns[order], gains[order], carried, rest, np.arange(tags), np.zeros(0, np.int64))


def test_a_column_that_is_the_tag_is_followed_step_by_step():
    told = respond(one_tag(), k=K)
    assert told.follows[0] == pytest.approx(1)
    assert told.follows_wide[0] == pytest.approx(1)
    assert (np.diff(told.doses[0]) > 0).all()


def test_a_tag_goes_and_comes_with_its_gain_and_the_others_stay():
    told = respond(one_tag(), k=K)
    assert told.own[0, REMOVED] < told.own[0, HALVED] < 0 < told.own[0, DOUBLED]
    assert np.allclose(told.others[0], 0), "everything carries the second tag and nothing the third"
    assert np.allclose(told.own[1:], 0)
    assert (told.accuracy[0, [REMOVED, HALVED]] < 0).all(), "the listener likes what carries the tag"
    assert told.before > 0


def test_tag_ndcg_is_that_of_the_definition():
    told = respond(one_tag(), k=K)
    places = 1 / np.log2(np.arange(K) + 2)
    scores = {gain: 0.25 * gain * (np.arange(N) % 3 == 0) + np.linspace(3, 0, N) for gain in (0.0, 1.0)}
    after, before = ((np.argsort(-scores[gain])[:K] % 3 == 0) @ places / places.sum() for gain in (0.0, 1.0))
    assert told.own[0, REMOVED] == pytest.approx(after - before)
    assert control.tag_ndcg(np.ones(K, bool)) == pytest.approx(1)
    assert control.tag_ndcg(np.zeros((2, K), bool)).tolist() == [0, 0]


def test_a_scorer_that_ignores_gains_follows_nothing():
    told = respond(one_tag(strength=0.0), k=K)
    assert not told.follows.any()
    assert not told.follows_wide.any()
    assert np.allclose(told.own, 0)
    assert np.allclose(told.accuracy, 0)
    assert np.ptp(told.doses, axis=1).max() == 0


def test_columns_of_other_prototypes_follow_nothing_on_average():
    order = control.dealt(12, rng=np.random.default_rng(0))
    for gain in (0.0, 1.0):
        own = np.concatenate([respond(many_tags(seed=seed, gain=gain), k=K).follows for seed in range(4)])
        dealt = np.concatenate(
            [respond(many_tags(seed=seed, gain=gain, dealt=order), k=K).follows for seed in range(4)]
        )
        assert np.median(own) > 0.8
        assert -0.6 < dealt.mean() < 0.15, "a little below 0 where it drives out the columns that know the tag"
        assert gain or abs(dealt.mean()) < 0.15


def test_taking_out_another_prototype_takes_nothing_from_a_tag():
    order = control.dealt(12, rng=np.random.default_rng(0))
    own = np.mean([respond(many_tags(seed=seed), k=K).own[:, REMOVED] for seed in range(4)])
    dealt = np.mean([respond(many_tags(seed=seed, dealt=order), k=K).own[:, REMOVED] for seed in range(4)])
    assert own < -0.1
    assert abs(dealt) < 0.05


def test_nothing_keeps_its_column_when_they_are_dealt():
    for count in (2, 3, 12):
        order = control.dealt(count, rng=np.random.default_rng(1))
        assert sorted(order.tolist()) == list(range(count))
        assert (order != np.arange(count)).all()


def test_a_share_that_never_moves_counts_as_no_response():
    shares = np.array([[0.5, 0.5, 0.5], [0.1, 0.2, 0.3], [0.3, 0.2, 0.1], [0.1, 0.1, 0.4]])
    assert control.follows((0.0, 1.0, 2.0), shares) == pytest.approx([0, 1, -1, 3**0.5 / 2])


def test_a_prototype_without_a_gain_is_not_edited_but_its_slider_is_moved():
    told = respond(one_tag(gain=0.0), k=K)
    assert np.isnan(told.own[0]).all()
    assert not told.strongest[0]
    assert told.follows[0] == pytest.approx(1)


def test_the_list_hangs_on_what_gave_most_to_it():
    told = respond(one_tag(), k=K).faithful
    assert told is not None
    assert told.replaced_by_top > told.replaced_by_other == 0
    assert told.moved_by_top > told.moved_by_other
    alone = one_tag()
    alone.gains[1:] = 0
    assert respond(alone, k=K).faithful is None


def test_lists_that_cannot_be_made_are_refused():
    with pytest.raises(BadRequest, match="301"):
        respond(one_tag(), k=N + 1)
    with pytest.raises(BadRequest, match="column"):
        Sliders(np.zeros((2, 5), np.float32), np.ones(3, np.float32), np.zeros((2, 5), bool), np.zeros(5, np.float32),
                np.arange(2), np.arange(0))  # fmt: skip


def test_the_rows_are_medians_and_means_over_listeners_and_prototypes():
    told = [respond(many_tags(seed=seed), k=K) for seed in range(5)]
    everyone, strongest = control_report.rows("way", "witness", told, seed=0)
    assert (everyone.scope, strongest.scope) == (ALL, STRONGEST)
    assert everyone.pairs == 60
    assert strongest.pairs == 5 * control.STRONGEST
    follows = np.concatenate([r.follows for r in told])
    assert everyone.follows.mean == pytest.approx(np.median(follows))
    assert everyone.follows.low <= everyone.follows.mean <= everyone.follows.high
    assert everyone.follows.n == 5
    assert everyone.aim.mean == pytest.approx((follows >= 0.9).mean())
    assert len(everyone.doses) == len(SLIDER)
    assert set(everyone.edits) == set(EDITS)
    assert everyone.edits["removed"].own.mean == pytest.approx(np.mean([r.own[:, REMOVED] for r in told]))
    assert everyone.edits["removed"].accuracy is None, "nothing was held out"
    assert everyone.accuracy is None
    assert everyone.faithful["top_moves_more"].mean == 1
    assert not strongest.faithful
    assert control_report.rows("way", "witness", [], seed=0) == ()


def test_the_tags_are_told_one_by_one():
    told = [respond(many_tags(seed=seed), k=K) for seed in range(3)]
    rows = control_report.tag_rows([f"tag {n}" for n in range(12)], [90] * 12, told)
    assert [row.name for row in rows] == [f"tag {n}" for n in range(12)]
    assert rows[0].removed == pytest.approx(np.mean([r.own[0, REMOVED] for r in told]))
    assert rows[0].doses[TOWARDS] == pytest.approx(np.mean([r.doses[0, TOWARDS] for r in told]))


def test_a_median_has_an_interval_over_listeners():
    units = np.repeat(np.arange(50), 4)
    values = np.repeat(np.random.default_rng(0).standard_normal(50), 4)
    told = control_report.median(values, units, rng=np.random.default_rng(1))
    assert told.mean == pytest.approx(np.median(values))
    assert told.n == 50
    assert 0.4 < told.high - told.low < 1.2, "that of 50 numbers, not of 200"
    still = control_report.median(np.ones(6), np.arange(6), rng=np.random.default_rng(1))
    assert (still.mean, still.low, still.high) == (1, 1, 1)

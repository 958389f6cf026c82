"""Every recommender is measured in a process of its own; what refuses, asks for too much or fails is a sentence."""

import os

import numpy as np
import pytest

from musicdesk.errors import BadRequest, NotFound
from musicdesk.evaluation import recommender_bench, recommender_cost
from musicdesk.evaluation.recommender_bench import Limits, RecommendersBench, in_a_child, recommenders
from musicdesk.evaluation.recommender_cost import (
    BEST,
    CHANCE,
    SHUFFLED,
    RecommenderCost,
    Size,
    Task,
    controls,
    measured,
)
from musicdesk.jobs import Cancelled, Job

SIZE = Size(200, 1600)
METHODS = ("popularity", "content-mean", "item-knn")


@pytest.fixture(scope="module")
def bench():
    return recommenders(users=400, items=3200, methods=METHODS, scales=(1.0, 0.5), tested=60, job=Job())


def test_every_method_and_control_has_a_row_at_every_size_the_smallest_first(bench):
    assert bench.methods == (*METHODS, SHUFFLED, BEST, CHANCE)
    for method in bench.methods:
        assert [row.size for row in bench.of(method)] == [Size(200, 1600), Size(400, 3200)]
    assert [size for size, _ in bench.listens] == [Size(200, 1600), Size(400, 3200)]
    assert bench.listens[1][1] > 1.5 * bench.listens[0][1]


def test_time_and_memory_are_measured(bench):
    for row in (row for method in METHODS for row in bench.of(method)):
        assert row.fit_s is not None
        assert row.fit_s >= 0
        assert row.wall_s > 0
        assert row.score_ms >= 0
        if os.path.isdir("/proc"):
            assert 0 < row.data_mb <= row.peak_mb


def test_known_tastes_are_found_and_neither_by_chance_nor_by_shuffled_vectors(bench):
    rows = {row.method: row for row in bench.rows if row.size == (400, 3200)}
    chance = rows[CHANCE]
    assert rows["item-knn"].own.low > 2 * chance.own.mean
    assert rows["content-mean"].own.low > 2 * chance.own.mean
    assert rows["content-mean"].cold.low > chance.cold.mean
    assert rows[SHUFFLED].own.mean < 2 * chance.own.mean
    assert rows[SHUFFLED].recall.mean < 0.5 * rows["content-mean"].recall.mean
    best = rows[BEST]
    for row in rows.values():
        assert row.recall.mean <= best.recall.high
        assert row.own.mean <= best.own.high
        assert row.cold is None or row.cold.mean <= best.cold.mean
    assert rows["popularity"].cold is None


def test_chance_is_what_random_scores_find():
    task = Task("", SIZE, seed=1, tested=200)
    _, chance = controls(task)
    made = recommender_cost.made_for(task)
    rng = np.random.default_rng(0)
    users = np.repeat(np.arange(200), 5)
    hits = recommender_cost._hits(made, lambda some: rng.random((len(some), 1600)).astype(np.float32), users)
    recall, own, cold = np.mean(hits, axis=0)
    assert recall == pytest.approx(chance.recall.mean, abs=0.006)
    assert own == pytest.approx(chance.own.mean, abs=0.01)
    assert cold == pytest.approx(chance.cold.mean, abs=0.02)


def test_one_seed_gives_one_figure():
    first, again = (measured(Task("content-mean", SIZE, seed=4, tested=30)) for _ in range(2))
    assert (first.recall, first.own, first.cold) == (again.recall, again.own, again.cold)


def test_a_method_that_asks_for_too_much_memory_is_ended_and_says_so():
    row = in_a_child(Task("item-knn", SIZE), Limits(memory_mb=20), job=Job())
    assert row.ended
    assert "more than 20 MB of memory" in row.note
    assert row.recall is None


def test_a_method_that_takes_too_long_is_ended_and_says_so(monkeypatch):
    monkeypatch.setattr(recommender_bench, "PATIENCE", 0.0)
    row = in_a_child(Task("content-mean", SIZE), Limits(cpu_s=60), job=Job())
    assert row.ended
    assert "longer than" in row.note


@pytest.mark.skipif(os.name == "nt", reason="bounds CPU time as Unix does")
def test_cpu_time_is_bounded(monkeypatch):
    monkeypatch.setattr(recommender_bench, "PATIENCE", 500.0)  # however busy the machine is
    row = in_a_child(Task("item-knn", Size(6000, 40_000)), Limits(cpu_s=1), job=Job())
    assert row.ended
    assert "CPU time" in row.note


def test_a_refusal_is_a_row_with_its_sentence_and_larger_logs_are_tried():
    row = in_a_child(Task("no such", SIZE), Limits(), job=Job())
    assert row.note.startswith("There is no recommender called")
    assert not row.ended


def test_what_was_ended_is_not_tried_with_more():
    bench = recommenders(
        users=80, items=3200, methods=("popularity",), scales=(0.25, 1.0), limits=Limits(memory_mb=20), job=Job()
    )
    small, large = bench.of("popularity")
    assert "and was ended" in small.note
    assert large.note == "Not tried: it did not come through 20 × 800."


def test_a_cancelled_bench_leaves_no_child(monkeypatch):
    job = Job()
    children = []
    real = recommender_bench._watched

    def watched(child, *rest):
        children.append(child)
        job.cancel()
        return real(child, *rest)

    monkeypatch.setattr(recommender_bench, "_watched", watched)
    with pytest.raises(Cancelled):
        in_a_child(Task("content-mean", SIZE), Limits(), job=job)
    assert not children[0].is_alive()


def test_growth_is_the_power_of_the_size():
    rows = [RecommenderCost("ease", Size(items // 5, items), fit_s=items**2 / 1e7) for items in (1000, 4000, 16_000)]
    assert RecommendersBench(tuple(rows), ()).growth("ease") == pytest.approx(2.0)
    assert RecommendersBench(tuple(rows[:1]), ()).growth("ease") is None
    too_short = [RecommenderCost("ease", Size(200, 1000), fit_s=0.001), *rows[1:]]
    assert RecommendersBench(tuple(too_short), ()).growth("ease") == pytest.approx(2.0)


def test_what_cannot_be_is_refused_before_anything_runs():
    with pytest.raises(NotFound, match="no recommender called"):
        recommenders(users=1000, items=20_000, methods=("magic",), job=Job())
    with pytest.raises(BadRequest, match="smallest log"):
        recommenders(users=100, items=20_000, job=Job())

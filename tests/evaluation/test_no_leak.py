"""What was hidden stays hidden: once labels are shuffled, every recommender finds what chance finds."""

import numpy as np
import pytest
from four_kinds import four_kinds

from musicdesk.evaluation import recommender_trial
from musicdesk.evaluation.recommender_trial import SHUFFLED_LABELS, Course, Entry, outcome
from musicdesk.evaluation.splits import Protocol
from musicdesk.jobs import Job

METHODS = ("popularity", "content-mean", "content-last", "item-knn", "user-cf", "ease")
TRAINED = {
    "elsa": {"factors": 16, "epochs": 1, "steps": 30},
    "mult-vae": {"width": 16, "epochs": 2},
    "recvae": {"width": 16, "epochs": 4},
    "macridvae": {"width": 16, "kinds": 2, "epochs": 2},
    "protomf": {"width": 16, "epochs": 2},
    "shallow": {"epochs": 3},
    "contrastive-content": {"factors": 16, "dim": 16, "epochs": 5},
    "hybrid": {"factors": 16, "landmarks": 50},
    "bert4rec": {"dim": 16, "epochs": 2},
}
"""Trained as little as still tells something."""


@pytest.mark.parametrize(
    ("method", "kind"), [*((method, "hot") for method in METHODS), ("popularity", "cold"), ("content-mean", "cold")]
)
def test_shuffled_labels_fall_to_chance_there_is_no_leak(method, kind):
    """Whatever a method could peep at, the items it learns of have other names: what it finds, it finds by chance."""
    course = Course.of(four_kinds(), Protocol(kind), k=10, seed=0)
    found = outcome(Entry(method, SHUFFLED_LABELS), course, {}, job=Job())
    assert found.values[:, 1].mean() == pytest.approx(10 / course.split.candidates.sum(), rel=0.4)


@pytest.mark.parametrize("method", TRAINED)
def test_what_is_trained_falls_to_chance_too(method, monkeypatch):
    monkeypatch.setattr(recommender_trial, "RENAMINGS", 1)
    course = Course.of(four_kinds(), Protocol(), k=10, seed=0)
    found = outcome(Entry(method, SHUFFLED_LABELS), course, TRAINED[method], job=Job())
    assert found.values[:, 1].mean() < 2 * 10 / course.split.candidates.sum()


def test_a_method_that_peeps_is_caught(monkeypatch):
    """One that looks at what is hidden finds all of it, whatever the labels: the control does not hide a leak."""
    course = Course.of(four_kinds(), Protocol(), k=10, seed=0)
    monkeypatch.setattr(recommender_trial, "_fitted", lambda method, settings, split, *_, **__: Peeper(split))
    found = outcome(Entry("item-knn", SHUFFLED_LABELS), course, {}, job=Job())
    assert found.values[:, 1].mean() == 1


class Peeper:
    """Recommends what is hidden, to one listener after the other."""

    def __init__(self, split):
        self.rows = np.zeros((len(split.held), split.train.n_items), np.float32)
        for row, items in zip(self.rows, split.held, strict=True):
            row[items] = 1

    def profile(self, history):
        return np.ones(1, np.float32)

    def scores(self, profiles):
        return self.rows[: len(profiles)]

"""How few tracks suffice, on made-up libraries."""

from dataclasses import replace

import numpy as np
import pytest
from moods_with_truth import made_up

from musicdesk.errors import BadRequest, NotFound
from musicdesk.evaluation.mood_fewest import FewestPlan, library, measure
from musicdesk.jobs import Job


@pytest.fixture(scope="module")
def data():
    return made_up(artists=24)


@pytest.fixture(scope="module")
def report(data):
    plan = FewestPlan(methods=("arithmetic", "random"), shares=(1.0, 0.5), bounds=(60, 96, 200), draws=2)
    return measure(data, plan, job=Job())


def test_a_library_is_all_that_some_artists_made(data):
    rows = library(data, 0.25, seed=3)
    assert len(np.unique(data.artists[rows])) == 6
    assert len(rows) == 24
    assert set(np.flatnonzero(np.isin(data.artists, data.artists[rows])).tolist()) == set(rows.tolist())
    assert set(rows.tolist()) != set(library(data, 0.25, seed=4).tolist())


def test_sizes_come_with_what_they_hold_the_smallest_first(report):
    half, whole = report.sizes
    assert (half.tracks, half.rarest, half.libraries) == ((48, 48), (12, 12), 2)
    assert (whole.tracks, whole.rarest) == ((96, 96), (24, 24))
    assert half.taught == whole.taught == 0  # the program teaches from more tracks than these


def test_libraries_of_about_as_many_tracks_are_told_together(data):
    plan = FewestPlan(methods=("filter",), shares=(0.5, 1.0), draws=1)
    (size,) = measure(data, plan, job=Job()).sizes
    assert (size.tracks, size.rarest, size.libraries) == ((48, 96), (12, 24), 2)


def test_each_way_is_told_beside_the_plain_one(report):
    for size in report.sizes:
        rows = {row.name: row for row in size.rows}
        assert list(rows) == ["arithmetic", "random", report.beside]
        plain = rows[report.beside]
        for name, row in rows.items():
            assert row.against.measure.mean == pytest.approx(row.combined.mean - plain.combined.mean)
            assert row.against_10.measure.mean == pytest.approx(row.combined_10.mean - plain.combined_10.mean)
            assert name != "random" or row.window_10.measure.high < 0
        assert plain.against.measure.mean == plain.window.measure.mean == 0
        slow = rows["arithmetic"]  # goes no further than asked, where labels count at once
        assert slow.window.measure.mean < slow.against.measure.mean - 0.1


def test_a_library_that_the_program_would_not_teach_from_teaches_all_the_same(data):
    few = measure(data, FewestPlan(methods=("translator",), shares=(0.5,), draws=1), job=Job())
    row = few.sizes[0].rows[0]
    assert row.name == "translator"
    assert 0 < row.combined_10.mean < 1


def test_what_was_found_is_kept(data, tmp_path, monkeypatch):
    plan = FewestPlan(methods=("filter",), shares=(0.5,), draws=1)
    first = measure(data, plan, out=tmp_path, job=Job())
    monkeypatch.setattr("musicdesk.evaluation.mood_trial.make", None)
    assert measure(data, plan, out=tmp_path, job=Job()) == first


def test_other_numbers_draw_other_libraries(data):
    plan = FewestPlan(methods=("filter",), shares=(0.3,), draws=1)
    one, other = (measure(data, replace(plan, seed=seed), job=Job()).sizes[0].rows for seed in (0, 5))
    assert one != other


def test_what_cannot_be_measured_is_a_sentence():
    with pytest.raises(NotFound, match="no way to steer called magic"):
        FewestPlan(methods=("magic",))
    with pytest.raises(BadRequest, match="share of the artists"):
        FewestPlan(shares=(0.0,))
    with pytest.raises(BadRequest, match="once or more"):
        FewestPlan(draws=0)

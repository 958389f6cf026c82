"""A made-up library is a whole one, and everything that is measured over it is measured."""

import numpy as np
import pytest

from musicdesk.desk.desk import Desk
from musicdesk.evaluation.library_bench import add_batch, library
from musicdesk.evaluation.made_library import COMMON, NONE, RARE, make_library
from musicdesk.jobs import Cancelled, Job
from musicdesk.settings import Folders


@pytest.fixture
def folders(tmp_path):
    return Folders(data=tmp_path / "data", models=tmp_path / "models", cache=tmp_path / "cache")


def measured(folders, *, tracks, job=None):
    return library(
        tracks=tracks, folder=folders.data, rng=np.random.default_rng(1), job=job or Job(),
        open_desk=lambda folder: Desk(folders),
    )  # fmt: skip


def test_a_made_up_library_is_measured_from_the_first_list_to_the_last_commit(folders):
    bench = measured(folders, tracks=900)
    names = [row.name for row in bench.rows]
    assert len(set(names)) == len(names)
    for said in ("build", "open", "first list", "all tracks", "slider move to list", "explanation", "coverage",
                 "pending", "commit of 16", "list after a commit", "sort by title", "sort by title again",
                 "search, rare word"):  # fmt: skip
        assert said in names
    assert all(0 <= row.cpu.median_ms <= row.cpu.p95_ms and row.wall.n >= 1 for row in bench.rows)
    assert bench.made.tracks == 900
    assert bench.made.database_mb > 0.1


@pytest.fixture
def made(folders):
    """A desk over a made-up library."""
    with Desk(folders) as desk:
        spec = desk.modelling.spec()
        make_library(folders.data, tracks=900, spec=spec, rng=np.random.default_rng(1), job=Job())
        yield desk


def test_a_made_up_library_has_everything_that_a_real_one_has(made, folders):
    coverage = made.indexing.coverage()
    assert coverage.found == 900
    parts = (coverage.ok, coverage.partial, coverage.silent, coverage.failed, coverage.excluded, coverage.pending)
    assert all((*parts, coverage.stale))
    assert len(made.recommending.rank()) == 50
    first, *_ = made.recommending.picks(made.recommending.rank())
    assert made.recommending.explain(first.track).parts
    count = add_batch(folders.data, spec=made.modelling.spec(), rng=np.random.default_rng(2))
    assert made.indexing.coverage().usable == coverage.usable + count > coverage.usable


def test_words_of_the_search_are_common_rare_and_unheard_of(made):
    tracks = made.indexing.tracks()
    found = [len(tracks.matching(word)) for word in (COMMON, RARE, NONE)]
    assert found[0] > 90
    assert found[1:] == [1, 0]


def test_it_can_be_stopped(folders):
    job = Job()
    job.cancel()
    with pytest.raises(Cancelled):
        measured(folders, tracks=900, job=job)

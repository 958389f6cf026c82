"""Listening as one piece of work: quickly first, in full after that, and nothing of an older version too early."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from three_kinds import open_desk

from musicdesk.desk.analysis import ENOUGH, _Batch, _Meter
from musicdesk.desk.desk import Desk
from musicdesk.encoders import registry
from musicdesk.encoders.analysing import QUICK_WINDOWS
from musicdesk.jobs import Cancelled, Job, Progress
from musicdesk.records import Analysis, Skipped, State
from musicdesk.store.costs import CostStore


@pytest.fixture
def unheard(analysed: Path, tmp_path: Path):
    """A desk that knows the library of three kinds and has listened to nothing."""
    with open_desk(tmp_path / "data") as desk:
        desk.indexing.scan([str(analysed / "music" / "Bells")], job=Job())
        yield desk


def vectors_of(desk: Desk) -> dict[str, np.ndarray]:
    key = registry.plugin("handcrafted").spec.key
    found = desk.indexing._vectors.load(key)
    return dict(zip(found.hashes, found.matrix, strict=True))


def test_a_quick_listen_makes_the_library_usable_and_the_full_one_replaces_it(unheard, tmp_path):
    quick = unheard.indexing.analyze(quick=True, workers=1, job=Job())
    assert (quick.found, quick.ok, quick.quick, quick.todo) == (8, 8, 8, 0)
    assert len(unheard.recommending.rank()) == 8
    first = vectors_of(unheard)
    full = unheard.indexing.analyze(quick=False, workers=1, job=Job())
    assert (full.ok, full.quick) == (8, 0)
    second = vectors_of(unheard)
    assert list(second) == list(first)
    assert all(not np.array_equal(first[h], second[h]) for h in first)


def test_a_full_listen_tells_what_the_encoder_takes_here_and_a_quick_one_does_not(unheard):
    costs, key = CostStore(unheard._database), registry.plugin("handcrafted").spec.key
    unheard.indexing.analyze(quick=True, workers=1, job=Job())
    assert not costs.all()
    unheard.indexing.analyze(quick=False, workers=1, job=Job())
    measured = costs.all()[key]
    assert (measured.device, measured.tracks) == ("CPU", 8)
    assert measured.cpu_s > 0
    assert measured.wall_s > 0
    assert measured.peak_mb > 10


def test_a_pause_is_no_cost():
    meter = _Meter()
    for number in range(ENOUGH):
        heard = Analysis(str(number), np.ones(3, np.float32), np.zeros(0, np.float32), windows=1, typical_s=0.0)
        meter.take(heard, waited_s=100.0 * number)
    cost = meter.cost("CPU", now=5.0)
    assert cost is not None
    assert cost.wall_s < 0  # a hundred seconds of waiting a track, taken off the moments between them
    assert cost.measured == 5.0


def test_too_few_tracks_tell_no_cost():
    meter = _Meter()
    assert meter.cost("CPU", now=0.0) is None


def test_a_full_listen_is_never_replaced_by_a_quick_one(unheard):
    unheard.indexing.analyze(quick=False, workers=1, job=Job())
    before = vectors_of(unheard)
    assert unheard.indexing.analyze(quick=True, workers=1, job=Job()).quick == 0
    after = vectors_of(unheard)
    assert all(np.array_equal(before[h], after[h]) for h in before)


def test_a_quick_listen_takes_fewer_windows(unheard):
    unheard.indexing.analyze(quick=True, workers=1, job=Job())
    rows = unheard._database.sql.execute("SELECT DISTINCT windows FROM vectors").fetchall()
    assert rows == [(QUICK_WINDOWS,)]


def test_what_runs_and_on_what_is_told_while_it_runs(unheard):
    told: list[Progress] = []
    unheard.indexing.analyze(workers=1, job=Job(told.append))
    listening = [p for p in told if p.text.startswith("Listening") and p.done]
    assert listening
    assert all("1 worker" in p.detail and "CPU" in p.detail for p in listening)


def test_vectors_of_an_older_version_are_stale_until_their_successors_are_there(unheard):
    spec = registry.plugin("handcrafted").spec
    older = replace(spec.key, version="0")
    vectors = unheard.indexing._vectors
    rng = np.random.default_rng(0)
    hashes = [t.audio_hash for t in unheard.indexing.tracks()]
    old = [
        Analysis(h, rng.random(spec.dim, np.float32), np.zeros(len(spec.vocabulary), np.float32), 5, 0.0)
        for h in hashes[:3]
    ]
    vectors.add(old, key=older, vocabulary=spec.vocabulary, now=0.0)
    before = unheard.indexing.coverage()
    assert (before.stale, before.pending, before.found) == (3, 5, 8)
    after = unheard.indexing.analyze(workers=1, job=Job())
    assert (after.ok, after.stale) == (8, 0)
    assert not len(vectors.load(older))


def waiting_results(monkeypatch: pytest.MonkeyPatch, job: Job) -> tuple[_Batch, list[int]]:
    """A batch in which one result waits, and the sizes of its commits."""
    commits: list[int] = []
    monkeypatch.setattr("musicdesk.desk.analysis.BATCH_S", 60.0)
    batch = _Batch(lambda results: commits.append(len(results)), job=job)
    batch.take(Skipped("1:a", "/a", State.FAILED, "It is no sound."))
    batch.tick()
    assert commits == []
    return batch, commits


def test_results_do_not_wait_for_a_slow_file(monkeypatch):
    batch, commits = waiting_results(monkeypatch, Job())
    monkeypatch.setattr("musicdesk.desk.analysis.BATCH_S", 0.0)
    batch.tick()
    assert commits == [1]


def test_what_is_done_is_written_before_the_work_pauses_or_stops(monkeypatch):
    job = Job()
    batch, commits = waiting_results(monkeypatch, job)
    job.cancel()
    with pytest.raises(Cancelled):
        batch.tick()
    assert commits == [1]

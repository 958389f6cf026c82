"""An encoder that stands on another's rows: the base listens to what is new, and nothing is heard twice."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from three_kinds import open_desk

from musicdesk.encoders import htcl, registry
from musicdesk.encoders.nets.htcl_config import VECTORS
from musicdesk.encoders.nets.htcl_net import HtclNet
from musicdesk.jobs import Cancelled, Job

BASE, MINE = "handcrafted", "htcl-mine"
torch.set_num_threads(1)


@pytest.fixture
def learned(tmp_path):
    """A models folder with an HTCL on the handcrafted measures."""
    models = tmp_path / "data" / "models"
    keep(models)
    return models


def keep(models, seed=1):
    torch.manual_seed(seed)
    spec = registry.plugin(BASE).spec
    network = HtclNet(replace(VECTORS, inputs=spec.dim, width=16, audio_head=(12,)))
    htcl.write(models / MINE, network, sentences="minilm", base=spec.key)


@pytest.fixture
def desk(analysed, learned, tmp_path):
    """A desk that heard eight sounds with the base and knows eight more."""
    with open_desk(tmp_path / "data") as desk:
        desk.indexing.scan([str(analysed / "music" / "Bells")], job=Job())
        desk.indexing.analyze(encoder=BASE, workers=1, quick=False, job=Job())
        desk.indexing.scan([str(analysed / "music" / "Clicks")], job=Job())
        yield desk


def rows(desk, name, models):
    found = desk.indexing._vectors.load(registry.plugin(name, models).spec.key)
    return dict(zip(found.hashes, found.matrix, strict=True))


def test_the_base_listens_to_what_it_has_not_heard_and_all_of_it_is_derived(desk, learned, analysed):
    told = []
    job = Job(lambda progress: told.append((progress.text, progress.total)))
    coverage = desk.indexing.analyze(encoder=MINE, workers=1, quick=False, job=job)
    assert (coverage.ok, coverage.todo) == (16, 0)
    said = {(text.partition(" heard")[0].partition(" with ")[0], total) for text, total in told}
    assert ("Listening", 8) in said
    assert any(text.endswith("from what handcrafted") and total == 16 for text, total in said)
    assert desk.indexing.coverage(BASE).ok == 16  # so that the next learning knows the new music too
    base, mine = rows(desk, BASE, learned), rows(desk, MINE, learned)
    head = registry.open_head(MINE, models=learned)
    assert head is not None
    for audio_hash, vector in mine.items():
        np.testing.assert_allclose(vector, head(base[audio_hash][None])[0], atol=5e-3)
        np.testing.assert_allclose(np.linalg.norm(vector), 1, atol=1e-3)


def test_what_is_learned_anew_replaces_the_old_rows(desk, learned):
    desk.indexing.analyze(encoder=MINE, workers=1, quick=False, job=Job())
    keep(learned, seed=2)
    coverage = desk.indexing.coverage(MINE)
    assert (coverage.ok, coverage.stale) == (0, 16)
    coverage = desk.indexing.analyze(encoder=MINE, workers=1, quick=False, job=Job())
    assert (coverage.ok, coverage.stale) == (16, 0)


def test_a_cancelled_derivation_goes_on_the_next_time(desk, learned):
    job = Job(lambda progress: job.cancel() if "from what" in progress.text else None)
    with pytest.raises(Cancelled):
        desk.indexing.analyze(encoder=MINE, workers=1, quick=False, job=job)
    assert desk.indexing.analyze(encoder=MINE, workers=1, quick=False, job=Job()).ok == 16


def test_everything_that_ranks_takes_the_derived_rows(desk, learned):
    desk.indexing.analyze(encoder=MINE, workers=1, quick=False, job=Job())
    desk.set(encoder=MINE)
    assert desk.modelling.encoder() == MINE
    assert len(desk.recommending.rank()) == 16
    assert len(desk.recommending.similar(desk.indexing.find("Clicks 2"))) > 0

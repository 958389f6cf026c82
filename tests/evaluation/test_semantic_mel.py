"""Words and preference from spectrograms, with the networks of the vectors beside them on the same folds."""

import os
from dataclasses import replace

import numpy as np
import pytest
import sounds
from made_up_meanings import TINY, HashedWords
from made_up_words import GENRES, worded

from musicdesk.encoders.nets.htcl_config import MEL_SOURCE, SMALL
from musicdesk.errors import BadRequest, NothingYet
from musicdesk.evaluation import semantic, semantic_tables
from musicdesk.evaluation.semantic_data import Remembered
from musicdesk.evaluation.semantic_finding import (
    BOTH_VECTORS,
    MATCHING,
    SHUFFLED,
    SPACE_1,
    SPACE_2,
    SPACE_VECTORS_1,
    SPACE_VECTORS_2,
)
from musicdesk.evaluation.semantic_networks import GUARDED, heard_of
from musicdesk.evaluation.semantic_stages import BEFORE, STAGE_1, STAGE_2, VECTORS_1, VECTORS_2
from musicdesk.evaluation.semantic_tastes import Sessions
from musicdesk.jobs import Job

FRAMES, BANDS = 31, 8
SMALLEST = replace(
    TINY.tower, source=MEL_SOURCE, width=16, layers=1, attention_heads=2, inner=16, channels=16, place_kernel=5,
    place_groups=4,
)  # fmt: skip
MEL = replace(TINY, tower=SMALLEST)


def seen():
    """The made-up sounds with spectrograms that tell the genre by the band that is loud, and nothing else."""
    data, rng = worded(), np.random.default_rng(3)
    mels = rng.standard_normal((len(data), FRAMES, BANDS))
    for row, genre in enumerate(data.genres):
        mels[row, :, 2 * GENRES.index(genre)] += 2.0
    return replace(data, mels=mels.astype(np.float16))


def plan(**changes):
    return semantic.SemanticPlan(
        seeds=1, folds=2, ablations=False, config=TINY, mel=MEL, sessions=Sessions(each=3, choices=8), **changes
    )


@pytest.fixture(scope="module")
def tables():
    return {one.name: one for one in semantic.measure(seen(), Remembered(HashedWords()), plan(), job=Job())}


def test_both_kinds_of_networks_stand_in_every_table(tables):
    for name, told in tables.items():
        spaces = {SPACE_1, SPACE_2, SPACE_VECTORS_1, SPACE_VECTORS_2, SHUFFLED, MATCHING, BOTH_VECTORS}
        rows = spaces if "audio" in name else {BEFORE, STAGE_1, STAGE_2, GUARDED, VECTORS_1, VECTORS_2}
        assert rows <= {row.method for row in told.rows}, name


def test_both_kinds_are_tested_question_by_question(tables):
    row = semantic_tables.row_of(tables["text to audio, listed"], SPACE_1)
    assert row.against[SPACE_VECTORS_1]["recall@10"].measure.n == 24
    assert semantic_tables.row_of(tables["linear probes"], STAGE_1).against[VECTORS_1]["genre_accuracy"].measure.n == 24
    taken = semantic_tables.row_of(tables[f"held-out pairs, {semantic.LIBRARY}"], STAGE_2)
    assert "recall@10" in taken.against[VECTORS_2]


def test_a_network_of_spectrograms_knows_what_they_show(tables):
    told = tables["text to audio, listed"]
    ways = {row.method: row.measures["recall@10"].mean for row in told.rows}
    assert ways[SPACE_1] > 1.3 * told.chance["recall@10"]
    assert ways[SPACE_VECTORS_1] > ways[SPACE_1], "vectors tell the emotions too"
    probed = {row.method: row.measures["genre_accuracy"].mean for row in tables["linear probes"].rows}
    assert probed[STAGE_1] > 2 * tables["linear probes"].chance["genre_accuracy"]


def test_the_vectors_have_the_rows_that_they_have_alone(tables):
    alone = replace(plan(), mel=None)
    told = {one.name: one for one in semantic.measure(seen(), Remembered(HashedWords()), alone, job=Job())}
    for name, own, other in (("text to audio, said", SPACE_2, SPACE_VECTORS_2), ("linear probes", STAGE_1, VECTORS_1)):
        assert semantic_tables.row_of(told[name], own).measures == semantic_tables.row_of(tables[name], other).measures


def test_without_spectrograms_nothing_is_learned_from_them():
    with pytest.raises(BadRequest, match="No spectrograms of made up"):
        semantic.measure(worded(), Remembered(HashedWords()), plan(), job=Job())
    assert heard_of(worded(), Remembered(HashedWords())).mels is None


def test_a_plan_that_cannot_be_is_refused():
    with pytest.raises(BadRequest, match="without ablations"):
        replace(plan(), ablations=True)
    with pytest.raises(BadRequest, match="a preset for them"):
        replace(plan(), mel=TINY)


# ------------------------------------------------------------------------------------------------------ drawing


@pytest.fixture
def heard(tmp_path):
    """Four of the made-up sounds with files, of which one is no sound."""
    data = worded().part(np.arange(4))
    paths = [sounds.tone(tmp_path / f"{row}.wav", hz=200.0 * (row + 1), length_s=1.0) for row in range(3)]
    (tmp_path / "3.wav").write_bytes(b"no sound")
    return replace(data, audio=(*map(str, paths), str(tmp_path / "3.wav")))


TOWER = replace(SMALL, seconds=1.0)


def test_a_file_that_cannot_be_heard_is_left_out_of_all(heard, tmp_path):
    told = heard.drawn(TOWER, folder=tmp_path / "kept", workers=1, job=Job())
    assert told.mels.shape == (3, TOWER.frames, 128)
    assert len(told) == len(told.facts) == len(told.queries["said"]) == 3
    assert told.part(np.array([2])).mels.shape[0] == 1


def test_what_was_drawn_is_not_decoded_again(heard, tmp_path):
    first = heard.drawn(TOWER, folder=tmp_path / "kept", workers=1, job=Job())
    for path in heard.audio[:3]:
        was = os.stat(path)
        with open(path, "r+b") as file:
            file.write(b"no sound any more")
        os.utime(path, ns=(was.st_atime_ns, was.st_mtime_ns))
    again = heard.drawn(TOWER, folder=tmp_path / "kept", workers=1, job=Job())
    np.testing.assert_array_equal(first.mels, again.mels)


def test_nothing_that_can_be_heard_is_a_sentence(heard, tmp_path):
    with pytest.raises(NothingYet, match="can be heard"):
        heard.part(np.array([3])).drawn(TOWER, folder=tmp_path / "kept", workers=1, job=Job())

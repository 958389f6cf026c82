"""One recording in several encodings is known as one, listed once, and no file is touched."""

from pathlib import Path

import numpy as np
import pytest
import sounds
from three_kinds import open_desk

from musicdesk.jobs import Job
from musicdesk.records import Query

OPEN = Query(limit=50, max_per_artist=0, max_per_album=0, min_length_s=0, max_length_s=float("inf"))


def piece(seed: int) -> np.ndarray:
    """Forty seconds of notes in a register, a pace and a hiss of their own."""
    rng = np.random.default_rng(seed)
    length_s = (0.25, 0.5, 1.0)[seed % 3]
    notes = [
        sounds.chord(
            *(70 * 1.5**seed * 2 ** (step / 12) for step in rng.choice(24, 3)), length_s=length_s, rate_hz=22_050
        )
        for _ in range(round(40 / length_s))
    ]
    tune = np.concatenate(notes)
    hiss = sounds.noise(length_s=40, rate_hz=22_050, seed=seed, level=0.02 * (1 + seed * 2 % 5))
    return tune + hiss[: len(tune)]


@pytest.fixture
def library(tmp_path: Path):
    music = tmp_path / "music"
    music.mkdir()
    for seed in range(6):
        sounds.write(music / f"piece {seed}.flac", piece(seed), 22_050)
    sounds.write(music / "again.mp3", 0.5 * piece(2), 22_050)
    with open_desk(tmp_path / "data") as desk:
        desk.indexing.scan([str(music)], job=Job())
        yield desk, music


def names(groups) -> list[set[str]]:
    return [{Path(t.path).name for t in group} for group in groups]


def test_a_quieter_mp3_is_the_same_recording_and_other_pieces_are_not(library):
    desk, _ = library
    desk.indexing.analyze(workers=1, job=Job())
    assert names(desk.indexing.duplicates()) == [{"piece 2.flac", "again.mp3"}]


def test_a_list_shows_a_recording_once_and_counts_the_other(library):
    desk, music = library
    desk.indexing.analyze(workers=1, job=Job())
    ranking = desk.recommending.rank(OPEN)
    assert len(ranking) == 6
    assert sum(ranking.left_out.values()) == 1
    assert len(list(music.iterdir())) == 7


def test_a_copy_that_comes_later_joins_its_group(library):
    desk, music = library
    desk.indexing.analyze(workers=1, job=Job())
    sounds.write(music / "third.ogg", piece(2), 22_050)
    desk.indexing.scan(job=Job())
    desk.indexing.analyze(workers=1, job=Job())
    assert names(desk.indexing.duplicates()) == [{"piece 2.flac", "again.mp3", "third.ogg"}]


def test_what_was_listened_to_quickly_is_compared_after_the_full_listen(library):
    desk, _ = library
    desk.indexing.analyze(quick=True, workers=1, job=Job())
    desk.indexing.analyze(quick=False, workers=1, job=Job())
    assert names(desk.indexing.duplicates()) == [{"piece 2.flac", "again.mp3"}]


def test_nothing_is_compared_again_when_nothing_is_new(library):
    desk, _ = library
    desk.indexing.analyze(workers=1, job=Job())
    seen = []
    desk.indexing.analyze(workers=1, job=Job(lambda step: seen.append(step.text)))
    assert "Comparing recordings" not in seen

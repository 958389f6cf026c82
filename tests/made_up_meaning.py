"""A made-up library of two kinds of music over a real desk, and a tiny network that reads: no file is read."""

from pathlib import Path

import numpy as np
from encoders import tiny_bert
from three_kinds import open_desk

from musicdesk.desk.desk import Desk
from musicdesk.records import Analysis, FoundFile, ScannedFile, Tags

GENRES = ("folk", "techno")
EACH = 30


def sound(number: int) -> str:
    """The identity of a sound."""
    return f"1:{number:032x}"


def write_library(data: Path, *, count: int = 2 * EACH) -> None:
    """Tracks of two genres in turn, each artist with three; what is heard of them tells the genre."""
    rng = np.random.default_rng(5)
    kinds = rng.standard_normal((2, 108))
    with open_desk(data) as desk:
        add(desk, range(count), kinds=kinds, rng=rng)


def add(desk: Desk, numbers: range, *, kinds: np.ndarray, rng: np.random.Generator) -> None:
    """Put tracks into the library, heard by the handcrafted encoder."""
    files, analyses = [], []
    for number in numbers:
        kind = number % 2
        tags = Tags(
            title=f"{GENRES[kind]} {number}", artists=(f"player {number // 6}",), album=f"album {number // 6}",
            genres=(GENRES[kind],),
        )  # fmt: skip
        files.append(
            ScannedFile(FoundFile(f"/music/{number}.flac", 1000 + number, 1), sound(number), tags, 99.0, "flac")
        )
        vector = (kinds[kind] + 0.5 * rng.standard_normal(108)).astype(np.float32)
        words = np.clip(0.5 + (0.4 if kind else -0.4) + 0.1 * rng.standard_normal(16), 0.01, 0.99)
        analyses.append(Analysis(sound(number), vector, words.astype(np.float32), windows=1, typical_s=0.0))
    desk._stores.tracks.save(files, now=1.0)
    spec = desk.modelling.spec("handcrafted")
    desk._stores.vectors.add(analyses, key=spec.key, vocabulary=spec.vocabulary, now=1.0)
    desk.events.library_changed.emit(None)
    desk.events.analysis_changed.emit(None)


def read_with_a_tiny_bert(desk: Desk, folder: Path) -> None:
    """Let a network of random weights read the texts."""
    desk.set(sentences=str(tiny_bert.publish(folder)))

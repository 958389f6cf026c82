"""Emotify as sounds whose moods are known: what listeners felt, beside what a program hears without knowing the artist.

The true mood is the one that is felt most beyond the usual (``mood.axes``), what must stay is the genre. What is heard
comes from a combiner that is taught in folds by artist, so that no sound is told by one that knows its artist; the
truth of other artists, those of other parts too, has a say in it. Files are not asked, since they name the genre.
"""

import csv
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from musicdesk.encoders.convnet.labels import artist_of
from musicdesk.errors import BadRequest, NothingYet
from musicdesk.evaluation.emotify import OFFSETS, TABLE, emotions_of
from musicdesk.evaluation.mood_data import MoodData, numbered
from musicdesk.mood import axes, claims
from musicdesk.mood.fitting import Lesson, held_out
from musicdesk.mood.labelling import FEWEST_SURE
from musicdesk.mood.measures import named
from musicdesk.records import UNCERTAIN, FloatArray, IntArray, Track, Vectors

LISTENERS = "number_of_observations"


def is_here(folder: Path) -> bool:
    """Whether ``folder`` is that of Emotify."""
    return (folder / TABLE).is_file()


def mood_data(folder: Path, vectors: Vectors, measures: Vectors, tracks: Mapping[str, Track]) -> MoodData:
    """The sounds of ``vectors`` that people said something of; ``measures`` are those of the encoder handcrafted.

    Raises NothingYet where there are none, BadRequest for a table that cannot be read.
    """
    felt, asked = emotions_of(folder), listeners_of(folder)
    places = {sound: row for row, sound in enumerate(measures.hashes)}
    rows = np.array(
        [row for row, sound in enumerate(vectors.hashes)
         if sound in places and sound in tracks and tracks[sound].path in felt], np.int64,
    )  # fmt: skip
    if not len(rows):
        raise NothingYet(f"None of the music of {folder} could be analysed, so nothing can be steered.")
    heard_of = [tracks[vectors.hashes[row]] for row in rows.tolist()]
    names = tuple(artist_of(track) for track in heard_of)
    lesson = Lesson(
        key=vectors.key, vectors=vectors.matrix[rows], tags=vectors.tags[rows],
        measures=measures.matrix[[places[vectors.hashes[row]] for row in rows.tolist()]],
        shares=np.stack([felt[track.path] for track in heard_of]),
        listeners=np.array([asked[track.path] for track in heard_of], np.float32), artists=names,
    )  # fmt: skip
    heard = held_out(lesson)[2]
    return MoodData(
        name="Emotify", vectors=lesson.vectors, artists=numbered(names),
        genres=tuple(Path(track.path).parent.name for track in heard_of), feel=axes.mood_scores(lesson.shares),
        heard=heard, labels=sure_of(heard), words=lesson.tags, vocabulary=vectors.vocabulary,
        lively=claims.liveliness(named(lesson.measures)), arousal=axes.valence_arousal(lesson.shares)[:, 1],
    )  # fmt: skip


def sure_of(shares: FloatArray) -> IntArray:
    """The strongest mood where it is sure, as the program has it, else UNCERTAIN.  # [n, 4] -> [n]"""
    return np.where(shares.max(axis=1) >= FEWEST_SURE, shares.argmax(axis=1), UNCERTAIN).astype(np.int64)


def listeners_of(folder: Path) -> dict[str, float]:
    """File (its absolute path) -> how many listeners were asked."""
    try:
        with (folder / TABLE).open(encoding="utf-8", newline="") as file:
            many = {int(row["track id"]): float(row[LISTENERS]) for row in csv.DictReader(file)}
    except (KeyError, ValueError, TypeError, OSError) as error:
        raise BadRequest(f"{folder / TABLE} is not the table of Emotify ({type(error).__name__}: {error}).") from error
    numbers = {path: int(Path(path).stem) + OFFSETS[Path(path).parent.name] for path in emotions_of(folder)}
    return {path: many[number] for path, number in numbers.items()}

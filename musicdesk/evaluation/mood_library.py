"""An analysed library as sounds to be steered among: the moods are what the program hears, for there is no other word.

So mood precision says here how far lists keep to the program's own labels. What is independent are the strong labels
of genre, and the onsets, fullness and tempo by which it is seen whether a calmer list is calmer.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from musicdesk.errors import NothingYet
from musicdesk.evaluation.mood_data import MoodData, numbered
from musicdesk.evaluation.mood_midi import known_of
from musicdesk.evaluation.personal_library import GenreLibrary
from musicdesk.mood import claims
from musicdesk.mood.measures import DIM, named
from musicdesk.records import MOODS, FloatArray, Moods, Track, Vectors


def library_data(library: GenreLibrary, moods: Moods, measures: Vectors | None, *, name: str) -> MoodData:
    """A library with strong labels; ``moods`` are in the order of its vectors."""
    return MoodData(
        name=name, vectors=library.vectors.matrix, artists=numbered(library.artists), genres=library.genres,
        feel=moods.shares, heard=moods.shares, labels=moods.labels, words=library.vectors.tags,
        vocabulary=library.vectors.vocabulary, lively=_lively(library.vectors, measures),
    )  # fmt: skip


def midi_data(vectors: Vectors, moods: Moods, measures: Vectors | None, tracks: Mapping[str, Track]) -> MoodData:
    """Rendered clips: the mood is the quadrant, what must stay the instrument; a clip is never asked for its own song.

    Raises NothingYet where none of the sounds is a rendered clip.
    """
    known = {sound: known_of(Path(track.path)) for sound, track in tracks.items()}
    rows = np.array([row for row, sound in enumerate(vectors.hashes) if known.get(sound)], np.int64)
    if not len(rows):
        raise NothingYet("None of the clips could be analysed, so nothing can be steered.")
    clips = [clip for row in rows.tolist() if (clip := known[vectors.hashes[row]]) is not None]
    lively = _lively(vectors, measures)
    return MoodData(
        name="EMOPIA, rendered", vectors=vectors.matrix[rows], artists=numbered([clip.song for clip in clips]),
        genres=tuple(clip.instrument for clip in clips),
        feel=np.eye(len(MOODS), dtype=np.float32)[[clip.mood for clip in clips]],
        heard=moods.shares[rows], labels=moods.labels[rows], words=vectors.tags[rows], vocabulary=vectors.vocabulary,
        lively=None if lively is None else lively[rows],
    )  # fmt: skip


def _lively(vectors: Vectors, measures: Vectors | None) -> FloatArray | None:
    """How lively each sound is by measures that had no part in its mood; None where nothing was measured.  # [n]"""
    if measures is None or not len(measures):
        return None
    places = {sound: row for row, sound in enumerate(measures.hashes)}
    found = np.full((len(vectors), DIM), np.nan, np.float32)
    for row, sound in enumerate(vectors.hashes):
        if sound in places:
            found[row] = measures.matrix[places[sound]]
    return claims.liveliness(named(found))

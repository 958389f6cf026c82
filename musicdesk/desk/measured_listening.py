"""Whose listening the recommenders are measured on: a data set, a table, or what a desk knows of its own listeners."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from musicdesk.desk.heard import Heard, ListenerLog
from musicdesk.evaluation import lastfm, listening_data
from musicdesk.evaluation.listening_data import ListeningData
from musicdesk.records import IntArray, Track, Vectors


def from_files(data: Path, *, vectors: Path | None, encoder: str | None) -> ListeningData:
    """The folder of HetRec Last.fm, or a table of listens with its vectors (see ``listening_data``).

    Raises NotFound if nothing is there, BadRequest if it cannot be used.
    """
    if lastfm.is_here(data):
        return lastfm.load(data, encoder=encoder or "")
    return listening_data.from_table(data, vectors, encoder=encoder or "")


def from_desk(name: str, heard: ListenerLog, vectors: Vectors, tracks: Mapping[str, Track]) -> ListeningData:
    """The listeners of a desk, over the sounds that have vectors; ``tracks`` are by sound.

    Where no artist is tagged, a track is by an artist of its own.
    """
    rows = {sound: row for row, sound in enumerate(vectors.hashes)}
    log = Heard.of(heard, rows).over(rows, n_items=len(rows))
    artists = [_artist(tracks.get(sound), sound) for sound in vectors.hashes]
    return ListeningData(name, log, vectors.matrix, vectors.key.name, _numbers(artists))


def _artist(track: Track | None, sound: str) -> str:
    return track.artist.casefold() if track is not None and track.artist else sound


def _numbers(names: Sequence[str]) -> IntArray:
    return np.asarray(np.unique(names, return_inverse=True)[1], np.int64).reshape(-1)

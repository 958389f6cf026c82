"""Shelves and boards made by hand for the ranking's tests."""

import numpy as np

from musicdesk.ranking.filters import Allowed
from musicdesk.ranking.scores import Board
from musicdesk.ranking.shelf import Shelf


def unit(matrix):
    matrix = np.asarray(matrix, dtype=np.float32)
    return matrix / np.linalg.norm(matrix, axis=1, keepdims=True)


def shelf(space, *, artists=None, albums=None, length_s=None):
    """Rows without artist and album, 200 s long and present, unless said otherwise."""
    n = len(space)
    unknown = np.full(n, -1)
    lengths = np.full(n, 200.0) if length_s is None else length_s
    hashes = tuple(f"h{row}" for row in range(n))
    return Shelf(
        hashes=hashes,
        track_ids=tuple(range(1, n + 1)),
        space=np.asarray(space, np.float32),
        artist_ids=np.asarray(unknown if artists is None else artists, np.int32),
        album_ids=np.asarray(unknown if albums is None else albums, np.int32),
        length_s=np.asarray(lengths, np.float32),
        present=np.ones(n, bool),
        artists={f"artist {code}": code for code in set(() if artists is None else artists)},
        rows={key: row for row, key in enumerate(hashes)},
    )


def board(columns):
    columns = np.ascontiguousarray(columns, dtype=np.float32)
    names = tuple(f"part {number}" for number in range(len(columns)))
    return Board(columns, np.clip(columns, 0, 1), names, tuple(range(len(columns))))


def everything(n):
    return Allowed(np.ones(n, bool), ())

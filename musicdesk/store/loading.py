"""The vectors of an encoder as one matrix, kept in memory and brought up to date by reading what is new."""

import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress
from typing import Any

import numpy as np
import numpy.typing as npt
import sqlite_utils

from musicdesk.records import EncoderKey, FloatArray, IntArray, Vectors

BoolArray = npt.NDArray[np.bool_]
CHUNK = 128
"""Rows between the file and the matrix: few enough to lie in the processor's cache."""
KEPT = 3
"""Encoders whose matrix is kept: the one that ranks, the measures of the sound, and a witness of moods beside them."""
_NOT_THERE = """
    SELECT v.id FROM vectors v INDEXED BY sounds_heard WHERE v.encoder_id = :encoder AND NOT EXISTS (
        SELECT 1 FROM tracks t INDEXED BY sounds_there WHERE t.audio_hash = v.audio_hash AND t.removed = 0)
"""
"""Rows whose sound no file of the library has any more."""
_READ = "SELECT id, audio_hash, typical_s, vector, tags FROM vectors {index} WHERE encoder_id = :encoder {which}"
_THERE = " AND id NOT IN (SELECT value FROM json_each(:gone)) ORDER BY id"
_ALL = _READ.format(index="NOT INDEXED", which=_THERE)
"""In the order of the file; by an index the bytes would be sorted."""
_SINCE = _READ.format(index="INDEXED BY vectors_by_revision", which="AND revision > :revision" + _THERE)


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    """Rows in the order of their ids."""

    ids: IntArray  # [n]
    hashes: tuple[str, ...]
    typical_s: FloatArray  # [n]
    matrix: FloatArray  # [n, dim]
    tags: FloatArray  # [n, n_tags]

    def __len__(self) -> int:
        return len(self.hashes)


@dataclass(frozen=True, slots=True, eq=False)
class _Encoder:
    """What the database says of an encoder at one moment."""

    id: int
    dim: int
    vocabulary: tuple[str, ...]
    revision: int
    rows: int
    gone: frozenset[int]


@dataclass(frozen=True, slots=True, eq=False)
class _Held:
    encoder: _Encoder
    rows: _Rows
    vectors: Vectors


class LoadedVectors:
    """The matrices of the encoders that were asked for last; thread-safe.

    Its arrays are read only and shared: what is handed out never changes, and rows that are added lie behind it in
    the same memory as long as there is room.
    """

    def __init__(self) -> None:
        self.lock = threading.Lock()
        """To be held while :meth:`current` is called, from before the moment that is read begins."""
        self._held: dict[EncoderKey, _Held] = {}

    def current(self, sql: sqlite_utils.Database, key: EncoderKey) -> Vectors:
        """All vectors of ``key`` whose sound is in the library; the same record as before if nothing changed."""
        encoder = _encoder(sql, key)
        held = self._held.pop(key, None)
        rows = (held and _brought_up_to_date(sql, held, encoder)) or _read_all(sql, encoder)
        if held is None or rows is not held.rows:
            vectors = Vectors(key, rows.hashes, rows.matrix, rows.tags, encoder.vocabulary, rows.typical_s)
        else:
            vectors = held.vectors
        self._held[key] = _Held(encoder, rows, vectors)
        while len(self._held) > KEPT:
            del self._held[next(iter(self._held))]
        return vectors


def _encoder(sql: sqlite_utils.Database, key: EncoderKey) -> _Encoder:
    query = "SELECT id, dim, vocabulary, revision FROM encoders WHERE name = ? AND version = ? AND front_end = ?"
    row = sql.execute(query, [key.name, key.version, key.front_end]).fetchone()
    number, dim, words, revision = row or (0, 0, "[]", 0)
    count = sql.execute("SELECT count(*) FROM vectors WHERE encoder_id = ?", [number]).fetchone()[0]
    gone = frozenset(row[0] for row in sql.execute(_NOT_THERE, {"encoder": number}))
    return _Encoder(number, dim, tuple(json.loads(words)), revision, count, gone)


# --------------------------------------------------------------------------------------------------------- reading


def _read_all(sql: sqlite_utils.Database, encoder: _Encoder) -> _Rows:
    return _read(sql, _ALL, encoder, at_most=encoder.rows)


def _read_since(sql: sqlite_utils.Database, encoder: _Encoder, revision: int) -> _Rows:
    query = "SELECT count(*) FROM vectors INDEXED BY vectors_by_revision WHERE encoder_id = ? AND revision > ?"
    at_most = sql.execute(query, [encoder.id, revision]).fetchone()[0]
    return _read(sql, _SINCE, encoder, at_most=at_most, revision=revision)


def _read(sql: sqlite_utils.Database, query: str, encoder: _Encoder, *, at_most: int, revision: int = 0) -> _Rows:
    asked = {"encoder": encoder.id, "gone": json.dumps(list(encoder.gone)), "revision": revision}
    ids, typical_s = _buffer(at_most, dtype=np.int64), _buffer(at_most)
    matrix, tags = _buffer(at_most, encoder.dim), _buffer(at_most, len(encoder.vocabulary))
    hashes: list[str] = []
    cursor = sql.execute(query, asked)
    while block := cursor.fetchmany(CHUNK):
        here = slice(len(hashes), len(hashes) + len(block))
        ids[here], some, typical_s[here], vectors, words = zip(*block, strict=True)
        _fill(matrix[here], vectors)
        _fill(tags[here], words)
        hashes += some
    n = len(hashes)
    return _Rows(_shown(ids, n), tuple(hashes), _shown(typical_s, n), _shown(matrix, n), _shown(tags, n))


def _fill(rows: FloatArray, blobs: Sequence[bytes]) -> None:
    """Put little-endian float16 or float32 into the rows; the length of each blob tells which."""
    width = rows.shape[1]
    sizes = set(map(len, blobs))
    if sizes == {2 * width}:
        rows[:] = np.frombuffer(b"".join(blobs), dtype="<f2").reshape(rows.shape)
        return
    for row, blob in zip(rows, blobs, strict=True):
        row[:] = np.frombuffer(blob, dtype="<f2" if len(blob) == 2 * width else "<f4")


# --------------------------------------------------------------------------------------------- bringing up to date


def _brought_up_to_date(sql: sqlite_utils.Database, held: _Held, encoder: _Encoder) -> _Rows | None:
    """The rows that are held with what is new; None where others went or came back and all must be read again."""
    before, rows = held.encoder, held.rows
    if (before.id, before.dim, before.vocabulary) != (encoder.id, encoder.dim, encoder.vocabulary):
        return None
    if before.revision > encoder.revision or not before.gone <= encoder.gone or not len(rows):
        return None
    fresh = _read_since(sql, encoder, before.revision)
    added = fresh.ids > rows.ids[-1]
    places = np.searchsorted(rows.ids, fresh.ids[~added])
    # None came back (above), so the sum is right only if none that is held was dropped or left the library.
    if len(rows) + added.sum() + len(encoder.gone) != encoder.rows:
        return None
    if not np.array_equal(rows.ids[places], fresh.ids[~added]):
        return None
    rows = _replaced(rows, places, _chosen(fresh, ~added)) if len(places) else rows
    return _appended(rows, _chosen(fresh, added)) if added.any() else rows


def _chosen(rows: _Rows, which: BoolArray) -> _Rows:
    hashes = tuple(compress(rows.hashes, which))
    return _Rows(rows.ids[which], hashes, rows.typical_s[which], rows.matrix[which], rows.tags[which])


def _replaced(rows: _Rows, places: IntArray, others: _Rows) -> _Rows:
    """A copy with others in some places: what was handed out stays as it was."""
    hashes = list(rows.hashes)
    for place, other in zip(places.tolist(), others.hashes, strict=True):
        hashes[place] = other
    return _Rows(
        rows.ids, tuple(hashes), _copied(rows.typical_s, places, others.typical_s),
        _copied(rows.matrix, places, others.matrix), _copied(rows.tags, places, others.tags),
    )  # fmt: skip


def _copied(array: FloatArray, places: IntArray, others: FloatArray) -> FloatArray:
    buffer = _buffer(len(array), *array.shape[1:])
    buffer[: len(array)] = array
    buffer[places] = others
    copy: FloatArray = _shown(buffer, len(array))
    return copy


def _appended(rows: _Rows, more: _Rows) -> _Rows:
    return _Rows(
        _extended(rows.ids, more.ids), rows.hashes + more.hashes, _extended(rows.typical_s, more.typical_s),
        _extended(rows.matrix, more.matrix), _extended(rows.tags, more.tags),
    )  # fmt: skip


# ---------------------------------------------------------------------------------------------------------- memory


def _buffer(rows: int, *width: int, dtype: type = np.float32) -> Any:
    """Memory for some rows and an eighth more; what is not used costs nothing."""
    return np.empty((rows + rows // 8 + CHUNK, *width), dtype=dtype)


def _shown(buffer: Any, rows: int) -> Any:
    """The first rows of a buffer, to be read only."""
    view = buffer[:rows]
    view.flags.writeable = False
    return view


def _extended(array: Any, more: Any) -> Any:
    """``array`` with more rows behind it, in its own buffer if there is room."""
    before, after = len(array), len(array) + len(more)
    buffer = array.base
    if len(buffer) < after:
        buffer = _buffer(after, *array.shape[1:], dtype=array.dtype.type)
        buffer[:before] = array
    buffer[before:after] = more
    return _shown(buffer, after)

"""What an encoder heard window by window in the few tracks that stand for prototypes: where their best excerpts are."""

import json
from collections.abc import Collection, Sequence

import numpy as np

from musicdesk.records import EncoderKey, FloatArray, Passages
from musicdesk.store.database import Database

LIMIT = 2_000
"""Sounds that are remembered of one encoder; those that stand for nothing any more go first."""
_ID = "(SELECT id FROM encoders WHERE name = ? AND version = ? AND front_end = ?)"
_ADD = (
    "INSERT OR REPLACE INTO windows (encoder_id, audio_hash, starts, length_s, vectors, tags) "
    "SELECT id, ?, ?, ?, ?, ? FROM encoders WHERE name = ? AND version = ? AND front_end = ?"
)
_LOAD = (
    "SELECT audio_hash, starts, length_s, vectors, tags FROM windows "  # noqa: S608  (a constant of this file)
    f"WHERE encoder_id = {_ID} AND audio_hash IN (SELECT value FROM json_each(?))"
)
_FORGET = (
    f"DELETE FROM windows WHERE encoder_id = {_ID} "  # noqa: S608
    "AND audio_hash NOT IN (SELECT value FROM json_each(?))"
)
_HALF_RANGE = (1e-3, 65504.0)


class WindowStore:
    """Passages by encoder and sound."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def add(self, key: EncoderKey, heard: Sequence[Passages], *, wanted: Collection[str] = ()) -> None:
        """Write some sounds, all or none; earlier rows of the same give way.

        Where there are too many, those that are not among these, nor ``wanted``, are forgotten. An encoder that has
        analysed nothing yet has no passages either.
        """
        if not heard:
            return
        named = (key.name, key.version, key.front_end)
        rows = [(p.audio_hash, _bytes(p.starts_s), p.length_s, _blob(p.vectors), _blob(p.tags), *named) for p in heard]
        with self._db.writing() as sql:
            sql.conn.executemany(_ADD, rows)
            count = sql.execute(f"SELECT count(*) FROM windows WHERE encoder_id = {_ID}", named).fetchone()[0]  # noqa: S608
            if count > LIMIT:
                kept = json.dumps([*wanted, *(p.audio_hash for p in heard)])
                sql.execute(_FORGET, (*named, kept))

    def known(self, key: EncoderKey) -> frozenset[str]:
        """The sounds that were listened to closely."""
        query = f"SELECT audio_hash FROM windows WHERE encoder_id = {_ID}"  # noqa: S608
        with self._db.reading() as sql:
            return frozenset(h for (h,) in sql.execute(query, (key.name, key.version, key.front_end)).fetchall())

    def load(self, key: EncoderKey, hashes: Collection[str]) -> dict[str, Passages]:
        """The passages of these sounds; those that were never listened to closely are left out."""
        asked = (key.name, key.version, key.front_end, json.dumps(sorted(hashes)))
        with self._db.reading() as sql:
            rows = sql.execute(_LOAD, asked).fetchall()
        return {row[0]: _passages(*row) for row in rows}


def _passages(audio_hash: str, starts: bytes, length_s: float, vectors: bytes, tags: bytes) -> Passages:
    begins = np.frombuffer(starts, dtype="<f4").astype(np.float32)
    return Passages(audio_hash, begins, length_s, _table(vectors, len(begins)), _table(tags, len(begins)))


def _bytes(values: FloatArray) -> bytes:
    return values.astype("<f4").tobytes()


def _blob(table: FloatArray) -> bytes:
    """The width of a number, then little-endian float16, or float32 where that would overflow or vanish."""
    smallest, largest = _HALF_RANGE
    peak = float(np.abs(table).max(initial=0.0))
    half = peak == 0 or smallest <= peak <= largest
    return bytes([2 if half else 4]) + table.astype("<f2" if half else "<f4").tobytes()


def _table(blob: bytes, rows: int) -> FloatArray:
    flat = np.frombuffer(blob[1:], dtype="<f2" if blob[0] == 2 else "<f4").astype(np.float32)
    return flat.reshape(rows, -1) if rows else np.zeros((0, 0), np.float32)

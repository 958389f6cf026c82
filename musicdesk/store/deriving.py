# ruff: noqa: S608  (what is put into the SQL are constants of this file)
"""Rows of an encoder that stands on another's, made from the rows that are there: nothing is decoded again.

What a sound is beside its vector (state, excerpt, words, speech, silence, fingerprint, recording) and which files
cannot be heard at all is the same for both.
"""

import json
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import sqlite_utils

from musicdesk.records import FloatArray, IntArray

Head = Callable[[FloatArray], FloatArray]
BATCH = 2_048
"""Rows that are made, and written, at once."""
_TODO = """
    SELECT b.id FROM vectors b INDEXED BY sounds_heard
    WHERE b.encoder_id = :base AND NOT b.quick
        AND EXISTS (SELECT 1 FROM tracks t INDEXED BY sounds_there WHERE t.audio_hash = b.audio_hash AND t.removed = 0)
        AND NOT EXISTS (SELECT 1 FROM vectors d INDEXED BY sounds_heard
            WHERE d.encoder_id = :encoder AND d.audio_hash = b.audio_hash AND NOT d.quick)
"""
_READ = "SELECT id, vector FROM vectors WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id"
_WRITE = """
    INSERT INTO vectors (encoder_id, audio_hash, state, reason, windows, typical_s, decode_s, features_s, encode_s,
        analysed, quick, speech, silence, vector, tags, revision)
    SELECT ?, audio_hash, state, reason, windows, typical_s, 0, 0, 0, ?, 0, speech, silence, ?, tags, ?
    FROM vectors WHERE id = ?
    ON CONFLICT (encoder_id, audio_hash) DO UPDATE SET state = excluded.state, reason = excluded.reason,
        windows = excluded.windows, typical_s = excluded.typical_s, analysed = excluded.analysed, quick = 0,
        speech = excluded.speech, silence = excluded.silence, vector = excluded.vector, tags = excluded.tags,
        revision = excluded.revision
"""
_FINGERPRINTS = """
    INSERT OR REPLACE INTO fingerprints (vector_id, fingerprint)
    SELECT d.id, f.fingerprint FROM json_each(?) wanted
    CROSS JOIN vectors b ON b.id = wanted.value CROSS JOIN fingerprints f ON f.vector_id = b.id
    CROSS JOIN vectors d INDEXED BY sounds_heard ON d.encoder_id = ? AND d.audio_hash = b.audio_hash
"""
_RECORDINGS = """
    INSERT OR IGNORE INTO recordings (encoder_id, audio_hash, recording)
    SELECT :encoder, audio_hash, recording FROM recordings WHERE encoder_id = :base
"""
_FAILURE = "audio_hash, path, mtime_ns, size_bytes, state, reason, noted, attempts, retry_after"
_FAILURES = f"""
    INSERT INTO failures (encoder_id, {_FAILURE})
    SELECT :encoder, {_FAILURE} FROM failures f WHERE f.encoder_id = :base AND f.retry_after = 0
        AND f.audio_hash NOT IN (SELECT audio_hash FROM failures WHERE encoder_id = :encoder)
        AND f.audio_hash NOT IN (SELECT audio_hash FROM vectors WHERE encoder_id = :encoder)
"""
_CLEARED = """
    DELETE FROM failures WHERE encoder_id = ? AND audio_hash IN (
        SELECT audio_hash FROM vectors WHERE id IN (SELECT value FROM json_each(?)))
"""


def todo(sql: sqlite_utils.Database, base: int, encoder: int) -> IntArray:
    """The ids of the base's rows of full listens whose sound has no such row of the encoder yet.  # [n], ascending"""
    found = sql.execute(_TODO, {"base": base, "encoder": encoder}).fetchall()
    return np.sort(np.fromiter((row[0] for row in found), np.int64, len(found)))


def rows_of(sql: sqlite_utils.Database, ids: IntArray, *, dim: int) -> tuple[IntArray, FloatArray]:
    """Those of these rows that are still there, and their vectors.  # [n], [n, dim]"""
    found = sql.execute(_READ, [_listed(ids)]).fetchall()
    rows = np.zeros((len(found), dim), np.float32)
    for place, (_, blob) in enumerate(found):
        rows[place] = np.frombuffer(blob, "<f2" if len(blob) == 2 * dim else "<f4")
    return np.array([number for number, _ in found], np.int64), rows


def write(
    sql: sqlite_utils.Database, ids: IntArray, rows: FloatArray, *, blob: Callable[[FloatArray], bytes], encoder: int,
    now: float, revision: int,
) -> int:  # fmt: skip
    """Write ``rows`` [n, dim] that were made of the base's rows ``ids`` [n]; those that say nothing are left out.

    ``blob`` says how a row is kept. Tells how many were written.
    """
    fine = np.isfinite(rows).all(axis=1) & (np.ptp(rows, axis=1) > 0)
    told: list[tuple[Any, ...]] = [
        (encoder, now, blob(rows[place]), revision, int(ids[place])) for place in np.flatnonzero(fine)
    ]
    sql.conn.executemany(_WRITE, told)
    sql.execute(_FINGERPRINTS, [_listed(ids), encoder])
    sql.execute(_CLEARED, [encoder, _listed(ids)])
    return len(told)


def carry_over(sql: sqlite_utils.Database, base: int, encoder: int) -> None:
    """What is known of the sounds beside their rows: recordings, and files of which nothing can be made."""
    for query in (_RECORDINGS, _FAILURES):
        sql.execute(query, {"base": base, "encoder": encoder})


def _listed(ids: IntArray | Sequence[int]) -> str:
    return json.dumps([int(number) for number in ids])

# ruff: noqa: S608  (what is put into the SQL are constants of this file and question marks)
"""What encoders made of the sounds: vectors, the ledger of failures, and how far the analysis is.

Rows are keyed by sound and encoder (name, version, front end): copies of a file share a row, a new version begins
anew while the old rows stay until their successors are there. What is pending and what the coverage says come from
one question, so they cannot disagree.
"""

import json
import os
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import sqlite_utils

from musicdesk.errors import BadRequest
from musicdesk.records import Analysis, Coverage, EncoderKey, Failure, FloatArray, Skipped, State, Track, Vectors
from musicdesk.store.database import Database, storable
from musicdesk.store.tracks import TRACK_COLUMNS, tracks_from

HALF_RANGE = (1e-3, 65504.0)
"""Vectors whose largest component lies outside are kept in float32: float16 would lose them."""
NOT_IDENTIFIED = "The file could not be identified. Scan its folder again."
_STATES = """
    SELECT t.id, t.path, t.audio_hash, CASE
        WHEN t.excluded THEN 'excluded'
        WHEN t.audio_hash = '' THEN 'failed'
        ELSE coalesce(v.state, f.state, 'pending') END AS state,
        CASE WHEN t.audio_hash = '' THEN t.problem ELSE f.reason END AS failure
    FROM tracks t NOT INDEXED
    LEFT JOIN vectors v ON v.encoder_id = :encoder AND v.audio_hash = t.audio_hash
    LEFT JOIN failures f ON f.encoder_id = :encoder AND f.audio_hash = t.audio_hash AND EXISTS (
        SELECT 1 FROM tracks c
        WHERE c.audio_hash = f.audio_hash AND c.mtime_ns = f.mtime_ns AND c.missing = 0 AND c.removed = 0)
    WHERE t.missing = 0 AND t.removed = 0
"""
"""Every file on the disk with its state. A failure counts while a file of that sound and that time is there.
(NOT INDEXED: the rows in their own order, six times as fast as by path.)"""
_COVERAGE = f"""
    SELECT state, count(*), sum(CASE WHEN state = 'pending' THEN audio_hash IN (
        SELECT audio_hash FROM vectors WHERE encoder_id IN (SELECT id FROM encoders WHERE name = :name)) ELSE 0 END),
        path, failure
    FROM ({_STATES}) GROUP BY state, CASE WHEN state IN ('silent', 'failed') THEN id END
"""
"""One row a state, but one a file for silent and failed: state, files, stale ones, path, reason."""
_FAILED = ("silent", "failed")
_ADD = """
    INSERT INTO vectors (encoder_id, audio_hash, state, reason, windows, typical_s, decode_s, features_s, encode_s,
        analysed, vector, tags)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (encoder_id, audio_hash) DO UPDATE SET state = excluded.state, reason = excluded.reason,
        windows = excluded.windows, typical_s = excluded.typical_s, decode_s = excluded.decode_s,
        features_s = excluded.features_s, encode_s = excluded.encode_s, analysed = excluded.analysed,
        vector = excluded.vector, tags = excluded.tags
"""


class VectorStore:
    """Analyses by encoder."""

    def __init__(self, database: Database) -> None:
        self._db = database

    # ------------------------------------------------------------------------------------------- writing

    def add(self, analyses: Sequence[Analysis], *, key: EncoderKey, vocabulary: Sequence[str], now: float) -> None:
        """Write a batch, all or none; an earlier row or failure of the same sound gives way.

        Raises BadRequest for a vector that :func:`fault` finds fault with, or that does not fit the others of ``key``.
        """
        if not analyses:
            return
        faults = [problem for analysis in analyses if (problem := fault(analysis, vocabulary))]
        if faults:
            raise BadRequest(faults[0])
        with self._db.writing() as sql:
            encoder = _encoder_for(sql, key, analyses, vocabulary)
            sql.conn.executemany(_ADD, [_row(analysis, encoder, now) for analysis in analyses])
            done = [(encoder, analysis.audio_hash) for analysis in analyses]
            sql.conn.executemany("DELETE FROM failures WHERE encoder_id = ? AND audio_hash = ?", done)

    def skip(self, skipped: Sequence[Skipped], *, key: EncoderKey, now: float) -> None:
        """Write sounds that could not be analysed into the ledger, with the time of their file.

        They are not tried again until the file changes or :meth:`clear_failures` is called.
        """
        if wrong := [item for item in skipped if item.state not in (State.SILENT, State.FAILED)]:
            raise BadRequest(f"A skipped sound is silent or failed, not {wrong[0].state}.")
        if not skipped:
            return
        with self._db.writing() as sql:
            encoder = _encoder_id(sql, key) or _new_encoder(sql, key, dim=0, vocabulary=())
            rows = [row for item in skipped if (row := _ledger_row(sql, item, encoder, now))]
            sql.table("failures").insert_all(rows, pk="id", batch_size=100)

    def clear_failures(self, key: EncoderKey) -> int:
        """Forget the failures of an encoder, so that their sounds are tried again; tells how many there were."""
        with self._db.writing() as sql:
            return sql.execute("DELETE FROM failures WHERE encoder_id = ?", [_encoder_id(sql, key)]).rowcount

    def forget_stale(self, key: EncoderKey) -> int:
        """Drop the rows of other versions of this encoder whose sound has a row of this version; tells how many."""
        with self._db.writing() as sql:
            return sql.execute(
                "DELETE FROM vectors WHERE encoder_id IN (SELECT id FROM encoders WHERE name = :name AND id != :id) "
                "AND audio_hash IN (SELECT audio_hash FROM vectors WHERE encoder_id = :id)",
                {"name": key.name, "id": _encoder_id(sql, key)},
            ).rowcount

    # ------------------------------------------------------------------------------------------- asking

    def pending(self, key: EncoderKey) -> tuple[Track, ...]:
        """One file of every sound that is still to be analysed: on the disk, not excluded, not in the ledger."""
        first = f"SELECT min(id) FROM ({_STATES}) WHERE state = 'pending' GROUP BY audio_hash"
        query = f"SELECT {TRACK_COLUMNS} FROM tracks WHERE id IN ({first}) ORDER BY id"
        with self._db.reading() as sql:
            rows = sql.execute(query, {"encoder": _encoder_id(sql, key)}).fetchall()
        return tuple(tracks_from(rows))

    def load(self, key: EncoderKey) -> Vectors:
        """All vectors of this encoder whose sound is a file of the library, on the disk now or missing.

        The order is that of the first analysis: rows are only ever added at the end.
        """
        query = (
            "SELECT audio_hash, vector, tags, typical_s FROM vectors WHERE encoder_id = ? "
            "AND EXISTS (SELECT 1 FROM tracks WHERE audio_hash = vectors.audio_hash AND removed = 0) ORDER BY id"
        )
        with self._db.reading() as sql:
            encoder = _encoder_id(sql, key)
            known = sql.execute("SELECT dim, vocabulary FROM encoders WHERE id = ?", [encoder]).fetchone()
            dim, words = known or (0, "[]")
            rows = sql.execute(query, [encoder]).fetchall()
        vocabulary = tuple(json.loads(words))
        hashes, vectors, tags, typical_s = zip(*rows, strict=True) if rows else ((), (), (), ())
        return Vectors(
            key, tuple(hashes), _matrix(vectors, dim), _matrix(tags, len(vocabulary)), vocabulary,
            np.array(typical_s, dtype=np.float32),
        )  # fmt: skip

    def coverage(self, key: EncoderKey) -> Coverage:
        """In which state the files of the library are; the counts add up to the files on the disk."""
        with self._db.reading() as sql:
            rows = sql.execute(_COVERAGE, {"encoder": _encoder_id(sql, key), "name": key.name}).fetchall()
            missing = sql.execute("SELECT count(*) FROM tracks WHERE missing AND NOT removed").fetchone()[0]
        counts = Counter[str]()
        for state, count, *_ in rows:
            counts[state] += count
        failures = (
            Failure(os.fsdecode(path), State(state), reason or NOT_IDENTIFIED, key.name)
            for state, _, _, path, reason in rows
            if state in _FAILED
        )
        return Coverage(
            key.name, **counts, stale=sum(row[2] for row in rows), missing=missing,
            failures=tuple(sorted(failures, key=lambda failure: failure.path)),
        )  # fmt: skip


def fault(analysis: Analysis, vocabulary: Sequence[str] = ()) -> str:
    """Why an analysis cannot be kept, as a sentence; "" if it can."""
    vector, tags = analysis.vector, analysis.tags
    if not analysis.audio_hash:
        return "A vector without the identity of its sound cannot be kept."
    if analysis.state not in (State.OK, State.PARTIAL):
        return f"A vector is ok or partial, not {analysis.state}."
    if vector.ndim != 1 or not vector.size or not np.isfinite(vector).all():
        return f"The vector of {analysis.audio_hash} is not a row of finite numbers."
    if vector.size > 1 and np.ptp(vector) <= np.abs(vector).max() * 1e-6:
        return f"The vector of {analysis.audio_hash} is constant and says nothing."
    if tags.shape != (len(vocabulary),) or not np.isfinite(tags).all():
        return f"The tags of {analysis.audio_hash} do not fit the {len(vocabulary)} words of the encoder."
    return "" if np.isfinite(analysis.typical_s) else f"The excerpt of {analysis.audio_hash} begins nowhere."


# ------------------------------------------------------------------------------------------------------- encoders


def _encoder_id(sql: sqlite_utils.Database, key: EncoderKey) -> int:
    """The number of an encoder; 0 while nothing is known of it."""
    query = "SELECT id FROM encoders WHERE name = ? AND version = ? AND front_end = ?"
    row = sql.execute(query, [key.name, key.version, key.front_end]).fetchone()
    return int(row[0]) if row else 0


def _new_encoder(sql: sqlite_utils.Database, key: EncoderKey, *, dim: int, vocabulary: Sequence[str]) -> int:
    row = {"name": key.name, "version": key.version, "front_end": key.front_end, "dim": dim}
    encoders = sql.table("encoders").insert({**row, "vocabulary": json.dumps(list(vocabulary))}, pk="id")
    assert encoders.last_pk is not None
    return int(encoders.last_pk)


def _encoder_for(
    sql: sqlite_utils.Database, key: EncoderKey, analyses: Sequence[Analysis], vocabulary: Sequence[str]
) -> int:
    """The encoder's number, with the dimension and the words that all its rows share."""
    dim, words = len(analyses[0].vector), json.dumps(list(vocabulary))
    encoder = _encoder_id(sql, key) or _new_encoder(sql, key, dim=dim, vocabulary=vocabulary)
    if not sql.table("vectors").count_where("encoder_id = ? LIMIT 1", [encoder]):
        sql.table("encoders").update(encoder, {"dim": dim, "vocabulary": words})
    row = sql.table("encoders").get(encoder)
    if any(len(analysis.vector) != row["dim"] for analysis in analyses):
        raise BadRequest(f"The vectors of {key.name} {key.version} have {row['dim']} numbers, these have others.")
    if words != row["vocabulary"]:
        raise BadRequest(f"The vectors of {key.name} {key.version} were made with other words than these.")
    return encoder


# ----------------------------------------------------------------------------------------------------------- rows


def _row(analysis: Analysis, encoder: int, now: float) -> tuple[Any, ...]:
    spent = analysis.timings
    return (
        encoder, analysis.audio_hash, str(analysis.state), storable(analysis.reason), int(analysis.windows),
        float(analysis.typical_s), spent.decode_s, spent.features_s, spent.encode_s, now,
        _blob(analysis.vector), _blob(analysis.tags),
    )  # fmt: skip


def _ledger_row(sql: sqlite_utils.Database, skipped: Skipped, encoder: int, now: float) -> dict[str, Any] | None:
    """The line for a sound, in place of its earlier one; None if no file of the library is meant."""
    path = os.fsencode(skipped.path)
    query = (
        "SELECT audio_hash, mtime_ns FROM tracks WHERE path = ? OR audio_hash = ? ORDER BY missing, path != ? LIMIT 1"
    )
    row = sql.execute(query, [path, skipped.audio_hash or None, path]).fetchone()
    if row is None or not (audio_hash := skipped.audio_hash or row[0]):
        return None
    sql.execute("DELETE FROM failures WHERE encoder_id = ? AND audio_hash = ?", [encoder, audio_hash])
    return {
        "encoder_id": encoder, "audio_hash": audio_hash, "path": path, "mtime_ns": row[1],
        "state": str(skipped.state), "reason": storable(skipped.reason), "noted": now,
    }  # fmt: skip


def _blob(row: FloatArray) -> bytes:
    """Little-endian float16, or float32 where that would overflow or vanish; the length tells which."""
    smallest, largest = HALF_RANGE
    peak = float(np.abs(row).max(initial=0.0))
    return row.astype("<f2" if peak == 0 or smallest <= peak <= largest else "<f4").tobytes()


def _matrix(blobs: Sequence[bytes], width: int) -> FloatArray:
    """The rows of :func:`_blob` as one array.  # [n, width] float32"""
    sizes = set(map(len, blobs))
    if len(sizes) > 1:
        rows = [np.frombuffer(blob, dtype="<f2" if len(blob) == 2 * width else "<f4") for blob in blobs]
        return np.stack(rows).astype(np.float32)
    kind = "<f4" if sizes == {4 * width} and width else "<f2"
    return np.frombuffer(b"".join(blobs), dtype=kind).reshape(len(blobs), width).astype(np.float32)

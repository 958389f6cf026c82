"""What encoders made of the sounds: vectors, the ledger of failures, and how far the analysis is.

Rows are keyed by sound and encoder (name, version, front end): copies of a file share a row, a new version begins
anew while the old rows stay until their successors are there. What is pending and what the coverage says come from
one question, so they cannot disagree.
"""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from operator import itemgetter
from typing import Any

import numpy as np
import sqlite_utils

from musicdesk.errors import BadRequest
from musicdesk.records import (
    Analysis,
    Coverage,
    EncoderKey,
    FloatArray,
    IntArray,
    Pending,
    Skipped,
    State,
    Traits,
    Vectors,
)
from musicdesk.store import deriving
from musicdesk.store.database import Database, storable
from musicdesk.store.ledger import clear, count_pending, coverage_of, note, pending_sounds
from musicdesk.store.loading import LoadedVectors

HALF_RANGE = (1e-3, 65504.0)
"""Vectors whose largest component lies outside are kept in float32: float16 would lose them."""
_ADD = """
    INSERT INTO vectors (encoder_id, audio_hash, state, reason, windows, typical_s, decode_s, features_s, encode_s,
        analysed, quick, speech, silence, vector, tags, revision)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (encoder_id, audio_hash) DO UPDATE SET state = excluded.state, reason = excluded.reason,
        windows = excluded.windows, typical_s = excluded.typical_s, decode_s = excluded.decode_s,
        features_s = excluded.features_s, encode_s = excluded.encode_s, analysed = excluded.analysed,
        quick = excluded.quick, speech = excluded.speech, silence = excluded.silence, vector = excluded.vector,
        tags = excluded.tags, revision = excluded.revision
    WHERE vectors.quick OR NOT excluded.quick
"""
_ADD_FINGERPRINT = """
    INSERT OR REPLACE INTO fingerprints (vector_id, fingerprint)
    SELECT id, ? FROM vectors WHERE encoder_id = ? AND audio_hash = ?
"""
_TRAITS = """
    SELECT v.id, v.audio_hash, v.speech, v.silence, max(t.length_s)
    FROM vectors v INDEXED BY sounds_heard
    CROSS JOIN tracks t INDEXED BY sounds_there ON t.audio_hash = v.audio_hash AND t.removed = 0
    WHERE v.encoder_id = ? GROUP BY v.audio_hash
"""
_FINGERPRINTS = """
    SELECT v.audio_hash, f.fingerprint FROM json_each(?) wanted
    CROSS JOIN vectors v INDEXED BY sounds_heard ON v.encoder_id = ? AND v.audio_hash = wanted.value
    CROSS JOIN fingerprints f ON f.vector_id = v.id
"""
_FORGET = """
    FROM {table} WHERE encoder_id IN (SELECT id FROM encoders WHERE name = :name AND id != :id)
    AND audio_hash IN (SELECT audio_hash FROM vectors WHERE encoder_id = :id)
"""


class VectorStore:
    """Analyses by encoder."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._loaded = LoadedVectors()

    # ------------------------------------------------------------------------------------------- writing

    def add(self, analyses: Sequence[Analysis], *, key: EncoderKey, vocabulary: Sequence[str], now: float) -> None:
        """Write a batch, all or none; an earlier row or failure of the same sound gives way.

        A quick analysis never takes the place of a full one. Raises BadRequest for a vector that :func:`fault` finds
        fault with, or that does not fit the others of ``key``.
        """
        if not analyses:
            return
        faults = [problem for analysis in analyses if (problem := fault(analysis, vocabulary))]
        if faults:
            raise BadRequest(faults[0])
        with self._db.writing() as sql:
            encoder = _encoder_for(sql, key, analyses, vocabulary)
            revision = _next_revision(sql, encoder)
            sql.conn.executemany(_ADD, [_row(analysis, encoder, now, revision) for analysis in analyses])
            told = [(one.fingerprint, encoder, one.audio_hash) for one in analyses if not one.quick and one.fingerprint]
            sql.conn.executemany(_ADD_FINGERPRINT, told)
            clear(sql, encoder, [analysis.audio_hash for analysis in analyses])

    def derive(
        self,
        base: EncoderKey,
        key: EncoderKey,
        head: deriving.Head,
        *,
        vocabulary: Sequence[str],
        now: float,
        each: Callable[[int, int], None] = lambda _done, _total: None,
    ) -> int:
        """Make the rows of ``key`` that ``head`` makes of the full rows of ``base``; tells how many were made.

        What is known of the sounds beside their vectors is carried over. ``each`` is told how many of how many are
        done, before the first batch and after every one; what it raises ends the work, and what is done stays.
        Raises BadRequest where the words of ``base`` are not ``vocabulary``.
        """
        with self._db.reading() as sql:
            source = _encoder_id(sql, base)
            row = sql.execute("SELECT dim, vocabulary FROM encoders WHERE id = ?", [source]).fetchone()
            ids = deriving.todo(sql, source, _encoder_id(sql, key))
        if row is None or not len(ids):
            return 0
        if row[1] != json.dumps(list(vocabulary)):
            raise BadRequest(f"{key.name} has other words than {base.name}, on which it stands.")
        made = 0
        for at in range(0, len(ids), deriving.BATCH):
            each(at, len(ids))
            made += self._derive(key, head, ids[at : at + deriving.BATCH], dim=row[0], words=row[1], now=now)
        with self._db.writing() as sql:
            deriving.carry_over(sql, source, _encoder_id(sql, key))
        each(len(ids), len(ids))
        return made

    def _derive(self, key: EncoderKey, head: deriving.Head, ids: IntArray, *, dim: int, words: str, now: float) -> int:
        """One batch of rows."""
        with self._db.reading() as sql:
            ids, heard = deriving.rows_of(sql, ids, dim=dim)
        rows = head(heard)
        with self._db.writing() as sql:
            encoder = _encoder_id(sql, key) or _new_encoder(sql, key, dim=rows.shape[1], vocabulary=json.loads(words))
            sql.table("encoders").update(encoder, {"dim": rows.shape[1], "vocabulary": words})
            revision = _next_revision(sql, encoder)
            return deriving.write(sql, ids, rows, blob=_blob, encoder=encoder, now=now, revision=revision)

    def skip(self, skipped: Sequence[Skipped], *, key: EncoderKey, now: float) -> None:
        """Write sounds that could not be analysed into the ledger, with the time and size of their file.

        They are not tried again until the file changes or :meth:`clear_failures` is called; a failure that may pass
        is tried again after a day, then two, four … at most thirty.
        """
        if wrong := [item for item in skipped if item.state not in (State.SILENT, State.FAILED)]:
            raise BadRequest(f"A skipped sound is silent or failed, not {wrong[0].state}.")
        if not skipped:
            return
        with self._db.writing() as sql:
            encoder = _encoder_id(sql, key) or _new_encoder(sql, key, dim=0, vocabulary=())
            for item in skipped:
                note(sql, item, encoder, now=now)

    def clear_failures(self, key: EncoderKey, hashes: Collection[str] | None = None) -> int:
        """Forget failures of an encoder (of these sounds, or all), so that they are tried again; tells how many."""
        with self._db.writing() as sql:
            return clear(sql, _encoder_id(sql, key), hashes)

    def forget_stale(self, key: EncoderKey) -> int:
        """Drop what other versions of this encoder have of sounds that have a row of this one; tells how many rows."""
        with self._db.writing() as sql:
            asked = {"name": key.name, "id": _encoder_id(sql, key)}
            for table in ("failures", "recordings"):
                sql.execute("DELETE" + _FORGET.format(table=table), asked)
            return sql.execute("DELETE" + _FORGET.format(table="vectors"), asked).rowcount

    def set_recordings(self, key: EncoderKey, recordings: Mapping[str, int]) -> None:
        """Remember which sounds are the same recording: those with the same number. Other sounds keep theirs."""
        with self._db.writing() as sql:
            if encoder := _encoder_id(sql, key):
                rows = [(encoder, audio_hash, int(number)) for audio_hash, number in sorted(recordings.items())]
                sql.conn.executemany("INSERT OR REPLACE INTO recordings VALUES (?, ?, ?)", rows)

    # ------------------------------------------------------------------------------------------- asking

    def pending(self, key: EncoderKey, *, now: float, deeper: bool = False) -> tuple[Pending, ...]:
        """One file of every sound to be heard: on the disk, not excluded, without a failure that counts.

        That is what has no vector of this version yet; ``deeper``: what was only heard quickly instead.
        """
        with self._db.reading() as sql:
            return pending_sounds(sql, _encoder_id(sql, key), now=now, deeper=deeper)

    def count_pending(self, key: EncoderKey, *, now: float) -> int:
        """How many sounds :meth:`pending` lists."""
        with self._db.reading() as sql:
            return count_pending(sql, _encoder_id(sql, key), now=now)

    def coverage(self, key: EncoderKey, *, now: float) -> Coverage:
        """In which state the files of the library are; the counts add up to the files on the disk.

        A failure whose cooldown is over is pending (or stale) again.
        """
        return self.coverages([key], now=now)[0]

    def coverages(self, keys: Sequence[EncoderKey], *, now: float) -> tuple[Coverage, ...]:
        """The coverage of several encoders at one moment."""
        with self._db.reading() as sql:
            return tuple(coverage_of(sql, key, _encoder_id(sql, key), now=now) for key in keys)

    def encoders(self) -> frozenset[str]:
        """The names of the encoders that have listened here, whatever came of it."""
        with self._db.reading() as sql:
            return frozenset(name for (name,) in sql.execute("SELECT DISTINCT name FROM encoders").fetchall())

    def load(self, key: EncoderKey) -> Vectors:
        """All vectors of this encoder whose sound is a file of the library, on the disk now or missing.

        The order is that of the first analysis: rows are only ever added at the end. The arrays are read only and
        stay as they are; after a batch only its rows are read, and if nothing changed it is the same record.
        """
        with self._loaded.lock, self._db.reading() as sql:
            return self._loaded.current(sql, key)

    def traits(self, key: EncoderKey) -> Traits:
        """What was heard beside the vectors, of the sounds and in the order of :meth:`load`."""
        with self._db.reading() as sql:
            rows = sorted(sql.execute(_TRAITS, [_encoder_id(sql, key)]).fetchall(), key=itemgetter(0))
        _, hashes, *columns = zip(*rows, strict=True) if rows else ((), (), (), (), ())
        return Traits(tuple(hashes), *(np.array(column, dtype=np.float32) for column in columns))

    def fingerprints(self, key: EncoderKey, hashes: Sequence[str]) -> dict[str, bytes]:
        """The fingerprints of these sounds; those without one are left out."""
        with self._db.reading() as sql:
            return dict(sql.execute(_FINGERPRINTS, [json.dumps(list(hashes)), _encoder_id(sql, key)]).fetchall())

    def recordings(self, key: EncoderKey) -> dict[str, int]:
        """The numbers that :meth:`set_recordings` was given."""
        query = "SELECT audio_hash, recording FROM recordings WHERE encoder_id = ?"
        with self._db.reading() as sql:
            return dict(sql.execute(query, [_encoder_id(sql, key)]).fetchall())


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
    if not (0 <= analysis.speech <= 1 and 0 <= analysis.silence <= 1):
        return f"Speech and silence of {analysis.audio_hash} are shares from 0 to 1, not these numbers."
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
    if not sql.execute("SELECT EXISTS (SELECT 1 FROM vectors WHERE encoder_id = ?)", [encoder]).fetchone()[0]:
        sql.table("encoders").update(encoder, {"dim": dim, "vocabulary": words})
    row = sql.table("encoders").get(encoder)
    if any(len(analysis.vector) != row["dim"] for analysis in analyses):
        raise BadRequest(f"The vectors of {key.name} {key.version} have {row['dim']} numbers, these have others.")
    if words != row["vocabulary"]:
        raise BadRequest(f"The vectors of {key.name} {key.version} were made with other words than these.")
    return encoder


def _next_revision(sql: sqlite_utils.Database, encoder: int) -> int:
    query = "UPDATE encoders SET revision = revision + 1 WHERE id = ? RETURNING revision"
    return int(sql.execute(query, [encoder]).fetchone()[0])


# ----------------------------------------------------------------------------------------------------------- rows


def _row(analysis: Analysis, encoder: int, now: float, revision: int) -> tuple[Any, ...]:
    spent = analysis.timings
    return (
        encoder, analysis.audio_hash, str(analysis.state), storable(analysis.reason), int(analysis.windows),
        float(analysis.typical_s), spent.decode_s, spent.features_s, spent.encode_s, now, int(analysis.quick),
        float(analysis.speech), float(analysis.silence), _blob(analysis.vector), _blob(analysis.tags), revision,
    )  # fmt: skip


def _blob(row: FloatArray) -> bytes:
    """Little-endian float16, or float32 where that would overflow or vanish; the length tells which."""
    smallest, largest = HALF_RANGE
    peak = float(np.abs(row).max(initial=0.0))
    return row.astype("<f2" if peak == 0 or smallest <= peak <= largest else "<f4").tobytes()

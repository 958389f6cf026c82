# ruff: noqa: S608  (what is put into the SQL are constants of this file and question marks)
"""Which files are heard, which are to be heard, and of which nothing could be made: the questions behind the coverage.

Every question is put together from the same few conditions, so that what is pending and what is counted cannot
disagree. They run over two indexes that hold all they ask for (``sounds_there``, ``sounds_heard``), named because the
planner cannot know that an index without the rows is ten times as fast.
"""

import json
import os
from collections import Counter
from collections.abc import Collection
from typing import Any

import sqlite_utils

from musicdesk.records import Coverage, EncoderKey, Failure, Pending, Skipped, State
from musicdesk.store.database import storable

COOLDOWN_S = 86_400.0
"""How long a failure that may pass rests before the second try; doubled with every further one."""
LONGEST_COOLDOWN_S = 30 * 86_400.0
NOT_IDENTIFIED = "The file could not be identified. Scan its folder again."

_BLOCKED = """
    WITH blocked AS (
        SELECT * FROM failures f
        WHERE f.encoder_id = :encoder AND (f.retry_after = 0 OR f.retry_after > :now) AND EXISTS (
            SELECT 1 FROM tracks c INDEXED BY sounds_there
            WHERE c.audio_hash = f.audio_hash AND c.missing = 0 AND c.removed = 0
                AND c.mtime_ns = f.mtime_ns AND f.size_bytes IN (-1, c.size_bytes)))
"""
"""The failures that count: while a file of that sound, time and size is there, and until their cooldown is over."""
_WANTED = "tracks t INDEXED BY sounds_there WHERE t.missing = 0 AND t.removed = 0 AND t.excluded = 0"
_HEARD = "SELECT 1 FROM vectors v INDEXED BY sounds_heard WHERE v.encoder_id = :encoder AND v.audio_hash = t.audio_hash"
_MAY_BE_TRIED = "t.audio_hash != '' AND t.audio_hash NOT IN (SELECT audio_hash FROM blocked)"
_TODO = f"{_WANTED} AND NOT EXISTS ({_HEARD}) AND {_MAY_BE_TRIED}"
_DEEPER = f"{_WANTED} AND EXISTS ({_HEARD} AND v.quick) AND {_MAY_BE_TRIED}"
_PENDING = """
    SELECT path, audio_hash
    FROM (SELECT min(t.id) AS first FROM {files} GROUP BY t.audio_hash ORDER BY first) CROSS JOIN tracks ON id = first
"""
_PENDING_COUNT = f"SELECT count(DISTINCT t.audio_hash) FROM {_TODO}"
_HAS_OLDER = """EXISTS (
        SELECT 1 FROM vectors o INDEXED BY sounds_heard WHERE o.audio_hash = t.audio_hash
            AND o.encoder_id IN (SELECT id FROM encoders WHERE name = :name AND id != :encoder))
"""
_COUNTS = f"""
    SELECT count(*), sum(t.excluded), sum(v.state = 'ok'), sum(v.state = 'partial'), sum(v.quick),
        sum(CASE WHEN v.state IS NULL AND t.excluded = 0 THEN {_HAS_OLDER} END)
    FROM tracks t INDEXED BY sounds_there LEFT JOIN vectors v INDEXED BY sounds_heard
        ON v.encoder_id = :encoder AND v.audio_hash = t.audio_hash AND t.excluded = 0
    WHERE t.missing = 0 AND t.removed = 0
"""
_FAILURES = f"""
    SELECT {_HAS_OLDER}, t.path, b.state, b.reason, t.id, b.audio_hash, b.noted, b.attempts, b.retry_after
    FROM blocked b CROSS JOIN {_WANTED} AND t.audio_hash = b.audio_hash AND NOT EXISTS ({_HEARD})
    UNION ALL
    SELECT 0, t.path, 'failed', t.problem, t.id, '', 0.0, 1, 0.0 FROM {_WANTED} AND t.audio_hash = ''
"""


def pending_sounds(
    sql: sqlite_utils.Database, encoder: int, *, now: float, deeper: bool = False
) -> tuple[Pending, ...]:
    """One file of every sound to be heard, in the order of the library.

    Those without a vector of this version whose failure does not count (any more); ``deeper``: those that were only
    heard quickly instead.
    """
    query = _BLOCKED + _PENDING.format(files=_DEEPER if deeper else _TODO)
    rows = sql.execute(query, {"encoder": encoder, "now": now}).fetchall()
    return tuple(Pending(os.fsdecode(path), audio_hash) for path, audio_hash in rows)


def count_pending(sql: sqlite_utils.Database, encoder: int, *, now: float) -> int:
    """How many sounds ``pending_sounds`` lists."""
    query = _BLOCKED + _PENDING_COUNT
    return int(sql.execute(query, {"encoder": encoder, "now": now}).fetchone()[0])


def coverage_of(sql: sqlite_utils.Database, key: EncoderKey, encoder: int, *, now: float) -> Coverage:
    """In which state the files of the library are; the counts add up to the files on the disk."""
    asked = {"encoder": encoder, "name": key.name, "now": now}
    found, excluded, ok, partial, quick, older = (n or 0 for n in sql.execute(_COUNTS, asked).fetchone())
    rows = sql.execute(_BLOCKED + _FAILURES, asked).fetchall()
    stale = older - sum(row[0] for row in rows)
    failures = sorted((_failure(row, key) for row in rows), key=lambda failure: failure.path)
    states = Counter(failure.state for failure in failures)
    missing = sql.execute("SELECT count(*) FROM tracks INDEXED BY sounds_there WHERE missing AND NOT removed")
    return Coverage(
        key.name, ok=ok, partial=partial, silent=states[State.SILENT], failed=states[State.FAILED], excluded=excluded,
        pending=found - excluded - ok - partial - len(failures) - stale, stale=stale, quick=quick,
        missing=missing.fetchone()[0], failures=tuple(failures),
    )  # fmt: skip


def _failure(row: tuple[Any, ...], key: EncoderKey) -> Failure:
    _, path, state, reason, *rest = row
    return Failure(os.fsdecode(path), State(state), reason or NOT_IDENTIFIED, key.name, *rest)


# --------------------------------------------------------------------------------------------------------- writing


def note(sql: sqlite_utils.Database, skipped: Skipped, encoder: int, *, now: float) -> None:
    """Write a line for a sound in place of its earlier one; nothing if no file of the library is meant."""
    path = os.fsencode(skipped.path)
    query = (
        "SELECT audio_hash, mtime_ns, size_bytes FROM tracks WHERE path = ? OR audio_hash = ? "
        "ORDER BY missing, path != ? LIMIT 1"
    )
    row = sql.execute(query, [path, skipped.audio_hash or None, path]).fetchone()
    if row is None or not (audio_hash := skipped.audio_hash or row[0]):
        return
    _, mtime_ns, size_bytes = row
    attempts = 1 + _attempts(sql, encoder, audio_hash, mtime_ns=mtime_ns, size_bytes=size_bytes)
    line = {
        "encoder_id": encoder, "audio_hash": audio_hash, "path": path, "mtime_ns": mtime_ns, "size_bytes": size_bytes,
        "state": str(skipped.state), "reason": storable(skipped.reason), "noted": now, "attempts": attempts,
        "retry_after": now + _cooldown_s(attempts) if skipped.passing else 0.0,
    }  # fmt: skip
    clear(sql, encoder, [audio_hash])
    sql.table("failures").insert(line, pk="id")


def _attempts(sql: sqlite_utils.Database, encoder: int, audio_hash: str, *, mtime_ns: int, size_bytes: int) -> int:
    """How often this sound failed before in a file of this time and size."""
    query = (
        "SELECT attempts FROM failures WHERE encoder_id = ? AND audio_hash = ? AND mtime_ns = ? "
        "AND size_bytes IN (-1, ?)"
    )
    row = sql.execute(query, [encoder, audio_hash, mtime_ns, size_bytes]).fetchone()
    return int(row[0]) if row else 0


def _cooldown_s(attempts: int) -> float:
    return min(COOLDOWN_S * 2.0 ** min(attempts - 1, 30), LONGEST_COOLDOWN_S)


def clear(sql: sqlite_utils.Database, encoder: int, hashes: Collection[str] | None) -> int:
    """Forget the failures of these sounds, of all if None; tells how many there were."""
    query, values = "DELETE FROM failures WHERE encoder_id = ?", [encoder]
    if hashes is None:
        return sql.execute(query, values).rowcount
    some = " AND audio_hash IN (SELECT value FROM json_each(?))"
    return sql.execute(query + some, [*values, json.dumps(list(hashes))]).rowcount

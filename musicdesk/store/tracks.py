# ruff: noqa: S608  (what is put into the SQL are constants of this file and question marks)
"""The files of the library and the folders they come from."""

import math
import os
import threading
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlite_utils

from musicdesk.errors import NotFound
from musicdesk.records import KnownFile, ScannedFile, Source, Track, printable
from musicdesk.store.database import Database, rows_in, storable
from musicdesk.store.placing import Known, Placement, place
from musicdesk.store.tags import dump_tags, load_tags
from musicdesk.store.track_columns import KEY_COLUMNS, read_columns, without_nul
from musicdesk.store.track_words import write_words
from musicdesk.tracks import Tracks, fold, keys_of

TRACK_COLUMNS = (
    "id, path, audio_hash, length_s, codec, tags, size_bytes, mtime_ns, missing OR removed, excluded, problem"
)
"""What :func:`tracks_from` makes a record of."""
_TRACK = f"SELECT {TRACK_COLUMNS} FROM tracks "
_KNOWN = (
    "SELECT id, path, audio_hash, missing, removed, length_s, codec, tags, size_bytes, mtime_ns, problem FROM tracks "
)
_HOLDS = "instr(words, ?)"
_TAGGED = "audio_hash IN (SELECT audio_hash FROM own_tags WHERE instr(words, ?))"
_WRITTEN = (
    "path", "audio_hash", "length_s", "codec", "tags", "size_bytes", "mtime_ns", "problem", *KEY_COLUMNS, "changed",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SaveReport:
    """What saving a batch of scanned files did; counts are files."""

    added: int = 0
    changed: int = 0
    moved: int = 0


class TrackStore:
    """Sources and tracks."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._lock = threading.Lock()
        self._kept: tuple[int, Tracks] | None = None
        """The present tracks as they were last read, and the revision that they were read at."""

    # ------------------------------------------------------------------------------------------- folders

    def add_source(self, path: str) -> None:
        """Remember a folder; nothing happens if it is known."""
        with self._db.writing() as sql:
            sql.table("sources").insert({"path": _folder(path)}, ignore=True)

    def remove_source(self, path: str) -> None:
        """Forget a folder; its tracks leave the library but keep their rows, for playlists and for a return.

        Tracks that lie in another source too stay. Raises NotFound.
        """
        with self._changing() as sql:
            folder = _folder(path)
            if not sql.execute("DELETE FROM sources WHERE path = ?", [folder]).rowcount:
                raise NotFound(self._no_such_source(path))
            kept = [row[0] for row in sql.execute("SELECT path FROM sources")]
            elsewhere = "".join(" AND NOT (path >= ? AND path < ?)" for _ in kept)
            bounds = [bound for other in (folder, *kept) for bound in _within(other)]
            sql.execute(f"UPDATE tracks SET removed = 1 WHERE path >= ? AND path < ?{elsewhere}", bounds)

    def sources(self) -> tuple[Source, ...]:
        """The folders in the order they were added, each with the number of its files that are there."""
        count = "SELECT count(*) FROM tracks WHERE missing = 0 AND removed = 0 AND path >= ? AND path < ?"
        with self._db.reading() as sql:
            folders = [row[0] for row in sql.execute("SELECT path FROM sources ORDER BY id")]
            counts = [sql.execute(count, _within(folder)).fetchone()[0] for folder in folders]
        paths = [os.fsdecode(folder) for folder in folders]
        return tuple(Source(path, Path(path).is_dir(), n) for path, n in zip(paths, counts, strict=True))

    def _no_such_source(self, path: str) -> str:
        known = ", ".join(printable(source.path) for source in self.sources())
        return f"{printable(path)} is no folder of the library. " + (
            f"Its folders: {known}." if known else "It has none."
        )

    # ------------------------------------------------------------------------------------------- scanning

    def save(self, scanned: Sequence[ScannedFile], *, now: float, gone: Iterable[int] = ()) -> SaveReport:
        """Write a batch of scanned files, all or none.

        ``gone`` are ids of rows whose file a scan no longer found at its place: a new path with the sound of one of
        them (or of a row that is missing) takes over that row, its id and whatever refers to it. To keep the rows of
        files that swapped names, give the ids of changed files too, or the changed files in one batch.
        """
        files = {file.file.path: file for file in scanned}
        with self._changing() as sql:
            here = map(_known, rows_in(sql, _KNOWN + "WHERE path IN (?)", [os.fsencode(path) for path in files]))
            free = _free_rows(sql, files.values(), frozenset(gone))
            placements = place(list(files.values()), here=here, free=free)
            _vacate(sql, placements)
            return _write(sql, placements, now)

    def mark_missing(self, ids: Iterable[int]) -> None:
        """Say that these files are not on the disk now; everything known of them stays."""
        with self._changing() as sql:
            sql.conn.executemany("UPDATE tracks SET missing = 1 WHERE id = ?", [(int(id_),) for id_ in ids])

    def set_excluded(self, ids: Iterable[int], excluded: bool) -> None:
        """Take files out of analysis and suggestions, or back in."""
        with self._changing() as sql:
            rows = [(int(excluded), int(id_)) for id_ in ids]
            sql.conn.executemany("UPDATE tracks SET excluded = ? WHERE id = ?", rows)

    def doubt(self, ids: Iterable[int]) -> None:
        """Let the next scan read these files again, changed or not."""
        with self._changing() as sql:
            sql.conn.executemany("UPDATE tracks SET mtime_ns = -1 WHERE id = ?", [(int(id_),) for id_ in ids])

    @contextmanager
    def _changing(self) -> Iterator[sqlite_utils.Database]:
        """All or nothing, and whoever keeps the tracks in memory can tell that they are past."""
        with self._db.writing() as sql:
            yield sql
            sql.execute("UPDATE library SET revision = revision + 1")

    # ------------------------------------------------------------------------------------------- asking

    def all(self, *, include_missing: bool = False) -> Tracks:
        """All tracks in the order they came, with or without those that are not on the disk now.

        The same object as long as no track has changed; half a second of reading at 200,000, which lets other threads
        run. Records are made for the rows that are looked at.
        """
        inside = self._db.sql.conn.in_transaction  # what is not committed yet must not be kept
        with self._lock, self._db.reading() as sql:
            revision = int(sql.execute("SELECT revision FROM library").fetchone()[0])
            if not include_missing and self._kept and self._kept[0] == revision and not inside:
                return self._kept[1]
            columns, raw = read_columns(sql, include_missing=include_missing)
        tracks = Tracks(columns, lambda rows: tracks_from(raw.rows(rows)))
        if not include_missing and not inside:
            self._kept = revision, tracks
        return tracks

    def files(self) -> list[KnownFile]:
        """Every file of the library, missing or not, as far as a scan must know; tenths of a second at 200,000."""
        with self._db.reading() as sql:
            rows = sql.execute(
                "SELECT id, path, size_bytes, mtime_ns, missing FROM tracks WHERE removed = 0"
            ).fetchall()
        return [KnownFile(id_, os.fsdecode(path), size, mtime, bool(away)) for id_, path, size, mtime, away in rows]

    def get(self, id: int) -> Track:  # noqa: A002
        """The track of this id, missing or not. Raises NotFound."""
        track = self.many([id]).get(id)
        if track is None:
            raise NotFound(f"There is no track with the number {id}.")
        return track

    def many(self, ids: Collection[int]) -> dict[int, Track]:
        """Tracks by id, missing or not; unknown ids are left out."""
        wanted = [id_ for id_ in dict.fromkeys(map(int, ids)) if -(2**63) <= id_ < 2**63]
        with self._db.reading() as sql:
            rows = list(rows_in(sql, _TRACK + "WHERE id IN (?)", wanted))
        return {track.id: track for track in tracks_from(rows)}

    def find(self, text: str) -> tuple[Track, ...]:
        """The tracks that ``text`` can mean: an id, a path, a whole title, or words of title, artist and album."""
        text = text.strip()
        if text.isascii() and text.isdigit() and (track := self.many([int(text)])):
            return tuple(track.values())
        if at_path := self._at(text):
            return at_path
        found = self._holding(text, _HOLDS)
        return tuple(track for track in found if fold(track.title) == fold(text)) or found

    def _at(self, text: str) -> tuple[Track, ...]:
        try:
            paths = [os.fsencode(text), _folder(text)]
        except (UnicodeEncodeError, ValueError):  # no name that a file can have
            return ()
        return self._tracks("WHERE removed = 0 AND path IN (?, ?) ORDER BY missing, id LIMIT 1", paths)

    def search(self, text: str) -> tuple[Track, ...]:
        """The present tracks with every word of ``text`` in title, artist, album or a tag of the listener's own.

        Whatever case and accents.
        """
        return self._holding(text, f"({_HOLDS} OR {_TAGGED})")

    def _holding(self, text: str, condition: str) -> tuple[Track, ...]:
        """The present tracks that meet a condition for every word of ``text``."""
        words = fold(printable(storable(text))).split()
        where = "WHERE missing = 0 AND removed = 0" + f" AND {condition}" * len(words) + " ORDER BY id"
        return self._tracks(where, [word for word in words for _ in range(condition.count("?"))]) if words else ()

    def _tracks(self, where: str, values: Sequence[Any] = ()) -> tuple[Track, ...]:
        with self._db.reading() as sql:
            rows = sql.execute(_TRACK + where, values).fetchall()
        return tuple(tracks_from(rows))


# ---------------------------------------------------------------------------------------------------------- paths


def _folder(path: str) -> bytes:
    return os.fsencode(os.path.abspath(path))


def _within(folder: bytes) -> tuple[bytes, bytes]:
    """The bounds of all paths below a folder: from "folder/" to before "folder0"."""
    separator = os.fsencode(os.sep)
    start = folder.rstrip(separator) + separator
    return start, start[:-1] + bytes([separator[0] + 1])


# ----------------------------------------------------------------------------------------------------------- rows


def tracks_from(rows: Sequence[tuple[Any, ...]]) -> Iterator[Track]:
    """The records of rows of :data:`TRACK_COLUMNS`."""
    for row, tags in zip(rows, load_tags([row[5] for row in rows]), strict=True):
        id_, path, audio_hash, length_s, codec, _, size, mtime, missing, excluded, problem = row
        yield Track(
            id_, os.fsdecode(path), audio_hash, length_s, codec, tags, size, mtime,
            bool(missing), bool(excluded), problem,
        )  # fmt: skip


def _known(row: tuple[Any, ...]) -> Known:
    id_, path, audio_hash, missing, removed, *contents = row
    return Known(id_, os.fsdecode(path), audio_hash, bool(missing), bool(removed), tuple(contents))


def _free_rows(sql: sqlite_utils.Database, files: Iterable[ScannedFile], gone: frozenset[int]) -> list[Known]:
    hashes = list({file.audio_hash for file in files} - {""})
    rows = map(_known, rows_in(sql, _KNOWN + "WHERE audio_hash IN (?)", hashes))
    return [row for row in rows if row.missing or row.removed or row.id in gone]


def _vacate(sql: sqlite_utils.Database, placements: Iterable[Placement]) -> None:
    """Lift the rows off the paths that go to other rows."""
    rows = [(os.fsencode(file.file.path), row.id if row else 0) for file, row in placements]
    sql.conn.executemany("UPDATE tracks SET missing = 1 WHERE path = ? AND missing = 0 AND id != ?", rows)


def _write(sql: sqlite_utils.Database, placements: Sequence[Placement], now: float) -> SaveReport:
    fresh, updates, moved, changed, back = [], [], 0, 0, 0
    for file, row in placements:
        contents = _contents(file)
        written = (os.fsencode(file.file.path), file.audio_hash, *contents, *_keys(file), now)
        if row is None:
            fresh.append((*written, now))
            continue
        updates.append((*written, row.id))
        if row.path != file.file.path:
            moved += 1
        elif row.removed:
            back += 1
        elif row.missing or (row.audio_hash, row.contents) != (file.audio_hash, contents):
            changed += 1
    columns = ", ".join(_WRITTEN)
    marks = ", ".join("?" for _ in _WRITTEN)
    sql.conn.executemany(f"INSERT INTO tracks ({columns}, added) VALUES ({marks}, ?)", fresh)
    settings = ", ".join(f"{column} = ?" for column in _WRITTEN)
    sql.conn.executemany(f"UPDATE tracks SET {settings}, missing = 0, removed = 0 WHERE id = ?", updates)
    write_words(sql, "path", [row[0] for row in (*fresh, *updates)])
    return SaveReport(added=len(fresh) + back, changed=changed, moved=moved)


def _contents(file: ScannedFile) -> tuple[object, ...]:
    """What is compared and written of a file, in the order of the columns after ``audio_hash``."""
    length_s = float(file.length_s) if math.isfinite(file.length_s) else 0.0
    found = file.file
    tags, problem = dump_tags(file.tags), without_nul(storable(file.problem))
    return length_s, without_nul(storable(file.codec)), tags, found.size_bytes, found.mtime_ns, problem


def _keys(file: ScannedFile) -> tuple[str | int, ...]:
    return keys_of(Track(0, file.file.path, tags=file.tags))

"""Playlists that are kept in the library: a name, tracks in order, and the recipe they came from."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

import sqlite_utils

from musicdesk.errors import BadRequest, NotFound
from musicdesk.store.database import Database, storable


@dataclass(frozen=True, slots=True)
class SavedPlaylist:
    """A playlist of the library; a track may come more than once, and may be missing on the disk now."""

    name: str
    track_ids: tuple[int, ...] = ()
    note: str = ""


class PlaylistStore:
    """Saved playlists by name."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def save(self, name: str, track_ids: Sequence[int], note: str = "") -> None:
        """Write a playlist whole, in place of one of the same name. Raises BadRequest, NotFound."""
        name = _named(name)
        with self._db.writing() as sql:
            id_ = _id(sql, name)
            if id_ is None:
                id_ = int(sql.execute("INSERT INTO playlists (name, note) VALUES (?, '')", [name]).lastrowid or 0)
            sql.execute("UPDATE playlists SET note = ? WHERE id = ?", [storable(note), id_])
            sql.execute("DELETE FROM playlist_tracks WHERE playlist_id = ?", [id_])
            entries = [(id_, position, int(track)) for position, track in enumerate(track_ids)]
            _insert(sql, entries)

    def all(self) -> tuple[SavedPlaylist, ...]:
        """All playlists in the order they were made."""
        with self._db.reading() as sql:
            lists = sql.execute("SELECT id, name, note FROM playlists ORDER BY id").fetchall()
            tracks: dict[int, list[int]] = {id_: [] for id_, _, _ in lists}
            query = "SELECT playlist_id, track_id FROM playlist_tracks ORDER BY playlist_id, position"
            for id_, track in sql.execute(query):
                tracks[id_].append(track)
        return tuple(SavedPlaylist(name, tuple(tracks[id_]), note) for id_, name, note in lists)

    def delete(self, name: str) -> None:
        """Delete a playlist. Raises NotFound."""
        with self._db.writing() as sql:
            id_ = _required(sql, name)
            sql.execute("DELETE FROM playlist_tracks WHERE playlist_id = ?", [id_])
            sql.execute("DELETE FROM playlists WHERE id = ?", [id_])

    def rename(self, name: str, new: str) -> None:
        """Give a playlist another name. Raises NotFound, and BadRequest if the name is taken."""
        new = _named(new)
        with self._db.writing() as sql:
            id_ = _required(sql, name)
            if _id(sql, new) not in (None, id_):
                raise BadRequest(f"There is a playlist called “{new}” already.")
            sql.execute("UPDATE playlists SET name = ? WHERE id = ?", [new, id_])


def _named(name: str) -> str:
    name = storable(" ".join(name.split()))
    if not name:
        raise BadRequest("A playlist needs a name.")
    return name


def _id(sql: sqlite_utils.Database, name: str) -> int | None:
    row = sql.execute("SELECT id FROM playlists WHERE name = ?", [_named(name)]).fetchone()
    return int(row[0]) if row else None


def _required(sql: sqlite_utils.Database, name: str) -> int:
    id_ = _id(sql, name)
    if id_ is None:
        raise NotFound(f"There is no playlist called “{_named(name)}”.")
    return id_


def _insert(sql: sqlite_utils.Database, entries: Sequence[tuple[int, int, int]]) -> None:
    try:
        sql.conn.executemany("INSERT INTO playlist_tracks VALUES (?, ?, ?)", entries)
    except (sqlite3.IntegrityError, OverflowError) as error:
        raise NotFound("The playlist names a track that is not in the library.") from error

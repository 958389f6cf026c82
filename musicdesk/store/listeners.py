# ruff: noqa: S608  (what is put into the SQL are constants of this file and question marks)
"""What was heard elsewhere: listeners by name, their lines, and the sounds of the library that those are.

What a line names is kept as it was told, so that it can be matched again when the library has grown. A line with a
clock counts once a listener, artist, title and minute, whatever export tells it; what players count is kept by kind
of log, the larger count, so that nothing is counted twice when a file is read again.
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import sqlite_utils

from musicdesk.errors import BadRequest, NotFound
from musicdesk.records import Listen, Listener, printable
from musicdesk.store.database import Database, storable
from musicdesk.store.heard import (
    MATCHED,
    Heard,
    Told,
    count_dated,
    forget_unheard,
    is_matched,
    note_matches,
    put_tallies,
    tracks_of,
)

_LISTEN = f"""
    INSERT INTO listens AS l (listener_id, words, minute, track_id, at) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (listener_id, words, minute) DO UPDATE SET track_id = excluded.track_id
    WHERE NOT {MATCHED} AND EXISTS (SELECT 1 FROM heard_matches m WHERE m.track_id = excluded.track_id)
"""
"""A line that is known already takes over what the newer one names, if that alone is in the library."""
_SUMS = """
    WITH shares AS (SELECT track_id, audio_hash, 1.0 / count(*) OVER (PARTITION BY track_id) AS share
                    FROM heard_matches),
    told AS (
        SELECT listener_id, audio_hash, '' AS kind, sum(share) AS plays, 0.0 AS skips, NULL AS stars, 0 AS liked,
               max(at) AS latest
        FROM listens JOIN shares USING (track_id) GROUP BY listener_id, audio_hash
        UNION ALL
        SELECT listener_id, audio_hash, kind, sum(plays * share), sum(skips * share),
               avg(CASE WHEN share = 1 THEN stars END), max(liked AND share = 1), max(latest)
        FROM tallies JOIN shares USING (track_id) GROUP BY listener_id, audio_hash, kind)
    SELECT listener_id, audio_hash, max(plays), max(skips), avg(stars), max(liked), max(latest)
    FROM told GROUP BY listener_id, audio_hash ORDER BY listener_id, audio_hash
"""
"""One line a listener and sound. A log and a player that tell of the same sound tell of the same plays: the larger."""


class Sum(NamedTuple):
    """What one listener did with one sound, over all their logs."""

    listener: str
    audio_hash: str
    plays: float
    """Broken where lines name an artist alone: their plays are shared by that artist's sounds."""
    skips: float
    stars: float | None
    liked: bool
    latest: float | None
    """Seconds since the epoch."""


@dataclass(frozen=True, slots=True)
class Added:
    """What an import brought; counts are lines that were not known before."""

    new: int
    matched: int
    undated: int


class ListenerStore:
    """Listeners and what they heard."""

    def __init__(self, database: Database) -> None:
        self._db = database

    # ------------------------------------------------------------------------------------------- writing

    def add(self, lines: Sequence[Listen], *, kind: str, found: Mapping[Heard, Sequence[str]]) -> Added:
        """Write the lines of one log, all or none; ``found`` are the sounds that each of them names.

        Lines that were known before are left as they are. Names of listeners that differ in case are one.
        """
        with self._db.writing() as sql:
            people = _people(sql, lines)
            tracks = tracks_of(sql, {Heard.of(line): None for line in lines})
            note_matches(sql, {tracks[heard]: hashes for heard, hashes in found.items() if heard in tracks})
            told = Told(lines, kind=kind, people=people, tracks=tracks)
            before = count_dated(sql, people.values())
            sql.conn.executemany(_LISTEN, told.listens())
            after = count_dated(sql, people.values())
            fresh = put_tallies(sql, told.tallies, kind)
            forget_unheard(sql)
            matched = sum(told.lines_of[at] for at in fresh if is_matched(sql, at[1]))
            undated = sum(told.undated_of.get(at, 0) for at in fresh)
            new = after[0] - before[0] + sum(told.lines_of[at] for at in fresh)
            return Added(new, after[1] - before[1] + matched, undated)

    def set_matches(self, found: Mapping[int, Sequence[str]]) -> None:
        """Say anew which sounds these tracks are, by their ids in :meth:`named`."""
        with self._db.writing() as sql:
            sql.conn.executemany("DELETE FROM heard_matches WHERE track_id = ?", [(id_,) for id_ in found])
            note_matches(sql, found)

    def remove(self, name: str) -> None:
        """Forget a listener and all their lines. Raises NotFound."""
        with self._db.writing() as sql:
            id_ = _required(sql, name)
            for table, column in (("listens", "listener_id"), ("tallies", "listener_id"), ("listeners", "id")):
                sql.execute(f"DELETE FROM {table} WHERE {column} = ?", [id_])
            forget_unheard(sql)

    def rename(self, old: str, new: str, *, join: bool = False) -> None:
        """Give a listener another name; with ``join`` they become one with the listener of that name.

        Raises NotFound, and BadRequest if the name is taken.
        """
        with self._db.writing() as sql:
            id_, other = _required(sql, old), _id(sql, new)
            if other in (None, id_):
                sql.execute("UPDATE listeners SET name = ?, folded = ? WHERE id = ?", [_named(new), _folded(new), id_])
                return
            if not join:
                raise BadRequest(f"There is a listener called “{_named(new)}” already.")
            for table in ("listens", "tallies"):
                sql.execute(f"UPDATE OR IGNORE {table} SET listener_id = ? WHERE listener_id = ?", [other, id_])
            self.remove(old)

    # ------------------------------------------------------------------------------------------- asking

    def listeners(self) -> tuple[Listener, ...]:
        """Everyone whose lines are kept, by name; the person at this desk ("") first, if there are lines of theirs."""
        query = f"""
            WITH lines AS (SELECT listener_id, track_id, at AS latest FROM listens
                           UNION ALL SELECT listener_id, track_id, latest FROM tallies)
            SELECT name, count(*), sum(NOT {MATCHED}), max(latest) FROM lines l
            JOIN listeners ON listeners.id = listener_id GROUP BY listener_id ORDER BY folded
        """
        heard = """
            SELECT name, count(DISTINCT audio_hash) FROM (
                SELECT listener_id, track_id FROM listens UNION SELECT listener_id, track_id FROM tallies)
            JOIN heard_matches USING (track_id) JOIN listeners ON listeners.id = listener_id GROUP BY listener_id
        """
        with self._db.reading() as sql:
            rows = sql.execute(query).fetchall()
            tracks = dict(sql.execute(heard).fetchall())
        return tuple(Listener(name, n, tracks.get(name, 0), unmatched, at) for name, n, unmatched, at in rows)

    def unmatched(self, limit: int = 200) -> tuple[Listen, ...]:
        """What listeners heard that the library has not, most heard first, one line a listener and track."""
        query = f"""
            WITH lines AS (SELECT listener_id, track_id, 1 AS plays, at AS latest FROM listens
                           UNION ALL SELECT listener_id, track_id, plays, latest FROM tallies)
            SELECT artist, title, album, recording_mbid, path, length_s, name, sum(plays), max(latest)
            FROM lines l JOIN heard_tracks ON heard_tracks.id = track_id JOIN listeners ON listeners.id = listener_id
            WHERE NOT {MATCHED} GROUP BY listener_id, track_id ORDER BY sum(plays) DESC, track_id LIMIT ?
        """
        with self._db.reading() as sql:
            rows = sql.execute(query, [limit]).fetchall()
        return tuple(
            Listen(artist, title, album, mbid, os.fsdecode(path), length_s, latest, plays, listener=name)
            for artist, title, album, mbid, path, length_s, name, plays, latest in rows
        )

    def named(self, *, open_only: bool = False) -> dict[int, Heard]:
        """What lines name, by id; ``open_only``: what is no sound of the library, or of one that has left it."""
        where = """
            WHERE NOT EXISTS (SELECT 1 FROM heard_matches m JOIN tracks USING (audio_hash)
                              WHERE m.track_id = heard_tracks.id AND removed = 0)
        """
        query = "SELECT id, artist, title, album, recording_mbid, path, length_s FROM heard_tracks "
        with self._db.reading() as sql:
            rows = sql.execute(query + (where if open_only else "")).fetchall()
        return {
            id_: Heard(artist, title, album, mbid, os.fsdecode(path), length_s)
            for id_, artist, title, album, mbid, path, length_s in rows
        }

    def sums(self) -> list[Sum]:
        """What everyone did with the sounds of the library, by listener and sound."""
        with self._db.reading() as sql:
            names = dict(sql.execute("SELECT id, name FROM listeners").fetchall())
            rows = sql.execute(_SUMS).fetchall()
        return [
            Sum(names[id_], audio_hash, plays, skips, stars, bool(liked), latest)
            for id_, audio_hash, plays, skips, stars, liked, latest in rows
        ]

    def dated(self, *, latest: int) -> list[tuple[str, str, float]]:
        """The latest lines with a clock that name one sound of the library: listener, audio hash, when."""
        query = """
            SELECT name, min(audio_hash), at FROM (SELECT * FROM listens ORDER BY at DESC LIMIT ?) l
            JOIN heard_matches USING (track_id) JOIN listeners ON listeners.id = listener_id
            GROUP BY listener_id, words, minute HAVING count(*) = 1 ORDER BY at
        """
        with self._db.reading() as sql:
            return [(name, audio_hash, float(at)) for name, audio_hash, at in sql.execute(query, [latest])]

    @property
    def empty(self) -> bool:
        """Whether no line is kept."""
        with self._db.reading() as sql:
            return not sql.execute("SELECT EXISTS (SELECT 1 FROM heard_tracks)").fetchone()[0]


# -------------------------------------------------------------------------------------------------------- people


def _people(sql: sqlite_utils.Database, lines: Iterable[Listen]) -> dict[str, int]:
    """The ids of those whom the lines name, made where there are none."""
    return {name: _made(sql, name) for name in {line.listener: None for line in lines}}


def _made(sql: sqlite_utils.Database, name: str) -> int:
    known = _id(sql, name)
    if known is not None:
        return known
    row = [_named(name), _folded(name)]
    return int(sql.execute("INSERT INTO listeners (name, folded) VALUES (?, ?)", row).lastrowid or 0)


def _named(name: str) -> str:
    return printable(storable(" ".join(name.replace("\0", " ").split())))


def _folded(name: str) -> str:
    return _named(name).casefold()


def _id(sql: sqlite_utils.Database, name: str) -> int | None:
    row = sql.execute("SELECT id FROM listeners WHERE folded = ?", [_folded(name)]).fetchone()
    return int(row[0]) if row else None


def _required(sql: sqlite_utils.Database, name: str) -> int:
    id_ = _id(sql, name)
    if id_ is None:
        known = ", ".join(f"“{row[0]}”" for row in sql.execute("SELECT name FROM listeners WHERE name != ''"))
        hint = f"Those there are: {known}." if known else "There is none yet; import a log first."
        raise NotFound(
            f"There is no listener called “{_named(name)}”. {hint}" if name else f"Nothing was imported. {hint}"
        )
    return id_

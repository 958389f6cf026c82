# ruff: noqa: S608  (what is put into the SQL are names that the file itself gave and that were checked)
"""The databases of other players, opened to be read and no more: Strawberry, Clementine, MPD's stickers.

A copy of the file is not needed and none is made: ``immutable`` keeps SQLite from writing a log or a lock beside it.
"""

import os
import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from musicdesk.errors import UnreadableLog

_SONGS = ("title", "artist", "album", "playcount")
_OPTIONAL = ("skipcount", "lastplayed", "rating", "length", "url", "filename", "musicbrainz_recording_id")
_BROKEN = (sqlite3.Error, UnicodeDecodeError)
"""What a damaged file raises; the latter where SQLite's own complaint quotes bytes of the file."""
_PLAIN = re.compile(r"\w+")
_STICKERS = ("playcount", "skipcount", "lastplayed", "rating", "like", "elapsed")


class Song(NamedTuple):
    """A row of the songs of Strawberry or Clementine, as it stands there."""

    title: Any
    artist: Any
    album: Any
    playcount: Any
    skipcount: Any
    lastplayed: Any
    rating: Any
    length: Any
    url: Any
    filename: Any
    musicbrainz_recording_id: Any


class Sticker(NamedTuple):
    """One value that a client of MPD stuck to a song."""

    uri: Any
    name: str
    """In small letters, without lines: playcount, skipcount, lastplayed, rating, like."""
    value: Any


def player_of(path: Path) -> str:
    """Whose database it is: "strawberry" (or Clementine), "mpd", or "" for another's. Raises UnreadableLog."""
    with closing(_opened(path)) as sql:
        try:
            return "strawberry" if _song_tables(sql) else "mpd" if "sticker" in _tables(sql) else ""
        except _BROKEN as error:
            raise _damaged(error) from error


def songs(path: Path) -> Iterator[Song]:
    """The songs of Strawberry or Clementine that were played, skipped or rated. Raises UnreadableLog."""
    with closing(_opened(path)) as sql:
        try:
            for table, there in _song_tables(sql).items():
                columns = [name if name in there else f"NULL AS {name}" for name in (*_SONGS, *_OPTIONAL)]
                said = [f"{name} > 0" for name in ("playcount", "skipcount", "rating") if name in there]
                query = f"SELECT {', '.join(columns)} FROM {table} WHERE {' OR '.join(said)}"
                yield from map(Song._make, sql.execute(query))
        except _BROKEN as error:
            raise _damaged(error) from error


def stickers(path: Path) -> Iterator[Sticker]:
    """What MPD's clients stuck to songs, song by song. Raises UnreadableLog."""
    with closing(_opened(path)) as sql:
        try:
            for uri, name, value in sql.execute(
                "SELECT uri, name, value FROM sticker WHERE type = 'song' ORDER BY uri"
            ):
                plain = str(name).lower().replace("_", "").replace("-", "")
                if plain in _STICKERS:
                    yield Sticker(uri, plain, value)
        except _BROKEN as error:
            raise _damaged(error) from error


def _opened(path: Path) -> sqlite3.Connection:
    log = path.with_name(path.name + "-wal")
    if log.exists() and log.stat().st_size:
        raise UnreadableLog(
            "Its player has it open: what is newest is not in it yet. Close the player, then try again."
        )
    sql = sqlite3.connect(f"file:{quote(os.fsencode(path.absolute()))}?mode=ro&immutable=1", uri=True)
    sql.text_factory = lambda data: data.decode("utf-8", "surrogateescape")
    sql.execute("PRAGMA trusted_schema=OFF")
    return sql


def _song_tables(sql: sqlite3.Connection) -> dict[str, Sequence[str]]:
    """The tables of songs by name, with their columns; tables only: a view could ask for anything."""
    found = {name: _columns(sql, name) for name in _tables(sql) if name == "songs" or name.endswith("_songs")}
    return {name: columns for name, columns in found.items() if set(_SONGS) <= set(columns)}


def _tables(sql: sqlite3.Connection) -> list[str]:
    rows = sql.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
    return [name for (name,) in rows if _PLAIN.fullmatch(name)]


def _columns(sql: sqlite3.Connection, table: str) -> list[str]:
    return [row[1] for row in sql.execute(f"PRAGMA table_info({table})")]


def _damaged(error: Exception) -> UnreadableLog:
    return UnreadableLog(f"It is a damaged database: {error}.")

# ruff: noqa: S608  (what is put into the SQL are constants of this file and question marks)
"""The words of tracks as SQLite's FTS5 finds them, kept true by whoever writes tracks or the listener's tags.

Texts are folded and parted into words here and not by SQLite, whose tables of letters are older than many letters: what
is asked for and what is kept pass through the same few lines. A script that is written without spaces (Chinese,
Japanese, Thai …) and pictures (♥, emoji) are parted into single signs, so that any run of them is found as a phrase.

Where this SQLite has no FTS5, or the table of words is damaged, nothing else is held up: the words are marked as not
made, and made again when someone asks for them (``store.full_text``).
"""

import os
import re
import sqlite3
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

import sqlite_utils

from musicdesk.records import Tags, Track, printable
from musicdesk.store.tags import load_tags
from musicdesk.tracks import fold

COLUMNS = ("title", "artist", "album", "genres", "comment", "tags", "year")
"""Of ``track_words``; ``tags`` are the listener's own, ``year`` holds "1994 1990s 90s"."""
MADE = 1
"""How words are made; one more when that changes, so that all are made anew. 0: they must be made."""
BATCH, CHUNK = 5000, 500
_PUNCTUATION = "!#$%&()*+,-./:;<=>?@[\\]^_`{|}~"
_FTS5 = "fts5"
_TABLE = (
    f"CREATE VIRTUAL TABLE track_words USING fts5({', '.join(COLUMNS)}, prefix='1 2 3', "
    f"tokenize=\"ascii tokenchars '{_PUNCTUATION}'\")"
)
_ROWS = "SELECT id, path, tags, audio_hash FROM tracks "
_PUT = f"INSERT INTO track_words (rowid, {', '.join(COLUMNS)}) VALUES (?, {', '.join('?' for _ in COLUMNS)})"
_BEHIND = ("data", "idx", "content", "docsize", "config")
"""The tables that FTS5 keeps behind its own."""
_ALONE = (
    (0x0E00, 0x0EFF), (0x0F00, 0x0FFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x3005, 0x3007), (0x3040, 0x30FF),
    (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x323AF),
)  # fmt: skip
"""Signs of scripts that put no spaces between words: Thai, Lao, Tibetan, Burmese, Khmer, Kana, Han."""


class _Parting(dict[int, str]):
    """Sign → itself, itself between spaces where it stands alone, or a space where it parts words."""

    def __missing__(self, sign: int) -> str:
        self[sign] = found = _parted(sign)
        return found


def _parted(sign: int) -> str:
    kind = unicodedata.category(chr(sign))
    if kind in ("So", "Cn") or any(first <= sign <= last for first, last in _ALONE):
        return f" {chr(sign)} "
    return chr(sign) if kind[0] in "LNM" or kind == "Co" else " "


_PARTING = _Parting()
_SHORTENED = re.compile(r"(?<=\w)'(?=(?:s|t|d|m|ll|re|ve)\b)")
"""What English leaves out: people leave it out, too."""
_DOTTED = re.compile(r"\b(?:[^\W\d_]\.){2,}(?:[^\W\d_]\b)?")


def words_of(text: str) -> list[str]:
    """The words of a text, folded; what has none but is called by signs alone ("!!!") is one word."""
    return parted(text) or [signs for signs in ("".join(filter(_is_sign, fold(printable(text)))),) if signs]


def _is_sign(sign: str) -> bool:
    return sign in _PUNCTUATION or (sign > "\x7f" and not sign.isspace())


def parted(text: str) -> list[str]:
    """The words of a text, folded: "Don't stop R.E.M.!" is dont, stop, rem."""
    plain = fold(printable(text))
    if "'" in plain:
        plain = _SHORTENED.sub("", plain)
    if "." in plain:
        plain = _DOTTED.sub(lambda found: found.group().replace(".", ""), plain)
    return plain.translate(_PARTING).split()


def has_fts5(sql: sqlite_utils.Database) -> bool:
    """Whether this SQLite finds words at all; all that Python's installers bring do."""
    try:
        sql.execute(f"CREATE VIRTUAL TABLE temp.tried USING {_FTS5}(word)")
    except sqlite3.OperationalError:
        return False
    sql.execute("DROP TABLE temp.tried")
    return True


def are_made(sql: sqlite_utils.Database) -> bool:
    """Whether the table holds the words of every track, made as they are made now."""
    row = sql.execute("SELECT how FROM words_made WHERE id = 1").fetchone()
    return bool(row) and row[0] == MADE


def doubt_words(sql: sqlite_utils.Database) -> None:
    """Let the words of all tracks be made anew when someone next asks for them."""
    sql.execute("UPDATE words_made SET how = 0")


def make_words(sql: sqlite_utils.Database) -> None:
    """Write the words of every track, whatever was there; nothing where this SQLite has no FTS5.

    Some twelve seconds of one core at 200,000 tracks.
    """
    sql.execute("CREATE TABLE IF NOT EXISTS words_made (id INTEGER PRIMARY KEY, how INTEGER NOT NULL) STRICT")
    sql.execute("INSERT OR IGNORE INTO words_made VALUES (1, 0)")
    if not has_fts5(sql):
        return
    _drop(sql)
    sql.execute(_TABLE)
    own = _own_tags(sql, None)
    rows = sql.execute(_ROWS + "ORDER BY id")
    while batch := rows.fetchmany(BATCH):
        sql.conn.executemany(_PUT, _written(batch, own))
    sql.execute(f"UPDATE words_made SET how = {MADE}")


def write_words(sql: sqlite_utils.Database, where: str, values: Sequence[object]) -> None:
    """Make the words of some tracks anew: those whose ``where`` (a column, "path" say) is one of ``values``.

    A damaged table, or none, stops no one who writes tracks: it is marked, and made anew by whoever asks next.
    """
    if not are_made(sql):
        return
    sql.execute("SAVEPOINT words")  # FTS5 writes when it is released: what is damaged must show here and not at the end
    try:
        for start in range(0, len(values), CHUNK):
            _write_some(sql, where, values[start : start + CHUNK])
        sql.execute("RELEASE words")
    except sqlite3.DatabaseError as error:
        if not is_damage(error):
            raise
        sql.execute("ROLLBACK TO words")
        sql.execute("RELEASE words")
        doubt_words(sql)


def is_damage(error: sqlite3.DatabaseError) -> bool:
    """Whether an error tells of a table of words that is damaged or cannot be there, and of nothing else."""
    code, text = getattr(error, "sqlite_errorcode", 0), str(error)
    if code == sqlite3.SQLITE_CORRUPT_VTAB:
        return True
    return code & 0xFF in (sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CORRUPT) and ("track_words" in text or "fts5" in text)


def _write_some(sql: sqlite_utils.Database, where: str, values: Sequence[object]) -> None:
    marks = ", ".join("?" for _ in values)
    rows = sql.execute(f"{_ROWS} WHERE {where} IN ({marks})", values).fetchall()
    sql.conn.executemany("DELETE FROM track_words WHERE rowid = ?", [(row[0],) for row in rows])
    sql.conn.executemany(_PUT, _written(rows, _own_tags(sql, {row[3] for row in rows})))


def _own_tags(sql: sqlite_utils.Database, sounds: set[str] | None) -> dict[str, list[str]]:
    """Audio hash → the listener's tags; of these sounds, or of all."""
    query, found = "SELECT audio_hash, tag FROM own_tags", dict[str, list[str]]()
    some = list(sounds or ())
    asked = sql.execute(query if sounds is None else f"{query} WHERE audio_hash IN ({','.join('?' * len(some))})", some)
    for sound, tag in asked:
        found.setdefault(sound, []).append(tag)
    return found


def _written(rows: Sequence[tuple[Any, ...]], own: dict[str, list[str]]) -> Iterator[tuple[Any, ...]]:
    for (id_, path, _, sound), said in zip(rows, load_tags([row[2] for row in rows]), strict=True):
        yield id_, *_texts(Track(id_, os.fsdecode(path), tags=said), own.get(sound, ()))


def _texts(track: Track, own: Iterable[str]) -> tuple[str, ...]:
    """What stands in each of ``COLUMNS``."""
    tags = track.tags
    artists = dict.fromkeys((*tags.artists, *tags.album_artists))
    shared = (" ".join(map(_recurring, some)) for some in (artists, (track.album,), tags.genres))
    return _written_as(track.title), *shared, _written_as(tags.comment), " ".join(map(_recurring, own)), _years(tags)


def _written_as(text: str) -> str:
    """A text as the table has it: its words between spaces."""
    return " ".join(words_of(text)) if text else ""


_recurring = lru_cache(maxsize=4096)(_written_as)
"""The same for names that many tracks share."""


def _years(tags: Tags) -> str:
    """The year, and its decade as people write it."""
    if not tags.year:
        return ""
    decade = f"{tags.year // 10}0s"
    return f"{tags.year} {decade} {decade[2:]}"


def _drop(sql: sqlite_utils.Database) -> None:
    """Drop the table of words, however damaged: where SQLite cannot read what is behind it, it refuses to.

    Then the table is struck from the schema by hand, and what is behind it dropped as the plain tables that they are.
    """
    try:
        sql.execute("DROP TABLE IF EXISTS track_words")
    except sqlite3.DatabaseError:
        sql.execute("PRAGMA writable_schema=ON")
        sql.execute("DELETE FROM sqlite_master WHERE name = 'track_words'")
        sql.execute("PRAGMA writable_schema=RESET")
        for name in _BEHIND:
            sql.execute(f"DROP TABLE IF EXISTS track_words_{name}")

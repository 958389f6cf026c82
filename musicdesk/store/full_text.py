# ruff: noqa: S608  (what is put into the SQL are constants of this file and question marks)
"""Finding tracks by the words that files and the listener say of them, with SQLite's FTS5, best first (BM25).

Nothing that a person types stands in an expression of FTS5 as it is: it is parted into words, and each word is quoted.
Where this SQLite has no FTS5, words are looked for as they are in titles, artists and albums, and ``problem`` says so.
"""

import sqlite3
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
import sqlite_utils

from musicdesk.errors import ReadOnlyData
from musicdesk.records import IntArray, printable
from musicdesk.store.database import Database
from musicdesk.store.track_words import COLUMNS, are_made, has_fts5, is_damage, make_words, parted, words_of
from musicdesk.store.vocabulary import Vocabulary
from musicdesk.tracks import fold

FIELDS = {
    "title": "title", "artist": "artist", "album": "album", "genre": "genres", "comment": "comment", "tag": "tags",
    "year": "year",
}  # fmt: skip
"""Field of a query → column; of other fields nothing is asked here."""
WEIGHTS = {"title": 10.0, "artist": 8.0, "album": 4.0, "genres": 2.0, "comment": 0.5, "tags": 4.0, "year": 1.0}
"""What a word in a column counts for the order: a title is short and meant, a comment is long and says little."""
RANKED = 10_000
"""So many tracks that hold the words are put in order; of more, the first to come are looked at."""
WITHOUT_FTS5 = "This SQLite finds no words (it has no FTS5), so titles, artists and albums alone were looked through."
_PRESENT = "CROSS JOIN tracks t ON t.id = w.rowid WHERE w.track_words MATCH ? AND t.missing = 0 AND t.removed = 0"
_NONE = np.empty(0, dtype=np.int64)
_ALL = 2**62
_Told = TypeVar("_Told")


@dataclass(frozen=True, slots=True, eq=False)
class Matches:
    """The present tracks that hold what was asked for."""

    ids: IntArray = field(default_factory=lambda: _NONE)  # [at most the limit] best first
    count: int = 0
    """How many there are, in the answer or not."""


class FullText:
    """The words of the library."""

    def __init__(self, database: Database) -> None:
        self._db, self._lock = database, threading.Lock()
        self._kept: tuple[tuple[int, int], Vocabulary] | None = None
        """The words as they were last read, and the revisions of tracks and tags that they were read at."""
        self._lacking = -1, _NONE
        """The revision, and the ids of the tracks that were not there at it."""

    @property
    def problem(self) -> str:
        """A sentence where this SQLite has no FTS5; "" where it has."""
        return "" if has_fts5(self._db.sql) else WITHOUT_FTS5

    def find(
        self,
        words: Sequence[str],
        *,
        phrases: Sequence[str] = (),
        fields: Sequence[tuple[str, str]] = (),
        without: Sequence[str] = (),
        prefix: bool = True,
        limit: int = 100,
    ) -> Matches:
        """The present tracks that hold every word, phrase and field and nothing of ``without``, best first.

        ``prefix``: the last word may go on ("metal" finds Metallica). A field's value may end in "*" for the same, and
        a year be a range ("1990-1999"). Nothing is found where nothing is asked for but what shall not be.
        """
        asked = Asked(words, phrases, fields, without, prefix)
        return self._told(lambda sql: self._found(sql, asked, limit), otherwise=lambda: self._plain(asked, limit))

    def holding(self, text: str) -> IntArray:
        """The ids of the present tracks that hold every word of ``text`` as one phrase, in order."""
        asked = Asked((), (text,), (), (), prefix=False)
        return self._told(lambda sql: self._ids(sql, asked.expression), otherwise=lambda: self._plain(asked, _ALL).ids)

    def all_with(self, *, fields: Sequence[tuple[str, str]] = (), phrases: Sequence[str] = ()) -> IntArray:
        """The ids of all present tracks that hold these fields and phrases, in order; none for nothing."""
        asked = Asked((), phrases, fields, (), prefix=False)
        return self._told(lambda sql: self._ids(sql, asked.expression), otherwise=lambda: self._plain(asked, _ALL).ids)

    def vocabulary(self) -> Vocabulary:
        """Every word of the library with the number of its tracks; the same object while no track has changed."""
        return self._told(self._vocabulary, otherwise=lambda: Vocabulary(()))

    def corrected(self, word: str) -> str:
        """The word of the library that ``word`` was meant to be, folded; "" if it is one, or if none is near."""
        parts = parted(word)
        if len(parts) != 1 or self._is_known(parts[0]):
            return ""
        return self.vocabulary().nearest(parts[0])

    # ------------------------------------------------------------------------------------------- how it is asked

    def _told(self, ask: Callable[[sqlite_utils.Database], _Told], *, otherwise: Callable[[], _Told]) -> _Told:
        """What ``ask`` tells of words that are made; made anew first where they are in doubt or damaged."""
        inside = self._db.sql.conn.in_transaction  # what is not committed yet must not be kept
        for make_anew in (False, True):
            if make_anew and not self._make():
                break
            with self._db.reading() as sql:
                try:
                    if are_made(sql):
                        return ask(sql)
                except sqlite3.DatabaseError as error:
                    if not is_damage(error):
                        raise
                finally:
                    if inside:
                        self._forget()
        return otherwise()

    def _make(self) -> bool:
        """Make all words anew; False where this process may not write, or there is no FTS5."""
        if not has_fts5(self._db.sql):
            return False
        try:
            with self._db.writing() as sql:
                make_words(sql)
                return True
        except ReadOnlyData:
            return False

    def _forget(self) -> None:
        with self._lock:
            self._kept, self._lacking = None, (-1, _NONE)

    def _found(self, sql: sqlite_utils.Database, asked: "Asked", limit: int) -> Matches:
        rows = self._ids(sql, asked.expression)
        return Matches(_ranked(sql, asked, rows, limit), len(rows))

    def _ids(self, sql: sqlite_utils.Database, expression: str) -> IntArray:
        """The ids of the present tracks that fit, in order."""
        if not expression:
            return _NONE
        found = "SELECT group_concat(rowid) FROM track_words WHERE track_words MATCH ?"
        rows, gone = _numbers(sql.execute(found, [expression]).fetchone()[0]), self._gone(sql)
        return rows[~np.isin(rows, gone)] if len(gone) else rows

    def _gone(self, sql: sqlite_utils.Database) -> IntArray:
        """The ids of the tracks that are not there now, which keep their words; looked up when a track has changed."""
        revision = int(sql.execute("SELECT revision FROM library").fetchone()[0])
        with self._lock:
            if self._lacking[0] == revision:
                return self._lacking[1]
        rows = _numbers(sql.execute("SELECT group_concat(id) FROM tracks WHERE missing OR removed").fetchone()[0])
        with self._lock:
            self._lacking = revision, rows
        return rows

    def _is_known(self, word: str) -> bool:
        one = "SELECT 1 FROM track_words WHERE track_words MATCH ? LIMIT 1"
        return self._told(
            lambda sql: sql.execute(one, [_quoted([word])]).fetchone() is not None, otherwise=lambda: True
        )

    def _vocabulary(self, sql: sqlite_utils.Database) -> Vocabulary:
        revisions = sql.execute("SELECT revision, tags_revision FROM library").fetchone()
        with self._lock:
            if self._kept and self._kept[0] == revisions:
                return self._kept[1]
        sql.execute("CREATE VIRTUAL TABLE IF NOT EXISTS temp.words USING fts5vocab(main, track_words, row)")
        found = Vocabulary(sql.execute("SELECT term, doc FROM temp.words"))
        with self._lock:
            self._kept = revisions, found
        return found

    def _plain(self, asked: "Asked", limit: int) -> Matches:
        """Tracks whose title, artists and album hold the words anywhere, in the order they came."""
        needed = [
            fold(printable(text)) for text in (*asked.words, *asked.phrases, *(value for _, value in asked.fields))
        ]
        if not any(needed):
            return Matches()
        unwanted = [fold(printable(text)) for text in asked.without]
        where = "missing = 0 AND removed = 0" + " AND instr(words, ?)" * len(needed)
        where += " AND NOT instr(words, ?)" * len(unwanted)
        with self._db.reading() as sql:
            rows = sql.execute(f"SELECT id FROM tracks WHERE {where} ORDER BY id", [*needed, *unwanted]).fetchall()
        return Matches(np.array([row[0] for row in rows[:limit]], dtype=np.int64), len(rows))


# ----------------------------------------------------------------------------------------------------- expressions


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for, as it was typed."""

    words: Sequence[str]
    phrases: Sequence[str]
    fields: Sequence[tuple[str, str]]
    without: Sequence[str]
    prefix: bool

    @property
    def expression(self) -> str:
        """The same for FTS5; "" where nothing is asked for."""
        needed = [*_of_words(self.words, prefix=self.prefix), *map(_of_phrase, self.phrases)]
        needed += [_of_field(FIELDS[name], value) for name, value in self.fields if name in FIELDS]
        needed = [one for one in needed if one]
        unwanted = [one for one in map(_of_phrase, self.without) if one]
        if not needed:
            return ""
        return f"({' AND '.join(needed)})" + (f" NOT ({' OR '.join(unwanted)})" if unwanted else "")


def _of_words(words: Sequence[str], *, prefix: bool) -> list[str]:
    """Each word quoted; signs between words ("Simon & Garfunkel") are passed over, unless there is nothing else."""
    parts = [parted(word) for word in words]
    if not any(parts):
        parts = [words_of(word) for word in words]
    goes_on = [word.endswith("*") for word in words[:-1]] + [prefix or words[-1].endswith("*")] if words else []
    return [_quoted(part) + "*" * on for part, on in zip(parts, goes_on, strict=True) if part]


def _of_phrase(text: str) -> str:
    return _quoted(words_of(text))


def _of_field(column: str, value: str) -> str:
    """Every word of the value within one column; of a year, any within the range."""
    if column == "year":
        return _any(column, _years(value))
    words = value.split()
    return f"{column} : ({' AND '.join(found)})" if (found := _of_words(words, prefix=False)) else ""


def _any(column: str, words: Iterable[str]) -> str:
    return f"{column} : ({' OR '.join(map(_of_phrase, words))})" if words else ""


def _quoted(words: Sequence[str]) -> str:
    """Words as one phrase; none of them holds a quotation mark (``words_of``)."""
    return f'"{" ".join(words)}"' if words else ""


def _years(value: str) -> list[str]:
    """The words of a range: whole decades, and the years beside them; what is no range is a word as it stands."""
    first, _, last = value.partition("-")
    if not (first.isdecimal() and (last or first).isdecimal()):
        return [value]
    start, end, found = max(int(first), 1000), min(int(last or first), 2999), []
    while start <= end:
        whole = start % 10 == 0 and start + 9 <= end
        found.append(f"{start}s" if whole else str(start))
        start += 10 if whole else 1
    return found or ["0"]


def _ranked(sql: sqlite_utils.Database, asked: Asked, rows: IntArray, limit: int) -> IntArray:
    """Of the tracks that fit the best ones: those whose whole title or artist was typed, then by BM25.

    Of very many the first to come are looked at.
    """
    if not len(rows):
        return _NONE
    weights = ", ".join(str(WEIGHTS[column]) for column in COLUMNS)
    order = f"t.title = ? DESC, t.artist = ? DESC, bm25(w.track_words, {weights}), w.rowid"
    query = f"SELECT t.id FROM track_words w {_PRESENT} AND w.rowid <= ? ORDER BY {order} LIMIT ?"
    whole, last = fold(printable(" ".join((*asked.words, *asked.phrases)))), int(rows[min(len(rows), RANKED) - 1])
    best = sql.execute(query, [asked.expression, last, whole, whole, limit]).fetchall()
    return np.array(best, dtype=np.int64).ravel()


def _numbers(text: str | None) -> IntArray:
    """Numbers that SQLite put into one text, so that no row becomes an object of Python's."""
    return np.fromstring(text or "", dtype=np.int64, sep=",")

# ruff: noqa: S608  (what is put into the SQL are constants of this file)
"""The table of tracks as columns: SQLite hands over each as one text, so that no row becomes an object of Python's.

It does so in one call, during which other threads run: row by row, two threads that both read would wait for each
other 200,000 times.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import sqlite_utils

from musicdesk.records import IntArray, Track
from musicdesk.store.tags import load_tags
from musicdesk.text_column import TextColumn
from musicdesk.tracks import Columns, Keys, keys_of

KEY_COLUMNS = Keys._fields
"""The columns of the table that hold a track's keys."""
_N = TypeVar("_N", np.int64, np.float64)
_INTEGERS = ("id", "missing OR removed", "excluded", "place", "size_bytes", "mtime_ns")
_TEXTS = ("audio_hash", "path", "tags", "problem", "codec", *KEY_COLUMNS[:-1])
_ASKED = (
    "count(*)",
    "group_concat(quote(length_s))",
    *(f"group_concat({name})" for name in _INTEGERS),
    *(f"CAST(group_concat({name}, x'00') AS BLOB)" for name in _TEXTS),
)
"""``quote`` writes a number so that it is read back to the bit. No text of the table holds a NUL."""


@dataclass(frozen=True, slots=True, eq=False)
class Raw:
    """What the records of the rows are made of."""

    columns: Columns
    tags: Sequence[bytes]
    problems: TextColumn
    size_bytes: IntArray
    mtime_ns: IntArray

    def rows(self, rows: Sequence[int]) -> list[tuple[Any, ...]]:
        """Rows as the table has them, in the order of ``TRACK_COLUMNS``."""
        all_, places = self.columns, np.asarray(rows, dtype=np.int64)
        numbers = (all_.ids, all_.length_s, self.size_bytes, self.mtime_ns, all_.missing, all_.excluded)
        ids, lengths, sizes, times, missing, excluded = (column[places].tolist() for column in numbers)
        paths, hashes = [all_.paths[row] for row in rows], [all_.hashes[row] for row in rows]
        codecs, problems = (column.at(places) for column in (all_.texts["codec"], self.problems))
        said = [self.tags[row].decode() for row in rows]
        return list(
            zip(ids, paths, hashes, lengths, codecs, said, sizes, times, missing, excluded, problems, strict=True)
        )


def read_columns(sql: sqlite_utils.Database, *, include_missing: bool) -> tuple[Columns, Raw]:
    """The tracks of the library in the order they came; missing ones too, if they are wanted."""
    where = "removed = 0" + ("" if include_missing else " AND missing = 0")
    # NOT INDEXED: the rows as they lie in the table, which is in the order of their ids
    query = f"SELECT {', '.join(_ASKED)} FROM tracks NOT INDEXED WHERE {where}"
    count, lengths, *columns = sql.execute(query).fetchone()
    numbers = dict(zip(_INTEGERS, (_numbers(text, np.int64) for text in columns[: len(_INTEGERS)]), strict=True))
    texts = dict(zip(_TEXTS, (blob or b"" for blob in columns[len(_INTEGERS) :]), strict=True))
    found = Columns(
        ids=numbers["id"],
        hashes=tuple(texts["audio_hash"].decode().split("\0")) if count else (),
        paths=_split(texts["path"], count),
        length_s=_numbers(lengths, np.float64),
        missing=numbers["missing OR removed"].astype(bool),
        excluded=numbers["excluded"].astype(bool),
        places=numbers["place"],
        texts={name: TextColumn(texts[name], count) for name in ("codec", *KEY_COLUMNS[:-1])},
    )
    problems = TextColumn(texts["problem"], count)
    return found, Raw(found, _split(texts["tags"], count), problems, numbers["size_bytes"], numbers["mtime_ns"])


def write_keys(sql: sqlite_utils.Database) -> None:
    """Work out the keys of every track anew, from its path and tags; texts of before 7 may have held a NUL."""
    settings = ", ".join(f"{name} = ?" for name in ("codec", "problem", *KEY_COLUMNS))
    rows = sql.execute("SELECT id, path, tags, codec, problem FROM tracks").fetchall()
    tags = load_tags([row[2] for row in rows])
    written = (
        (without_nul(codec), without_nul(problem), *keys_of(Track(0, os.fsdecode(path), tags=said)), id_)
        for (id_, path, _, codec, problem), said in zip(rows, tags, strict=True)
    )
    sql.conn.executemany(f"UPDATE tracks SET {settings} WHERE id = ?", written)


def without_nul(text: str) -> str:
    """``text`` with spaces in place of NULs, which part the texts of a column."""
    return text.replace("\0", " ")


def _numbers(text: str | None, kind: type[_N]) -> np.ndarray[Any, np.dtype[_N]]:
    return np.fromstring(text or "", dtype=kind, sep=",")


def _split(blob: bytes, count: int) -> list[bytes]:
    return blob.split(b"\0") if count else []

"""What is heavy of prototypes, kept once however many steps of the history speak of it: vectors and tracks."""

import hashlib
import json
import re
from typing import Any

import sqlite_utils

from musicdesk.errors import BrokenDatabase
from musicdesk.records import Prototype
from musicdesk.store.taste_text import vector_of

_MARKS = re.compile(r'"aside": "([0-9a-f]{32})"')


class Parts:
    """The parts of one transaction; the mark of a part is the digest of what it holds."""

    def __init__(self, sql: sqlite_utils.Database) -> None:
        self._sql = sql

    def put(self, prototype: Prototype) -> str:
        """Keep vector and tracks of a prototype; their mark."""
        vector, tracks = prototype.vector.astype("<f4").tobytes(), json.dumps(prototype.tracks)
        mark = hashlib.sha256(vector + tracks.encode()).hexdigest()[:32]
        self._sql.execute("INSERT OR IGNORE INTO taste_parts VALUES (?, ?, ?)", [mark, vector, tracks])
        return mark

    def get(self, mark: str) -> dict[str, Any]:
        """What was kept under a mark; raises BrokenDatabase if it is not there."""
        row = self._sql.execute("SELECT vector, tracks FROM taste_parts WHERE mark = ?", [mark]).fetchone()
        if row is None:
            raise BrokenDatabase("A step of your taste's history is damaged, so it cannot be taken back.")
        return {"vector": vector_of(row[0]), "tracks": json.loads(row[1])}

    def sweep(self) -> None:
        """Throw away what no edit speaks of any more."""
        texts = self._sql.execute("SELECT taste_before FROM edits UNION ALL SELECT taste_after FROM edits")
        needed = {mark for (text,) in texts if text for mark in _MARKS.findall(text)}
        kept = {mark for (mark,) in self._sql.execute("SELECT mark FROM taste_parts")}
        self._sql.conn.executemany("DELETE FROM taste_parts WHERE mark = ?", [(mark,) for mark in kept - needed])

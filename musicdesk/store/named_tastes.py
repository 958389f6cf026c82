"""Tastes under names, whole and to the bit. Two names that differ in nothing but their case are one."""

from dataclasses import dataclass

import sqlite_utils

from musicdesk.errors import BadRequest, NotFound
from musicdesk.records import Taste
from musicdesk.store.database import Database, storable
from musicdesk.store.taste_text import dump_taste, load_taste


@dataclass(frozen=True, slots=True)
class KeptTaste:
    """A taste, its name, and when it was kept (seconds since the epoch)."""

    name: str
    taste: Taste
    changed: float


class NamedTasteStore:
    """The tastes that a person keeps beside the current one."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def all(self) -> tuple[KeptTaste, ...]:
        """All of them, in the order of their names."""
        with self._db.reading() as sql:
            rows = sql.execute("SELECT name, taste, changed FROM named_tastes ORDER BY name").fetchall()
        return tuple(KeptTaste(name, load_taste(text), changed) for name, text, changed in rows)

    def get(self, name: str) -> KeptTaste:
        """The one of this name; raises NotFound, with the names there are."""
        with self._db.reading() as sql:
            row = sql.execute(
                "SELECT name, taste, changed FROM named_tastes WHERE name = ?", [storable(name)]
            ).fetchone()
            if row is None:
                raise _missing(sql, name)
        return KeptTaste(row[0], load_taste(row[1]), row[2])

    def save(self, name: str, taste: Taste, *, now: float) -> None:
        """Keep a taste, in place of one of the same name, whose case it keeps."""
        with self._db.writing() as sql:
            sql.execute(
                "INSERT INTO named_tastes VALUES (?, ?, ?) "
                "ON CONFLICT (name) DO UPDATE SET taste = excluded.taste, changed = excluded.changed",
                [storable(name), dump_taste(taste), now],
            )

    def rename(self, old: str, new: str) -> None:
        """Give one another name. Raises NotFound, and BadRequest if another one has that name."""
        with self._db.writing() as sql:
            kept, taken = _kept(sql, old), _kept(sql, new)
            if kept is None:
                raise _missing(sql, old)
            if taken not in (None, kept):
                raise BadRequest(f"There is a taste called “{new}” already. Choose another name, or remove it first.")
            sql.execute("UPDATE named_tastes SET name = ? WHERE name = ?", [storable(new), kept])

    def remove(self, name: str) -> None:
        """Forget one. Raises NotFound."""
        with self._db.writing() as sql:
            if _kept(sql, name) is None:
                raise _missing(sql, name)
            sql.execute("DELETE FROM named_tastes WHERE name = ?", [storable(name)])


def _kept(sql: sqlite_utils.Database, name: str) -> str | None:
    """The name as it is kept; None if there is none like it."""
    row = sql.execute("SELECT name FROM named_tastes WHERE name = ?", [storable(name)]).fetchone()
    return row[0] if row else None


def _missing(sql: sqlite_utils.Database, name: str) -> NotFound:
    names = [row[0] for row in sql.execute("SELECT name FROM named_tastes ORDER BY name")]
    there = f"There are: {', '.join(names)}" if names else "None is kept yet: musicdesk tastes save NAME"
    return NotFound(f"No taste is called “{name}”. {there}")

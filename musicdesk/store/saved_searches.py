"""Searches that are kept under names, in the order of the alphabet."""

import sqlite_utils

from musicdesk.errors import BadRequest, NotFound
from musicdesk.records.searching import SavedSearch
from musicdesk.store.database import Database, storable

_SAVED = "SELECT name, query, changed FROM saved_searches "


class SavedSearchStore:
    """Saved searches by name; a name is the same in any case of its ASCII letters."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def save(self, name: str, query: str, *, now: float) -> SavedSearch:
        """Write a search, in place of one of the same name. Raises BadRequest where name or query is empty."""
        saved = SavedSearch(_named(name), storable(query.strip()), now)
        if not saved.query:
            raise BadRequest("There is nothing to keep: type what to search for first.")
        with self._db.writing() as sql:
            row = (saved.name, saved.query, saved.changed)
            sql.execute("INSERT OR REPLACE INTO saved_searches (name, query, changed) VALUES (?, ?, ?)", row)
        return saved

    def all(self) -> tuple[SavedSearch, ...]:
        """All of them."""
        with self._db.reading() as sql:
            return tuple(SavedSearch(*row) for row in sql.execute(_SAVED + "ORDER BY name"))

    def named(self, name: str) -> SavedSearch:
        """The search of this name. Raises NotFound."""
        with self._db.reading() as sql:
            return _required(sql, name)

    def rename(self, name: str, new: str) -> None:
        """Give a search another name. Raises NotFound, and BadRequest if the name is taken."""
        new = _named(new)
        with self._db.writing() as sql:
            saved, taken = _required(sql, name), _found(sql, new)
            if taken and taken.name != saved.name:
                raise BadRequest(f"There is a search called “{taken.name}” already.")
            sql.execute("UPDATE saved_searches SET name = ? WHERE name = ?", [new, saved.name])

    def delete(self, name: str) -> None:
        """Delete a search. Raises NotFound."""
        with self._db.writing() as sql:
            sql.execute("DELETE FROM saved_searches WHERE name = ?", [_required(sql, name).name])


def _named(name: str) -> str:
    name = storable(" ".join(name.split()))
    if not name:
        raise BadRequest("A search needs a name.")
    return name


def _found(sql: sqlite_utils.Database, name: str) -> SavedSearch | None:
    row = sql.execute(_SAVED + "WHERE name = ?", [name]).fetchone()
    return SavedSearch(*row) if row else None


def _required(sql: sqlite_utils.Database, name: str) -> SavedSearch:
    found = _found(sql, _named(name))
    if found is None:
        raise NotFound(f"There is no saved search called “{_named(name)}”.")
    return found

"""Which track the listener took after which, in the order that it happened."""

from collections.abc import Iterable

from musicdesk.records.meaning import Choice
from musicdesk.store.database import Database


class ChoiceStore:
    """Choices, the oldest first; the same one twice is kept twice."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def add(self, choices: Iterable[Choice]) -> None:
        """Write these, all or none."""
        rows = [(one.trigger, one.accepted, one.how, one.at) for one in choices]
        with self._db.writing() as sql:
            sql.conn.executemany("INSERT INTO choices (trigger_hash, accepted_hash, how, at) VALUES (?, ?, ?, ?)", rows)

    def all(self) -> tuple[Choice, ...]:
        """Everything that was chosen, in the order that it was."""
        query = "SELECT trigger_hash, accepted_hash, how, at FROM choices ORDER BY at, id"
        with self._db.reading() as sql:
            return tuple(Choice(*row) for row in sql.execute(query))

    def count(self) -> int:
        """How many there are."""
        with self._db.reading() as sql:
            return int(sql.execute("SELECT count(*) FROM choices").fetchone()[0])

    def forget(self) -> int:
        """Take all of them back; how many there were."""
        with self._db.writing() as sql:
            return int(sql.execute("DELETE FROM choices").rowcount)

"""What texts mean to the models that read them, kept so that no text is read twice: vectors by model and text."""

import hashlib
from collections.abc import Mapping, Sequence

import numpy as np

from musicdesk.records import FloatArray
from musicdesk.store.database import Database, rows_in, storable


class SentenceStore:
    """Vectors of texts, in half precision."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def some(self, model: str, texts: Sequence[str]) -> dict[str, FloatArray]:
        """Text → its vector [dim], of those of ``texts`` that this model has read."""
        by_digest = {_digest(model, text): text for text in texts}
        with self._db.reading() as sql:
            rows = list(rows_in(sql, "SELECT digest, vector FROM sentences WHERE digest IN (?)", list(by_digest)))
        return {by_digest[digest]: np.frombuffer(blob, "<f2").astype(np.float32) for digest, blob in rows}

    def put(self, model: str, vectors: Mapping[str, FloatArray]) -> None:
        """Keep what this model made of texts, all or none."""
        rows = [(model, _digest(model, text), vector.astype("<f2").tobytes()) for text, vector in vectors.items()]
        with self._db.writing() as sql:
            sql.conn.executemany("INSERT OR REPLACE INTO sentences (model, digest, vector) VALUES (?, ?, ?)", rows)

    def forget(self, model: str) -> int:
        """Throw away what a model made; how many texts that were."""
        with self._db.writing() as sql:
            return int(sql.execute("DELETE FROM sentences WHERE model = ?", [model]).rowcount)


def _digest(model: str, text: str) -> bytes:
    """The identity of a text as a model reads it."""
    return hashlib.sha256(f"{storable(model)}\0{storable(text)}".encode()).digest()[:16]

"""What texts mean to the models that read them, kept so that no text is read twice: vectors by model and text."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from musicdesk.records import FloatArray
from musicdesk.store.database import Database, rows_in, storable

KEPT = "<f2"
"""In what precision vectors are kept."""


class SentenceStore:
    """Vectors of texts, in half precision; ``model`` is any name that tells what made them and what for."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def some(self, model: str, texts: Sequence[str]) -> dict[str, FloatArray]:
        """Text → its vector [dim], of those of ``texts`` that this model has read."""
        by_digest = {_digest(model, text): text for text in texts}
        with self._db.reading() as sql:
            rows = list(rows_in(sql, "SELECT digest, vector FROM sentences WHERE digest IN (?)", list(by_digest)))
        return {by_digest[digest]: np.frombuffer(blob, KEPT).astype(np.float32) for digest, blob in rows}

    def put(self, model: str, vectors: Mapping[str, FloatArray]) -> None:
        """Keep what this model made of texts, all or none."""
        rows = [(model, _digest(model, text), vector.astype(KEPT).tobytes()) for text, vector in vectors.items()]
        with self._db.writing() as sql:
            sql.conn.executemany("INSERT OR REPLACE INTO sentences (model, digest, vector) VALUES (?, ?, ?)", rows)

    def keep_only(self, model: str, texts: Iterable[str]) -> int:
        """Throw away what this model made of any other text; how many those were."""
        kept = {_digest(model, text) for text in texts}
        with self._db.reading() as sql:
            known = [digest for (digest,) in sql.execute("SELECT digest FROM sentences WHERE model = ?", [model])]
        others = [(digest,) for digest in known if digest not in kept]
        if others:
            with self._db.writing() as sql:
                sql.conn.executemany("DELETE FROM sentences WHERE digest = ?", others)
        return len(others)


def as_kept(vector: FloatArray) -> FloatArray:
    """A vector as it comes back from the store.  # [dim]"""
    return vector.astype(KEPT).astype(np.float32)


def _digest(model: str, text: str) -> bytes:
    """The identity of a text as a model reads it."""
    return hashlib.sha256(f"{storable(model)}\0{storable(text)}".encode()).digest()[:16]

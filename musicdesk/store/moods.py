"""What the listener says that sounds feel like, kept by the sound: it outlives moves, retagging and absence."""

import json
from collections.abc import Collection, Sequence

from musicdesk.records import AXES, MOODS, Mood, MoodCorrection
from musicdesk.store.database import Database, rows_in

_PUT = "INSERT OR REPLACE INTO mood_corrections (audio_hash, mood, axes, changed) VALUES (?, ?, ?, ?)"


class MoodStore:
    """Corrections by audio hash."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def all(self) -> dict[str, MoodCorrection]:
        """Everything that was corrected, by sound."""
        with self._db.reading() as sql:
            rows = sql.execute("SELECT audio_hash, mood, axes FROM mood_corrections ORDER BY audio_hash").fetchall()
        return {row[0]: _correction(*row) for row in rows}

    def some(self, hashes: Sequence[str]) -> dict[str, MoodCorrection]:
        """The corrections of these sounds."""
        query = "SELECT audio_hash, mood, axes FROM mood_corrections WHERE audio_hash IN (?)"
        with self._db.reading() as sql:
            return {row[0]: _correction(*row) for row in rows_in(sql, query, list(hashes))}

    def put(self, corrections: Sequence[MoodCorrection], *, now: float) -> None:
        """Write these, all or none, in place of what was said of the same sounds before."""
        rows = [(c.audio_hash, c.mood or "", _axes(c), now) for c in corrections]
        with self._db.writing() as sql:
            sql.conn.executemany(_PUT, rows)

    def forget(self, hashes: Collection[str]) -> int:
        """Take back what was said of these sounds; how many of them it was said of."""
        with self._db.writing() as sql:
            gone = [(audio_hash,) for audio_hash in hashes]
            return int(sql.conn.executemany("DELETE FROM mood_corrections WHERE audio_hash = ?", gone).rowcount)


def _axes(correction: MoodCorrection) -> str:
    return json.dumps({axis.value: round(float(place), 4) for axis, place in correction.axes}, sort_keys=True)


def _correction(audio_hash: str, mood: str, axes: str) -> MoodCorrection:
    """A row as it is read; moods and axes of another musicdesk are passed over."""
    told = json.loads(axes)
    places = tuple((axis, float(told[axis.value])) for axis in AXES if axis.value in told)
    return MoodCorrection(audio_hash, Mood(mood) if mood in MOODS else None, places)

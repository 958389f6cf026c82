"""What the listener says that sounds feel like, kept by the sound: it outlives moves, retagging and absence."""

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from musicdesk.records import AXES, MOODS, Mood, MoodCorrection
from musicdesk.store.database import Database, rows_in

_PUT = "INSERT OR REPLACE INTO mood_corrections (audio_hash, mood, axes, changed) VALUES (?, ?, ?, ?)"
_FORGET = "DELETE FROM mood_corrections WHERE audio_hash = ?"


class MoodStore:
    """Corrections by audio hash."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def all(self) -> dict[str, MoodCorrection]:
        """Everything that was corrected, by sound."""
        with self._db.reading() as sql:
            rows = sql.execute("SELECT audio_hash, mood, axes FROM mood_corrections ORDER BY audio_hash").fetchall()
        return {sound: _correction(sound, mood, json.loads(axes)) for sound, mood, axes in rows}

    def some(self, hashes: Sequence[str]) -> dict[str, MoodCorrection]:
        """The corrections of these sounds."""
        query = "SELECT audio_hash, mood, axes FROM mood_corrections WHERE audio_hash IN (?)"
        with self._db.reading() as sql:
            rows = rows_in(sql, query, list(hashes))
            return {sound: _correction(sound, mood, json.loads(axes)) for sound, mood, axes in rows}

    def put(self, corrections: Collection[MoodCorrection], *, now: float) -> None:
        """Let this be all that is said of these sounds, all or none; one that says nothing takes back what was said."""
        rows = [(c.audio_hash, c.mood or "", json.dumps(_axes(c)), now) for c in corrections if c.mood or c.axes]
        with self._db.writing() as sql:
            sql.conn.executemany(_FORGET, [(c.audio_hash,) for c in corrections])
            sql.conn.executemany(_PUT, rows)


def dump_moods(changes: Mapping[str, MoodCorrection]) -> str:
    """What was said of sounds, for the history of edits."""
    return json.dumps({sound: {"mood": said.mood or "", "axes": _axes(said)} for sound, said in changes.items()})


def load_moods(text: str) -> dict[str, MoodCorrection]:
    """What :func:`dump_moods` wrote."""
    return {sound: _correction(sound, said["mood"], said["axes"]) for sound, said in json.loads(text).items()}


def _axes(correction: MoodCorrection) -> dict[str, float]:
    return {axis.value: round(float(place), 4) for axis, place in sorted(correction.axes)}


def _correction(audio_hash: str, mood: str, axes: Mapping[str, Any]) -> MoodCorrection:
    """What was written; moods and axes of another musicdesk are passed over."""
    places = tuple((axis, float(axes[axis.value])) for axis in AXES if axis.value in axes)
    return MoodCorrection(audio_hash, Mood(mood) if mood in MOODS else None, places)

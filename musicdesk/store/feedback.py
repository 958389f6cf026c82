# ruff: noqa: S608  (what is put into the SQL are constants of this file and question marks)
"""What the person said of sounds, and what was listened to."""

from collections.abc import Mapping
from typing import Any

from musicdesk.records import Feedback
from musicdesk.store.database import Database

_COLUMNS = "audio_hash, liked, disliked, never, not_now_until, stars, plays, last_played"
_PUT = f"""
    INSERT INTO feedback ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (audio_hash) DO UPDATE SET liked = excluded.liked, disliked = excluded.disliked,
        never = excluded.never, not_now_until = excluded.not_now_until, stars = excluded.stars,
        plays = max(plays, excluded.plays), last_played = max(last_played, excluded.last_played)
"""
_PLAYED = f"""
    INSERT INTO feedback ({_COLUMNS}) VALUES (?, 0, 0, 0, 0.0, NULL, 1, ?)
    ON CONFLICT (audio_hash) DO UPDATE SET plays = plays + 1, last_played = max(last_played, excluded.last_played)
"""
_SAYS_NOTHING = (
    "audio_hash = ? AND liked = 0 AND disliked = 0 AND never = 0 AND not_now_until = 0 AND stars IS NULL AND plays = 0"
)


class FeedbackStore:
    """Feedback by audio hash: it belongs to the sound, so it outlives moves, retagging and absence."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def all(self) -> dict[str, Feedback]:
        """Every sound that anything was said of, or that was played."""
        with self._db.reading() as sql:
            return dict(map(_feedback, sql.execute(f"SELECT {_COLUMNS} FROM feedback ORDER BY rowid")))

    def get(self, audio_hash: str) -> Feedback:
        """What was said of one sound; an empty Feedback if nothing was."""
        with self._db.reading() as sql:
            row = sql.execute(f"SELECT {_COLUMNS} FROM feedback WHERE audio_hash = ?", [audio_hash]).fetchone()
        return _feedback(row)[1] if row else Feedback()

    def plays(self, *, latest: int) -> tuple[tuple[str, float], ...]:
        """The latest listenings of the log, oldest first: audio hash, and when, in seconds since the epoch."""
        query = "SELECT audio_hash, at FROM (SELECT id, audio_hash, at FROM plays ORDER BY id DESC LIMIT ?) ORDER BY id"
        with self._db.reading() as sql:
            return tuple((audio_hash, float(at)) for audio_hash, at in sql.execute(query, [latest]))

    def put(self, changes: Mapping[str, Feedback]) -> None:
        """Write what is said of these sounds now, all or none.

        Plays are never taken back, so that undoing an edit leaves what was heard since: the larger count stays.
        """
        with self._db.writing() as sql:
            sql.conn.executemany(_PUT, [_row(audio_hash, said) for audio_hash, said in changes.items()])
            sql.conn.executemany(f"DELETE FROM feedback WHERE {_SAYS_NOTHING}", [(h,) for h in changes])

    def add_play(self, audio_hash: str, *, now: float, seconds: float) -> None:
        """Count and log one listening of ``seconds``."""
        with self._db.writing() as sql:
            sql.execute(_PLAYED, [audio_hash, now])
            sql.table("plays").insert({"audio_hash": audio_hash, "at": now, "seconds": seconds})


def _row(audio_hash: str, said: Feedback) -> tuple[Any, ...]:
    return (
        audio_hash, int(said.liked), int(said.disliked), int(said.never), float(said.not_now_until), said.stars,
        int(said.plays), float(said.last_played),
    )  # fmt: skip


def _feedback(row: tuple[Any, ...]) -> tuple[str, Feedback]:
    audio_hash, liked, disliked, never, not_now_until, stars, plays, last_played = row
    return audio_hash, Feedback(bool(liked), bool(disliked), bool(never), not_now_until, stars, plays, last_played)

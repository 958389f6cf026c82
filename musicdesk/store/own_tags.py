"""The listener's own tags, by audio hash: they belong to the sound, so they outlive moves, retagging and absence."""

import threading
import unicodedata
from collections.abc import Collection, Iterable, Mapping

from musicdesk.records import OwnTags
from musicdesk.store.database import Database, storable
from musicdesk.store.track_words import write_words
from musicdesk.tracks import fold

_ALL = "SELECT audio_hash, folded, tag FROM own_tags ORDER BY folded, audio_hash"
_UNSEEN = dict.fromkeys(map(ord, "\u200c\ufe0e\ufe0f"))
"""What changes how letters are drawn and not which they are: the narrow non-joiner, and text or picture of a sign."""


def folded(tag: str) -> str:
    """What a tag is known by: the same in any case, and however its accents are put together."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", storable(tag)).casefold()).translate(_UNSEEN)


class OwnTagStore:
    """Which sounds the listener gave which words."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._lock = threading.Lock()
        self._kept: tuple[int, OwnTags] | None = None
        """The tags as they were last read, and the revision that they were read at."""

    def all(self) -> OwnTags:
        """All tags; the same object as long as none has changed, whoever changed it."""
        inside = self._db.sql.conn.in_transaction  # what is not committed yet must not be kept
        with self._lock, self._db.reading() as sql:
            revision = int(sql.execute("SELECT tags_revision FROM library").fetchone()[0])
            if self._kept and self._kept[0] == revision:
                return self._kept[1]
            found = _both_ways(sql.execute(_ALL))
            if not inside:
                self._kept = revision, found
        return found

    def put(self, changes: Mapping[str, Collection[str]]) -> None:
        """Let these sounds (audio hash → tags) have these tags from now on and no others, all or none."""
        rows = [
            (audio_hash, folded(tag), storable(tag), fold(storable(tag)))
            for audio_hash, tags in changes.items()
            for tag in tags
        ]
        with self._db.writing() as sql:
            sql.conn.executemany("DELETE FROM own_tags WHERE audio_hash = ?", [(sound,) for sound in changes])
            sql.conn.executemany("INSERT OR IGNORE INTO own_tags VALUES (?, ?, ?, ?)", rows)
            write_words(sql, "audio_hash", list(changes))
            sql.execute("UPDATE library SET tags_revision = tags_revision + 1")


def _both_ways(rows: Iterable[tuple[str, str, str]]) -> OwnTags:
    written: dict[str, str] = {}
    bearing: dict[str, list[str]] = {}
    of: dict[str, list[str]] = {}
    for audio_hash, known_by, text in rows:
        tag = written.setdefault(known_by, text)
        bearing.setdefault(tag, []).append(audio_hash)
        of.setdefault(audio_hash, []).append(tag)
    return OwnTags(
        {audio_hash: tuple(tags) for audio_hash, tags in of.items()},
        {tag: frozenset(sounds) for tag, sounds in bearing.items()},
    )

"""The tables, as numbered steps. A step that was released is never edited: the next one goes below it.

Paths are the bytes of the file system. Flags are 0 or 1. Times are seconds since the epoch. ``audio_hash`` is the
identity of a sound and joins files (tracks), analyses (vectors, failures) and what the person said (feedback, plays):
none of these is thrown away because another is.
"""

import sqlite_utils
from sqlite_utils.db import Table
from sqlite_utils.migrations import Migrations

from musicdesk.store.track_columns import write_keys
from musicdesk.store.track_words import make_words

APPLICATION_ID = 0x6D64736B
"""Marks the file as ours ("mdsk")."""

MIGRATIONS = Migrations("musicdesk")


@MIGRATIONS()
def m0001_tracks(db: sqlite_utils.Database) -> None:
    """Folders and the files in them.

    A file that went is ``missing`` and keeps its row; so does one whose folder the person took out (``removed``), so
    that playlists and a folder that comes back find it again. One file at a path at a time, however many were there.
    """
    _table(db, "sources").create({"id": int, "path": bytes}, pk="id", not_null={"path"}, strict=True)
    _table(db, "sources").create_index(["path"], unique=True)
    columns = {
        "id": int, "path": bytes, "audio_hash": str, "length_s": float, "codec": str, "tags": str, "words": str,
        "size_bytes": int, "mtime_ns": int, "missing": int, "removed": int, "excluded": int, "problem": str,
        "added": float, "changed": float,
    }  # fmt: skip
    flags = {"missing": 0, "removed": 0, "excluded": 0}
    _table(db, "tracks").create(columns, pk="id", not_null=set(columns) - {"id"}, defaults=flags, strict=True)
    _table(db, "tracks").create_index(["path"])
    _table(db, "tracks").create_index(["audio_hash", "mtime_ns", "missing", "removed"])
    db.execute("CREATE UNIQUE INDEX one_file_at_a_path ON tracks(path) WHERE missing = 0 AND removed = 0")


@MIGRATIONS()
def m0002_vectors(db: sqlite_utils.Database) -> None:
    """What encoders made of sounds, and the ledger of the sounds of which they could make nothing."""
    encoders = {"id": int, "name": str, "version": str, "front_end": str, "dim": int, "vocabulary": str}
    _table(db, "encoders").create(encoders, pk="id", not_null=set(encoders) - {"id"}, strict=True)
    _table(db, "encoders").create_index(["name", "version", "front_end"], unique=True)
    vectors = {
        "id": int, "encoder_id": int, "audio_hash": str, "state": str, "reason": str, "windows": int,
        "typical_s": float, "decode_s": float, "features_s": float, "encode_s": float, "analysed": float,
        "vector": bytes, "tags": bytes,
    }  # fmt: skip
    failures = {
        "id": int, "encoder_id": int, "audio_hash": str, "path": bytes, "mtime_ns": int, "state": str,
        "reason": str, "noted": float,
    }  # fmt: skip
    for name, columns in (("vectors", vectors), ("failures", failures)):
        owner = [("encoder_id", "encoders", "id")]
        _table(db, name).create(columns, pk="id", not_null=set(columns) - {"id"}, foreign_keys=owner, strict=True)
        _table(db, name).create_index(["encoder_id", "audio_hash"], unique=True)


@MIGRATIONS()
def m0003_feedback(db: sqlite_utils.Database) -> None:
    """What the person said of sounds, and what was listened to."""
    feedback = {
        "audio_hash": str, "liked": int, "disliked": int, "never": int, "not_now_until": float, "stars": float,
        "plays": int, "last_played": float,
    }  # fmt: skip
    _table(db, "feedback").create(feedback, pk="audio_hash", not_null=set(feedback) - {"stars"}, strict=True)
    plays = {"id": int, "audio_hash": str, "at": float, "seconds": float}
    _table(db, "plays").create(plays, pk="id", not_null=set(plays) - {"id"}, strict=True)
    _table(db, "plays").create_index(["audio_hash"])


@MIGRATIONS()
def m0004_tastes(db: sqlite_utils.Database) -> None:
    """The taste as it stands, and the edits that led to it."""
    _table(db, "taste").create({"id": int, "taste": str}, pk="id", strict=True)
    edits = {
        "id": int, "label": str, "undone": int, "taste_before": str, "taste_after": str, "feedback_before": str,
        "feedback_after": str,
    }  # fmt: skip
    needed = set(edits) - {"id", "taste_before", "taste_after"}
    _table(db, "edits").create(edits, pk="id", not_null=needed, defaults={"undone": 0}, strict=True)


@MIGRATIONS()
def m0005_playlists(db: sqlite_utils.Database) -> None:
    """Named lists of tracks."""
    _table(db, "playlists").create(
        {"id": int, "name": str, "note": str}, pk="id", not_null={"name", "note"}, strict=True
    )
    _table(db, "playlists").create_index(["name"], unique=True)
    entries = {"playlist_id": int, "position": int, "track_id": int}
    owners = [("playlist_id", "playlists", "id"), ("track_id", "tracks", "id")]
    _table(db, "playlist_tracks").create(
        entries, pk=("playlist_id", "position"), not_null=set(entries), foreign_keys=owners, strict=True
    )
    _table(db, "playlist_tracks").create_index(["track_id"])


@MIGRATIONS()
def m0006_listening(db: sqlite_utils.Database) -> None:
    """Quick and full listening, what a sound is beside its vector, failures that pass, recordings.

    What is asked of all sounds at once (which are there, which are heard, how long they are) stands whole in an index:
    counting states must not walk over hundreds of megabytes. A row's ``revision`` is that of its encoder when it was
    written, so that only the rows after a revision are read again. ``size_bytes`` -1: not known.
    """
    for name, kind, default in (
        ("quick", int, 0),
        ("revision", int, 0),
        ("speech", float, 0.0),
        ("silence", float, 0.0),
    ):
        _table(db, "vectors").add_column(name, kind, not_null_default=default)
    _table(db, "encoders").add_column("revision", int, not_null_default=0)
    for name, kind, default in (("attempts", int, 1), ("retry_after", float, 0.0), ("size_bytes", int, -1)):
        _table(db, "failures").add_column(name, kind, not_null_default=default)
    db.execute("CREATE INDEX sounds_heard ON vectors(encoder_id, audio_hash, state, quick, speech, silence)")
    db.execute("CREATE INDEX vectors_by_revision ON vectors(encoder_id, revision)")
    db.execute("CREATE INDEX sounds_there ON tracks(audio_hash, missing, removed, excluded, length_s)")
    db.execute("DROP INDEX idx_tracks_audio_hash_mtime_ns_missing_removed")
    db.execute(
        "CREATE TABLE fingerprints (vector_id INTEGER PRIMARY KEY REFERENCES vectors(id) ON DELETE CASCADE, "
        "fingerprint BLOB NOT NULL) STRICT"
    )
    db.execute(
        "CREATE TABLE recordings (encoder_id INTEGER NOT NULL REFERENCES encoders(id), audio_hash TEXT NOT NULL, "
        "recording INTEGER NOT NULL, PRIMARY KEY (encoder_id, audio_hash)) STRICT, WITHOUT ROWID"
    )


@MIGRATIONS()
def m0007_lists(db: sqlite_utils.Database) -> None:
    """What tracks are ordered and grouped by, read as columns and not out of their tags; and when they changed last.

    The keys follow from path and tags alone; a step that changes how writes them anew.
    """
    for name in ("title", "artist", "album", "genre", "artist_key", "album_key"):
        _table(db, "tracks").add_column(name, str, not_null_default="")
    _table(db, "tracks").add_column("place", int, not_null_default=0)
    _table(db, "library").create({"id": int, "revision": int}, pk="id", not_null={"revision"}, strict=True)
    _table(db, "library").insert({"id": 1, "revision": 0})
    write_keys(db)


@MIGRATIONS()
def m0008_costs(db: sqlite_utils.Database) -> None:
    """What each encoder took on this computer, the last time that it listened to enough tracks."""
    costs = {
        "name": str, "version": str, "front_end": str, "device": str, "tracks": int, "cpu_s": float, "wall_s": float,
        "peak_mb": float, "measured": float,
    }  # fmt: skip
    _table(db, "costs").create(costs, pk=("name", "version", "front_end"), not_null=set(costs), strict=True)


@MIGRATIONS()
def m0009_listeners(db: sqlite_utils.Database) -> None:
    """What was heard elsewhere: by whom, when, and which sounds of the library that is.

    ``heard_tracks`` keeps what a line of a log names, as it names it (``digest`` is the identity of all its fields,
    ``words`` that of artist and title alone), whether the library has it or not; ``heard_matches`` are the sounds that
    it is, several where a line names an artist alone. A line with a clock is a row of ``listens``: one a listener,
    artist, title and minute, so that two exports of the same log say the same. What has no clock of its own (the
    counts of players, ratings, likes) is one row of ``tallies`` a listener, track and kind of log.
    """
    listeners = {"id": int, "name": str, "folded": str}
    _table(db, "listeners").create(listeners, pk="id", not_null={"name", "folded"}, strict=True)
    _table(db, "listeners").create_index(["folded"], unique=True)
    tracks = {
        "id": int, "digest": bytes, "words": int, "artist": str, "title": str, "album": str, "recording_mbid": str,
        "path": bytes, "length_s": float,
    }  # fmt: skip
    needed = set(tracks) - {"id", "length_s"}
    _table(db, "heard_tracks").create(tracks, pk="id", not_null=needed, strict=True)
    _table(db, "heard_tracks").create_index(["digest"], unique=True)
    track, listener = "INTEGER NOT NULL REFERENCES heard_tracks(id)", "INTEGER NOT NULL REFERENCES listeners(id)"
    db.execute(
        f"CREATE TABLE heard_matches (track_id {track}, audio_hash TEXT NOT NULL, "
        "PRIMARY KEY (track_id, audio_hash)) STRICT, WITHOUT ROWID"
    )
    db.execute(
        f"CREATE TABLE listens (listener_id {listener}, words INTEGER NOT NULL, minute INTEGER NOT NULL, "
        f"track_id {track}, at REAL NOT NULL, PRIMARY KEY (listener_id, words, minute)) STRICT, WITHOUT ROWID"
    )
    db.execute(
        f"CREATE TABLE tallies (listener_id {listener}, track_id {track}, kind TEXT NOT NULL, plays INTEGER NOT NULL, "
        "skips INTEGER NOT NULL, stars REAL, liked INTEGER NOT NULL, latest REAL, "
        "PRIMARY KEY (listener_id, track_id, kind)) STRICT, WITHOUT ROWID"
    )


@MIGRATIONS()
def m0010_shaping(db: sqlite_utils.Database) -> None:
    """Tastes under names, the last taste of each day, and what is heard within the tracks that stand for prototypes.

    A day's taste is kept without its vectors: gains are what is looked back at, and exemplars lead to the sounds.
    ``windows`` holds a row of vectors (and of tags) for each of ``starts``, which are seconds.
    """
    db.execute(
        "CREATE TABLE named_tastes (name TEXT PRIMARY KEY COLLATE NOCASE, taste TEXT NOT NULL, changed REAL NOT NULL) "
        "STRICT, WITHOUT ROWID"
    )
    db.execute("CREATE TABLE taste_days (day TEXT PRIMARY KEY, taste TEXT NOT NULL) STRICT, WITHOUT ROWID")
    db.execute(
        "CREATE TABLE windows (encoder_id INTEGER NOT NULL REFERENCES encoders(id), audio_hash TEXT NOT NULL, "
        "starts BLOB NOT NULL, length_s REAL NOT NULL, vectors BLOB NOT NULL, tags BLOB NOT NULL, "
        "PRIMARY KEY (encoder_id, audio_hash)) STRICT"
    )


@MIGRATIONS()
def m0011_taste_parts(db: sqlite_utils.Database) -> None:
    """What is heavy of the prototypes in the history of edits, once for all of it.

    Edits of before hold it themselves and are read as they are.
    """
    db.execute(
        "CREATE TABLE taste_parts (mark TEXT PRIMARY KEY, vector BLOB NOT NULL, tracks TEXT NOT NULL) "
        "STRICT, WITHOUT ROWID"
    )


@MIGRATIONS()
def m0012_mood_corrections(db: sqlite_utils.Database) -> None:
    """What the listener says that a sound feels like, against or beside what was heard.

    ``mood`` is "" where only axes are told; ``axes`` is JSON, axis → percentile.
    """
    db.execute(
        "CREATE TABLE mood_corrections (audio_hash TEXT PRIMARY KEY, mood TEXT NOT NULL, axes TEXT NOT NULL, "
        "changed REAL NOT NULL) STRICT, WITHOUT ROWID"
    )


@MIGRATIONS()
def m0013_own_tags(db: sqlite_utils.Database) -> None:
    """The words that the listener gave to sounds, and the steps of the history that are about them.

    ``folded`` is what a tag is known by, whatever case it is written in; ``words`` is what a search looks through.
    """
    db.execute(
        "CREATE TABLE own_tags (audio_hash TEXT NOT NULL, folded TEXT NOT NULL, tag TEXT NOT NULL, "
        "words TEXT NOT NULL, PRIMARY KEY (audio_hash, folded)) STRICT, WITHOUT ROWID"
    )
    _table(db, "library").add_column("tags_revision", int, not_null_default=0)
    for name in ("tags_before", "tags_after"):
        _table(db, "edits").add_column(name, str, not_null_default="{}")


@MIGRATIONS()
def m0014_track_words(db: sqlite_utils.Database) -> None:
    """The words of every track in SQLite's full text search, and whether they are made.

    They follow from tracks and tags alone: ``store.track_words`` makes them anew whenever they are in doubt.
    """
    make_words(db)


@MIGRATIONS()
def m0015_choices(db: sqlite_utils.Database) -> None:
    """Which track the listener took after which."""
    db.execute(
        "CREATE TABLE IF NOT EXISTS choices (id INTEGER PRIMARY KEY, trigger_hash TEXT NOT NULL, "
        "accepted_hash TEXT NOT NULL, how TEXT NOT NULL, at REAL NOT NULL) STRICT"
    )


@MIGRATIONS()
def m0016_saved_searches(db: sqlite_utils.Database) -> None:
    """Searches under names: playlists that are found anew."""
    db.execute(
        "CREATE TABLE IF NOT EXISTS saved_searches (name TEXT PRIMARY KEY COLLATE NOCASE, query TEXT NOT NULL, "
        "changed REAL NOT NULL) STRICT, WITHOUT ROWID"
    )


@MIGRATIONS()
def m0017_sentences(db: sqlite_utils.Database) -> None:
    """What models made of texts: half precision, by a digest of model and text."""
    db.execute(
        "CREATE TABLE IF NOT EXISTS sentences (model TEXT NOT NULL, digest BLOB PRIMARY KEY, vector BLOB NOT NULL) "
        "STRICT"
    )


@MIGRATIONS()
def m0018_mood_edits(db: sqlite_utils.Database) -> None:
    """The steps of the history that are about what the listener says of moods."""
    for name in ("moods_before", "moods_after"):
        _table(db, "edits").add_column(name, str, not_null_default="{}")


VERSION = 18
"""The number of the last migration."""


def _table(db: sqlite_utils.Database, name: str) -> Table:
    return db.table(name)

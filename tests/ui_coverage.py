"""Coverages, failures and tracks to show."""

from datetime import datetime

from musicdesk.records import Coverage, Failure, State, Tags, Track

NOW = datetime(2026, 6, 15, 14, 0).timestamp()
HOUR, DAY = 3600.0, 86_400.0


def failure(path: str, reason: str = "The file is empty (0 bytes).", **changes: object) -> Failure:
    number = abs(hash(path)) % 10_000 + 1
    known = {"state": State.FAILED, "encoder": "musicnn", "track_id": number, "audio_hash": f"h{number}"}
    return Failure(path=path, reason=reason, **{**known, "noted": NOW - HOUR, **changes})  # type: ignore[arg-type]


def failures() -> tuple[Failure, ...]:
    """Three lines whose order differs with each column."""
    return (
        failure(
            "/music/a/zebra.mp3", "The decoder crashed on it.", noted=NOW - 2 * DAY, attempts=3,
            retry_after=NOW + 5 * HOUR,
        ),
        failure("/music/b/apple.mp3", "Nothing but silence.", state=State.SILENT, noted=NOW - DAY),
        failure("/music/c/Mango.flac", "It took longer than 120 s.", noted=NOW - HOUR, retry_after=NOW + 3 * DAY),
    )  # fmt: skip


def coverage(encoder: str = "musicnn", **counts: object) -> Coverage:
    """Every state at once, three failures."""
    known = {"ok": 900, "partial": 40, "silent": 1, "failed": 2, "excluded": 7, "pending": 30, "stale": 20}
    return Coverage(encoder, **{**known, "failures": failures(), **counts})  # type: ignore[arg-type]


def track(number: int, *, codec: str = "mp3", size_bytes: int = 4_000_000, **changes: object) -> Track:
    tags = Tags(title=f"Song {number}", artists=("Someone",), album="Album")
    return Track(
        id=number, path=f"/music/{number}.{codec}", audio_hash=f"h{number}", length_s=240.0, codec=codec, tags=tags,
        size_bytes=size_bytes, **changes,
    )  # type: ignore[arg-type]  # fmt: skip

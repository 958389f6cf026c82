"""What leaves the program."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PlaylistEntry:
    """A line of a playlist; ``path`` is absolute, or a URL."""

    path: str
    title: str = ""
    artist: str = ""
    album: str = ""
    length_s: float | None = None
    recording_mbid: str = ""
    track_number: int | None = None


@dataclass(frozen=True, slots=True)
class Playlist:
    """A named list; ``note`` is the recipe it came from, for people."""

    name: str
    entries: tuple[PlaylistEntry, ...] = ()
    note: str = ""

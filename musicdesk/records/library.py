"""What is on the disk: files, tags, tracks, folders."""

import re
from dataclasses import dataclass
from pathlib import PurePath
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class ReplayGain:
    """ReplayGain 2.0 of a file, reference -18 LUFS (Opus R128 gains are converted on reading)."""

    track_db: float | None = None
    track_peak: float | None = None
    album_db: float | None = None
    album_peak: float | None = None


@dataclass(frozen=True, slots=True)
class Tags:
    """What a file says of itself; read only, never written back."""

    title: str = ""
    artists: tuple[str, ...] = ()
    album: str = ""
    album_artists: tuple[str, ...] = ()
    genres: tuple[str, ...] = ()
    track_number: int | None = None
    disc_number: int | None = None
    year: int | None = None
    rating: float | None = None
    """0 to 1, from POPM, FMPS_RATING or RATING."""
    replay_gain: ReplayGain = ReplayGain()
    recording_mbid: str = ""
    release_mbid: str = ""
    artist_mbids: tuple[str, ...] = ()
    comment: str = ""
    """In one line, of at most a thousand signs."""


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A sound file met on a walk."""

    path: str
    size_bytes: int
    mtime_ns: int


class KnownFile(NamedTuple):
    """A file as the store knows it, as far as a scan must know: it may meet hundreds of thousands."""

    id: int
    path: str
    size_bytes: int
    mtime_ns: int
    missing: bool


@dataclass(frozen=True, slots=True)
class ScannedFile:
    """A file with its identity and tags; ``problem`` says in a sentence why it cannot be used ("" if it can)."""

    file: FoundFile
    audio_hash: str = ""
    tags: Tags = Tags()
    length_s: float = 0.0
    codec: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Track:
    """One file of the library as the store knows it. Several files may share an ``audio_hash``."""

    id: int
    path: str
    audio_hash: str = ""
    length_s: float = 0.0
    codec: str = ""
    tags: Tags = Tags()
    size_bytes: int = 0
    mtime_ns: int = 0
    missing: bool = False
    excluded: bool = False
    problem: str = ""

    @property
    def title(self) -> str:
        """The tagged title, or the file's name without its ending."""
        return self.tags.title or printable(PurePath(self.path).stem)

    @property
    def artist(self) -> str:
        """All artists, joined by "; " ("" if none is tagged)."""
        return "; ".join(self.tags.artists or self.tags.album_artists)

    @property
    def album(self) -> str:
        """The tagged album, or the folder's name."""
        return self.tags.album or printable(PurePath(self.path).parent.name)

    @property
    def label(self) -> str:
        """Title and artist in one line."""
        return f"{self.title} – {self.artist}" if self.artist else self.title


_HALVES = re.compile("[\ud800-\udfff]")


def printable(text: str) -> str:
    """Text that any terminal, widget and JSON reader takes: bytes that were no UTF-8 become U+FFFD."""
    return text if text.isascii() else _HALVES.sub("\ufffd", text)


@dataclass(frozen=True, slots=True)
class Source:
    """A folder that the person added."""

    path: str
    online: bool = True
    tracks: int = 0


@dataclass(frozen=True, slots=True)
class ScanReport:
    """What a scan changed; counts are files."""

    found: int = 0
    added: int = 0
    changed: int = 0
    moved: int = 0
    missing: int = 0
    problems: tuple[ScannedFile, ...] = ()
    waiting: tuple[str, ...] = ()
    """Paths of files that are still being written; the next scan takes them."""
    offline: tuple[str, ...] = ()
    """Folders that are not connected; what is known of their files stays."""
    seconds: float = 0.0

"""Playlists: kept inside, written for other players, read back."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from musicdesk.errors import BadRequest, NotFound, NothingYet
from musicdesk.events import Events
from musicdesk.listens.matching import Matcher
from musicdesk.playlists import files
from musicdesk.records import Playlist, PlaylistEntry, Track
from musicdesk.store.playlists import PlaylistStore, SavedPlaylist
from musicdesk.store.tracks import TrackStore

__all__ = ["Curating", "ExportReport", "ImportReport", "SavedPlaylist"]


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What was written where; ``missing`` tracks are not on the disk now and were left out."""

    path: Path
    written: int
    missing: tuple[Track, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportReport:
    """A playlist file matched with the library."""

    name: str
    matched: tuple[Track, ...]
    unmatched: tuple[PlaylistEntry, ...]


class Curating:
    """Keeps, writes and reads playlists."""

    def __init__(self, *, playlists: PlaylistStore, tracks: TrackStore, events: Events) -> None:
        self._playlists, self._tracks, self._events = playlists, tracks, events

    def export(
        self, path: Path, tracks: Sequence[Track], *, name: str = "", relative: bool = True, note: str = ""
    ) -> ExportReport:
        """Write a playlist file, its format by its ending (.m3u8 .xspf .jspf .pls), whole or not at all."""
        here = [track for track in tracks if os.path.exists(track.path)]
        if not here:
            raise NothingYet("There is no track to write: the list is empty or its files are not on the disk.")
        playlist = Playlist(name or path.stem, tuple(_entry(track) for track in here), note)
        files.write(playlist, path, relative=relative)
        written = {track.id for track in here}
        return ExportReport(path, len(here), tuple(t for t in tracks if t.id not in written))

    def read(self, path: Path) -> ImportReport:
        """Match a playlist file with the library: by path, then MusicBrainz id, then artist, title and length."""
        playlist = files.read(path)
        matcher = Matcher(self._tracks.all(include_missing=True))
        meant = [matcher.track(entry) for entry in playlist.entries]
        tracks = self._tracks.many({id_ for id_ in meant if id_ is not None})
        return ImportReport(
            playlist.name,
            tuple(tracks[id_] for id_ in meant if id_ is not None),
            tuple(entry for entry, id_ in zip(playlist.entries, meant, strict=True) if id_ is None),
        )

    def playlists(self) -> tuple[SavedPlaylist, ...]:
        """The saved playlists."""
        return self._playlists.all()

    def save(self, name: str, tracks: Sequence[Track], *, note: str = "") -> None:
        """Keep a playlist under a name, replacing one of that name."""
        if not name.strip():
            raise BadRequest("A playlist needs a name.")
        self._playlists.save(name.strip(), [track.id for track in tracks], note)
        self._events.playlists_changed.emit(None)

    def delete(self, name: str) -> None:
        """Delete a saved playlist."""
        self._need(name)
        self._playlists.delete(name)
        self._events.playlists_changed.emit(None)

    def rename(self, old: str, new: str) -> None:
        """Rename a saved playlist."""
        self._need(old)
        if not new.strip() or any(kept.name == new.strip() for kept in self.playlists()):
            raise BadRequest(f"“{new.strip()}” is empty or already the name of a playlist. Choose another.")
        self._playlists.rename(old, new.strip())
        self._events.playlists_changed.emit(None)

    def _need(self, name: str) -> None:
        if all(kept.name != name for kept in self._playlists.all()):
            raise NotFound(f"There is no playlist called “{name}”.")


def _entry(track: Track) -> PlaylistEntry:
    return PlaylistEntry(
        path=track.path,
        title=track.title,
        artist=track.artist,
        album=track.tags.album,
        length_s=track.length_s or None,
        recording_mbid=track.tags.recording_mbid,
        track_number=track.tags.track_number,
    )

"""From files met on a walk to files known: read one, and tell which need reading."""

import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from musicdesk.audio import decode
from musicdesk.errors import UnreadableAudio
from musicdesk.library.identity import audio_hash
from musicdesk.library.tags import read_tags
from musicdesk.records import FoundFile, KnownFile, ScannedFile, printable


@dataclass(frozen=True, slots=True)
class Changes:
    """What a walk found beside what was known."""

    new: tuple[FoundFile, ...]
    """At a path that was not known: added, moved or renamed."""
    changed: tuple[FoundFile, ...]
    """At a known path with another size or time: retagged, replaced or repaired."""
    gone: tuple[KnownFile, ...]
    """Known and expected, not found."""
    same: tuple[KnownFile, ...]
    """Found as known; these need no reading."""

    @property
    def back(self) -> tuple[KnownFile, ...]:
        """Of ``same``: files that were missing and lie there again, as after connecting a disk."""
        return tuple(track for track in self.same if track.missing)


def changes(found: Iterable[FoundFile], known: Iterable[KnownFile], *, unread: Iterable[str] = ()) -> Changes:
    """Compare by path, size and time of change; no file is opened.

    ``unread`` are folders that the walk could not read: nobody knows what is in them, so nothing there is gone.
    """
    expected = {track.path: track for track in known}
    new: list[FoundFile] = []
    changed: list[FoundFile] = []
    same: list[KnownFile] = []
    for file in found:
        track = expected.pop(file.path, None)
        if track is None:
            new.append(file)
        elif (track.size_bytes, track.mtime_ns) == (file.size_bytes, file.mtime_ns):
            same.append(track)
        else:
            changed.append(file)
    dark = frozenset(unread)
    gone = tuple(t for t in expected.values() if not t.missing and not (dark and _lies_in(t.path, dark)))
    return Changes(tuple(new), tuple(changed), gone, tuple(same))


def _lies_in(path: str, folders: frozenset[str]) -> bool:
    """Whether one of the folders is above the path."""
    while (parent := os.path.dirname(path)) != path:
        if parent in folders:
            return True
        path = parent
    return False


def scan_file(found: FoundFile) -> ScannedFile:
    """Identity, tags and length of one file. Never raises: what is wrong with it is the answer's ``problem``."""
    try:
        return _scanned(found)
    except UnreadableAudio as error:
        return ScannedFile(found, problem=str(error))
    except Exception as error:  # whatever one odd file does to a parser costs that file alone
        name = printable(Path(found.path).name)
        return ScannedFile(found, problem=f"{name} could not be understood ({type(error).__name__}: {error}).")


def _scanned(found: FoundFile) -> ScannedFile:
    if not found.size_bytes:
        raise UnreadableAudio(f"{printable(Path(found.path).name)} is empty (0 bytes).")
    identity = audio_hash(found.path)
    tags, length_s, codec = read_tags(found.path)
    scanned = ScannedFile(found, audio_hash=identity, tags=tags, length_s=length_s, codec=codec)
    # the tag reader divides by the header's byte rate, which real WAV files lie about (64 s came out as 0.26 s)
    return scanned if codec not in ("", "wav") and length_s > 0 else _asked_of_decoder(scanned)


def _asked_of_decoder(scanned: ScannedFile) -> ScannedFile:
    """Length and codec of a file that the tag reader does not know, by a wrong ending for instance, or gets wrong."""
    info = decode.info(scanned.file.path)
    return replace(scanned, length_s=info.length_s, codec=scanned.codec or info.codec)

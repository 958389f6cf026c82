"""The demo library: forty-eight short pieces, composed, played and recorded on the spot by numbers.

A newcomer hears and sees a working desk before pointing it at music of their own; tests and measurements get files of
which tempo, key, mode, energy and instruments are known (``manifest.json``). No samples, nobody's rights.
"""

import errno
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import mutagen
import numpy as np
import soundfile
from mutagen import id3

from musicdesk.audio.lufs import replay_gain_db
from musicdesk.errors import DataFolderError, DiskFull, ReadOnlyData
from musicdesk.jobs import Job
from musicdesk.library.demo_albums import ALBUMS, Album, Piece
from musicdesk.library.demo_mix import forget, mix
from musicdesk.library.demo_score import compose
from musicdesk.library.demo_styles import STYLES
from musicdesk.library.identity import audio_hash
from musicdesk.records import FloatArray
from musicdesk.whole_files import whole

VERSION = 1
"""Goes up when the same seed would give other music."""
MANIFEST = "manifest.json"
FORMATS = {"ogg": ("OGG", "VORBIS"), "flac": ("FLAC", "PCM_16"), "wav": ("WAV", "PCM_16")}
ID3_FRAMES = {
    "title": "TIT2", "artist": "TPE1", "albumartist": "TPE2", "album": "TALB", "tracknumber": "TRCK", "date": "TDRC",
    "genre": "TCON",
}  # fmt: skip
BLOCK = 1 << 15
"""Samples written at once; libsndfile's Vorbis encoder fails on long writes."""


@dataclass(frozen=True)
class DemoTrack:
    """A line of the manifest: what is known of one file."""

    file: str
    """Within the demo folder, with forward slashes."""
    title: str
    artist: str
    album: str
    track_number: int
    year: int
    genre: str
    tempo_bpm: float
    key: str
    mode: str
    energy: float
    instruments: tuple[str, ...]
    length_s: float
    size_bytes: int
    audio_hash: str


@dataclass(frozen=True)
class _Plan:
    """Where a piece goes."""

    album: Album
    piece: Piece
    number: int
    seed: tuple[int, ...]

    @property
    def file(self) -> str:
        return f"{self.album.artist}/{self.album.title}/{self.number:02d} {self.piece.title}.{self.album.ending}"


def make_demo(folder: Path, *, seed: int = 7, job: Job) -> tuple[Path, ...]:
    """The demo library's 48 files below ``folder``, in the order of the catalogue.

    Takes some 40 seconds of work the first time; then a look at the sizes, and only what is missing is made again.
    The same seed gives the same music. Raises DataFolderError where the folder cannot be written, Cancelled with what
    is finished kept.
    """
    plans = tuple(_plans(seed))
    done = {track.file: track for track in read_manifest(folder, seed=seed) if _is_there(folder, track)}
    todo = [plan for plan in plans if plan.file not in done]
    try:
        for plan in job.each(todo, text="Composing the demo library") if todo else ():
            done[plan.file] = _record(plan, folder)
            _write_manifest(folder, [done[p.file] for p in plans if p.file in done], seed=seed)
    except (OSError, soundfile.SoundFileError) as error:
        raise _sentence(folder, error) from error
    finally:
        forget()
    return tuple(folder / plan.file for plan in plans)


def read_manifest(folder: Path, *, seed: int | None = None) -> tuple[DemoTrack, ...]:
    """What is known of the demo's tracks; nothing if there is no manifest, or one of another version or seed."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if manifest["version"] != VERSION or seed not in (None, manifest["seed"]):
            return ()
        return tuple(DemoTrack(**{**track, "instruments": tuple(track["instruments"])}) for track in manifest["tracks"])
    except (OSError, ValueError, KeyError, TypeError):
        return ()


def _write_manifest(folder: Path, tracks: list[DemoTrack], *, seed: int) -> None:
    text = {"version": VERSION, "seed": seed, "tracks": [asdict(track) for track in tracks]}
    with whole(folder / MANIFEST) as new:
        new.write_text(json.dumps(text, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _plans(seed: int) -> Iterator[_Plan]:
    for place, album in enumerate(ALBUMS):
        for number, piece in enumerate(album.pieces, start=1):
            yield _Plan(album, piece, number, (seed, place, number - 1))


def _is_there(folder: Path, track: DemoTrack) -> bool:
    try:
        return (folder / track.file).stat().st_size == track.size_bytes
    except OSError:
        return False


def _sentence(folder: Path, error: Exception) -> DataFolderError:
    number = getattr(error, "errno", None)
    if number == errno.ENOSPC:
        return DiskFull(f"There is no room for the demo library in {folder}: it needs about 70 MB.")
    if number in (errno.EACCES, errno.EPERM, errno.EROFS):
        return ReadOnlyData(f"The demo library cannot be written in {folder}: no right to write there.")
    return DataFolderError(f"The demo library cannot be written in {folder}: {error}.")


# ------------------------------------------------------------------------------ one track


def _record(plan: _Plan, folder: Path) -> DemoTrack:
    """Compose, play, write and tag one piece, whole or not at all."""
    album, piece = plan.album, plan.piece
    style = STYLES[piece.style or album.style]
    score = compose(piece, style, rng=np.random.default_rng(plan.seed))
    samples = mix(score, style, energy=piece.energy, rate_hz=album.rate_hz)
    path = folder / plan.file
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole(path) as new:
        _write(new, samples, album)
        _tag(new, plan, _gain_fields(samples, album))
        return DemoTrack(
            file=plan.file, title=piece.title, artist=album.artist, album=album.title, track_number=plan.number,
            year=album.year, genre=album.genre, tempo_bpm=piece.tempo_bpm, key=piece.key, mode=piece.mode,
            energy=piece.energy, instruments=score.instruments, length_s=round(len(samples) / album.rate_hz, 3),
            size_bytes=new.stat().st_size, audio_hash=audio_hash(str(new)),
        )  # fmt: skip


def _write(path: Path, samples: FloatArray, album: Album) -> None:
    form, subtype = FORMATS[album.ending]
    with soundfile.SoundFile(path, "w", album.rate_hz, samples.shape[1], subtype, format=form) as file:
        for start in range(0, len(samples), BLOCK):
            file.write(samples[start : start + BLOCK])


def _gain_fields(samples: FloatArray, album: Album) -> dict[str, str]:
    if not album.replay_gain:
        return {}
    return {
        "replaygain_track_gain": f"{replay_gain_db(samples, rate_hz=album.rate_hz):+.2f} dB",
        "replaygain_track_peak": f"{float(np.abs(samples).max()):.6f}",
    }


def _tag(path: Path, plan: _Plan, gains: dict[str, str]) -> None:
    fields = {
        "title": plan.piece.title, "artist": plan.album.artist, "albumartist": plan.album.artist,
        "album": plan.album.title, "tracknumber": f"{plan.number}/{len(plan.album.pieces)}",
        "date": str(plan.album.year), "genre": plan.album.genre, **gains,
    }  # fmt: skip
    file: Any = mutagen.File(path)
    if plan.album.ending == "wav":
        file.add_tags()
        fields = {ID3_FRAMES[name]: _frame(name, text) for name, text in fields.items()}
    file.update(fields)
    file.save()


def _frame(name: str, text: str) -> Any:
    return getattr(id3, ID3_FRAMES[name])(encoding=3, text=text)

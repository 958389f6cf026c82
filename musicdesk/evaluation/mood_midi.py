"""Piano clips of known emotion played by other instruments and at other tempi: what must stay is known for sure.

EMOPIA (Hung et al., "EMOPIA: a multi-modal pop piano dataset for emotion recognition and emotion-based music
generation", ISMIR 2021) names in every file the quadrant of valence and arousal, and the song that the clip is from.
Lively and pleasant stands for happy, lively and unpleasant for energetic, quiet and unpleasant for sad, quiet and
pleasant for calm. What is played by several instruments keeps its notes, so a list that keeps the instrument heard it.
"""

import re
import shutil
import struct
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from musicdesk.errors import BadRequest, NotFound
from musicdesk.jobs import Job
from musicdesk.records import MOODS, Mood

ARCHIVE = "emopia.zip"
PLAYER, RATE_HZ, LIMIT_S = "fluidsynth", 22_050, 120.0
LENGTH_S = 24.0
"""Longer clips are cut."""
INSTRUMENTS: Mapping[str, int] = {"piano": 0, "guitar": 24, "strings": 48, "organ": 19}
"""General MIDI programmes, from 0."""
TEMPI: Mapping[str, float] = {"slow": 0.8, "fast": 1.25}
"""What the tempo is multiplied by."""
QUADRANTS: Mapping[int, Mood] = {1: Mood.HAPPY, 2: Mood.ENERGETIC, 3: Mood.SAD, 4: Mood.CALM}
_NAME = re.compile(r"(?:.*/)?Q([1-4])_(.+)_(\d+)\.mid")
_RENDERED = re.compile(r"Q([1-4])_(.+)_(\d+)-(\w+)-(\w+)\.flac")
_DRUMS = 9


@dataclass(frozen=True, slots=True)
class Clip:
    """One clip of the archive."""

    member: str
    quadrant: int
    song: str
    number: int


@dataclass(frozen=True, slots=True)
class Rendered:
    """What a rendered file is known to be."""

    mood: int
    """Place in MOODS."""
    song: str
    instrument: str
    tempo: str


def archive_in(folder: Path) -> Path | None:
    """The archive of EMOPIA, where ``folder`` is its folder or the archive itself; None where it is not there."""
    found = folder if folder.suffix == ".zip" else folder / ARCHIVE
    return found if found.is_file() else None


def clips(archive: Path, count: int, *, rng: np.random.Generator) -> tuple[Clip, ...]:
    """``count`` clips drawn by lot, as many of each quadrant and each of another song.

    Raises BadRequest where the archive is none of EMOPIA or holds too little.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            named = [(name, match) for name in opened.namelist() if (match := _NAME.fullmatch(name))]
    except (zipfile.BadZipFile, OSError) as error:
        raise BadRequest(f"{archive} cannot be read as an archive ({error}).") from error
    every = [Clip(name, int(m[1]), m[2], int(m[3])) for name, m in named]
    chosen: list[Clip] = []
    for quadrant in QUADRANTS:
        songs = {clip.song: clip for clip in rng.permutation(np.array(every, object)) if clip.quadrant == quadrant}
        free = [songs[song] for song in sorted(set(songs) - {clip.song for clip in chosen})]
        if len(free) < count // len(QUADRANTS):
            raise BadRequest(f"{archive} has {len(free)} songs of quadrant {quadrant}; ask for fewer clips.")
        chosen += [free[place] for place in rng.permutation(len(free))[: count // len(QUADRANTS)].tolist()]
    return tuple(chosen)


def render(archive: Path, folder: Path, chosen: Sequence[Clip], *, font: Path, job: Job) -> tuple[Path, ...]:
    """Every clip by every instrument at every tempo as FLAC in ``folder``; what is there already is kept.

    Raises NotFound where fluidsynth or the sound font is missing, or where it plays nothing.
    """
    player = shutil.which(PLAYER)
    if player is None or not font.is_file():
        raise NotFound(f"Playing MIDI needs {PLAYER} and a sound font ({font}). Install both and name it with --font.")
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    with zipfile.ZipFile(archive) as opened:
        for clip in job.each(chosen, text="Playing clips on other instruments"):
            midi = opened.read(clip.member)
            for instrument, programme in INSTRUMENTS.items():
                for tempo, factor in TEMPI.items():
                    path = folder / f"Q{clip.quadrant}_{clip.song}_{clip.number}-{instrument}-{tempo}.flac"
                    if not path.exists():
                        _play(played_by(midi, programme, tempo=factor), path, font, player)
                    made.append(path)
    return tuple(made)


def known_of(path: Path) -> Rendered | None:
    """What the name of a rendered file tells; None for another file."""
    match = _RENDERED.fullmatch(path.name)
    if match is None:
        return None
    return Rendered(MOODS.index(QUADRANTS[int(match[1])]), match[2], match[4], match[5])


def played_by(midi: bytes, programme: int, *, tempo: float) -> bytes:
    """The same notes by one instrument, ``tempo`` times as fast: a quarter note gets so many more ticks.

    Raises BadRequest for what is no standard MIDI file in ticks a quarter note.
    """
    if midi[:4] != b"MThd" or len(midi) < 14 or struct.unpack(">H", midi[12:14])[0] & 0x8000:
        raise BadRequest("This is no standard MIDI file that counts in ticks of a quarter note.")
    kind, _, division = struct.unpack(">HHH", midi[8:14])
    tracks = [_with_programme(events, programme) for events in _tracks(midi)]
    head = struct.pack(">IHHH", 6, kind, len(tracks), max(1, min(0x7FFF, round(division * tempo))))
    return b"MThd" + head + b"".join(b"MTrk" + struct.pack(">I", len(t)) + t for t in tracks)


# ------------------------------------------------------------------------------------------------ MIDI, event by event

_Event = tuple[int, bytes]
"""Ticks since the one before, and its bytes with a status of its own."""


def _tracks(midi: bytes) -> Iterator[list[_Event]]:
    at = 8 + struct.unpack(">I", midi[4:8])[0]
    while at + 8 <= len(midi):
        kind, length = midi[at : at + 4], struct.unpack(">I", midi[at + 4 : at + 8])[0]
        if kind == b"MTrk":
            yield list(_events(midi[at + 8 : at + 8 + length]))
        at += 8 + length


def _events(track: bytes) -> Iterator[_Event]:
    at, status = 0, 0
    try:
        while at < len(track):
            wait, at = _number(track, at)
            if track[at] & 0x80:
                status, at = track[at], at + 1
            if status in (0xF0, 0xF7, 0xFF):  # these carry their length
                begins = at + (status == 0xFF)
                length, data = _number(track, begins)
                yield wait, bytes([status]) + track[at : data + length]
                at = data + length
            else:
                size = 1 if 0xC0 <= status < 0xE0 else 2
                yield wait, bytes([status]) + track[at : at + size]
                at += size
    except IndexError as error:
        raise BadRequest("This MIDI file breaks off.") from error


def _with_programme(events: Sequence[_Event], programme: int) -> bytes:
    """All channels but the drums begin with this programme, and no other comes."""
    told = b"".join(b"\x00" + bytes([0xC0 | channel, programme]) for channel in range(16) if channel != _DRUMS)
    waited, parts = 0, [told]
    for wait, event in events:
        waited += wait
        if 0xC0 <= event[0] < 0xD0:
            continue  # its time is added to the next one's
        parts.append(_digits(waited) + event)
        waited = 0
    return b"".join(parts)


def _number(data: bytes, at: int) -> tuple[int, int]:
    """A number in digits of seven bits, and where it ends."""
    value = 0
    while True:
        value = value << 7 | data[at] & 0x7F
        at += 1
        if not data[at - 1] & 0x80:
            return value, at


def _digits(value: int) -> bytes:
    found = [value & 0x7F]
    while value := value >> 7:
        found.append(value & 0x7F | 0x80)
    return bytes(reversed(found))


def _play(midi: bytes, path: Path, font: Path, player: str) -> None:
    with tempfile.TemporaryDirectory(prefix="musicdesk-midi-") as place:
        score, sound = Path(place) / "clip.mid", Path(place) / "clip.wav"
        score.write_bytes(midi)
        plain = ["-ni", "-q", "-g", "0.6", "-R", "0", "-C", "0", "-r", str(RATE_HZ)]
        command = [player, *plain, "-F", str(sound), str(font), str(score)]
        done = subprocess.run(command, capture_output=True, timeout=LIMIT_S, check=False)  # noqa: S603
        if done.returncode or not sound.exists():
            raise NotFound(f"{PLAYER} cannot play with {font}: {done.stderr.decode(errors='replace').strip()[:200]}")
        samples, rate = soundfile.read(sound, frames=round(LENGTH_S * RATE_HZ), dtype="float32", always_2d=True)
    new = path.with_suffix(".new.flac")
    soundfile.write(new, samples.mean(axis=1), rate)
    new.replace(path)

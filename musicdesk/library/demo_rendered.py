"""Music of the demo library's kind, written as MIDI and played by fluidsynth with any General MIDI sound font.

Composed as the demo is, but with tempo, key, style and instruments drawn at random, for whoever needs many different
sounds to learn from and no one's rights.
"""

import shutil
import struct
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

from musicdesk.audio.drums import KITS
from musicdesk.errors import NotFound
from musicdesk.jobs import Job
from musicdesk.library.demo_albums import Piece
from musicdesk.library.demo_score import TONICS, Note, Part, Score, compose
from musicdesk.library.demo_styles import STYLES, Layer

PLAYER = "fluidsynth"
RATE_HZ = 22_050
LIMIT_S = 120.0
TICKS = 480
"""Of a beat."""
DRUM_CHANNEL = 9
DRUMS = {
    "kick": 36, "snare": 38, "ghost": 38, "rim": 37, "clap": 39, "hat": 42, "open": 46, "ride": 51, "crash": 49,
    "tom": 48, "low tom": 43, "shaker": 70,
}  # fmt: skip
"""Our drums' keys in General MIDI."""
BASS_BELOW = 45
BANDS: Mapping[str, Sequence[Sequence[int]]] = {
    "classical": ((40, 41, 42, 60, 68, 71, 73), (0, 6, 44, 45, 46, 48, 49), (42, 43, 58, 70)),
    "choral": ((52, 53, 54, 73), (19, 20, 48, 52), (19, 43, 52)),
    "baroque": ((6, 40, 68, 73, 74), (6, 19, 46), (6, 42, 43)),
    "folk": ((21, 22, 40, 73, 75, 105, 109, 110), (15, 24, 25, 105), (32, 43)),
    "world": ((72, 77, 78, 104, 106, 107, 111), (12, 104, 107, 108, 112), (32, 104)),
    "jazz": ((11, 26, 56, 57, 65, 66, 71), (0, 1, 4, 26), (32, 35)),
    "rock": ((27, 29, 30, 31), (18, 25, 27, 29, 30), (33, 34)),
    "funk": ((28, 62, 65, 81), (4, 5, 7, 18, 28, 61), (36, 37)),
    "electronic": ((80, 81, 82, 84, 87, 90), (50, 62, 63, 88, 90, 93), (38, 39, 87)),
    "ambient": ((14, 79, 82, 91, 98), (89, 91, 92, 94, 95, 99), (39, 95)),
}
"""Who plays together: General MIDI programmes, from 0, for melody, chords and bass."""


def render(folder: Path, *, font: Path, count: int, seed: int, job: Job) -> tuple[Path, ...]:
    """``count`` pieces as WAV in ``folder``; those that are there already are kept. The same seed gives the same music.

    Raises NotFound where fluidsynth or the sound font is missing, or where it plays nothing.
    """
    player = shutil.which(PLAYER)
    if player is None or not font.is_file():
        raise NotFound(f"Playing MIDI needs {PLAYER} and a sound font ({font}). Install both, or leave --font out.")
    folder.mkdir(parents=True, exist_ok=True)
    paths = tuple(folder / f"{seed}-{number:04}.wav" for number in range(count))
    for number in job.each(range(count), text="Playing music by numbers"):
        if not paths[number].exists():
            _play(midi_file(*drawn(np.random.default_rng([seed, number]))), paths[number], font, player)
    return paths


def drawn(rng: np.random.Generator) -> tuple[Score, Sequence[int]]:
    """A piece drawn at random, and the programme of each of its parts."""
    style = STYLES[str(rng.choice(list(STYLES)))]
    key, mode = str(rng.choice(list(TONICS))), str(rng.choice(("major", "minor")))
    energy = float(rng.uniform(0.05, 0.95))
    piece = Piece("", key, mode, float(rng.uniform(58, 100) + 70 * energy * rng.uniform(0.3, 1)), energy)
    score = compose(piece, style, rng=rng)
    band = BANDS[str(rng.choice(list(BANDS)))]
    return score, [int(rng.choice(band[_role(part.layer)])) for part in score.parts]


def midi_file(score: Score, programmes: Sequence[int]) -> bytes:
    """A score as a standard MIDI file of one track; the demo's levels and places become controllers 7 and 10."""
    events = [(0, b"\xff\x51\x03" + round(60e6 / score.tempo_bpm).to_bytes(3, "big"))]
    channels = iter([channel for channel in range(16) if channel != DRUM_CHANNEL])
    for part, programme in zip(score.parts, programmes, strict=True):
        channel = DRUM_CHANNEL if part.layer.instrument in KITS else next(channels)
        events += _part(part, channel, programme, score.hardness)
    events.sort(key=lambda event: event[0])  # stable: a note of no length begins before it ends
    body = b"".join(_timed(events)) + b"\x00\xff\x2f\x00"
    return b"MThd" + struct.pack(">IHHH", 6, 0, 1, TICKS) + b"MTrk" + struct.pack(">I", len(body)) + body


def _role(layer: Layer) -> int:
    if layer.patterns and "x" in layer.patterns[0]:
        return 0
    return 2 if layer.at < BASS_BELOW and not layer.ring else 1


def _part(part: Part, channel: int, programme: int, hardness: float) -> list[tuple[int, bytes]]:
    layer = part.layer
    volume = int(np.clip(127 * 10 ** ((layer.level_db + 12) / 40), 20, 127))
    place = int(np.clip(64 + 63 * layer.pan, 0, 127))
    head = bytes([0xC0 | channel, programme]), bytes([0xB0 | channel, 7, volume]), bytes([0xB0 | channel, 10, place])
    events = [(0, event) for event in head]
    for note in part.notes:
        begins, ends = round(note.beat * TICKS), round((note.beat + note.beats) * TICKS)
        key = _key(note)
        strength = int(np.clip(127 * note.velocity * (0.45 + 0.55 * hardness), 1, 127))
        events.append((begins, bytes([0x90 | channel, key, strength])))
        events.append((max(begins + 1, ends - 10), bytes([0x80 | channel, key, 0])))
    return events


def _key(note: Note) -> int:
    return DRUMS[note.pitch] if isinstance(note.pitch, str) else int(np.clip(note.pitch, 0, 127))


def _timed(events: Iterable[tuple[int, bytes]]) -> Iterable[bytes]:
    """Each event with the ticks since the one before, in MIDI's numbers of seven bits."""
    now = 0
    for at, event in events:
        wait, now = at - now, at
        digits = [wait & 0x7F]
        while wait := wait >> 7:
            digits.append(wait & 0x7F | 0x80)
        yield bytes(reversed(digits)) + event


def _play(midi: bytes, path: Path, font: Path, player: str) -> None:
    score, new = path.with_suffix(".mid"), path.with_suffix(".new.wav")
    score.write_bytes(midi)
    command = [player, "-ni", "-q", "-g", "0.6", "-r", str(RATE_HZ), "-F", str(new), str(font), str(score)]
    done = subprocess.run(command, capture_output=True, timeout=LIMIT_S, check=False)  # noqa: S603
    score.unlink()
    if done.returncode or not new.exists():
        raise NotFound(f"{PLAYER} cannot play with {font}: {done.stderr.decode(errors='replace').strip()[:200]}")
    new.replace(path)

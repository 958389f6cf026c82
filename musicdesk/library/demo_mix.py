"""From notes to sound: every layer played, set to its level, put in its place and in the room."""

import zlib
from functools import lru_cache

import numpy as np

from musicdesk.audio import synth
from musicdesk.audio.drums import BY_HAND, KITS, LEVELS, PLACES
from musicdesk.audio.instruments import INSTRUMENTS, Instrument
from musicdesk.audio.loudness import rms_db
from musicdesk.audio.lufs import loudness_lufs
from musicdesk.library.demo_score import STEPS, Note, Part, Score
from musicdesk.library.demo_styles import Style
from musicdesk.records import FloatArray

HARDNESSES = (0.25, 0.5, 0.75, 0.95)
"""A note is made once for each of these and then only scaled."""
LENGTHS_S = (0.8, 1.6, 3.2)
"""A note is made in the shortest of these that is long enough, or in its instrument's full length."""
TOGETHER = np.array([[0.92, 0.39], [0.39, 0.92]], dtype=np.float32)
"""Each of two players is heard on both sides."""
CALM_LUFS, LOUDER_DB = -13.2, 1.7
"""Loudness of the calmest piece, and what the most driving one has above it."""
CEILING_DB = -3.0
"""Peaks before encoding; lossy formats overshoot by up to 1.7 dB."""


def mix(score: Score, style: Style, *, energy: float, rate_hz: int) -> FloatArray:
    """The whole piece in stereo, faded at both ends, at a level that follows its energy.  # [n, 2]"""
    length_s = score.beats * 60 / score.tempo_bpm + style.tail_s
    dry = np.zeros((round(length_s * rate_hz), 2), dtype=np.float32)
    wet = np.zeros_like(dry)
    for part in score.parts:
        played = _played(part, score, len(dry), rate_hz=rate_hz)
        dry += played
        wet += played * np.float32(part.layer.wet)
    echo = synth.room(wet, decay_s=style.room_s, rate_hz=rate_hz, rng=np.random.default_rng(1))
    whole = synth.highpass(dry + echo, 28, rate_hz=rate_hz)
    whole = synth.faded(whole, rate_hz=rate_hz, in_s=0.02, out_s=0.7 * style.tail_s)
    return _levelled(whole, wanted_lufs=CALM_LUFS + LOUDER_DB * energy, rate_hz=rate_hz)


def _levelled(samples: FloatArray, *, wanted_lufs: float, rate_hz: int) -> FloatArray:
    """As loud to the ear as is wanted, whatever its spectrum, peaks held."""
    even = synth.levelled(samples, rms_db=-16, ceiling_db=CEILING_DB, rate_hz=rate_hz)
    wanted_db = rms_db(even) + wanted_lufs - loudness_lufs(even, rate_hz=rate_hz)
    return synth.levelled(even, rms_db=wanted_db, ceiling_db=CEILING_DB, rate_hz=rate_hz)


def forget() -> None:
    """Let go of the notes kept for the next piece."""
    _note.cache_clear()
    _hit.cache_clear()


def _played(part: Part, score: Score, count: int, *, rate_hz: int) -> FloatArray:
    """One layer at its level and in its place.  # [count, 2]"""
    layer, beat_s = part.layer, 60 / score.tempo_bpm
    instrument = INSTRUMENTS.get(layer.instrument)  # None: a drum kit
    bus = np.zeros((count, 2) if instrument is None or instrument.wide else count, dtype=np.float32)
    for note in part.notes:
        if instrument is None:
            sound = _drum(layer.instrument, note, rate_hz=rate_hz)
        else:
            sound = _sounding(instrument, note, beat_s, hardness=score.hardness, rate_hz=rate_hz)
        synth.add(bus, sound, at=round(note.beat * beat_s * rate_hz))
    if instrument is not None:
        bus = _placed(_amplified(bus, instrument.drive, rate_hz=rate_hz) if instrument.drive else bus, layer.pan)
    if layer.pumped:
        bus *= _pump(count, beat_s, rate_hz=rate_hz)[:, None]
    return bus * np.float32(10 ** (layer.level_db / 20) / _loudness(bus, rate_hz=rate_hz))


def _sounding(instrument: Instrument, note: Note, beat_s: float, *, hardness: float, rate_hz: int) -> FloatArray:
    """A note of the length that is written, let go at its end.  # [n] or [n, 2]"""
    nearest = min(HARDNESSES, key=lambda step: abs(step - hardness * (0.7 + 0.3 * note.velocity)))
    wanted_s = note.beats * beat_s + instrument.release_s
    made_s = min((length_s for length_s in LENGTHS_S if length_s >= wanted_s), default=instrument.length_s)
    whole = _note(instrument.name, int(note.pitch), nearest, min(made_s, instrument.length_s), rate_hz)
    held = min(round(wanted_s * rate_hz), len(whole))
    out_s = min(instrument.release_s, held / rate_hz)
    return synth.faded(whole[:held], rate_hz=rate_hz, in_s=0.0, out_s=out_s) * np.float32(note.velocity)


def _drum(kit: str, note: Note, *, rate_hz: int) -> FloatArray:
    take = round(note.beat * STEPS) % 3 if kit in BY_HAND else 0
    return _hit(kit, str(note.pitch), take, rate_hz) * np.float32(note.velocity**1.5)


@lru_cache(maxsize=600)
def _note(name: str, pitch: int, hardness: float, length_s: float, rate_hz: int) -> FloatArray:
    """A long enough note; kept, as melodies repeat themselves.  # [n], or [n, 2] of two players"""
    instrument = INSTRUMENTS[name]
    players = range(2 if instrument.wide else 1)
    takes = [_take(instrument, player, pitch, hardness, length_s=length_s, rate_hz=rate_hz) for player in players]
    return takes[0] if len(takes) == 1 else np.column_stack(takes) @ TOGETHER


def _take(
    instrument: Instrument, player: int, pitch: int, hardness: float, *, length_s: float, rate_hz: int
) -> FloatArray:
    rng = np.random.default_rng([zlib.crc32(instrument.name.encode()), pitch, player])
    return instrument.voice(synth.midi_hz(pitch), length_s, rate_hz, hardness, rng)


@lru_cache(maxsize=60)
def _hit(kit: str, name: str, take: int, rate_hz: int) -> FloatArray:
    """A drum at its level and in its place.  # [n, 2]"""
    rng = np.random.default_rng([zlib.crc32(name.encode()), take])
    return _placed(KITS[kit][name](rate_hz, rng), PLACES.get(name, 0.0)) * np.float32(LEVELS[name])


def _placed(samples: FloatArray, pan: float) -> FloatArray:
    """Between left (-1) and right (1) at equal power; two players are turned, not narrowed.  # [n, 2]"""
    angle = (pan + 1) * np.pi / 4
    sides = np.array([np.cos(angle), np.sin(angle)], dtype=np.float32)
    return samples[:, None] * sides if samples.ndim == 1 else samples * sides


def _amplified(bus: FloatArray, drive: float, *, rate_hz: int) -> FloatArray:
    """Through a valve amplifier, highs pushed harder than lows, and the paper of its loudspeaker."""
    even = bus * np.float32(drive / _loudness(bus, rate_hz=rate_hz))
    pushed = synth.highpass(even, 90, rate_hz=rate_hz) + 2 * synth.highpass(even, 700, rate_hz=rate_hz)
    driven = np.tanh(pushed + np.float32(0.25)) - np.float32(np.tanh(0.25))
    paper = driven + np.float32(0.6) * synth.bandpass(driven, 1800, 4200, rate_hz=rate_hz)
    return synth.lowpass(synth.highpass(paper, 80, rate_hz=rate_hz), 5200, rate_hz=rate_hz, order=4)


def _pump(count: int, beat_s: float, *, rate_hz: int) -> FloatArray:
    """Down on every beat, back before the next.  # [count]"""
    since = (np.arange(count) / rate_hz) % beat_s
    return np.clip(0.25 + since / (0.6 * beat_s), 0, 1).astype(np.float32)


def _loudness(bus: FloatArray, *, rate_hz: int) -> float:
    """RMS, channels together, of the tenths of a second in which a layer plays; 1 for silence."""
    frame = rate_hz // 10
    whole = bus[: len(bus) // frame * frame].reshape(len(bus) // frame, -1)
    power = np.square(whole).sum(axis=1, dtype=np.float64) / frame
    heard = power[power > 0.02 * power.max(initial=0.0)]
    return float(np.sqrt(heard.mean())) if heard.size else 1.0

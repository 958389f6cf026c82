"""From notes to sound: every layer played, set to its level, put in its place and in the room."""

import zlib
from functools import lru_cache

import numpy as np

from musicdesk.audio import synth
from musicdesk.audio.drums import KITS, LEVELS, PLACES
from musicdesk.audio.instruments import INSTRUMENTS, Instrument
from musicdesk.library.demo_score import Note, Part, Score
from musicdesk.library.demo_styles import Style
from musicdesk.records import FloatArray

HARDNESSES = (0.25, 0.5, 0.75, 0.95)
"""A note is made once for each of these and then only scaled."""
LENGTHS_S = (0.8, 1.6, 3.2)
"""A note is made in the shortest of these that is long enough, or in its instrument's full length."""
TOGETHER = np.array([[0.92, 0.39], [0.39, 0.92]], dtype=np.float32)
"""Each of two players is heard on both sides."""
CEILING_DB = -2.3
"""Peaks before encoding; lossy formats overshoot by most of the rest."""


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
    whole = synth.levelled(whole, rms_db=-16.4 + 2.4 * energy, ceiling_db=CEILING_DB, rate_hz=rate_hz)
    return synth.faded(whole, rate_hz=rate_hz, in_s=0.02, out_s=0.7 * style.tail_s)


def forget() -> None:
    """Let go of the notes kept for the next piece."""
    _note.cache_clear()
    _hit.cache_clear()


def _played(part: Part, score: Score, count: int, *, rate_hz: int) -> FloatArray:
    """One layer at its level.  # [count, 2]"""
    layer = part.layer
    bus = np.zeros((count, 2), dtype=np.float32)
    beat_s = 60 / score.tempo_bpm
    for note in part.notes:
        at = round(note.beat * beat_s * rate_hz)
        if layer.instrument in KITS:
            synth.add(bus, _drum(layer.instrument, note, rate_hz=rate_hz), at=at)
        else:
            sound = _sounding(layer.instrument, note, beat_s, hardness=score.hardness, rate_hz=rate_hz)
            synth.add(bus, _placed(sound, layer.pan), at=at)
    if layer.instrument in INSTRUMENTS and INSTRUMENTS[layer.instrument].drive:
        bus = _amplified(bus, INSTRUMENTS[layer.instrument].drive, rate_hz=rate_hz)
    if layer.pumped:
        bus *= _pump(count, beat_s, rate_hz=rate_hz)[:, None]
    return bus * np.float32(10 ** (layer.level_db / 20) / _loudness(bus, rate_hz=rate_hz))


def _sounding(name: str, note: Note, beat_s: float, *, hardness: float, rate_hz: int) -> FloatArray:
    """A note of the length that is written, let go at its end.  # [n] or [n, 2]"""
    instrument = INSTRUMENTS[name]
    nearest = min(HARDNESSES, key=lambda step: abs(step - hardness * (0.7 + 0.3 * note.velocity)))
    wanted_s = note.beats * beat_s + instrument.release_s
    made_s = min((length_s for length_s in LENGTHS_S if length_s >= wanted_s), default=instrument.length_s)
    whole = _note(name, int(note.pitch), nearest, min(made_s, instrument.length_s), rate_hz)
    held = min(round(wanted_s * rate_hz), len(whole))
    out_s = min(instrument.release_s, held / rate_hz)
    return synth.faded(whole[:held], rate_hz=rate_hz, in_s=0.0, out_s=out_s) * np.float32(note.velocity)


def _drum(kit: str, note: Note, *, rate_hz: int) -> FloatArray:
    name = str(note.pitch)
    level = LEVELS[name] * note.velocity**1.5
    return _placed(_hit(kit, name, rate_hz), PLACES.get(name, 0.0)) * np.float32(level)


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
def _hit(kit: str, name: str, rate_hz: int) -> FloatArray:
    return KITS[kit][name](rate_hz, np.random.default_rng(zlib.crc32(name.encode())))


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
    paper = driven + synth.bandpass(driven, 1800, 4200, rate_hz=rate_hz)
    return synth.lowpass(synth.highpass(paper, 80, rate_hz=rate_hz), 5200, rate_hz=rate_hz, order=4)


def _pump(count: int, beat_s: float, *, rate_hz: int) -> FloatArray:
    """Down on every beat, back before the next.  # [count]"""
    since = (np.arange(count) / rate_hz) % beat_s
    return np.clip(0.25 + since / (0.6 * beat_s), 0, 1).astype(np.float32)


def _loudness(bus: FloatArray, *, rate_hz: int) -> float:
    """RMS of the tenths of a second in which the layer plays; 1 for silence."""
    frame = rate_hz // 10
    power = np.square(bus[: len(bus) // frame * frame]).reshape(-1, 2 * frame).mean(axis=1, dtype=np.float64)
    heard = power[power > 0.02 * power.max(initial=0.0)]
    return float(np.sqrt(2 * heard.mean())) if heard.size else 1.0

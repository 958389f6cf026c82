"""Instruments made of numbers: each plays one note of a pitch; which one it is must be plain within a second.

A voice gives a mono note that is held for as long as asked; where a note ends earlier the player fades it over
``release_s``. ``hardness`` 0 to 1 is how hard it is struck, plucked or blown: harder is brighter, not louder.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from musicdesk.audio import synth
from musicdesk.records import FloatArray

Voice = Callable[[float, float, int, float, np.random.Generator], FloatArray]
"""(hz, length_s, rate_hz, hardness, rng) → samples [n]"""


@dataclass(frozen=True)
class Instrument:
    """A voice and how it is played."""

    name: str
    voice: Voice
    length_s: float
    """The longest note."""
    release_s: float
    wide: bool = False
    """Two players, left and right."""
    drive: float = 0.0
    """How far an amplifier distorts all that it plays."""


def piano(hz: float, length_s: float, rate_hz: int, hardness: float, rng: np.random.Generator) -> FloatArray:
    """Stiff strings, two a note and a hair apart, struck at an eighth, highs dying first; and the hammer's knock."""
    count = int(np.clip(5000 / hz, 5, 20))
    k = np.arange(1, count + 1)
    ratios = k * np.sqrt(1 + 0.00035 * (hz / 262) ** 0.6 * k**2)
    tilt = 1.75 - 0.75 * hardness
    levels = (np.abs(np.sin(np.pi * k / 8)) + 0.05) / k**tilt * np.exp(-k / (5 + 16 * hardness))
    ring_s = np.clip(2.6 * (262 / hz) ** 0.55, 0.35, 5.0) / (1 + 0.22 * (k - 1))
    low = slice(0, 8)  # what rings on
    after = synth.partials(
        hz * ratios[low] * 1.0006, levels[low] * 0.45, ring_s[low] * 1.6, length_s=length_s, rate_hz=rate_hz
    )
    strike = synth.partials(hz * ratios * 0.9996, levels, ring_s * 0.5, length_s=length_s, rate_hz=rate_hz)
    knock = synth.noise(0.04, rate_hz=rate_hz, rng=rng) * synth.decay(0.006, 0.04, rate_hz=rate_hz)
    note = synth.peaked(strike + after, 1.0)
    synth.add(note, synth.peaked(synth.bandpass(knock, 120, 900, rate_hz=rate_hz), 0.06 + 0.1 * hardness), at=0)
    return synth.swell(note, 0.003, rate_hz=rate_hz)


def electric_piano(hz: float, length_s: float, rate_hz: int, hardness: float, _: np.random.Generator) -> FloatArray:
    """A struck tine: one sine bending another (Chowning 1973), a bell on top, slow tremolo."""
    bend = (0.4 + 1.6 * hardness) * synth.decay(0.5, length_s, rate_hz=rate_hz)
    turns = synth.oscillator(_TURN, hz, length_s, rate_hz=rate_hz)
    body = np.sin(turns + bend * np.sin(turns)) * synth.decay(1.4, length_s, rate_hz=rate_hz)
    tine = synth.partials([hz * 7.1], [0.12 + 0.15 * hardness], [0.12], length_s=length_s, rate_hz=rate_hz)
    tremolo = 1 + 0.18 * synth.sine(4.6, length_s, rate_hz=rate_hz)
    return synth.swell(synth.peaked((body + tine) * tremolo, 1.0), 0.003, rate_hz=rate_hz)


def guitar(hz: float, length_s: float, rate_hz: int, hardness: float, rng: np.random.Generator) -> FloatArray:
    """A steel string and the wooden box behind it."""
    string = synth.plucked(
        hz, length_s, rate_hz=rate_hz, rng=rng, brightness=0.55 + 0.35 * hardness, decay_s=4.5 * (147 / hz) ** 0.5
    )
    box = synth.bandpass(string, 90, 240, rate_hz=rate_hz)
    return synth.peaked(string + 0.9 * box, 1.0)


def electric_guitar(hz: float, length_s: float, rate_hz: int, hardness: float, rng: np.random.Generator) -> FloatArray:
    """A long bright string; the amplifier comes afterwards, over all notes together."""
    return synth.plucked(
        hz, length_s, rate_hz=rate_hz, rng=rng, brightness=0.6 + 0.3 * hardness, decay_s=7 * (147 / hz) ** 0.4
    )


def double_bass(hz: float, length_s: float, rate_hz: int, hardness: float, rng: np.random.Generator) -> FloatArray:
    """A thick string pulled with the fingertip: round, with a short growl."""
    string = synth.plucked(hz, length_s, rate_hz=rate_hz, rng=rng, brightness=0.28 + 0.2 * hardness, decay_s=2.2)
    round_ = synth.partials([hz, 2 * hz], [1.0, 0.35], [0.5, 0.3], length_s=length_s, rate_hz=rate_hz)
    return synth.peaked(0.9 * synth.lowpass(string, 1400, rate_hz=rate_hz) + round_, 1.0)


def electric_bass(hz: float, length_s: float, rate_hz: int, hardness: float, rng: np.random.Generator) -> FloatArray:
    """A wound string through a pickup: even, with an edge."""
    string = synth.plucked(hz, length_s, rate_hz=rate_hz, rng=rng, brightness=0.5 + 0.3 * hardness, decay_s=5.0)
    low = synth.partials([hz], [0.7], [1.5], length_s=length_s, rate_hz=rate_hz)
    return synth.peaked(synth.lowpass(string, 2400, rate_hz=rate_hz) + low, 1.0)


def synth_bass(hz: float, length_s: float, rate_hz: int, hardness: float, _: np.random.Generator) -> FloatArray:
    """A saw-tooth whose brightness falls with each note, over a sine."""
    bright = synth.oscillator(
        synth.wave_table(synth.saw_levels(hz, rate_hz=rate_hz, tilt=1.1)[:30]), hz, length_s, rate_hz=rate_hz
    )
    dark = synth.oscillator(synth.wave_table([1, 0.35, 0.12]), hz, length_s, rate_hz=rate_hz)
    opening = (0.15 + 0.6 * hardness) * synth.decay(0.18, length_s, rate_hz=rate_hz)
    return synth.swell(dark * (1 - opening) + bright * opening, 0.004, rate_hz=rate_hz)


def sub_bass(hz: float, length_s: float, rate_hz: int, hardness: float, rng: np.random.Generator) -> FloatArray:
    """Two saw-tooths a little apart, beating against each other, closed down to the lows, over a deep sine."""
    table = synth.wave_table(synth.saw_levels(hz, rate_hz=rate_hz, tilt=1.0)[:40])
    pair = sum(
        synth.oscillator(table, hz * cents, length_s, rate_hz=rate_hz, phase=rng.random()) for cents in (0.9935, 1.0065)
    )
    growl = synth.lowpass(np.asarray(pair, dtype=np.float32), 300 + 900 * hardness, rate_hz=rate_hz)
    return synth.swell(synth.sine(hz, length_s, rate_hz=rate_hz) + 0.4 * growl, 0.008, rate_hz=rate_hz)


def strings(hz: float, length_s: float, rate_hz: int, hardness: float, rng: np.random.Generator) -> FloatArray:
    """A section of four bows, none quite in tune with the other, each with its own vibrato; wood above 300 Hz."""
    table = synth.wave_table(synth.saw_levels(hz, rate_hz=rate_hz, tilt=1.35 - 0.3 * hardness))
    total = np.zeros(round(length_s * rate_hz), dtype=np.float32)
    for cents in (-7, -2, 3, 8):
        pitch = synth.vibrato(
            hz * 2 ** (cents / 1200), length_s, rate_hz=rate_hz, cents=11, speed_hz=5 + rng.random(), phase=rng.random()
        )
        total += synth.oscillator(table, pitch, length_s, rate_hz=rate_hz, phase=rng.random())
    bow = synth.highpass(synth.noise(length_s, rate_hz=rate_hz, rng=rng), 1800, rate_hz=rate_hz) * np.float32(0.012)
    body = total + 0.8 * synth.bandpass(total, 280, 700, rate_hz=rate_hz)
    bite = 1 + np.float32(1.6 * hardness**2) * synth.decay(0.07, length_s, rate_hz=rate_hz)
    note = synth.peaked(synth.lowpass(body, 4500 + 3000 * hardness, rate_hz=rate_hz), 1.0) * bite + bow
    return synth.swell(note, 0.15 * (1 - hardness) ** 2 + 0.012, rate_hz=rate_hz)


def pad(hz: float, length_s: float, rate_hz: int, hardness: float, rng: np.random.Generator) -> FloatArray:
    """Five slow dark oscillators that drift against each other, opening over a second."""
    dark = synth.wave_table(synth.saw_levels(hz, rate_hz=rate_hz, tilt=2.1)[:20])
    bright = synth.wave_table(synth.saw_levels(hz, rate_hz=rate_hz, tilt=1.3)[:24])
    opening = np.float32(0.15 + 0.5 * hardness) * (
        0.5 - 0.5 * synth.sine(0.13 + 0.1 * rng.random(), length_s, rate_hz=rate_hz, phase=0.25 + 0.2 * rng.random())
    )
    total = np.zeros(round(length_s * rate_hz), dtype=np.float32)
    for cents in (-9, -4, 0, 5, 10):
        turn, pitch = rng.random(), hz * 2 ** (cents / 1200)
        total += synth.oscillator(dark, pitch, length_s, rate_hz=rate_hz, phase=turn) * (1 - opening)
        total += synth.oscillator(bright, pitch, length_s, rate_hz=rate_hz, phase=turn) * opening
    return synth.swell(synth.peaked(total, 1.0), 0.7 - 0.55 * hardness, rate_hz=rate_hz)


def organ(hz: float, length_s: float, rate_hz: int, hardness: float, rng: np.random.Generator) -> FloatArray:
    """Pipes of 8, 4, 2 2/3 and 2 foot, steady, with a breath at the start; harder draws the mixture."""
    principal = synth.wave_table([1, 0.5, 0.28, 0.16, 0.1, 0.06])
    stops = ((1.0, 1.0), (2.0, 0.55), (3.0, 0.25), (4.0, 0.3), (6.0, 0.35 * hardness), (8.0, 0.3 * hardness))
    total = np.zeros(round(length_s * rate_hz), dtype=np.float32)
    for ratio, level in stops:
        if hz * ratio * 6 < synth.NYQUIST_SHARE * rate_hz:
            pitch = hz * ratio * (1 + 0.0008 * rng.standard_normal())
            pipe = synth.oscillator(principal, pitch, length_s, rate_hz=rate_hz, phase=rng.random())
            total += np.float32(level) * pipe
    chiff = np.float32(0.004) + np.float32(0.03) * synth.decay(0.03, length_s, rate_hz=rate_hz)
    breath = synth.noise(length_s, rate_hz=rate_hz, rng=rng) * chiff
    air = synth.bandpass(breath, hz, min(4 * hz, 9000), rate_hz=rate_hz)
    return synth.swell(synth.peaked(total, 1.0) + air, 0.035, rate_hz=rate_hz)


def vibraphone(hz: float, length_s: float, rate_hz: int, hardness: float, _: np.random.Generator) -> FloatArray:
    """Bars tuned to 1, 4 and 10, with the turning discs' tremolo."""
    bars = synth.partials(
        [hz, 4 * hz, 10 * hz], [1.0, 0.12 + 0.25 * hardness, 0.03 + 0.12 * hardness], [1.6, 0.35, 0.06],
        length_s=length_s, rate_hz=rate_hz,
    )  # fmt: skip
    tremolo = 1 + 0.3 * synth.sine(5.2, length_s, rate_hz=rate_hz)
    return synth.swell(synth.peaked(bars * tremolo, 1.0), 0.002, rate_hz=rate_hz)


def bells(hz: float, length_s: float, rate_hz: int, hardness: float, _: np.random.Generator) -> FloatArray:
    """A small bell with its hum, minor third and strike tones."""
    ratios = np.array([0.5, 1.0, 1.19, 1.5, 2.0, 2.74, 4.1, 5.4])
    levels = np.array([0.25, 1.0, 0.25, 0.2, 0.5, 0.25, 0.2, 0.12]) * np.linspace(1, 0.3 + 0.7 * hardness, 8)
    rings_s = np.array([2.8, 2.2, 1.2, 1.0, 1.1, 0.6, 0.3, 0.2])
    return synth.swell(
        synth.peaked(synth.partials(hz * ratios, levels, rings_s, length_s=length_s, rate_hz=rate_hz), 1.0), 0.002,
        rate_hz=rate_hz,
    )  # fmt: skip


def flute(hz: float, length_s: float, rate_hz: int, hardness: float, rng: np.random.Generator) -> FloatArray:
    """Nearly a sine, with breath around it and a vibrato that comes late."""
    pitch = synth.vibrato(hz, length_s, rate_hz=rate_hz, cents=14, speed_hz=4.9, phase=rng.random(), delay_s=0.35)
    pipe = synth.oscillator(synth.wave_table([1, 0.28 + 0.2 * hardness, 0.1, 0.05]), pitch, length_s, rate_hz=rate_hz)
    air = synth.bandpass(
        synth.noise(length_s, rate_hz=rate_hz, rng=rng), 0.8 * hz, 3 * hz, rate_hz=rate_hz
    ) * np.float32(0.1)
    chiff = 1 + 2 * synth.decay(0.05, length_s, rate_hz=rate_hz)
    return synth.swell(pipe + air * chiff, 0.06 - 0.03 * hardness, rate_hz=rate_hz)


def lead(hz: float, length_s: float, rate_hz: int, hardness: float, rng: np.random.Generator) -> FloatArray:
    """Two saw-tooths apart, bright at first, with vibrato on long notes."""
    bright = synth.wave_table(synth.saw_levels(hz, rate_hz=rate_hz, tilt=1.0))
    dark = synth.wave_table(synth.saw_levels(hz, rate_hz=rate_hz, tilt=2.2))
    opening = np.float32(0.25) + np.float32(0.3 + 0.4 * hardness) * synth.decay(0.3, length_s, rate_hz=rate_hz)
    total = np.zeros(round(length_s * rate_hz), dtype=np.float32)
    for cents in (-8, 8):
        pitch = synth.vibrato(hz * 2 ** (cents / 1200), length_s, rate_hz=rate_hz, cents=18, speed_hz=5.8, delay_s=0.25)
        turn = rng.random()
        total += synth.oscillator(dark, pitch, length_s, rate_hz=rate_hz, phase=turn) * (1 - opening)
        total += synth.oscillator(bright, pitch, length_s, rate_hz=rate_hz, phase=turn) * opening
    return synth.swell(synth.peaked(total, 1.0), 0.006, rate_hz=rate_hz)


def pluck(hz: float, length_s: float, rate_hz: int, hardness: float, rng: np.random.Generator) -> FloatArray:
    """A short synthetic drop: bright, then gone."""
    bright = lead(hz, length_s, rate_hz, hardness, rng)
    return bright * synth.decay(0.14 + 0.12 * hardness, length_s, rate_hz=rate_hz)


def square(hz: float, length_s: float, rate_hz: int, hardness: float, _: np.random.Generator) -> FloatArray:
    """A game console's pulse wave, a quarter or half of it high, with its stepped vibrato."""
    share = 0.25 if hardness > 0.5 else 0.5
    count = max(1, int(synth.NYQUIST_SHARE * rate_hz / hz))
    table = synth.wave_table([np.sin(np.pi * k * share) / k for k in range(1, count + 1)])
    pitch = synth.vibrato(hz, length_s, rate_hz=rate_hz, cents=14, speed_hz=6.5, delay_s=0.2)
    return synth.oscillator(table, pitch, length_s, rate_hz=rate_hz) * synth.decay(1.2, length_s, rate_hz=rate_hz)


def triangle(hz: float, length_s: float, rate_hz: int, _: float, __: np.random.Generator) -> FloatArray:
    """A game console's bass."""
    levels = [(-1) ** (k // 2) / k**2 if k % 2 else 0.0 for k in range(1, 24)]
    return synth.oscillator(synth.wave_table(levels), hz, length_s, rate_hz=rate_hz)


_TURN = np.linspace(0, 2 * np.pi, synth.TABLE, endpoint=False, dtype=np.float32)

INSTRUMENTS = {
    instrument.name: instrument
    for instrument in (
        Instrument("piano", piano, length_s=4.5, release_s=0.25),
        Instrument("electric piano", electric_piano, length_s=4.0, release_s=0.15),
        Instrument("acoustic guitar", guitar, length_s=3.5, release_s=0.2),
        Instrument("electric guitar", electric_guitar, length_s=4.0, release_s=0.06, drive=2.5),
        Instrument("double bass", double_bass, length_s=2.0, release_s=0.1),
        Instrument("electric bass", electric_bass, length_s=2.5, release_s=0.06),
        Instrument("synth bass", synth_bass, length_s=2.0, release_s=0.04),
        Instrument("sub bass", sub_bass, length_s=4.0, release_s=0.05),
        Instrument("strings", strings, length_s=6.0, release_s=0.3, wide=True),
        Instrument("synth pad", pad, length_s=9.0, release_s=0.9, wide=True),
        Instrument("organ", organ, length_s=6.0, release_s=0.09, wide=True),
        Instrument("vibraphone", vibraphone, length_s=3.5, release_s=0.3),
        Instrument("bells", bells, length_s=4.0, release_s=0.8),
        Instrument("flute", flute, length_s=4.0, release_s=0.12),
        Instrument("synth lead", lead, length_s=3.0, release_s=0.08),
        Instrument("synth pluck", pluck, length_s=1.2, release_s=0.05, wide=True),
        Instrument("square lead", square, length_s=2.5, release_s=0.02),
        Instrument("triangle bass", triangle, length_s=2.0, release_s=0.02),
    )
}
"""By the name that a listener would give."""

"""Sound from numbers: oscillators, plucked strings, noise, filters, room and level.

Everything is float32 and deterministic: what is random takes a generator. Frequencies are in Hz, lengths in seconds,
``rate_hz`` is samples a second. The instruments of the demo library are built on this, and so are tests.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy import ndimage, signal

from musicdesk.records import FloatArray

TABLE = 8192
"""Samples of one period in a wave table."""
_SINE = np.sin(np.linspace(0, 2 * np.pi, 1 << 16, endpoint=False)).astype(np.float32)
NYQUIST_SHARE = 0.45
"""Partials are left out above this share of the rate."""


def midi_hz(note: float) -> float:
    """The frequency of a MIDI note number (69 is the A of 440 Hz)."""
    return float(440.0 * 2 ** ((note - 69) / 12))


def times(length_s: float, rate_hz: int) -> FloatArray:
    """The moments of the samples, in seconds.  # [n]"""
    return (np.arange(round(length_s * rate_hz)) / rate_hz).astype(np.float32)


# ------------------------------------------------------------------------------ sources


def sine(hz: float, length_s: float, *, rate_hz: int, phase: float = 0.0) -> FloatArray:
    """A sine of peak 1, exact in pitch however long; ``phase`` in periods.  # [n]"""
    return oscillator(_SINE, hz, length_s, rate_hz=rate_hz, phase=phase)


def tone(*, hz: float, length_s: float, rate_hz: int, level: float = 0.5) -> FloatArray:
    """A pure tone of peak ``level``.  # [n]"""
    return np.float32(level) * sine(hz, length_s, rate_hz=rate_hz)


def chord(notes: Sequence[float], *, length_s: float, rate_hz: int, level: float = 0.5) -> FloatArray:
    """MIDI notes sounding together, six harmonics each, peak ``level``.  # [n]"""
    table = wave_table([1 / k**1.5 for k in range(1, 7)])
    voices = [oscillator(table, midi_hz(note), length_s, rate_hz=rate_hz) for note in notes]
    return peaked(np.sum(voices, axis=0), level)


def clicks(*, bpm: float, length_s: float, rate_hz: int, level: float = 0.8) -> FloatArray:
    """Short wooden clicks, one a beat, the first at 0.  # [n]"""
    samples = np.zeros(round(length_s * rate_hz), dtype=np.float32)
    click = level * sine(1000, 0.03, rate_hz=rate_hz, phase=0.25) * decay(0.005, 0.03, rate_hz=rate_hz)
    for beat in range(int(np.ceil(length_s * bpm / 60))):
        add(samples, click, at=round(beat * 60 / bpm * rate_hz))
    return samples


def noise(length_s: float, *, rate_hz: int, rng: np.random.Generator) -> FloatArray:
    """White noise of RMS 1.  # [n]"""
    return rng.standard_normal(round(length_s * rate_hz), dtype=np.float32)


def partials(
    hz: npt.ArrayLike, levels: npt.ArrayLike, decays_s: npt.ArrayLike, *, length_s: float, rate_hz: int
) -> FloatArray:
    """Sines that each die away by themselves: struck strings, bars and bells.  # [n]"""
    total = np.zeros(round(length_s * rate_hz), dtype=np.float32)
    for frequency, level, decay_s in np.column_stack([hz, levels, decays_s]).tolist():
        if frequency < NYQUIST_SHARE * rate_hz:
            lasting = min(length_s, 6 * decay_s)
            ring = sine(frequency, lasting, rate_hz=rate_hz) * decay(decay_s, lasting, rate_hz=rate_hz)
            total[: len(ring)] += np.float32(level) * ring[: len(total)]
    return total


def wave_table(levels: Sequence[float]) -> FloatArray:
    """One period of harmonics 1, 2, 3 … with these levels, peak 1.  # [TABLE]"""
    spectrum = np.zeros(TABLE // 2 + 1, dtype=np.complex128)
    spectrum[1 : len(levels) + 1] = -1j * np.asarray(levels)
    return peaked(np.fft.irfft(spectrum).astype(np.float32), 1.0)


def saw_levels(hz: float, *, rate_hz: int, tilt: float = 1.0) -> list[float]:
    """Levels of a saw-tooth without aliasing; a steeper ``tilt`` is darker."""
    count = max(1, int(NYQUIST_SHARE * rate_hz / hz))
    return [1 / k**tilt for k in range(1, count + 1)]


def oscillator(
    table: FloatArray,
    hz: float | FloatArray,
    length_s: float,
    *,
    rate_hz: int,
    phase: float = 0.0,
) -> FloatArray:
    """A wave table played at a pitch, which may move (an array of Hz, one a sample).  # [n]"""
    if isinstance(hz, np.ndarray):
        turns = (np.cumsum(hz / rate_hz, dtype=np.float64) + phase) * 2**32
        clock = turns.astype(np.int64).astype(np.uint32)
    else:  # turns of a 32-bit clock that wraps round with each period
        clock = np.arange(round(length_s * rate_hz), dtype=np.uint32) * np.uint32(round(hz / rate_hz * 2**32))
        clock += np.uint32(int(phase * 2**32) % 2**32)
    return np.take(table, clock >> np.uint32(33 - len(table).bit_length()))


def vibrato(
    hz: float, length_s: float, *, rate_hz: int, cents: float, speed_hz: float, phase: float = 0.0, delay_s: float = 0.3
) -> FloatArray:
    """A pitch that begins to waver after ``delay_s``.  # [n] Hz"""
    depth = np.clip(times(length_s, rate_hz) / max(delay_s, 1e-3) - 0.5, 0, 1) * cents / 1200
    waver = np.exp2(depth.astype(np.float32) * sine(speed_hz, length_s, rate_hz=rate_hz, phase=phase))
    return np.asarray(waver * np.float32(hz), dtype=np.float32)


def plucked(
    hz: float, length_s: float, *, rate_hz: int, rng: np.random.Generator, brightness: float, decay_s: float
) -> FloatArray:
    """A plucked string (Karplus and Strong 1983, tuned as in Jaffe and Smith 1983), peak 1.  # [n]

    ``brightness`` 0 to 1 is the hardness of the pluck and of the string; ``decay_s`` the fall to a thousandth.
    """
    lag = rate_hz / hz
    soft = 0.5 - 0.4 * brightness  # share of the older sample in the string's own averaging, which delays by as much
    period = int(lag - soft - 0.1)
    rest = lag - soft - period
    loop = 0.001 ** (1 / (hz * decay_s)) * np.convolve([1 - soft, soft], [1 - rest, rest])
    pluck = lowpass(noise(period / rate_hz, rate_hz=rate_hz, rng=rng), 800 + 9000 * brightness**2, rate_hz=rate_hz)
    pluck -= pluck.mean()
    pluck -= 0.6 * np.roll(pluck, period // 5)  # where along the string the finger is
    excitation = np.zeros(round(length_s * rate_hz))
    excitation[: len(pluck)] = pluck[: len(excitation)]
    feedback = np.concatenate([[1.0], np.zeros(period - 1), -loop])
    return peaked(signal.lfilter([1.0], feedback, excitation).astype(np.float32), 1.0)


# ------------------------------------------------------------------------------ envelopes


def decay(decay_s: float, length_s: float, *, rate_hz: int) -> FloatArray:
    """Falls to 1/e in ``decay_s``.  # [n]"""
    return np.asarray(np.exp(times(length_s, rate_hz) / np.float32(-decay_s)), dtype=np.float32)


def swell(samples: FloatArray, attack_s: float, *, rate_hz: int) -> FloatArray:
    """The same with a soft beginning.  # as given"""
    return faded(samples, rate_hz=rate_hz, in_s=attack_s, out_s=0.0)


def faded(samples: FloatArray, *, rate_hz: int, in_s: float, out_s: float) -> FloatArray:
    """The same with a cosine fade at both ends.  # [n] or [n, channels]"""
    shape = np.ones(len(samples), dtype=np.float32)
    for length_s, side in ((in_s, slice(None)), (out_s, slice(None, None, -1))):
        count = min(round(length_s * rate_hz), len(samples))
        ramp = (0.5 - 0.5 * np.cos(np.linspace(0, np.pi, count, endpoint=False))).astype(np.float32)
        shape[side][:count] *= ramp
    return samples * (shape if samples.ndim == 1 else shape[:, None])


def add(total: FloatArray, part: FloatArray, *, at: int) -> None:
    """Mix ``part`` into ``total`` from sample ``at`` on, in place; what lies outside is left out."""
    first, last = max(at, 0), min(at + len(part), len(total))
    if first < last:
        total[first:last] += part[first - at : last - at]


# ------------------------------------------------------------------------------ filters, room, level


def lowpass(samples: FloatArray, hz: float, *, rate_hz: int, order: int = 2) -> FloatArray:
    """Without what lies above ``hz``.  # as given"""
    return _filtered(samples, [min(hz, 0.49 * rate_hz)], "lowpass", rate_hz, order)


def highpass(samples: FloatArray, hz: float, *, rate_hz: int, order: int = 2) -> FloatArray:
    """Without what lies below ``hz``.  # as given"""
    return _filtered(samples, [hz], "highpass", rate_hz, order)


def bandpass(samples: FloatArray, low_hz: float, high_hz: float, *, rate_hz: int, order: int = 1) -> FloatArray:
    """Only what lies between.  # as given"""
    return _filtered(samples, [low_hz, min(high_hz, 0.49 * rate_hz)], "bandpass", rate_hz, order)


def _filtered(samples: FloatArray, hz: list[float], kind: str, rate_hz: int, order: int) -> FloatArray:
    edges = hz[0] if len(hz) == 1 else hz
    sections = signal.butter(order, edges, kind, fs=rate_hz, output="sos")
    return np.asarray(signal.sosfilt(sections, samples, axis=0), dtype=np.float32)


def room(samples: FloatArray, *, decay_s: float, rate_hz: int, rng: np.random.Generator) -> FloatArray:
    """The echo alone of a room in which sound falls by 60 dB in ``decay_s``, highs sooner.  # [n, 2] → [n, 2]"""
    dark = decay(decay_s / 6.9, decay_s, rate_hz=rate_hz)[:, None]
    bright = decay(decay_s / 16, decay_s, rate_hz=rate_hz)[:, None]
    hiss = rng.standard_normal((len(dark), 2), dtype=np.float32)
    low = lowpass(hiss, 2500, rate_hz=rate_hz, order=1)
    impulse = highpass(low * dark + (hiss - low) * bright, 150, rate_hz=rate_hz, order=1)
    impulse = np.pad(impulse, ((round(0.012 * rate_hz), 0), (0, 0)))
    impulse /= np.sqrt((impulse**2).sum(axis=0))
    return np.asarray(signal.oaconvolve(samples, impulse, axes=0)[: len(samples)], dtype=np.float32)


def peaked(samples: FloatArray, level: float) -> FloatArray:
    """Scaled to a peak of ``level``; silence stays silence.  # as given"""
    peak = float(np.abs(samples).max(initial=0.0))
    return samples * np.float32(level / peak) if peak else samples


def limited(samples: FloatArray, *, ceiling_db: float, rate_hz: int) -> FloatArray:
    """Peaks held below ``ceiling_db`` by turning down around them, 5 ms ahead.  # [n, channels]"""
    ceiling = 10 ** (ceiling_db / 20)
    span = max(3, round(0.005 * rate_hz))
    loudest = ndimage.maximum_filter1d(np.abs(samples).max(axis=1), 2 * span + 1)
    gain = ndimage.uniform_filter1d(np.minimum(1, ceiling / np.maximum(loudest, 1e-9)), 2 * span + 1)
    gain = np.minimum(gain, ceiling / np.maximum(np.abs(samples).max(axis=1), 1e-9))
    return np.asarray(samples * gain[:, None], dtype=np.float32)


def levelled(samples: FloatArray, *, rms_db: float, ceiling_db: float, rate_hz: int) -> FloatArray:
    """At this RMS (full scale 1 is 0 dB), peaks held below the ceiling.  # [n, channels]"""
    wanted = 10 ** (rms_db / 20)
    for _ in range(4):  # limiting takes some level away again
        now = float(np.sqrt(np.mean(np.square(samples, dtype=np.float64))))
        if now == 0.0 or abs(now / wanted - 1) < 0.005:
            break
        samples = limited(samples * np.float32(wanted / now), ceiling_db=ceiling_db, rate_hz=rate_hz)
    return samples

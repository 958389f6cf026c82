"""Drums made of numbers: four kits, each a name for every sound it has."""

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np

from musicdesk.audio import synth
from musicdesk.records import FloatArray

Hit = Callable[[int, np.random.Generator], FloatArray]
"""(rate_hz, rng) → samples [n]"""


def _kick(
    rate_hz: int, rng: np.random.Generator, *, low_hz: float, high_hz: float, fall_s: float, ring_s: float, click: float
) -> FloatArray:
    """A sine whose pitch falls, and the beater."""
    length_s = 5 * ring_s
    pitch = low_hz + (high_hz - low_hz) * synth.decay(fall_s, length_s, rate_hz=rate_hz)
    body = np.sin(2 * np.pi * np.cumsum(pitch) / rate_hz).astype(np.float32)
    body *= synth.decay(ring_s, length_s, rate_hz=rate_hz)
    beater = synth.noise(0.01, rate_hz=rate_hz, rng=rng) * synth.decay(0.002, 0.01, rate_hz=rate_hz)
    synth.add(body, np.float32(click) * synth.lowpass(beater, 5000, rate_hz=rate_hz), at=0)
    return synth.faded(synth.peaked(body, 1.0), rate_hz=rate_hz, in_s=0.0005, out_s=0.01)


def _hiss(
    rate_hz: int, rng: np.random.Generator, *, low_hz: float, high_hz: float, ring_s: float, attack_s: float = 0.0005
) -> FloatArray:
    """Noise between two frequencies that dies away: hats, shakers, brushes."""
    length_s = 6 * ring_s
    hiss = synth.bandpass(synth.noise(length_s, rate_hz=rate_hz, rng=rng), low_hz, high_hz, rate_hz=rate_hz, order=2)
    return synth.swell(
        synth.peaked(hiss * synth.decay(ring_s, length_s, rate_hz=rate_hz), 1.0), attack_s, rate_hz=rate_hz
    )


def _snare(rate_hz: int, rng: np.random.Generator, *, hz: float, ring_s: float, wires: float) -> FloatArray:
    """Two modes of a skin, and the wires below it."""
    length_s = 6 * ring_s
    skin = synth.partials([hz, 1.6 * hz], [1.0, 0.6], [0.6 * ring_s, 0.4 * ring_s], length_s=length_s, rate_hz=rate_hz)
    hiss = synth.bandpass(synth.noise(length_s, rate_hz=rate_hz, rng=rng), 1200, 9500, rate_hz=rate_hz)
    rattle = hiss * synth.decay(ring_s, length_s, rate_hz=rate_hz)
    return synth.peaked(synth.peaked(skin, 1.0) + np.float32(wires) * synth.peaked(rattle, 1.0), 1.0)


def _clap(rate_hz: int, rng: np.random.Generator) -> FloatArray:
    """Several hands, not quite together."""
    total = np.zeros(round(0.35 * rate_hz), dtype=np.float32)
    for late_s, ring_s in ((0.0, 0.006), (0.011, 0.006), (0.021, 0.006), (0.03, 0.06)):
        synth.add(total, _hiss(rate_hz, rng, low_hz=800, high_hz=4500, ring_s=ring_s), at=round(late_s * rate_hz))
    return synth.peaked(total, 1.0)


def _cymbal(rate_hz: int, rng: np.random.Generator, *, ring_s: float, ping: float) -> FloatArray:
    """A plate's many inharmonic modes, with noise between them."""
    length_s = 4 * ring_s
    modes = np.sort(rng.uniform(2500, 12000, 24))
    metal = synth.partials(
        list(modes), list(rng.uniform(0.4, 1, 24)), [ring_s] * 24, length_s=length_s, rate_hz=rate_hz
    )
    wash = _hiss(rate_hz, rng, low_hz=3500, high_hz=14000, ring_s=ring_s * 0.7)
    tip = _hiss(rate_hz, rng, low_hz=5000, high_hz=12000, ring_s=0.012)
    total = synth.peaked(metal, 0.35)
    synth.add(total, np.float32(0.65) * wash, at=0)
    synth.add(total, np.float32(ping) * tip, at=0)
    return synth.faded(synth.peaked(total, 1.0), rate_hz=rate_hz, in_s=0.0005, out_s=0.1)


def _knock(rate_hz: int, _: np.random.Generator, *, hz: float, ring_s: float) -> FloatArray:
    """Wood or a small skin: rim, block, tom."""
    knock = synth.partials(
        [hz, 1.51 * hz, 2.3 * hz], [1.0, 0.5, 0.3], [ring_s, 0.6 * ring_s, 0.4 * ring_s], length_s=6 * ring_s,
        rate_hz=rate_hz,
    )  # fmt: skip
    return synth.swell(synth.peaked(knock, 1.0), 0.001, rate_hz=rate_hz)


def _steps(rate_hz: int, rng: np.random.Generator, *, clock_hz: float, ring_s: float) -> FloatArray:
    """A game console's noise: random steps at a slow clock."""
    count = round(6 * ring_s * rate_hz)
    held = np.sign(rng.standard_normal(int(count * clock_hz / rate_hz) + 1)).astype(np.float32)
    steps = held[(np.arange(count) * (clock_hz / rate_hz)).astype(np.int64)]
    return steps * synth.decay(ring_s, count / rate_hz, rate_hz=rate_hz)[:count]


_ACOUSTIC: dict[str, Hit] = {
    "kick": partial(_kick, low_hz=58, high_hz=105, fall_s=0.015, ring_s=0.08, click=0.8),
    "snare": partial(_snare, hz=205, ring_s=0.12, wires=1.9),
    "ghost": partial(_snare, hz=215, ring_s=0.05, wires=1.8),
    "rim": partial(_knock, hz=820, ring_s=0.014),
    "hat": partial(_cymbal, ring_s=0.035, ping=0.5),
    "open": partial(_cymbal, ring_s=0.22, ping=0.3),
    "ride": partial(_cymbal, ring_s=0.35, ping=0.8),
    "crash": partial(_cymbal, ring_s=0.9, ping=0.2),
    "tom": partial(_kick, low_hz=95, high_hz=125, fall_s=0.05, ring_s=0.13, click=0.4),
    "low tom": partial(_kick, low_hz=70, high_hz=95, fall_s=0.05, ring_s=0.16, click=0.4),
    "shaker": partial(_hiss, low_hz=5000, high_hz=12000, ring_s=0.03, attack_s=0.018),
}
_BRUSHES: dict[str, Hit] = {
    **_ACOUSTIC,
    "kick": partial(_kick, low_hz=55, high_hz=90, fall_s=0.02, ring_s=0.09, click=0.08),
    "snare": partial(_hiss, low_hz=900, high_hz=8000, ring_s=0.07, attack_s=0.012),
    "ghost": partial(_hiss, low_hz=1500, high_hz=8000, ring_s=0.11, attack_s=0.05),
    "hat": partial(_hiss, low_hz=6000, high_hz=13000, ring_s=0.012),
}
_ELECTRONIC: dict[str, Hit] = {
    **_ACOUSTIC,
    "kick": partial(_kick, low_hz=47, high_hz=260, fall_s=0.022, ring_s=0.17, click=0.25),
    "snare": partial(_snare, hz=175, ring_s=0.1, wires=1.6),
    "clap": _clap,
    "hat": partial(_hiss, low_hz=8000, high_hz=15000, ring_s=0.016),
    "open": partial(_hiss, low_hz=7000, high_hz=15000, ring_s=0.1),
}
_CHIP: dict[str, Hit] = {
    "kick": partial(_kick, low_hz=60, high_hz=500, fall_s=0.012, ring_s=0.05, click=0.0),
    "snare": partial(_steps, clock_hz=9000, ring_s=0.05),
    "hat": partial(_steps, clock_hz=15900, ring_s=0.012),
    "open": partial(_steps, clock_hz=15900, ring_s=0.06),
    "crash": partial(_steps, clock_hz=12000, ring_s=0.25),
    "tom": partial(_steps, clock_hz=2200, ring_s=0.06),
}

KITS: Mapping[str, Mapping[str, Hit]] = {
    "acoustic": _ACOUSTIC,
    "brushes": _BRUSHES,
    "electronic": _ELECTRONIC,
    "chip": _CHIP,
}
"""Kit → name of the sound → the sound."""

BY_HAND = frozenset({"acoustic", "brushes"})
"""Kits of which no two hits are quite the same."""
LEVELS = {
    "kick": 1.0, "snare": 0.7, "clap": 0.6, "ghost": 0.2, "rim": 0.4, "hat": 0.22, "open": 0.25, "ride": 0.25,
    "crash": 0.4, "tom": 0.7, "low tom": 0.75, "shaker": 0.2,
}  # fmt: skip
"""How loud each sound is in the kit."""
PLACES = {
    "hat": 0.3,
    "open": 0.3,
    "ride": -0.35,
    "crash": -0.3,
    "tom": 0.25,
    "low tom": -0.3,
    "shaker": 0.4,
    "rim": 0.1,
}
"""Where each sound stands: -1 left, 1 right; 0 where nothing is said."""

"""Where a steering starts: the sounds of a seed, their place among the others, and what they feel like."""

from dataclasses import dataclass

import numpy as np

from musicdesk.desk.bearings import Bearings, Mask
from musicdesk.desk.wishes import by_axis
from musicdesk.errors import NothingYet
from musicdesk.prototypes import bank
from musicdesk.ranking.filters import SAME_RECORDING
from musicdesk.ranking.recordings import SAME_LENGTH_S
from musicdesk.records import Axis, FloatArray, IntArray, Seed

FEW = 20
"""A seed of more tracks is not compared with the whole library for copies that nobody looked for."""


@dataclass(frozen=True, slots=True, eq=False)
class Departure:
    """A seed as arrays."""

    seed: Seed
    rows: IntArray  # [m] of its sounds
    vector: FloatArray  # [dim] unit length
    source: FloatArray  # [4] its mix of moods
    axes: dict[Axis, float]
    """Percentiles, 0 to 1."""
    fits: FloatArray  # [forms] how far each word stands out


def departure(bearings: Bearings, seed: Seed) -> Departure:
    """Where ``seed`` stands; raises NothingYet if none of its sounds is analysed."""
    rows = bearings.snapshot.shelf.rows
    found = np.array(sorted({rows[sound] for sound in seed.sounds if sound in rows}), np.int64)
    if not len(found):
        raise NothingYet(f"{seed.label}: none of this is analysed yet. Run: musicdesk analyze")
    return at_rows(bearings, seed, found)


def at_rows(bearings: Bearings, seed: Seed, rows: IntArray) -> Departure:
    """A seed that stands where these rows do.  # [m], at least one"""
    moods, space = bearings.moods, bearings.snapshot.shelf.space
    shares = moods.shares[rows].mean(axis=0)
    return Departure(
        seed=seed,
        rows=rows,
        vector=bank.direction(space[rows]),
        source=np.asarray(shares / max(float(shares.sum()), 1e-9), np.float32),
        axes=by_axis(moods.axes[rows].mean(axis=0)),
        fits=bearings.fits(rows).mean(axis=0),
    )


def itself(bearings: Bearings, at: Departure) -> Mask:
    """The sounds of the seed, and other files of the same recordings.  # [n]"""
    shelf = bearings.snapshot.shelf
    held = np.zeros(len(shelf), bool)
    held[at.rows] = True
    if shelf.recordings is not None:
        own = shelf.recordings[at.rows]
        return held | np.isin(shelf.recordings, own[own >= 0])
    for row in at.rows.tolist() if len(at.rows) <= FEW else ():
        alike = shelf.space @ shelf.space[row] > SAME_RECORDING
        held |= alike & (np.abs(shelf.length_s - shelf.length_s[row]) <= SAME_LENGTH_S) & (shelf.length_s > 0)
    return held

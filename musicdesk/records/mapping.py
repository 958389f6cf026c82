"""The library map: where each analysed track lies in two dimensions, and how far that can be believed."""

from dataclasses import dataclass

import numpy as np

from musicdesk.records.analysis import EncoderKey
from musicdesk.records.arrays import FloatArray, IntArray

TORN = 0.3
"""A track that has less than this share of its nearest neighbours near it on the map was torn away from them."""


@dataclass(frozen=True, slots=True, eq=False)
class LibraryMap:
    """Places of sounds, as they were laid out by one encoder's vectors."""

    key: EncoderKey
    hashes: tuple[str, ...]
    places: FloatArray  # [n, 2] -1 to 1, the mean at 0; y upwards
    trust: FloatArray  # [n] share of the ten nearest that are near on the map too, 0 to 1
    trustworthiness: float
    """Of the whole map, 0 to 1 (Venna & Kaski 2001): low where tracks lie together that do not sound alike."""
    shuffled: float
    """The trustworthiness when the same places are dealt out at random: what no map reaches."""
    span: float = 1.0
    """By what the places were divided, so that a new map can begin where this one ended."""
    landmarks: int = 0
    """How many tracks were laid out by their neighbours; the others lie by the nearest of these."""
    made: float = 0.0
    """When, in seconds since the epoch."""

    def __len__(self) -> int:
        return len(self.hashes)


@dataclass(frozen=True, slots=True, eq=False)
class MapPoints:
    """The map as it is looked at: the tracks that are here now, each with the prototype it is nearest to."""

    hashes: tuple[str, ...]
    places: FloatArray  # [n, 2]
    trust: FloatArray  # [n]
    nearest: IntArray  # [n] into ``names``; -1: there is no prototype
    ids: tuple[str, ...]
    """The prototypes' ids, in the order of the taste."""
    names: tuple[str, ...]
    slots: tuple[int, ...]
    """Colour and shape of each prototype."""
    trustworthiness: float
    shuffled: float
    added: int = 0
    """Analysed tracks that came since, and are not on the map."""
    stale: bool = False
    """Whether so much came or went that the map is to be made anew."""
    landmarks: int = 0
    """Against how many of the tracks the trust was measured, in a library too large for all; 0: against all."""

    def __len__(self) -> int:
        return len(self.hashes)

    @property
    def torn(self) -> int:
        """How many tracks were torn away from their neighbours."""
        return int(np.count_nonzero(self.trust < TORN))

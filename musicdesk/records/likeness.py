"""How near a library is to the parts of a taste, as a scale to draw on."""

from dataclasses import dataclass

from musicdesk.records.arrays import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Likeness:
    """How like one prototype the tracks of a library are: which likeness stands behind which percentile.

    Percentiles alone are level in every library. The likeness is the one that the percentiles order: cosine corrected
    for hubs, in deviations from what is usual between track and prototype (plain cosines in a very small library).
    """

    percentiles: FloatArray  # [q] increasing, 0 to 1
    likeness: FloatArray  # [q] increasing with them

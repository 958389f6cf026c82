"""From what someone did and said to one number: the preference degree, above 0 in favour, below 0 against.

After the reconstruction of the CNN paper's w_ui: a rating over five, or the logarithm of the plays over that of the
most played, times how often it was heard to the end. What was said (liked, disliked, stars) goes before what was
done.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from musicdesk.errors import BadRequest
from musicdesk.records import FloatArray

MOST = 20
"""Plays that count in full where nothing is known of the listener's other tracks."""


def degree(
    *, plays: float = 0, skips: float = 0, stars: float | None = None, liked: bool = False, disliked: bool = False,
    most: float = MOST,
) -> float:  # fmt: skip
    """The preference degree of one item, from -1 to 1; 0 where nothing was said or done.

    ``plays`` and ``skips`` are counts, ``stars`` 0 to 5, ``most`` the plays of the listener's most played item.
    Raises BadRequest for counts below 0 or stars out of range.
    """
    rated = np.array([np.nan if stars is None else stars])
    one = degrees([plays], skips=[skips], stars=rated, liked=[liked], disliked=[disliked], most=most)
    return float(one[0])


def degrees(
    plays: npt.ArrayLike, *, skips: npt.ArrayLike = 0, stars: npt.ArrayLike = np.nan, liked: npt.ArrayLike = False,
    disliked: npt.ArrayLike = False, most: float | None = None,
) -> FloatArray:  # fmt: skip
    """Preference degrees of one listener's items, from -1 to 1, column by column as ``degree`` takes them.

    ``stars`` is nan where nothing was rated; ``most`` None takes the most played of these. Raises BadRequest for
    counts below 0 or stars out of range.  # [n]
    """
    said = _Said(*np.broadcast_arrays(*map(np.asarray, (plays, skips, stars, liked, disliked))))
    _check(said)
    full = max(float(np.max(said.plays, initial=0.0)) if most is None else most, 1.0)
    done = _habit(said.plays.astype(np.float64), said.skips.astype(np.float64), full)
    rated = np.where(np.isnan(said.stars), done, _rating(said.stars.astype(np.float64)))
    return np.asarray(np.where(said.disliked, -1.0, np.where(said.liked, 1.0, rated)), np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class _Said:
    plays: npt.NDArray[np.floating]  # [n] each
    skips: npt.NDArray[np.floating]
    stars: npt.NDArray[np.floating]
    liked: npt.NDArray[np.bool_]
    disliked: npt.NDArray[np.bool_]


def _habit(plays: npt.NDArray[np.float64], skips: npt.NDArray[np.float64], most: float) -> npt.NDArray[np.float64]:
    """How often it was begun, times how often it was heard out.

    Heard out always 1, two times of three ½, one of three 0, never -½: to skip a track says less than to dislike it.
    """
    begun = plays + skips
    completion = np.divide(plays, begun, out=np.ones_like(begun), where=begun > 0)
    size = np.minimum(np.log1p(begun) / np.log1p(most), 1.0)
    return np.asarray(size * (3 * completion - 1) / 2)


def _rating(stars: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """A fifth a star from two and a half stars up; below, from -1 (no star) to -⅓ (two)."""
    return np.where(stars >= 2.5, stars / 5, (stars - 3) / 3)


def _check(said: _Said) -> None:
    if (said.plays < 0).any() or (said.skips < 0).any():
        raise BadRequest("Plays and skips are counted from 0 up.")
    if ((said.stars < 0) | (said.stars > 5)).any():
        raise BadRequest("Stars go from 0 to 5.")

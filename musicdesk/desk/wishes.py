"""What a steering asks for, in the words of people: axes with a direction, and the comparatives that name them."""

from collections.abc import Mapping
from dataclasses import dataclass

from musicdesk.records import AXES, Axis, FloatArray, Mood, Moved, Steer

NAMES: Mapping[tuple[Axis, bool], str] = {
    (Axis.AROUSAL, False): "calmer",
    (Axis.AROUSAL, True): "more energetic",
    (Axis.VALENCE, False): "sadder",
    (Axis.VALENCE, True): "happier",
    (Axis.ACOUSTICNESS, False): "more electronic",
    (Axis.ACOUSTICNESS, True): "more acoustic",
    (Axis.BRIGHTNESS, False): "darker",
    (Axis.BRIGHTNESS, True): "brighter",
    (Axis.TEMPO, False): "slower",
    (Axis.TEMPO, True): "faster",
    (Axis.VOCALNESS, False): "more instrumental",
    (Axis.VOCALNESS, True): "more vocals",
}
"""Axis and whether it goes up → what a person calls that."""
STATES: Mapping[tuple[Axis, bool], str] = {
    (Axis.AROUSAL, False): "calm",
    (Axis.AROUSAL, True): "energetic",
    (Axis.VALENCE, False): "sad",
    (Axis.VALENCE, True): "happy",
    (Axis.ACOUSTICNESS, False): "electronic",
    (Axis.ACOUSTICNESS, True): "acoustic",
    (Axis.BRIGHTNESS, False): "dark",
    (Axis.BRIGHTNESS, True): "bright",
    (Axis.TEMPO, False): "slow",
    (Axis.TEMPO, True): "fast",
    (Axis.VOCALNESS, False): "instrumental",
    (Axis.VOCALNESS, True): "vocals",
}
"""What lies in the lower or upper third of an axis is called so."""
MEANT: Mapping[Mood, tuple[Axis, bool]] = {
    Mood.ENERGETIC: (Axis.AROUSAL, True),
    Mood.CALM: (Axis.AROUSAL, False),
    Mood.HAPPY: (Axis.VALENCE, True),
    Mood.SAD: (Axis.VALENCE, False),
}
SAME_PLACE = 0.05
"""A point of the grid that is no further from the seed than this asks for nothing on that axis."""


@dataclass(frozen=True, slots=True)
class Wish:
    """One axis, and which way it shall go."""

    axis: Axis
    up: bool

    @property
    def name(self) -> str:
        """calmer, happier, slower …"""
        return NAMES[self.axis, self.up]

    @property
    def comparative(self) -> str:
        """The same within a sentence: calmer, with more vocals."""
        return f"with {self.name}" if (self.axis, self.up) == (Axis.VOCALNESS, True) else self.name

    def towards(self, place: float) -> float:
        """A percentile as it counts for this wish: how calm where calmer is wished for, 0 to 1."""
        return place if self.up else 1 - place

    def moved(self, before: float, after: float) -> Moved:
        """The way from a seed to a pick; where it went the other way, it is called so."""
        named = self if self.towards(after) >= self.towards(before) else Wish(self.axis, not self.up)
        words = f"{named.name}: {percent(named.towards(before))} → {percent(named.towards(after))}"
        return Moved(self.axis, before, after, words)


def wishes_of(steer: Steer, start: Mapping[Axis, float]) -> tuple[Wish, ...]:
    """What is asked for of a seed that stands at ``start``; each axis once, what was said first counts."""
    asked: dict[Axis, bool] = {}
    for mood, weight in sorted(steer.moods, key=lambda pair: -pair[1]):
        if weight > 0:
            asked.setdefault(*MEANT[mood])
    if steer.point is not None and not steer.moods:
        for axis, place in zip((Axis.VALENCE, Axis.AROUSAL), steer.point, strict=True):
            if abs(place - start[axis]) > SAME_PLACE:
                asked.setdefault(axis, place > start[axis])
    for axis, by in steer.nudges:
        if by:
            asked.setdefault(axis, by > 0)
    return tuple(Wish(axis, up) for axis, up in asked.items())


def both_ways(steer: Steer) -> str:
    """What is asked for in two directions at once, "calmer and more energetic"; "" if nothing is.

    A mix of moods may have both ends of an axis: it lies between them.
    """
    moods = {MEANT[mood] for mood, weight in steer.moods if weight > 0}
    nudged = {(axis, by > 0) for axis, by in steer.nudges if by}
    for axis, up in sorted(nudged):
        against = (axis, not up)
        if against in nudged or (against in moods and (axis, up) not in moods):
            return f"{NAMES[axis, False]} and {NAMES[axis, True]}"
    return ""


def label_of(seed: str, wishes: tuple[Wish, ...]) -> str:
    """As a list is called: Like “Nocturne 2”, but calmer and slower."""
    return f"{seed}, but {in_words(wishes)}" if wishes else seed


def in_words(wishes: tuple[Wish, ...]) -> str:
    """calmer, slower and darker."""
    *first, last = [wish.comparative for wish in wishes] or [""]
    return f"{', '.join(first)} and {last}" if first else last


def state_of(axis: Axis, place: float) -> str:
    """What a percentile is called in the outer thirds of an axis; "" in the middle."""
    return "" if 1 / 3 <= place <= 2 / 3 else STATES[axis, place > 0.5]


def by_axis(places: FloatArray) -> dict[Axis, float]:
    """A row of percentiles by axis.  # [6]"""
    return dict(zip(AXES, places.tolist(), strict=True))


def percent(share: float) -> str:
    """31 for 0.312."""
    return f"{100 * share:.0f}"

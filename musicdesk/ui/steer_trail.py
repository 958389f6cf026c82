"""The steps of a steering: where it began, what was asked for one after the other, and the way back."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from musicdesk.records import AXES, Axis, Mood, Seed, Steer

OPPOSITE: Mapping[Mood, Mood] = {
    Mood.CALM: Mood.ENERGETIC, Mood.ENERGETIC: Mood.CALM, Mood.HAPPY: Mood.SAD, Mood.SAD: Mood.HAPPY,
}  # fmt: skip
GRID = "mood grid"


@dataclass(frozen=True, slots=True)
class Step:
    """One crumb: from where, what is asked for, and what it is called."""

    seed: Seed
    steer: Steer
    name: str


@dataclass(frozen=True, slots=True)
class Trail:
    """Steps, one of which is where the person stands; a new one cuts off those behind it."""

    steps: tuple[Step, ...] = ()
    here: int = -1

    def __bool__(self) -> bool:
        return self.here >= 0

    @property
    def step(self) -> Step:
        """Where the person stands."""
        return self.steps[self.here]

    @property
    def names(self) -> tuple[str, ...]:
        """What the steps are called."""
        return tuple(step.name for step in self.steps)

    def then(self, step: Step) -> "Trail":
        """One step further."""
        return Trail((*self.steps[: self.here + 1], step), self.here + 1)

    def instead(self, step: Step) -> "Trail":
        """The same place, asked otherwise."""
        return Trail((*self.steps[: self.here], step), self.here)

    def at(self, number: int) -> "Trail":
        """Another of these steps; the one that is meant, within those that there are."""
        return replace(self, here=min(max(number, 0), len(self.steps) - 1))


def further(steer: Steer, more: Steer) -> Steer:
    """``steer`` and what ``more`` asks for as well; a mood puts its opposite out, nudges add up to a whole axis."""
    moods = dict(steer.moods)
    for mood, weight in more.moods:
        moods.pop(OPPOSITE[mood], None)
        moods[mood] = weight
    nudges: dict[Axis, float] = dict(steer.nudges)
    for axis, by in more.nudges:
        nudges[axis] = min(1.0, max(-1.0, nudges.get(axis, 0.0) + by))
    return replace(
        steer,
        moods=tuple(moods.items()),
        point=None if more.moods else steer.point,
        nudges=tuple((axis, nudges[axis]) for axis in AXES if nudges.get(axis)),
    )


def pointed(steer: Steer, place: tuple[float, float] | None) -> Steer:
    """``steer`` with a place of the mood grid instead of its moods; None: with neither."""
    return replace(steer, moods=(), point=place)

"""How few tracks suffice: libraries of artists drawn by lot, what is taught beside what needs no teaching.

Each library is searched as the program does it, and its translator is taught however little there is: it is by these
figures that ``mood.fewest`` says below which size the plain method serves. Moods are those that the program hears.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from musicdesk.errors import BadRequest, NotFound
from musicdesk.evaluation import mood_figures
from musicdesk.evaluation.mood_data import MoodData
from musicdesk.evaluation.mood_figures import COMBINED_10, Cases
from musicdesk.evaluation.mood_metrics import COMBINED, Draws
from musicdesk.evaluation.mood_trial import ALL, HEARD, Entry, KeptLists, Outcome, Split, run, whole_library
from musicdesk.evaluation.resampling import Difference
from musicdesk.jobs import Job
from musicdesk.mood.catalogue import Catalogue
from musicdesk.mood.fewest import enough
from musicdesk.mood.methods import BEST_WITHOUT_TRAINING, methods
from musicdesk.records import MOODS, IntArray, Measure

SHARES = (0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.7)
"""Of the artists that a library has."""
BOUNDS = (100, 125, 150, 175, 200, 250)
"""Libraries with as many tracks as one of these or more are told apart from smaller ones."""
TAUGHT = ("translator+labels", "translator")
DRAWS = 6


@dataclass(frozen=True, slots=True)
class FewestPlan:
    """What is to be measured."""

    methods: tuple[str, ...] = TAUGHT
    shares: tuple[float, ...] = SHARES
    bounds: tuple[int, ...] = BOUNDS
    draws: int = DRAWS
    """So many libraries of each share; their numbers are the seeds of the teaching as well."""
    seed: int = 0
    """The number of the first."""
    beside: str = BEST_WITHOUT_TRAINING

    def __post_init__(self) -> None:
        if self.draws < 1 or not self.shares or not all(0 < share <= 1 for share in self.shares):
            raise BadRequest("Libraries are drawn once or more; each has a share of the artists above 0, up to 1.")
        for name in (*self.methods, self.beside):
            if name not in methods():
                raise NotFound(f"There is no way to steer called {name}. These are known: {', '.join(methods())}.")

    @property
    def numbers(self) -> range:
        """The numbers of the libraries of one share."""
        return range(self.seed, self.seed + self.draws)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All that is measured in each library."""
        return tuple(Entry(name, name) for name in dict.fromkeys((*self.methods, self.beside)))


@dataclass(frozen=True, slots=True)
class FewestRow:
    """One way to steer, in all libraries of one size."""

    name: str
    combined: Measure
    combined_10: Measure
    """Each at the strength that the other half of the artists chose."""
    against: Difference
    """The combined figure of the first track less that of what needs no teaching."""
    against_10: Difference
    window: Difference
    """The first of the two at the strength that the window begins with."""
    window_10: Difference


@dataclass(frozen=True, slots=True)
class Size:
    """All libraries of about as many tracks."""

    tracks: tuple[int, int]
    """The smallest and the largest library."""
    rarest: tuple[int, int]
    """So many tracks of them are most likely of the mood that is rarest there."""
    libraries: int
    taught: int
    """In so many of them the program teaches a translator."""
    rows: tuple[FewestRow, ...]


@dataclass(frozen=True, slots=True)
class FewestReport:
    """All sizes, the smallest first."""

    data: str
    artists: int
    beside: str
    sizes: tuple[Size, ...]
    notes: tuple[str, ...] = ()


def measure(
    data: MoodData, plan: FewestPlan, *, out: Path | None = None, notes: Sequence[str] = (), job: Job
) -> FewestReport:
    """Measure each library; ``out`` keeps lists, so that a long comparison can be stopped."""
    drawn = [(share, number) for share in plan.shares for number in plan.numbers]
    told = sorted((_told(data, plan, *one, out, job) for one in drawn), key=lambda one: len(one[0]))
    place = np.digitize([len(part) for part, _, _ in told], plan.bounds)
    sizes = (_size(plan, [told[row] for row in np.flatnonzero(place == size)]) for size in np.unique(place))
    return FewestReport(data.name, len(np.unique(data.artists)), plan.beside, tuple(sizes), tuple(notes))


def library(data: MoodData, share: float, *, seed: int) -> IntArray:
    """The rows of a library: all that some of the artists made.  # [n] of the data"""
    artists = np.unique(data.artists)
    drawn = np.random.default_rng([seed, 71]).permutation(artists)[: max(1, round(share * len(artists)))]
    return np.flatnonzero(np.isin(data.artists, drawn))


_Told = tuple[MoodData, Split, dict[str, Outcome]]


def _told(data: MoodData, plan: FewestPlan, share: float, number: int, out: Path | None, job: Job) -> _Told:
    part = data.part(library(data, share, seed=number))
    split, kept = whole_library(part, number), KeptLists.of(out, part)
    return part, split, run(part, split, plan.entries, labels=HEARD, kept=kept, however_few=True, job=job)


def _size(plan: FewestPlan, told: Sequence[_Told]) -> Size:
    """``told`` are the smallest library to the largest."""
    parts = [part for part, _, _ in told]
    heard = [Catalogue(part.vectors, part.heard, part.labels, part.artists) for part in parts]
    rarest = [int(np.bincount(one.likeliest[one.likeliest >= 0], minlength=len(MOODS)).min()) for one in heard]
    return Size(
        tracks=(len(parts[0]), len(parts[-1])), rarest=(min(rarest), max(rarest)), libraries=len(parts),
        taught=sum(not enough(one) for one in heard), rows=_rows(plan, told),
    )  # fmt: skip


def _rows(plan: FewestPlan, told: Sequence[_Told]) -> tuple[FewestRow, ...]:
    every = {entry.name: _cases(entry, told) for entry in plan.entries}
    plain = every[plan.beside]
    draws = Draws(plain.artists, seed=0)
    return tuple(_row(one, plain, draws) for one in every.values())


def _cases(entry: Entry, told: Sequence[_Told]) -> Cases:
    """The cases of all libraries, an artist's beside each other whatever library they are of."""
    each = [mood_figures.cases(part, entry, [(split, found[entry.name])], ALL) for part, split, found in told]
    return replace(
        each[0], values=np.concatenate([one.values for one in each], axis=1),
        artists=np.concatenate([one.artists for one in each]), chosen=np.concatenate([one.chosen for one in each]),
    )  # fmt: skip


def _row(one: Cases, plain: Cases, draws: Draws) -> FewestRow:
    told = mood_figures.row(one, draws).measures
    first, ten = (mood_figures.against(one, plain, draws, places=places) for places in (1, 10))
    window, window_10 = (mood_figures.against(one.as_usual, plain.as_usual, draws, places=places) for places in (1, 10))
    return FewestRow(
        one.entry.name, told[COMBINED], told[COMBINED_10], first, ten, window, window_10
    )  # fmt: skip

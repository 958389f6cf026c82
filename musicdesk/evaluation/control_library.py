"""Whether the sliders of a taste do what they say in an analysed library, with a handful of likes.

Simulated listeners like a few tracks of one or two of the library's genres (as ``personal`` draws them); each gets the
taste that the desk would make: groups of what they like, and words on offer at gain 0. Every slider is moved from -1 to
2. What a list then holds is told by a witness: the words that an encoder hears (of another encoder where one is named,
for the one in use only agrees with itself), over the whole library but the likes; and strong labels, where the words of
a prototype and of a label say the same, over the labelled tracks of other artists.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np
from scipy.optimize import linear_sum_assignment

from musicdesk.errors import BadRequest, NothingYet
from musicdesk.evaluation import control, control_belief, control_report, personal
from musicdesk.evaluation.control import Response, Sliders
from musicdesk.evaluation.control_report import ControlReport, ControlRow, NamingRow, Stability
from musicdesk.evaluation.metrics import bootstrap
from musicdesk.evaluation.personal import Simulated
from musicdesk.evaluation.personal_library import GenreLibrary
from musicdesk.evaluation.resampling import Values
from musicdesk.jobs import Job
from musicdesk.prototypes import redundancy
from musicdesk.prototypes.agreement import Agreement
from musicdesk.prototypes.belief import weighed
from musicdesk.prototypes.columns import prototype_columns
from musicdesk.prototypes.listeners import Seams
from musicdesk.prototypes.profile import taste_from
from musicdesk.prototypes.providers import Candidate, Ground, from_tags
from musicdesk.prototypes.trained import Trained
from musicdesk.recommend.log import BoolArray
from musicdesk.records import FloatArray, IntArray, Measure, Origin, Prototype, Taste, Vectors

TASTE, COSINE, SHUFFLED = "the taste", "plain cosine columns", "the taste, shuffled"
BELIEVED, DEALT = "the taste, believed gains", "believed gains, dealt"
LABELS = "labels"
TASTE_SEED, OTHERS = 7919, 2
"""As the desk makes a taste."""
AGREES = 0.2
"""So many of the library, those that agree most with a phrase, carry it."""
FEWEST = 5
"""Tracks that must carry a phrase, of those that can be listed."""
NEAREST = 10
"""Tracks by which a name is judged."""
SEEDS, STABLE_LISTENERS = 5, 20
STEM = 4


@dataclass(frozen=True, slots=True)
class LibraryPlan:
    """What is to be measured."""

    listeners: int = 60
    likes: int = 5
    k: int = 20
    seed: int = 0

    def __post_init__(self) -> None:
        if self.listeners < 2 or min(self.likes, self.k) < 1:
            raise BadRequest("Listeners are 2 or more, likes and places 1 or more.")


@dataclass(frozen=True, eq=False)
class ControlLibrary:
    """An analysed library with strong labels, and what its files say of genres."""

    genres: GenreLibrary
    given: Mapping[str, IntArray]
    """Genre of the files → rows."""
    witness: Vectors
    """The same sounds, in the same order, as the witness hears them."""
    seams: Seams | None = None
    """What belongs together, by which a network learns; None: believed gains are not measured."""

    @cached_property
    def ground(self) -> Ground:
        """As the providers of prototypes see it."""
        return Ground(self.genres.vectors, self.genres.space, self.given)

    @cached_property
    def offers(self) -> tuple[Candidate, ...]:
        """All words."""
        return from_tags(self.ground)

    @cached_property
    def hearing(self) -> Agreement:
        """How far sounds agree with words, as the witness hears it."""
        return Agreement(self.witness, self.genres.space, self.given)

    @property
    def n(self) -> int:
        """Sounds."""
        return len(self.genres.vectors)

    def taste(self, likes: IntArray, seed: int = TASTE_SEED) -> Taste:
        """The taste of someone who likes these rows, as the desk makes it."""
        vectors = self.genres.vectors
        return taste_from(
            vectors, self.genres.space, [vectors.hashes[row] for row in likes.tolist()], (),
            rng=np.random.default_rng(seed), others=OTHERS, offers=self.offers,
            total=redundancy.fitting_total(self.n),
        )  # fmt: skip

    def columns(self, prototypes: Sequence[Prototype]) -> FloatArray:
        """As the desk makes them.  # [k, n]"""
        vectors = np.stack([p.vector for p in prototypes])
        return prototype_columns(self.genres.space, vectors, around=self.genres.crowd)[0]


def measure(library: ControlLibrary, plan: LibraryPlan, *, data: str, job: Job) -> ControlReport:
    """Measure slider response, naming, faithfulness and stability.

    Raises NothingYet where the genres are too small for so many likes.
    """
    people = _people(library, plan)
    tastes = [library.taste(one.likes) for one in job.each(people, text="Making tastes")]
    witnesses = {f"words of {library.witness.key.name}": _by_words(library), LABELS: _by_labels(library)}
    networks = _networks(library, people, job=job)
    own_tastes = _weighed(library, people, tastes, networks, plan)
    rows: list[ControlRow] = []
    for name, mix in _ways(library, plan.seed).items():
        for witness, carried in witnesses.items():
            own = own_tastes.get(name, tastes)
            if not own:
                continue
            told = _responses(library, people, own, mix, carried, plan, labelled=witness == LABELS)
            rows += control_report.rows(name, witness, told, seed=plan.seed)
    if not rows:
        raise NothingYet("No prototype has a word that the witness knows, so no slider can be judged.")
    naming = _named_words(library)
    rng = np.random.default_rng([plan.seed, 31])
    heard = [offer.faithful for offer in library.offers if offer.faithful is not None]
    return ControlReport(
        data=data, kind="library", k=plan.k, listeners=len(people), candidates=library.n,
        prototypes=round(float(np.mean([len(taste.prototypes) for taste in tastes]))), rows=tuple(rows),
        naming=naming, named=bootstrap([row.precision for row in naming], rng=rng) if naming else None,
        named_groups=_named_groups(library, people, tastes, rng), heard=bootstrap(heard, rng=rng) if heard else None,
        stability=_stability(library, people, plan, rng, job=job),
        believed=control_belief.believed(
            library.seams, library.genres.space, people, tastes, networks, rng=rng, job=job,
            gained=_found(library, people, own_tastes[BELIEVED]) - _found(library, people, tastes),
        ) if library.seams else None,
        notes=(library.genres.source, *library.genres.notes),
    )  # fmt: skip


def says_the_same(phrase: str, label: str) -> bool:
    """Whether the last word of a phrase, which is what it is of, is a word of a label: hard rock, rock and metal.

    Words of four letters and more are the same if one begins with the other and is longer by two at most.
    """
    words = re.findall(r"[\w&'-]+", phrase.casefold())
    return bool(words) and any(_same_word(words[-1], part) for part in re.findall(r"[\w&'-]+", label.casefold()))


def _same_word(first: str, second: str) -> bool:
    if first == second:
        return True
    begins = first.startswith(second) or second.startswith(first)
    return begins and min(len(first), len(second)) >= STEM and abs(len(first) - len(second)) <= 2


# ------------------------------------------------------------------------------------------------ lists and witnesses

_Mix = Callable[[Taste], tuple[FloatArray, FloatArray]]
"""Taste -> columns [k, n] and gains [k] of its prototypes."""
_Witness = Callable[[Prototype], BoolArray | None]
"""Prototype -> which tracks carry what it says [n], None where it cannot be told."""


def _people(library: ControlLibrary, plan: LibraryPlan) -> list[Simulated]:
    """Half of them like one genre, half two, where there are enough."""
    found: list[Simulated] = []
    for genres in (1, 2):
        rng = np.random.default_rng([plan.seed, genres])
        count = plan.listeners // 2 if genres == 1 else plan.listeners - plan.listeners // 2
        try:
            found += personal.simulate(library.genres, likes=plan.likes, genres=genres, listeners=count, rng=rng)
        except NothingYet:
            if not found:
                raise
    return found


def _networks(library: ControlLibrary, people: Sequence[Simulated], *, job: Job) -> list[Trained]:
    """Everyone's own; none where it is not known what belongs together."""
    told = job.each(people if library.seams else (), text="Learning what goes with the prototypes")
    return [control_belief.taught(library.seams, library.genres.space, one.likes) for one in told if library.seams]


def _weighed(
    library: ControlLibrary, people: Sequence[Simulated], tastes: Sequence[Taste], networks: Sequence[Trained],
    plan: LibraryPlan,
) -> dict[str, list[Taste]]:  # fmt: skip
    """The tastes of the ways that a network has a say in; none without one."""
    found: dict[str, list[Taste]] = {BELIEVED: [], DEALT: []}
    for one, taste, network in zip(people, tastes, networks, strict=bool(networks)):
        found[BELIEVED].append(weighed(taste, network, library.genres.space[one.likes]))
    rng = np.random.default_rng([plan.seed, 33])
    return {**found, DEALT: [control_belief.dealt(taste, rng=rng) for taste in found[BELIEVED]]}


def _found(library: ControlLibrary, people: Sequence[Simulated], tastes: Sequence[Taste]) -> Values:
    """What the lists of tastes find of what is liked.  # [people, FOUND]"""
    scores = (taste.gains @ library.columns(taste.prototypes) for taste in tastes)
    return np.array([control_belief.found(row, one) for row, one in zip(scores, people, strict=True)])


def _ways(library: ControlLibrary, seed: int) -> dict[str, _Mix]:
    def desk(taste: Taste) -> tuple[FloatArray, FloatArray]:
        return library.columns(taste.prototypes), taste.gains

    def cosine(taste: Taste) -> tuple[FloatArray, FloatArray]:
        return np.stack([p.vector for p in taste.prototypes]) @ library.genres.space.T, taste.gains

    def shuffled(taste: Taste) -> tuple[FloatArray, FloatArray]:
        dealt = control.dealt(len(taste.prototypes), rng=np.random.default_rng([seed, 32]))
        return library.columns(taste.prototypes)[dealt], taste.gains[dealt]

    return {TASTE: desk, BELIEVED: desk, DEALT: desk, COSINE: cosine, SHUFFLED: shuffled}


def _by_words(library: ControlLibrary) -> _Witness:
    known: dict[str, BoolArray | None] = {}

    def carried(prototype: Prototype) -> BoolArray | None:
        phrase = prototype.word or prototype.name
        if phrase not in known:
            shares = library.hearing.of_rows(phrase, np.arange(library.n))
            known[phrase] = None if shares is None else shares >= np.quantile(shares, 1 - AGREES)
        return known[phrase]

    return carried


def _by_labels(library: ControlLibrary) -> _Witness:
    def carried(prototype: Prototype) -> BoolArray | None:
        label = _label_of(prototype, library.genres.names)
        return None if not label else np.array([name == label for name in library.genres.genres])

    return carried


def _label_of(prototype: Prototype, labels: Sequence[str]) -> str:
    """The one label that a prototype's word says, or of a name what stands last, its genre; "" if there is none."""
    phrase = prototype.word or prototype.name
    found = [label for label in labels if says_the_same(phrase, label)]
    return found[0] if len(found) == 1 else ""


def _responses(
    library: ControlLibrary, people: Sequence[Simulated], tastes: Sequence[Taste], mix: _Mix,
    witness: _Witness, plan: LibraryPlan, *, labelled: bool,
) -> list[Response]:  # fmt: skip
    """What the sliders of every taste do; listeners without one that can be judged are left out."""
    told = []
    for one, taste in zip(people, tastes, strict=True):
        items = one.offered if labelled else np.setdiff1d(np.arange(library.n), one.likes)
        told_by = [witness(prototype) for prototype in taste.prototypes]
        nobody = np.zeros(library.n, bool)
        carried = np.stack([nobody if rows is None else rows for rows in told_by])[:, items]
        count = carried.sum(axis=1)
        asked = np.flatnonzero((count >= FEWEST) & (count < len(items)))
        if len(asked) and len(items) > plan.k:
            (columns, gains), rest = mix(taste), np.zeros(len(items), np.float32)
            held = np.flatnonzero(np.isin(items, one.offered[one.relevant > 0]))
            told.append(control.respond(Sliders(columns[:, items], gains, carried, rest, asked, held), k=plan.k))
    return told


# ------------------------------------------------------------------------------------------------ names and seeds


def _precision(library: ControlLibrary, vector: FloatArray, label: str, *, but: IntArray) -> float:
    """The share of a label among the labelled tracks that are nearest to a direction, some left out."""
    labels = np.array(library.genres.genres)
    known = np.setdiff1d(np.flatnonzero(labels != ""), but)
    near = known[np.argsort(-(library.genres.space[known] @ vector), kind="stable")[:NEAREST]]
    return float((labels[near] == label).mean())


def _named_words(library: ControlLibrary) -> tuple[NamingRow, ...]:
    """The words that a label can judge, the best first."""
    labels = np.array(library.genres.genres)
    found = []
    for offer in library.offers:
        matching = [label for label in library.genres.names if says_the_same(offer.word, label)]
        if len(matching) == 1:
            base = float((labels[labels != ""] == matching[0]).mean())
            precise = _precision(library, offer.vector, matching[0], but=np.zeros(0, np.int64))
            found.append(NamingRow(offer.word, matching[0], precise, base))
    return tuple(sorted(found, key=lambda row: -row.precision))


def _named_groups(
    library: ControlLibrary, people: Sequence[Simulated], tastes: Sequence[Taste], rng: np.random.Generator
) -> Measure | None:
    """Precision of the names of what is liked, among tracks that are not liked; over listeners."""
    values, units = [], []
    for number, (one, taste) in enumerate(zip(people, tastes, strict=True)):
        for prototype in taste.prototypes:
            label = _label_of(prototype, library.genres.names) if prototype.origin is Origin.LIKES else ""
            if label:
                values.append(_precision(library, prototype.vector, label, but=one.likes))
                units.append(number)
    return bootstrap(values, rng=rng, units=units) if values else None


def _stability(
    library: ControlLibrary, people: Sequence[Simulated], plan: LibraryPlan, rng: np.random.Generator, *, job: Job
) -> Stability:
    """Pairs of seeds, for some listeners of each kind."""
    values, units = [], []
    some = people[:: max(1, len(people) // STABLE_LISTENERS)]
    for number, one in enumerate(job.each(some, text="Making tastes anew")):
        tastes = [library.taste(one.likes, TASTE_SEED + seed) for seed in range(SEEDS)]
        lists = [_first(library, taste, one, plan.k) for taste in tastes]
        for a, b in combinations(range(SEEDS), 2):
            values.append((*_alike(tastes[a], tastes[b]), float(np.isin(lists[a], lists[b]).mean())))
            units.append(number)
    columns = zip(*values, strict=True)
    return Stability(SEEDS, *(bootstrap(column, rng=rng, units=units) for column in columns))


def _alike(first: Taste, second: Taste) -> tuple[float, float, float]:
    """Mean cosine of matched prototypes of what is liked, share of them of one name, whether they are as many."""
    ours, theirs = ([p for p in taste.prototypes if p.origin is Origin.LIKES] for taste in (first, second))
    near = np.stack([p.vector for p in ours]) @ np.stack([p.vector for p in theirs]).T
    pairs = list(zip(*linear_sum_assignment(-near), strict=True))
    most = max(len(ours), len(theirs))
    cosine = sum(float(near[a, b]) for a, b in pairs) / most
    names = sum(ours[a].name == theirs[b].name for a, b in pairs) / most
    return cosine, names, float(len(ours) == len(theirs))


def _first(library: ControlLibrary, taste: Taste, one: Simulated, k: int) -> IntArray:
    scores = (taste.gains @ library.columns(taste.prototypes))[one.offered]
    return np.asarray(one.offered[control.first_of(scores[None], k)[0]], np.int64)

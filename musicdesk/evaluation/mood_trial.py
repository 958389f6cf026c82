"""One way to steer on one split: what it may learn from, what is asked of it, and the lists that it gives.

Under both sets of labels what is searched is labelled as the program hears it, since a program has nothing better; the
truth of tracks that are learned from and of the seeds is told where labels are *given*, and heard as well where they
are *heard*. Seeds are asked for all four moods; those that they have already are told apart later.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path

import numpy as np

from musicdesk.encoders.convnet.labels import folds
from musicdesk.errors import BadRequest, DataFolderError
from musicdesk.evaluation.mood_data import MoodData, one_hot
from musicdesk.evaluation.mood_metrics import PLACES
from musicdesk.jobs import Job
from musicdesk.mood.catalogue import Catalogue
from musicdesk.mood.methods import ORACLES, TRAINED, WITH_LABELS, make
from musicdesk.mood.steps import USUAL
from musicdesk.mood.translation import Translation, TranslatorConfig
from musicdesk.recommend.log import BoolArray
from musicdesk.records import MOODS, UNCERTAIN, FloatArray, IntArray
from musicdesk.whole_files import whole

GIVEN, HEARD = "given", "heard"
HELD_OUT, ALL, VALIDATION = "held out", "all", "validation"
"""What is searched: the tracks of the seeds' own part, as in the paper; every track; what settings are chosen on."""
STRENGTHS = tuple(round(step / 10, 1) for step in range(11))
"""The ladder by which one is chosen, and along which curves are drawn."""
ASKED = (*STRENGTHS, USUAL)
"""Every list is made at each: the ladder, then what the window begins with."""
AT_USUAL = len(STRENGTHS)
PARTS = 10
METHOD, ABLATION, CONTROL = "method", "ablation", "control"


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a table."""

    name: str
    method: str
    kind: str = METHOD
    config: TranslatorConfig = field(default_factory=TranslatorConfig)
    shuffled: bool = False
    """Whether the moods are dealt out anew over what is learned from."""
    whole: str = ""
    """The row beside which it is seen what was switched off; "" for what is whole."""


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """Rows for three purposes; no artist serves two, but where a library is searched as the program does."""

    number: int
    seed: int
    learned: IntArray
    validation: IntArray
    asked: IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Lists:
    """What one way found in one part, for every seed and mood."""

    seeds: IntArray  # [m] rows
    targets: IntArray  # [m] places in MOODS
    found: IntArray  # [ASKED, m, PLACES] rows, best first

    def __len__(self) -> int:
        return len(self.seeds)


Outcome = Mapping[str, Lists]
"""What is searched -> what was found."""


def ablations(method: str = "translator") -> tuple[Entry, ...]:
    """A trained method with each loss alone, without each, and with the other choices switched."""
    switched = {
        "as published": TranslatorConfig.published(),
        "cosine alone": TranslatorConfig(triplet=0.0, relaxed=0.0),
        "triplet alone": TranslatorConfig(cosine=0.0, relaxed=0.0),
        "relaxed cross-entropy alone": TranslatorConfig(cosine=0.0, triplet=0.0),
        "without cosine": TranslatorConfig(cosine=0.0),
        "without triplet": TranslatorConfig(triplet=0.0),
        "without relaxed cross-entropy": TranslatorConfig(relaxed=0.0),
        "cross-entropy not relaxed": TranslatorConfig(hint=1.0),
        "without identity pairs": TranslatorConfig(identity=False),
        "proxies by the artist too": TranslatorConfig(artist_disjoint=False),
        "the nearest proxy alone": TranslatorConfig(neighbours=1),
        "proxies from the whole mood": TranslatorConfig(reach=1.0),
        "seed not added": TranslatorConfig(residual=False),
        "no dropout": TranslatorConfig(dropout=0.0, label_dropout=0.0),
        "one mood each": TranslatorConfig(soft=False),
        "sure moods alone": TranslatorConfig(unsure=False),
        "one mood each, sure ones alone": TranslatorConfig(soft=False, unsure=False),
    }
    ending = f" {WITH_LABELS}" if method.endswith(WITH_LABELS) else ""
    return tuple(Entry(name + ending, method, ABLATION, config, whole=method) for name, config in switched.items())


def splits(data: MoodData, seed: int, parts: int = PARTS) -> tuple[Split, ...]:
    """Every artist once among the asked: parts by artist in which the moods are spread evenly."""
    known = data.truth != UNCERTAIN
    names = [f"{artist:08}" for artist in data.artists[known]]
    part = np.full(len(data), -1)
    part[known] = folds(names, data.truth[known], parts, seed=seed)
    return tuple(
        Split(
            number, seed,
            learned=np.flatnonzero((part != number) & (part != (number + 1) % parts) & known),
            validation=np.flatnonzero(part == (number + 1) % parts), asked=np.flatnonzero(part == number),
        ) for number in range(parts)
    )  # fmt: skip


def whole_library(data: MoodData, seed: int) -> Split:
    """As the program does: it learns from what it hears of all, and searches all."""
    known = np.flatnonzero(data.truth != UNCERTAIN)
    return Split(PARTS, seed, learned=np.arange(len(data)), validation=known[:0], asked=known)


def run(
    data: MoodData, split: Split, entries: Sequence[Entry], *, labels: str, kept: "KeptLists", job: Job,
    however_few: bool = False,
) -> dict[str, Outcome]:  # fmt: skip
    """What every entry finds; networks that two of them share are trained once.

    ``however_few`` teaches with what there is. Raises NothingYet where there is too little otherwise.
    """
    if labels not in (GIVEN, HEARD):
        raise BadRequest(f"Labels are {GIVEN} or {HEARD}, not {labels}.")
    space, trained = data.space(split.learned), dict[tuple[TranslatorConfig, bool], Translation]()
    told = {}
    for entry in entries:
        job.check()
        found = kept.get(entry, split, labels)
        if found is None:
            found = _outcome(_Task(data, space, split, entry, labels, however_few), trained, job)
            kept.put(entry, split, labels, found)
        told[entry.name] = found
    return told


def ranked(scores: FloatArray, allowed: BoolArray) -> IntArray:
    """The first PLACES of what is allowed, best first.  # [m, n], [m, n] -> [m, PLACES]"""
    masked = np.where(allowed, np.nan_to_num(scores, neginf=-1e9), -np.inf)
    some = np.argpartition(-masked, PLACES - 1, axis=1)[:, :PLACES]
    order = np.argsort(-np.take_along_axis(masked, some, 1), axis=1, kind="stable")
    return np.asarray(np.take_along_axis(some, order, 1), np.int64)


# ------------------------------------------------------------------------------------------------ one way, one split


@dataclass(frozen=True, slots=True, eq=False)
class _Task:
    data: MoodData
    space: FloatArray
    split: Split
    entry: Entry
    labels: str
    however_few: bool

    @property
    def rng(self) -> np.random.Generator:
        return np.random.default_rng([self.split.seed, self.split.number, 17])

    def catalogue(self) -> Catalogue:
        """All sounds, labelled as they may be known."""
        labels, shares = self.data.labels.copy(), self.data.heard.copy()
        learned = self.split.learned
        if self.labels == GIVEN:
            labels[learned] = self.data.truth[learned]
            shares[learned] = one_hot(labels[learned])
        if self.entry.shuffled:
            dealt = self.rng.permutation(learned)
            labels[learned], shares[learned] = labels[dealt], shares[dealt]
        return Catalogue(self.space, shares, labels, self.data.artists, self.data.truth)

    def source(self, seeds: IntArray) -> FloatArray:
        """The mood that the seeds have, as it may be known: what is heard as shares.  # [m, 4]"""
        return one_hot(self.data.truth[seeds]) if self.labels == GIVEN else self.data.heard[seeds]


def _outcome(task: _Task, trained: dict[tuple[TranslatorConfig, bool], Translation], job: Job) -> Outcome:
    catalogue, split = task.catalogue(), task.split
    translator = None
    if task.entry.method in TRAINED:
        from musicdesk.mood.training import fit  # torch, for which nothing else here has to wait

        key = task.entry.config, task.entry.shuffled
        if key not in trained:
            config = TranslatorConfig(**{**asdict(task.entry.config), "seed": 100 * split.seed + split.number})
            learned = catalogue.part(split.learned)
            trained[key] = fit(learned, config=config, job=job, however_few=task.however_few)
        translator = trained[key]
    pools = {HELD_OUT: (split.asked, split.asked), ALL: (split.asked, np.arange(len(task.data)))}
    if len(split.validation):
        pools[VALIDATION] = (split.validation, split.validation)
    else:
        del pools[HELD_OUT]
    return {name: _lists(task, catalogue, translator, *pool) for name, pool in pools.items()}


def _lists(
    task: _Task, catalogue: Catalogue, translator: Translation | None, asked: IntArray, searched: IntArray
) -> Lists:
    seeds, targets = np.repeat(asked, len(MOODS)), np.tile(np.arange(len(MOODS)), len(asked))
    allowed = task.data.artists[seeds][:, None] != task.data.artists[searched][None]
    enough = allowed.sum(axis=1) >= PLACES
    seeds, targets, allowed = seeds[enough], targets[enough], allowed[enough]
    oracle = task.entry.method in ORACLES  # who draws from the nearest must draw from what is searched
    method = make(
        task.entry.method, catalogue.part(searched) if oracle else catalogue, translator=translator, rng=task.rng
    )  # fmt: skip
    columns = np.arange(len(searched)) if oracle else searched
    wanted, source = one_hot(targets), task.source(seeds)
    found = [
        searched[ranked(method.scores(task.space[seeds], source, wanted, strength=strength)[:, columns], allowed)]
        for strength in ASKED
    ] if len(seeds) else []  # fmt: skip
    return Lists(seeds, targets, np.array(found, np.int64).reshape(len(ASKED), len(seeds), PLACES))


# ------------------------------------------------------------------------------------------------ what is kept


@dataclass(frozen=True, slots=True)
class KeptLists:
    """One .npz an outcome in ``folder``, so that a long comparison can be stopped; None keeps nothing.

    A name is made of all that decides an outcome but the code of the methods: after changing one, begin a new folder.
    """

    folder: Path | None
    place: str = ""

    @classmethod
    def of(cls, folder: Path | None, data: MoodData) -> "KeptLists":
        """For this data; makes the folder. Raises DataFolderError if that cannot be."""
        if folder is None:
            return cls(None)
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DataFolderError(f"The folder {folder} cannot be made: {error.strerror}.") from error
        told = sha256()
        for part in (data.vectors, data.artists, data.feel, data.heard, data.labels):
            told.update(np.ascontiguousarray(part).tobytes())
        return cls(folder, told.hexdigest()[:16])

    def get(self, entry: Entry, split: Split, labels: str) -> Outcome | None:
        """What was kept, or None; a file that is broken counts as none."""
        path = self._path(entry, split, labels)
        if path is None or not path.is_file():
            return None
        try:
            with np.load(path, allow_pickle=False) as found:
                names = [key[len("seeds of ") :] for key in found.files if key.startswith("seeds of ")]
                return {
                    name: Lists(found[f"seeds of {name}"], found[f"targets of {name}"], found[f"found of {name}"])
                    for name in names
                }
        except (OSError, ValueError, KeyError):
            return None

    def put(self, entry: Entry, split: Split, labels: str, outcome: Outcome) -> None:
        """Keep an outcome."""
        path = self._path(entry, split, labels)
        if path is None:
            return
        arrays = {
            f"{part} of {name}": getattr(lists, part)
            for name, lists in outcome.items()
            for part in ("seeds", "targets", "found")
        }
        try:
            with whole(path) as new, new.open("wb") as file:
                np.savez_compressed(file, **arrays)
        except OSError as error:
            raise DataFolderError(f"{path} could not be written: {error.strerror}.") from error

    def _path(self, entry: Entry, split: Split, labels: str) -> Path | None:
        if self.folder is None:
            return None
        rows = [split.learned.tolist(), split.asked.tolist()]
        config = asdict(entry.config)
        told = [self.place, entry.method, config, entry.shuffled, split.seed, split.number, rows, labels, ASKED]
        word = sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:12]
        name = "".join(c if c.isalnum() or c == "-" else "-" for c in entry.name)
        return self.folder / f"{name}-{labels}-seed-{split.seed}-{split.number}-{word}.npz"

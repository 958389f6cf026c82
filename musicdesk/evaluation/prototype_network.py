"""The audio prototypical network beside black boxes, on listeners whom none of them has met.

All methods learn from the same listeners and see the same of those who are asked (see ``strong_generalisation``).
Settings of the black boxes are chosen by the validation listeners, out of the grids of ``recommender_tuning``. Those of
the network are its defaults: they were chosen on the first split of seed 0, with a look at who is asked there. So the
default is another seed, under which everybody is dealt anew; the log stays the same.
"""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix

from musicdesk.errors import BadRequest, DataFolderError, NotFound, UserFacing
from musicdesk.evaluation import strong_generalisation as strong
from musicdesk.evaluation import tagged_artists
from musicdesk.evaluation.recommender_tuning import grid
from musicdesk.evaluation.resampling import Values
from musicdesk.evaluation.strong_generalisation import METRICS, Scorer, StrongProtocol, StrongSplit
from musicdesk.evaluation.tagged_artists import TaggedArtists
from musicdesk.jobs import Job
from musicdesk.prototypes import training
from musicdesk.prototypes.trained import DEEP, PROTOTYPES, SONGS, NetworkConfig, Trained
from musicdesk.recommend import registry
from musicdesk.recommend.log import History
from musicdesk.records import FloatArray
from musicdesk.whole_files import whole

NETWORK, CHANCE = "prototypes", "chance"
SHUFFLED = "shuffled sounds"
VARIANTS: Mapping[str, Mapping[str, Any]] = {
    "": {},
    "no calibration": {"calibration": 0.0},
    "no separability": {"separability": 0.0},
    "neither": {"calibration": 0.0, "separability": 0.0},
    "prototypes' values alone": {"values": PROTOTYPES},
    "songs' values alone": {"values": SONGS},
    "free keys and values": {"tied": False},
    "deep head": {"head": DEEP},
    "sound alone": {"own": False},
    "nothing forgotten": {"forgotten": 0.0},
    "half forgotten": {"forgotten": 0.5},
    SHUFFLED: {},
}
"""Rows of the network: what each changes in its config. "" is the network itself."""
BLACK_BOXES = (
    "popularity", "item-knn", "ease", "elsa", "hybrid", "mult-vae", "recvae", "macridvae", "protomf",
)  # fmt: skip
"""What it is compared with, as far as there is a recommender of that name."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row to come."""

    method: str
    """NETWORK, CHANCE or a recommender."""
    variant: str = ""
    """What of the network is left out or changed."""

    def __str__(self) -> str:
        return f"{self.method}, {self.variant}" if self.variant else self.method


FRESH = 7
"""A seed that nothing was chosen by."""


@dataclass(frozen=True, slots=True)
class NetworkPlan:
    """What is to be measured."""

    methods: tuple[str, ...] = ()
    """NETWORK and recommenders; none: all there are."""
    ablations: bool = True
    splits: int = 3
    prototypes: int = 60
    every_tag: bool = False
    """Whether tags that say nothing of the sound are prototypes too."""
    tune: bool = True
    """Whether the black boxes' settings are chosen by the validation listeners of the first split."""
    protocol: StrongProtocol = field(default_factory=lambda: StrongProtocol(seed=FRESH))
    seed: int = FRESH
    """Of the training."""

    def __post_init__(self) -> None:
        if not 1 <= self.splits <= self.protocol.parts or self.prototypes < 2:
            raise BadRequest(f"There are 1 to {self.protocol.parts} splits, and 2 or more prototypes.")
        for name in self.methods:
            if name != NETWORK:
                registry.spec(name)

    @property
    def rows(self) -> tuple[Row, ...]:
        """All rows but chance."""
        boxes = [name for name in BLACK_BOXES if name in registry.names()]
        chosen = dict.fromkeys(self.methods or (NETWORK, *boxes))
        variants = VARIANTS if self.ablations else ("",)
        ours = [Row(NETWORK, variant) for variant in variants] if NETWORK in chosen else []
        return (*ours, *(Row(name) for name in chosen if name != NETWORK))


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """What came of one row in one split."""

    values: Values  # [m, METRICS] of the listeners who were asked
    validated: Values  # [v, METRICS] of the validation listeners
    fit_s: float
    agreement: float = float("nan")
    """Network: mean rank correlation between the profile and the tags of what is known of a listener."""


def trials(
    artists: TaggedArtists, plan: NetworkPlan, *, out: Path | None = None, job: Job
) -> tuple[dict[Row, list[Trial]], list[StrongSplit], tuple[str, ...]]:
    """All rows on all splits, the splits, and sentences about rows that could not be measured."""
    splits = [strong.split(artists.data.log, plan.protocol, number) for number in range(plan.splits)]
    kept = _Kept.of(out, artists, plan)
    found: dict[Row, list[Trial]] = {Row(CHANCE): [_by_chance(part) for part in splits]}
    notes: list[str] = []
    for row in job.each(plan.rows, text="Comparing the network with black boxes"):
        try:
            settings = _settings(row, artists, splits[0], plan, kept, job=job)
            found[row] = [_trial(row, artists, part, settings, plan, kept, job=job) for part in splits]
        except UserFacing as error:
            if isinstance(error, (DataFolderError, NotFound)):
                raise
            notes.append(f"{row} was left out: {error}")
    return found, splits, tuple(notes)


def _trial(
    row: Row, artists: TaggedArtists, part: StrongSplit, settings: Mapping[str, Any], plan: NetworkPlan,
    kept: "_Kept", *, job: Job,
) -> Trial:  # fmt: skip
    ours = repr(NetworkConfig()) if row.method == NETWORK else ""
    name = f"{row} {part.number} {json.dumps(dict(settings), sort_keys=True)} {ours}"
    known = kept.get(name)
    if known is not None:
        return known
    job.say(f"{row}, split {part.number + 1}")
    began = time.process_time()
    seed = plan.seed + part.number
    if row.method == NETWORK:
        config = replace(NetworkConfig(seed=seed), **settings)
        scorer, agreement = _network(artists, part, config, shuffled=row.variant == SHUFFLED)
    else:
        scorer, agreement = _black_box(row.method, settings, artists, part, seed), float("nan")
    learned = time.process_time() - began
    told = [strong.measured(scorer, asked, part.candidates, rng=np.random.default_rng([seed, 5]))
            for asked in (part.test, part.validation)]  # fmt: skip
    trial = Trial(told[0], told[1], learned, agreement)
    kept.put(name, trial)
    return trial


def _settings(
    row: Row, artists: TaggedArtists, part: StrongSplit, plan: NetworkPlan, kept: "_Kept", *, job: Job
) -> Mapping[str, Any]:
    """The network's variant, or the settings of a black box with the best recall for the validation listeners."""
    if row.method == NETWORK:
        return VARIANTS[row.variant]
    choices = grid(row.method) if plan.tune else ({},)
    if len(choices) < 2:
        return choices[0]
    recall = METRICS.index("recall@20")
    tried = [_trial(row, artists, part, choice, plan, kept, job=job) for choice in choices]
    return choices[int(np.argmax([one.validated[:, recall].mean() for one in tried]))]


# ------------------------------------------------------------------------------------------------ methods


def fitted(artists: TaggedArtists, part: StrongSplit, config: NetworkConfig, *, job: Job) -> Trained:
    """The network, taught by the train part."""
    return training.fit(
        part.train.matrix(), artists.sounds, artists.prototypes, artists.tags, config=config, job=job
    )  # fmt: skip


def scorer_of(trained: Trained, artists: TaggedArtists) -> Scorer:
    """The network's scores for histories."""

    def scores(histories: Sequence[History]) -> FloatArray:
        rows = _matrix(histories, len(artists.sounds), trained.config.power)
        return trained.scores(rows, artists.sounds, artists.prototypes)

    return scores


def _network(
    artists: TaggedArtists, part: StrongSplit, config: NetworkConfig, *, shuffled: bool
) -> tuple[Scorer, float]:
    if shuffled:
        artists = artists.with_sounds_dealt(rng=np.random.default_rng([config.seed, 4]))
    trained = fitted(artists, part, config, job=Job())
    return scorer_of(trained, artists), _agreement(trained, artists, part)


def _agreement(trained: Trained, artists: TaggedArtists, part: StrongSplit) -> float:
    """How well the order of the prototypes in a profile is that of the tags of what is known (Spearman, mean)."""
    from scipy.stats import spearmanr

    tags, found = np.nan_to_num(artists.tags), []
    for history in part.test.known:
        told = tags[history.items].sum(axis=0)
        profile = trained.profile(artists.sounds[history.items], artists.prototypes, rows=history.items)
        if told.std() > 0 and profile.std() > 0:
            found.append(float(spearmanr(told, profile).statistic))
    return float(np.mean(found)) if found else float("nan")


def _black_box(
    method: str, settings: Mapping[str, Any], artists: TaggedArtists, part: StrongSplit, seed: int
) -> Scorer:
    made = registry.make(method, **{"seed": seed, **settings})
    made.fit(part.train, artists.data.vectors, job=Job())
    return lambda histories: made.scores(np.stack([made.profile(history) for history in histories]))


def _matrix(histories: Sequence[History], n_items: int, power: float) -> csr_matrix:
    return csr_matrix(np.stack([np.maximum(history.row(n_items, power=power), 0) for history in histories]))


def _by_chance(part: StrongSplit) -> Trial:
    told = [strong.by_chance(asked, part.candidates) for asked in (part.test, part.validation)]
    return Trial(told[0], told[1], 0.0)


# ------------------------------------------------------------------------------------------------ outcomes that stay


@dataclass(frozen=True, slots=True)
class _Kept:
    """One .npz a trial in ``folder``; None keeps nothing. Named by all that decides an outcome but the code."""

    folder: Path | None
    place: str

    @classmethod
    def of(cls, folder: Path | None, artists: TaggedArtists, plan: NetworkPlan) -> "_Kept":
        if folder is None:
            return cls(None, "")
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DataFolderError(f"The folder {folder} cannot be made: {error.strerror}.") from error
        digest = sha256()
        log = artists.data.log
        for part in (log.users, log.items, log.degrees, artists.sounds, artists.prototypes):
            digest.update(np.ascontiguousarray(part).tobytes())
        return cls(folder, f"{digest.hexdigest()} {plan.protocol!r} {plan.seed}")

    def get(self, name: str) -> Trial | None:
        path = self._path(name)
        if path is None or not path.is_file():
            return None
        try:
            with np.load(path, allow_pickle=False) as found:
                numbers = (float(found["fit_s"]), float(found["agreement"]))
                return Trial(found["values"], found["validated"], *numbers)
        except (OSError, ValueError, KeyError):
            return None

    def put(self, name: str, trial: Trial) -> None:
        path = self._path(name)
        if path is None:
            return
        numbers: dict[str, Any] = {name: getattr(trial, name) for name in ("fit_s", "agreement")}
        try:
            with whole(path) as new, new.open("wb") as file:
                np.savez_compressed(file, values=trial.values, validated=trial.validated, **numbers)
        except OSError as error:
            raise DataFolderError(f"{path} could not be written: {error.strerror}.") from error

    def _path(self, name: str) -> Path | None:
        told = sha256(f"{self.place} {name}".encode()).hexdigest()[:16]
        return None if self.folder is None else self.folder / f"strong-{told}.npz"


def load(folder: Path, *, prototypes: int, every_tag: bool = False, encoder: str = "") -> TaggedArtists:
    """The data of ``folder``; raises NotFound if it is not that data set."""
    if not tagged_artists.is_here(folder):
        raise NotFound(
            f"{folder} is not the folder of HetRec Last.fm with its tags ({tagged_artists.TAGGED}) and features."
        )
    return tagged_artists.load(folder, prototypes=prototypes, every_tag=every_tag, encoder=encoder)

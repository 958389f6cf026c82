"""Is the same recording found again in another encoding, and is anything else taken for it? On a folder of real music.

Some tracks are copied whole in several encodings, and everything is analysed as in a library; a copy is found if it
comes into the group of its original. False merges are counted twice: among the folder's own tracks, where a table of
groups may tell which belong together, and, since few of them last equally long, among pairs of excerpts of half a
minute cut from all of them, which the fingerprint alone must keep apart.
"""

import csv
import tempfile
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
import numpy.typing as npt

from musicdesk.audio import decode
from musicdesk.encoders import registry
from musicdesk.encoders.analysing import Engine, Plan, Request
from musicdesk.encoders.base import EncoderSpec
from musicdesk.encoders.pooling import Standardiser
from musicdesk.encoders.zoo import weights
from musicdesk.errors import NothingYet, UnreadableAudio
from musicdesk.evaluation.recoding import CODECS, RATE_HZ
from musicdesk.features.fingerprint import SAME, agreement, fingerprint, first_look, likely
from musicdesk.jobs import Job
from musicdesk.library.walk import music_in
from musicdesk.ranking.recordings import SAME_LENGTH_S, same_recordings
from musicdesk.records import Analysis, IntArray, Measure

EXCERPT_S = 30.0
EXCERPTS = 1600
"""Excerpts at most, of all tracks together."""
SAME_RECORDING = "same_recording"
"""The kind of a table of groups whose members are to be found; all others are to stay apart."""
SHORTEST_S, LONGEST_S = 20.0, 180.0
"""Tracks that are copied."""
_SHIFT_S = 0.3


@dataclass(frozen=True, slots=True)
class CodecRow:
    """How many copies in one encoding are found."""

    codec: str
    found: Measure
    """Share of the copies that come into the group of their original."""
    by_space: Measure
    """The same without fingerprints."""


@dataclass(frozen=True, slots=True)
class KindRow:
    """Pairs of one kind in the table of groups."""

    kind: str
    pairs: int
    merged: int


@dataclass(frozen=True, slots=True)
class DuplicateReport:
    """What was found and what was taken for it."""

    tracks: int
    encoder: str
    rows: tuple[CodecRow, ...]
    kinds: tuple[KindRow, ...]
    merged: tuple[tuple[str, str], ...]
    """Files of the folder that were merged although no table says that they are the same."""
    near_pairs: int
    """Pairs of files of nearly one length that are not the same."""
    false_per_million: Measure
    """Fingerprints of equally long excerpts of different tracks taken for one recording; ``n`` counts pairs."""
    excerpts_merged: tuple[tuple[str, str], ...]
    """The files whose excerpts were."""


@dataclass(frozen=True, slots=True, eq=False)
class _Sound:
    """One analysed file: an original, or a copy of one."""

    original: str
    codec: str
    """"" for an original."""
    length_s: float
    analysis: Analysis


def measure(
    folder: Path,
    groups: Path | None,
    *,
    encoder: str,
    models: Path,
    workers: int,
    copies: int,
    rng: np.random.Generator,
    job: Job,
) -> DuplicateReport:
    """Measure on the music in ``folder``, of which ``copies`` tracks are copied in each encoding.

    ``groups`` is a table (tab-separated, with the columns group, kind, package and path) whose paths a ``manifest.tsv``
    in the folder leads to files. Raises NothingYet for a folder with too little music.
    """
    weights.verify(registry.plugin(encoder, models), models)
    files = music_in(folder)
    related = _related(folder, groups)
    with tempfile.TemporaryDirectory(prefix="musicdesk-evaluate-") as place:
        made = _copies(files, Path(place), count=copies, rng=rng, job=job)
        sources = [(path, path, "") for path in files] + made
        sounds = _heard(sources, encoder=encoder, models=models, workers=workers, job=job)
    if sum(not sound.codec for sound in sounds) < 3:
        raise NothingYet(f"{folder} holds too little music to measure anything.")
    compared = _Excerpts(registry.plugin(encoder, models).spec, job=job).of(files, rng=rng)
    return _report(sounds, compared, related, encoder=encoder, job=job)


def _copies(
    files: Sequence[str], place: Path, *, count: int, rng: np.random.Generator, job: Job
) -> list[tuple[str, str, str]]:
    """(copy, original, codec) of some tracks in every encoding; a track that cannot be read is passed over."""
    made: list[tuple[str, str, str]] = []
    chosen = [files[at] for at in rng.permutation(len(files))]
    job.begin("Making copies", total=min(count, len(files)))
    for number, path in enumerate(chosen):
        if len(made) >= count * len(CODECS):
            break
        try:
            if not SHORTEST_S <= decode.info(path).length_s <= LONGEST_S:
                continue
            samples = decode.read(path, rate_hz=RATE_HZ, mono=False).samples[:, :2]
        except UnreadableAudio:
            continue
        for at, (codec, write) in enumerate(CODECS.items()):
            made.append((str(write(place / f"{number}-{at}", samples)), path, codec))
        job.advance()
    return made


def _heard(
    sources: Sequence[tuple[str, str, str]], *, encoder: str, models: Path, workers: int, job: Job
) -> list[_Sound]:
    """Everything that can be analysed, in order."""
    job.begin(f"Listening with {encoder}", total=len(sources))
    analyses: dict[str, Analysis] = {}
    with Engine(Plan(encoder, models, workers)) as engine:
        for request, outcome in engine.run(Request(path, "") for path, _, _ in sources):
            if isinstance(outcome, Analysis):
                analyses[request.path] = outcome
            job.advance()
    return [
        _Sound(original, codec, decode.info(path).length_s, analyses[path])
        for path, original, codec in sources
        if path in analyses
    ]


# ---------------------------------------------------------------------------------------------------------- the counts


def _report(
    sounds: Sequence[_Sound],
    excerpts: "_Compared",
    related: Mapping[tuple[str, str], str],
    *,
    encoder: str,
    job: Job,
) -> DuplicateReport:
    job.begin("Comparing recordings")
    matrix = np.stack([sound.analysis.vector for sound in sounds])
    space = Standardiser.fit(matrix[[not sound.codec for sound in sounds]]).apply(matrix)
    lengths = np.array([sound.length_s for sound in sounds], dtype=np.float32)
    prints = [sound.analysis.fingerprint for sound in sounds]
    numbers = same_recordings(space, lengths, prints)
    alone = same_recordings(space, lengths, [b""] * len(sounds))
    originals = [row for row, sound in enumerate(sounds) if not sound.codec]
    pairs = {(sounds[a].original, sounds[b].original): (a, b) for a, b in combinations(originals, 2)}
    strangers = {pair: rows for pair, rows in pairs.items() if related.get(_sorted(pair)) is None}
    false = [pair for pair in excerpts.merged if related.get(pair) is None]
    return DuplicateReport(
        tracks=len(originals),
        encoder=encoder,
        rows=_codec_rows(sounds, numbers, alone),
        kinds=_kind_rows(pairs, related, numbers),
        merged=tuple(pair for pair, (a, b) in strangers.items() if numbers[a] == numbers[b]),
        near_pairs=sum(bool(abs(lengths[a] - lengths[b]) <= SAME_LENGTH_S) for a, b in strangers.values()),
        false_per_million=_scaled(share(len(false), excerpts.pairs), 1e6),
        excerpts_merged=tuple(sorted(set(false))),
    )


def _codec_rows(sounds: Sequence[_Sound], numbers: IntArray, alone: IntArray) -> tuple[CodecRow, ...]:
    rows = {sound.original: row for row, sound in enumerate(sounds) if not sound.codec}
    copies: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for row, sound in enumerate(sounds):
        if sound.codec and sound.original in rows:
            copies[sound.codec].append((row, rows[sound.original]))
    return tuple(
        CodecRow(
            codec,
            share(sum(bool(numbers[a] == numbers[b]) for a, b in pairs), len(pairs)),
            share(sum(bool(alone[a] == alone[b]) for a, b in pairs), len(pairs)),
        )
        for codec, pairs in copies.items()
    )


def _kind_rows(
    pairs: Mapping[tuple[str, str], tuple[int, int]], related: Mapping[tuple[str, str], str], numbers: IntArray
) -> tuple[KindRow, ...]:
    counts: Counter[str] = Counter()
    merged: Counter[str] = Counter()
    for pair, (a, b) in pairs.items():
        if kind := related.get(_sorted(pair)):
            counts[kind] += 1
            merged[kind] += int(numbers[a] == numbers[b])
    return tuple(KindRow(kind, number, merged[kind]) for kind, number in sorted(counts.items()))


def share(found: int, of: int) -> Measure:
    """A share with its exact 95 % interval (Clopper & Pearson 1934), which is not empty where all or none are found."""
    from scipy.stats import beta

    if not of:
        return Measure(0.0, 0.0, 1.0, 0)
    low = float(beta.ppf(0.025, found, of - found + 1)) if found else 0.0
    high = float(beta.ppf(0.975, found + 1, of - found)) if found < of else 1.0
    return Measure(found / of, low, high, of)


def _scaled(measure: Measure, factor: float) -> Measure:
    return Measure(measure.mean * factor, measure.low * factor, measure.high * factor, measure.n)


# -------------------------------------------------------------------------------------------------------- the excerpts


@dataclass(frozen=True, slots=True)
class _Compared:
    """Pairs of excerpts of different tracks, and the files of those taken for one recording."""

    pairs: int
    merged: tuple[tuple[str, str], ...]


class _Excerpts:
    """Cuts tracks into excerpts, takes their fingerprints and compares all with all."""

    def __init__(self, spec: EncoderSpec, *, job: Job) -> None:
        self._spec, self._job = spec, job

    def of(self, files: Sequence[str], *, rng: np.random.Generator) -> _Compared:
        """Compare excerpts of all these files."""
        prints: list[tuple[str, bytes]] = []
        for path in self._job.each(files, text="Cutting excerpts"):
            try:
                prints += [(path, blob) for blob in self._prints(path) if blob]
            except UnreadableAudio:
                continue
        chosen = sorted(rng.permutation(len(prints))[:EXCERPTS].tolist())
        return _compared([prints[at] for at in chosen], job=self._job)

    def _prints(self, path: str) -> list[bytes]:
        """The fingerprints of a track's excerpts, as if each were a track."""
        rate, count = self._spec.rate_hz, self._spec.windows
        size = round(self._spec.window_s * rate)
        samples = decode.read(path, length_s=600.0, rate_hz=rate).samples
        starts = [round((at + 0.5) * EXCERPT_S * rate / count) - size // 2 for at in range(count)]
        pieces = [samples[at : at + round(EXCERPT_S * rate)] for at in range(0, len(samples), round(EXCERPT_S * rate))]
        whole = [piece for piece in pieces if len(piece) == round(EXCERPT_S * rate)]
        at_s = [start / rate for start in starts]
        return [fingerprint([piece[s : s + size] for s in starts], at_s, rate_hz=rate) for piece in whole]


def _compared(prints: Sequence[tuple[str, bytes]], *, job: Job) -> _Compared:
    """Every excerpt beside those of other tracks."""
    files = np.array([path for path, _ in prints], dtype=np.str_)
    looks = np.stack([first_look(blob) for _, blob in prints]) if prints else np.zeros((0, 0), np.uint16)
    pairs, merged = 0, []
    for row in job.each(range(len(prints)), text="Comparing excerpts"):
        others = row + 1 + np.flatnonzero(files[row + 1 :] != files[row])
        pairs += len(others)
        merged += [_sorted((str(files[row]), str(files[at]))) for at in _alike(prints, looks, row, others)]
    return _Compared(pairs, tuple(merged))


def _alike(prints: Sequence[tuple[str, bytes]], looks: npt.NDArray[np.uint16], row: int, others: IntArray) -> list[int]:
    left = np.broadcast_to(looks[row], (len(others), looks.shape[1]))
    hopeful = others[likely(left, looks[others], shift_s=_SHIFT_S)]
    return [at for at in hopeful.tolist() if agreement(prints[row][1], prints[at][1]) >= SAME]


# ----------------------------------------------------------------------------------------------------------- the truth


def _related(folder: Path, groups: Path | None) -> dict[tuple[str, str], str]:
    """Pairs of files that belong together, by kind; of a pair with several kinds the strongest."""
    if groups is None:
        return {}
    files = _manifest(folder)
    members: dict[tuple[str, str], list[str]] = defaultdict(list)
    for line in _table(groups):
        if found := files.get((line["package"], line["path"])):
            members[line["group"], line["kind"]].append(found)
    related: dict[tuple[str, str], str] = {}
    for (_, kind), paths in members.items():
        for pair in combinations(paths, 2):
            if related.get(_sorted(pair)) != SAME_RECORDING:
                related[_sorted(pair)] = kind
    return related


def _manifest(folder: Path) -> dict[tuple[str, str], str]:
    """(package, path in it) → file."""
    path = folder / "manifest.tsv"
    if not path.is_file():
        raise NothingYet(f"{folder} has no manifest.tsv, so that the table of groups cannot be used.")
    return {(line["package"], line["path"]): str(folder / line["file"]) for line in _table(path)}


def _table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def _sorted(pair: tuple[str, str]) -> tuple[str, str]:
    return (pair[0], pair[1]) if pair[0] <= pair[1] else (pair[1], pair[0])

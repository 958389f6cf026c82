"""How long a search takes at the size of a large library, made up: loading, an answer by meaning, every keystroke."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from zlib import crc32

import numpy as np

from musicdesk.desk.exact_hits import ExactHits
from musicdesk.desk.reader import Reader
from musicdesk.desk.search_answers import Answers
from musicdesk.desk.search_picture import Pictures
from musicdesk.desk.searching import Searching
from musicdesk.desk.snapshot import Snapshot, Snapshots
from musicdesk.desk.stores import Stores
from musicdesk.desk.word_spaces import WordSpace
from musicdesk.encoders import musicnn, sentences
from musicdesk.encoders.sentences import Sentences
from musicdesk.errors import BadRequest
from musicdesk.evaluation.bench import Timed, once
from musicdesk.evaluation.made_library import COMMON, RARE, make_library
from musicdesk.events import Events
from musicdesk.jobs import Job
from musicdesk.records import AXES, MOODS, EncoderKey, FloatArray, Moods, Taste, Vectors, unit_rows
from musicdesk.semantic.wording import known_words, uses
from musicdesk.store.database import Database

DIM, JOINT = 200, 100
"""Numbers of a vector of the encoder, and of the space that was learned."""
ANSWERS, LOADS = 60, 2
NAMES = (COMMON, RARE, "Little Silver Ghost", "Björk", "nigth riber", "mountain song 97")
"""Names that are typed letter by letter; of some there are many, of some none, and one is mistyped."""
MADE_UP = "made up"
"""The name of what reads where no model of sentences is installed."""
SPEC = replace(musicnn.SPEC, dim=DIM)


@dataclass(frozen=True, slots=True)
class SearchBench:
    """Times of loading, of answers and of keystrokes."""

    rows: tuple[Timed, ...]
    tracks: int
    limit: int
    reader: str
    """What read the queries; MADE_UP: a stand-in that costs nothing."""


class MadeUpSentences:
    """A direction by luck for each text: it stands in for a model of sentences."""

    name, dim = MADE_UP, 384

    def encode(self, texts: Sequence[str]) -> FloatArray:
        """Unit rows.  # [n, dim]"""
        if not all(text.strip() for text in texts):
            raise BadRequest("A text is empty.")
        return unit_rows(np.stack([np.random.default_rng(crc32(t.encode())).standard_normal(self.dim) for t in texts]))


class MadeUpSpaces:
    """A space by luck for every picture of the library, of the size of one that was learned."""

    def __init__(self, reader: Sentences, rng: np.random.Generator) -> None:
        self._reader, self._rng = reader, rng
        self._head = rng.standard_normal((reader.dim, JOINT), dtype=np.float32)
        self._space: WordSpace | None = None

    def of(self, snapshot: Snapshot) -> WordSpace:
        """One space for all."""
        if self._space is None:
            count = len(snapshot.vectors)
            rows = unit_rows(self._rng.standard_normal((count, JOINT), dtype=np.float32))
            none = np.zeros((count, 0), np.float32)
            heard = Vectors(EncoderKey(MADE_UP, "1", ""), snapshot.vectors.hashes, rows, none, (), none[:, 0:0].sum(1))
            self._space = WordSpace(MADE_UP, heard, np.arange(count), phrases=self, count=count, learned=True)
        return self._space

    def problem(self, snapshot: Snapshot) -> str:
        """None."""
        del snapshot
        return ""

    def name(self, snapshot: Snapshot) -> str:
        """Its name."""
        del snapshot
        return MADE_UP

    def encode_text(self, texts: Sequence[str]) -> FloatArray:
        """As what is learned does: by the model of sentences, then a head.  # [n, JOINT]"""
        return unit_rows(self._reader.encode(texts) @ self._head)


def search(
    *, tracks: int, folder: Path, models: Path, limit: int = 100, rng: np.random.Generator, job: Job
) -> SearchBench:
    """Make a library in the empty ``folder`` and search it, with MiniLM where it is installed in ``models``.

    The caller says how many threads numpy may use.
    """
    make_library(folder, tracks=tracks, spec=SPEC, prototypes=1, rng=rng, job=job)
    job.begin("Searching it")
    with Database.open(folder) as database:
        stores, name = Stores.of(database, time.time), _reader_of(models)
        loads, made = list[tuple[float, float]](), list[Searching]()
        for _ in range(LOADS):
            made[:] = [_searching(stores, name, models, rng)]
            loads.append(once(made[0].warm))
        job.check()
        rows = [Timed.of("load", loads), *_asked(made[0], limit, rng)]
    return SearchBench(tuple(rows), tracks, limit, name)


def queries(rng: np.random.Generator, count: int = ANSWERS) -> tuple[str, ...]:
    """Queries of several kinds, no two alike: no answer is found before it is asked for."""
    words, ends = known_words(), uses()
    kinds: tuple[Callable[[str, str, str], str], ...] = (
        lambda a, b, _: f"{a} {b}",
        lambda a, b, c: f"{a} {b} {c} music",
        lambda a, b, _: f"{a} without {b}",
        lambda a, b, c: f"{a} {ends[len(b + c) % len(ends)]}",
        lambda a, b, c: f"{a} {COMMON} {b} -{c}",
        lambda a, b, _: f"{a} {b} mood:calm year:1980-1999",
    )
    drawn = rng.integers(len(words), size=(count, 3))
    return tuple(kinds[n % len(kinds)](*(words[i] for i in row)) for n, row in enumerate(drawn.tolist()))


def _asked(searching: Searching, limit: int, rng: np.random.Generator) -> Iterator[Timed]:
    typed = [name[:length] for name in NAMES for length in range(1, len(name) + 1)]
    yield Timed.of("answer", [once(searching.find, query, limit=limit) for query in queries(rng)])
    yield Timed.of("name", [once(searching.find, name, limit=limit) for name in NAMES])
    yield Timed.of("keystroke", [once(searching.quick, text) for text in typed])


def _reader_of(models: Path) -> str:
    return MADE_UP if sentences.problem(sentences.MINILM, models) else sentences.MINILM


def _searching(stores: Stores, name: str, models: Path, rng: np.random.Generator) -> Searching:
    """A search over open stores, with nothing loaded."""
    events = Events()
    opened: Sentences = MadeUpSentences() if name == MADE_UP else sentences.open_sentences(name, models)
    reader = Reader(
        store=stores.sentences, models=models, name=lambda: name, open_one=lambda _, __: opened,
        problem_of=lambda _, __: "",
    )  # fmt: skip
    snapshots = Snapshots(tracks=stores.tracks, vectors=stores.vectors, spec=lambda: SPEC, events=events)
    pictures = Pictures(
        snapshots=snapshots, tracks=stores.tracks, moods=_moods(rng), own=stores.own_tags.all, reader=reader,
        analysing=lambda: False,
    )  # fmt: skip
    exact = ExactHits(stores.full_text)
    return Searching(
        pictures=pictures, spaces=MadeUpSpaces(opened, rng), exact=exact, reader=reader,
        answers=Answers(exact=exact, reader=reader, tracks=stores.tracks), searches=stores.searches, add=_no_taste,
        events=events, now=time.time,
    )  # fmt: skip


def _moods(rng: np.random.Generator) -> Callable[[Snapshot], Moods]:
    """Moods by luck, the same for every picture; how long finding them takes is told by ``bench steer``."""
    known: dict[int, Moods] = {}

    def found(snapshot: Snapshot) -> Moods:
        count = len(snapshot.vectors)
        if count not in known:
            shares = rng.dirichlet([0.6] * len(MOODS), count).astype(np.float32)
            axes = rng.random((count, len(AXES)), dtype=np.float32)
            labels, sure = shares.argmax(axis=1), shares.max(axis=1)
            known[count] = Moods(snapshot.vectors.hashes, shares, labels, sure, axes, np.ones_like(axes))
        return known[count]

    return found


def _no_taste(text: str, name: str) -> Taste:
    raise BadRequest(f"Nobody's taste takes {text} {name} here.")

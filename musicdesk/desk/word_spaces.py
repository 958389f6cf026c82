"""The space in which sounds lie beside words: that of the encoder in use, or of one that was learned on top of it."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from musicdesk.desk.snapshot import Snapshot
from musicdesk.encoders import registry
from musicdesk.encoders.base import EncoderPlugin, Phrases
from musicdesk.encoders.zoo import weights
from musicdesk.errors import BadRequest, ModelUnavailable, NotFound
from musicdesk.events import Events
from musicdesk.records import FloatArray, IntArray, Vectors
from musicdesk.store.vectors import VectorStore

LEARNED = registry.MEANINGS
"""How the names of those begin that were learned here."""


class WordSpace:
    """The sounds of one picture of the library in a space that they share with words."""

    def __init__(
        self, name: str, vectors: Vectors, rows: IntArray, *, phrases: Phrases, count: int, learned: bool = False
    ) -> None:
        """``rows`` [m]: which of the ``count`` sounds of the picture each of ``vectors`` [m] is; -1: none of them."""
        self.name, self.learned = name, learned
        self._matrix, self._rows, self._phrases, self._count = vectors.matrix, rows, phrases, count
        self._lengths = np.maximum(np.linalg.norm(vectors.matrix, axis=1), np.float32(1e-9))

    def near(self, text: str) -> FloatArray | None:
        """The cosine of each sound with a text, nan of one that it has not heard [count]; None: it cannot be read."""
        heard = self._heard(text) if text.strip() else None
        if heard is None:
            return None
        found = np.full(self._count + 1, np.nan, dtype=np.float32)  # the last is of no sound
        found[self._rows] = self._matrix @ heard / self._lengths
        return found[:-1]

    def _heard(self, text: str) -> FloatArray | None:
        try:
            return np.asarray(self._phrases.encode_text([text])[0], dtype=np.float32)
        except BadRequest:
            return None


class Spaces(Protocol):
    """What tells where the sounds of a picture lie beside words."""

    def of(self, snapshot: Snapshot) -> WordSpace | None:
        """The space of a picture; None where nothing that heard it can read. Opens what reads, which takes seconds."""

    def problem(self, snapshot: Snapshot) -> str:
        """Why something that should read cannot, as a sentence; "" where it can, or nothing should."""

    def name(self, snapshot: Snapshot) -> str:
        """What hears words there, or "" if nothing does; opens nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class _Known:
    """The space of a picture, or why there is none."""

    snapshot: Snapshot
    epoch: int
    space: WordSpace | None
    problem: str


class WordSpaces:
    """Finds the space of a picture of the library, and keeps it while nothing was heard or learned anew."""

    def __init__(self, *, vectors: VectorStore, models: Path, events: Events) -> None:
        self._vectors, self._models = vectors, models
        self._lock = threading.Lock()
        self._known: _Known | None = None
        self._phrases: tuple[EncoderPlugin, Phrases] | None = None
        self._epoch = 0
        events.analysis_changed.listen(self._past)

    def of(self, snapshot: Snapshot) -> WordSpace | None:
        """The space of a picture; None where nothing that heard it can read. Opens what reads, which takes seconds."""
        return self._of(snapshot).space

    def problem(self, snapshot: Snapshot) -> str:
        """Why something that should read cannot, as a sentence; "" where it can, or nothing should."""
        known = self._known
        return known.problem if known and known.snapshot is snapshot else ""

    def name(self, snapshot: Snapshot) -> str:
        """What hears words there, or "" if nothing does; opens nothing."""
        return next((plugin.spec.key.name for plugin in self._hearing(snapshot)), "")

    def forget(self) -> None:
        """Look anew: something was installed, learned or removed."""
        self._epoch += 1

    def _of(self, snapshot: Snapshot) -> _Known:
        with self._lock:
            known, epoch = self._known, self._epoch
            if known is None or known.snapshot is not snapshot or known.epoch != epoch:
                known = self._known = _Known(snapshot, epoch, *self._opened(snapshot))
            return known

    def _opened(self, snapshot: Snapshot) -> tuple[WordSpace | None, str]:
        problem = ""
        for plugin in self._hearing(snapshot):
            key, own = plugin.spec.key, plugin.spec.key != snapshot.vectors.key
            vectors = self._vectors.load(key) if own else snapshot.vectors
            if not len(vectors):
                continue
            try:
                phrases = self._open_text(plugin)
            except ModelUnavailable as error:
                problem = problem or str(error)
                continue
            rows, count = _rows(snapshot, vectors), len(snapshot.vectors)
            return WordSpace(key.name, vectors, rows, phrases=phrases, count=count, learned=own), ""
        return None, problem

    def _open_text(self, plugin: EncoderPlugin) -> Phrases:
        if self._phrases is None or self._phrases[0].spec.key != plugin.spec.key:
            assert plugin.open_text is not None
            self._phrases = plugin, plugin.open_text(weights.folder_of(plugin.spec, self._models))
        return self._phrases[1]

    def _hearing(self, snapshot: Snapshot) -> Iterator[EncoderPlugin]:
        """What hears words: the encoder in use, else what was learned here (on its rows, or on spectrograms) and has
        listened; the latest first.
        """
        key = snapshot.vectors.key
        try:
            used = registry.plugin(key.name, self._models)
        except NotFound:
            return
        if used.open_text is not None:
            yield used
            return
        plugins = registry.plugins(self._models).values()
        heard = self._vectors.encoders()
        learned = [p for p in plugins if p.spec.key.name.startswith(LEARNED) and p.spec.key.name in heard]
        fitting = [p for p in learned if p.open_text and (p.base is None or p.base.spec.key == key)]
        yield from sorted(fitting, key=self._learned_at, reverse=True)

    def _learned_at(self, plugin: EncoderPlugin) -> float:
        try:
            return (weights.folder_of(plugin.spec, self._models) / "config.json").stat().st_mtime
        except OSError:
            return 0.0

    def _past(self, _: None) -> None:
        self.forget()


def _rows(snapshot: Snapshot, vectors: Vectors) -> IntArray:
    """Which sound of the picture each row is; -1: none.  # [len(vectors)]"""
    if vectors.hashes == snapshot.vectors.hashes:
        return np.arange(len(vectors), dtype=np.int64)
    row_of = snapshot.shelf.rows.get
    return np.array([row_of(sound, -1) for sound in vectors.hashes], dtype=np.int64)

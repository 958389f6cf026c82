"""What reads sentences: the model that the settings name, with the memory of the data folder behind it.

``KeptTexts`` reads, for a search as for a learning: no text of the library twice, and one always gives the same vector.
``Reader`` opens it when the first text is to be read.
"""

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np

from musicdesk.encoders import sentences
from musicdesk.encoders.sentences import Sentences
from musicdesk.errors import BadRequest, DataFolderError, ModelUnavailable
from musicdesk.jobs import Job
from musicdesk.records import FloatArray, unit_rows
from musicdesk.semantic.wording import Reading
from musicdesk.store.sentences import SentenceStore, as_kept

AT_ONCE = 64
"""Texts that are read between two looks at whether to stop."""
NOTHING = "music"
"""What stands for a text of which nothing can be read, where each must have its row."""
SEARCHED = "searched"
"""What a search has read is kept by itself: a learning throws away what it reads no more."""


class KeptTexts:
    """A model of sentences whose vectors are kept; all it gives are of length one, in the precision that is kept."""

    def __init__(self, reader: Sentences, store: SentenceStore, *, purpose: str = "") -> None:
        """What is kept for one ``purpose`` is neither found nor thrown away for another."""
        self._reader, self._store = reader, store
        self._kept_as = f"{reader.name} {purpose}" if purpose else reader.name
        self._used: set[str] = set()

    @property
    def name(self) -> str:
        """As the settings have it."""
        return self._reader.name

    @property
    def dim(self) -> int:
        """Numbers of a vector."""
        return self._reader.dim

    def encode(self, texts: Sequence[str]) -> FloatArray:
        """One vector a text; that of which nothing can be read is no more than "music".  # [n, dim]"""
        known = self._known(texts)
        if any(text not in known for text in texts):
            nothing = self._known([NOTHING])[NOTHING]
            known = dict.fromkeys(texts, nothing) | known
        return self._rows([known[text] for text in texts])

    def reading(self, texts: Sequence[str], *, job: Job | None = None) -> Reading:
        """The texts in which there is anything to read. Raises Cancelled; what was read by then is kept."""
        known = self._known(texts, job)
        found = tuple(text for text in texts if text in known)
        return Reading(found, self._rows([known[text] for text in found]))

    def unwritten(self, text: str) -> FloatArray | None:
        """The vector of a text that is not written down [dim]; None where nothing of it can be read."""
        made = _legible(self._reader, [text])
        return self._rows([made[text]])[0] if made else None

    def forget_unused(self) -> int:
        """Throw away what was kept for this purpose and was not asked for here; how many texts those were."""
        with suppress(DataFolderError):
            return self._store.keep_only(self._kept_as, self._used)
        return 0

    def _known(self, texts: Sequence[str], job: Job | None = None) -> dict[str, FloatArray]:
        """Text → vector; those that are not kept are read and kept, if that can be written at all."""
        self._used.update(texts)
        kept = self._store.some(self._kept_as, texts)
        known = {text: vector for text, vector in kept.items() if vector.shape == (self.dim,)}
        fresh = list(dict.fromkeys(text for text in texts if text not in known))
        return known | self._fresh(fresh, job) if fresh else known

    def _fresh(self, texts: Sequence[str], job: Job | None) -> dict[str, FloatArray]:
        made: dict[str, FloatArray] = {}
        if job:
            job.begin("Reading the words of your library", total=len(texts))
        try:
            for start in range(0, len(texts), AT_ONCE):
                some = texts[start : start + AT_ONCE]
                made |= _legible(self._reader, some)
                if job:
                    job.advance(len(some))
        finally:
            self._keep(made)
        return made

    def _keep(self, made: dict[str, FloatArray]) -> None:
        """So that they are not read again; another process may write, or the disk be full: then they are."""
        if made:
            with suppress(DataFolderError):
                self._store.put(self._kept_as, made)

    def _rows(self, vectors: Sequence[FloatArray]) -> FloatArray:
        return unit_rows(np.stack(vectors)) if vectors else np.zeros((0, self.dim), np.float32)


class Reader:
    """The model of sentences of the settings, as a search asks it; safe to ask from any thread."""

    def __init__(
        self, *, store: SentenceStore, models: Path, name: Callable[[], str],
        open_one: Callable[[str, Path], Sentences] = sentences.open_sentences,
        problem_of: Callable[[str, Path], str] = sentences.problem,
    ) -> None:  # fmt: skip
        self._store, self._models, self._name = store, models, name
        self._open_one, self._problem_of = open_one, problem_of
        self._lock = threading.RLock()
        self._opened: KeptTexts | None = None
        self._broken: tuple[str, sentences.Seen, str] = ("", (), "")
        """The name and files of one that could not be opened though it is there, and why."""

    @property
    def name(self) -> str:
        """As the settings have it."""
        return self._name()

    @property
    def problem(self) -> str:
        """Why texts cannot be read here, as a sentence that says what to do; "" if they can. Loads nothing."""
        name = self.name
        if self._opened is not None and self._opened.name == name:
            return ""
        broken, files, why = self._broken
        if broken == name and files == sentences.seen(name, self._models):  # unless it was installed anew
            return why
        return self._problem_of(name, self._models)

    def opened(self) -> KeptTexts | None:
        """It, opened if need be, which takes seconds; None where it cannot be."""
        with self._lock:
            name = self.name
            if self._opened is not None and self._opened.name == name:
                return self._opened
            self._opened = None
            if self.problem:
                return None
            try:
                self._opened = KeptTexts(self._open_one(name, self._models), self._store, purpose=SEARCHED)
            except ModelUnavailable as error:
                self._broken = name, sentences.seen(name, self._models), str(error)
            return self._opened

    def vector(self, text: str) -> FloatArray | None:
        """What it makes of a query, of length one [dim]; None where it cannot be read."""
        texts = self.opened() if text.strip() else None
        return texts.unwritten(text) if texts is not None else None

    def reading(self, texts: Sequence[str], *, job: Job | None = None) -> Reading | None:
        """What it makes of ``texts``, of which only those are read that never were; None where it cannot read."""
        opened = self.opened()
        return opened.reading(texts, job=job) if opened is not None else None


def _legible(reader: Sentences, texts: Sequence[str]) -> dict[str, FloatArray]:
    """Text → vector as it is kept; without those in which there is nothing that it can read."""
    try:
        return dict(zip(texts, map(as_kept, reader.encode(texts)), strict=True))
    except BadRequest:
        half = len(texts) // 2
        return _legible(reader, texts[:half]) | _legible(reader, texts[half:]) if half else {}

"""What reads sentences, opened when the first is to be read and kept; what it made of a text is read once."""

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

import numpy as np

from musicdesk.encoders import sentences
from musicdesk.encoders.sentences import Sentences
from musicdesk.errors import BadRequest, ModelUnavailable, ReadOnlyData
from musicdesk.jobs import Job
from musicdesk.records import FloatArray
from musicdesk.semantic.wording import Reading
from musicdesk.store.sentences import SentenceStore

AT_ONCE = 64
"""Texts that are read between two looks at whether to stop."""
REMEMBERED = 256
"""Queries whose vectors are kept in memory; what a person asked for is not written down."""


class Reader:
    """The sentence encoder of the settings; safe to ask from any thread."""

    def __init__(
        self, *, store: SentenceStore, models: Path, name: Callable[[], str],
        open_one: Callable[[str, Path], Sentences] = sentences.open_sentences,
        problem_of: Callable[[str, Path], str] = sentences.problem,
    ) -> None:  # fmt: skip
        self._store, self._models, self._name = store, models, name
        self._open_one, self._problem_of = open_one, problem_of
        self._lock = threading.RLock()
        self._opened: Sentences | None = None
        self._broken: tuple[str, str] = ("", "")
        """The name of one that could not be opened though it is there, and why."""
        self._vector = lru_cache(maxsize=REMEMBERED)(self._read_one)

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
        return self._broken[1] if self._broken[0] == name else self._problem_of(name, self._models)

    def retry(self) -> None:
        """Try to open it again though it could not be opened: another may have been installed."""
        self._broken = "", ""

    def opened(self) -> Sentences | None:
        """It, opened if need be, which takes seconds; None where it cannot be."""
        with self._lock:
            name = self.name
            if self._opened is not None and self._opened.name == name:
                return self._opened
            self._opened = None
            if self.problem:
                return None
            try:
                self._opened = self._open_one(name, self._models)
            except ModelUnavailable as error:
                self._broken = name, str(error)
            return self._opened

    def vector(self, text: str) -> FloatArray | None:
        """What it makes of a query, of length one [dim]; None where it cannot be read."""
        return self._vector(self.name, text) if text.strip() and self.opened() is not None else None

    def reading(self, texts: Sequence[str], *, job: Job | None = None) -> Reading | None:
        """What it makes of ``texts``, of which only those are read that never were; None where it cannot read."""
        reader = self.opened()
        if reader is None:
            return None
        known = self._store.some(reader.name, texts)
        known = {text: vector for text, vector in known.items() if vector.shape == (reader.dim,)}
        known |= self._fresh(reader, [text for text in texts if text not in known], job)
        found = tuple(text for text in texts if text in known)
        rows = np.stack([known[text] for text in found]) if found else np.empty((0, reader.dim), np.float32)
        return Reading(found, rows.astype(np.float32))

    def _fresh(self, reader: Sentences, texts: Sequence[str], job: Job | None) -> dict[str, FloatArray]:
        """The vectors of texts that were never read, and they are kept."""
        made: dict[str, FloatArray] = {}
        if job and texts:
            job.begin("Reading the words of your library", total=len(texts))
        for start in range(0, len(texts), AT_ONCE):
            some = texts[start : start + AT_ONCE]
            made |= _readable(reader, some)
            if job:
                job.advance(len(some))
        if made:
            with suppress(ReadOnlyData):  # then they are read again the next time
                self._store.put(reader.name, made)
        return made

    def _read_one(self, name: str, text: str) -> FloatArray | None:
        reader = self.opened()
        return _readable(reader, [text]).get(text) if reader is not None and reader.name == name else None


def _readable(reader: Sentences, texts: Sequence[str]) -> dict[str, FloatArray]:
    """Text → vector; without those in which there is nothing that it can read."""
    try:
        return dict(zip(texts, reader.encode(texts), strict=True))
    except BadRequest:
        if len(texts) == 1:
            return {}
        return {text: vector for one in texts for text, vector in _readable(reader, [one]).items()}

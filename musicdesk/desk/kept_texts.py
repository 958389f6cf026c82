"""Texts that were read before are not read again: a sentence encoder with the memory of the data folder behind it."""

from collections.abc import Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path

import numpy as np

from musicdesk.encoders.sentences import Sentences, open_sentences
from musicdesk.errors import BadRequest, DataFolderError
from musicdesk.records import FloatArray, unit_rows
from musicdesk.store.sentences import SentenceStore

NOTHING = "music"
"""What stands for a text of which nothing can be read."""


class KeptTexts:
    """Reads with ``name``, which is opened only when a text comes that was never read."""

    def __init__(self, name: str, *, models: Path, store: SentenceStore) -> None:
        self._name, self._models, self._store = name, models, store

    @property
    def name(self) -> str:
        """As the settings have it."""
        return self._name

    @property
    def dim(self) -> int:
        """Numbers of a vector; raises ModelUnavailable."""
        return self._reader.dim

    def encode(self, texts: Sequence[str]) -> FloatArray:
        """One vector of length one a text, the same whether it was kept or is read now.  # [n, dim]

        Where nothing can be kept (another process writes, or the disk is full) it reads all the same; a text of which
        nothing can be read is no more than "music". Raises ModelUnavailable.
        """
        known = self._store.some(self._name, texts)
        fresh = [text for text in dict.fromkeys(texts) if text not in known]
        if fresh:
            read = _legible(self._reader, fresh).astype("<f2").astype(np.float32)  # in the precision that is kept
            made = dict(zip(fresh, read, strict=True))
            with suppress(DataFolderError):
                self._store.put(self._name, made)
            known |= made
        rows = [known[text] for text in texts]
        return unit_rows(np.stack(rows)) if rows else np.zeros((0, self.dim), np.float32)

    @cached_property
    def _reader(self) -> Sentences:
        return open_sentences(self._name, self._models)


def _legible(reader: Sentences, texts: Sequence[str]) -> FloatArray:
    """The vectors of texts, whatever stands in them.  # [n, dim]"""
    try:
        return reader.encode(texts)
    except BadRequest:
        if len(texts) == 1:
            return reader.encode([NOTHING])
        return np.concatenate([_legible(reader, [text]) for text in texts])

"""Outcomes of trials in a folder, so that a long comparison can be stopped and go on.

A name is made of all that decides an outcome but the code of the methods: after changing one, begin with a new folder.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from musicdesk.errors import DataFolderError
from musicdesk.evaluation.listening_data import ListeningData
from musicdesk.evaluation.recommender_trial import Entry, Outcome
from musicdesk.evaluation.splits import Protocol
from musicdesk.whole_files import whole

_NUMBERS = ("coverage", "fit_s", "list_ms")


@dataclass(frozen=True, slots=True)
class KeptOutcomes:
    """One .npz an outcome in ``folder``; None keeps nothing."""

    folder: Path | None
    place: str
    """What all outcomes of one comparison share: data, vectors, protocol, length of the lists."""

    @classmethod
    def of(cls, folder: Path | None, data: ListeningData, protocol: Protocol, *, k: int) -> "KeptOutcomes":
        """For this comparison; makes the folder. Raises DataFolderError if that cannot be."""
        if folder is not None:
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise DataFolderError(f"The folder {folder} cannot be made: {error.strerror}.") from error
        return cls(folder, f"{_digest(data)} {protocol!r} {k}" if folder is not None else "")

    def get(self, entry: Entry, settings: Mapping[str, Any], seed: int) -> Outcome | None:
        """What was kept, or None; a file that is broken counts as none."""
        path = self._path(entry, settings, seed)
        if path is None or not path.is_file():
            return None
        try:
            with np.load(path, allow_pickle=False) as found:
                numbers = {name: float(found[name]) for name in _NUMBERS}
                return Outcome(units=found["units"], values=found["values"], **numbers)
        except (OSError, ValueError, KeyError):
            return None

    def put(self, entry: Entry, settings: Mapping[str, Any], seed: int, outcome: Outcome) -> None:
        """Keep an outcome."""
        path = self._path(entry, settings, seed)
        if path is None:
            return
        numbers: dict[str, Any] = {name: np.array(getattr(outcome, name)) for name in _NUMBERS}
        try:
            with whole(path) as new, new.open("wb") as file:
                np.savez_compressed(file, units=outcome.units, values=outcome.values, **numbers)
        except OSError as error:
            raise DataFolderError(f"{path} could not be written: {error.strerror}.") from error

    def _path(self, entry: Entry, settings: Mapping[str, Any], seed: int) -> Path | None:
        if self.folder is None:
            return None
        told = json.dumps([self.place, entry.method, entry.control, dict(settings), seed], sort_keys=True)
        name = "-".join(filter(None, (entry.method, entry.control.replace(" ", "-"), f"seed-{seed}")))
        return self.folder / f"{name}-{sha256(told.encode()).hexdigest()[:12]}.npz"


def _digest(data: ListeningData) -> str:
    """A word for what was heard and how it sounds."""
    log, rows = data.log, np.zeros(0) if data.vectors is None else data.vectors
    found = sha256()
    for part in (log.users, log.items, log.degrees, log.times, rows, data.groups):
        found.update(np.ascontiguousarray(part).tobytes())
    return found.hexdigest()[:16]

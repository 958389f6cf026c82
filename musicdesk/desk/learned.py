"""What is learned of a library by its sound: one thing for each encoder, kept in the data folder, found again."""

import json
import threading
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from musicdesk.desk.fitted import MADE, VERSION, Footing
from musicdesk.desk.snapshot import Snapshot
from musicdesk.errors import BadRequest, DataFolderError, ModelUnavailable
from musicdesk.records import EncoderKey
from musicdesk.whole_files import whole_folder


class Learnable(Protocol):
    """What can be kept."""

    def save(self, folder: Path) -> None:
        """Write it into a folder."""


T = TypeVar("T", bound=Learnable)


class Learned(Generic[T]):
    """Keeps and hands out; safe to share between threads."""

    def __init__(self, folder: Path, *, load: Callable[[Path], T], dim: Callable[[T], int], called: str) -> None:
        """``load`` reads one from a folder, ``dim`` says of which length its vectors are, ``called`` names it."""
        self._folder, self._load, self._dim, self._called = folder, load, dim, called
        self._lock = threading.Lock()
        self._known: dict[str, T | None] = {}

    def get(self, snapshot: Snapshot) -> T | None:
        """What was learned of the encoder of this picture; None while nothing was, or what was kept is broken."""
        key = snapshot.vectors.key
        with self._lock:
            if key.name not in self._known:
                self._known[key.name] = self._found(key)
            found = self._known[key.name]
        return found if found is not None and self._dim(found) == snapshot.shelf.space.shape[1] else None

    def stale(self, snapshot: Snapshot, now: Callable[[], Footing]) -> bool:
        """Whether there is none, or so much happened since that it should learn anew, as things are ``now``."""
        try:
            before = Footing.found(self.place(snapshot.vectors.key))
        except ModelUnavailable:
            return True
        return self.get(snapshot) is None or before.moved(now())

    def keep(self, made: T, snapshot: Snapshot, footing: Footing) -> None:
        """Write it in place of the last; an interrupted writing leaves the last. Raises DataFolderError."""
        place = self.place(snapshot.vectors.key)
        try:
            with whole_folder(place) as new:
                made.save(new)
                (new / MADE).write_text(json.dumps({"version": VERSION, **asdict(footing)}), encoding="utf-8")
        except OSError as error:
            raise DataFolderError(f"The {self._called} could not be kept in {place}: {error.strerror}.") from error
        with self._lock:
            self._known[snapshot.vectors.key.name] = made

    def place(self, key: EncoderKey) -> Path:
        """Where that of an encoder is kept."""
        return self._folder / key.name

    def _found(self, key: EncoderKey) -> T | None:
        """What was kept for this encoder; of another version of it, its vectors mean something else."""
        try:
            footing = Footing.found(self.place(key))
            return self._load(self.place(key)) if footing.encoder == heard_by(key) else None
        except (ModelUnavailable, BadRequest):
            return None


def heard_by(key: EncoderKey) -> str:
    """An encoder as a footing names it, with all that makes its vectors what they are."""
    return f"{key.name} {key.version} {key.front_end}"
